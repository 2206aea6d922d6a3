"""One person, several providers: a second way to sign in is added, or one is taken off, never the last.

Adding one is asked of somebody who has just proved who they are with both. An identity that is known as another person
stays theirs. One identity of each provider: what a provider vouches for is then said of one account.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from sqlalchemy import delete, select, update

from tenants import audit, clock, identities, notices
from tenants.actor import Actor
from tenants.db import act_as, db, use_case
from tenants.errors import BadInput, DomainError, Finding, NotFound, NotPermitted
from tenants.identity_profiles import Said
from tenants.models import ExternalIdentity, IdentityFacts, MirasapoAccount, Person, SignInSession
from tenants.sessions import holding
from tenants.sign_in import go_on, prove, showing, token_hash
from tenants.text import Text

PAGE: Final = "/account/identities"
_WAY: Final = Text("ログイン方法", "The way to sign in")


class IdentityTaken(DomainError):
    """This identity is known as somebody else; it is not said whose."""

    status: ClassVar[int] = 409

    def __init__(self) -> None:
        super().__init__(
            Finding(
                "identity_taken",
                Text(
                    "そのアカウントは、すでにほかの利用者のログインに使われています。",
                    "That account is already somebody else's way to sign in.",
                ),
                Text(
                    "ご自身が前に登録したものなら、そのアカウントでログインし、すべての組織から抜けてから、事務局に消去を依頼してください。",
                    "If it is an older account of your own, sign in with it, leave its organisations, and ask the"
                    " secretariat to erase it.",
                ),
            )
        )


@dataclass(frozen=True, slots=True)
class WayIn:
    """One provider a person signs in with. in_use: the session that asks was opened with it."""

    provider: str
    last_used_at: datetime | None
    in_use: bool


def own(person: Actor, token: str) -> tuple[WayIn, ...]:
    """The providers with which this person can sign in, by name. token: that of the browser that asks."""
    if person.person_id is None:
        raise NotPermitted
    with act_as(Actor("sign_in", person_id=person.person_id, name=person.name)):
        here = db.session.get(SignInSession, token_hash(token))
        rows = db.session.scalars(
            select(ExternalIdentity)
            .where(ExternalIdentity.person_id == person.person_id)
            .order_by(ExternalIdentity.provider, ExternalIdentity.subject)
        ).all()
        used = here.provider if here is not None else ""
        return tuple(WayIn(row.provider, row.last_sign_in_at, row.provider == used) for row in rows)


def link(token: str, provider: str, subject: str, *, person: uuid.UUID, said: Said | None = None) -> str:
    """Add an identity that has just been proved to the person of this session; a new token (the old one ends).

    person: who left to prove it; another one who is signed in now gets nothing. Name and address stay as they are; what
    the provider vouches for is kept. Linking again changes nothing but the token. Raises IdentityTaken, BadInput for a
    second identity of one provider, NotFound when the token holds no more or is somebody else's.
    """
    with act_as(showing(token, (provider, subject))):
        return _link(token, (provider, subject), person, said)


@use_case
def _link(token: str, key: tuple[str, str], person_id: uuid.UUID, said: Said | None) -> str:
    row = _session(token, person_id)
    provider, subject = key
    prove(person_id)
    # Two windows that link at once wait for each other here.
    db.session.get_one(Person, person_id, with_for_update=True)
    known = db.session.get(ExternalIdentity, key, with_for_update=True)
    if known is not None and known.person_id != person_id:
        raise IdentityTaken
    if known is None:
        _require_first_of(person_id, provider)
        db.session.add(
            ExternalIdentity(provider=provider, subject=subject, person_id=person_id, last_sign_in_at=clock.now())
        )
        if said is not None:
            identities.keep(person_id, provider, said)
        audit.record(
            "identity_linked", subject=("person", person_id), organisation_id=None, after={"provider": provider}
        )
        notices.notify_person(person_id, "identity_linked", link=PAGE)
    return go_on(row, row.organisation_id, row.authenticated_at)


def _require_first_of(person_id: uuid.UUID, provider: str) -> None:
    other = db.session.scalar(
        select(ExternalIdentity.subject)
        .where(ExternalIdentity.person_id == person_id, ExternalIdentity.provider == provider)
        .limit(1)
    )
    if other is not None:
        raise BadInput(
            Finding(
                "provider_linked",
                Text(
                    "このログイン方法では、すでに別のアカウントがつながっています。",
                    "Another account of this provider is linked already.",
                ),
                Text(
                    "入れ替えるときは、先にいまのものを外してください。",
                    "To exchange it, take that one off first.",
                ),
            )
        )


def unlink(token: str, provider: str, *, person: uuid.UUID, vouched_mirasapo: bool = False) -> None:
    """Take a way to sign in off this person; what that provider vouched for goes with it, and its sessions end.

    vouched_mirasapo: it is the one that vouches for ミラサポ ids; the id is then the person's own word again. Raises BadInput for the last one, and for the one this session was opened with; NotFound for one that is not
    there.
    """
    with act_as(showing(token)):
        _unlink(token, provider, person, vouched_mirasapo=vouched_mirasapo)


@use_case
def _unlink(token: str, provider: str, person_id: uuid.UUID, *, vouched_mirasapo: bool) -> None:
    row = _session(token, person_id)
    prove(person_id)
    db.session.get_one(Person, person_id, with_for_update=True)
    providers = set(
        db.session.scalars(select(ExternalIdentity.provider).where(ExternalIdentity.person_id == person_id))
    )
    if provider not in providers:
        raise NotFound(_WAY)
    if providers == {provider}:
        raise BadInput(_LAST)
    if row.provider == provider:
        raise BadInput(_IN_USE)
    whose = (ExternalIdentity.person_id == person_id, ExternalIdentity.provider == provider)
    db.session.execute(delete(ExternalIdentity).where(*whose))
    db.session.execute(
        delete(IdentityFacts).where(IdentityFacts.person_id == person_id, IdentityFacts.provider == provider)
    )
    account = db.session.get(MirasapoAccount, person_id) if vouched_mirasapo else None
    if account is not None:
        account.verified_at = None
    db.session.execute(
        update(SignInSession)
        .where(SignInSession.provider == provider, *holding(person_id))
        .values(ended_at=clock.now())
    )
    audit.record(
        "identity_unlinked", subject=("person", person_id), organisation_id=None, before={"provider": provider}
    )
    notices.notify_person(person_id, "identity_unlinked", link=PAGE)


def _session(token: str, person_id: uuid.UUID) -> SignInSession:
    """The session of this token, locked, when it still lets this person in."""
    row = db.session.scalar(
        select(SignInSession)
        .where(SignInSession.token_hash == token_hash(token), *holding(person_id))
        .with_for_update()
    )
    if row is None:
        raise NotFound(Text("ログイン", "The session"))
    return row


_LAST: Final = Finding(
    "last_identity",
    Text("最後のログイン方法は外せません。", "The last way to sign in cannot be taken off."),
    Text("先に、ほかのログイン方法を追加してください。", "Add another one first."),
)
_IN_USE: Final = Finding(
    "identity_in_use",
    Text("いまのログインに使っている方法は外せません。", "You are signed in with this one now."),
    Text("ほかの方法でログインし直してから、外してください。", "Sign in with another one, then take it off."),
)
