"""The demo's identity provider: real OpenID Connect, and instead of a password a list of made-up people.

Built on the package oidc-provider-mock. What that package opens for a test writer's comfort is closed here: the
debugger, free choice of a subject, registering clients and editing users over HTTP. It listens on the machine
itself only and is never part of production.
"""

from __future__ import annotations

import secrets
from typing import Any, Final
from urllib.parse import urlencode

import oidc_provider_mock
from flask import Flask, Response, abort, g, request
from jinja2 import ChoiceLoader, PackageLoader
from oidc_provider_mock._storage import Client as RegisteredClient

from tenants.permissions import ROLE_NAMES
from tenants.text import Language, Text
from web.demo.notes import Client
from web.demo.people import PEOPLE, by_subject
from web.words import COOKIE

_PAGES: Final = frozenset(
    f"oidc-provider-mock.{page}" for page in ("openid_config", "jwks", "authorize", "issue_token", "userinfo")
)
_GROUPS: Final = (
    ("sme", Text("中小企業・お店の方", "Shops and small businesses")),
    ("vendor", Text("ITベンダー（IT導入支援事業者）", "IT vendors")),
    ("secretariat", Text("事務局", "Secretariat")),
    ("committee", Text("審査委員会", "Review committee")),
)


def create_provider(client: Client) -> Flask:
    """The provider as a WSGI application that serves this client."""
    provider = oidc_provider_mock.app(
        require_client_registration=True,
        user_claims=[
            oidc_provider_mock.User(sub=person.subject, claims={"name": person.name, "email": person.email})
            for person in PEOPLE
        ],
    )
    provider.debug = False
    provider.wsgi_app = provider.wsgi_app.app  # out of werkzeug's debugger
    provider.jinja_loader = ChoiceLoader([PackageLoader("web.demo"), provider.jinja_loader])
    provider.jinja_env.filters["say"] = _say
    provider.before_request(lambda: _admit(client))
    provider.after_request(_protect)
    provider.context_processor(_page_facts)
    return provider


def _admit(client: Client) -> None:
    """Only what signing in needs, only for our client, only as one of the demo's people."""
    if request.endpoint not in _PAGES:
        abort(404)
    chosen = request.form.get("sub")
    if request.endpoint == "oidc-provider-mock.authorize" and chosen is not None and by_subject(chosen) is None:
        abort(400)
    g.nonce = secrets.token_urlsafe(16)
    g.oidc_provider_mock_storage.store_client(
        RegisteredClient(
            id=client.identifier,
            secret=client.secret,
            redirect_uris=client.redirects,
            allowed_scopes=("openid", "profile", "email"),
            token_endpoint_auth_method="client_secret_basic",  # noqa: S106  (a method's name)
        )
    )


def _protect(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'nonce-{g.get('nonce', '')}'; base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


def _language() -> Language:
    """?lang= of this page, else what the demo's site was read in (cookies do not tell ports apart)."""
    return "en" if (request.args.get("lang") or request.cookies.get(COOKIE)) == "en" else "ja"


def _say(value: Text) -> str:
    return value.in_language(_language())


def _page_facts() -> dict[str, Any]:
    language = _language()
    other = {**request.args.to_dict(), "lang": "ja" if language == "en" else "en"}
    return {
        "language": language,
        "t": lambda ja, en: en if language == "en" else ja,
        "nonce": g.nonce,
        "other_language_address": f"{request.path}?{urlencode(other)}",
        "role_names": ROLE_NAMES,
        "groups": [
            (heading, [person for person in PEOPLE if person.organisation.kind == kind])
            for kind, heading in _GROUPS
        ],
    }
