"""The sets of packages that cover what is needed at the least own cost, by integer optimisation (HiGHS). Pure.

Every coefficient is an integer (yen, or 1), and what the solver gives is reckoned again in integers: nothing of its
floating point reaches an amount. A set is called proven when the solver's bound leaves no room for a better one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import highspy
import highspy._core
import numpy as np

from marketplace.needs.time_left import Left
from marketplace.needs.weighing import Weighed

_HALF: Final = 0.5
_SLACK: Final = 1e-3  # yen: so far a bound may lie above the true one, and 1e-10 of itself
_ROOM: Final = 1e-10


@dataclass(frozen=True, slots=True)
class PackageSet:
    """Packages that cover something together. subsidised: the one a grant is applied for, None when none can be.

    covers: bits. own_yen: exact. bound_yen: no other set that was allowed costs less.
    """

    packages: tuple[Weighed, ...]
    subsidised: Weighed | None
    covers: int
    total_yen: int
    own_yen: int
    bound_yen: int = 0

    @property
    def proven(self) -> bool:
        """Whether nothing better can exist among those that were allowed."""
        return self.bound_yen >= self.own_yen


def set_of(packages: Iterable[Weighed], bound_yen: int = 0) -> PackageSet:
    """These packages as a set, with the subsidy where it saves most. Of equal ones the first by code."""
    chosen = tuple(sorted(packages, key=lambda each: each.code))
    best = max(chosen, key=_saved, default=None)
    subsidised = best if best is not None and best.fundable else None
    total = sum(each.total_yen for each in chosen)
    own = total - (subsidised.total_yen - subsidised.own_yen) if subsidised else total
    return PackageSet(chosen, subsidised, _covered(chosen), total, own, bound_yen)


def _covered(packages: Iterable[Weighed]) -> int:
    covers = 0
    for each in packages:
        covers |= each.covers
    return covers


def without_idle(packages: Sequence[Weighed]) -> list[Weighed]:
    """The packages without those that cover nothing the others do not, the dearest left out first.

    That never costs more: what is left out was paid, at least in its own part.
    """
    kept = list(packages)
    for each in sorted(packages, key=lambda package: (-package.total_yen, package.code)):
        others = [one for one in kept if one is not each]
        if each.covers & ~_covered(others) == 0:
            kept = others
    return kept


def greedy(packages: Iterable[Weighed], needed: Iterable[int], budget_yen: int | None = None) -> list[Weighed]:
    """A set that covers what is needed, or what the budget lets it, quickly found: always the package that costs least
    for each new function."""
    weighed, left = list(packages), sum(set(needed))
    chosen: list[Weighed] = []
    # A number that every count of functions divides: the cost for each of them times it is whole, and so exact.
    shares = math.lcm(*range(1, left.bit_count() + 1))
    while left:
        total, saved = sum(each.total_yen for each in chosen), max(map(_saved, chosen), default=0)
        useful = [
            each
            for each in weighed
            if each.covers & left
            and (budget_yen is None or total + each.total_yen - max(saved, _saved(each)) <= budget_yen)
        ]
        if not useful:
            break
        costs = [each.total_yen * (shares // (each.covers & left).bit_count()) for each in useful]
        _, _, best = min(zip(costs, (each.code for each in useful), useful, strict=True), key=lambda row: row[:2])
        chosen.append(best)
        left &= ~best.covers
    return without_idle(chosen)


def _saved(each: Weighed) -> int:
    """What a grant for it takes off, in whole yen."""
    return each.total_yen - each.own_yen


@dataclass(frozen=True, slots=True)
class _Column:
    """A package paid in one way, and what it costs so."""

    package: Weighed
    yen: int
    subsidised: bool


@dataclass(frozen=True, slots=True)
class _Row:
    """A constraint: the sum of coefficient x column lies between low and high."""

    coefficients: Mapping[int, int]
    low: float
    high: float


class Search:
    """Looks for sets among these packages, until its time is over."""

    def __init__(self, packages: Iterable[Weighed], needed: Iterable[int], left: Left) -> None:
        """needed: the bits to be covered, each a power of two. left: for all that is asked of it together."""
        weighed = list(packages)
        self._columns = [_Column(each, each.total_yen, subsidised=False) for each in weighed]
        self._columns += [_Column(each, each.own_yen, subsidised=True) for each in weighed if each.fundable]
        self._needed = tuple(needed)
        self._left = left
        self._forbidden: list[_Row] = []
        self.cut_short = False  # whether the time was over, or the solver went wrong, before an answer was certain

    def forbid(self, found: PackageSet) -> None:
        """Leave this set out from now on, and every set that only adds to it."""
        codes = {each.code for each in found.packages}
        own = {at: 1 for at, column in enumerate(self._columns) if column.package.code in codes}
        self._forbidden.append(_Row(own, -math.inf, len(codes) - 1))

    def best(self, number: int, budget_yen: int | None = None) -> PackageSet | None:
        """The set of least own cost that covers at least so many of the needed functions; None: none was found."""
        chosen, bound = self._run([column.yen for column in self._columns], 0, number, budget_yen)
        if chosen is None:
            return None
        found = set_of(without_idle(chosen))
        covered = sum(1 for bit in self._needed if found.covers & bit)
        if covered < number or (budget_yen is not None and found.own_yen > budget_yen):
            self.cut_short = True  # right within the solver's tolerance only, and so of no use
            return None
        least = math.ceil(bound - _SLACK - _ROOM * abs(bound)) if math.isfinite(bound) else 0
        return set_of(found.packages, min(max(least, 0), found.own_yen))

    def most(self, budget_yen: int) -> int:
        """How many of the needed functions a set within the budget covers at most, as far as was found."""
        chosen, _ = self._run([0] * len(self._columns), -1, 0, budget_yen)
        covered = _covered(chosen or ())
        return sum(1 for bit in self._needed if covered & bit)

    def _run(
        self, yen: list[int], reward: int, number: int, budget_yen: int | None
    ) -> tuple[list[Weighed] | None, float]:
        """The packages the solver chooses, None without a solution, and its bound on the objective."""
        seconds = self._left()
        if seconds <= 0:
            self.cut_short = True
            return None, -math.inf
        solver = _solver([*yen, *[reward] * len(self._needed)], self._rows(number, budget_yen), seconds)
        solver.run()
        if solver.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            return None, math.inf
        self.cut_short |= solver.getModelStatus() != highspy.HighsModelStatus.kOptimal
        info = solver.getInfo()
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None, -math.inf
        values = solver.getSolution().col_value
        chosen = [column.package for column, value in zip(self._columns, values, strict=False) if value > _HALF]
        return chosen, float(info.mip_dual_bound)

    def _rows(self, number: int, budget_yen: int | None) -> list[_Row]:
        """The columns are followed by one for each needed function: whether it counts as covered."""
        first = len(self._columns)
        having = [[at for at, one in enumerate(self._columns) if one.package.covers & bit] for bit in self._needed]
        rows = [_Row({**dict.fromkeys(own, 1), first + at: -1}, 0, math.inf) for at, own in enumerate(having)]
        rows.append(_Row(dict.fromkeys(range(first, first + len(self._needed)), 1), number, math.inf))
        subsidised = {one.package.code: at for at, one in enumerate(self._columns) if one.subsidised}
        rows.append(_Row(dict.fromkeys(subsidised.values(), 1), -math.inf, 1))
        rows += [
            _Row({at: 1, subsidised[one.package.code]: 1}, -math.inf, 1)
            for at, one in enumerate(self._columns)
            if not one.subsidised and one.package.code in subsidised
        ]
        if budget_yen is not None:
            rows.append(_Row({at: one.yen for at, one in enumerate(self._columns)}, -math.inf, budget_yen))
        return [*rows, *self._forbidden]


# No gap is good enough: a yen less is less. One thread, so that an answer does not depend on the machine.
_OPTIONS: Final = {
    "output_flag": False,
    "threads": 1,
    "random_seed": 0,
    "mip_rel_gap": 0.0,
    "mip_abs_gap": 0.0,
    "mip_feasibility_tolerance": 1e-10,
    "primal_feasibility_tolerance": 1e-10,
}


def _solver(costs: Sequence[int], rows: Sequence[_Row], seconds: float) -> highspy._core._Highs:
    """A solver with this model: the least sum of costs, every column 0 or 1."""
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(costs), len(rows)
    model.col_cost_ = np.array(costs, dtype=np.double)
    model.col_lower_, model.col_upper_ = np.zeros(len(costs)), np.ones(len(costs))
    model.row_lower_ = np.array([row.low for row in rows], dtype=np.double)
    model.row_upper_ = np.array([row.high for row in rows], dtype=np.double)
    model.integrality_ = [highspy.HighsVarType.kInteger] * len(costs)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = np.cumsum([0, *(len(row.coefficients) for row in rows)], dtype=np.int32)
    model.a_matrix_.index_ = np.array([at for row in rows for at in row.coefficients], dtype=np.int32)
    model.a_matrix_.value_ = np.array(
        [value for row in rows for value in row.coefficients.values()], dtype=np.double
    )
    solver = highspy._core._Highs()  # noqa: SLF001  (the class around it prints a banner to standard output)
    for name, value in {**_OPTIONS, "time_limit": seconds}.items():
        solver.setOptionValue(name, value)
    solver.passModel(model)
    return solver
