"""Consumption tax, which stands apart from every price and is never subsidised. Pure; whole yen.

The rates and the days in Japan they count from are in subsidy/data/consumption_tax.yaml.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field, model_validator

from marketplace.file_parts import Part
from marketplace.subsidy.faults import fault
from marketplace.subsidy.files import Rate, Sourced, Word, parse

_FILE: Final = Path(__file__).parent / "subsidy" / "data" / "consumption_tax.yaml"


class TaxRate(Sourced):
    """The rate that counts from a day on, until the next one."""

    effective_from: date
    rate: Rate

    @property
    def percent(self) -> int:
        """As people say it: 10."""
        return self.rate.numerator * 100 // self.rate.denominator

    def on(self, amount_yen: int) -> int:
        """The tax on an amount without it, in whole yen; once for the whole amount, what is below one yen cut off."""
        return amount_yen * self.rate.numerator // self.rate.denominator


class TaxRates(Part):
    """All rates, oldest first."""

    source: Word
    rates: Annotated[tuple[TaxRate, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _in_order(self) -> TaxRates:
        days = [each.effective_from for each in self.rates]
        if days != sorted(set(days)):
            raise fault("適用開始日が順に並んでいません", "the days are not in order")
        return self


@cache
def tax_rates() -> TaxRates:
    """The rates that come with the program, read once."""
    return parse(TaxRates, _FILE.read_text(encoding="utf-8"), _FILE.name)


def rate_on(day: date) -> TaxRate:
    """The newest rate that has begun on this day in Japan; ValueError before the first of all."""
    for rate in reversed(tax_rates().rates):
        if rate.effective_from <= day:
            return rate
    raise ValueError(f"no rate is known for {day}")
