"""How well a package fits the ticks, as filters of Meilisearch: the server counts no points of its own. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from math import comb
from typing import Final

from search.filters import Facet, Filter
from search.fit import Tick, ticks
from search.meilisearch.filtering import one_of
from search.meilisearch.terms import MADE_FOR, filter_field

_MOST_CLAUSES: Final = 64  # of one condition: bounds the time, as a filter may have dozens of values
_ATTRIBUTES: Final = {"fit_industry": MADE_FOR, "fit_function": filter_field(Facet.FUNCTION)}


@dataclass(frozen=True, slots=True)
class Level:
    """Packages that fit the ticks so well and no better than the level before.

    at_least: the filter for those of this level and of all before it; empty for the last, which all reach.
    within: the filter for those of this level alone. points: what they have by their fit.
    """

    at_least: str
    within: str
    points: float


@dataclass(frozen=True, slots=True)
class _Kind:
    """The ticks of one filter. fewest: so many fit in any case, as the filter leaves nothing else."""

    attribute: str
    values: tuple[str, ...]
    points: float
    fewest: int

    def numbers(self) -> Iterator[int]:
        """How many of them may fit, as far as a filter can tell."""
        for number in range(self.fewest, len(self.values) + 1):
            if number > 1 and comb(len(self.values) - 1, number - 1) > _MOST_CLAUSES:
                return
            yield number


def condition(tick: Tick) -> str:
    """The filter for what fits this tick."""
    return one_of(_ATTRIBUTES[tick.field], [tick.value])


def levels(groups: Sequence[Filter], most: int) -> list[Level]:
    """How well a package may fit what was ticked, best first, at most so many; nothing where all fit alike."""
    kinds = _kinds(groups)
    by_points: dict[float, list[tuple[int, ...]]] = {}
    for numbers in product(*(kind.numbers() for kind in kinds)):
        points = sum(number * kind.points for number, kind in zip(numbers, kinds, strict=True))
        by_points.setdefault(points, []).append(numbers)
    told = sorted(by_points, reverse=True)
    if min(len(told), most) < 2:
        return []
    told = [*told[:-1][: most - 1], told[-1]]
    conditions = ["", *(_reaching(points, kinds, by_points) for points in told[:-1]), ""]
    return [
        Level(
            own,
            " AND ".join(filter(None, (f"({own})" if own else "", f"NOT ({better})" if better else ""))),
            points,
        )
        for (better, own), points in zip(pairwise(conditions), told, strict=True)
    ]


def _kinds(groups: Sequence[Filter]) -> list[_Kind]:
    by_field: dict[str, list[Tick]] = {}
    for tick in ticks(groups):
        by_field.setdefault(tick.field, []).append(tick)
    return [
        _Kind(_ATTRIBUTES[name], tuple(t.value for t in of), of[0].points, int(name == "fit_function"))
        for name, of in by_field.items()
    ]


def _reaching(points: float, kinds: Sequence[_Kind], by_points: dict[float, list[tuple[int, ...]]]) -> str:
    """The filter for what has at least so many points."""
    enough = [numbers for sums, several in by_points.items() if sums >= points for numbers in several]
    least = [each for each in enough if not any(other != each and _within(other, each) for other in enough)]
    return " OR ".join(
        "("
        + " AND ".join(
            _at_least(kind.attribute, kind.values, number)
            for kind, number in zip(kinds, numbers, strict=True)
            if number > kind.fewest
        )
        + ")"
        for numbers in least
    )


def _within(numbers: tuple[int, ...], others: tuple[int, ...]) -> bool:
    return all(number <= other for number, other in zip(numbers, others, strict=True))


def _at_least(attribute: str, values: Sequence[str], number: int) -> str:
    """The filter for so many of these values: one of them, and the others among those behind it."""
    if number == 1:
        return one_of(attribute, values)
    firsts = range(len(values) - number + 1)
    return "({})".format(
        " OR ".join(
            f"({one_of(attribute, [values[n]])} AND {_at_least(attribute, values[n + 1 :], number - 1)})"
            for n in firsts
        )
    )
