"""Signing in: a provider's subject becomes a person, a person's browser gets a session.

The cookie holds a random token, the database its hash; ending a session ends it at once, everywhere.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, text

from tenants import audit, clock, identities
from tenants.actor import Actor, Shown
from tenants.db import act_as, constraint, db, use_case
from tenants.errors import BadInput, Conflict, Finding, NotFound
from tenants.identity_profiles import Said
from tenants.models import ExternalIdentity, Membership, Organisation, Person, SignInSession
from tenants.text import Text

IDLE_LIMIT = timedelta(minutes=60)
ABSOLUTE_LIMIT = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=5)
# What cannot be taken back is asked of somebody who has just proved who they are.
FRESH_FOR = timedelta(minutes=10)

constraint("pk_external_identity", Conflict)


@dataclass(frozen=True, slots=True)
class Workplace:
    """An organisation a person may act for."""

    organisation_id: uuid.UUID
    kind: str
    name: str
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Browser:
    """Short words by which a person knows their browser again. network: the first parts of its address."""

    device: str = ""
    network: str = ""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who this browser is: the actor of the request, and what the header shows.

    provider: whom they signed in with. authenticated_at: when that provider last saw them prove who they are.
    """

    actor: Actor
    person_name: str
    workplace: Workplace | None
    workplaces: tuple[Workplace, ...]
    provider: str
    authenticated_at: datetime

    @property
    def is_fresh(self) -> bool:
        """Whether they proved who they are less than ten minutes ago."""
        return clock.now() - self.authenticated_at < FRESH_FOR


def token_hash(token: str) -> str:
    """What the database knows of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def showing(token: str | None = None, identity: tuple[str, str] = ("", "")) -> Actor:
    """Signing in, for whoever holds this token or whom a provider has just named: (its name, the subject)."""
    return Actor("sign_in", name="sign-in", shown=Shown(token_hash(token) if token else "", *identity))


def sign_in(
    provider: str,
    subject: str,
    *,
    name: str,
    email: str,
    said: Said | None = None,
    browser: Browser = Browser(),
    authenticated_at: datetime | None = None,
) -> str:
    """The token of a new session for this provider's subject; a person seen for the first time is created.

    provider: its name in the settings. name, email: as the provider says; kept up to date. said: what else it vouches
    for. authenticated_at: when it saw the person prove who they are, where it says so; else now.
    """
    new = _Newcomer(provider, subject, name, email, said, browser, _proved_at(authenticated_at))
    with act_as(showing(identity=(provider, subject))):
        try:
            return _sign_in(new)
        except Conflict:  # two first sign-ins at once: the other one made the person
            return _sign_in(new)


@dataclass(frozen=True, slots=True)
class _Newcomer:
    provider: str
    subject: str
    name: str
    email: str
    said: Said | None
    browser: Browser
    authenticated_at: datetime


def _proved_at(said: datetime | None) -> datetime:
    """Never later than now, whatever the provider's clock says."""
    moment = clock.now()
    return min(said, moment) if said else moment


@use_case
def _sign_in(new: _Newcomer) -> str:
    provider, subject, name, email = new.provider, new.subject, new.name, new.email
    identity = db.session.get(ExternalIdentity, (provider, subject), with_for_update=True)
    if identity is None:
        person = Person(id=uuid.uuid4(), name=name, email=email)
        prove(person.id)
        db.session.add(person)
        db.session.flush()
        identity = ExternalIdentity(provider=provider, subject=subject, person_id=person.id)
        db.session.add(identity)
    else:
        prove(identity.person_id)
    identity.last_sign_in_at = clock.now()
    found = db.session.get_one(Person, identity.person_id)
    found.name, found.email = name or found.name, email or found.email
    if new.said is not None:
        identities.keep(found.id, provider, new.said)
    workplaces = _workplaces(found.id)
    first = workplaces[0].organisation_id if workplaces else None
    token = _begin(
        SignInSession(
            person_id=found.id,
            organisation_id=first,
            created_at=clock.now(),
            authenticated_at=new.authenticated_at,
            provider=provider,
            device=new.browser.device,
            network=new.browser.network,
        )
    )
    audit.record(
        "signed_in",
        subject=("person", found.id),
        organisation_id=first,
        after={"provider": provider},
    )
    return token


def prove(person_id: uuid.UUID) -> None:
    """Tell the database who has just proved to be here: of all people, this transaction may change that one alone."""
    db.session.execute(text("SELECT set_config('app.proved_person', :who, true)"), {"who": str(person_id)})


def _begin(row: SignInSession) -> str:
    """Add the session under a new token; gives the token."""
    token = secrets.token_urlsafe(32)
    row.token_hash = token_hash(token)
    db.session.add(row)
    return token


def go_on(row: SignInSession, organisation_id: uuid.UUID | None, authenticated_at: datetime) -> str:
    """End this session and begin its successor: the twelve hours go on from the sign-in. Gives the new token."""
    row.ended_at = clock.now()
    return _begin(
        SignInSession(
            person_id=row.person_id,
            organisation_id=organisation_id,
            created_at=row.created_at,
            authenticated_at=authenticated_at,
            provider=row.provider,
            device=row.device,
            network=row.network,
        )
    )


