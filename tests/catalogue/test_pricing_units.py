"""Billing units as vendors write them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.pricing_units import PERIODS, parse_billing_unit


@pytest.mark.parametrize(
    ("written", "period", "unit"),
    [
        ("月額/1店舗", "monthly", "1店舗"),
        ("年額/20名", "yearly", "20名"),
        ("買取/1店舗", "once", "1店舗"),
        ("一式", "once", "一式"),
        ("１式", "once", "1式"),
        ("1回", "once", "1回"),
        ("人日", "once", "人日"),
        ("1店舗", "once", "1店舗"),
        ("買取", "once", ""),
        ("初年度", "first_year", ""),
        ("月額", "monthly", ""),
        ("月額／５名", "monthly", "5名"),
        ("1ユーザー/月", "monthly", "1ユーザー"),
        (" 年 額 ", "yearly", ""),
    ],
)
def test_period_and_unit(written, period, unit):
    found = parse_billing_unit(written)
    assert (found.period, found.unit) == (period, unit)


@pytest.mark.parametrize("written", ["", "　", "隔月/1店舗", "月額1店舗", "123", "/月額", "x" * 41, "1店舗/週"])
def test_what_is_not_clear_is_not_guessed(written):
    assert parse_billing_unit(written) is None


def test_label_reads_as_on_a_page():
    assert parse_billing_unit("月額/1店舗").label().ja == "月額（1店舗）"
    assert parse_billing_unit("買取").label() == PERIODS["once"]


@settings(deadline=None)
@given(st.text())
def test_any_text_is_read_or_refused(written):
    found = parse_billing_unit(written)
    assert found is None or found.period in PERIODS
