"""Measure signing in: what the site itself takes, without the time the identity provider takes.

    python -m bench.sign_in [sign-ins, default 300]

The site stands on a real PostgreSQL, the provider answers over HTTP; the time in which the site waits for it is
measured and taken off. A signed-in page of the same run (one's sessions) stands beside, since machines differ.
"""

from __future__ import annotations

import re
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from werkzeug.serving import WSGIRequestHandler, make_server

from migrations.run import allow_any_time, upgrade
from tenants import embedded_postgres
from tenants.db import db
from tenants.text import Text
from web.app import create_app
from web.console import postgres_folder
from web.demo import load
from web.demo.identity_provider import create_provider
from web.demo.notes import CLIENT_ID, Client
from web.demo.people import PEOPLE, PROVIDER
from web.oidc_providers import OidcProvider
from web.settings import Settings
from web.sign_in.client import PatientSession

SECRET = "for-measuring-only-0123456789-abcdef"  # noqa: S105
BACK = f"http://localhost/sign-in/{PROVIDER}/callback"
PAGE = "a signed-in page"
_waited = [0.0]


class _Silent(WSGIRequestHandler):
    def log(self, *_: Any) -> None:
        """Nothing: thousands of lines would be part of the measurement."""


@contextmanager
def provider() -> Iterator[OidcProvider]:
    """The demo's identity provider on a port of its own."""
    app = create_provider(Client(CLIENT_ID, SECRET, (BACK,)))
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Silent)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield OidcProvider(
            issuer=f"http://127.0.0.1:{server.server_port}",
            client_id=CLIENT_ID,
            client_secret=SecretStr(SECRET),
            label=Text("計測", "Measuring"),
        )
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def site(known: OidcProvider) -> Iterator[Flask]:
    """The site over a new database with the demo's people."""
    with (
        tempfile.TemporaryDirectory() as folder,
        embedded_postgres.serving(postgres_folder(Path(folder))) as server,
    ):
        embedded_postgres.create_database(server)
        upgrade(server.url())
        allow_any_time(server.url())
        app = create_app(
            Settings(
                environment="test",
                secret_key=SecretStr(SECRET),
                data=Path(folder),
                database_url=server.url(embedded_postgres.APP_ROLE),
                cookie_secure=False,
                oidc_providers={PROVIDER: known},
            )
        )
        with app.app_context():
            load.load_programme_and_windows()
            load.load_everybody()
            db.engine.dispose()
        yield app
        with app.app_context():
            db.engine.dispose()


@contextmanager
def without_the_provider() -> Iterator[None]:
    """Note how long the site waits for the provider."""
    send = PatientSession.send

    def noted(self: PatientSession, *arguments: Any, **options: Any) -> requests.Response:
        began = time.perf_counter()
        try:
            return send(self, *arguments, **options)
        finally:
            _waited[0] += time.perf_counter() - began

    PatientSession.send = noted  # type: ignore[method-assign]
    try:
        yield
    finally:
        PatientSession.send = send  # type: ignore[method-assign]


def timed(action: Callable[[], Any]) -> tuple[float, Any]:
    """The milliseconds of the site's own in this action, and what it gave."""
    _waited[0], began = 0.0, time.perf_counter()
    found = action()
    return (time.perf_counter() - began - _waited[0]) * 1000, found


def sign_in(browser: FlaskClient, subject: str) -> tuple[float, float]:
    """Milliseconds of leaving for the provider, and of coming back with a session."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/sign-in").text)
    if found is None:
        raise SystemExit("the sign-in page has no form")
    form = {"csrf_token": found[1]}
    leaving, left = timed(lambda: browser.post(f"/sign-in/{PROVIDER}", data=form))
    chosen = requests.post(left.location, data={"sub": subject}, allow_redirects=False, timeout=20)
    coming, back = timed(lambda: browser.get(chosen.headers["Location"]))
    if back.status_code != 302 or back.location != "/sign-in/arrive":
        raise SystemExit(f"nobody was signed in: {back.status_code}")
    return leaving, coming


def p95(times: list[float]) -> float:
    """The time that 95 of 100 do not exceed."""
    return statistics.quantiles(times, n=100, method="inclusive")[94]


def main() -> None:
    """Print a Markdown table."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    rows: dict[str, list[float]] = {PAGE: [], "leaving for the provider": [], "coming back": []}
    with provider() as known, site(known) as app, without_the_provider():
        for position in range(-10, number):
            browser = app.test_client()
            leaving, coming = sign_in(browser, PEOPLE[position % len(PEOPLE)].subject)
            page, _ = timed(lambda browser=browser: browser.get("/account/sessions"))  # type: ignore[misc]
            if position >= 0:  # the first ten warm up
                for times, one in zip(rows.values(), (page, leaving, coming), strict=True):
                    times.append(one)
    both = [sum(pair) for pair in zip(rows["leaving for the provider"], rows["coming back"], strict=True)]
    rows["signing in, both together"] = both
    base = p95(rows[PAGE])
    print(f"\n| {number} sign-ins, the provider's time taken off | p50 ms | p95 ms | of that page's p95 |")
    print("|---|---:|---:|---:|")
    for name, times in rows.items():
        print(f"| {name} | {statistics.median(times):.1f} | {p95(times):.1f} | {p95(times) / base:.2f} |")


if __name__ == "__main__":
    main()
