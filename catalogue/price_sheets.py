"""What a package costs at the start and in later years, line by line. Pure; whole yen without consumption tax."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from catalogue.pricing_units import Period
from catalogue.vocabulary import Masters

MONTHS_OF_YEAR: Final = 12
MOST_MONTHS: Final = 120
# Not a rule of the programme: a bound of what one package can mean, so that no estimate can overflow.
MOST_TOTAL_YEN: Final = 100_000_000_000


@dataclass(frozen=True, slots=True)
class Component:
    """So many of one product. functions: core function codes; unit_price_yen: standard price, tax excluded."""

    product_code: str
    name: str
    functions: tuple[str, ...]
    cost_kind: str
    period: Period
    unit: str
    unit_price_yen: int
    quantity: int


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One line of a package's price: unit_price_yen x quantity x periods = amount_yen.

    months: how many months a fee covers; None when it is no fee for a period.
    """

    product_code: str
    name: str
    cost_kind: str
    period: Period
    unit: str
    unit_price_yen: int
    quantity: int
    periods: int
    months: int | None
    amount_yen: int


@dataclass(frozen=True, slots=True)
class PriceSheet:
    """A package's price at the start and what a later year costs, whole yen.

    without_renewal_price: codes of products whose price is registered for the first year only, so that
    second_year_yen is at least, not exactly, what will be paid.
    """

    lines: tuple[PriceLine, ...]
    total_yen: int
    second_year_yen: int
    without_renewal_price: tuple[str, ...]


def term_of(cost_kind: str, masters: Masters) -> str:
    """For how long a kind of cost counts (:class:`catalogue.vocabulary.CostKind`); ``none`` where nothing is said."""
    kind = masters.cost_kind(cost_kind)
    return kind.term if kind else "none"


def price_sheet(items: Iterable[Component], cloud_months: int, masters: Masters) -> PriceSheet:
    """What a package costs, line by line in the order of its items.

    Monthly fees count cloud_months times, yearly ones as often as years are begun in them; a kind whose term is
    one year (support) counts one year; all else once. A later year costs twelve months of what is paid monthly
    and one year of what is paid yearly.
    """
    components = tuple(items)
    lines = tuple(_line(item, cloud_months, masters) for item in components)
    return PriceSheet(
        lines=lines,
        total_yen=sum(line.amount_yen for line in lines),
        second_year_yen=sum(_yearly(line) for line in lines),
        without_renewal_price=tuple(line.product_code for line in lines if line.period == "first_year"),
    )


def _line(item: Component, cloud_months: int, masters: Masters) -> PriceLine:
    term = term_of(item.cost_kind, masters)
    covered = MONTHS_OF_YEAR if term == "one_year" else cloud_months
    periods, months = 1, None
    if item.period == "monthly":
        periods, months = covered, covered
    elif item.period == "yearly":
        periods = -(-covered // MONTHS_OF_YEAR)
        months = periods * MONTHS_OF_YEAR
    elif item.period == "first_year":
        months = MONTHS_OF_YEAR
    elif term == "cloud_months":
        # A fee for a time that is paid at once still covers that time; nothing said means a year.
        months = cloud_months or MONTHS_OF_YEAR
    return PriceLine(
        item.product_code,
        item.name,
        item.cost_kind,
        item.period,
        item.unit,
        item.unit_price_yen,
        item.quantity,
        periods,
        months or None,
        item.unit_price_yen * item.quantity * periods,
    )


def _yearly(line: PriceLine) -> int:
    price = line.unit_price_yen * line.quantity
    return {"monthly": price * MONTHS_OF_YEAR, "yearly": price}.get(line.period, 0)
