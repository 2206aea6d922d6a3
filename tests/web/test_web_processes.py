"""Two web processes as they are served, each with its kept pages: what they say when the index changes, and to any address."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from urllib.parse import quote, urlencode

import published
import pytest

from search import engines, sync
from search.embedded import EmbeddedEngine
from search.filters import MAX_VALUES
from search.parameters import MANY
from search.port import MAX_PAGE, MAX_QUERY_CHARACTERS
from tenants.db import db
from web.settings import PROJECT

SEEN_WITHIN = 2.0
READY_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Site:
    """One `hojo serve` with one web process."""

    def __init__(self, settings, folder) -> None:
        self.port = free_port()
        facts = {
            "HOJO_ENVIRONMENT": "test",
            "HOJO_SECRET_KEY": settings.secret_key.get_secret_value(),
            "DATABASE_URL": settings.database_url,
            "HOJO_DATA": str(settings.data),
            "HOJO_SEARCH_FOLDER": str(folder),
            "HOJO_WEB_WORKERS": "1",
            "HOJO_COOKIE_SECURE": "false",
            "PORT": str(self.port),
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HOJO_")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "web.cli", "serve"], cwd=PROJECT, env={**kept, **facts}
        )

    def get(self, address: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", address, headers={"Accept-Language": "ja"})
        answer = connection.getresponse()
        status, page = answer.status, answer.read().decode()
        connection.close()
        return status, page

    def wait(self) -> None:
        until = time.monotonic() + READY_SECONDS
        while True:
            try:
                if self.get("/healthz")[0] == 200:
                    return
            except OSError:
                assert time.monotonic() < until, "it does not come up"
                assert self.process.poll() is None, "it ended"
                time.sleep(0.2)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)


@pytest.fixture(scope="module")
def sites(application, settings, empty_database, tmp_path_factory):
    before = engines._Chosen.engine
    folder = tmp_path_factory.mktemp("shared")
    engines.use(EmbeddedEngine(folder))
    with application.app_context():
        packages = published.publish()
        sync.synchronise()
        running = [Site(settings, folder) for _ in range(2)]
        try:
            for site in running:
                site.wait()
            yield running, packages
        finally:
            for site in running:
                site.stop()
            engines._Chosen.engine = before
            db.session.remove()
            db.engine.dispose()
    empty_database()


def seconds_until(sites, holds) -> float:
    began = time.monotonic()
    while not all(map(holds, sites)):
        assert time.monotonic() - began < 10 * SEEN_WITHIN, "it is never seen"
        time.sleep(0.05)
    return time.monotonic() - began


def test_every_process_shows_a_new_version_in_time_though_it_keeps_pages(sites):
    running, packages = sites
    code, listing = next(iter(packages.items()))
    search, page = f"/packages?q={quote('たんぽぽ会計')}", f"/packages/{code}"
    for site in running:
        for address in (search, page, "/packages"):
            assert "たんぽぽ会計の新版" not in site.get(address)[1]
            assert site.get(address)[1] == site.get(address)[1], "it is kept"
    published.publish_again(listing, "たんぽぽ会計の新版")
    sync.synchronise()
    for address in (search, page):
        took = seconds_until(running, lambda site, at=address: "たんぽぽ会計の新版" in site.get(at)[1])
        assert took < SEEN_WITHIN, address
    published.withdraw(listing)
    sync.synchronise()
    gone = seconds_until(
        running, lambda site: f'href="/packages/{code}"' not in site.get(search)[1] and site.get(page)[0] == 410
    )
    assert gone < SEEN_WITHIN
    assert sync.verify() == []


FIFTY = [f"X{n}" for n in range(50)]
ASKED = {
    "fifty values of one filter that do not exist": (400, {"function": FIFTY}),
    "fifty values in each filter": (400, dict.fromkeys(MANY, FIFTY)),
    "fifty vendors that are not there": (200, {"vendor": [f"{n:013d}" for n in range(1, 51)]}),
    "fifty prefectures, some twice": (200, {"area": ["東京都"] * 25 + ["京都府"] * 25}),
    "more values than a filter takes": (400, {"vendor": [f"{n:013d}" for n in range(1, MAX_VALUES + 2)]}),
    "the last page there may be": (200, {"page": MAX_PAGE}),
    "a page beyond": (400, {"page": MAX_PAGE + 1}),
    "as many words as are read": (200, {"q": "会" * MAX_QUERY_CHARACTERS}),
    "many letters": (200, {"q": "a" * 5_000}),
    "ten thousand letters": (200, {"q": "a" * 10_000}),
    "ten thousand characters": (200, {"q": "会計" * 5_000}),
    "twenty thousand characters": (414, {"q": "会計" * 10_000}),
    "signs alone": (200, {"q": "!\"#$%&'()*+,-./:;<=>?@[]^_{|}~" * 10}),
    "control characters": (200, {"q": "\x00\x01\x1f\x7f会\x00計"}),
    "a filter that does not exist": (200, {"colour": "red"}),
}
# People's addresses carry what others hang on them; a program is told of what it misspelt.
FOR_PROGRAMS = {"a filter that does not exist": 400}


@pytest.mark.parametrize("path", ["/packages", "/api/v1/packages"])
@pytest.mark.parametrize("asked", ASKED)
def test_a_large_or_strange_question_over_the_line_gets_an_answer_or_is_told_what_is_wrong(sites, asked, path):
    running, _ = sites
    expected, parameters = ASKED[asked]
    if path.startswith("/api"):
        expected = FOR_PROGRAMS.get(asked, expected)
    status, page = running[0].get(f"{path}?{urlencode(parameters, doseq=True)}")
    assert status == expected
    if status == 400:
        named = next(iter(parameters))
        assert named in page, "which parameter it is"
        assert "Traceback" not in page
    if status == 414:
        assert ("100文字まで" if path == "/packages" else "address_too_long") in page
