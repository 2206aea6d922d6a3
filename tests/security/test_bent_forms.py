"""Forms that name another's things, or fields that are not on them."""

from __future__ import annotations

import json
import re
import uuid

import house as building
import pytest
from everything import changed, everything
from sqlalchemy import select

from catalogue.models import Package, PackageItem, Product
from marketplace.models import GrantApplication
from tenants.actor import SYSTEM
from tenants.db import act_as, db
from tenants.models import Membership, Organisation

pytestmark = pytest.mark.security


def test_another_s_listings_are_not_chosen_in_a_list(house, owner):
    chosen = f"product:{house.names['product']}:1"
    stranger, shop = house.browser(house.strangers["vendor_owner"]), house.browser(house.own["sme_owner"])
    before = everything(owner)
    for place in ("/vendor/products/submit", "/vendor/packages/submit"):
        answer = stranger.post_form(place, data={"chosen": chosen})
        assert answer.status_code in (404, 422), answer.status_code
    answer = shop.post_form("/vendor/products/submit", data={"chosen": chosen})
    assert answer.status_code == 403
    assert changed(owner, before) == set()


def test_another_s_product_is_not_put_into_one_s_package(house):
    stranger = house.browser(house.strangers["vendor_owner"])
    page = stranger.get("/vendor/new-package")
    assert page.status_code == 200
    names = set(re.findall(r'name="([^"]+)"', page.text)) - {"csrf_token"}
    filled = dict.fromkeys(names, "D-1") | {"code": "THEIRS", "name": "横取りパック", "industries": "all"}
    answer = stranger.post_form("/vendor/new-package", data=filled)
    assert answer.status_code < 500
    assert building.SECRETS[0] not in answer.text
    with act_as(SYSTEM):
        held = select(PackageItem.organisation_id).join(Product, Product.id == PackageItem.product_id)
        wrong = held.where(PackageItem.organisation_id != Product.organisation_id)
        assert db.session.scalars(wrong).all() == []
        db.session.rollback()


@pytest.mark.parametrize("who", ["vendor_owner", "sme_owner", "secretariat_administrator"])
def test_the_people_of_others_are_not_reached_through_a_form(house, owner, who):
    """``committee`` names whose people are meant; only the secretariat's own committees can be."""
    with act_as(SYSTEM):
        others = {
            str(row)
            for row in db.session.scalars(
                select(Organisation.id).where(
                    Organisation.kind != "committee", Organisation.id != house.own[who].organisation_id
                )
            )
        }
        db.session.rollback()
    browser = house.browser(house.own[who], fresh=True)
    before = everything(owner)
    colleague = house.names["colleague"]
    for other in others:
        asked = browser.get("/organisation/people", query_string={"committee": other})
        assert asked.status_code == 404
        for path, data in (
            ("/organisation/people/invite", {"email": "me@evil.example", "roles": "vendor_owner"}),
            (f"/organisation/people/{colleague}/roles", {"roles": "vendor_owner"}),
            (f"/organisation/people/{colleague}/remove", {}),
            (f"/organisation/invitations/{house.names['invitation']}/revoke", {}),
        ):
            for how in (
                {"data": data | {"committee": other}},
                {"data": data, "query_string": {"committee": other}},
            ):
                answer = browser.post_form(path, **how)
                assert answer.status_code == 404, (path, answer.status_code)
    assert changed(owner, before) == set()


def test_roles_of_another_kind_are_not_given(house, owner):
    browser = house.browser(house.own["vendor_owner"], fresh=True)
    before = everything(owner)
    for role in ("secretariat_administrator", "sme_owner", "committee_member", "system", "", "vendor_owner,x"):
        for path in (f"/organisation/people/{house.names['colleague']}/roles", "/organisation/people/invite"):
            answer = browser.post_form(path, data={"roles": ["vendor_viewer", role], "email": "a@evil.example"})
            assert answer.status_code == 422, (role, path)
    assert changed(owner, before) == set()


def test_nobody_switches_to_an_organisation_that_is_not_theirs(house):
    for person in (house.own["vendor_owner"], house.own["sme_member"], house.nobody_yet):
        browser = house.browser(person, fresh=True)
        for other in (house.own["secretariat_administrator"], house.strangers["vendor_owner"]):
            answer = browser.post_form("/sign-in/organisation", data={"organisation": str(other.organisation_id)})
            assert answer.status_code == 404
        assert browser.get("/secretariat/").status_code == 403


EXTRA = {
    "kind": "secretariat",
    "standing": "adopted",
    "state": "published",
    "role": "secretariat_administrator",
    "roles": "secretariat_administrator",
    "number_verified_at": "2026-01-01",
    "registered_on": "2026-01-01",
    "submitted_at": "2020-01-01",
    "decided_at": "2020-01-01",
    "subsidy_yen": "1000000",
    "estimate": '{"subsidy_yen": 1000000}',
}


def test_fields_that_are_not_on_the_form_do_nothing(house):
    newcomer = house.browser(house.nobody_yet, fresh=True)
    theirs = house.strangers["sme_owner"].organisation_id
    shop = {"form": "sole_proprietor", "name": "欲ばりの店", "prefecture": "東京都", "address": "1-1"}
    extra = EXTRA | {"organisation_id": str(theirs), "id": str(theirs), "person_id": str(uuid.uuid4())}
    answer = newcomer.post_form("/my/register", data=shop | extra | {"form": "sole_proprietor"})
    assert answer.status_code == 302, answer.text
    with act_as(SYSTEM):
        made = db.session.scalars(select(Organisation).where(Organisation.name == "欲ばりの店")).one()
        assert (made.kind, made.standing, made.number_verified_at) == ("sme", None, None)
        assert made.id != theirs
        roles = db.session.scalars(select(Membership.role).where(Membership.organisation_id == made.id)).all()
        assert roles == ["sme_owner"]
        db.session.rollback()


def test_an_edited_listing_stays_its_vendor_s_draft(house):
    browser = house.browser(house.own["vendor_owner"])
    page = browser.get("/vendor/packages/DP-1/edit")
    found = re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page.text)
    filled = {name: value for name, value in found if name != "csrf_token"}
    other = str(house.strangers["vendor_owner"].organisation_id)
    more = EXTRA | {"organisation_id": other, "vendor": other, "code": "DP-1", "name": building.SECRETS[1]}
    browser.post_form("/vendor/packages/DP-1/edit", data=filled | more)
    with act_as(SYSTEM):
        row = db.session.scalars(select(Package).where(Package.code == "DP-1")).one()
        assert (row.state, row.organisation_id) == ("draft", house.own["vendor_owner"].organisation_id)
        assert row.submitted_at is row.decided_at is None
        db.session.rollback()


def test_an_application_says_what_the_site_worked_out(house):
    """What a browser sends as amounts is not looked at."""
    with act_as(SYSTEM):
        before = db.session.scalars(select(GrantApplication)).one()
        told, version = json.dumps(before.estimate, sort_keys=True), before.version
        db.session.rollback()
    path = f"/my/applications/{house.names['application']}"
    for person, action in ((house.own["sme_owner"], "confirm"), (house.own["sme_owner"], "correction")):
        answer = house.browser(person).post_form(f"{path}/{action}", data=EXTRA | {"version": str(version)})
        assert 400 <= answer.status_code < 500
    with act_as(SYSTEM):
        after = db.session.scalars(select(GrantApplication)).one()
        assert json.dumps(after.estimate, sort_keys=True) == told
        assert after.state == "draft"
        db.session.rollback()
