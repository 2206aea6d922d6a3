"""The counting columns: what lets every facet be counted exactly in one quick pass over the hits.

A column holds the set of a document's values that fall into it, as one value: counting one value per document is
several times quicker than counting each of up to twenty. The different sets of all columns are numbered together, so one
count of numbers answers for every facet. Few values fall into each column, so that there are few different sets: never
more than two to the power of its values.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from search.filters import Facet

_SPREAD: Final[Mapping[Facet, int]] = {Facet.FUNCTION: 3, Facet.INDUSTRY: 2}
_TOGETHER: Final[tuple[tuple[Facet, ...], ...]] = (
    (Facet.VENDOR, Facet.PREFECTURE),  # a vendor is in one prefecture, so there are as many sets as vendors
    (Facet.CATEGORY, Facet.FUNDABLE, Facet.DEPLOYMENT),
    (Facet.PRICE_BAND, Facet.OWN_COST_BAND, Facet.SECOND_YEAR_BAND),
    (Facet.CERTIFICATION, Facet.SUPPORT),
    (Facet.LANGUAGE,),
    (Facet.AREA,),
)
"""Which facets lie in one column, and over how many columns a facet of many values is spread."""
_BETWEEN_MEMBERS: Final = "\x1f"
_OF_FACET: Final = "\x1e"  # between a facet and its value


def _group(facet: Facet) -> tuple[Facet, ...]:
    """The facets that lie in the same columns."""
    return (facet,) if facet in _SPREAD else next(group for group in _TOGETHER if facet in group)


_GROUPS: Final = tuple(dict.fromkeys(map(_group, Facet)))


@lru_cache(maxsize=len(Facet))
def columns(facet: Facet) -> tuple[str, ...]:
    """The names of the columns a facet is counted in."""
    if facet in _SPREAD:
        return tuple(f"count_{facet.value}_{number}" for number in range(_SPREAD[facet]))
    return ("count_" + "_".join(each.value for each in _group(facet)),)


COLUMNS: Final = tuple(dict.fromkeys(name for facet in Facet for name in columns(facet)))


def column_of(facet: Facet, value: str) -> str:
    """The column that a value falls into."""
    names = columns(facet)
    return names[zlib.crc32(value.encode()) % len(names)]


def written(values: Mapping[Facet, Sequence[str]]) -> dict[str, str]:
    """Every column's set for a document with these values; the inverse of :func:`members`.

    Raises ValueError for a value with one of the separators in it: no code has them.
    """
    found: dict[str, str] = {}
    for number, group in enumerate(_GROUPS):
        found |= _written(number, *[tuple(values.get(facet, ())) for facet in group])
    return found


def with_value(written_set: str, facet: Facet, value: str) -> str:
    """A set with this as the one value of a facet that is not spread over columns; none where it is empty."""
    found: dict[Facet, list[str]] = {each: [] for each in _group(facet)}
    for each in members(written_set):
        of, known = meaning(each)
        found[of].append(known)
    return written(found | {facet: [value] if value else []})[columns(facet)[0]]


def value_in(written_set: str, facet: Facet) -> str:
    """The inverse of :func:`with_value`; empty when the set has none."""
    return next((value for of, value in map(meaning, members(written_set)) if of is facet), "")


@lru_cache(maxsize=20_000)
def _written(number: int, *values: tuple[str, ...]) -> dict[str, str]:
    """The sets of the columns that a group of facets shares, of their values."""
    group = _GROUPS[number]
    found: dict[str, list[str]] = {name: [] for facet in group for name in columns(facet)}
    for facet, of_facet in zip(group, values, strict=True):
        for value in sorted(set(of_facet)):
            if _OF_FACET in value or _BETWEEN_MEMBERS in value:
                raise ValueError(f"{facet.value} {value!r} is no code")
            found[column_of(facet, value)].append(member(facet, value))
    return {name: _BETWEEN_MEMBERS.join(in_column) for name, in_column in found.items()}


def member(facet: Facet, value: str) -> str:
    """A value as a member of a set; the inverse of :func:`meaning`."""
    return f"{facet.value}{_OF_FACET}{value}"


@lru_cache(maxsize=20_000)
def members(written_set: str) -> tuple[str, ...]:
    """What is in a set; what each stands for says :func:`meaning`."""
    return tuple(map(sys.intern, written_set.split(_BETWEEN_MEMBERS))) if written_set else ()


def meaning(member: str) -> tuple[Facet, str]:
    """The facet and the value that a member of a set stands for."""
    facet, _, value = member.partition(_OF_FACET)
    return Facet(facet), value
