"""The whole way of an application, what is kept of it, and what stays frozen."""

from __future__ import annotations

import pytest
from grants import CODE, DURING, VENDOR_NUMBER, World, build, by, package, prepared
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from catalogue import masters
from marketplace import pricing
from marketplace.applications import queries, services
from marketplace.models import ApplicationStep, GrantApplication
from tenants import audit
from tenants.actor import SYSTEM
from tenants.db import act_as, db
from tenants.errors import BadInput, StaleVersion
from tenants.models import Organisation


@pytest.fixture
def world(organisation, actor_of) -> World:
    return build(organisation, actor_of)


def test_from_the_choice_to_the_submission(world):
    application_id = world.reach("submitted")
    view = world.view(application_id)
    assert view.card.state.code == "submitted"
    assert [entry.step for entry in view.history] == ["start", "accept", "prepare", "confirm", "submit"]
    assert view.card.total_yen == 700_000
    assert view.card.subsidy_yen == 400_000
    assert view.card.own_cost_yen == 300_000
    assert view.submitted_at == DURING
    assert view.steps == ()


def test_every_step_leaves_one_audit_event_for_each_party(world):
    application_id = world.reach("submitted")
    with by(SYSTEM):
        rows = db.session.execute(
            select(audit.AuditEvent.name, audit.AuditEvent.organisation_id).where(
                audit.AuditEvent.subject_id == str(application_id)
            )
        ).all()
        assert list(audit.verify()) == []
    names = ["application_started", *(f"application_{s}" for s in ("accept", "prepare", "confirm", "submit"))]
    parties = {world.sme.organisation_id, world.vendor.organisation_id}
    assert {(name, party) for name, party in rows} == {(n, p) for n in names for p in parties}


def test_figures_stay_as_chosen_when_package_and_scheme_change(world):
    application_id = world.start()
    before = world.view(application_id)
    world.publish(package("値上げしたパック", price=1_400_000))
    with by(SYSTEM):
        row = masters.newest("scheme", "2017")
        content = {**row.content, "version": row.version + 1}
        content["limits"] = {**content["limits"], "caps": [{**content["limits"]["caps"][0], "yen": 300_000}]}
        masters.load(
            [masters.MasterDocument("scheme", "2017", row.version + 1, row.effective_from, "試験", content)]
        )
        assert pricing.scheme().version == row.version + 1
    world.take("accept", application_id)
    world.take("prepare", application_id)
    after = world.view(application_id)
    assert after.chosen == before.chosen
    assert after.estimate == before.estimate
    assert (after.scheme_id, after.scheme_version) == ("2017", 3)
    assert after.card.subsidy_yen == 400_000


def test_nobody_applies_for_their_own_tool(world):
    """A vendor may be an applicant too, but not for what it sells itself: known by the number."""
    with act_as(SYSTEM):
        business = db.session.get_one(Organisation, world.sme.organisation_id)
        business.corporate_number = VENDOR_NUMBER
        db.session.commit()
    with pytest.raises(BadInput, match="own_tool"):
        world.start()
    with act_as(SYSTEM):
        db.session.get_one(Organisation, world.sme.organisation_id).corporate_number = "9010401052465"
        db.session.commit()
    assert world.start()


def test_what_was_looked_at_is_what_is_chosen(world):
    with by(world.sme):
        seen = services.live_package(CODE).id
    world.publish(package(price=900_000))
    with by(world.sme), pytest.raises(StaleVersion):
        services.start(CODE, publication_id=seen)


def test_a_consent_stays_on_record_when_a_change_voids_it(world):
    application_id = world.reach("confirmed")
    agreed = world.view(application_id).document_hash
    with by(world.vendor):
        version = queries.application(application_id).version
        services.prepare(application_id, prepared(purpose="別の目的"), read_version=version)
    view = world.view(application_id)
    assert view.card.state.code == "prepared"
    assert view.confirmed_at is None
    assert view.confirmed_hash is None
    assert view.document_hash != agreed
    with by(SYSTEM):
        step = db.session.scalars(
            select(ApplicationStep).where(
                ApplicationStep.application_id == application_id, ApplicationStep.step == "confirm"
            )
        ).one()
        assert step.document_hash == agreed
        assert step.person_id == world.sme.person_id
        assert step.document["prepared"]["purpose"] == "予約の電話で手が止まる"
    assert view.comparison is not None
    assert view.comparison.was_confirmed
    assert [(c.label.en, c.before, c.after) for c in view.comparison.changes] == [
        ("Purpose: the problem of today", "予約の電話で手が止まる", "別の目的")
    ]


