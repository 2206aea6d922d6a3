"""Signing in: a provider's subject becomes a person, a person's browser gets a session.

The cookie holds a random token, the database its hash; ending a session ends it at once, everywhere.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from tenants import audit, clock
from tenants.actor import SIGN_IN, Actor
from tenants.db import act_as, db, use_case
from tenants.errors import NotFound
from tenants.models import ExternalIdentity, Membership, Organisation, Person, SignInSession
from tenants.text import Text

IDLE_LIMIT = timedelta(minutes=60)
ABSOLUTE_LIMIT = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=5)


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


def _new_session(person_id: uuid.UUID, organisation_id: uuid.UUID | None) -> str:
    token = secrets.token_urlsafe(32)
    db.session.add(SignInSession(token_hash=_hash(token), person_id=person_id, organisation_id=organisation_id))
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
    if row is None or row.ended_at is not None:
        return None
    if moment - row.seen_at > IDLE_LIMIT or moment - row.created_at > ABSOLUTE_LIMIT:
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


def switch_organisation(token: str, organisation_id: uuid.UUID) -> str:
    """A new token (the old one ends) for the same person acting for another of their organisations.

    Raises NotFound when they do not belong to it.
    """
    with act_as(SIGN_IN):
        return _switch(token, organisation_id)


@use_case
def _switch(token: str, organisation_id: uuid.UUID) -> str:
    row = db.session.get(SignInSession, _hash(token), with_for_update=True)
    belongs = row is not None and any(
        workplace.organisation_id == organisation_id for workplace in _workplaces(row.person_id)
    )
    if row is None or not belongs:
        raise NotFound(Text("組織", "The organisation"))
    row.ended_at = clock.now()
    return _new_session(row.person_id, organisation_id)


def sign_out(token: str) -> None:
    """End this session; an unknown token is no error."""
    with act_as(SIGN_IN):
        _sign_out(token)


@use_case
def _sign_out(token: str) -> None:
    row = db.session.get(SignInSession, _hash(token))
    if row is not None:
        row.ended_at = clock.now()
