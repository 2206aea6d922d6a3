"""What pages show of registrations: progress, papers, history, what changed; lists with their age."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from marketplace.registration.answers import Change, changes, written
from marketplace.registration.data import form
from marketplace.registration.form import DECLARATIONS, Form, Paper, Section
from marketplace.registration.lifecycle import REGISTRATION, STEP_DONE
from marketplace.registration.models import RegistrationPaper, RegistrationStep, VendorRegistration
from marketplace.registration.sections import editable, incomplete, unconfirmed
from marketplace.registration.steps import WHAT
from tenants import actor, files
from tenants.db import db
from tenants.errors import Finding, NotFound
from tenants.files import FileView
from tenants.models import Organisation
from tenants.paging import Page, page_of
from tenants.permissions import Permission
from tenants.text import Text
from tenants.workflow import State, Step


@dataclass(frozen=True, slots=True)
class PaperView:
    """An attached paper."""

    id: uuid.UUID
    kind: str
    file: FileView


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section with what was said, what is still wrong with it, and why it was returned.

    changes: what reads otherwise than in the registration that is renewed; None where nothing is renewed.
    """

    section: Section
    version: int
    values: Mapping[str, Any]
    answers: tuple[tuple[Text, Text], ...]
    findings: tuple[Finding, ...]
    papers: tuple[tuple[Paper, tuple[PaperView, ...]], ...]
    reason: str | None
    may_edit: bool
    begun: bool
    changes: tuple[Change, ...] | None = None

    @property
    def to_confirm(self) -> bool:
        """Whether nobody has gone through it yet in a renewal."""
        return any(finding.code == "not_confirmed" for finding in self.findings)

    @property
    def state(self) -> str:
        """How far it is: complete, to_confirm, begun or empty."""
        if not self.findings:
            return "complete"
        if {finding.code for finding in self.findings} <= {"not_confirmed", "paper_missing"} and self.to_confirm:
            return "to_confirm"
        return "begun" if self.begun else "empty"


@dataclass(frozen=True, slots=True)
class StepView:
    """A step of the history."""

    code: str
    title: Text
    by_secretariat: bool
    note: str
    reasons: tuple[tuple[Text, str], ...]
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class RegistrationView:
    """A registration as its vendor and the secretariat see it."""

    id: uuid.UUID
    number: int
    organisation_id: uuid.UUID
    vendor_name: str
    vendor_number: str | None
    vendor_place: str
    standing: str | None
    round_id: str
    fiscal_year: int
    paper: bool
    paper_received_on: date | None
    state: State
    version: int
    sections: tuple[SectionView, ...]
    declarations: tuple[dict[str, Any], ...]
    corrections_due_at: datetime | None
    submitted_at: datetime | None
    decided_at: datetime | None
    decision_reason: str | None
    renews_id: uuid.UUID | None
    history: tuple[StepView, ...]
    steps: tuple[Step, ...]
    form: Form

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All that still keeps it from being handed in."""
        return tuple(finding for each in self.sections for finding in each.findings)

    @property
    def changed(self) -> tuple[SectionView, ...]:
        """The sections of a renewal that read otherwise than last time."""
        return tuple(each for each in self.sections if each.changes)

    @property
    def complete(self) -> int:
        """How many sections are complete."""
        return sum(not each.findings for each in self.sections)

    def section(self, code: str) -> SectionView:
        """One of its sections; NotFound for an unknown one."""
        found = next((each for each in self.sections if each.section.code == code), None)
        if found is None:
            raise NotFound(Text("ページ", "The page"))
        return found

    def may(self, code: str) -> bool:
        """Whether the reader may take this step now."""
        return any(step.code == code for step in self.steps)


def own() -> RegistrationView | None:
    """The vendor's own newest registration; None when it never began one."""
    who = actor.current()
    who.require(Permission.VIEW_REGISTRATION)
    row = db.session.scalar(
        select(VendorRegistration)
        .where(VendorRegistration.organisation_id == who.own_organisation)
        .order_by(VendorRegistration.created_at.desc(), VendorRegistration.number.desc())
        .limit(1)
    )
    return _view(row) if row else None


