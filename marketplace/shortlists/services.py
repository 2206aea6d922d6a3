"""What an SME's people do with their shortlist: put a package there, note, order, take it off; and what they see."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import Select, func, select

from catalogue.publications import Published, live_package, live_packages, publications
from marketplace.shortlists.models import NOTE_LIMIT, ShortlistEntry
from tenants import actor, audit, clock
from tenants.db import constraint, db, use_case
from tenants.errors import BadInput, Conflict, DomainError, Finding, NotFound, StaleVersion
from tenants.hidden import in_lines
from tenants.models import Person
from tenants.permissions import Permission
from tenants.text import Text

WHAT: Final = Text("あとで検討", "The shortlist")
# Not a rule of the programme: a list one cannot oversee helps nobody to choose.
MOST: Final = 50
constraint("uq_shortlist_entry_organisation_id_package_code", Conflict)


@dataclass(frozen=True, slots=True)
class Entry:
    """One package of the shortlist.

    then: what was live when it was put there. now: what is live, None when it is withdrawn (gone says why).
    added_by, noted_by: names of the business's people (personal data), None for one who has left.
    """

    id: uuid.UUID
    code: str
    note: str
    added_by: str | None
    added_at: datetime
    noted_by: str | None
    noted_at: datetime | None
    then: Published
    now: Published | None
    gone: Text | None
    version: int

    @property
    def name(self) -> str:
        """The package's name as it is now, or was."""
        return str((self.now or self.then).content["name"])

    @property
    def renewed(self) -> bool:
        """Whether a new version was published since."""
        return self.now is not None and self.now.id != self.then.id

    @property
    def price_change_yen(self) -> int:
        """How much more (or less) the new version costs; 0 without one."""
        return int(self.now.content["total_yen"] - self.then.content["total_yen"]) if self.now else 0


class StaleNote(StaleVersion):
    """A colleague changed the note since it was read. theirs: as it is now; typed: what was to be saved."""

    def __init__(self, *, yours: int, current: int, theirs: str, typed: str) -> None:
        super().__init__(Text("このメモ", "This note"), yours=yours, current=current)
        self.theirs = theirs
        self.typed = typed


@use_case
def add(package_code: str, note: str = "") -> uuid.UUID:
    """Put a published package on the shortlist; one that is there stays as it is. NotFound, or Gone.

    Raises BadInput (note) for one that is too long, and when the list is full.
    """
    who = actor.current()
    who.require(Permission.USE_SHORTLIST)
    publication = live_package(package_code)
    _hold(who.own_organisation)
    known = db.session.scalar(_own().where(ShortlistEntry.package_code == publication.code))
    if known is not None:
        return known.id
    number = db.session.scalar(select(func.count()).where(ShortlistEntry.organisation_id == who.own_organisation))
    if (number or 0) >= MOST:
        raise BadInput(_full())
    last = db.session.scalar(
        select(func.max(ShortlistEntry.position)).where(ShortlistEntry.organisation_id == who.own_organisation)
    )
    text = _note(note)
    row = ShortlistEntry(
        organisation_id=who.own_organisation,
        package_code=publication.code,
        publication_id=publication.id,
        position=(last or 0) + 1,
        note=text,
        added_by=who.person_id,
        noted_by=who.person_id if text else None,
        noted_at=clock.now() if text else None,
    )
    db.session.add(row)
    db.session.flush()
    _record("shortlist_added", row)
    return row.id


@use_case
def write_note(entry_id: uuid.UUID, note: str, *, read_version: int) -> None:
    """Change the note. StaleNote when a colleague did since it was read, BadInput (note) when it is too long."""
    row = _locked(entry_id)
    text = _note(note)
    if row.version != read_version:
        raise StaleNote(yours=read_version, current=row.version, theirs=row.note, typed=text)
    if text != row.note:
        row.note, row.noted_by, row.noted_at = text, actor.current().person_id, clock.now()
        _record("shortlist_noted", row)


@use_case
def move(entry_id: uuid.UUID, direction: Literal["up", "down"]) -> None:
    """One place up or down; at the end it stays. Counts from where it stands now, whoever moved it last."""
    row = _locked(entry_id)
    rows = list(db.session.scalars(_own()))
    at = rows.index(row)
    other = at + (-1 if direction == "up" else 1)
    if not 0 <= other < len(rows):
        return
    row.position, rows[other].position = rows[other].position, row.position
    _record("shortlist_moved", row)


