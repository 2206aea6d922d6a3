"""A business that is a vendor and an applicant: the secretariat finds it, and nobody else hears of it."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import text

from tenants import across_kinds
from tenants.across_kinds import CERTAIN, LIKENESSES, Said, strongest_first
from tenants.actor import PUBLIC, SYSTEM, Actor
from tenants.db import act_as, db
from tenants.errors import NotPermitted
from tenants.models import Membership, Organisation

NUMBER, OTHER_NUMBER = "9010401052465", "1180301018771"
HERE = {"address": "千代田区丸の内一丁目9番1号", "prefecture": "東京都"}


@pytest.fixture
def office(services, organisation, actor_of) -> Actor:
    return actor_of(organisation("secretariat"), "secretariat_auditor")


def change(organisation_id: uuid.UUID, **values: str) -> None:
    with act_as(SYSTEM):
        row = db.session.get_one(Organisation, organisation_id)
        for name, value in values.items():
            setattr(row, name, value)
        db.session.commit()


def join(who: Actor, organisation_id: uuid.UUID, role: str) -> None:
    with act_as(SYSTEM):
        db.session.add(Membership(organisation_id=organisation_id, person_id=who.person_id, role=role))
        db.session.commit()


def test_a_number_and_a_name_at_an_address_are_found_across_kinds_each_pair_once(organisation, office):
    both = {kind: organisation(kind, name=f"{kind}の名", corporate_number=NUMBER) for kind in ("vendor", "sme")}
    seller = organisation("vendor", name="株式会社ひまわり商店", corporate_number=OTHER_NUMBER, **HERE)
    buyer = organisation("sme", name="㈱ヒマワリ 商店", prefecture="東京都", address="千代田区丸の内1-9-1 3階")
    with act_as(office):
        page = across_kinds.pairs()
        assert [(each.by, each.vendor.id, each.applicant.id) for each in page.items] == [
            (("number",), both["vendor"], both["sme"]),
            (("name_and_address",), seller, buyer),
        ]
        assert page.total == 2
        assert len(across_kinds.pairs(page=2, per_page=1).items) == 1
        [like] = across_kinds.alike(both["vendor"])
        assert (like.by, like.record.id, like.record.kind) == (("number",), both["sme"], "sme")
        [like] = across_kinds.alike(seller)
        assert (like.by, like.record.id) == (("name_and_address",), buyer)


def test_a_record_of_one_number_name_and_place_is_one_pair_and_a_sole_trader_s_invoice_number_counts(
    organisation, office
):
    same = {"name": "あさひ工房", **HERE}
    vendor = organisation("vendor", corporate_number=NUMBER, **same)
    shop = organisation("sme", form="corporation", invoice_number=f"T{NUMBER}", **same)
    with act_as(office):
        found = [(each.by, each.applicant.id) for each in across_kinds.pairs().items]
        assert found == [(("number", "name_and_address"), shop)]
        assert [each.by for each in across_kinds.alike(shop)] == [("number", "name_and_address")]
    nobody = organisation("vendor")
    with act_as(office):
        assert across_kinds.alike(nobody) == ()
        assert across_kinds.between(nobody, vendor) == ()


@pytest.mark.parametrize(
    ("likeness", "of_vendor", "of_shop"),
    [
        ("telephone", {"telephone": "0312345678"}, {"telephone": "0312345678"}),
        ("representative", {"representative": "代表取締役　髙橋 一郎"}, {"representative": "高橋一郎"}),
        ("address", HERE, {"prefecture": "東京都", "address": "千代田区丸の内1-9-1"}),
    ],
)
def test_each_likeness_is_found_in_the_list_of_the_record_and_between_two(
    organisation, office, likeness, of_vendor, of_shop
):
    vendor, shop, other = (
        organisation("vendor", name="売る側"),
        organisation("sme"),
        organisation("sme", name="他"),
    )
    change(vendor, **of_vendor)
    change(shop, **of_shop)
    with act_as(office):
        [pair] = across_kinds.pairs().items
        assert (pair.by, pair.vendor.id, pair.applicant.id) == ((likeness,), vendor, shop)
        assert [(each.by, each.record.id) for each in across_kinds.alike(vendor)] == [((likeness,), shop)]
        assert across_kinds.between(shop, vendor) == (likeness,)
        assert across_kinds.between(vendor, other) == ()
        assert across_kinds.same_people(shop, vendor) is False, "it may be, and is not certain"


def test_what_is_unknown_of_both_is_nothing_in_common(organisation, office):
    for kind in ("vendor", "sme"):
        change(organisation(kind, name=f"{kind}の名"), telephone="", representative="", address="")
    with act_as(office):
        assert across_kinds.pairs().items == ()


def test_a_person_in_both_is_found_by_name_and_is_certain(organisation, office, actor_of):
    vendor, shop = organisation("vendor"), organisation("sme")
    who = actor_of(vendor, "vendor_owner")
    join(who, vendor, "vendor_editor")
    join(who, shop, "sme_member")
    with act_as(office):
        [pair] = across_kinds.pairs().items
        assert (pair.by, pair.vendor.id, pair.applicant.id) == (("person",), vendor, shop)
        assert across_kinds.between(vendor, shop) == ("person",)
        assert across_kinds.in_both(shop, vendor) == (who.name,)
        assert [each.by for each in across_kinds.alike(shop)] == [("person",)]
        assert across_kinds.same_people(shop, vendor) is True


def test_what_papers_say_besides_counts_and_what_is_not_registered_yet_is_compared_too(organisation, office):
    shop = organisation("sme", name="みなと食堂", **HERE)
    change(shop, telephone="0312345678", representative="見本 太郎")
    vendor = organisation("vendor", name="売る側", address="どこか")
    more = Said(telephones=("03-1234-5678",), representatives=("みほん", "見本太郎"))
    with act_as(office):
        [found] = across_kinds.alike(vendor, more=more)
        assert found.by == ("telephone", "representative")
        whole = Said(addresses=("東京都千代田区丸の内1-9-1 2階",))
        assert across_kinds.between(vendor, shop, more=whole) == ("address",)
        [found] = across_kinds.like(Said("みなと食堂", NUMBER, **HERE))
        assert (found.by, found.record.id) == (("name_and_address",), shop)
        assert across_kinds.like(Said()) == ()


def test_the_strongest_comes_first_and_a_place_is_not_told_twice():
    assert strongest_first(reversed(LIKENESSES)) == LIKENESSES[:-1]
    assert strongest_first(["address", "telephone"]) == ("telephone", "address")
    assert LIKENESSES[: len(CERTAIN)] == CERTAIN


def test_the_likest_pair_comes_first(organisation, office):
    shop = organisation("sme", name="ひまわり", **HERE)
    change(shop, telephone="0312345678")
    one = organisation("vendor", name="同じ場所", **HERE)
    two = organisation("vendor", name="同じ場所と電話", **HERE)
    change(two, telephone="0312345678")
    with act_as(office):
        assert [each.vendor.id for each in across_kinds.pairs().items] == [two, one]
        assert next(each.record.id for each in across_kinds.alike(shop)) == two


def test_the_list_costs_the_same_for_many(organisation, office, statements):
    for nth in range(6):
        for kind in ("vendor", "sme"):
            change(organisation(kind, name=f"{kind}{nth}"), telephone=f"031234567{nth}")
    with act_as(office), statements() as seen:
        page = across_kinds.pairs(per_page=4)
    assert (len(page.items), page.total) == (4, 6)
    assert len(seen) == 3


def test_nobody_else_is_told(organisation, actor_of, services):
    shop, vendor = organisation("sme"), organisation("vendor")
    for who in (actor_of(shop, "sme_owner"), actor_of(vendor, "vendor_owner"), PUBLIC):
        with act_as(who):
            for ask in (
                lambda: across_kinds.alike(shop),
                lambda: across_kinds.like(Said("x")),
                lambda: across_kinds.between(shop, vendor),
                lambda: across_kinds.in_both(shop, vendor),
                across_kinds.pairs,
            ):
                with pytest.raises(NotPermitted):
                    ask()


@pytest.mark.security
def test_whether_they_are_the_same_people_is_told_to_the_parties_alone(organisation, actor_of, office):
    vendor, shop = organisation("vendor", corporate_number=NUMBER), organisation("sme", corporate_number=NUMBER)
    owner, seller = actor_of(shop, "sme_owner"), actor_of(vendor, "vendor_owner")
    stranger = actor_of(organisation("sme"), "sme_owner")
    told = {}
    for name, who in {
        "office": office,
        "shop": owner,
        "seller": seller,
        "stranger": stranger,
        "public": PUBLIC,
    }.items():
        with act_as(who):
            told[name] = across_kinds.same_people(shop, vendor)
    # The vendor is a party once there is an application: before, it could ask after anybody.
    assert told == {"office": True, "shop": True, "seller": False, "stranger": False, "public": False}


@pytest.mark.security
def test_a_party_reads_no_row_of_the_other_one(organisation, actor_of):
    vendor, shop = organisation("vendor", standing="applicant"), organisation("sme")
    for who, own in ((actor_of(shop, "sme_owner"), shop), (actor_of(vendor, "vendor_owner"), vendor)):
        with act_as(who):
            assert across_kinds.same_people(shop, vendor) is False
            assert db.session.scalars(text("SELECT id FROM organisation")).all() == [own]
            assert set(db.session.scalars(text("SELECT organisation_id FROM membership"))) == {own}
            assert db.session.scalars(text("SELECT id FROM public_vendor")).all() == []


def test_the_clerk_s_pages_show_it(app, organisation, office):
    client = app.test_client()
    client.act_as(office)
    assert "確認していない組はありません" in client.get("/secretariat/duplicates?by=across").text
    for kind in ("vendor", "sme"):
        organisation(kind, name=f"{kind}の名", corporate_number=NUMBER)
    shown = client.get("/secretariat/duplicates?by=across").text
    assert "vendorの名" in shown
    assert "smeの名" in shown
