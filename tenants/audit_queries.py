"""Reading the audit trail: filtered, paged, exported. Nothing here can change it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, Final

from sqlalchemy import Row, Select, or_, select

from tenants import actor, clock
from tenants.audit import REFERENCE, AuditEvent, AuditPersonal, Broken, personal_values, references, verify
from tenants.db import act_as, db, is_own
from tenants.models import Organisation, Person
from tenants.paging import Page, page_of
from tenants.permissions import Permission

EXPORT_LIMIT: Final = 100_000
EXPORT_PAGE: Final = 1_000
SHOWN_FAULTS: Final = 20
# Who acted when their name is not there to be read: somebody forgotten, or of another organisation.
FORGOTTEN: Final = "forgotten"


@dataclass(frozen=True, slots=True)
class Event:
    """One event as pages and exports show it.

    organisation: whose matter it was, by name. actor_name: personal data; for those who act by themselves, for
    somebody forgotten and for people of other organisations a code instead: as what they acted. before, after: with
    the personal values in them, None where one was forgotten.
    """

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
    """Which events are wanted; None leaves a side open. since, until: dates in Japan, both included.

    who: a part of the name of who acted. organisation: a part of the name of whose matter it was, or its 法人番号.
    own: only what is the matter of the organisation acted for.
    """

    name: str | None = None
    organisation_id: uuid.UUID | None = None
    organisation: str | None = None
    who: str | None = None
    since: date | None = None
    until: date | None = None
    subject_kind: str | None = None
    subject_id: str | None = None
    own: bool = False


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), clock.JAPAN)


def _query(wanted: Filter) -> Select[*tuple[Any, ...]]:
    query = (
        select(AuditEvent, Organisation.name, AuditPersonal.value)
        .outerjoin(Organisation, Organisation.id == AuditEvent.organisation_id)
        .outerjoin(AuditPersonal, AuditPersonal.digest == AuditEvent.actor_digest)
    )
    for column, value in (
        (AuditEvent.name, wanted.name),
        (AuditEvent.organisation_id, wanted.organisation_id),
        (AuditEvent.subject_kind, wanted.subject_kind),
        (AuditEvent.subject_id, wanted.subject_id),
    ):
        if value:
            query = query.where(column == value)
    if wanted.own:
        query = query.where(is_own(AuditEvent.organisation_id))
    if wanted.organisation:
        named = Organisation.name.icontains(wanted.organisation, autoescape=True)
        meant = select(Organisation.id).where(or_(named, Organisation.corporate_number == wanted.organisation))
        query = query.where(AuditEvent.organisation_id.in_(meant))
    if wanted.who:
        people = select(AuditPersonal.digest).where(AuditPersonal.value.icontains(wanted.who, autoescape=True))
        query = query.where(or_(AuditEvent.actor_digest.in_(people), AuditEvent.actor_name == wanted.who))
    return _between(query, wanted).order_by(AuditEvent.number.desc())


def _between(query: Select[*tuple[Any, ...]], wanted: Filter) -> Select[*tuple[Any, ...]]:
    if wanted.since:
        query = query.where(AuditEvent.at >= _start(wanted.since))
    if wanted.until and wanted.until < date.max:
        query = query.where(AuditEvent.at < _start(wanted.until + timedelta(days=1)))
    return query


def _events(rows: Sequence[Row[*tuple[Any, ...]]]) -> list[Event]:
    """The events of these rows; what is personal in their values is asked for once for all."""
    known = personal_values(digest for row in rows for digest in references(row[0].before, row[0].after))
    return [_event(row, known) for row in rows]


def _event(row: Row[*tuple[Any, ...]], known: dict[str, str]) -> Event:
    event, organisation, person = row
    return Event(
        event.number,
        event.at,
        event.name,
        organisation or "",
        event.actor_name if event.actor_digest is None else person or _unnamed(event),
        event.subject_kind,
        event.subject_id,
        _filled(event.before, known),
        _filled(event.after, known),
        event.hash,
    )


def _unnamed(event: AuditEvent) -> str:
    """What stands for a name that is not there: it was forgotten, or is not for this reader."""
    who = actor.current()
    readable = who.audience in ("secretariat", "system") or who.organisation_id == event.actor_organisation_id
    return FORGOTTEN if readable else event.actor_audience


def _filled(values: dict[str, Any] | None, known: dict[str, str]) -> dict[str, Any] | None:
    if values is None:
        return None
    return {
        name: known.get(value[REFERENCE]) if isinstance(value, dict) and REFERENCE in value else value
        for name, value in values.items()
    }


def _page(wanted: Filter, page: int, per_page: int) -> Page[Event]:
    found = page_of(_query(wanted), lambda row: row, number=page, per_page=per_page)
    return Page(tuple(_events(found.items)), found.total, found.number, found.per_page)


def events(wanted: Filter, *, page: int = 1, per_page: int = 50) -> Page[Event]:
    """A page of events, newest first. NotPermitted without the right to read the trail."""
    actor.current().require(Permission.VIEW_AUDIT)
    return _page(wanted, page, per_page)


def own_events(wanted: Filter, *, page: int = 1, per_page: int = 50) -> Page[Event]:
    """A page of the events that are the own organisation's matter, newest first."""
    return _page(_of_own(wanted), page, per_page)