def test_without_a_consent_the_text_before_is_compared(world):
    application_id = world.reach("prepared")
    assert world.view(application_id).comparison is None
    world.take("ask_correction", application_id)
    with by(world.vendor):
        version = queries.application(application_id).version
        services.prepare(application_id, prepared(address="大阪市北区2-2"), read_version=version)
    comparison = world.view(application_id).comparison
    assert comparison is not None
    assert not comparison.was_confirmed
    assert [change.after for change in comparison.changes] == ["大阪市北区2-2"]


def test_only_the_text_that_was_seen_can_be_confirmed(world):
    application_id = world.reach("prepared")
    with by(world.sme), pytest.raises(StaleVersion):
        services.confirm(application_id, seen_hash="0" * 64, read_version=world.version(application_id))


@pytest.mark.parametrize("reason", ["", "   ", "あ" * 1001])
@pytest.mark.parametrize(
    ("state", "call", "party"),
    [
        ("draft", services.decline, "vendor"),
        ("prepared", services.ask_correction, "sme"),
        ("draft", services.withdraw, "sme"),
    ],
)
def test_a_reason_has_its_length(world, reason, state, call, party):
    application_id = world.reach(state)
    version = world.version(application_id)
    with by(getattr(world, party)), pytest.raises(BadInput) as refused:
        call(application_id, reason=reason, read_version=version)
    assert refused.value.findings[0].field == "reason"


def test_nothing_is_planned_before_the_decision(world):
    application_id = world.reach("accepted")
    version = world.version(application_id)
    with by(world.vendor), pytest.raises(BadInput) as refused:
        services.prepare(application_id, prepared(introduction_planned_on="2026-11-02"), read_version=version)
    assert refused.value.findings[0].code == "date_not_after_decision"


def test_one_application_in_a_round_until_it_is_withdrawn(world):
    first = world.start()
    with pytest.raises(BadInput) as refused:
        world.start()
    assert refused.value.code == "already_applied"
    world.take("withdraw", first)
    second = world.start()
    assert second != first


def test_one_application_for_a_business_once_it_is_submitted(world):
    world.reach("submitted")
    with pytest.raises(BadInput) as refused:
        world.start()
    assert refused.value.code == "not_eligible_once"


def test_a_package_for_other_industries_is_refused(world):
    world.publish(package(restricted=True, industries=["construction"]))
    with pytest.raises(BadInput) as refused:
        world.start()
    assert refused.value.code == "industry_not_covered"
    world.publish(package(restricted=True, industries=["restaurants"]))
    world.start()


def test_a_package_below_the_floor_is_refused(world):
    world.publish(package(price=200_000))
    with pytest.raises(BadInput) as refused:
        world.start()
    assert refused.value.findings[-1].code == "not_fundable"
    assert len(refused.value.findings) > 1


def test_lists_count_over_all_states(world):
    first = world.reach("withdrawn")
    second = world.start()
    with by(world.sme):
        listed = queries.applications()
        assert {card.id for card in listed.items} == {first, second}
        assert listed.counts == {"withdrawn": 1, "draft": 1}
        assert [card.id for card in queries.applications(state="draft").items] == [second]
        assert queries.applications(page=9).items == ()
    with by(world.vendor):
        cards, counts = queries.board(per_state=1)
        assert counts == {"withdrawn": 1, "draft": 1}
        assert {card.id for card in cards} == {first, second}


def test_the_database_holds_submitted_only_with_consent(world):
    application_id = world.reach("accepted")
    with by(SYSTEM):
        row = db.session.get_one(GrantApplication, application_id)
        row.submitted_at = DURING
        with pytest.raises(IntegrityError, match="ck_grant_application_submitted_confirmed"):
            db.session.flush()
        db.session.rollback()
