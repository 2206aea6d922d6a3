"""Price bands: how the first-year price is grouped for people who look around. Not a rule of the programme."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tenants.text import Text


@dataclass(frozen=True, slots=True)
class PriceBand:
    """From low (included) to high (not included), whole yen without tax; high None is open."""

    code: str
    low: int
    high: int | None
    label: Text


BANDS: Final = (
    PriceBand("under_300k", 0, 300_000, Text("30万円未満", "Under ¥300,000")),
    PriceBand("300k_600k", 300_000, 600_000, Text("30万〜60万円", "¥300,000 to ¥600,000")),
    PriceBand("600k_1m", 600_000, 1_000_000, Text("60万〜100万円", "¥600,000 to ¥1,000,000")),
    PriceBand("1m_1500k", 1_000_000, 1_500_000, Text("100万〜150万円", "¥1,000,000 to ¥1,500,000")),
    PriceBand("1500k_3m", 1_500_000, 3_000_000, Text("150万〜300万円", "¥1,500,000 to ¥3,000,000")),
    PriceBand("over_3m", 3_000_000, None, Text("300万円以上", "¥3,000,000 and more")),
)


def band_of(price_yen: int) -> PriceBand:
    """The band a price lies in."""
    return next(band for band in BANDS if band.high is None or price_yen < band.high)
