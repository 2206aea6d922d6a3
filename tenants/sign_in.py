"""Signing in: a provider's subject becomes a person, a person's browser gets a session.

The cookie holds a random token, the database its hash; ending a session ends it at once, everywhere.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from tenants import audit, clock
from tenants.actor import SIGN_IN, Actor
from tenants.db import act_as, constraint, db, use_case
from tenants.errors import Conflict, NotFound
from tenants.models import ExternalIdentity, Membership, Organisation, Person, SignInSession
from tenants.text import Text

IDLE_LIMIT = timedelta(minutes=60)
ABSOLUTE_LIMIT = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=5)

constraint("pk_external_identity", Conflict)


@dataclass(frozen=True, slots=True)
class Workplace:
    """An organisation a person may act for."""

    organisation_id: uuid.UUID
    kind: str
    name: str
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who this browser is: the actor of the request, and what the header shows."""

    actor: Actor
    person_name: str
    workplace: Workplace | None
    workplaces: tuple[Workplace, ...]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def sign_in(provider: str, subject: str, *, name: str, email: str) -> str:
    """The token of a new session for this provider's subject; a person seen for the first time is created.

    provider: its name in the settings. name, email: as the provider says; kept up to date.
    """
    with act_as(SIGN_IN):
        try:
            return _sign_in(provider, subject, name, email)
        except Conflict:  # two first sign-ins at once: the other one made the person
            return _sign_in(provider, subject, name, email)


@use_case
def _sign_in(provider: str, subject: str, name: str, email: str) -> str:
    identity = db.session.get(ExternalIdentity, (provider, subject), with_for_update=True)
    if identity is None:
        person = Person(name=name, email=email)
        db.session.add(person)
        db.session.flush()
        identity = ExternalIdentity(provider=provider, subject=subject, person_id=person.id)
        db.session.add(identity)
    identity.last_sign_in_at = clock.now()
    found = db.session.get_one(Person, identity.person_id)
    found.name, found.email = name or found.name, email or found.email
    workplaces = _workplaces(found.id)
    first = workplaces[0].organisation_id if workplaces else None
    token = _new_session(found.id, first)
    audit.record(
        "signed_in",
        subject=("person", found.id),
        organisation_id=first,
        after={"provider": provider},
    )
    return token


def _new_session(
    person_id: uuid.UUID, organisation_id: uuid.UUID | None, signed_in_at: datetime | None = None
) -> str:
    token = secrets.token_urlsafe(32)
    db.session.add(
        SignInSession(
            token_hash=_hash(token),
            person_id=person_id,
            organisation_id=organisation_id,
            created_at=signed_in_at or clock.now(),
        )
    )
    return token


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
    with act_as(SIGN_IN):
        return _resolve(token)


def _resolve(token: str) -> SignedIn | None:
    row = db.session.get(SignInSession, _hash(token))
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
    return SignedIn(actor, person.name, here, workplaces)


def _holds(row: SignInSession, moment: datetime) -> bool:
    return (
        row.ended_at is None and moment - row.seen_at <= IDLE_LIMIT and moment - row.created_at <= ABSOLUTE_LIMIT
    )


def switch_organisation(token: str, organisation_id: uuid.UUID) -> str:
    """A new token (the old one ends) for the same person acting for another of their organisations.

    The twelve hours go on from the sign-in. Raises NotFound when they do not belong to it, or the token holds no
    more.
    """
    with act_as(SIGN_IN):
        return _switch(token, organisation_id)


@use_case
def _switch(token: str, organisation_id: uuid.UUID) -> str:
    row = db.session.get(SignInSession, _hash(token), with_for_update=True)
    moment = clock.now()
    if (
        row is None
        or not _holds(row, moment)
        or organisation_id not in {place.organisation_id for place in _workplaces(row.person_id)}
    ):
        raise NotFound(Text("組織", "The organisation"))
    row.ended_at = moment
    audit.record(
        "organisation_switched",
        subject=("person", row.person_id),
        organisation_id=organisation_id,
        before={"organisation_id": str(row.organisation_id) if row.organisation_id else None},
        after={"organisation_id": str(organisation_id)},
    )
    return _new_session(row.person_id, organisation_id, row.created_at)


def sign_out(token: str) -> None:
    """End this session; an unknown token, or one that has ended, is no error."""
    with act_as(SIGN_IN):
        _sign_out(token)


@use_case
def _sign_out(token: str) -> None:
    row = db.session.get(SignInSession, _hash(token), with_for_update=True)
    if row is None or row.ended_at is not None:
        return
    row.ended_at = clock.now()
    audit.record("signed_out", subject=("person", row.person_id), organisation_id=row.organisation_id)
