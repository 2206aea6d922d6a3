"""What the committee does, and the secretariat for it: assign, declare, score, hand in.

Nothing of this is a matter of the vendor's: events name no organisation, so only the secretariat's auditors read
them, and marks stand in none of them before all members have handed in.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select

from catalogue import masters
from catalogue.masters import EDITION
from marketplace.registration.committee_models import (
    CommitteeAssignment,
    CommitteePaper,
    CommitteeScore,
    CommitteeTurn,
)
from marketplace.registration.conflict_check import blocked, own_conflicts, parties_as_json, parties_of
from marketplace.registration.models import RegistrationPaper, VendorRegistration
from marketplace.registration.scoring import ReviewRules, missing, rules_of
from marketplace.registration.steps import locked
from marketplace.registration.words import bad, checked_words
from tenants import actor, audit, clock, notices
from tenants.db import constraint, db, use_case
from tenants.errors import BadInput, Conflict, Finding, NotFound, StaleVersion
from tenants.models import Organisation, Person
from tenants.permissions import Permission
from tenants.text import Text

WHAT: Final = Text("審査", "The review")
COMMENT_LIMIT: Final = 2000

for _name in ("uq_committee_assignment_turn_id_person_id", "uq_committee_turn_registration_id_number"):
    constraint(_name, Conflict)


def current_rules() -> tuple[ReviewRules, int]:
    """The criteria and numbers that count today, with their version."""
    row = masters.newest("vendor_review", EDITION)
    return rules_of(row.content), row.version


def rules_at(moment: datetime) -> ReviewRules:
    """The criteria and numbers that counted at this moment: what was decided is not changed by later rules."""
    return rules_of(masters.known_at("vendor_review", EDITION, moment).content)


# --- the secretariat assigns ---


@use_case
def assign(registration_id: uuid.UUID, person_ids: Sequence[uuid.UUID]) -> int:
    """Give a registration that is before the committee to these members; how many now work on it.

    Raises BadInput with the reasons when a member has a conflict of interest, was asked in this turn already or
    reviewed it before an appeal, when fewer than the quorum would work on it, or when the marks were shown.
    """
    actor.current().require(Permission.CHECK_REGISTRATIONS)
    registration = locked(registration_id)
    if registration.state != "in_committee":
        raise BadInput(_not_before_committee())
    turn = _open_turn(registration) or _new_turn(registration)
    if turn.opened_at is not None:
        raise BadInput(_already_shown())
    applicant = db.session.get_one(Organisation, registration.organisation_id)
    parties = parties_of(applicant, registration.content)
    findings = blocked(registration, list(dict.fromkeys(person_ids)), parties)
    working = turn.waiting + turn.submitted + len(set(person_ids))
    if working < turn.quorum or not person_ids:
        findings.append(_too_few(turn.quorum))
    if findings:
        raise BadInput(*findings)
    due = clock.today() + timedelta(days=rules_of(turn.rules).scoring_days)
    people = db.session.scalars(select(Person).where(Person.id.in_(person_ids)).order_by(Person.id)).all()
    for person in people:
        row = CommitteeAssignment(
            turn_id=turn.id,
            registration_id=registration.id,
            registration_number=registration.number,
            person_id=person.id,
            person_name=person.name,
            parties=parties_as_json(parties),
        )
        db.session.add(row)
        db.session.flush()
        notices.notify_person(
            person.id,
            "committee_assigned",
            link=f"/committee/assignments/{row.id}",
            number=registration.number,
            vendor=applicant.name,
            due=due,
        )
    record("committee_assigned", registration.id, after={"members": len(people), "turn": turn.number})
    db.session.refresh(turn)
    return turn.waiting + turn.submitted


def _open_turn(registration: VendorRegistration) -> CommitteeTurn | None:
    return db.session.scalar(
        select(CommitteeTurn)
        .where(CommitteeTurn.registration_id == registration.id, CommitteeTurn.closed_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _new_turn(registration: VendorRegistration) -> CommitteeTurn:
    rules, version = current_rules()
    before = db.session.scalar(
        select(func.count()).select_from(CommitteeTurn).where(CommitteeTurn.registration_id == registration.id)
    )
    turn = CommitteeTurn(
        registration_id=registration.id,
        number=(before or 0) + 1,
        rules=rules.model_dump(mode="json"),
        rules_version=version,
        quorum=rules.quorum,
        waiting=0,
        submitted=0,
    )
    db.session.add(turn)
    db.session.flush()
    papers = db.session.scalars(
        select(RegistrationPaper).where(
            RegistrationPaper.registration_id == registration.id, RegistrationPaper.removed_at.is_(None)
        )
    )
    db.session.add_all(CommitteePaper(turn_id=turn.id, file_id=paper.file_id, kind=paper.kind) for paper in papers)
    return turn


@use_case
def release(assignment_id: uuid.UUID, *, reason: str, read_version: int) -> None:
    """The secretariat takes an assignment back from a member who has not handed in."""
    actor.current().require(Permission.CHECK_REGISTRATIONS)
    row = _assignment(assignment_id, read_version)
    words = checked_words(reason, "reason")
    _must_be_open(row)
    row.ended_at, row.ended_why = clock.now(), "released"
    db.session.flush()
    record("committee_released", row.registration_id, after={"reason": words})
    _tell_when_shown(row)


# --- the member declares, scores, hands in ---


@use_case
def declare(assignment_id: uuid.UUID, *, conflict: bool, note: str, read_version: int) -> None:
    """The member says whether there is a conflict of interest, before seeing any paper.

    With a conflict the assignment ends, and the secretariat asks another. Raises BadInput when the member's own
    list of relations names the applicant and no conflict is declared, or a conflict has no reason.
    """
    row = own(assignment_id, read_version)
    _must_be_open(row)
    if row.declared is not None:
        raise BadInput(_declared_already())
    words = checked_words(note, "note", optional=not conflict)
    if not conflict and (found := own_conflicts(row.person_id, row.parties)):
        raise BadInput(*found)
    row.declared = "conflict" if conflict else "none"
    row.declared_note, row.declared_at = words, clock.now()
    if conflict:
        row.ended_at, row.ended_why = row.declared_at, "conflict"
    db.session.flush()
    record(
        "committee_conflict_declared" if conflict else "committee_no_conflict_declared",
        row.registration_id,
        after={"reason": words} if words else None,
    )
    if conflict:
        notices.notify_secretariat(
            "committee_conflict",
            link=f"/secretariat/registrations/{row.registration_id}/review",
            permission=Permission.CHECK_REGISTRATIONS,
            number=row.registration_number,
            member=row.person_name,
        )
        _tell_when_shown(row)


@use_case
def save_score(assignment_id: uuid.UUID, criterion: str, *, points: str, comment: str) -> None:
    """Keep the member's mark and comment on one criterion, as far as they are.

    points: as it was chosen, empty for none yet. Raises NotFound for an unknown criterion, BadInput for a mark that
    is not on the scale.
    """
    row = own(assignment_id)
    _must_score(row)
    rules = rules_of(row.turn.rules)
    if rules.criterion(criterion) is None:
        raise NotFound(Text("評価項目", "The criterion"))
    mark = checked_mark(rules, points) if points else None
    words = checked_words(comment, f"comment-{criterion}", limit=COMMENT_LIMIT, optional=True)
    known = db.session.get(CommitteeScore, (row.id, criterion))
    if (known.points, known.comment) == (mark, words) if known else (mark, words) == (None, ""):
        return
    if known is None:
        known = CommitteeScore(
            assignment_id=row.id, criterion=criterion, turn_id=row.turn_id, person_id=row.person_id
        )
        db.session.add(known)
    known.points, known.comment, known.saved_at = mark, words, clock.now()
    db.session.flush()
    record("committee_score_saved", row.registration_id, after={"criterion": criterion})


@use_case
def save_scores(assignment_id: uuid.UUID, marks: Mapping[str, tuple[str, str]]) -> None:
    """Keep what the member has put down so far: criterion -> mark and comment as typed. All of it, or nothing."""
    for criterion, (points, comment) in marks.items():
        save_score(assignment_id, criterion, points=points, comment=comment)


def checked_mark(rules: ReviewRules, written: str) -> int:
    """A mark that the scale knows; BadInput for any other."""
    if written not in {str(mark) for mark in rules.scale}:
        low, high = rules.scale[0], rules.scale[-1]
        raise bad(
            "bad_mark",
            Text(f"評点は{low}から{high}の中から選んでください。", f"Choose a mark from {low} to {high}."),
            Text("選び直してください。", "Please choose again."),
            "points",
        )
    return int(written)


@use_case
def submit_scores(
    assignment_id: uuid.UUID, marks: Mapping[str, tuple[str, str]] | None = None, *, read_version: int
) -> bool:
    """The member hands its marks in; whether they were the last, so that all are shown now.

    marks: kept first, as save_scores does, so that none that was saved by itself and comes late stands in between.
    Raises BadInput naming each criterion without a mark or a comment; then these marks are not kept.
    """
    row = own(assignment_id, read_version)
    if marks:
        save_scores(assignment_id, marks)
    _must_score(row)
    rules = rules_of(row.turn.rules)
    scores = {
        score.criterion: score
        for score in db.session.scalars(select(CommitteeScore).where(CommitteeScore.assignment_id == row.id))
    }
    unmarked = {each.code for each in missing(rules, {code: score.points for code, score in scores.items()})}
    findings = [
        _unfinished(each.name.text, each.code, marked=each.code not in unmarked)
        for each in rules.criteria
        if each.code in unmarked or not scores[each.code].comment
    ]
    if findings:
        raise BadInput(*findings)
    row.submitted_at = clock.now()
    db.session.flush()
    record("committee_scores_submitted", row.registration_id)
    return _tell_when_shown(row)


def _tell_when_shown(row: CommitteeAssignment) -> bool:
    """When nobody is left to score, everybody who takes part hears that the marks are there."""
    turn = row.turn
    was_shown = turn.opened_at is not None
    db.session.refresh(turn)
    if turn.opened_at is None or was_shown:
        return False
    record("committee_scores_shown", row.registration_id)
    notices.notify_secretariat(
        "scores_shown",
        link=f"/secretariat/registrations/{row.registration_id}/review",
        permission=Permission.CHECK_REGISTRATIONS,
        number=row.registration_number,
    )
    scorers = select(CommitteeScore.person_id).where(CommitteeScore.turn_id == turn.id).distinct()
    for person_id in db.session.scalars(scorers.order_by(CommitteeScore.person_id)):
        notices.notify_person(person_id, "scores_shown", link="/committee/", number=row.registration_number)
    return True


# --- together, once all have handed in ---


# --- what is asked of an assignment ---


def _assignment(assignment_id: uuid.UUID, read_version: int | None = None) -> CommitteeAssignment:
    """Locked. The turn first: whoever hands in as the last and whoever decides wait for each other in one order."""
    turn_id = db.session.scalar(select(CommitteeAssignment.turn_id).where(CommitteeAssignment.id == assignment_id))
    if turn_id is None:
        raise NotFound(WHAT)
    db.session.get(CommitteeTurn, turn_id, with_for_update=True, populate_existing=True)
    row = db.session.get_one(CommitteeAssignment, assignment_id, with_for_update=True, populate_existing=True)
    if read_version is not None and row.version != read_version:
        raise StaleVersion(WHAT, yours=read_version, current=row.version)
    return row


def own(assignment_id: uuid.UUID, read_version: int | None = None) -> CommitteeAssignment:
    """The acting member's own assignment, locked; NotFound for another's."""
    who = actor.current()
    who.require(Permission.SCORE_REGISTRATIONS)
    row = _assignment(assignment_id, read_version)
    if row.person_id != who.person_id:
        raise NotFound(WHAT)
    return row


def _must_be_open(row: CommitteeAssignment) -> None:
    if row.ended_at is not None or row.submitted_at is not None or row.turn.closed_at is not None:
        raise bad(
            "assignment_over",
            Text("この審査の担当は、すでに終わっています。", "This assignment is over."),
            Text("画面を開き直して、いまの状態を確認してください。", "Reload the page to see how it stands now."),
        )


def _must_score(row: CommitteeAssignment) -> None:
    _must_be_open(row)
    if row.declared != "none":
        raise bad(
            "not_declared",
            Text("先に、利害関係がないかを申告してください。", "First declare whether you have a conflict."),
            Text("申告のあとに、資料と採点表が開きます。", "Papers and score sheet open after that."),
        )


def record(
    name: str,
    registration_id: uuid.UUID,
    *,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    """Note that something happened in a review: no organisation's matter."""
    audit.record(name, subject=("registration", registration_id), organisation_id=None, before=before, after=after)