def one(registration_id: uuid.UUID) -> RegistrationView:
    """A registration, for the secretariat."""
    actor.current().require(Permission.VIEW_SECRETARIAT)
    row = db.session.get(VendorRegistration, registration_id)
    if row is None:
        raise NotFound(WHAT)
    return _view(row)


def _view(row: VendorRegistration) -> RegistrationView:
    known = form(row.form_version)
    vendor = db.session.get_one(Organisation, row.organisation_id)
    papers = _papers(row.id)
    wrong = {
        page.code: found
        for page, found in incomplete(
            known,
            row.content,
            [(each.kind, each.file.state) for each in papers],
            paper=row.paper,
            unconfirmed=unconfirmed(row),
        )
    }
    renewed = _since_renewed(row, known)
    return RegistrationView(
        id=row.id,
        number=row.number,
        organisation_id=row.organisation_id,
        vendor_name=vendor.name,
        vendor_number=vendor.corporate_number,
        vendor_place=f"{vendor.prefecture}{vendor.address}",
        standing=vendor.standing,
        round_id=row.round_id,
        fiscal_year=row.fiscal_year,
        paper=row.paper,
        paper_received_on=row.paper_received_on,
        state=REGISTRATION.state(row.state),
        version=row.version,
        sections=tuple(
            replace(_section(row, known, page, wrong.get(page.code, []), papers), changes=renewed.get(page.code))
            for page in known.pages
        ),
        declarations=tuple(
            {**each, "agreed_at": datetime.fromisoformat(each["agreed_at"])} for each in row.declarations
        ),
        corrections_due_at=row.corrections_due_at,
        submitted_at=row.submitted_at,
        decided_at=row.decided_at,
        decision_reason=row.decision_reason,
        renews_id=row.renews_id,
        history=_history(row.id, known),
        steps=tuple(step for step in REGISTRATION.possible(row.state, actor.current()) if _fits(step, row)),
        form=known,
    )


def _since_renewed(row: VendorRegistration, known: Form) -> Mapping[str, tuple[Change, ...]]:
    """What a renewal says differently from the registration before it, by section; empty where nothing is renewed."""
    before = db.session.get(VendorRegistration, row.renews_id) if row.renews_id else None
    if before is None:
        return {}
    found = changes(known, before.content, row.content)
    return {page.code: tuple(each for each in found if each.section == page.code) for page in known.sections}


def _fits(step: Step, row: VendorRegistration) -> bool:
    """Steps on paper are for those on paper, the vendor's own for the others."""
    if step.code in ("receive", "withdraw_paper"):
        return row.paper
    return not (row.paper and step.code in ("submit", "withdraw"))


def _section(
    row: VendorRegistration, known: Form, page: Section, wrong: Sequence[Finding], papers: Sequence[PaperView]
) -> SectionView:
    values = row.content.get(page.code, {})
    wanted = known.papers_of(page.code, paper=row.paper)
    attached = {each.code: tuple(held for held in papers if held.kind == each.code) for each in wanted}
    return SectionView(
        section=page,
        version=int(row.section_versions.get(page.code, 0)),
        values=values,
        answers=tuple(
            (field.label.text, written(field, values.get(field.code)))
            for field in page.fields
            if field.is_asked(values)
        ),
        findings=tuple(wrong),
        papers=tuple((each, attached[each.code]) for each in wanted),
        reason=(row.returned or {}).get(page.code),
        may_edit=editable(row, page.code) and (page.code != DECLARATIONS or not row.paper),
        begun=page.code in row.section_versions or any(attached.values()),
    )


def _papers(registration_id: uuid.UUID) -> list[PaperView]:
    rows = db.session.scalars(
        select(RegistrationPaper)
        .where(RegistrationPaper.registration_id == registration_id, RegistrationPaper.removed_at.is_(None))
        .order_by(RegistrationPaper.attached_at, RegistrationPaper.id)
    ).all()
    known = files.views([row.file_id for row in rows])
    return [PaperView(row.id, row.kind, known[row.file_id]) for row in rows]


