"""The billing unit (課金単位) as vendors write it: how often it is paid, and for what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from tenants.one_form import in_one_form
from tenants.text import Text

Period = Literal["once", "monthly", "yearly", "first_year"]

PERIODS: Final[dict[Period, Text]] = {
    "once": Text("一括", "Once"),
    "monthly": Text("月額", "Monthly"),
    "yearly": Text("年額", "Yearly"),
    "first_year": Text("初年度", "First year"),
}
UNIT_LIMIT: Final = 40

_WORDS: Final[dict[str, Period]] = {
    "初年度": "first_year",
    "初年": "first_year",
    "月額": "monthly",
    "毎月": "monthly",
    "月": "monthly",
    "年額": "yearly",
    "毎年": "yearly",
    "年間": "yearly",
    "年": "yearly",
    "買取": "once",
    "買切": "once",
    "買い取り": "once",
    "買い切り": "once",
    "一括": "once",
}
# Words of time that tell a period when they stand alone; inside another word nobody can say what is meant.
_TIME: Final = ("月額", "年額", "毎月", "毎年", "毎週", "年間", "初年", "隔月", "週額", "日額")


@dataclass(frozen=True, slots=True)
class BillingUnit:
    """How often a price is paid, and the free label of what it buys ("1店舗", "人日"; "" when nothing is said)."""

    period: Period
    unit: str

    def label(self) -> Text:
        """As it is read on a page: 月額（1店舗）."""
        words = PERIODS[self.period]
        return Text(f"{words.ja}（{self.unit}）", f"{words.en} ({self.unit})") if self.unit else words


def parse_billing_unit(written: str) -> BillingUnit | None:
    """``月額/1店舗`` is monthly for "1店舗"; ``人日`` is once for "人日"; ``1ユーザー/月`` is read too.

    None when nothing is written, it is longer than UNIT_LIMIT, or the period is not clear (``隔月/1店舗``,
    ``月額1店舗``): guessing would falsify the price.
    """
    text = "".join(in_one_form(written).split())
    if not text or len(text) > UNIT_LIMIT:
        return None
    first, slash, rest = text.partition("/")
    if first in _WORDS:
        return BillingUnit(_WORDS[first], rest)
    if slash:
        return BillingUnit(_WORDS[rest], first) if first and rest in _WORDS else None
    if first.isdecimal() or any(word in first for word in _TIME):
        return None
    return BillingUnit("once", first)
