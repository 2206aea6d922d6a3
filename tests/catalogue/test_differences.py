"""What changed between two publications, in words: nothing that differs in public is missed."""

from __future__ import annotations

from typing import Any

from catalogue.differences import billing_words, cost_kind_words, differences, function_words, industry_words
from catalogue.vocabulary_files import read_default_masters

MASTERS = read_default_masters()
ITEM = {
    "product_code": "P-1",
    "name": "予約台帳",
    "quantity": 1,
    "billing_period": "monthly",
    "billing_unit": "1店舗",
    "unit_price_yen": 3_000,
    "amount_yen": 36_000,
}
PACKAGE: dict[str, Any] = {
    "name": "予約パック",
    "description": "",
    "functions": ["F1", "B1"],
    "industries": ["all"],
    "cloud_months": 12,
    "total_yen": 36_000,
    "second_year_yen": None,
    "items": [ITEM],
}


def changed(**new: Any) -> dict[str, tuple[str | None, str | None]]:
    found = differences(PACKAGE, PACKAGE | new, MASTERS)
    return {each.field: (each.before and each.before.ja, each.after and each.after.ja) for each in found}


def test_the_same_is_no_change_whatever_the_order_of_codes():
    assert changed(functions=["B1", "F1"]) == {}


def test_each_fact_in_words():
    restaurant = MASTERS.industries[1]
    found = changed(
        name="予約パック2", functions=[], industries=[restaurant.code], cloud_months=6, second_year_yen=0
    )
    assert found["name"] == ("予約パック", "予約パック2")
    assert found["functions"][0].startswith("F1 ")
    assert found["functions"][1] is None
    assert found["industries"] == ("全業種", restaurant.name.ja)
    assert found["cloud_months"] == ("12か月", "6か月")
    assert found["second_year_yen"] == (None, "0円"), "nothing known is not the same as free of charge"


def test_products_that_came_went_and_cost_otherwise():
    dearer = ITEM | {"unit_price_yen": 4_000, "amount_yen": 48_000}
    assert changed(items=[dearer])["item:P-1"] == (
        "予約台帳 × 1、3,000円（月額（1店舗））、計36,000円",
        "予約台帳 × 1、4,000円（月額（1店舗））、計48,000円",
    )
    swapped = changed(items=[ITEM | {"product_code": "P-2", "billing_unit": ""}])
    assert swapped["item:P-2"] == (None, "予約台帳 × 1、3,000円（月額）、計36,000円")
    assert swapped["item:P-1"][1] is None


def test_all_of_a_first_publication_is_new():
    product = {"name": "レジ", "cost_kind": "software", "standard_price_yen": 0}
    billed = product | {"billing_period": "once", "billing_unit": ""}
    found = {each.field: each for each in differences(None, billed, MASTERS)}
    assert list(found) == ["name", "cost_kind", "standard_price_yen", "billing"]
    assert all(each.before is None for each in found.values())
    assert found["cost_kind"].after == MASTERS.cost_kind("software").name


def test_what_the_masters_no_longer_know_is_said_by_its_code():
    assert function_words(["Z9"], MASTERS) is None
    assert industry_words(["moon"], MASTERS).ja == "moon"
    assert industry_words([], MASTERS) is None
    assert cost_kind_words("rocket", MASTERS).en == "rocket"
    assert billing_words("hourly", "").ja == "hourly"
