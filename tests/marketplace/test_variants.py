"""Other quantities of a published package: unit prices stay, core functions cannot be left out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.variants import MOST_QUANTITY, in_quantities, may_be_left_out
from tenants.errors import BadInput


def item(price: int, quantity: int = 1, period: str = "once", periods: int = 1, **facts: object) -> dict:
    """An item as a publication has it."""
    return {
        "name": "製品",
        "functions": ["F4"],
        "billing_period": period,
        "unit_price_yen": price,
        "quantity": quantity,
        "amount_yen": price * quantity * periods,
        "months": None,
    } | facts


def package(*items: dict) -> dict:
    """A publication's content, as far as quantities matter."""
    return {
        "items": list(items),
        "total_yen": sum(each["amount_yen"] for each in items),
        "second_year_yen": 0,
        "second_year_incomplete": False,
    }


def test_as_published_nothing_changes():
    published = package(item(100_000, 2), item(5_000, 1, "monthly", 12)) | {"second_year_yen": 60_000}
    assert in_quantities(published, [None, None]) == published


def test_more_tills_cost_more_now_and_every_year():
    changed = in_quantities(package(item(5_000, 2, "monthly", 12), item(30_000, functions=[])), [3, 0])
    assert [each["amount_yen"] for each in changed["items"]] == [180_000, 0]
    assert (changed["total_yen"], changed["second_year_yen"]) == (180_000, 180_000)


def test_what_is_left_out_leaves_no_renewal_price_open():
    support = item(30_000, 1, "first_year", functions=[])
    assert in_quantities(package(item(1), support), [None, 1])["second_year_incomplete"]
    assert not in_quantities(package(item(1), support), [None, 0])["second_year_incomplete"]


@pytest.mark.parametrize("quantity", [0, -1, MOST_QUANTITY + 1])
def test_a_core_function_stays_and_numbers_have_a_range(quantity):
    with pytest.raises(BadInput) as refused:
        in_quantities(package(item(1), item(2)), [1, quantity])
    assert [finding.field for finding in refused.value.findings] == ["quantity-1"]
    assert f"1から{MOST_QUANTITY}" in refused.value.findings[0].remedy.ja


def test_a_published_quantity_beyond_the_range_can_still_be_shown():
    many = package(item(1, 5_000))
    assert in_quantities(many, [None])["items"][0]["quantity"] == 5_000


def test_a_total_nobody_can_mean_is_refused():
    with pytest.raises(BadInput) as refused:
        in_quantities(package(*[item(10**10) for _ in range(3)]), [999, 999, 999])
    assert refused.value.findings[0].code == "total_too_large"


ITEMS = st.builds(
    item,
    st.integers(0, 10**6),
    st.integers(1, 50),
    st.sampled_from(["once", "monthly", "yearly", "first_year"]),
    st.integers(1, 36),
    functions=st.sampled_from([[], ["B1"]]),
)


@given(st.lists(st.tuples(ITEMS, st.integers(0, MOST_QUANTITY)), min_size=1, max_size=6))
def test_every_amount_is_its_unit_price_times_its_quantity(wanted):
    items = [each for each, _ in wanted]
    quantities = [max(quantity, 0 if may_be_left_out(each) else 1) for each, quantity in wanted]
    changed = in_quantities(package(*items), quantities)
    for before, after, quantity in zip(items, changed["items"], quantities, strict=True):
        assert after["amount_yen"] * before["quantity"] == before["amount_yen"] * quantity
        assert {**after, "quantity": 0, "amount_yen": 0} == {**before, "quantity": 0, "amount_yen": 0}
    assert changed["total_yen"] == sum(each["amount_yen"] for each in changed["items"])