@use_case
def remove(entry_id: uuid.UUID, *, read_version: int) -> None:
    """Take it off, with its note. StaleVersion when a colleague changed it since it was read."""
    row = _locked(entry_id)
    if row.version != read_version:
        raise StaleVersion(WHAT, yours=read_version, current=row.version)
    _record("shortlist_removed", row)
    db.session.delete(row)


@use_case
def take_note_of_changes(entry_id: uuid.UUID) -> None:
    """The new version has been seen: from here on the entry is about what is live now."""
    row = _locked(entry_id)
    row.publication_id = live_package(row.package_code).id
    _record("shortlist_renewed", row)


def entries() -> tuple[Entry, ...]:
    """The acting SME's shortlist, in its order."""
    actor.current().require(Permission.USE_SHORTLIST)
    rows = list(db.session.scalars(_own()))
    then = publications([row.publication_id for row in rows])
    now = live_packages([row.package_code for row in rows])
    people = _names({row.added_by for row in rows} | {row.noted_by for row in rows})
    return tuple(
        Entry(
            row.id,
            row.package_code,
            row.note,
            people.get(row.added_by),
            row.added_at,
            people.get(row.noted_by),
            row.noted_at,
            then[row.publication_id],
            now.get(row.package_code),
            None if row.package_code in now else _why_gone(row.package_code),
            row.version,
        )
        for row in rows
    )


def codes() -> frozenset[str]:
    """The codes on the acting SME's shortlist."""
    actor.current().require(Permission.USE_SHORTLIST)
    found = select(ShortlistEntry.package_code).where(
        ShortlistEntry.organisation_id == actor.current().own_organisation
    )
    return frozenset(db.session.scalars(found))


def _own() -> Select[ShortlistEntry]:
    return (
        select(ShortlistEntry)
        .where(ShortlistEntry.organisation_id == actor.current().own_organisation)
        .order_by(ShortlistEntry.position, ShortlistEntry.id)
    )


def _why_gone(code: str) -> Text:
    """Why and since when it is not published any more: asked of the few that are not."""
    try:
        live_package(code)
    except DomainError as error:
        return error.findings[0].message
    raise AssertionError


def _names(people: Sequence[uuid.UUID | None] | set[uuid.UUID | None]) -> dict[uuid.UUID | None, str]:
    found = select(Person.id, Person.name).where(Person.id.in_([each for each in people if each]))
    return {person_id: name for person_id, name in db.session.execute(found)}  # noqa: C416  (rows, not pairs)


def _hold(organisation_id: uuid.UUID) -> None:
    """Positions are given one at a time: the list is held until this transaction ends."""
    db.session.execute(select(func.pg_advisory_xact_lock(organisation_id.int % 2**62)))


def _locked(entry_id: uuid.UUID) -> ShortlistEntry:
    who = actor.current()
    who.require(Permission.USE_SHORTLIST)
    _hold(who.own_organisation)
    row = db.session.get(ShortlistEntry, entry_id, with_for_update=True, populate_existing=True)
    if row is None or row.organisation_id != who.own_organisation:
        raise NotFound(Text("あとで検討のこの項目", "This entry of the shortlist"))
    return row


def _record(name: str, row: ShortlistEntry) -> None:
    """Without the note: the trail is read by the secretariat too."""
    audit.record(
        name,
        subject=("shortlist", row.id),
        organisation_id=row.organisation_id,
        after={"code": row.package_code},
    )


def _note(note: str) -> str:
    text = in_lines(note)
    if len(text) > NOTE_LIMIT:
        raise BadInput(
            Finding(
                "note_too_long",
                Text(f"メモが長すぎます（{len(text):,}文字）。", f"The note is too long ({len(text):,})."),
                Text(f"{NOTE_LIMIT:,}文字以内にしてください。", f"Up to {NOTE_LIMIT:,} characters."),
                "note",
            )
        )
    return text


def _full() -> Finding:
    return Finding(
        "shortlist_full",
        Text(f"「あとで検討」に入れられるのは{MOST}件までです。", f"The shortlist holds up to {MOST} packages."),
        Text("検討しないものを外してから、入れ直してください。", "Take off what you no longer consider."),
    )
