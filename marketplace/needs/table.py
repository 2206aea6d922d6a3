"""The least cost of covering each combination of needed functions, in exact integers; and who can be in a good set. Pure.

A table over all combinations (2 to the number of functions) is filled package by package. From it follows for each
package what a set with it costs at the very least: the optimisation then looks at the few packages that can be in a
good set, and it is known from where on the others begin.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from marketplace.needs.weighing import DEAREST, Weighed

MOST_FUNCTIONS: Final = 13
_NEVER: Final = DEAREST * 1_000  # more than any sum; sums of it stay far below the 2**63 of the arrays
_POOL: Final = 40
_GROWS: Final = 4
_Yen = NDArray[np.int64]


class Table:
    """For packages and a number of functions (at most MOST_FUNCTIONS); a package's bits are 0 to number - 1."""

    def __init__(self, packages: Sequence[Weighed], number: int) -> None:
        """Fill it: the packages' codes differ."""
        self._packages = packages
        self._masks = np.arange(1 << number, dtype=np.int64)
        self._sizes = np.bitwise_count(self._masks)
        self._in_full: _Yen = np.where(self._masks == 0, 0, _NEVER).astype(np.int64)
        self._with_one: _Yen = np.full(1 << number, _NEVER, dtype=np.int64)
        for each in packages:
            rest = self._masks & ~each.covers
            one = np.minimum(self._with_one[rest] + each.total_yen, self._in_full[rest] + each.own_yen)
            self._with_one = np.minimum(self._with_one, one)
            self._in_full = np.minimum(self._in_full, self._in_full[rest] + each.total_yen)
        # Nothing subsidised is one of the ways.
        self._least: _Yen = np.minimum(self._in_full, self._with_one)

    def least(self, level: int) -> int:
        """The least own cost of covering so many functions, whichever."""
        return int(self._least[self._sizes == level].min())

    def most(self, budget_yen: int) -> int:
        """How many functions a set within the budget covers at most."""
        return int(self._sizes[self._least <= budget_yen].max())

    def pools(self, level: int) -> Iterator[tuple[list[Weighed], int]]:
        """Ever more packages that can be in a good set covering so many functions, and what sets with any other
        package cost at least; the last pool has all, and nothing is beyond it.
        """
        wanted = self._masks[self._sizes == level]
        costs = sorted((self._with(each, wanted), each.code, each) for each in self._packages)
        size = _POOL
        while size < len(costs):
            yield [each for _, _, each in costs[:size]], costs[size][0]
            size *= _GROWS
        yield [each for _, _, each in costs], _NEVER

    def _with(self, package: Weighed, wanted: NDArray[np.int64]) -> int:
        """What a set with this package costs at least."""
        rest = wanted & ~package.covers
        in_full = self._least[rest].min() + package.total_yen
        return int(min(in_full, self._in_full[rest].min() + package.own_yen))
