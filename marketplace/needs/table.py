"""The least cost of covering each combination of needed functions, in exact integers; and who can be in a good set. Pure.

A table over all combinations (2 to the number of functions) is filled package by package, the cheapest first: a
package for which cheaper ones together do as much is passed over, and most are. From the table follows for each
package what a set with it costs at the very least: the optimisation then looks at the few packages that can be in a
good set, and it is known from where on the others begin.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from marketplace.needs.time_left import Left
from marketplace.needs.weighing import DEAREST, Weighed

MOST_FUNCTIONS: Final = 18
_NEVER: Final = DEAREST * 1_000  # more than any sum; sums of it stay far below the 2**63 of the arrays
_POOL: Final = 40
_GROWS: Final = 4
_Yen = NDArray[np.int64]


class NoTime(Exception):
    """The time was over before the table was filled, or before it was known who can be in a good set."""


class Table:
    """For packages and a number of functions (at most MOST_FUNCTIONS); a package's bits are 0 to number - 1."""

    def __init__(self, packages: Sequence[Weighed], number: int, left: Left) -> None:
        """Fill it: the packages' codes differ. Raises NoTime when the time is over first."""
        self._packages = packages
        self._masks = np.arange(1 << number, dtype=np.intp)
        sizes = np.bitwise_count(self._masks)
        self._of_size = [self._masks[sizes == size] for size in range(number + 1)]
        self._in_full: _Yen = np.where(self._masks == 0, 0, _NEVER).astype(np.int64)
        paid = sorted(packages, key=lambda package: package.total_yen)
        self._fill(self._in_full, ((each.covers, each.total_yen) for each in paid), left)
        # Nothing subsidised is one of the ways; else exactly one package is.
        self._least: _Yen = self._in_full.copy()
        subsidised = sorted(packages, key=lambda package: package.own_yen)
        self._fill(self._least, ((each.covers, each.own_yen) for each in subsidised), left)

    def _fill(self, costs: _Yen, packages: Iterable[tuple[int, int]], left: Left) -> None:
        """Lower the costs to what they are with these packages (covers, yen), the cheapest first, the rest in full."""
        rest, with_it = np.empty_like(self._masks), np.empty_like(costs)
        for covers, yen in packages:
            if costs[covers] <= yen:
                continue  # cheaper ones together do as much
            np.bitwise_and(self._masks, ~covers, out=rest)
            # No index is out of range; "clip" only spares a copy that the other modes make.
            np.take(self._in_full, rest, out=with_it, mode="clip")
            np.add(with_it, yen, out=with_it)
            np.minimum(costs, with_it, out=costs)
            if left() < 0:
                raise NoTime

    def least(self, level: int) -> int:
        """The least own cost of covering so many functions, whichever."""
        return int(self._least[self._of_size[level]].min())

    def most(self, budget_yen: int) -> int:
        """How many functions a set within the budget covers at most."""
        return max(size for size, masks in enumerate(self._of_size) if self._least[masks].min() <= budget_yen)

    def pools(self, level: int, left: Left) -> Iterator[tuple[list[Weighed], int]]:
        """Ever more packages that can be in a good set covering so many functions, and what sets with any other
        package cost at least; the last pool has all, and nothing is beyond it. Raises NoTime.
        """
        rests = {}
        for covers in {each.covers for each in self._packages}:
            rests[covers] = self._rest(covers, level)
            if left() < 0:
                raise NoTime
        costs = []
        for each in self._packages:
            least, in_full = rests[each.covers]
            costs.append((min(least + each.total_yen, in_full + each.own_yen), each.code, each))
        costs.sort()
        size = _POOL
        while size < len(costs):
            yield [each for _, _, each in costs[:size]], costs[size][0]
            size *= _GROWS
        yield [each for _, _, each in costs], _NEVER

    def _rest(self, covers: int, level: int) -> tuple[int, int]:
        """What the rest of a set that has these functions costs at least: with a subsidy for one of it, and without.

        So many others as are wanting; covering more of them never costs less.
        """
        others = self._of_size[max(0, level - covers.bit_count())]
        others = others[(others & covers) == 0]
        return int(self._least[others].min()), int(self._in_full[others].min())
