"""Links that stop the mails about saved searches without signing in: signed, so that nobody can make one up."""

from __future__ import annotations

import binascii
import functools
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final, NamedTuple

from flask import Flask
from itsdangerous import BadSignature, Signer

from search.saved.services import Scope
from search.saved.words import Links
from web import post_office
from web.settings import Settings

# What is signed for one purpose counts for no other.
_SALT: Final = "saved-searches.stop-mail"
_LETTERS: Final[dict[str, Scope]] = {"s": "search", "p": "person"}
_LETTER_OF: Final = {scope: letter for letter, scope in _LETTERS.items()}


class Stop(NamedTuple):
    """What a link stops: the mails of one search, or of all searches of one person. of: the id of either."""

    scope: Scope
    of: uuid.UUID


def _signer(settings: Settings) -> Signer:
    return Signer(settings.secret_key.get_secret_value(), salt=_SALT)


def path(settings: Settings, scope: Scope, of: uuid.UUID) -> str:
    """The link's path. It has no end of life: an old mail must be stoppable too."""
    told = _LETTER_OF[scope] + urlsafe_b64encode(of.bytes).decode().rstrip("=")
    return f"/stop-mail/{_signer(settings).sign(told).decode()}"


def read(settings: Settings, token: str) -> Stop | None:
    """What a token stops; None for one that is not ours or not whole."""
    try:
        told = _signer(settings).unsign(token).decode()
        return Stop(_LETTERS[told[:1]], uuid.UUID(bytes=urlsafe_b64decode(f"{told[1:]}==")))
    except (BadSignature, binascii.Error, UnicodeError, KeyError, ValueError):
        return None


def of_app(app: Flask) -> Links:
    """Where this application's mails lead."""
    settings: Settings = app.extensions["hojo_settings"]
    return Links(post_office.of_settings(settings).site, functools.partial(path, settings))
