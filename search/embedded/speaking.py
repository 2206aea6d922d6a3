"""Which functions a sentence speaks of, as the listings themselves tell: what those with a function say, and others seldom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from search.embedded import facets
from search.embedded.nodes import AnyOf, Everything, Has, Points, Query
from search.embedded.queries import Bonus
from search.embedded.units import Unit
from search.embedded.viewing import View
from search.filters import Facet

_COMMON: Final = 0.5  # of all listings: what so many say speaks of no function
_SELDOM: Final = 0.05  # of a function's listings: what fewer say may be chance
_SHARP: Final = 2  # some words that belong to a function say more than many that may
_MOST: Final = 3
_CLOSE: Final = 0.6  # of the best
_LEAST: Final = 0.25
_POINTS: Final = 100.0


def spoken_of(units: Sequence[Unit], view: View) -> list[Bonus]:
    """What raises the listings with such a function, the likeliest first: a witness beside the synonyms, which know
    only what somebody wrote down."""
    having = _by_function(Everything(), view)
    scores: dict[str, float] = {}
    for unit in units:
        share = unit.count / max(1, view.snapshot.documents)
        if not unit.tells and share < _COMMON:
            for code, number in _by_function(unit.query, view).items():
                often = number / having[code]
                points = unit.weight * (often / (often + share + _SELDOM)) ** _SHARP
                scores[code] = scores.get(code, 0.0) + points
    likeliest = sorted(scores.items(), key=lambda each: (-each[1], each[0]))[:_MOST]
    least = max(_LEAST, _CLOSE * likeliest[0][1]) if likeliest else 0.0
    told = [(code, score) for code, score in likeliest if score >= least]
    return [*_by_the_likeliest(told)]


def _by_the_likeliest(told: Sequence[tuple[str, float]]) -> Iterator[Bonus]:
    """Each listing gets the points of the likeliest function it has, and not those of the others too: a bundle of many
    would be first everywhere."""
    for number, (code, score) in enumerate(told, 1):
        rest = told[number][1] if number < len(told) else 0.0
        any_so_far = AnyOf(tuple(Has(Facet.FUNCTION, each) for each, _ in told[:number]))
        yield Bonus("speaks_of", code, Points(any_so_far, _POINTS * (score - rest)))


def _by_function(query: Query, view: View) -> Mapping[str, int]:
    """How many of the listings that a query finds have each function."""
    return facets.count(view.snapshot, view.mask(query), [Facet.FUNCTION])[Facet.FUNCTION]
