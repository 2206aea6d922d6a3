"""One reading of numbers for forms, addresses, the API and the command line."""

from __future__ import annotations

import pytest

from tenants.typed_numbers import whole_number


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("300000", 300_000),
        ("３００，０００円", 300_000),
        ("¥ 300,000", 300_000),
        ("30万", 300_000),
        ("３０万円", 300_000),
        ("1.5万円", 15_000),
        ("0.0001万", 1),
        ("百万円", 1_000_000),
        ("三十万", 300_000),
        ("３千円", 3_000),
        ("1億", 100_000_000),
        ("1億2,000万円", 120_000_000),
        ("100,000 yen", 100_000),
        ("JPY 5000", 5_000),
        ("3人", 3),
        ("", None),
        ("300000 円", 300_000),
        ("1 000", None),
        ("٣", None),
        ("-5", None),
        ("1.5", None),
        ("1.23456万", None),
        ("数万", None),
        ("9" * 16, None),
        ("9" * 12 + "万", None),
        ("万" * 5000, None),
        ("〇" * 5000, None),
        ("9" * 5000 + "万", None),
        ("二三人", None),
    ],
)
def test_what_people_type(written, number):
    assert whole_number(written) == number
