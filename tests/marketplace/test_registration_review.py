"""The committee's way with a registration: assigned, declared, scored blind."""

from __future__ import annotations

import uuid
from fractions import Fraction
from typing import Any

import pytest
import reviews
from sqlalchemy import select, text, update
from sqlalchemy.exc import ProgrammingError

from marketplace.registration import committee, committee_queries, conflict_check
from marketplace.registration.committee_models import (
    CommitteeAssignment,
    CommitteeRemark,
    CommitteeScore,
    CommitteeTurn,
)
from tenants import clock
from tenants.actor import PUBLIC, SYSTEM, Actor
from tenants.audit import AuditEvent
from tenants.db import act_as, db
from tenants.errors import BadInput, NotFound
from tenants.models import Membership

REFUSED = (
    "row-level security|permission denied|append-only|stays|over|counts by itself|only|a conflict|closes|mark"
)


@pytest.fixture
def review(services, organisation, actor_of) -> reviews.Review:
    return reviews.build(organisation, actor_of)


# --- assignment and conflicts ---


def test_two_members_are_assigned_and_told(review):
    assert review.assign() == 2
    assert reviews.told("committee_assigned") == 2
    with act_as(review.members[0]):
        [card] = committee_queries.assignments()
    assert (card.stage, card.vendor.startswith("あおば")) == ("to_declare", True)
    with act_as(review.members[2]):
        assert committee_queries.assignments() == []


def test_one_member_alone_is_too_few(review):
    with pytest.raises(BadInput) as error:
        review.assign(review.members[0])
    assert reviews.codes(error) == ["too_few_members"]


def test_the_same_member_named_twice_counts_once(review):
    with pytest.raises(BadInput) as error:
        review.assign(review.members[0], review.members[0])
    assert reviews.codes(error) == ["too_few_members"]


@pytest.mark.parametrize(
    ("kind", "name", "number", "code"),
    [
        ("employer", "あおばホールディングス", "", "same_company"),
        ("contract", "名前がちがう会社", "1180301018771", "declared_relation"),
        ("employer", "", "", "same_company"),
    ],
)
def test_a_declared_relation_blocks(review, kind, name, number, code):
    own = review.members[0]
    with act_as(SYSTEM):
        applicant = db.session.scalar(
            text("SELECT name FROM organisation WHERE id = :id"), {"id": review.vendor.organisation_id}
        )
    with act_as(own):
        conflict_check.add_relation(kind=kind, name=name or applicant, number=number, note="")
    with pytest.raises(BadInput) as error:
        review.assign()
    assert reviews.codes(error) == [code]
    assert own.name in error.value.findings[0].message.ja
    with act_as(review.office):
        blocked = {
            each.name: [finding.code for finding in each.findings]
            for each in conflict_check.candidates(review.registration_id)
        }
    assert blocked[own.name] == [code]
    assert not blocked[review.members[1].name]


def test_a_member_who_works_for_the_applicant_is_blocked(review):
    with act_as(SYSTEM):
        db.session.add(
            Membership(
                organisation_id=review.vendor.organisation_id,
                person_id=review.members[0].person_id,
                role="vendor_viewer",
            )
        )
        db.session.commit()
    with pytest.raises(BadInput) as error:
        review.assign()
    assert reviews.codes(error) == ["works_for_applicant"]


def test_who_is_no_member_is_not_found(review):
    with act_as(review.office), pytest.raises(NotFound):
        committee.assign(review.registration_id, [review.vendor.person_id, review.members[0].person_id])


def test_nothing_is_shown_before_the_member_declared(review):
    review.assign()
    row = review.assignment(review.members[0])
    with act_as(review.members[0]):
        view = committee_queries.assignment(row.id)
        assert view.document is None
        assert view.papers == ()
        assert db.session.execute(text("SELECT * FROM vendor_registration")).all() == []
        with pytest.raises(BadInput, match="not_declared"):
            committee.save_score(row.id, "support", points="3", comment="")
    review.declare(review.members[0])
    with act_as(review.members[0]):
        assert committee_queries.assignment(row.id).document["content"]["business"]["customers"] == 40


def test_a_conflict_ends_the_assignment_and_another_is_asked(review):
    review.assign()
    review.declare(review.members[0], conflict=True)
    assert reviews.told("committee_conflict") == 1
    row = review.assignment(review.members[0])
    assert (row.declared, row.ended_why) == ("conflict", "conflict")
    with act_as(review.members[0]):
        assert committee_queries.assignment(row.id).document is None
        assert db.session.execute(text("SELECT * FROM vendor_registration")).all() == []
    with pytest.raises(BadInput) as error:
        review.assign(review.members[0])
    assert "declared_conflict" in reviews.codes(error)
    assert review.assign(review.members[2]) == 2


