"""The sessions of one person: which browsers are signed in, and ending those one does not know or need."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, update

from tenants import audit, clock
from tenants.actor import Actor
from tenants.db import act_as, db, use_case
from tenants.errors import NotFound, NotPermitted
from tenants.models import Organisation, SignInSession
from tenants.paging import Page, page_of
from tenants.sign_in import ABSOLUTE_LIMIT, IDLE_LIMIT, token_hash
from tenants.text import Text


@dataclass(frozen=True, slots=True)
class SessionView:
    """A browser that is signed in. current: the one that asks. organisation: whom it acts for; None for nobody."""

    id: uuid.UUID
    device: str
    network: str
    provider: str
    organisation: str | None
    signed_in_at: datetime
    seen_at: datetime
    current: bool


def own_sessions(person: Actor, token: str, *, page: int = 1) -> Page[SessionView]:
    """The sessions of this person that still let in, last used first. token: that of the browser that asks."""
    with _as_person(person) as who:
        here = token_hash(token)
        query = (
            select(SignInSession, Organisation.name)
            .outerjoin(Organisation, Organisation.id == SignInSession.organisation_id)
            .where(*holding(who))
            .order_by(SignInSession.seen_at.desc(), SignInSession.id)
        )
        return page_of(query, lambda row: _view(row[0], row[1], here), number=page)


def end(person: Actor, session_id: uuid.UUID) -> None:
    """End one of this person's sessions at once; NotFound when it is not theirs or has ended."""
    with _as_person(person) as who:
        _end(who, session_id)


def end_others(person: Actor, token: str) -> int:
    """End all of this person's sessions but the one with this token; gives how many there were."""
    with _as_person(person) as who:
        return _end_others(who, token_hash(token))


@use_case
def _end(who: uuid.UUID, session_id: uuid.UUID) -> None:
    row = db.session.scalar(
        select(SignInSession).where(SignInSession.id == session_id, *holding(who)).with_for_update()
    )
    if row is None:
        raise NotFound(Text("ログイン", "The session"))
    row.ended_at = clock.now()
    audit.record("session_ended", subject=("person", who), organisation_id=row.organisation_id)


@use_case
def _end_others(who: uuid.UUID, here: str) -> int:
    ended = db.session.scalars(
        update(SignInSession)
        .where(SignInSession.token_hash != here, *holding(who))
        .values(ended_at=clock.now())
        .returning(SignInSession.id)
    ).all()
    if ended:
        audit.record(
            "other_sessions_ended", subject=("person", who), organisation_id=None, after={"number": len(ended)}
        )
    return len(ended)


def holding(who: uuid.UUID) -> tuple[ColumnElement[bool], ...]:
    """The rows of this person's sessions that let in now."""
    moment = clock.now()
    return (
        SignInSession.person_id == who,
        SignInSession.ended_at.is_(None),
        SignInSession.seen_at >= moment - IDLE_LIMIT,
        SignInSession.created_at >= moment - ABSOLUTE_LIMIT,
    )


def _view(row: SignInSession, organisation: str | None, here: str) -> SessionView:
    return SessionView(
        row.id,
        row.device,
        row.network,
        row.provider,
        organisation,
        row.created_at,
        row.seen_at,
        row.token_hash == here,
    )


@contextmanager
def _as_person(person: Actor) -> Iterator[uuid.UUID]:
    """Sessions are signing in's own; whose they are is asked here, in every statement."""
    if person.person_id is None:
        raise NotPermitted
    with act_as(Actor("sign_in", person_id=person.person_id, name=person.name)):
        yield person.person_id
