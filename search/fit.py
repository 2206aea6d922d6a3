"""What raises a package by its fit with what was ticked, whichever engine ranks. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from search.documents import SearchDocument
from search.filters import Facet, Filter, Group

FEW_INDUSTRIES: Final = 3
"""A package for more industries than these is made for none in particular."""
_MADE_FOR, _ONE_MORE_FUNCTION = 2.0, 1.5


@dataclass(frozen=True, slots=True)
class Tick:
    """A value that was ticked, and what fitting it gives.

    field: fit_industry (made for it rather than for all) or fit_function (it has that one of those any of which would
    do). points: beside those of the words, where a word in a package's name gives 8.
    """

    field: str
    value: str
    points: float


def ticks(groups: Sequence[Filter]) -> Iterator[Tick]:
    """What of the filters one package may fit better than another."""
    for group in groups:
        if isinstance(group, Group) and group.facet is Facet.INDUSTRY:
            yield from (Tick("fit_industry", value, _MADE_FOR) for value in group.values)
        elif isinstance(group, Group) and group.facet is Facet.FUNCTION and group.mode == "any":
            yield from (Tick("fit_function", value, _ONE_MORE_FUNCTION) for value in group.values)


def for_few(document: SearchDocument) -> bool:
    """Whether it is made for few industries."""
    return len(document.industries) <= FEW_INDUSTRIES
