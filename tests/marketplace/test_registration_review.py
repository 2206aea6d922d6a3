"""The committee's way with a registration: assigned, declared, scored blind, discussed, decided, appealed."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
import reviews
from sqlalchemy import select, text, update
from sqlalchemy.exc import ProgrammingError

from marketplace import announcement_queries
from marketplace.registration import committee, committee_queries, conflict_check, decisions, discussion
from marketplace.registration.committee_models import (
    CommitteeAssignment,
    CommitteeRemark,
    CommitteeRevision,
    CommitteeScore,
    CommitteeTurn,
)
from marketplace.registration.models import RegistrationStep
from tenants import clock
from tenants.actor import PUBLIC, SYSTEM, Actor
from tenants.audit import AuditEvent
from tenants.db import act_as, db
from tenants.errors import BadInput, Conflict, IllegalStep, NotFound, NotPermitted, OutsideWindow, StaleVersion
from tenants.models import Membership
from tenants.notices.models import Posting

REFUSED = (
    "row-level security|permission denied|append-only|stays|over|counts by itself|only|a conflict|closes|mark"
)


@pytest.fixture
def review(services, organisation, actor_of) -> reviews.Review:
    return reviews.build(organisation, actor_of)


def codes(error: pytest.ExceptionInfo[BadInput]) -> list[str]:
    return [finding.code for finding in error.value.findings]


def told(template: str) -> int:
    """How many postings of this template there are."""
    with act_as(SYSTEM):
        return len(db.session.scalars(select(Posting.id).where(Posting.template == template)).all())


# --- assignment and conflicts ---


def test_two_members_are_assigned_and_told(review):
    assert review.assign() == 2
    assert told("committee_assigned") == 2
    with act_as(review.members[0]):
        [card] = committee_queries.assignments()
    assert (card.stage, card.vendor.startswith("あおば")) == ("to_declare", True)
    with act_as(review.members[2]):
        assert committee_queries.assignments() == []


def test_one_member_alone_is_too_few(review):
    with pytest.raises(BadInput) as error:
        review.assign(review.members[0])
    assert codes(error) == ["too_few_members"]


def test_the_same_member_named_twice_counts_once(review):
    with pytest.raises(BadInput) as error:
        review.assign(review.members[0], review.members[0])
    assert codes(error) == ["too_few_members"]


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
    assert codes(error) == [code]
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
    assert codes(error) == ["works_for_applicant"]


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
    assert told("committee_conflict") == 1
    row = review.assignment(review.members[0])
    assert (row.declared, row.ended_why) == ("conflict", "conflict")
    with act_as(review.members[0]):
        assert committee_queries.assignment(row.id).document is None
        assert db.session.execute(text("SELECT * FROM vendor_registration")).all() == []
    with pytest.raises(BadInput) as error:
        review.assign(review.members[0])
    assert "declared_conflict" in codes(error)
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
    assert told("scores_shown") == 3


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


# --- discussion and revision ---


def test_reviewers_and_the_secretariat_discuss_and_marks_are_revised_with_a_reason(review):
    review.all_in((5, 3, 4, 3), (2, 4, 4, 3))
    first, second = review.members[:2]
    turn = review.turn()
    with act_as(review.office):
        discussion.remark(turn.id, "実績の評価が分かれています。")
    with act_as(second):
        discussion.remark(turn.id, "資料の4ページを見落としていました。")
        discussion.revise(review.assignment(second).id, "capability", points="4", reason="事例を読み直したため")
        with pytest.raises(BadInput, match="same_mark"):
            discussion.revise(review.assignment(second).id, "capability", points="4", reason="x")
    with act_as(first):
        together = committee_queries.assignment(review.assignment(first).id).together
    assert [(said.before, said.after) for said in together.said][-1] == (2, 4)
    assert together.result.by_criterion["capability"].mean == Fraction(9, 2)
    assert not together.result.flagged
    with act_as(review.members[2]), pytest.raises(NotFound):
        discussion.remark(turn.id, "割り込み")
    with act_as(second), pytest.raises(ProgrammingError, match=r"append-only|permission denied"):
        db.session.execute(update(CommitteeRevision).values(reason="x"))


def test_before_all_are_in_nobody_discusses(review):
    review.assign()
    review.finish(review.members[0])
    with act_as(review.office), pytest.raises(BadInput, match="not_discussed_now"):
        discussion.remark(review.turn().id, "早い")
    with act_as(review.members[0]), pytest.raises(BadInput, match="not_discussed_now"):
        discussion.revise(review.assignment(review.members[0]).id, "support", points="1", reason="x")


def test_who_does_not_score_is_released_and_the_rest_is_shown(review):
    review.assign(*review.members[:3])
    review.finish(review.members[0])
    review.finish(review.members[1])
    row = review.assignment(review.members[2])
    with act_as(review.office):
        committee.release(row.id, reason="期限までに採点されなかったため", read_version=row.version)
    assert review.turn().opened_at is not None
    assert told("scores_shown") == 3


# --- the decision, the list, the appeal ---


def test_adoption_makes_the_vendor_stand_from_today(review):
    review.all_in()
    review.decide()
    row = review.row()
    assert (row.state, row.decision_reason) == ("adopted", "評価が基準を満たすため")
    assert review.standing() == "adopted"
    with act_as(SYSTEM):
        day = db.session.scalar(
            text("SELECT registered_on FROM organisation WHERE id = :id"), {"id": review.vendor.organisation_id}
        )
    assert day == clock.today()
    assert told("registration_decided") == 1
    assert review.turn().closed_at is not None
    with act_as(review.members[0]), pytest.raises(BadInput, match="not_discussed_now"):
        discussion.revise(review.assignment(review.members[0]).id, "support", points="1", reason="x")


def test_no_decision_before_the_quorum_has_handed_in(review):
    with pytest.raises(BadInput, match="scores_missing"):
        review.decide()
    review.assign()
    review.finish(review.members[0])
    with pytest.raises(BadInput, match="scores_missing"):
        review.decide()
    assert review.row().state == "in_committee"
    assert review.standing() == "applicant"


def test_a_decision_needs_a_reason_the_right_role_and_the_newest_version(review, actor_of):
    review.all_in()
    version = review.row().version
    with act_as(review.office):
        with pytest.raises(BadInput, match="reason_missing"):
            decisions.decide(review.registration_id, adopt=True, reason=" ", read_version=version)
        with pytest.raises(StaleVersion):
            decisions.decide(review.registration_id, adopt=True, reason="x", read_version=version + 7)
    reviewer = actor_of(review.office.organisation_id, "secretariat_reviewer")
    for who in (reviewer, review.members[0], review.vendor):
        with act_as(who), pytest.raises((NotPermitted, NotFound)):
            decisions.decide(review.registration_id, adopt=True, reason="x", read_version=version)


def test_the_list_of_adoptions_is_published_once_with_date_and_names(services, organisation, actor_of):
    adopted = [reviews.build(organisation, actor_of) for _ in range(2)]
    for review in adopted:
        review.all_in()
        review.decide()
    ids = [review.registration_id for review in adopted]
    with act_as(adopted[0].office):
        number = decisions.publish_adoptions(ids)
        with pytest.raises(BadInput, match="not_to_be_published"):
            decisions.publish_adoptions(ids[:1])
        with pytest.raises(BadInput, match="nothing_chosen"):
            decisions.publish_adoptions([])
    with act_as(PUBLIC):
        shown = announcement_queries.one(number)
    today = clock.today()
    assert f"{today.year}年{today.month}月{today.day}日" in shown.title.ja
    assert shown.body.ja.count("あおばシステム") == 2
    assert shown.category == "adoption"


def test_an_appeal_goes_to_other_members_and_is_decided_anew(review):
    review.all_in()
    review.decide(adopt=False, reason="体制が不十分")
    assert review.standing() == "applicant"
    with act_as(review.vendor):
        decisions.appeal(review.registration_id, reason="資料を補います", read_version=review.row().version)
    assert told("registration_appealed") == 1
    with act_as(review.office), pytest.raises(BadInput, match="reviewed_before"):
        decisions.reopen(
            review.registration_id,
            [review.members[0].person_id, review.members[2].person_id],
            read_version=review.row().version,
        )
    assert review.row().state == "appealed"
    others = review.members[2:4]
    with act_as(review.office):
        decisions.reopen(
            review.registration_id, [each.person_id for each in others], read_version=review.row().version
        )
    for member in others:
        review.finish(member, (4, 4, 4, 4))
    review.decide()
    assert review.row().state == "adopted"
    assert review.turn().number == 2
    with act_as(review.vendor):
        steps = db.session.scalars(select(RegistrationStep.step).order_by(RegistrationStep.id)).all()
    assert steps == ["reject", "appeal", "pass_to_committee", "adopt"]


def test_an_appeal_is_dismissed_with_a_reason_and_comes_once(review):
    review.all_in()
    review.decide(adopt=False)
    with act_as(review.vendor):
        decisions.appeal(review.registration_id, reason="納得できません", read_version=review.row().version)
    with act_as(review.office):
        decisions.dismiss_appeal(
            review.registration_id, reason="新しい事実がないため", read_version=review.row().version
        )
    assert review.row().state == "not_adopted"
    with act_as(review.vendor), pytest.raises(BadInput, match="appealed_once"):
        decisions.appeal(review.registration_id, reason="もう一度", read_version=review.row().version)


def test_an_appeal_comes_in_time_to_the_last_second_of_the_last_day(review):
    review.all_in()
    review.decide(adopt=False)
    row = review.row()
    due = decisions.appeal_deadline(row.decided_at, 14)
    with clock.at(due + timedelta(seconds=1)), act_as(review.vendor), pytest.raises(OutsideWindow):
        decisions.appeal(review.registration_id, reason="遅い", read_version=row.version)
    with clock.at(due), act_as(review.vendor):
        decisions.appeal(review.registration_id, reason="間に合う", read_version=row.version)


def test_what_was_decided_is_not_decided_again(review):
    review.all_in()
    review.decide()
    with pytest.raises(IllegalStep):
        review.decide(adopt=False)


# --- two at once ---


def test_two_who_decide_at_once_decide_once(review, services):
    review.all_in()
    version = review.row().version
    office = review.office

    def decide(wanted: str) -> str:
        with services.app_context():
            try:
                with act_as(office):
                    decisions.decide(
                        review.registration_id,
                        adopt=wanted == "adopted",
                        reason="決定の理由",
                        read_version=version,
                    )
            except (StaleVersion, Conflict, IllegalStep) as error:
                return type(error).__name__
            finally:
                db.session.remove()
            return wanted

    with ThreadPoolExecutor(2) as pool:
        done = sorted(pool.map(decide, ("adopted", "not_adopted")))
    won = [each for each in done if each in ("adopted", "not_adopted")]
    assert len(won) == 1, done
    assert review.row().state == won[0]
    assert told("registration_decided") == 1


def test_two_last_marks_at_once_open_the_turn_once(review, services):
    review.assign()
    pair = review.members[:2]
    for member in pair:
        review.declare(member)
        review.score(member)
    rows = {member.person_id: review.assignment(member) for member in pair}

    def submit(member: Actor) -> bool:
        with services.app_context():
            try:
                with act_as(member):
                    row = rows[member.person_id]
                    return committee.submit_scores(row.id, read_version=row.version)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(submit, pair)) == [False, True]
    assert review.turn().opened_at is not None
    assert told("scores_shown") == 3


def test_a_decision_waits_for_the_last_marks_or_is_refused(review, services):
    review.assign()
    review.finish(review.members[0])
    last = review.members[1]
    review.declare(last)
    review.score(last)
    row, version = review.assignment(last), review.row().version

    def run(what: str) -> str:
        with services.app_context():
            try:
                if what == "submit":
                    with act_as(last):
                        committee.submit_scores(row.id, read_version=row.version)
                else:
                    with act_as(review.office):
                        decisions.decide(review.registration_id, adopt=True, reason="理由", read_version=version)
            except BadInput as error:
                return error.code
            finally:
                db.session.remove()
            return what

    with ThreadPoolExecutor(2) as pool:
        done = set(pool.map(run, ("submit", "decide")))
    assert done in ({"submit", "decide"}, {"submit", "scores_missing"})
    assert (review.row().state == "adopted") == ("decide" in done)
