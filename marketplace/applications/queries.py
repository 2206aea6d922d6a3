"""What SME, vendor and secretariat see of applications. Row-level security decides which rows; this decides form."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, Column, ColumnElement, MetaData, String, Table, Uuid, func, select

from marketplace.applications import halts
from marketplace.applications.document import Change, changes, digest
from marketplace.applications.lifecycle import APPLICATION, STEP_DONE
from marketplace.applications.services import WHAT, to_confirm
from marketplace.models import ApplicationFigures, ApplicationStep, GrantApplication
from tenants import actor
from tenants.actor import Actor
from tenants.db import db
from tenants.errors import NotFound, NotPermitted
from tenants.paging import Page, cut
from tenants.permissions import Permission
from tenants.text import Text
from tenants.workflow import State, Step

PAGE_SIZE: Final = 20
MOST_PAGES: Final = 10_000
# Not among the models: it is no table, and tells the acting vendor or SME of its own only (migration 0032).
OWN_APPLICATION_COUNT: Final = Table(
    "own_application_count",
    MetaData(),
    Column("organisation_id", Uuid(), nullable=False),
    Column("state", String(), nullable=False),
    Column("number", BigInteger(), nullable=False),
)


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One step taken, by which organisation, when, and what was said. hash: of the text sent or agreed to."""

    step: str
    title: Text
    state: State
    organisation_name: str
    note: str
    hash: str | None
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed since the text the SME knows: the one it last confirmed, or else the one sent before this one."""

    since: datetime
    was_confirmed: bool
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class ApplicationCard:
    """An application in a list."""

    id: uuid.UUID
    number: int
    package_code: str
    package_name: str
    sme_name: str
    vendor_name: str
    total_yen: int
    subsidy_yen: int
    own_cost_yen: int
    state: State
    round_id: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ApplicationView:
    """An application as its parties see it.

    started_at: when all that is chosen was frozen. steps: what this actor may do now. figures: the SME's own, None for the vendor, who may not see them.
    """

    card: ApplicationCard
    started_at: datetime
    scheme_id: str
    scheme_version: int
    publication_id: uuid.UUID
    chosen: dict[str, Any]
    estimate: dict[str, Any]
    applicant: dict[str, Any]
    figures: dict[str, Any] | None
    prepared: dict[str, Any] | None
    document_hash: str
    comparison: Comparison | None
    confirmed_hash: str | None
    confirmed_at: datetime | None
    submitted_at: datetime | None
    version: int
    steps: tuple[Step, ...]
    history: tuple[HistoryEntry, ...]


@dataclass(frozen=True, slots=True)
class ApplicationPage(Page[ApplicationCard]):
    """One page of a list, newest change first. counts: how many there are in each state, whatever the page shows."""

    counts: dict[str, int]


def card_of(row: GrantApplication) -> ApplicationCard:
    """The application as it stands in a list."""
    return ApplicationCard(
        row.id,
        row.number,
        row.package_code,
        row.chosen["name"],
        row.sme_name,
        row.vendor_name,
        row.estimate["total_yen"],
        row.estimate["subsidy_yen"],
        row.estimate["own_cost_yen"],
        APPLICATION.state(row.state),
        row.round_id,
        row.updated_at,
    )


def application(application_id: uuid.UUID) -> ApplicationView:
    """One application with its history; NotFound for another organisation's."""
    row = db.session.scalar(select(GrantApplication).where(GrantApplication.id == application_id, *_scope()))
    if row is None:
        raise NotFound(WHAT)
    steps = db.session.scalars(
        select(ApplicationStep).where(ApplicationStep.application_id == row.id).order_by(ApplicationStep.id)
    ).all()
    who = actor.current()
    return ApplicationView(
        card=card_of(row),
        started_at=row.created_at,
        scheme_id=row.scheme_id,
        scheme_version=row.scheme_version,
        publication_id=row.publication_id,
        chosen=row.chosen,
        estimate=row.estimate,
        applicant=row.applicant,
        figures=None if who.audience == "vendor" else _figures(row.id),
        prepared=row.prepared,
        document_hash=digest(to_confirm(row)),
        comparison=_comparison(row, steps),
        confirmed_hash=row.confirmed_hash,
        confirmed_at=row.confirmed_at,
        submitted_at=row.submitted_at,
        version=row.version,
        steps=tuple(APPLICATION.possible(row.state, who)),
        history=tuple(
            HistoryEntry(
                step.step,
                STEP_DONE[step.step],
                APPLICATION.state(step.to_state),
                step.organisation_name,
                step.note,
                step.document_hash,
                step.taken_at,
            )
            for step in steps
        ),
    )


