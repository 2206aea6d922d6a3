"""From weighed packages to the best sets, the next best ones, and what must be left out. Pure.

Everything that can be covered is covered, at the least own cost. Where the budget does not reach, first as many
functions as it can, then the least own cost; and what it would take to cover all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_

from marketplace.needs.solving import PackageSet, Search
from marketplace.needs.weighing import KEEP, Weighed, cut


@dataclass(frozen=True, slots=True)
class Solution:
    """The best sets, best first; none of them is another with something added.

    coverable: bits that some package has. complete: whether the sets cover all of these. cover_all: the set that
    would, where the budget does not reach. proven: whether the solver's bounds leave no room for anything better.
    bound_yen: no set that covers as much as the first costs less. considered: packages left after cutting.
    """

    sets: tuple[PackageSet, ...]
    coverable: int
    complete: bool
    cover_all: PackageSet | None
    proven: bool
    bound_yen: int
    considered: int

    @property
    def gap_yen(self) -> int:
        """How much cheaper than the first set one could be at the very most; 0 when it is proven best."""
        return self.sets[0].own_yen - self.bound_yen if self.sets else 0


def solve(
    packages: Iterable[Weighed], needed: int, *, budget_yen: int | None = None, number: int = KEEP, seconds: float
) -> Solution:
    """The ``number`` (at most KEEP) best sets for these bits; budget_yen limits the own cost of the whole set."""
    left = cut(packages, max(number, 1))
    coverable = reduce(or_, (each.covers for each in left), 0) & needed
    bits = [1 << place for place in range(coverable.bit_length()) if coverable >> place & 1]
    search = Search(left, bits, seconds)
    if not bits:
        return Solution((), 0, complete=False, cover_all=None, proven=True, bound_yen=0, considered=0)
    first = search.best(len(bits))
    affordable = first is not None and (budget_yen is None or first.own_yen <= budget_yen)
    found: list[PackageSet] = []
    if affordable and first is not None:
        found.append(first)
        search.forbid(first)
    while len(found) < number:
        each = search.best(len(bits), budget_yen) if affordable else _as_much_as(search, len(bits), budget_yen)
        if each is None:
            break
        found.append(each)
        search.forbid(each)
    return Solution(
        tuple(found),
        coverable,
        complete=affordable,
        cover_all=None if affordable else first,
        proven=not search.cut_short and all(each.proven for each in found),
        bound_yen=found[0].bound_yen if found else 0,
        considered=len(left),
    )


def _as_much_as(search: Search, number: int, budget_yen: int | None) -> PackageSet | None:
    """The set within the budget that covers most, the cheapest of these; None when nothing fits in it."""
    most = search.most(budget_yen) if budget_yen is not None else number - 1
    return search.best(most, budget_yen) if most else None
