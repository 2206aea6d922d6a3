"""Reading the audit trail: filtered, paged, exported. Nothing here can change it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import Select, select

from tenants import actor, clock
from tenants.audit import AuditEvent, Broken, verify
from tenants.db import db
from tenants.models import Organisation
from tenants.paging import Page, page_of
from tenants.permissions import Permission

EXPORT_LIMIT: Final = 100_000
SHOWN_FAULTS: Final = 20


@dataclass(frozen=True, slots=True)
class Event:
    """One event as pages and exports show it. organisation: whose matter it was, by name."""

    number: int
    at: datetime
    name: str
    organisation: str
    actor_name: str
    subject_kind: str
    subject_id: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    hash: str


@dataclass(frozen=True, slots=True)
class Filter:
    """Which events are wanted; None leaves a side open. since, until: dates in Japan, both included."""

    name: str | None = None
    organisation_id: uuid.UUID | None = None
    since: date | None = None
    until: date | None = None
    subject_id: str | None = None


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), clock.JAPAN)


def _query(wanted: Filter) -> Select[*tuple[Any, ...]]:
    query = select(AuditEvent, Organisation.name).outerjoin(
        Organisation, Organisation.id == AuditEvent.organisation_id
    )
    if wanted.name:
        query = query.where(AuditEvent.name == wanted.name)
    if wanted.organisation_id:
        query = query.where(AuditEvent.organisation_id == wanted.organisation_id)
    if wanted.since:
        query = query.where(AuditEvent.at >= _start(wanted.since))
    if wanted.until and wanted.until < date.max:
        query = query.where(AuditEvent.at < _start(wanted.until + timedelta(days=1)))
    if wanted.subject_id:
        query = query.where(AuditEvent.subject_id == wanted.subject_id)
    return query.order_by(AuditEvent.number.desc())


def _event(row: Any) -> Event:
    event, organisation = row
    return Event(
        event.number,
        event.at,
        event.name,
        organisation or "",
        event.actor_name,
        event.subject_kind,
        event.subject_id,
        event.before,
        event.after,
        event.hash,
    )


def events(wanted: Filter, *, page: int = 1, per_page: int = 50) -> Page[Event]:
    """A page of events, newest first. NotPermitted without the right to read the trail."""
    actor.current().require(Permission.VIEW_AUDIT)
    return page_of(_query(wanted), _event, number=page, per_page=per_page)


def export(wanted: Filter) -> Iterator[Event]:
    """The newest EXPORT_LIMIT events that are wanted, newest first, for a file."""
    actor.current().require(Permission.VIEW_AUDIT)
    rows = db.session.execute(_query(wanted).limit(EXPORT_LIMIT))
    return (_event(row) for row in rows)


def names() -> list[str]:
    """Every kind of event there has been, in alphabetical order."""
    actor.current().require(Permission.VIEW_AUDIT)
    return list(db.session.scalars(select(AuditEvent.name).distinct().order_by(AuditEvent.name)))


def organisations() -> list[tuple[uuid.UUID, str]]:
    """Every organisation that an event concerns, by name."""
    actor.current().require(Permission.VIEW_AUDIT)
    concerned = select(AuditEvent.organisation_id).distinct()
    rows = db.session.execute(
        select(Organisation.id, Organisation.name)
        .where(Organisation.id.in_(concerned))
        .order_by(Organisation.name, Organisation.id)
    )
    return [(found, name) for found, name in rows]


def check() -> list[Broken]:
    """Where the chain does not hold: the first SHOWN_FAULTS places, none when it holds."""
    actor.current().require(Permission.VIEW_AUDIT)
    faults: list[Broken] = []
    for fault in verify():
        faults.append(fault)
        if len(faults) == SHOWN_FAULTS:
            break
    return faults


def history_of(kind: str, subject_id: uuid.UUID, *, limit: int = 50) -> list[Event]:
    """What happened to one thing, newest first; row-level security keeps others' matters out."""
    rows = db.session.execute(
        select(AuditEvent, Organisation.name)
        .outerjoin(Organisation, Organisation.id == AuditEvent.organisation_id)
        .where(AuditEvent.subject_kind == kind, AuditEvent.subject_id == str(subject_id))
        .order_by(AuditEvent.number.desc())
        .limit(limit)
    )
    return [_event(row) for row in rows]
