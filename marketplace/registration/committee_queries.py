"""What members and the secretariat see of a review. Row-level security decides which rows; this decides form."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace.registration.answers import written
from marketplace.registration.committee import WHAT
from marketplace.registration.committee_models import (
    CommitteeAssignment,
    CommitteePaper,
    CommitteeRemark,
    CommitteeRevision,
    CommitteeScore,
    CommitteeTurn,
)
from marketplace.registration.data import form
from marketplace.registration.form import Form
from marketplace.registration.models import VendorRegistration
from marketplace.registration.scoring import Result, ReviewRules, result, rules_of, weighted
from tenants import actor, clock, files
from tenants.db import db
from tenants.errors import NotFound
from tenants.files import FileView
from tenants.models import Person
from tenants.permissions import Permission
from tenants.text import Text, same

STAGES: Final[dict[str, Text]] = {
    "to_declare": Text("利害関係の申告待ち", "To declare"),
    "scoring": Text("採点中", "Scoring"),
    "submitted": Text("採点を提出済み", "Marks handed in"),
    "shown": Text("議論中", "In discussion"),
    "closed": Text("決定済み", "Decided"),
    "conflict": Text("利益相反のため終了", "Ended: conflict"),
    "released": Text("担当の解除", "Released"),
}
STILL_TO_DO: Final = frozenset({"to_declare", "scoring", "shown"})
NOT_FOR_SCORING: Final = frozenset({"contact"})
MOST_ASSIGNMENTS: Final = 200


@dataclass(frozen=True, slots=True)
class AssignmentCard:
    """A member's assignment in its list. due: the day by which to score."""

    id: uuid.UUID
    number: int
    vendor: str
    stage: str
    assigned_at: datetime
    due: date

    @property
    def label(self) -> Text:
        """The stage in words."""
        return STAGES[self.stage]


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark with its comment, saved as far as it is."""

    points: int | None
    comment: str
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class MemberMarks:
    """All marks of one member, once they are shown. total: on the scale of the marks, exact."""

    name: str
    marks: Mapping[str, Mark]
    total: Fraction


@dataclass(frozen=True, slots=True)
class Said:
    """A remark of the discussion, or a revision of a mark (criterion and marks are given then)."""

    at: datetime
    author: str
    words: str
    criterion: str | None = None
    before: int | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Together:
    """What all who take part see once all marks are in."""

    members: tuple[MemberMarks, ...]
    result: Result
    said: tuple[Said, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class AssignmentView:
    """A member's own assignment. document, sections, papers: empty before the member declared no conflict."""

    card: AssignmentCard
    turn_id: uuid.UUID
    parties: tuple[tuple[str, str | None, bool], ...]
    rules: ReviewRules
    marks: Mapping[str, Mark]
    document: Mapping[str, Any] | None
    sections: tuple[tuple[Text, tuple[tuple[Text, Text], ...]], ...]
    papers: tuple[tuple[Text, FileView], ...]
    together: Together | None
    version: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one member is, for the secretariat: never a mark."""

    id: uuid.UUID
    name: str
    stage: str
    assigned_at: datetime
    submitted_at: datetime | None
    note: str
    version: int

    @property
    def label(self) -> Text:
        """The stage in words."""
        return STAGES[self.stage]

    @property
    def may_release(self) -> bool:
        """Whether the secretariat can take the assignment back."""
        return self.stage in ("to_declare", "scoring")


@dataclass(frozen=True, slots=True)
class TurnView:
    """One time before the committee, as the secretariat sees it."""

    id: uuid.UUID
    number: int
    rules: ReviewRules
    progress: tuple[Progress, ...]
    opened_at: datetime | None
    closed_at: datetime | None
    together: Together | None


def _stage(row: CommitteeAssignment, turn: CommitteeTurn) -> str:
    if row.ended_at is not None:
        return row.ended_why or "released"
    if turn.closed_at is not None:
        return "closed"
    if row.submitted_at is not None:
        return "shown" if turn.opened_at is not None else "submitted"
    return "to_declare" if row.declared is None else "scoring"


def _card(row: CommitteeAssignment) -> AssignmentCard:
    days = int(row.turn.rules["scoring_days"])
    return AssignmentCard(
        row.id,
        row.registration_number,
        row.parties[0]["name"],
        _stage(row, row.turn),
        row.assigned_at,
        row.assigned_at.astimezone(clock.JAPAN).date() + timedelta(days=days),
    )


def assignments() -> list[AssignmentCard]:
    """The actor's own assignments, the newest 200: to do first, those due soonest before others."""
    who = actor.current()
    who.require(Permission.SCORE_REGISTRATIONS)
    rows = db.session.scalars(
        select(CommitteeAssignment)
        .where(CommitteeAssignment.person_id == who.person_id)
        .options(joinedload(CommitteeAssignment.turn))
        .order_by(CommitteeAssignment.assigned_at.desc(), CommitteeAssignment.id)
        .limit(MOST_ASSIGNMENTS)
    )
    cards = [_card(row) for row in rows]
    todo = sorted((card for card in cards if card.stage in STILL_TO_DO), key=lambda card: (card.due, card.number))
    return [*todo, *(card for card in cards if card.stage not in STILL_TO_DO)]


