"""The demo's identity providers: real OpenID Connect, and instead of a password a list of made-up people.

One knows everybody of the demo; the other plays GビズID, and says what GビズID says of a business.

Built on the package oidc-provider-mock. What that package opens for a test writer's comfort is closed here: the
debugger, free choice of a subject, registering clients and editing users over HTTP. It listens on the machine
itself only and is never part of production.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

import oidc_provider_mock
from flask import Flask, Response, abort, g, request
from jinja2 import ChoiceLoader, PackageLoader
from oidc_provider_mock._storage import Client as RegisteredClient

from tenants.permissions import ROLE_NAMES
from tenants.text import Language, Text
from web import language_cookie
from web.demo.businesses import ACCOUNTS, BusinessAccount
from web.demo.notes import Client
from web.demo.people import PEOPLE, DemoPerson

_PAGES: Final = frozenset(
    f"oidc-provider-mock.{page}" for page in ("openid_config", "jwks", "authorize", "issue_token", "userinfo")
)
_GROUPS: Final = (
    ("sme", Text("中小企業・お店の方", "Shops and small businesses")),
    ("vendor", Text("ITベンダー（IT導入支援事業者）", "IT vendors")),
    ("secretariat", Text("事務局", "Secretariat")),
    ("committee", Text("審査委員会", "Review committee")),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody to sign in as, as the page shows them, and what is said of them. name, place: Japanese."""

    subject: str
    name: str
    place: str
    role: Text
    description: Text
    claims: Mapping[str, str]


def _person(person: DemoPerson) -> Choice:
    roles = [ROLE_NAMES[role] for role in person.roles]
    return Choice(
        person.subject,
        person.name,
        person.organisation.name,
        Text("、".join(role.ja for role in roles), ", ".join(role.en for role in roles)),
        person.description,
        {"name": person.name, "email": person.email},
    )


def _business(account: BusinessAccount) -> Choice:
    return Choice(
        account.subject, account.name, account.business, account.kind, account.description, account.claims
    )


Groups = Sequence[tuple[Text, Sequence[Choice]]]
# People whom the site has never seen: signing in as one shows what a newcomer is shown. A restart keeps what they did.
_NEWCOMERS: Final = (
    Choice(
        "newcomer-shop",
        "新谷 はじめ",
        "まだ登録していません",
        Text("お店の方", "runs a shop"),
        Text(
            "はじめてこのサイトに来た店主。事業者の登録から試せます。",
            "A shop owner here for the first time: begin with registering the business.",
        ),
        {"name": "新谷 はじめ", "email": "hajime@newcomer.example"},
    ),
    Choice(
        "newcomer-vendor",
        "初音 のぞみ",
        "まだ登録していません",
        Text("ITベンダーの方", "works for an IT vendor"),
        Text(
            "IT導入支援事業者の登録を、会社の登録から申請します。",
            "Applies to be registered as a vendor, from founding the company on.",
        ),
        {"name": "初音 のぞみ", "email": "nozomi@newcomer.example"},
    ),
)
PERSONS: Final[Groups] = (
    *(
        (heading, tuple(_person(each) for each in PEOPLE if each.organisation.kind == kind))
        for kind, heading in _GROUPS
    ),
    (Text("はじめての方", "Newcomers"), _NEWCOMERS),
)
BUSINESSES: Final[Groups] = (
    (Text("GビズIDのアカウント（見本）", "gBizID accounts (made up)"), tuple(map(_business, ACCOUNTS))),
)


def create_provider(client: Client, groups: Groups = PERSONS) -> Flask:
    """The provider as a WSGI application that serves this client; groups: who may be chosen."""
    choices = {choice.subject: choice for _, listed in groups for choice in listed}
    provider = oidc_provider_mock.app(
        require_client_registration=True,
        user_claims=[
            oidc_provider_mock.User(sub=choice.subject, claims=dict(choice.claims)) for choice in choices.values()
        ],
    )
    provider.debug = False
    provider.wsgi_app = provider.wsgi_app.app  # out of werkzeug's debugger
    provider.jinja_loader = ChoiceLoader([PackageLoader("web.demo"), provider.jinja_loader])
    provider.jinja_env.filters["say"] = _say
    provider.before_request(lambda: _admit(client, choices))
    provider.after_request(_protect)
    provider.context_processor(lambda: _page_facts(groups))
    return provider


def _admit(client: Client, choices: Collection[str]) -> None:
    """Only what signing in needs, only for our client, only as one of the demo's people."""
    if request.endpoint not in _PAGES:
        abort(404)
    chosen = request.form.get("sub")
    if request.endpoint == "oidc-provider-mock.authorize" and chosen is not None and chosen not in choices:
        abort(400)
    g.nonce = secrets.token_urlsafe(16)
    g.oidc_provider_mock_storage.store_client(
        RegisteredClient(
            id=client.identifier,
            secret=client.secret,
            redirect_uris=client.redirects,
            allowed_scopes=("openid", "profile", "user", "email"),
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
    return "en" if (request.args.get("lang") or request.cookies.get(language_cookie.NAME)) == "en" else "ja"


def _say(value: Text) -> str:
    return value.in_language(_language())


def _page_facts(groups: Groups) -> dict[str, Any]:
    language = _language()
    other = {**request.args.to_dict(), "lang": "ja" if language == "en" else "en"}
    return {
        "language": language,
        "t": lambda ja, en: en if language == "en" else ja,
        "nonce": g.nonce,
        "other_language_address": f"{request.path}?{urlencode(other)}",
        "groups": groups,
    }
