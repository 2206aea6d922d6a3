"""What SME, vendor and secretariat see of applications. Row-level security decides which rows; this decides form."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from marketplace.applications.document import digest
from marketplace.applications.lifecycle import APPLICATION
from marketplace.applications.services import WHAT, to_confirm
from marketplace.models import ApplicationStep, GrantApplication
from tenants import actor
from tenants.db import db
from tenants.errors import NotFound
from tenants.workflow import State, Step

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One step taken, by which organisation, when, and what was said."""

    step: str
    state: State
    organisation_name: str
    note: str
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class ApplicationCard:
    """An application in a list."""

    id: uuid.UUID
    number: int
    package_code: str
    package_name: str
    sme_name: str
    vendor_name: str
    subsidy_yen: int
    own_cost_yen: int
    state: State
    round_id: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ApplicationView:
    """An application as its parties see it. steps: what this actor may do now."""

    card: ApplicationCard
    scheme_id: str
    scheme_version: int
    publication_id: uuid.UUID
    chosen: dict[str, Any]
    estimate: dict[str, Any]
    applicant: dict[str, Any]
    prepared: dict[str, Any] | None
    document_hash: str
    confirmed_at: datetime | None
    submitted_at: datetime | None
    version: int
    steps: tuple[Step, ...]
    history: tuple[HistoryEntry, ...]


@dataclass(frozen=True, slots=True)
class ApplicationPage:
    """One page of a list, newest change first."""

    items: tuple[ApplicationCard, ...]
    total: int
    page: int
    counts: dict[str, int]


def _card(row: GrantApplication) -> ApplicationCard:
    return ApplicationCard(
        row.id,
        row.number,
        row.package_code,
        row.chosen["name"],
        row.sme_name,
        row.vendor_name,
        row.estimate["subsidy_yen"],
        row.estimate["own_cost_yen"],
        APPLICATION.state(row.state),
        row.round_id,
        row.updated_at,
    )


def application(application_id: uuid.UUID) -> ApplicationView:
    """One application with its history; NotFound for another organisation's."""
    row = db.session.scalar(
        select(GrantApplication).where(GrantApplication.id == application_id, *_scope())
    )
    if row is None:
        raise NotFound(WHAT)
    steps = db.session.scalars(
        select(ApplicationStep).where(ApplicationStep.application_id == row.id).order_by(ApplicationStep.id)
    ).all()
    return ApplicationView(
        card=_card(row),
        scheme_id=row.scheme_id,
        scheme_version=row.scheme_version,
        publication_id=row.publication_id,
        chosen=row.chosen,
        estimate=row.estimate,
        applicant=row.applicant,
        prepared=row.prepared,
        document_hash=digest(to_confirm(row)),
        confirmed_at=row.confirmed_at,
        submitted_at=row.submitted_at,
        version=row.version,
        steps=tuple(APPLICATION.possible(row.state, actor.current())),
        history=tuple(
            HistoryEntry(
                step.step,
                APPLICATION.state(step.to_state),
                step.organisation_name,
                step.note,
                step.taken_at,
            )
            for step in steps
        ),
    )


def _scope() -> list[Any]:
    who = actor.current()
    if who.audience == "sme":
        return [GrantApplication.sme_id == who.organisation_id]
    if who.audience == "vendor":
        return [GrantApplication.vendor_id == who.organisation_id]
    return []


def applications(*, state: str | None = None, page: int = 1) -> ApplicationPage:
    """The actor's applications, newest change first, twenty to a page; counts by state over all of them."""
    scope = _scope()
    counts: dict[str, int] = {
        code: number
        for code, number in db.session.execute(
            select(GrantApplication.state, func.count()).where(*scope).group_by(GrantApplication.state)
        )
    }
    chosen = [*scope, GrantApplication.state == state] if state else scope
    rows = db.session.scalars(
        select(GrantApplication)
        .where(*chosen)
        .order_by(GrantApplication.updated_at.desc(), GrantApplication.id)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    ).all()
    total = counts.get(state, 0) if state else sum(counts.values())
    return ApplicationPage(tuple(_card(row) for row in rows), total, page, counts)
