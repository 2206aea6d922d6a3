"""Bands: how amounts are grouped for people who look around. Not a rule of the programme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tenants.text import Text


@dataclass(frozen=True, slots=True)
class Band:
    """From low (included) to high (not included), whole yen without tax; high None is open."""

    code: str
    low: int
    high: int | None
    label: Text


BANDS: Final = (
    Band("under_300k", 0, 300_000, Text("30万円未満", "Under ¥300,000")),
    Band("300k_600k", 300_000, 600_000, Text("30万〜60万円", "¥300,000 to ¥600,000")),
    Band("600k_1m", 600_000, 1_000_000, Text("60万〜100万円", "¥600,000 to ¥1,000,000")),
    Band("1m_1500k", 1_000_000, 1_500_000, Text("100万〜150万円", "¥1,000,000 to ¥1,500,000")),
    Band("1500k_3m", 1_500_000, 3_000_000, Text("150万〜300万円", "¥1,500,000 to ¥3,000,000")),
    Band("over_3m", 3_000_000, None, Text("300万円以上", "¥3,000,000 and more")),
)
"""Of the first year's price."""
OWN_COST_BANDS: Final = (
    Band("under_100k", 0, 100_000, Text("10万円未満", "Under ¥100,000")),
    Band("100k_200k", 100_000, 200_000, Text("10万〜20万円", "¥100,000 to ¥200,000")),
    Band("200k_300k", 200_000, 300_000, Text("20万〜30万円", "¥200,000 to ¥300,000")),
    Band("300k_500k", 300_000, 500_000, Text("30万〜50万円", "¥300,000 to ¥500,000")),
    Band("500k_1m", 500_000, 1_000_000, Text("50万〜100万円", "¥500,000 to ¥1,000,000")),
    Band("over_1m", 1_000_000, None, Text("100万円以上", "¥1,000,000 and more")),
)
SECOND_YEAR_BANDS: Final = (
    Band("none", 0, 1, Text("かからない", "Nothing")),
    Band("under_50k", 1, 50_000, Text("5万円未満", "Under ¥50,000")),
    Band("50k_100k", 50_000, 100_000, Text("5万〜10万円", "¥50,000 to ¥100,000")),
    Band("100k_200k", 100_000, 200_000, Text("10万〜20万円", "¥100,000 to ¥200,000")),
    Band("200k_400k", 200_000, 400_000, Text("20万〜40万円", "¥200,000 to ¥400,000")),
    Band("over_400k", 400_000, None, Text("40万円以上", "¥400,000 and more")),
)


def band_of(amount_yen: int, bands: Sequence[Band] = BANDS) -> Band:
    """The band an amount lies in."""
    return next(band for band in bands if band.high is None or amount_yen < band.high)
