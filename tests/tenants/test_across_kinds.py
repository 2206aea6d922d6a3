"""A business that is a vendor and an applicant: the secretariat finds it, and nobody else hears of it."""

from __future__ import annotations

import pytest

from tenants import across_kinds
from tenants.db import act_as
from tenants.errors import NotPermitted

NUMBER, OTHER_NUMBER = "9010401052465", "1180301018771"
HERE = {"address": "千代田区丸の内一丁目9番1号", "prefecture": "東京都"}


@pytest.fixture
def office(organisation, actor_of):
    return actor_of(organisation("secretariat"), "secretariat_auditor")


def test_a_number_and_a_name_at_an_address_are_found_across_kinds_each_pair_once(organisation, office):
    both = {kind: organisation(kind, name=f"{kind}の名", corporate_number=NUMBER) for kind in ("vendor", "sme")}
    seller = organisation("vendor", name="株式会社ひまわり商店", corporate_number=OTHER_NUMBER, **HERE)
    buyer = organisation("sme", name="㈱ヒマワリ 商店", prefecture="東京都", address="千代田区丸の内1-9-1 3階")
    organisation("sme", name="よその店", **HERE)
    with act_as(office):
        page = across_kinds.pairs()
        found = {(each.by, each.vendor.id, each.applicant.id) for each in page.items}
        assert found == {("number", both["vendor"], both["sme"]), ("name_and_address", seller, buyer)}
        assert page.total == 2
        assert len(across_kinds.pairs(page=2, per_page=1).items) == 1
        [like] = across_kinds.alike(both["vendor"])
        assert (like.by, like.record.id, like.record.kind) == ("number", both["sme"], "sme")
        [like] = across_kinds.alike(seller)
        assert (like.by, like.record.id) == ("name_and_address", buyer)


def test_a_record_of_one_number_name_and_place_is_one_pair_and_a_sole_trader_s_invoice_number_counts(
    organisation, office
):
    same = {"name": "あさひ工房", **HERE}
    vendor = organisation("vendor", corporate_number=NUMBER, **same)
    shop = organisation("sme", form="corporation", invoice_number=f"T{NUMBER}", **same)
    with act_as(office):
        assert [(each.by, each.applicant.id) for each in across_kinds.pairs().items] == [("number", shop)]
        assert [each.by for each in across_kinds.alike(shop)] == ["number"]
    nobody = organisation("vendor")
    with act_as(office):
        assert across_kinds.alike(nobody) == ()
    assert vendor


def test_nobody_else_is_told(organisation, actor_of):
    shop = organisation("sme")
    for who in (actor_of(shop, "sme_owner"), actor_of(organisation("vendor"), "vendor_owner")):
        with act_as(who):
            with pytest.raises(NotPermitted):
                across_kinds.alike(shop)
            with pytest.raises(NotPermitted):
                across_kinds.pairs()


def test_the_clerk_s_pages_show_it(app, organisation, office):
    client = app.test_client()
    client.act_as(office)
    assert "両方に登録されている事業者はありません" in client.get("/secretariat/duplicates?by=across").text
    for kind in ("vendor", "sme"):
        organisation(kind, name=f"{kind}の名", corporate_number=NUMBER)
    shown = client.get("/secretariat/duplicates?by=across").text
    assert "vendorの名" in shown
    assert "smeの名" in shown