def assignment(assignment_id: uuid.UUID) -> AssignmentView:
    """One of the actor's own assignments; NotFound for another's."""
    who = actor.current()
    who.require(Permission.SCORE_REGISTRATIONS)
    row = db.session.scalar(
        select(CommitteeAssignment)
        .where(CommitteeAssignment.id == assignment_id, CommitteeAssignment.person_id == who.person_id)
        .options(joinedload(CommitteeAssignment.turn))
    )
    if row is None:
        raise NotFound(WHAT)
    scores = db.session.scalars(select(CommitteeScore).where(CommitteeScore.assignment_id == row.id))
    reads = row.declared == "none" and row.ended_at is None
    document = _document(row) if reads else None
    known = form(document["form_version"]) if document else None
    return AssignmentView(
        card=_card(row),
        turn_id=row.turn_id,
        parties=tuple((each["name"], each["number"], each["related"]) for each in row.parties),
        rules=rules_of(row.turn.rules),
        marks={score.criterion: _mark(score) for score in scores},
        document=document,
        sections=_sections(known, document["content"]) if known and document else (),
        papers=_papers(row.turn_id, known) if known else (),
        together=_together(row.turn) if reads and row.turn.opened_at is not None else None,
        version=row.version,
    )


def _mark(score: CommitteeScore) -> Mark:
    return Mark(score.points, score.comment, score.saved_at)


def _document(row: CommitteeAssignment) -> Mapping[str, Any] | None:
    return db.session.scalar(
        select(VendorRegistration.submitted_copy).where(VendorRegistration.id == row.registration_id)
    )


def _sections(known: Form, content: Mapping[str, Any]) -> tuple[tuple[Text, tuple[tuple[Text, Text], ...]], ...]:
    """What was handed in, in words; without the contact person, whom nobody needs for scoring."""
    return tuple(
        (
            page.title.text,
            tuple(
                (field.label.text, written(field, values.get(field.code)))
                for field in page.fields
                if field.is_asked(values)
            ),
        )
        for page in known.sections
        if page.code not in NOT_FOR_SCORING
        for values in [content.get(page.code, {})]
    )


def _papers(turn_id: uuid.UUID, form_: Form) -> tuple[tuple[Text, FileView], ...]:
    rows = db.session.scalars(
        select(CommitteePaper)
        .where(CommitteePaper.turn_id == turn_id)
        .order_by(CommitteePaper.kind, CommitteePaper.file_id)
    ).all()
    known = files.views([row.file_id for row in rows])
    names = {each.code: each.name.text for each in form_.papers_for(paper=True)}
    return tuple((names.get(row.kind, same(row.kind)), known[row.file_id]) for row in rows)


def paper(assignment_id: uuid.UUID, file_id: uuid.UUID) -> tuple[FileView, bytes]:
    """A paper with its bytes, for a member who declared no conflict; NotFound for all others."""
    view = assignment(assignment_id)
    if file_id not in {file.id for _, file in view.papers}:
        raise NotFound(Text("書類", "The paper"))
    return files.content_of(file_id)


def turns(registration_id: uuid.UUID) -> list[TurnView]:
    """Every time this registration was before the committee, newest first, for the secretariat."""
    actor.current().require(Permission.VIEW_SECRETARIAT)
    rows = db.session.scalars(
        select(CommitteeTurn)
        .where(CommitteeTurn.registration_id == registration_id)
        .order_by(CommitteeTurn.number.desc())
    ).all()
    assigned = db.session.scalars(
        select(CommitteeAssignment)
        .where(CommitteeAssignment.registration_id == registration_id)
        .order_by(CommitteeAssignment.assigned_at, CommitteeAssignment.id)
    ).all()
    return [
        TurnView(
            turn.id,
            turn.number,
            rules_of(turn.rules),
            tuple(_progress(row, turn) for row in assigned if row.turn_id == turn.id),
            turn.opened_at,
            turn.closed_at,
            _together(turn) if turn.opened_at is not None else None,
        )
        for turn in rows
    ]


def _progress(row: CommitteeAssignment, turn: CommitteeTurn) -> Progress:
    return Progress(
        row.id,
        row.person_name,
        _stage(row, turn),
        row.assigned_at,
        row.submitted_at,
        row.declared_note,
        row.version,
    )


def _together(turn: CommitteeTurn) -> Together:
    rules = rules_of(turn.rules)
    scores = db.session.scalars(
        select(CommitteeScore)
        .where(CommitteeScore.turn_id == turn.id)
        .order_by(CommitteeScore.person_id, CommitteeScore.criterion)
    ).all()
    names = _names({score.person_id for score in scores})
    marks: dict[uuid.UUID, dict[str, Mark]] = {}
    for score in scores:
        marks.setdefault(score.person_id, {})[score.criterion] = _mark(score)
    # Who was released after marking something is not among those who handed in.
    whole = {
        person_id: {code: mark.points for code, mark in own.items() if mark.points is not None}
        for person_id, own in marks.items()
        if all(own.get(each.code) and own[each.code].points is not None for each in rules.criteria)
    }
    members = tuple(
        MemberMarks(names.get(person_id, ""), marks[person_id], weighted(rules, points))
        for person_id, points in sorted(whole.items(), key=lambda pair: names.get(pair[0], ""))
    )
    return Together(members, result(rules, list(whole.values())), _said(turn.id), turn.closed_at is None)


def _names(person_ids: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(person_ids)))
    return {person_id: name for person_id, name in rows}  # noqa: C416  (rows, not pairs)


def _said(turn_id: uuid.UUID) -> tuple[Said, ...]:
    remarks = db.session.scalars(select(CommitteeRemark).where(CommitteeRemark.turn_id == turn_id))
    revisions = db.session.scalars(select(CommitteeRevision).where(CommitteeRevision.turn_id == turn_id))
    said = [Said(row.written_at, row.author, row.words) for row in remarks]
    said += [
        Said(row.revised_at, row.person_name, row.reason, row.criterion, row.before_points, row.after_points)
        for row in revisions
    ]
    return tuple(sorted(said, key=lambda each: each.at))
