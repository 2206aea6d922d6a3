"""To a provider and back: what is asked, and what of its answer is believed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from flask import current_app, redirect, request, session, url_for
from werkzeug.wrappers import Response

from tenants import clock, identity_profiles
from tenants.identity_profiles import Said
from web.sign_in.blueprint import failed
from web.sign_in.client import LEEWAY_SECONDS, NONSENSE, MismatchingStateError, StrictClient, client_of

# A browser may have left for a provider in several windows; older ways back are forgotten, for a cookie is small.
_WAYS_KEPT: Final = 3


class OutOfDate(Exception):
    """An answer this browser did not ask for, or has had already: mostly the Back button, maybe a forgery."""


class NotProvedAnew(Exception):
    """The provider took an old sign-in for a new one, or does not say when it was. linking: it was to be added to somebody's account."""

    def __init__(self, *, linking: bool) -> None:
        super().__init__()
        self.linking = linking


@dataclass(frozen=True, slots=True)
class Answer:
    """Who the provider says came back. again: what was noted when a signed-in person left for a fresh sign-in.

    In it: next, left_at, and link, whose account it is to be added to, where that was asked for.
    """

    subject: str
    said: Said
    authenticated_at: datetime | None
    again: Mapping[str, Any] | None


def leave_for(provider: str, *, again: str | None = None, link: uuid.UUID | None = None) -> Response:
    """Send the browser to the provider with state, nonce and PKCE.

    again: a fresh sign-in is asked for, after which the browser goes to this address. link: the person to whose account
    the identity is to be added. Raises BadInput when the provider is away.
    """
    client = client_of(provider)
    back = url_for("sign_in.come_back", provider=provider, _external=True)
    asked: dict[str, str] = {}
    noted: dict[str, Any] = {}
    if again is not None:
        asked = {"prompt": "login", "max_age": "0"}
        noted = {"again": {"next": again, "left_at": int(clock.now().timestamp())}}
    if link is not None:
        noted["again"]["link"] = str(link)
    try:
        way = client.create_authorization_url(back, **asked)
    except NONSENSE as error:
        raise _unusable(provider, error) from error
    _forget_old_ways()
    client.save_authorize_data(redirect_uri=back, **noted, **way)
    return redirect(way["url"])


def _forget_old_ways() -> None:
    ways = [name for name in session if name.startswith("_state_")]
    ways.sort(key=lambda name: session[name].get("exp", 0))
    for name in ways[: -(_WAYS_KEPT - 1)]:
        session.pop(name)


def linking(provider: str) -> bool:
    """Whether this browser left for the provider to add it to somebody's account."""
    noted = client_of(provider).framework.get_state_data(session, request.args.get("state")) or {}
    return "link" in (noted.get("again") or {})


def believed(provider: str) -> Answer:
    """What the provider's answer to this browser says, when all of it can be believed.

    Raises BadInput when it cannot, OutOfDate when it answers nothing this browser asked, NotProvedAnew when a fresh
    sign-in was asked for and the provider tells of an old one.
    """
    client = client_of(provider)
    noted = client.framework.get_state_data(session, request.args.get("state")) or {}
    try:
        client.verify_issuer(request.args.get("iss"))
        answer = _read(client, noted.get("again"))
    except MismatchingStateError:
        raise OutOfDate from None
    except NONSENSE as error:
        raise _unusable(provider, error) from error
    if answer.again and not _proved_since(answer.again["left_at"], answer, client.provider.tells_when):
        raise NotProvedAnew(linking="link" in answer.again)
    return answer


def _proved_since(left_at: int, answer: Answer, tells_when: bool) -> bool:  # noqa: FBT001
    if answer.authenticated_at is None:
        return not tells_when
    return answer.authenticated_at >= datetime.fromtimestamp(left_at - LEEWAY_SECONDS, UTC)


def _read(client: StrictClient, again: Mapping[str, Any] | None) -> Answer:
    settings = client.provider
    token = client.authorize_access_token(
        claims_options={
            "iss": {"essential": True, "value": settings.issuer},
            "aud": {"essential": True, "value": settings.client_id},
            "exp": {"essential": True},
            "sub": {"essential": True},
        },
        leeway=LEEWAY_SECONDS,
    )
    claims = token.get("userinfo")
    if not claims:
        raise ValueError("no ID token")
    userinfo = client.userinfo(token=token)
    subject = claims["sub"]
    # A token for us and somebody else could have been given to that somebody; and the two answers must agree.
    if claims["aud"] not in (settings.client_id, [settings.client_id]) or userinfo.get("sub") != subject:
        raise ValueError("a token for somebody else, or userinfo of somebody else")
    if (
        not isinstance(subject, str)
        or not subject.strip()
        or len(subject) > identity_profiles.LONGEST
        or "\0" in subject
    ):
        raise ValueError("a subject is a line of text")
    said = identity_profiles.read(settings.profile, userinfo, settings.claims)
    return Answer(subject, said, _moment(claims.get("auth_time")), again)


def _moment(seconds: object) -> datetime | None:
    return datetime.fromtimestamp(float(str(seconds)), UTC) if seconds is not None else None


def _unusable(provider: str, error: Exception) -> Exception:
    """The reason is for the log; the page says no more than that it did not work."""
    current_app.logger.warning("sign-in with %s refused: %r", provider, error)
    return failed()