def _unfinished(name: Text, code: str, *, marked: bool) -> Finding:
    what = Text("コメント", "comment") if marked else Text("評点", "mark")
    return Finding(
        "criterion_unfinished",
        Text(f"「{name.ja}」の{what.ja}がありません。", f"“{name.en}” has no {what.en}."),
        Text("入力してから提出してください。", "Fill it in, then hand in."),
        f"{'comment' if marked else 'points'}-{code}",
    )


def _not_before_committee() -> Finding:
    return Finding(
        "not_before_committee",
        Text("この登録申請は、審査委員会に付されていません。", "This registration is not before the committee."),
        Text("書類の確認を終え、審査委員会に付してください。", "Check its papers and pass it on first."),
    )


def _already_shown() -> Finding:
    return Finding(
        "already_shown",
        Text("採点がそろったあとは、委員を追加できません。", "No member can be added once all marks are shown."),
        Text("このまま議論と決定に進んでください。", "Go on to the discussion and the decision."),
    )


def _too_few(quorum: int) -> Finding:
    return Finding(
        "too_few_members",
        Text(f"委員を{quorum}名以上選んでください。", f"Choose at least {quorum} members."),
        Text("ほかの委員も選んで、もう一度割り当ててください。", "Choose further members and assign again."),
        "members",
    )


def _declared_already() -> Finding:
    return Finding(
        "declared_already",
        Text("利害関係の申告は済んでいます。", "You have declared already."),
        Text(
            "訂正が必要なときは、事務局にご連絡ください。", "If it must be corrected, please tell the secretariat."
        ),
    )
