"""What a person does with the searches they keep: save, rename, mail on or off, take away; and what they see."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

from sqlalchemy import Select, func, select

from catalogue import publications
from catalogue.masters import vocabulary
from search.parameters import BadQuery, SearchQuery
from search.port import EngineUnavailable
from search.requests import answer_to
from search.saved import conditions
from search.saved.models import CONDITIONS_LIMIT, NAME_LIMIT, SavedSearch
from tenants import actor, audit, clock
from tenants.actor import SYSTEM
from tenants.db import act_as, constraint, db, use_case
from tenants.errors import BadInput, Conflict, Finding, NotFound, StaleVersion
from tenants.permissions import Permission
from tenants.text import Text

WHAT: Final = Text("保存した検索", "The saved search")
# Not a rule of the programme: more mail than anybody reads helps nobody.
MOST: Final = 20
# No transaction that publishes takes longer than this.
SETTLED: Final = timedelta(minutes=10)
Scope = Literal["search", "person"]
"""What a link in a mail stops: one search's mails, or those of all searches of its person."""
__all__ = [
    "MOST",
    "NAME_LIMIT",
    "Saved",
    "Scope",
    "known",
    "mine",
    "remove",
    "rename",
    "save",
    "stop",
    "stoppable",
    "switch",
]
constraint("uq_saved_search_person_id_organisation_id_conditions", Conflict)


@dataclass(frozen=True, slots=True)
class Saved:
    """One saved search as its person sees it.

    query: None when its conditions cannot be read any more. faults: what in it does not exist any more; it is not
    looked at then. found: how many matched on looked_on, None when nobody knows. told_at: the last notice, None before the
    first.
    """

    id: uuid.UUID
    name: str
    query: SearchQuery | None
    faults: Sequence[Finding]
    by_mail: bool
    created_at: datetime
    looked_on: date
    found: int | None
    told_at: datetime | None
    version: int


@use_case
def save(query: SearchQuery, name: str, *, by_mail: bool = True) -> tuple[uuid.UUID, bool]:
    """Keep a search: its id, and whether it is new; the same conditions are kept once.

    Raises BadQuery for values that do not exist, BadInput (name) for a name that is empty or too long, and when
    there are too many searches or conditions.
    """
    who = actor.current()
    who.require(Permission.SAVE_SEARCHES)
    query.check(vocabulary())
    called, kept = _name(name), conditions.written(query)
    if len(kept) > CONDITIONS_LIMIT:
        raise BadInput(_too_many_conditions())
    _hold()
    known = db.session.scalar(_own().where(SavedSearch.conditions == kept))
    if known is not None:
        return known.id, False
    if full():
        raise BadInput(_full())
    row = SavedSearch(
        organisation_id=who.own_organisation,
        person_id=who.person_id,
        name=called,
        conditions=kept,
        sort=query.sort,
        by_mail=by_mail,
        told_number=_there_already(),
        looked_on=clock.today(),
        found=_found(query),
    )
    db.session.add(row)
    db.session.flush()
    _record("saved_search_added", row, by_mail=by_mail)
    return row.id, True


@use_case
def rename(search_id: uuid.UUID, name: str, *, read_version: int) -> None:
    """Give it another name. StaleVersion when it changed since it was read, BadInput (name)."""
    row = _locked(search_id, read_version)
    called = _name(name)
    if called != row.name:
        row.name = called
        row.version += 1
        _record("saved_search_renamed", row)


@use_case
def switch(search_id: uuid.UUID, *, by_mail: bool, read_version: int) -> None:
    """Mail on or off. On again it begins with what is published from now on. StaleVersion as in :func:`rename`."""
    row = _locked(search_id, read_version)
    if by_mail == row.by_mail:
        return
    row.by_mail = by_mail
    row.version += 1
    if by_mail:
        row.told_number, row.looked_on = _there_already(), clock.today()
    _record("saved_search_switched", row, by_mail=by_mail)


@use_case
def remove(search_id: uuid.UUID, *, read_version: int) -> None:
    """Take it away. StaleVersion as in :func:`rename`."""
    row = _locked(search_id, read_version)
    _record("saved_search_removed", row)
    db.session.delete(row)


def mine() -> tuple[Saved, ...]:
    """The searches one keeps while acting for this organisation, the newest first."""
    actor.current().require(Permission.SAVE_SEARCHES)
    return tuple(map(_view, db.session.scalars(_own())))


def full() -> bool:
    """Whether one keeps as many as there may be."""
    actor.current().require(Permission.SAVE_SEARCHES)
    return (db.session.scalar(select(func.count()).select_from(_own().subquery())) or 0) >= MOST


def known(query: SearchQuery) -> Saved | None:
    """The saved search with the same conditions; None when it was not saved."""
    actor.current().require(Permission.SAVE_SEARCHES)
    row = db.session.scalar(_own().where(SavedSearch.conditions == conditions.written(query)))
    return _view(row) if row else None


