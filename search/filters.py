"""What results are counted and filtered by, in the words of the port."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final, Literal

from tenants.errors import BadInput, Finding
from tenants.text import Text

MAX_VALUES = 100
_HIGHEST_AMOUNT = 2**40


class Facet(Enum):
    """What results can be counted and filtered by. The values are codes as in the documents."""

    CATEGORY = "category"
    FUNCTION = "function"
    INDUSTRY = "industry"
    VENDOR = "vendor"
    PREFECTURE = "prefecture"
    PRICE_BAND = "price_band"
    OWN_COST_BAND = "own_cost_band"
    SECOND_YEAR_BAND = "second_year_band"
    FUNDABLE = "fundable"
    DEPLOYMENT = "deployment"
    LANGUAGE = "language"
    CERTIFICATION = "certification"
    SUPPORT = "support"
    AREA = "area"

    # By what it is, as it is compared: the hash of its name takes a call of Python each time.
    __hash__ = object.__hash__


class Amount(Enum):
    """What results can be limited by, in whole yen."""

    PRICE = "price_yen"
    OWN_COST = "own_cost_yen"
    SUBSIDY = "subsidy_yen"
    SECOND_YEAR = "second_year_yen"


BAND_AMOUNTS: Final[Mapping[Facet, Amount]] = {
    Facet.PRICE_BAND: Amount.PRICE,
    Facet.OWN_COST_BAND: Amount.OWN_COST,
    Facet.SECOND_YEAR_BAND: Amount.SECOND_YEAR,
}
"""Which amount a facet of bands groups."""


def bad_request(code: str, ja: str, en: str, where: str) -> BadInput:
    """A request that no engine would answer."""
    return BadInput(
        Finding(
            code,
            Text(ja, en),
            Text("検索条件を見直してください。", "Please check the search conditions."),
            where,
        )
    )


@dataclass(frozen=True, slots=True)
class Group:
    """Values of one facet. ``any``: one of them is enough; ``all``: each is needed. Unknown values match nothing."""

    facet: Facet
    values: tuple[str, ...]
    mode: Literal["any", "all"] = "any"

    def __post_init__(self) -> None:
        if not 1 <= len(self.values) <= MAX_VALUES:
            raise bad_request(
                "too_many_values",
                f"絞り込みの値は1個から{MAX_VALUES}個までです。",
                f"A filter takes 1 to {MAX_VALUES} values.",
                self.facet.value,
            )


@dataclass(frozen=True, slots=True)
class Range:
    """An amount between low and high, both included, in whole yen; None is open."""

    amount: Amount
    low: int | None = None
    high: int | None = None

    def __post_init__(self) -> None:
        for bound in (self.low, self.high):
            if bound is not None and not 0 <= bound < _HIGHEST_AMOUNT:
                raise bad_request(
                    "amount_out_of_range",
                    "金額は0円以上1兆円未満で指定してください。",
                    "An amount is from 0 to less than a trillion yen.",
                    self.amount.value,
                )


@dataclass(frozen=True, slots=True)
class Period:
    """Published between two moments, both included, to the second; None is open. The times are aware."""

    since: datetime | None = None
    until: datetime | None = None


Filter = Group | Range | Period


def seconds(moment: datetime) -> int:
    """A moment as indexes keep it: whole seconds since 1970, none before."""
    return max(0, int(moment.timestamp()))


def others(facet: Facet, filters: Sequence[Filter]) -> tuple[Filter, ...]:
    """The filters under which a facet is counted: all but its own, so that a count says what choosing would give.

    Its own are the ``any`` group on it and, for bands, the range of their amount. An ``all`` group narrows its own
    counts too: what adding one more leaves.
    """
    amount = BAND_AMOUNTS.get(facet)
    return tuple(
        each
        for each in filters
        if not (isinstance(each, Group) and each.facet is facet and each.mode == "any")
        and not (isinstance(each, Range) and each.amount is amount)
    )


def about(each: Filter) -> str:
    """What a filter is about; no request has two filters about the same."""
    if isinstance(each, Period):
        return "published_at"
    return each.facet.value if isinstance(each, Group) else each.amount.value