def _workplaces(person_id: uuid.UUID) -> tuple[Workplace, ...]:
    rows = db.session.execute(
        select(Organisation.id, Organisation.kind, Organisation.name, Membership.role)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(Membership.person_id == person_id)
        .order_by(Organisation.kind, Organisation.name, Organisation.id)
    ).all()
    found: dict[uuid.UUID, Workplace] = {}
    for organisation_id, kind, name, role in rows:
        known = found.get(organisation_id)
        roles = (known.roles if known else frozenset()) | {role}
        found[organisation_id] = Workplace(organisation_id, kind, name, roles)
    return tuple(found.values())


def resolve(token: str) -> SignedIn | None:
    """Who holds this token now; None when it is unknown, ended, idle for an hour or older than twelve."""
    with act_as(showing(token)):
        return _resolve(token)


def _resolve(token: str) -> SignedIn | None:
    row = db.session.get(SignInSession, token_hash(token))
    moment = clock.now()
    if row is None or not _holds(row, moment):
        return None
    person = db.session.get_one(Person, row.person_id)
    workplaces = _workplaces(person.id)
    here = next((w for w in workplaces if w.organisation_id == row.organisation_id), None)
    if moment - row.seen_at > SEEN_EVERY:
        row.seen_at = moment
        db.session.commit()
    actor = Actor(
        audience=here.kind if here else "public",  # type: ignore[arg-type]  # a kind is an audience
        organisation_id=here.organisation_id if here else None,
        person_id=person.id,
        roles=here.roles if here else frozenset(),
        name=person.name,
    )
    return SignedIn(actor, person.name, here, workplaces, row.provider, row.authenticated_at)


def _holds(row: SignInSession, moment: datetime) -> bool:
    """Whether a session lets in at this moment."""
    return (
        row.ended_at is None and moment - row.seen_at <= IDLE_LIMIT and moment - row.created_at <= ABSOLUTE_LIMIT
    )


def switch_organisation(token: str, organisation_id: uuid.UUID) -> str:
    """A new token (the old one ends) for the same person acting for another of their organisations.

    The twelve hours go on from the sign-in. Raises NotFound when they do not belong to it, or the token holds no
    more.
    """
    with act_as(showing(token)):
        return _switch(token, organisation_id)


@use_case
def _switch(token: str, organisation_id: uuid.UUID) -> str:
    row = db.session.get(SignInSession, token_hash(token), with_for_update=True)
    moment = clock.now()
    if (
        row is None
        or not _holds(row, moment)
        or organisation_id not in {place.organisation_id for place in _workplaces(row.person_id)}
    ):
        raise NotFound(Text("組織", "The organisation"))
    audit.record(
        "organisation_switched",
        subject=("person", row.person_id),
        organisation_id=organisation_id,
        before={"organisation_id": str(row.organisation_id) if row.organisation_id else None},
        after={"organisation_id": str(organisation_id)},
    )
    return go_on(row, organisation_id, row.authenticated_at)


def sign_in_again(
    token: str,
    provider: str,
    subject: str,
    *,
    said: Said | None = None,
    authenticated_at: datetime | None = None,
) -> str:
    """A new token (the old one ends) for somebody who has proved once more who they are.

    The twelve hours go on from the sign-in. Raises BadInput when the provider names another person than the session's,
    NotFound when the token holds no more.
    """
    with act_as(showing(token, (provider, subject))):
        return _sign_in_again(token, (provider, subject), said, _proved_at(authenticated_at))


@use_case
def _sign_in_again(token: str, key: tuple[str, str], said: Said | None, authenticated_at: datetime) -> str:
    row = db.session.get(SignInSession, token_hash(token), with_for_update=True)
    if row is None or not _holds(row, clock.now()):
        raise NotFound(Text("ログイン", "The session"))
    identity = db.session.get(ExternalIdentity, key, with_for_update=True)
    if identity is None or identity.person_id != row.person_id:
        raise BadInput(_ANOTHER_PERSON)
    prove(row.person_id)
    identity.last_sign_in_at = clock.now()
    if said is not None:
        identities.keep(row.person_id, key[0], said)
    audit.record(
        "signed_in_again",
        subject=("person", row.person_id),
        organisation_id=row.organisation_id,
        after={"provider": key[0]},
    )
    return go_on(row, row.organisation_id, authenticated_at)


_ANOTHER_PERSON = Finding(
    "another_person",
    Text(
        "いまログインしている方とは別のアカウントでした。", "That was another account than the one signed in here."
    ),
    Text(
        "いまの方のアカウントで、もう一度お試しください。別の方として使うときは、先にログアウトしてください。",
        "Try again with the account you are signed in with. To act as somebody else, sign out first.",
    ),
)


def sign_out(token: str) -> None:
    """End this session; an unknown token, or one that has ended, is no error."""
    with act_as(showing(token)):
        _sign_out(token)


@use_case
def _sign_out(token: str) -> None:
    row = db.session.get(SignInSession, token_hash(token), with_for_update=True)
    if row is None or row.ended_at is not None:
        return
    row.ended_at = clock.now()
    audit.record("signed_out", subject=("person", row.person_id), organisation_id=row.organisation_id)