def stoppable(scope: Scope, of: uuid.UUID) -> tuple[str, ...]:
    """The names of the searches whose mails this would stop: those that are on. For who holds a link from a mail."""
    with act_as(SYSTEM):
        return tuple(db.session.scalars(_stoppable(scope, of).with_only_columns(SavedSearch.name)))


def stop(scope: Scope, of: uuid.UUID) -> int:
    """Stop the mails, for whoever holds a link from one; how many searches were on."""
    with act_as(SYSTEM):
        return _stop(scope, of)


@use_case
def _stop(scope: Scope, of: uuid.UUID) -> int:
    rows = db.session.scalars(_stoppable(scope, of).with_for_update()).all()
    for row in rows:
        row.by_mail = False
        row.version += 1
        _record("saved_search_stopped", row, by_mail=False)
    return len(rows)


def _stoppable(scope: Scope, of: uuid.UUID) -> Select[SavedSearch]:
    column = SavedSearch.id if scope == "search" else SavedSearch.person_id
    return select(SavedSearch).where(column == of, SavedSearch.by_mail).order_by(SavedSearch.created_at)


def _own() -> Select[SavedSearch]:
    who = actor.current()
    return (
        select(SavedSearch)
        .where(SavedSearch.organisation_id == who.own_organisation, SavedSearch.person_id == who.person_id)
        .order_by(SavedSearch.created_at.desc(), SavedSearch.id)
    )


def _view(row: SavedSearch) -> Saved:
    query, faults = checked(row)
    return Saved(
        row.id,
        row.name,
        query,
        faults,
        row.by_mail,
        row.created_at,
        row.looked_on,
        row.found,
        row.told_at,
        row.version,
    )


def checked(row: SavedSearch) -> tuple[SearchQuery | None, Sequence[Finding]]:
    """The row's query, and what in it does not exist any more."""
    query = None
    try:
        query = conditions.read(row.conditions, row.sort)
        query.check(vocabulary())
    except BadQuery as error:
        return query, error.findings
    return query, ()


def _there_already() -> int:
    """What has this number or a lower one was there before now. Of the last minutes' some may be told all the same:
    a lower number may still be on its way, and to tell it beats to lose it."""
    return publications.number_before(clock.now() - SETTLED)


def _found(query: SearchQuery) -> int | None:
    try:
        return answer_to(conditions.plain(query), facets=()).result.total
    except EngineUnavailable:
        return None


def _hold() -> None:
    """They are counted and compared one at a time: two presses of one person wait for each other."""
    person_id = actor.current().person_id
    if person_id is not None:
        db.session.execute(select(func.pg_advisory_xact_lock(person_id.int % 2**62)))


def _locked(search_id: uuid.UUID, read_version: int) -> SavedSearch:
    actor.current().require(Permission.SAVE_SEARCHES)
    row = db.session.scalar(
        _own().where(SavedSearch.id == search_id).with_for_update(), execution_options={"populate_existing": True}
    )
    if row is None:
        raise NotFound(WHAT)
    if row.version != read_version:
        raise StaleVersion(WHAT, yours=read_version, current=row.version)
    return row


def _record(name: str, row: SavedSearch, **after: object) -> None:
    """Without name and conditions: the trail is read by others too."""
    audit.record(name, subject=("saved_search", row.id), organisation_id=row.organisation_id, after=after or None)


def _name(written: str) -> str:
    name = " ".join("".join(each if each.isprintable() else " " for each in written).split())
    if 1 <= len(name) <= NAME_LIMIT:
        return name
    if not name:
        raise BadInput(
            Finding(
                "name_missing",
                Text("名前が入力されていません。", "There is no name."),
                Text("あとで見てわかる名前を付けてください。", "Give it a name you will recognise."),
                "name",
            )
        )
    raise BadInput(
        Finding(
            "name_too_long",
            Text(f"名前が長すぎます（{len(name):,}文字）。", f"The name is too long ({len(name):,})."),
            Text(f"{NAME_LIMIT}文字以内にしてください。", f"Up to {NAME_LIMIT} characters."),
            "name",
        )
    )


def _too_many_conditions() -> Finding:
    return Finding(
        "conditions_too_many",
        Text("条件が多すぎて保存できません。", "There are too many conditions to save."),
        Text("条件をいくつか外してから、保存してください。", "Let some of them go, then save."),
    )


def _full() -> Finding:
    return Finding(
        "saved_searches_full",
        Text(f"保存できる検索は{MOST}件までです。", f"You can save up to {MOST} searches."),
        Text(
            "「保存した検索」で使わないものを削除してから、もう一度保存してください。",
            "Delete one you do not need from your saved searches, then save again.",
        ),
    )
