"""A snapshot while one request is answered, and the rows that are given points.

Finding goes over all rows, as a mask. Points are given only to candidates: the rows that were found and that every filter
lets pass. So what many rows have costs little where few are left.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import log
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from search.embedded.arrays import Array
from search.embedded.inverting import REST, ZONE_SETS, in_zones, times_of, zones_of
from search.embedded.occurrences import Occurrences
from search.embedded.schema import FIELDS
from search.embedded.snapshot import Snapshot
from search.embedded.values import Mask

if TYPE_CHECKING:
    from search.embedded.nodes import Query, Run

Scores = NDArray[np.float32]
Anywhere = tuple[str, tuple[int, ...]]
"""A run of tokens of a stream."""


@dataclass(slots=True)
class View:
    """What was looked up is remembered until its end."""

    snapshot: Snapshot
    _found: dict[Anywhere, Occurrences] = field(default_factory=dict)

    def occurrences(self, run: Run) -> Occurrences:
        """Where the run is, in any field of its stream."""
        found = self._found.get(run.anywhere)
        if found is None:
            stream, _ = FIELDS[run.field]
            found = self._found[run.anywhere] = Occurrences(self.snapshot, stream, run.tokens)
        return found

    def rows(self, question: Query) -> Array:
        """The rows that are found and not gone, in order."""
        return np.flatnonzero(self.mask(question))

    def mask(self, question: Query) -> Mask:
        """The same as a mask."""
        found, there = question.mask(self), self.snapshot.there
        return found if there is None else found & there

    def count(self, question: Query) -> int:
        """How many rows are found."""
        return int(np.count_nonzero(self.mask(question)))

    def rarity(self, run: Run) -> float:
        """What BM25 makes of how many rows have the run in its field; nothing where none has."""
        number = self.occurrences(run).count(FIELDS[run.field][1])
        return log(1 + (self.snapshot.rows - number + 0.5) / (number + 0.5)) if number else 0.0

    def most(self, run: Run, table: Scores) -> float:
        """The most that a row may get by the zones in which it has the run."""
        return float(table[self.occurrences(run).by_zones != 0].max(initial=0))

    def most_saturated(self, name: str) -> float:
        """The most that :meth:`Candidates.saturated` gives for a field."""
        return 1.0 if FIELDS[name][1] & REST else self.snapshot.most_once(name)

    def scores(self, questions: Sequence[Query], rows: Array) -> Scores:
        """The points of each of these rows, which the questions need not find."""
        candidates = Candidates(self, rows)
        for question in questions:
            question.score(candidates, 1.0)
        return candidates.total()


@dataclass(slots=True)
class ByZones:
    """Points by the zones in which a row has a run, those of all fields of a stream put together."""

    tables: dict[Anywhere, tuple[Run, Scores]] = field(default_factory=dict)

    def add(self, run: Run, points: float | np.float32) -> None:
        """Points for the rows that have the run in its field."""
        _, table = self.tables.setdefault(run.anywhere, (run, np.zeros(ZONE_SETS, np.float32)))
        table[np.arange(ZONE_SETS) & FIELDS[run.field][1] != 0] += points


class Candidates:
    """Rows that are given points, in order."""

    def __init__(self, view: View, rows: Array, known: dict[Anywhere | str, Array] | None = None) -> None:
        """known: of the same rows, what was looked up already."""
        self.view = view
        self.rows = rows
        self._known: dict[Anywhere | str, Array] = {} if known is None else known
        self._scores: Scores = np.zeros(len(rows), np.float32)
        self._by_zones = ByZones()

    def apart(self) -> Candidates:
        """The same rows without their points."""
        return Candidates(self.view, self.rows, self._known)

    def marks(self, run: Run) -> Array:
        """In which zones and how often each row has the run, in any field of its stream."""
        known = self._known.get(run.anywhere)
        if known is None:
            known = self._known[run.anywhere] = self.view.occurrences(run).of(self.rows)
        return known

    def saturated(self, run: Run, zones: int) -> Array:
        """What BM25 makes of how often each row has the run in its field.

        How often is counted over all zones of a stream: of a label it is taken as once.
        """
        marks = self.marks(run)
        inside = in_zones(marks, zones)
        if not zones & REST:
            return inside.astype(np.float32) * self._of_rows(run.field, self.view.snapshot.once)
        times = times_of(marks)
        times *= inside.view(np.uint8)
        often = times.astype(np.float32)
        return often / (often + self._of_rows(run.field, self.view.snapshot.damping))

    def _of_rows(self, name: str, of_all: Callable[[str], Array]) -> Array:
        known = self._known.get(name)
        if known is None:
            every = of_all(name)
            known = self._known[name] = (
                every if len(every) == len(self.rows) else every.take(self.rows, mode="clip")
            )
        return known

    def add(self, points: Array) -> None:
        """Give each row its points."""
        self._scores += points

    def add_where(self, run: Run, points: np.float32) -> None:
        """Give points to the rows that have the run in its field, at the end."""
        self._by_zones.add(run, points)

    def total(self) -> Scores:
        """The points of each row."""
        for run, table in self._by_zones.tables.values():
            self._scores += table.take(zones_of(self.marks(run)), mode="clip")
        self._by_zones.tables.clear()
        return self._scores
