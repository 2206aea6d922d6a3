"""What packages are weighed by, and which of them can matter at all. Pure.

A set of packages is one grant application at most (outline: one application per business), and an application is for
one package. So in every set one package is subsidised, the others are paid in full.

Which packages are cut: one that at least KEEP others outdo (the same needed functions or more, for no more money).
Whatever set it is in, putting each of these in its place gives KEEP other sets that cover as much for no more, so the
KEEP best sets are found without it. This is done for each way of paying by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np

from marketplace.subsidy.lines import MOST_YEN
from marketplace.subsidy.tariff import Tariff

KEEP: Final = 3
DEAREST: Final = 2 * MOST_YEN


@dataclass(frozen=True, slots=True)
class Weighed:
    """A package as it is weighed. covers: the needed functions it has, one bit each. Amounts in whole yen.

    own_yen: what is left to pay when it is the one that is subsidised; total_yen when nothing can be granted for it.
    """

    code: str
    covers: int
    total_yen: int
    own_yen: int

    @property
    def fundable(self) -> bool:
        """Whether something can be granted for it."""
        return self.own_yen < self.total_yen


def cut(packages: Iterable[Weighed], keep: int = KEEP) -> tuple[Weighed, ...]:
    """Those that fewer than ``keep`` others outdo when paid in full, or when subsidised; by code.

    Packages that cover nothing needed are left out.
    """
    useful = [each for each in packages if each.covers]
    in_full = _outstanding(useful, {each.code: each.total_yen for each in useful}, keep)
    fundable = [each for each in useful if each.fundable]
    subsidised = _outstanding(fundable, {each.code: each.own_yen for each in fundable}, keep)
    return tuple(sorted({*in_full, *subsidised}, key=lambda each: each.code))


def _outstanding(packages: Sequence[Weighed], cost: Mapping[str, int], keep: int) -> list[Weighed]:
    """By cost, then code. To count those kept is enough: who outdoes one that was cut outdoes what that one would."""
    found: list[Weighed] = []
    place = {covers: at for at, covers in enumerate({each.covers for each in packages})}
    combinations = np.array(list(place), dtype=np.int64)
    outdone = np.zeros(len(place), dtype=np.int64)  # by how many of those kept, for each combination of functions
    for each in sorted(packages, key=lambda package: (cost[package.code], package.code)):
        if outdone[place[each.covers]] < keep:
            found.append(each)
            outdone += (combinations & ~each.covers) == 0
    return found


def still_possible(heads: Iterable[Weighed], keep: int = KEEP) -> dict[int, int]:
    """For each combination of needed functions that occurs: the own cost that a package must reach to matter.

    heads: some packages of every combination. DEAREST where there are fewer than ``keep`` to compare with.
    """
    known = sorted((each.own_yen, each.covers) for each in heads)
    combinations = np.array(sorted({covers for _, covers in known}), dtype=np.int64)
    cheaper, reach = np.zeros_like(combinations), np.full_like(combinations, DEAREST)
    for own_yen, covers in known:
        does_as_much = (combinations & ~covers) == 0
        cheaper += does_as_much
        reach[does_as_much & (cheaper == keep)] = own_yen
    return dict(zip(combinations.tolist(), reach.tolist(), strict=True))


def dearest_total(own_yen: int, tariff: Tariff) -> int:
    """The highest total in whole yen that can still leave so little to pay, whatever its lines are.

    No yen of cost is subsidised at more than the highest rate, and no subsidy is above the cap.
    """
    rate = max((line.rate for segment in tariff.segments for line in segment.lines), default=Fraction(0))
    by_rate = DEAREST if rate >= 1 else own_yen * rate.denominator // (rate.denominator - rate.numerator)
    by_cap = DEAREST if tariff.cap is None else own_yen + tariff.cap
    return min(by_rate, by_cap, DEAREST)