def _history(registration_id: uuid.UUID, known: Form) -> tuple[StepView, ...]:
    rows = db.session.scalars(
        select(RegistrationStep)
        .where(RegistrationStep.registration_id == registration_id)
        .order_by(RegistrationStep.id.desc())
    )
    titles = {page.code: page.title.text for page in known.pages}
    return tuple(
        StepView(
            row.step,
            STEP_DONE[row.step],
            row.by_secretariat,
            row.note,
            tuple((titles[code], reason) for code, reason in (row.reasons or {}).items() if code in titles),
            row.taken_at,
        )
        for row in rows
    )


@dataclass(frozen=True, slots=True)
class SinceLast:
    """What differs between the last two copies that were handed in."""

    at: datetime
    changes: tuple[Change, ...]
    papers_added: tuple[str, ...]
    papers_removed: tuple[str, ...]


def since_last(registration_id: uuid.UUID) -> SinceLast | None:
    """What the newest copy says differently from the one before; None when it was handed in once or never."""
    actor.current().require(Permission.VIEW_SECRETARIAT)
    rows = db.session.execute(
        select(RegistrationStep.document, RegistrationStep.taken_at)
        .where(RegistrationStep.registration_id == registration_id, RegistrationStep.document.is_not(None))
        .order_by(RegistrationStep.id.desc())
        .limit(2)
    ).all()
    if len(rows) < 2:
        return None
    new, old = rows[0].document, rows[1].document
    names = {each["file_id"]: each["name"] for copy in (old, new) for each in copy["papers"]}
    before, after = ({each["file_id"] for each in copy["papers"]} for copy in (old, new))
    return SinceLast(
        rows[1].taken_at,
        tuple(changes(form(new["form_version"]), old["content"], new["content"])),
        tuple(sorted(names[each] for each in after - before)),
        tuple(sorted(names[each] for each in before - after)),
    )


@dataclass(frozen=True, slots=True)
class RegistrationCard:
    """A registration in a list. waiting_since: when it came into its state's hands; the age counts from there."""

    id: uuid.UUID
    number: int
    vendor_name: str
    vendor_number: str | None
    state: State
    fiscal_year: int
    round_id: str
    paper: bool
    renewal: bool
    submitted_at: datetime | None
    waiting_since: datetime


def registrations(
    *, state: str | None = None, words: str = "", page: int = 1, per_page: int = 20
) -> Page[RegistrationCard]:
    """Registrations, those that wait longest first."""
    actor.current().require(Permission.VIEW_SECRETARIAT)
    since = func.coalesce(VendorRegistration.submitted_at, VendorRegistration.created_at)
    query = (
        select(VendorRegistration, Organisation.name, Organisation.corporate_number)
        .join(Organisation, Organisation.id == VendorRegistration.organisation_id)
        .order_by(since, VendorRegistration.number)
    )
    if state:
        query = query.where(VendorRegistration.state == state)
    if words:
        query = query.where(
            Organisation.name.contains(words, autoescape=True)
            | (Organisation.corporate_number == words)
            | (func.concat(VendorRegistration.number) == words)
        )
    return page_of(query, _card, number=page, per_page=per_page)


def _card(row: Any) -> RegistrationCard:
    registration: VendorRegistration = row[0]
    return RegistrationCard(
        registration.id,
        registration.number,
        row[1],
        row[2],
        REGISTRATION.state(registration.state),
        registration.fiscal_year,
        registration.round_id,
        registration.paper,
        registration.renews_id is not None,
        registration.submitted_at,
        registration.submitted_at or registration.created_at,
    )


def counts() -> dict[str, int]:
    """How many registrations are in each state."""
    rows = db.session.execute(select(VendorRegistration.state, func.count()).group_by(VendorRegistration.state))
    found: dict[str, int] = {state: number for state, number in rows}  # noqa: C416  (rows are no pairs to mypy)
    return {state.code: found.get(state.code, 0) for state in REGISTRATION.states}
