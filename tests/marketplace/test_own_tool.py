"""Vendor and applicant must not be the same people: what is refused at each step, and what the secretariat sees."""

from __future__ import annotations

import grants
import pytest
from grants import CODE, VENDOR_NUMBER, World, by, prepared
from one_business import WHY, change, join, settle

from marketplace.applications import own_tool, queries, services
from tenants import duplicate_verdicts
from tenants.actor import SYSTEM, Actor
from tenants.db import act_as, db
from tenants.errors import BadInput, NotPermitted
from tenants.models import Membership


@pytest.fixture
def world(organisation, actor_of) -> World:
    return grants.build(organisation, actor_of)


@pytest.fixture
def administrator(organisation, actor_of) -> Actor:
    return actor_of(organisation("secretariat"), "secretariat_administrator")


def test_one_number_is_refused_also_an_invoice_number(world):
    shop = world.sme.organisation_id
    for numbers in (
        {"corporate_number": VENDOR_NUMBER},
        {"corporate_number": None, "invoice_number": f"T{VENDOR_NUMBER}"},
    ):
        change(shop, **numbers)
        with pytest.raises(BadInput, match="own_tool"):
            world.start()
    change(shop, invoice_number=None, corporate_number="9010401052465")
    assert world.start()


def test_a_person_in_both_is_refused_until_one_of_them_lets_go(world, actor_of):
    both = actor_of(world.vendor_id, "vendor_viewer")
    membership = join(both, world.sme.organisation_id, "sme_member")
    with pytest.raises(BadInput, match="own_tool") as refused:
        world.start()
    words = str(refused.value.findings)
    assert both.name not in words, "the business does not hear of the vendor's people"
    with act_as(SYSTEM):
        db.session.delete(db.session.get_one(Membership, membership))
        db.session.commit()
    assert world.start()


def test_a_sole_proprietor_found_to_be_the_vendor_is_refused_until_the_pair_is_opened_again(world, administrator):
    shop = world.sme.organisation_id
    change(shop, form="sole_proprietor", corporate_number=None)
    settle(administrator, world)
    with pytest.raises(BadInput, match="own_tool"):
        world.start()
    with act_as(administrator):
        duplicate_verdicts.reopen(shop, world.vendor_id, reason="別人でした。")
        duplicate_verdicts.tell_apart(shop, world.vendor_id, reason="別人でした。")
    assert world.start()


def test_another_vendor_s_tools_stay_open_to_it(world, administrator, organisation):
    another = organisation("vendor", name="ほかの会社")
    with act_as(administrator):
        duplicate_verdicts.find_same(world.sme.organisation_id, another, reason=WHY)
    assert world.start()


def test_what_is_only_alike_is_not_refused(world):
    same = {"telephone": "0312345678", "representative": "見本 太郎", "address": "千代田区1-1"}
    change(world.sme.organisation_id, **same)
    change(world.vendor_id, **same)
    assert world.reach("submitted")


@pytest.mark.parametrize(("state", "step"), [("prepared", "confirm"), ("confirmed", "submit")])
def test_what_is_found_meanwhile_stops_the_next_step_of_either_party(world, administrator, state, step):
    application_id = world.reach(state)
    settle(administrator, world)
    with pytest.raises(BadInput, match="own_tool"):
        world.take(step, application_id)
    assert world.view(application_id).card.state.code == state
    world.take("withdraw", application_id)


def test_the_secretariat_sees_what_the_parties_have_in_common(world, administrator):
    application_id = world.reach("accepted")
    with act_as(administrator):
        assert not own_tool.parties(application_id).suspected
    change(
        world.vendor_id, telephone="0312345678", representative="見本 太郎", address="港区9-9", prefecture="東京都"
    )
    with by(world.vendor):
        filled = prepared(
            phone="+81 (3) 1234-5678", representative_name="見本　太郎", address="東京都港区9丁目9 2階"
        )
        services.prepare(application_id, filled, read_version=queries.application(application_id).version)
    with act_as(administrator):
        found = own_tool.parties(application_id)
        assert found.by == ("telephone", "representative", "address")
        assert (found.suspected, found.settled) == (True, None)
        assert (found.vendor_id, found.sme_id) == (world.vendor_id, world.sme.organisation_id)
        duplicate_verdicts.tell_apart(found.vendor_id, found.sme_id, reason=WHY)
        assert not own_tool.parties(application_id).suspected, "somebody looked at it"
        duplicate_verdicts.reopen(found.vendor_id, found.sme_id, reason=WHY)
        duplicate_verdicts.find_same(found.vendor_id, found.sme_id, reason=WHY)
        assert own_tool.parties(application_id).suspected
    for party in (world.sme, world.vendor):
        with act_as(party), pytest.raises(NotPermitted):
            own_tool.parties(application_id)


def test_two_told_apart_who_share_a_person_are_still_shown(world, administrator):
    application_id = world.start()
    join(world.vendor, world.sme.organisation_id, "sme_member")
    with act_as(administrator):
        duplicate_verdicts.tell_apart(world.vendor_id, world.sme.organisation_id, reason=WHY)
        found = own_tool.parties(application_id)
    assert (found.by, found.suspected) == (("person",), True)


def test_the_application_s_page_shows_it_to_the_secretariat_alone(app, organisation, actor_of, administrator):
    world = grants.build(organisation, actor_of, now=True)
    for each in (world.sme.organisation_id, world.vendor_id):
        change(each, telephone="0312345678")
    with act_as(world.sme):
        publication = services.live_package(CODE)
        application_id = services.start(CODE, publication_id=publication.id)
    pair = f"/secretariat/duplicates/{world.vendor_id}/{world.sme.organisation_id}"
    shown = app.test_client().act_as(administrator).get(f"/secretariat/applications/{application_id}").text
    assert "ベンダーと申請者が同じ人たちかもしれません" in shown
    assert "電話番号" in shown
    assert pair in shown
    for party, path in ((world.sme, "my"), (world.vendor, "vendor")):
        page = app.test_client().act_as(party).get(f"/{path}/applications/{application_id}")
        assert page.status_code == 200
        assert "同じ人たち" not in page.text
        assert pair not in page.text


def test_a_refused_start_and_submit_are_pages_with_the_reason(app, organisation, actor_of, administrator):
    world = grants.build(organisation, actor_of, now=True)
    settle(administrator, world)
    client = app.test_client().act_as(world.sme)
    with act_as(world.sme):
        publication = services.live_package(CODE)
    offered = client.get(f"/my/applications/start/{CODE}")
    assert "自社のITツールを自社に導入する交付申請はできません" in offered.text, (
        "it is said before anything is pressed"
    )
    answer = client.post_form(f"/my/applications/start/{CODE}", {"publication": str(publication.id)})
    assert answer.status_code == 422
    assert "自社のITツールを自社に導入する交付申請はできません" in answer.text
