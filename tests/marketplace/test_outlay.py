"""What is shown beside an estimate: later years counted once, and whose day's tax and windows count."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.file_parts import Words
from marketplace.outlay import YEARS, outlay, years
from marketplace.rounds import Round
from marketplace.subsidy.engine import Figures

YEN = st.integers(0, 10**12)
NOW = datetime(2020, 5, 1, tzinfo=UTC)
BEFORE_THE_RISE = datetime(2019, 9, 30, 14, 59, tzinfo=UTC)  # 30 September in Japan
AT_THE_RISE = datetime(2019, 9, 30, 15, 0, tzinfo=UTC)  # 1 October in Japan


def content(second_year: int = 0, *, incomplete: bool = False, **more: Any) -> dict[str, Any]:
    """A package's content, so far as it is read."""
    return {"second_year_yen": second_year, "second_year_incomplete": incomplete} | more


def figures(total: int, subsidy: int) -> Figures:
    """An estimate's numbers."""
    return Figures(subsidy > 0, total, total, subsidy, total - subsidy)


@given(YEN, YEN, st.booleans())
def test_three_years_are_own_cost_and_the_later_years(own, later, incomplete):
    found = years(own, content(later, incomplete=incomplete))
    assert found.by_year == (own, later, later)
    assert len(found.by_year) == YEARS
    assert (found.total_yen, found.complete) == (own + 2 * later, not incomplete)


@given(YEN, st.data())
def test_it_repeats_the_estimate(total, data):
    subsidy = data.draw(st.integers(0, total))
    found = outlay(content(), figures(total, subsidy), rounds=(), at=NOW)
    assert (found.total_yen, found.subsidy_yen, found.own_cost_yen) == (total, subsidy, total - subsidy)
    assert found.fundable == (subsidy > 0)
    assert found.flow.payments[-1].balance_yen == found.own_cost_yen + found.flow.tax_yen


@pytest.mark.parametrize(("at", "tax"), [(BEFORE_THE_RISE, 80), (AT_THE_RISE, 100)])
def test_the_tax_is_that_of_the_day_in_japan(at, tax):
    assert outlay(content(), figures(1_000, 0), rounds=(), at=at).flow.tax_yen == tax


def test_the_tax_is_that_of_the_quote():
    quoted = content(quote={"sent_at": BEFORE_THE_RISE.isoformat()})
    assert outlay(quoted, figures(1_000, 0), rounds=(), at=NOW).flow.tax_yen == 80
    unsent = content(quote={"sent_at": None})
    assert outlay(unsent, figures(1_000, 0), rounds=(), at=NOW).flow.tax_yen == 100
    told = outlay(content(), figures(1_000, 0), rounds=(), at=NOW, priced_at=BEFORE_THE_RISE)
    assert told.flow.tax_yen == 80


def test_the_windows_are_those_ahead_at_the_moment():
    windows = [
        Round(
            id=f"payout-{year}",
            kind="payout",
            name=Words(ja="支払い", en="payout"),
            opens_at=datetime(year, 4, 1, tzinfo=UTC),
            closes_at=datetime(year, 8, 1, tzinfo=UTC),
        )
        for year in (2019, 2020, 2021)
    ]
    received = outlay(content(), figures(1_000, 500), rounds=windows, at=NOW).flow.payments[1]
    assert (received.not_before, received.until) == (windows[1].opens_at, windows[1].closes_at)
