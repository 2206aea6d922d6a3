"""The blueprint of signing in, and what its pages share."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from flask import Blueprint, current_app, g, request, url_for

from tenants.errors import BadInput, Finding
from tenants.sign_in import Browser
from tenants.text import Text, same
from web.oidc_providers import OidcProvider
from web.sign_in.devices import device_words, network_words

blueprint = Blueprint("sign_in", __name__)

HOME: Final = {
    "vendor": "vendor.home",
    "sme": "sme.home",
    "secretariat": "secretariat.home",
    "committee": "committee.home",
}
_LONGEST_NEXT: Final = 2_000  # characters; browsers keep no cookie above 4 kB


def providers() -> dict[str, OidcProvider]:
    """Who people may sign in with, in the order of the settings."""
    return dict(current_app.extensions["hojo_settings"].oidc_providers)


def provider_words(name: str) -> Text:
    """A provider's label; its name when it is no longer in the settings."""
    known = providers().get(name)
    return known.label if known else same(name)


def safe_next(target: str | None) -> str | None:
    """Only an address of this site, never another's, and none that the session's cookie could not hold."""
    if not target or len(target) > _LONGEST_NEXT or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    if not target.isprintable():
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc or "\\" in target else target


def home_address() -> str:
    """The address of the signed-in person's home."""
    if g.signed_in is None:
        return url_for("public.home")
    if g.signed_in.workplace is None:
        return url_for("sme.register")
    return url_for(HOME[g.signed_in.workplace.kind])


def this_browser() -> Browser:
    """The words by which the browser that asks is known again."""
    return Browser(device_words(request.user_agent.string), network_words(request.remote_addr))


def failed() -> BadInput:
    """What is said when a provider's answer cannot be believed: not which lie was found."""
    return BadInput(
        Finding(
            "sign_in_failed",
            Text("ログインを確認できませんでした。", "The sign-in could not be verified."),
            Text(
                "もう一度ログインからお試しください。続く場合はコールセンターにお問い合わせください。",
                "Please start again from sign-in. If it keeps happening, ask the call centre.",
            ),
        )
    )
