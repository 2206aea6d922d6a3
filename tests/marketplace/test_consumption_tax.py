"""Consumption tax: the rate of the day, cut off once below one yen."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.consumption_tax import TaxRates, rate_on, tax_rates
from marketplace.subsidy.files import parse
from tenants.errors import BadInput

NOW = date(2026, 11, 2)


@pytest.mark.parametrize(
    ("day", "percent", "tax"),
    [
        (date(1997, 4, 1), 5, 50),
        (date(2014, 3, 31), 5, 50),
        (date(2014, 4, 1), 8, 80),
        (date(2019, 9, 30), 8, 80),
        (date(2019, 10, 1), 10, 100),
    ],
)
def test_the_newest_rate_that_has_begun_counts(day, percent, tax):
    rate = rate_on(day)
    assert (rate.percent, rate.on(1_009)) == (percent, tax)


def test_before_the_first_known_rate_none_is_guessed():
    with pytest.raises(ValueError, match="1997-03-31"):
        rate_on(date(1997, 3, 31))


@pytest.mark.parametrize(("amount", "tax"), [(0, 0), (9, 0), (19, 1), (99_999_999_999, 9_999_999_999)])
def test_what_is_below_one_yen_is_cut_off(amount, tax):
    assert rate_on(NOW).on(amount) == tax


@given(st.lists(st.integers(0, 10**9), min_size=2, max_size=6))
def test_cut_once_for_the_whole_it_is_never_less_than_the_sum_of_its_parts(amounts):
    rate = rate_on(NOW)
    parts = sum(map(rate.on, amounts))
    assert 0 <= rate.on(sum(amounts)) - parts < len(amounts)


def test_rates_out_of_order_are_refused():
    rate = '{effective_from: 2019-10-01, rate: "10/100", clause: x}'
    with pytest.raises(BadInput):
        parse(TaxRates, f"source: x\nrates: [{rate}, {rate}]\n", "tax.yaml")
    assert len(tax_rates().rates) == 3