def _of_own(wanted: Filter) -> Filter:
    actor.current().require(Permission.VIEW_OWN_AUDIT)
    # Whose and by which name may not be asked for: it is one's own.
    return Filter(
        wanted.name,
        own=True,
        who=wanted.who,
        since=wanted.since,
        until=wanted.until,
        subject_kind=wanted.subject_kind,
        subject_id=wanted.subject_id,
    )


def people_of(found: Iterable[Event]) -> dict[str, str]:
    """The names of the people that events are about, by the subject's id: of those the actor may know."""
    ids = {uuid.UUID(event.subject_id) for event in found if event.subject_kind == "person"}
    if not ids:
        return {}
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(ids), Person.name != ""))
    return {str(person_id): name for person_id, name in rows}


def export(wanted: Filter) -> Iterator[Event]:
    """The newest EXPORT_LIMIT events that are wanted, newest first, for a file."""
    actor.current().require(Permission.VIEW_AUDIT)
    return islice(_stream(_query(wanted), actor.current()), EXPORT_LIMIT)


def export_own(wanted: Filter) -> Iterator[Event]:
    """The same of the own organisation's matters."""
    return islice(_stream(_query(_of_own(wanted)), actor.current()), EXPORT_LIMIT)


def _stream(query: Select[*tuple[Any, ...]], who: actor.Actor) -> Iterator[Event]:
    """Page after page, each in a short transaction of its own: a slow reader of the file holds nothing open."""
    before = None
    while True:
        with act_as(who):
            asked = query if before is None else query.where(AuditEvent.number < before)
            found = _events(db.session.execute(asked.limit(EXPORT_PAGE)).all())
            db.session.expunge_all()
        yield from found
        if len(found) < EXPORT_PAGE:
            return
        before = found[-1].number


def names() -> list[str]:
    """Every kind of event there has been, in alphabetical order."""
    actor.current().require(Permission.VIEW_AUDIT)
    return _distinct_names()


def own_names() -> list[str]:
    """Every kind of event there has been in the own organisation's matters."""
    actor.current().require(Permission.VIEW_OWN_AUDIT)
    own = select(AuditEvent.name).where(is_own(AuditEvent.organisation_id))
    return list(db.session.scalars(own.distinct().order_by(AuditEvent.name)))


def _distinct_names() -> list[str]:
    """From one name to the next along the index, since a trail is long and its kinds of events are few."""
    step = select(AuditEvent.name).order_by(AuditEvent.name).limit(1)
    first = step.cte("kinds", recursive=True)
    following = step.where(AuditEvent.name > first.c.name).correlate(first).scalar_subquery()
    kinds = first.union_all(select(following).where(first.c.name.is_not(None)))
    return list(db.session.scalars(select(kinds.c.name).where(kinds.c.name.is_not(None))))


def check() -> list[Broken]:
    """Where the chain does not hold: the first SHOWN_FAULTS places, none when it holds."""
    actor.current().require(Permission.VIEW_AUDIT)
    return list(islice(verify(), SHOWN_FAULTS))


def history_of(kind: str, subject_id: uuid.UUID, *, limit: int = 50) -> list[Event]:
    """What happened to one thing, newest first; row-level security keeps others' matters out."""
    return _events(
        db.session.execute(_query(Filter(subject_kind=kind, subject_id=str(subject_id))).limit(limit)).all()
    )