def test_a_conflict_needs_its_reason_and_a_listed_relation_cannot_be_denied(review):
    review.assign()
    row = review.assignment(review.members[0])
    with act_as(review.members[0]):
        with pytest.raises(BadInput, match="note_missing"):
            committee.declare(row.id, conflict=True, note=" ", read_version=row.version)
        conflict_check.add_relation(kind="family", name="あおばホールディングス", number="", note="")
        with pytest.raises(BadInput, match="declared_relation"):
            committee.declare(row.id, conflict=False, note="", read_version=row.version)


def test_a_member_s_list_is_its_own(review):
    first, second = review.members[:2]
    with act_as(first):
        conflict_check.add_relation(kind="officer", name="みなと商事", number="", note="社外取締役")
        [kept] = conflict_check.relations()
    with act_as(second):
        assert conflict_check.relations() == []
        with pytest.raises(NotFound):
            conflict_check.remove_relation(kept.id)
    with act_as(first):
        conflict_check.remove_relation(kept.id)
        assert conflict_check.relations() == []
        with pytest.raises(BadInput, match="bad_kind"):
            conflict_check.add_relation(kind="friend", name="x", number="", note="")
        with pytest.raises(BadInput):
            conflict_check.add_relation(kind="officer", name="x", number="8000012050002", note="")


# --- blind scoring ---


def test_until_all_have_handed_in_nobody_sees_another_s_marks(review):
    first, second = review.members[:2]
    review.assign()
    assert review.finish(first) is False
    review.declare(second)
    review.score(second, (1, 1, 1, 1))
    with act_as(second):
        assert {row.person_id for row in db.session.scalars(select(CommitteeScore))} == {second.person_id}
        assert committee_queries.assignment(review.assignment(second).id).together is None
    with act_as(review.office):
        assert db.session.scalars(select(CommitteeScore)).all() == []
    turn = review.turn()
    assert turn.together is None
    assert {each.name: each.stage for each in turn.progress} == {first.name: "submitted", second.name: "scoring"}
    assert review.submit(second) is True
    for who in (first, second):
        with act_as(who):
            together = committee_queries.assignment(review.assignment(who).id).together
            assert together is not None
            assert len(together.members) == 2
    assert reviews.told("scores_shown") == 3


def test_the_spread_is_exact_and_flags_where_members_are_far_apart(review):
    review.all_in((5, 3, 4, 3), (2, 4, 4, 3))
    together = review.turn().together
    assert together.result.flagged == ("capability",)
    assert together.result.by_criterion["capability"].mean == Fraction(7, 2)
    assert together.result.total.mean == Fraction(7, 2)


def test_a_member_without_assignment_sees_none_even_when_shown(review):
    review.all_in()
    with act_as(review.members[3]):
        for table in ("committee_score", "committee_turn", "committee_assignment", "committee_remark"):
            assert db.session.execute(text(f"SELECT * FROM {table}")).all() == []
        with pytest.raises(NotFound):
            committee_queries.assignment(review.assignment(review.members[0]).id)


@pytest.mark.parametrize("audience", ["vendor", "public", "sme"])
def test_the_vendor_the_public_and_businesses_read_nothing_of_it(review, audience):
    review.all_in()
    actor = {
        "vendor": review.vendor,
        "public": PUBLIC,
        "sme": Actor("sme", uuid.uuid4(), uuid.uuid4(), frozenset({"sme_owner"})),
    }[audience]
    with act_as(actor):
        for table in (
            "committee_score", "committee_turn", "committee_assignment", "committee_remark", "committee_revision",
            "committee_relation", "committee_paper",
        ):  # fmt: skip
            assert db.session.execute(text(f"SELECT * FROM {table}")).all() == [], table


def test_the_vendor_s_own_trail_names_no_member_and_no_mark(review):
    review.all_in()
    review.decide()
    names = {member.name for member in review.members}
    with act_as(review.vendor):
        events = db.session.execute(select(AuditEvent.name, AuditEvent.actor_name)).all()
    assert events
    assert not {event.actor_name for event in events} & names
    assert not [event.name for event in events if event.name.startswith("committee")]
    with act_as(SYSTEM):
        saved = db.session.scalars(
            select(AuditEvent.after).where(AuditEvent.name == "committee_score_saved")
        ).all()
    assert saved
    assert all("points" not in after for after in saved)


