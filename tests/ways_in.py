"""Ways to a provider and back, as tests go them: the demo's real provider over HTTP, and one that lies on demand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import oidc
import requests
from flask import Flask
from pages import PageClient
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from tenants.actor import SYSTEM
from tenants.db import act_as, db
from tenants.models import SignInSession
from web.app import create_app
from web.demo.identity_provider import create_provider
from web.demo.notes import Client
from web.oidc_providers import OidcProvider
from web.settings import Settings
from web.sign_in.client import CLIENTS

BACK = "http://localhost/sign-in/{}/callback"
_codes = iter(range(10**6))


def provider_settings(issuer: str, **more: Any) -> OidcProvider:
    """Settings of a provider at this address."""
    return OidcProvider.model_validate(
        {
            "issuer": issuer,
            "client_id": oidc.CLIENT,
            "client_secret": oidc.SECRET,
            "label": {"ja": "試験のログイン", "en": "Test sign-in"},
            **more,
        }
    )


@contextmanager
def site_with(settings: Settings, hostile: oidc.HostileProvider, **more: OidcProvider) -> Iterator[Flask]:
    """The site with the demo's provider, the lying one as two kinds of provider, and one that is not there."""
    demo = create_provider(Client(oidc.CLIENT, oidc.SECRET, (BACK.format("demo"),)))
    with oidc.served(demo) as address:
        known = {
            "demo": provider_settings(address),
            "hostile": provider_settings(hostile.issuer),
            "gbizid": provider_settings(hostile.issuer, profile="gbizid"),
            "mirasapo": provider_settings(hostile.issuer, profile="mirasapo"),
            "away": provider_settings("http://127.0.0.1:9"),
            **more,
        }
        app = create_app(settings.model_copy(update={"oidc_providers": known}))
        app.test_client_class = PageClient
        yield app
    with app.app_context():
        db.engine.dispose()


def newcomer(site: Flask, hostile: oidc.HostileProvider) -> PageClient:
    """A browser nobody knows; the provider is honest, and the site asks for its metadata and keys as after a start."""
    hostile.lie = oidc.Lie()
    for name in ("hostile", "gbizid", "mirasapo"):
        site.extensions[CLIENTS].create_client(name).server_metadata = {}
    made: PageClient = site.test_client()  # type: ignore[assignment]
    return made


def leave(client: PageClient, provider: str, **query: str) -> TestResponse:
    """Press the button: the answer that sends the browser to the provider."""
    page = client.get("/sign-in", query_string=query)
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found
    return client.post(f"/sign-in/{provider}", data={"csrf_token": found.group(1)})


def choose(answer: TestResponse, subject: str) -> str:
    """Choose a person on the demo provider's page, in a real browser's way: the address it sends back to."""
    browser = requests.Session()
    page = browser.get(answer.location, timeout=10)
    assert page.status_code == 200
    back = browser.post(answer.location, data={"sub": subject}, allow_redirects=False, timeout=10)
    assert back.status_code == 302
    return back.headers["Location"]


def asked_of(hostile: oidc.HostileProvider, answer: TestResponse) -> dict[str, str]:
    """What the lying provider learns from the browser that is sent to it."""
    query = parse_qs(urlsplit(answer.location).query)
    asked = {name: values[0] for name, values in query.items()}
    hostile.nonce, hostile.challenge = asked["nonce"], asked["code_challenge"]
    return asked


def to_hostile(
    client: PageClient, hostile: oidc.HostileProvider, provider: str = "hostile", **query: str
) -> dict[str, str]:
    """Leave for the lying provider; what it learned of the request."""
    return asked_of(hostile, leave(client, provider, **query))


def come_back(client: PageClient, provider: str = "hostile", **query: str) -> TestResponse:
    """Back from a provider with this in the address."""
    return client.get(f"/sign-in/{provider}/callback", query_string=query)


def new_code() -> str:
    """A code that was never used."""
    return f"c{next(_codes)}"


def attempt(
    client: PageClient, hostile: oidc.HostileProvider, lie: oidc.Lie, provider: str = "hostile"
) -> TestResponse:
    """To the lying provider and back, with this lie."""
    hostile.lie = oidc.Lie(metadata=lie.metadata)
    asked = to_hostile(client, hostile, provider)
    hostile.lie = lie
    return come_back(client, provider, code=new_code(), state=asked["state"])


def signed_in(client: PageClient) -> bool:
    """Whether this browser is somebody's."""
    return not client.get("/sign-in/arrive").location.startswith("/sign-in")


def sessions() -> int:
    """How many sessions there are or were."""
    with act_as(SYSTEM):
        return db.session.scalar(select(func.count()).select_from(SignInSession)) or 0


def proved_at(moment: datetime) -> None:
    """Everybody who is signed in proved at this moment who they are."""
    with act_as(SYSTEM):
        db.session.execute(update(SignInSession).values(authenticated_at=moment))
        db.session.commit()
