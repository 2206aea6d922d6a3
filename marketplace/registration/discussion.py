"""After the marks: what members say to each other, and what they revise. Opened once all have scored."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from marketplace.registration.committee import COMMENT_LIMIT, WHAT, checked_mark, own, record
from marketplace.registration.committee_models import (
    CommitteeAssignment,
    CommitteeRemark,
    CommitteeRevision,
    CommitteeScore,
    CommitteeTurn,
)
from marketplace.registration.scoring import rules_of
from marketplace.registration.words import bad, checked_words
from tenants import actor
from tenants.db import db, use_case
from tenants.errors import NotFound
from tenants.permissions import Permission
from tenants.text import Text


@use_case
def remark(turn_id: uuid.UUID, words: str) -> None:
    """Say something in the discussion: its reviewers and the secretariat, from the showing to the decision."""
    who = actor.current()
    turn = db.session.get(CommitteeTurn, turn_id)
    if turn is None or (who.audience == "committee" and not _reviews(turn)):
        raise NotFound(WHAT)
    if who.audience != "committee":
        who.require(Permission.CHECK_REGISTRATIONS)
    _must_be_discussed(turn)
    said = checked_words(words, "words", limit=COMMENT_LIMIT)
    db.session.add(CommitteeRemark(turn_id=turn.id, person_id=who.person_id, author=who.name, words=said))
    record("committee_remark_made", turn.registration_id)


def _reviews(turn: CommitteeTurn) -> bool:
    found = select(CommitteeAssignment.id).where(
        CommitteeAssignment.turn_id == turn.id,
        CommitteeAssignment.person_id == actor.current().person_id,
        CommitteeAssignment.declared == "none",
        CommitteeAssignment.ended_at.is_(None),
    )
    return db.session.scalar(found) is not None


@use_case
def revise(assignment_id: uuid.UUID, criterion: str, *, points: str, reason: str) -> None:
    """The member changes one of its marks after the discussion; the mark before and the reason stay on record."""
    row = own(assignment_id)
    if row.submitted_at is None:
        raise NotFound(WHAT)
    _must_be_discussed(row.turn)
    score = db.session.get(CommitteeScore, (row.id, criterion), with_for_update=True)
    if score is None or score.points is None:
        raise NotFound(Text("評価項目", "The criterion"))
    mark, words = checked_mark(rules_of(row.turn.rules), points), checked_words(reason, "reason")
    if mark == score.points:
        raise bad(
            "same_mark",
            Text("評点が変わっていません。", "The mark is the same as before."),
            Text("ちがう評点を選ぶか、そのままにしてください。", "Choose another mark, or leave it."),
            "points",
        )
    before, score.points = score.points, mark
    db.session.add(
        CommitteeRevision(
            turn_id=row.turn_id,
            assignment_id=row.id,
            person_id=row.person_id,
            person_name=row.person_name,
            criterion=criterion,
            before_points=before,
            after_points=mark,
            reason=words,
        )
    )
    record(
        "committee_score_revised",
        row.registration_id,
        before={"points": before},
        after={"points": mark, "criterion": criterion, "reason": words},
    )


def _must_be_discussed(turn: CommitteeTurn) -> None:
    if turn.opened_at is None or turn.closed_at is not None:
        raise bad(
            "not_discussed_now",
            Text(
                "議論と評点の見直しは、全員の採点がそろってから決定までの間にできます。",
                "Discussion and revision are open from when all have scored until the decision.",
            ),
            Text("画面を開き直して、いまの状態を確認してください。", "Reload the page to see how it stands now."),
        )
