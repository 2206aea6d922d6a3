"""Consumption tax on a quote, apart from its price. Rates and their days are in consumption_tax.yaml."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Final

import yaml

_FILE: Final = Path(__file__).with_name("consumption_tax.yaml")


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate and the day in Japan it counts from."""

    since: date
    rate: Fraction
    clause: str

    @property
    def percent(self) -> int:
        """As people say it: 10."""
        return int(self.rate * 100)

    def on(self, amount_yen: int) -> int:
        """The tax on an amount without it, whole yen, cut off below one."""
        return int(amount_yen * self.rate)


@functools.cache
def _rates() -> tuple[Rate, ...]:
    rows = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return tuple(Rate(row["from"], Fraction(row["rate"]), row["clause"]) for row in rows)


def rate_on(day: date) -> Rate:
    """The rate that counts on this day in Japan; ValueError before the first one of the file."""
    begun = [rate for rate in _rates() if rate.since <= day]
    if not begun:
        raise ValueError(f"no rate is known for {day}")
    return begun[-1]
