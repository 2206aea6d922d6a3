"""What can be asked of the rows of an index: each kind of question says which rows it finds and what points it gives.

Finding goes over all rows, as a mask. Points are given only to candidates: the rows that were found and that every filter
lets pass. So what many rows have costs little where few are left.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from math import log
from typing import Final

import numpy as np
from numpy.typing import NDArray

from search.embedded.arrays import Array
from search.embedded.inverting import REST, in_zones, times_of, zones_of
from search.embedded.occurrences import Occurrences
from search.embedded.schema import FIELDS
from search.embedded.snapshot import SATURATED, Snapshot
from search.embedded.values import Mask
from search.filters import Facet

_ALL_ZONES: Final = 1 << 8

Scores = NDArray[np.float32]
_Anywhere = tuple[str, tuple[int, ...]]
"""A run of tokens of a stream."""


@dataclass(slots=True)
class View:
    """A snapshot while one request is answered: what was looked up is remembered until its end."""

    snapshot: Snapshot
    _found: dict[_Anywhere, Occurrences] = field(default_factory=dict)

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

    def nothing(self) -> Mask:
        """No row."""
        return np.zeros(self.snapshot.rows, bool)

    def scores(self, questions: Sequence[Query], rows: Array) -> Scores:
        """The points of each of these rows, which the questions need not find."""
        candidates = Candidates(self, rows)
        for question in questions:
            question.score(candidates, 1.0)
        return candidates.total()


class Candidates:
    """Rows that are given points, in order."""

    def __init__(self, view: View, rows: Array, known: dict[_Anywhere | str, Array] | None = None) -> None:
        """known: of the same rows, what was looked up already."""
        self.view = view
        self.rows = rows
        self._known: dict[_Anywhere | str, Array] = {} if known is None else known
        self._scores: Scores = np.zeros(len(rows), np.float32)
        self._by_zones: dict[_Anywhere, tuple[Run, Scores]] = {}

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
            known = self._known[name] = every if len(every) == len(self.rows) else every[self.rows]
        return known

    def add(self, points: Array) -> None:
        """Give each row its points."""
        self._scores += points

    def add_where(self, run: Run, points: np.float32) -> None:
        """Give points to the rows that have the run in its field; put together with those of other fields until the end."""
        _, table = self._by_zones.setdefault(run.anywhere, (run, np.zeros(_ALL_ZONES, np.float32)))
        table[np.arange(_ALL_ZONES) & FIELDS[run.field][1] != 0] += points

    def total(self) -> Scores:
        """The points of each row."""
        for run, table in self._by_zones.values():
            self._scores += table[zones_of(self.marks(run))]
        self._by_zones.clear()
        return self._scores


class Query(ABC):
    """A question."""

    @abstractmethod
    def mask(self, view: View) -> Mask:
        """Which rows are found; a new array."""

    def among(self, candidates: Candidates) -> Mask:
        """Which of the candidates are found."""
        return self.mask(candidates.view)[candidates.rows]

    def score(self, candidates: Candidates, share: float) -> None:  # noqa: B027 - most give no points
        """Add the points, times a share."""


@dataclass(frozen=True, slots=True)
class Run(Query):
    """A field has these tokens one after the other. Points by BM25: the rarer and the more often, the more."""

    field: str
    tokens: tuple[int, ...]

    @property
    def anywhere(self) -> _Anywhere:
        """The same run in any field of its stream."""
        return FIELDS[self.field][0].name, self.tokens

    def mask(self, view: View) -> Mask:
        return view.occurrences(self).mask(FIELDS[self.field][1])

    def among(self, candidates: Candidates) -> Mask:
        return in_zones(candidates.marks(self), FIELDS[self.field][1])

    def score(self, candidates: Candidates, share: float) -> None:
        zones = FIELDS[self.field][1]
        number = candidates.view.occurrences(self).count(zones)
        if not number:
            return
        rarity = log(1 + (candidates.view.snapshot.rows - number + 0.5) / (number + 0.5))
        points = candidates.saturated(self, zones)
        points *= np.float32(share * rarity * (1 + SATURATED))
        candidates.add(points)


@dataclass(frozen=True, slots=True)
class Everything(Query):
    """All rows."""

    def mask(self, view: View) -> Mask:
        return np.ones(view.snapshot.rows, bool)


@dataclass(frozen=True, slots=True)
class AnyOf(Query):
    """At least so many of the parts."""

    parts: tuple[Query, ...]
    least: int = 1

    def mask(self, view: View) -> Mask:
        return self._enough(part.mask(view) for part in self.parts)

    def among(self, candidates: Candidates) -> Mask:
        return self._enough(part.among(candidates) for part in self.parts)

    def _enough(self, masks: Iterator[Mask]) -> Mask:
        if self.least == 1:
            return reduce(np.logical_or, masks)
        number = next(masks).astype(np.uint8)
        for each in masks:
            number += each.view(np.uint8)
        return number >= self.least

    def score(self, candidates: Candidates, share: float) -> None:
        if self.least == 1:
            for part in self.parts:
                part.score(candidates, share)
            return
        own = candidates.apart()
        for part in self.parts:
            part.score(own, share)
        candidates.add(own.total() * self.among(candidates).astype(np.float32))


@dataclass(frozen=True, slots=True)
class AllOf(Query):
    """Every part."""

    parts: tuple[Query, ...]

    def mask(self, view: View) -> Mask:
        return reduce(np.logical_and, (part.mask(view) for part in self.parts))

    def among(self, candidates: Candidates) -> Mask:
        return reduce(np.logical_and, (part.among(candidates) for part in self.parts))

    def score(self, candidates: Candidates, share: float) -> None:
        for part in self.parts:
            part.score(candidates, share)


@dataclass(frozen=True, slots=True)
class Points(Query):
    """What the question finds, each with the same points."""

    question: Query
    points: float

    def mask(self, view: View) -> Mask:
        return self.question.mask(view)

    def among(self, candidates: Candidates) -> Mask:
        return self.question.among(candidates)

    def score(self, candidates: Candidates, share: float) -> None:
        points = np.float32(self.points * share)
        if not points:
            return
        if isinstance(self.question, Run):
            candidates.add_where(self.question, points)
        else:
            candidates.add(self.question.among(candidates).astype(np.float32) * points)


@dataclass(frozen=True, slots=True)
class Times(Query):
    """The question with its points multiplied."""

    question: Query
    factor: float

    def mask(self, view: View) -> Mask:
        return self.question.mask(view)

    def among(self, candidates: Candidates) -> Mask:
        return self.question.among(candidates)

    def score(self, candidates: Candidates, share: float) -> None:
        self.question.score(candidates, share * self.factor)


@dataclass(frozen=True, slots=True)
class Has(Query):
    """A value of a facet."""

    facet: Facet
    value: str

    def mask(self, view: View) -> Mask:
        return view.snapshot.having(self.facet, self.value)


@dataclass(frozen=True, slots=True)
class Between(Query):
    """A number is at least low and at most high; None is open."""

    column: str
    low: int | None
    high: int | None

    def mask(self, view: View) -> Mask:
        found = np.ones(view.snapshot.rows, bool)
        column = view.snapshot.column(self.column)
        if self.low is not None:
            found &= column >= self.low
        if self.high is not None:
            found &= column <= self.high
        return found
