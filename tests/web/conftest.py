"""A reader of the public site; the command line on the tests' own database; a site whose providers may lie; the
secretariat's administrator."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import oidc
import pytest
import ways_in
from click.testing import CliRunner, Result
from flask import Flask
from pages import PageClient

from search import engines
from tenants.actor import Actor
from web import cli
from web.settings import Settings


@pytest.fixture
def shop(worked_input: None, client: PageClient) -> PageClient:
    """A reader of the site with the worked input published and indexed; no page is kept."""
    return client


@pytest.fixture
def hojo(app: Flask, terminal: Callable[..., Result]) -> Callable[..., Result]:
    """Run ``hojo …`` on a database that is emptied afterwards; with the fixture `index`, on that search index."""
    return terminal


@pytest.fixture
def terminal(settings: Settings, tmp_path: Path) -> Callable[..., Result]:
    """Run ``hojo …`` as a terminal in Japanese would, on the database as it is."""
    known = {
        "HOJO_ENVIRONMENT": "test",
        "HOJO_SECRET_KEY": settings.secret_key.get_secret_value(),
        "HOJO_DATA": str(settings.data),
        "HOJO_SEARCH_FOLDER": str(tmp_path / "index"),
        "HOJO_COOKIE_SECURE": "false",
        "DATABASE_URL": settings.database_url,
    }

    def run(*words: str, language: str = "ja_JP.UTF-8", **other: str) -> Result:
        before = engines.engine()
        try:
            result = CliRunner().invoke(cli.main, list(words), env={**known, "LC_ALL": language, **other})
        finally:
            engines.use(before)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


@pytest.fixture(scope="module")
def hostile() -> Iterator[oidc.HostileProvider]:
    """A provider that lies on demand, on a port of its own."""
    provider = oidc.HostileProvider()
    with oidc.served(provider.application()) as issuer:
        provider.issuer = issuer
        yield provider


@pytest.fixture(scope="module")
def site(settings: Settings, hostile: oidc.HostileProvider) -> Iterator[Flask]:
    """A site that people sign in to with it, or with the demo's provider."""
    with ways_in.site_with(settings, hostile) as app:
        yield app


@pytest.fixture
def desk(organisation: Callable[..., uuid.UUID], actor_of: Callable[..., Actor]) -> Actor:
    """The secretariat's administrator."""
    return actor_of(organisation("secretariat"), "secretariat_administrator")


@pytest.fixture
def desk_browser(browser: Callable[..., PageClient], desk: Actor) -> PageClient:
    """Their browser."""
    return browser(desk)
