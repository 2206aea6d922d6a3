"""What can be asked of the rows of an index: each kind of question says which rows it finds and what points it gives.

Points are added up in one array over all rows. They count only where the whole question finds a row, so a part that gives
points to others does no harm.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import log
from typing import Final

import numpy as np
from numpy.typing import NDArray

from search.embedded import sets
from search.embedded.arrays import Array
from search.embedded.inverting import REST
from search.embedded.schema import FIELDS
from search.embedded.snapshot import Mask, Snapshot
from search.filters import Facet

_SATURATED: Final = 1.2  # k1 and b of BM25
_BY_LENGTH: Final = 0.75

Scores = NDArray[np.float32]


@dataclass(slots=True)
class View:
    """A snapshot while one request is answered: what was looked up is remembered until its end."""

    snapshot: Snapshot
    _found: dict[Run, tuple[Array, Array, Array]] = field(default_factory=dict)

    def hits(self, run: Run) -> tuple[Array, Array]:
        """The rows that have the run in its field, and how often each has it."""
        stream, zones = FIELDS[run.field]
        anywhere = Run(stream.name, run.tokens)
        found = self._found.get(anywhere)
        if found is None:
            found = self._found[anywhere] = self.snapshot.hits(stream, run.tokens)
        rows, where, times = found
        inside = where & zones != 0
        return (rows, times) if inside.all() else (rows[inside], times[inside])

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

    def scores(self, questions: Sequence[Query]) -> Scores:
        """The points of each row."""
        scores = np.zeros(self.snapshot.rows, np.float32)
        for question in questions:
            question.score(self, scores, 1.0)
        return scores


class Query(ABC):
    """A question."""

    @abstractmethod
    def mask(self, view: View) -> Mask:
        """Which rows are found; a new array."""

    def score(self, view: View, scores: Scores, share: float) -> None:  # noqa: B027 - most give no points
        """Add the points, times a share."""


@dataclass(frozen=True, slots=True)
class Run(Query):
    """A field has these tokens one after the other. Points by BM25: the rarer and the more often, the more."""

    field: str
    tokens: tuple[int, ...]

    def mask(self, view: View) -> Mask:
        found = view.nothing()
        found[view.hits(self)[0]] = True
        return found

    def score(self, view: View, scores: Scores, share: float) -> None:
        rows, times = view.hits(self)
        number = len(rows)
        if not number:
            return
        rarity = log(1 + (view.snapshot.rows - number + 0.5) / (number + 0.5))
        # How often is counted over all zones of a stream: of a label it is taken as once.
        often = times.astype(np.float32) if FIELDS[self.field][1] & REST else np.float32(1)
        length = view.snapshot.length(self.field)[rows]
        points = often / (often + _SATURATED * (1 - _BY_LENGTH + _BY_LENGTH * length))
        scores[rows] += points * np.float32(share * rarity * (1 + _SATURATED))


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
        if self.least == 1:
            found = view.nothing()
            for part in self.parts:
                found |= part.mask(view)
            return found
        number = np.zeros(view.snapshot.rows, np.uint8)
        for part in self.parts:
            number += part.mask(view)
        return number >= self.least

    def score(self, view: View, scores: Scores, share: float) -> None:
        if self.least == 1:
            for part in self.parts:
                part.score(view, scores, share)
            return
        own = np.zeros_like(scores)
        for part in self.parts:
            part.score(view, own, share)
        np.add(scores, own, out=scores, where=self.mask(view))


@dataclass(frozen=True, slots=True)
class AllOf(Query):
    """Every part."""

    parts: tuple[Query, ...]

    def mask(self, view: View) -> Mask:
        found = np.ones(view.snapshot.rows, bool)
        for part in self.parts:
            found &= part.mask(view)
        return found

    def score(self, view: View, scores: Scores, share: float) -> None:
        for part in self.parts:
            part.score(view, scores, share)


@dataclass(frozen=True, slots=True)
class Points(Query):
    """What the question finds, each with the same points."""

    question: Query
    points: float

    def mask(self, view: View) -> Mask:
        return self.question.mask(view)

    def score(self, view: View, scores: Scores, share: float) -> None:
        points = np.float32(self.points * share)
        if not points:
            return
        if isinstance(self.question, Run):
            scores[view.hits(self.question)[0]] += points
        else:
            np.add(scores, points, out=scores, where=self.question.mask(view))


@dataclass(frozen=True, slots=True)
class Times(Query):
    """The question with its points multiplied."""

    question: Query
    factor: float

    def mask(self, view: View) -> Mask:
        return self.question.mask(view)

    def score(self, view: View, scores: Scores, share: float) -> None:
        self.question.score(view, scores, share * self.factor)


@dataclass(frozen=True, slots=True)
class Has(Query):
    """A value of a facet."""

    facet: Facet
    value: str

    def mask(self, view: View) -> Mask:
        snapshot = view.snapshot
        number = snapshot.number_of(self.facet, self.value)
        if number is None:
            return view.nothing()
        wanted = np.zeros(snapshot.set_count, bool)
        wanted[snapshot.of_set[snapshot.of_value == number]] = True
        column = sets.COLUMNS.index(sets.column_of(self.facet, self.value))
        found: Mask = wanted[snapshot.sets[:, column]]
        return found


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
