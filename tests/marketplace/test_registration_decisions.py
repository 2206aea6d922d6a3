"""After the scores: discussion, decision, published list, appeal; two at once at any of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from fractions import Fraction

import pytest
import reviews
from sqlalchemy import select, text, update
from sqlalchemy.exc import ProgrammingError

from catalogue import masters
from marketplace import announcement_queries
from marketplace.registration import committee, committee_queries, decisions, discussion
from marketplace.registration.committee_models import (
    CommitteeRevision,
)
from marketplace.registration.models import RegistrationStep, VendorRegistration
from tenants import clock
from tenants.actor import PUBLIC, SYSTEM, Actor
from tenants.audit import AuditEvent
from tenants.db import act_as, db
from tenants.errors import BadInput, Conflict, IllegalStep, NotFound, NotPermitted, OutsideWindow, StaleVersion
from tenants.models import Organisation

REFUSED = (
    "row-level security|permission denied|append-only|stays|over|counts by itself|only|a conflict|closes|mark"
)


@pytest.fixture
def review(services, organisation, actor_of) -> reviews.Review:
    return reviews.build(organisation, actor_of)


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
    assert reviews.told("scores_shown") == 3


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
    assert reviews.told("registration_decided") == 1
    assert review.turn().closed_at is not None
    with act_as(review.members[0]), pytest.raises(BadInput, match="not_discussed_now"):
        discussion.revise(review.assignment(review.members[0]).id, "support", points="1", reason="x")


@pytest.mark.parametrize(("telephone", "kept"), [("（０３）１２３４ー５６７８", "0312345678"), ("内線12", "")])
def test_adoption_takes_over_who_represents_the_vendor_and_its_telephone(review, telephone, kept):
    with act_as(SYSTEM):
        row = db.session.get_one(VendorRegistration, review.registration_id)
        row.content = {**row.content, "contact": {"telephone": telephone}}
        db.session.commit()
    review.all_in()
    review.decide()
    with act_as(SYSTEM):
        vendor = db.session.get_one(Organisation, review.vendor.organisation_id)
        assert (vendor.representative, vendor.telephone) == ("青葉 一郎", kept)
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.name == "organisation_edited")).one()
        assert "青葉" not in str(event.after), "a name lies beside the chain"


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
    assert reviews.told("registration_appealed") == 1
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


def test_later_rules_change_no_deadline_of_a_decision_that_was_made(review):
    """Rules with other days, loaded after the decision and dated before it, count for later decisions only."""
    review.all_in()
    review.decide(adopt=False)
    row = review.row()
    known = masters.newest("vendor_review", "2017")
    later = masters.MasterDocument(
        "vendor_review",
        "2017",
        known.version + 1,
        known.effective_from,
        "試験",
        known.content | {"appeal_days": 3},
    )
    with act_as(SYSTEM):
        masters.load([later])
    assert committee.current_rules()[0].appeal_days == 3
    assert committee.rules_at(clock.now()).appeal_days == 3
    with act_as(review.vendor):
        view = decisions.own_decision()
        assert view.due == decisions.appeal_deadline(row.decided_at, 14)
    assert committee.rules_at(row.decided_at - timedelta(days=9000)).appeal_days == 14, "the first there was"
    with pytest.raises(NotFound):
        masters.known_at("vendor_review", "1999", clock.now())
    with clock.at(view.due), act_as(review.vendor):
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
    assert reviews.told("registration_decided") == 1


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
    assert reviews.told("scores_shown") == 3


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
