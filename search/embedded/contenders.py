"""Which of the rows found may be on the page at all: only these need all of their points.

What a row may get at most is told by the zones in which it has each run, one look into a table. The points of some rows,
as a sample, tell how many are needed to be among the best. What cannot reach that is left out, and what is left is given its
points as if nothing had been left out: the page is the same to the last bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Final

import numpy as np

from search.embedded.arrays import Array
from search.embedded.inverting import zones_of
from search.embedded.nodes import Query, Run
from search.embedded.values import Mask
from search.embedded.viewing import ByZones, Scores, View

_WORTH: Final = 16_384  # rows: fewer are given their points at once
_MANY_RUNS: Final = 4  # with fewer, points cost no more than what they may be at most
_SAMPLE: Final = 2_048
_TOGETHER: Final = 16
_AT_ONCE: Final = 1 << 16  # rows looked at together: what is reckoned of them stays near the processor
_SLACK: Final = 1e-4  # of the points needed: sums of 32 bits differ by their order


def contenders(view: View, questions: Sequence[Query], rows: Array, number: int) -> Array:
    """Those of the rows, in order, that may be among so many best; all with as many points as these are there."""
    if len(rows) < _WORTH or number > _SAMPLE // 4:
        return rows
    bounds = _Bounds(view, questions, number)
    if bounds.runs < _MANY_RUNS:
        return rows
    needed = bounds.needed(_sample(rows))
    kept = [bounds.reached(rows[at : at + _AT_ONCE], needed) for at in range(0, len(rows), _AT_ONCE)]
    left, most = (np.concatenate(each) for each in zip(*kept, strict=True))
    if len(left) < _WORTH:
        return left
    likely = np.argpartition(most, -_SAMPLE)[-_SAMPLE:]
    (left,) = _only(most >= bounds.needed(np.sort(left[likely])), left)
    return left


def _sample(rows: Array) -> Array:
    """Some of the rows from everywhere, in groups of neighbours: what is known of these lies near to each other."""
    firsts = np.arange(0, len(rows) - _TOGETHER, len(rows) * _TOGETHER // _SAMPLE)
    chosen: Array = rows[(firsts[:, None] + np.arange(_TOGETHER)).reshape(-1)]
    return chosen


class _Bounds:
    """What the questions give at most, in points before they are multiplied by what is fair."""

    def __init__(self, view: View, questions: Sequence[Query], number: int) -> None:
        by_zones = ByZones()
        self._view, self._questions, self._number = view, questions, number
        self._rest = sum(question.most(view, 1.0, by_zones) for question in questions)
        self.runs = len(by_zones.tables)
        self._by_zones = by_zones

    @cached_property
    def _tables(self) -> list[tuple[Run, Scores, float]]:
        tables = [(run, table, self._view.most(run, table)) for run, table in self._by_zones.tables.values()]
        return sorted(tables, key=lambda each: -each[2])

    def needed(self, rows: Array) -> float:
        """What a row has to get at least to be among the best, since so many of these rows are as good."""
        scores = self._view.scores(self._questions, rows) * self._view.snapshot.fair[rows]
        worst = float(np.partition(scores, -self._number)[-self._number])
        return worst / self._view.snapshot.fairest * (1 - _SLACK)

    def reached(self, rows: Array, needed: float) -> tuple[Array, Scores]:
        """Those of the rows that may get so much, and the most that each may get."""
        points = np.full(len(rows), self._rest, np.float32)
        still = sum(most for _, _, most in self._tables)
        for run, table, most in self._tables:
            still -= most
            marks = self._view.occurrences(run).of(rows)
            if points.max(initial=0) + still < needed:
                rows, points, marks = _only(marks != 0, rows, points, marks)
            points += table.take(zones_of(marks), mode="clip")
            kept = points >= needed - still
            if np.count_nonzero(kept) * 2 < len(rows):
                rows, points = _only(kept, rows, points)
        rows, points = _only(points >= needed, rows, points)
        return rows, points


def _only(kept: Mask, *of: Array) -> list[Array]:
    places = np.flatnonzero(kept)  # several times quicker than to pick by a mask
    return [each.take(places) for each in of]