def _figures(application_id: uuid.UUID) -> dict[str, Any] | None:
    return db.session.scalar(
        select(ApplicationFigures.content).where(ApplicationFigures.application_id == application_id)
    )


def _comparison(row: GrantApplication, steps: Sequence[ApplicationStep]) -> Comparison | None:
    """Against the last consent; while none was given, against the text before this one. None: nothing before."""
    if row.prepared is None:
        return None
    consents = [step for step in steps if step.step == "confirm"]
    sent = [step for step in steps if step.step == "prepare"]
    known = consents[-1:] or sent[-2:-1]
    if not known or known[0].document is None:
        return None
    found = changes(known[0].document, to_confirm(row))
    return Comparison(known[0].taken_at, bool(consents), found)


_VIEWERS: Final = {
    "sme": Permission.VIEW_OWN_APPLICATIONS,
    "vendor": Permission.VIEW_VENDOR_APPLICATIONS,
    "secretariat": Permission.VIEW_SECRETARIAT,
}


def _scope() -> list[ColumnElement[bool]]:
    """Whose applications the actor sees: an SME and a vendor their own, the secretariat all, others none."""
    who = actor.current()
    if who.audience == "system":
        return []
    if who.audience not in _VIEWERS:
        raise NotPermitted
    who.require(_VIEWERS[who.audience])
    if who.audience == "secretariat":
        return []
    return [_party(who)]


def _party(who: Actor) -> ColumnElement[bool]:
    column = GrantApplication.sme_id if who.audience == "sme" else GrantApplication.vendor_id
    return column == who.own_organisation


def applications(*, state: str | None = None, halted: bool = False, page: int = 1) -> ApplicationPage:
    """The actor's applications, newest change first, twenty to a page; counts by state over all of them.

    state: only those in it; NotFound for a state that does not exist. halted: only those that are stopped, which the
    secretariat alone may ask. page: from 1; past the end is an empty page.
    """
    if state is not None and state not in {known.code for known in APPLICATION.states}:
        raise NotFound(Text("この状態", "That state"))
    scope = _scope()
    counts = _counts()
    chosen = [*scope, GrantApplication.state == state] if state else scope
    if halted:
        actor.current().require(Permission.VIEW_SECRETARIAT)
        chosen = [*chosen, halts.halted()]
    found = (
        select(GrantApplication).where(*chosen).order_by(GrantApplication.updated_at.desc(), GrantApplication.id)
    )
    rows = db.session.scalars(cut(found, PAGE_SIZE, (min(max(page, 1), MOST_PAGES) - 1) * PAGE_SIZE)).all()
    shown = counts if state is None else {state: counts.get(state, 0)}
    total = halts.count() if halted else sum(shown.values())
    return ApplicationPage(tuple(card_of(row) for row in rows), total, page, PAGE_SIZE, counts)


def _counts() -> dict[str, int]:
    """Of those that _scope() lets this actor see."""
    who, own = actor.current(), OWN_APPLICATION_COUNT.c
    if who.audience in {"secretariat", "system"}:
        found = select(GrantApplication.state, func.count()).group_by(GrantApplication.state)
    else:
        found = select(own.state, own.number).where(own.organisation_id == who.own_organisation)
    return {state: number for state, number in db.session.execute(found)}  # noqa: C416  (rows, not pairs)


def board(per_state: int = 10) -> tuple[tuple[ApplicationCard, ...], dict[str, int]]:
    """Of each state the few that have waited longest, those first; and how many there are in each."""
    scope = _scope()
    place = func.row_number().over(partition_by=GrantApplication.state, order_by=GrantApplication.updated_at)
    ranked = select(GrantApplication.id, place.label("place")).where(*scope).subquery()
    rows = db.session.scalars(
        select(GrantApplication)
        .join(ranked, ranked.c.id == GrantApplication.id)
        .where(ranked.c.place <= per_state)
        .order_by(GrantApplication.updated_at, GrantApplication.id)
    ).all()
    return tuple(card_of(row) for row in rows), _counts()
