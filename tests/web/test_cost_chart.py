"""Bars of the years' cost: one scale, no gap between parts, the dearest as long as the drawing."""

from __future__ import annotations

from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from marketplace.outlay import Years
from web.public.cost_chart import LENGTH, bars

YEARS = st.lists(st.integers(0, 10**12), min_size=3, max_size=3)


def column(years: list[int]) -> SimpleNamespace:
    """What a bar is drawn from."""
    return SimpleNamespace(content={"name": "パック"}, years=Years(tuple(years), complete=True))


@given(st.lists(YEARS, min_size=1, max_size=6))
def test_bars_share_a_scale(columns):
    drawn = bars([column(years) for years in columns])
    most = max(sum(years) for years in columns)
    for bar, years in zip(drawn, columns, strict=True):
        assert bar.total_yen == sum(years)
        assert [part.yen for part in bar.parts] == years
        ends = [part.start + part.length for part in bar.parts]
        assert [part.start for part in bar.parts] == [0, *ends[:-1]]
        assert ends[-1] == LENGTH * sum(years) // (most or 1)
    assert max(bar.parts[-1].start + bar.parts[-1].length for bar in drawn) == (LENGTH if most else 0)


def test_nothing_compared_draws_nothing():
    assert bars([]) == []