def test_handing_in_needs_every_mark_and_comment(review):
    review.assign()
    member = review.members[0]
    review.declare(member)
    row = review.assignment(member)
    with act_as(member):
        committee.save_score(row.id, "capability", points="4", comment="")
        committee.save_score(row.id, "support", points="", comment="窓口があります。")
        with pytest.raises(BadInput) as error:
            committee.submit_scores(row.id, read_version=row.version)
    assert [finding.field for finding in error.value.findings] == [
        "comment-capability", "points-productivity", "points-support", "points-soundness",
    ]  # fmt: skip


def test_the_sheet_is_kept_and_handed_in_at_once_or_not_at_all(review):
    """One that saved itself and comes late stands neither between the two nor on what was handed in."""
    review.assign()
    member = review.members[0]
    review.declare(member)
    row = review.assignment(member)
    whole = dict.fromkeys(("capability", "productivity", "support", "soundness"), ("4", "実績があります。"))
    with act_as(member):
        lacking = whole | {"soundness": ("4", "")}
        with pytest.raises(BadInput):
            committee.submit_scores(row.id, lacking, read_version=row.version)
        assert db.session.scalars(select(CommitteeScore.comment)).all().count("実績があります。") == 0
        committee.submit_scores(row.id, whole, read_version=row.version)
        with pytest.raises(BadInput, match="assignment_over"):
            committee.save_scores(row.id, {"soundness": ("1", "")})
        assert set(db.session.scalars(select(CommitteeScore.comment))) == {"実績があります。"}


@pytest.mark.parametrize("points", ["0", "6", "x", "３", "3.5"])
def test_marks_off_the_scale_are_refused(review, points):
    review.assign()
    review.declare(review.members[0])
    with act_as(review.members[0]), pytest.raises(BadInput, match="bad_mark"):
        committee.save_score(review.assignment(review.members[0]).id, "support", points=points, comment="")


def test_what_was_handed_in_is_not_written_over(review):
    review.assign()
    review.finish(review.members[0])
    row = review.assignment(review.members[0])
    with act_as(review.members[0]), pytest.raises(BadInput, match="assignment_over"):
        committee.save_score(row.id, "support", points="1", comment="")


def test_another_s_assignment_is_not_found(review):
    review.assign()
    row = review.assignment(review.members[0])
    with act_as(review.members[1]), pytest.raises(NotFound):
        committee.declare(row.id, conflict=False, note="", read_version=row.version)


# --- the second wall: plain SQL as another member ---


def refused(actor: Actor, statement: Any) -> None:
    """It is an error, or touches no row."""
    with act_as(actor):
        try:
            changed = db.session.execute(statement).rowcount
        except ProgrammingError as error:
            changed = 0 if error.orig.sqlstate == "42501" else 1
        db.session.rollback()
    assert changed == 0


def test_plain_sql_opens_no_marks_early(review):
    first, second = review.members[:2]
    review.assign()
    review.finish(first)
    review.declare(second)
    mine, theirs = review.assignment(second), review.assignment(first)
    for statement in (
        update(CommitteeTurn).values(opened_at=clock.now()),
        update(CommitteeTurn).values(waiting=0),
        update(CommitteeTurn).values(closed_at=clock.now()),
        update(CommitteeAssignment).where(CommitteeAssignment.id == mine.id).values(submitted_at=clock.now()),
        update(CommitteeAssignment)
        .where(CommitteeAssignment.id == mine.id)
        .values(ended_at=clock.now(), ended_why="released"),
        update(CommitteeAssignment).where(CommitteeAssignment.id == theirs.id).values(declared_note="x"),
        update(CommitteeScore).where(CommitteeScore.assignment_id == theirs.id).values(points=1),
    ):
        refused(second, statement)
    for statement in (
        update(CommitteeTurn).values(opened_at=clock.now()),
        update(CommitteeTurn).values(closed_at=clock.now()),
        update(CommitteeAssignment).where(CommitteeAssignment.id == mine.id).values(submitted_at=clock.now()),
        update(CommitteeScore).values(points=5),
    ):
        refused(review.office, statement)
    assert review.turn().opened_at is None


def test_plain_sql_scores_for_nobody_else(review):
    review.assign()
    first, second = review.members[:2]
    review.declare(first)
    row = review.assignment(first)
    refused(
        second,
        CommitteeScore.__table__.insert().values(
            assignment_id=row.id, criterion="support", turn_id=row.turn_id, person_id=second.person_id,
            points=1, comment="", saved_at=clock.now(),
        ),
    )  # fmt: skip
    refused(
        second,
        CommitteeRemark.__table__.insert().values(
            turn_id=row.turn_id, person_id=second.person_id, author="x", words="早い", written_at=clock.now()
        ),
    )
