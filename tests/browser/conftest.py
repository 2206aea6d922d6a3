"""A running site with its demo identity provider, and a real Chromium that looks at every page with axe."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pydantic import SecretStr
from touch import SMALL
from werkzeug.serving import make_server
from werkzeug.wsgi import ClosingIterator

from tenants.actor import SYSTEM, Actor
from tenants.db import act_as, db
from tenants.models import ExternalIdentity
from tenants.text import Text
from web.app import create_app
from web.demo.identity_provider import BUSINESSES, create_provider
from web.demo.notes import CLIENT_ID, Client
from web.demo.people import PROVIDER
from web.oidc_providers import OidcProvider
from web.settings import Settings
from web.setup.environment import find_chromium

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SECRET = "a-client-secret-for-tests-only-0123456789"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _closing(app: Flask) -> WSGIApplication:
    """The same answers, closed even where a browser leaves in the middle: the tests' server forgets that then."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        with closing(ClosingIterator(app(environ, start_response))) as parts:
            yield from parts

    return answer


@contextmanager
def _serving(app: Flask, port: int) -> Iterator[None]:
    server = make_server("127.0.0.1", port, _closing(app), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="session")
def address(settings: Settings, application: Flask) -> Iterator[str]:
    """The running site's address; it stands on the tests' own database."""
    port, identity_port, business_port = _free_port(), _free_port(), _free_port()
    site = f"http://127.0.0.1:{port}"

    def client(name: str) -> Client:
        return Client(CLIENT_ID, SECRET, (f"{site}/sign-in/{name}/callback",))

    known = {"client_id": CLIENT_ID, "client_secret": SecretStr(SECRET), "tells_when": False}
    providers = {
        PROVIDER: OidcProvider(
            issuer=f"http://127.0.0.1:{identity_port}", label=Text("デモ用ログイン", "Demo sign-in"), **known
        ),
        "gbizid": OidcProvider(
            issuer=f"http://127.0.0.1:{business_port}",
            label=Text("GビズID", "GビズID"),
            profile="gbizid",
            **known,
        ),
    }
    app = create_app(settings.model_copy(update={"oidc_providers": providers, "port": port}))
    people, businesses = create_provider(client(PROVIDER)), create_provider(client("gbizid"), BUSINESSES)
    with _serving(people, identity_port), _serving(businesses, business_port), _serving(app, port):
        yield site
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The Chromium that the setup finds, once for the run."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(find_chromium()), args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def new_browser(chromium: Browser, app: Flask) -> Iterator[Callable[..., BrowserContext]]:
    """Make a browser with cookies of its own: ``new_browser(width=390, java_script_enabled=False)``."""
    contexts: list[BrowserContext] = []

    def make(width: int = 1280, **options: bool) -> BrowserContext:
        size = {"width": width, "height": 900}
        contexts.append(chromium.new_context(viewport=size, locale="ja-JP", **options))  # type: ignore[arg-type]
        # Handed over once, where evaluating it sends half a megabyte for each page.
        contexts[-1].add_init_script(path=AXE)
        return contexts[-1]

    yield make
    for context in contexts:
        context.close()


@dataclass
class Visitor:
    """A page of one browser, with what every look at a page includes."""

    page: Page
    address: str
    script: bool = True

    def go(self, path: str) -> None:
        """Open an address of the site."""
        self.page.goto(self.address + path)

    def sign_in_as(self, person: str, provider: str = PROVIDER) -> None:
        """On a sign-in page: to the provider, and back as this made-up person (its subject)."""
        self.page.locator(f'form[action="/sign-in/{provider}"] button').click()
        self.page.locator(f'button[name="sub"][value="{person}"]').click()
        self.page.wait_for_url(f"{self.address}/**")

    def fits(self) -> None:
        """Fail when the page is wider than the window.

        A press returns as soon as the next page begins to arrive, so the page is waited for first.
        """
        self.page.wait_for_load_state("load")
        width = self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert width[0] <= width[1], f"{self.page.url} is {width[0]} px wide in a window of {width[1]}"

    def too_small(self) -> list[str]:
        """What stands alone and is too low for a finger (on a phone's width)."""
        return [f"{self.page.url}: {each}" for each in self.page.evaluate(SMALL)]

    def look(self) -> None:
        """Fail when axe finds something, or when the page is wider than the window.

        Both are asked by script, so a browser without script is not asked.
        """
        if not self.script:
            return
        self.fits()
        found = self.page.evaluate(
            "tags => axe.run({runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})"
            ".then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 160)).join(' | ')))",
            TAGS,
        )
        assert found == [], f"{self.page.url}: {found}"


@pytest.fixture
def visit(new_browser: Callable[..., BrowserContext], address: str) -> Callable[..., Visitor]:
    """A visitor with a browser of their own."""

    def make(width: int = 1280, **options: bool) -> Visitor:
        page = new_browser(width, **options).new_page()
        page.set_default_timeout(15_000)
        return Visitor(page, address, bool(options.get("java_script_enabled", True)))

    return make


@pytest.fixture
def shop(address: str, app: Flask, worked_input: None) -> None:
    """The running site with the worked input published and indexed."""


@pytest.fixture
def known_as(app: Flask) -> Callable[[Actor, str], None]:
    """Let the provider's person (a subject) be this person of ours: ``known_as(actor, "vendor-owner")``."""

    def link(actor: Actor, subject: str) -> None:
        with act_as(SYSTEM):
            db.session.add(ExternalIdentity(provider=PROVIDER, subject=subject, person_id=actor.person_id))
            db.session.commit()

    return link
