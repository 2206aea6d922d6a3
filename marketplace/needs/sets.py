"""From weighed packages to the best sets, the next best ones, and what must be left out. Pure.

Everything that can be covered is covered, at the least own cost. Where the budget does not reach, first as many
functions as it can, then the least own cost; and what it would take to cover all. Where fewer sets than asked for cover so
much, those that leave something out follow by the same order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_

from marketplace.needs.solving import PackageSet, Search, greedy, set_of
from marketplace.needs.table import MOST_FUNCTIONS, NoTime, Table
from marketplace.needs.time_left import Left, but_for
from marketplace.needs.weighing import DEAREST, KEEP, Weighed, cut


@dataclass(frozen=True, slots=True)
class Solution:
    """The best sets, best first; none of them is another with something added.

    coverable: bits that some package has. complete: whether the first set covers all of these. cover_all_yen: the own cost
    of covering them, where the budget does not reach. proven: whether nothing better than the first can exist.
    considered: packages left after cutting.
    """

    sets: tuple[PackageSet, ...]
    coverable: int
    complete: bool
    cover_all_yen: int | None
    proven: bool
    considered: int

    @property
    def gap_yen(self) -> int:
        """How much cheaper than the first set one could be at the very most; 0 when it is proven best."""
        return self.sets[0].own_yen - self.sets[0].bound_yen if self.sets else 0


def solve(
    packages: Iterable[Weighed],
    needed: int,
    *,
    left: Left,
    budget_yen: int | None = None,
    number: int = KEEP,
    whole: bool = True,
) -> Solution:
    """The ``number`` (at most KEEP) best sets for these bits; budget_yen limits the own cost of the whole set.

    left: what is found by then is given. whole: whether these are all that can matter; nothing is proven of a part.
    """
    kept = cut(packages, number)
    coverable = reduce(or_, (each.covers for each in kept), 0) & needed
    looking = _Looking(
        kept, [1 << place for place in range(coverable.bit_length()) if coverable >> place & 1], left
    )
    functions = coverable.bit_count()
    if not functions:
        return Solution((), 0, complete=False, cover_all_yen=None, proven=True, considered=0)
    found = looking.best(functions, budget_yen, number, ())
    complete, cover_all, below = bool(found), None, functions - 1
    if not complete and budget_yen is not None:
        cover_all = next(iter(looking.best(functions, None, 1, ())), None)
        below = looking.most(budget_yen)
    for level in range(below, 0, -1):
        if len(found) == number:
            break
        found += looking.best(level, budget_yen, number - len(found), found)
    if not found and looking.cut_short:
        found, looking.certain = looking.quickly(budget_yen), False
        complete = bool(found) and found[0].covers == coverable
    if not whole:
        found = [replace(each, bound_yen=0) for each in found]
    return Solution(
        tuple(found),
        coverable,
        complete,
        cover_all.own_yen if cover_all else None,
        proven=whole and (found[0].proven and looking.certain if found else not looking.cut_short),
        considered=len(kept),
    )


class _Looking:
    """The packages, the functions they are to cover, and the time that is left for it."""

    def __init__(self, packages: Sequence[Weighed], bits: list[int], left: Left) -> None:
        places = {bit: 1 << place for place, bit in enumerate(bits)}
        # Bits that nothing covers are gone, so that the table has no more of them than it must.
        self._packages = [replace(each, covers=_moved(each.covers, places)) for each in packages]
        self._back = {place: bit for bit, place in places.items()}
        self._left = left
        self._table = self._filled(len(bits))
        self.cut_short = False
        self.certain = True  # whether no set can cover more

    def _filled(self, functions: int) -> Table | None:
        """The table, unless there are too many functions for one, or too little time: a quarter of it is the solver's."""
        if functions > MOST_FUNCTIONS:
            return None
        try:
            return Table(self._packages, functions, but_for(self._left, self._left() / 4))
        except NoTime:
            return None

    def most(self, budget_yen: int) -> int:
        """How many functions fit into the budget, as far as is known."""
        if self._table is not None:
            return self._table.most(budget_yen)
        search = self._search(self._packages)
        most = search.most(budget_yen)
        self.cut_short |= search.cut_short
        self.certain = not search.cut_short
        return most

    def best(
        self, level: int, budget_yen: int | None, number: int, before: Sequence[PackageSet]
    ) -> list[PackageSet]:
        """So many of the cheapest sets that cover at least so many functions, and are none of those before."""
        certain = not (before and self.cut_short)  # else one between those before and these may have been missed
        try:
            found = self._best(level, budget_yen, number, before)
        except NoTime:
            self.cut_short = True
            return []
        return found if certain else [replace(each, bound_yen=0) for each in found]

    def _best(
        self, level: int, budget_yen: int | None, number: int, before: Sequence[PackageSet]
    ) -> list[PackageSet]:
        got: list[PackageSet] = []
        for packages, beyond in self._pools(level):
            search = self._search(packages)
            for known in before:
                search.forbid(known)
            got = []
            while len(got) < number and (each := search.best(level, budget_yen)) is not None:
                got.append(each)
                search.forbid(each)
            enough = len(got) == number and got[-1].own_yen <= beyond
            if enough or search.cut_short or (budget_yen is not None and beyond > budget_yen):
                break
        self.cut_short |= search.cut_short
        # The table knows in integers what the first costs at least, also when the solver had no time to say so.
        least = self._table.least(level) if self._table is not None else 0
        return [self._as_given(each, min(max(each.bound_yen, least), beyond, each.own_yen)) for each in got]

    def quickly(self, budget_yen: int | None) -> list[PackageSet]:
        """Some set, when there was no time to look for the best."""
        chosen = greedy(self._packages, self._back, budget_yen)
        return [self._as_given(set_of(chosen), 0)] if chosen else []

    def _pools(self, level: int) -> Iterator[tuple[Sequence[Weighed], int]]:
        if self._table is None:
            return iter([(self._packages, DEAREST)])
        return self._table.pools(level, self._left)

    def _search(self, packages: Iterable[Weighed]) -> Search:
        return Search(packages, self._back, self._left)

    def _as_given(self, one: PackageSet, bound_yen: int) -> PackageSet:
        def back(each: Weighed) -> Weighed:
            return replace(each, covers=_moved(each.covers, self._back))

        return replace(
            one,
            packages=tuple(map(back, one.packages)),
            subsidised=back(one.subsidised) if one.subsidised else None,
            covers=_moved(one.covers, self._back),
            bound_yen=bound_yen,
        )


def _moved(covers: int, places: dict[int, int]) -> int:
    return sum(new for old, new in places.items() if covers & old)
