"""The years' cost of compared packages as bars: one bar for each package, one part for each year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from marketplace.comparison_rows import Column

# A bar's full length in the drawing's own units; the page stretches it to whatever room there is.
LENGTH: Final = 1000


@dataclass(frozen=True, slots=True)
class Part:
    """One year's part of a bar. start and length in units of :data:`LENGTH`; yen whole."""

    year: int
    yen: int
    start: int
    length: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One package's years. complete: False when renewal prices are missing, so the total is a lower bound."""

    name: str
    parts: tuple[Part, ...]
    total_yen: int
    complete: bool


def bars(columns: Sequence[Column]) -> list[Bar]:
    """The bars, drawn to one scale: the dearest fills the length. Parts end where the sum so far ends."""
    longest = max((column.years.total_yen for column in columns), default=0) or 1
    return [
        Bar(
            column.content["name"],
            _parts(column.years.by_year, longest),
            column.years.total_yen,
            column.years.complete,
        )
        for column in columns
    ]


def _parts(by_year: Sequence[int], longest: int) -> tuple[Part, ...]:
    parts = []
    spent = 0
    for year, yen in enumerate(by_year, start=1):
        start = LENGTH * spent // longest
        spent += yen
        parts.append(Part(year, yen, start, LENGTH * spent // longest - start))
    return tuple(parts)
