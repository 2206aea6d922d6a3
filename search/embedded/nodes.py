"""What can be asked of the rows of an index: each kind of question says which rows it finds and what points it gives."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce

import numpy as np

from search.embedded.inverting import in_zones
from search.embedded.schema import FIELDS
from search.embedded.snapshot import SATURATED
from search.embedded.values import Mask
from search.embedded.viewing import Anywhere, ByZones, Candidates, View
from search.filters import Facet


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

    def most(self, view: View, share: float, known: ByZones) -> float:  # noqa: ARG002 - most give no points
        """The most that ``score`` may add: by zones, and beside that the same to every row."""
        return 0.0

    def signs(self) -> list[Run] | None:
        """Runs of which each row that is found has at least one; None where there are none such."""
        return None

    def nowhere(self, view: View) -> bool:  # noqa: ARG002 - most cannot tell
        """Whether no row is found, where that can be told without a look at each."""
        return False


@dataclass(frozen=True, slots=True)
class Run(Query):
    """A field has these tokens one after the other. Points by BM25: the rarer and the more often, the more."""

    field: str
    tokens: tuple[int, ...]

    @property
    def anywhere(self) -> Anywhere:
        """The same run in any field of its stream."""
        return FIELDS[self.field][0].name, self.tokens

    def mask(self, view: View) -> Mask:
        """Rows that have the tokens in the field's zones."""
        return view.occurrences(self).mask(FIELDS[self.field][1])

    def among(self, candidates: Candidates) -> Mask:
        """Candidates that have them there."""
        return in_zones(candidates.marks(self), FIELDS[self.field][1])

    def score(self, candidates: Candidates, share: float) -> None:
        """How rare the run is, times how often a row has it, saturated."""
        rarity = candidates.view.rarity(self)
        if rarity:
            points = candidates.saturated(self, FIELDS[self.field][1])
            points *= np.float32(share * rarity * (1 + SATURATED))
            candidates.add(points)

    def most(self, view: View, share: float, known: ByZones) -> float:
        """By the zones of the run, and nothing beside."""
        rarity = view.rarity(self)
        if rarity:
            known.add(self, share * rarity * (1 + SATURATED) * view.most_saturated(self.field))
        return 0.0

    def signs(self) -> list[Run] | None:
        """Itself."""
        return [self]

    def nowhere(self, view: View) -> bool:
        """Whether no row has the tokens in the field's zones."""
        return not view.occurrences(self).count(FIELDS[self.field][1])


@dataclass(frozen=True, slots=True)
class Everything(Query):
    """All rows."""

    def mask(self, view: View) -> Mask:
        """Each row."""
        return np.ones(view.snapshot.rows, bool)


@dataclass(frozen=True, slots=True)
class AnyOf(Query):
    """At least so many of the parts."""

    parts: tuple[Query, ...]
    least: int = 1

    def mask(self, view: View) -> Mask:
        """Rows that as many parts find as are needed; parts that are nowhere are not asked."""
        there = self._there(view)
        if len(there) < self.least:
            return np.zeros(view.snapshot.rows, bool)
        return self._enough(part.mask(view) for part in there)

    def among(self, candidates: Candidates) -> Mask:
        """Candidates that as many parts find as are needed."""
        return self._enough(part.among(candidates) for part in self.parts)

    def _there(self, view: View) -> list[Query]:
        return [part for part in self.parts if not part.nowhere(view)]

    def _enough(self, masks: Iterator[Mask]) -> Mask:
        found = next(masks)
        if self.least == 1:
            for each in masks:
                found |= each
            return found
        number = found.view(np.uint8)
        for each in masks:
            number += each.view(np.uint8)
        return number >= self.least

    def nowhere(self, view: View) -> bool:
        """Whether fewer parts than are needed can be anywhere."""
        return len(self._there(view)) < self.least

    def score(self, candidates: Candidates, share: float) -> None:
        """The points of all parts; where several are needed, for rows that have so many."""
        if self.least == 1:
            for part in self.parts:
                part.score(candidates, share)
            return
        own = candidates.apart()
        for part in self.parts:
            part.score(own, share)
        candidates.add(own.total() * self.among(candidates).astype(np.float32))

    def most(self, view: View, share: float, known: ByZones) -> float:
        """The sum of what the parts may add."""
        return sum(part.most(view, share, known) for part in self.parts)

    def signs(self) -> list[Run] | None:
        """Those of all parts; None where one part has none."""
        of_parts = [part.signs() for part in self.parts]
        return None if None in of_parts else [run for of_part in of_parts for run in of_part or ()]


@dataclass(frozen=True, slots=True)
class AllOf(Query):
    """Every part."""

    parts: tuple[Query, ...]

    def mask(self, view: View) -> Mask:
        """Rows that every part finds."""
        if self.nowhere(view):
            return np.zeros(view.snapshot.rows, bool)
        return reduce(np.ndarray.__iand__, (part.mask(view) for part in self.parts))

    def among(self, candidates: Candidates) -> Mask:
        """Candidates that every part finds."""
        return reduce(np.logical_and, (part.among(candidates) for part in self.parts))

    def nowhere(self, view: View) -> bool:
        """Whether one part is nowhere."""
        return any(part.nowhere(view) for part in self.parts)

    def score(self, candidates: Candidates, share: float) -> None:
        """The points of all parts."""
        for part in self.parts:
            part.score(candidates, share)

    def most(self, view: View, share: float, known: ByZones) -> float:
        """The sum of what the parts may add."""
        return sum(part.most(view, share, known) for part in self.parts)

    def signs(self) -> list[Run] | None:
        """Those of the first part that has any: whoever is found has one of them."""
        return next((signs for part in self.parts if (signs := part.signs()) is not None), None)


@dataclass(frozen=True, slots=True)
class Points(Query):
    """What the question finds, each with the same points."""

    question: Query
    points: float

    def mask(self, view: View) -> Mask:
        """Rows that the question finds."""
        return self.question.mask(view)

    def among(self, candidates: Candidates) -> Mask:
        """Candidates that the question finds."""
        return self.question.among(candidates)

    def score(self, candidates: Candidates, share: float) -> None:
        """The same points for each candidate found, times the share; none for a run without rarity."""
        points = np.float32(self.points * share)
        if not points:
            return
        if isinstance(self.question, Run):
            if candidates.view.rarity(self.question):
                candidates.add_where(self.question, points)
        else:
            candidates.add(self.question.among(candidates).astype(np.float32) * points)

    def most(self, view: View, share: float, known: ByZones) -> float:
        """The points by the zones of the question's signs; where it has none, beside the zones."""
        signs = self.question.signs()
        if signs is None:
            return self.points * share
        for run in signs:
            if view.rarity(run):
                known.add(run, self.points * share)
        return 0.0

    def signs(self) -> list[Run] | None:
        """The question's."""
        return self.question.signs()

    def nowhere(self, view: View) -> bool:
        """Whether the question is nowhere."""
        return self.question.nowhere(view)


@dataclass(frozen=True, slots=True)
class Times(Query):
    """The question with its points multiplied."""

    question: Query
    factor: float

    def mask(self, view: View) -> Mask:
        """Rows that the question finds."""
        return self.question.mask(view)

    def among(self, candidates: Candidates) -> Mask:
        """Candidates that the question finds."""
        return self.question.among(candidates)

    def score(self, candidates: Candidates, share: float) -> None:
        """The question's points, times the factor and the share."""
        self.question.score(candidates, share * self.factor)

    def most(self, view: View, share: float, known: ByZones) -> float:
        """The most that the question may add, times the factor."""
        return self.question.most(view, share * self.factor, known)

    def signs(self) -> list[Run] | None:
        """The question's."""
        return self.question.signs()

    def nowhere(self, view: View) -> bool:
        """Whether the question is nowhere."""
        return self.question.nowhere(view)


@dataclass(frozen=True, slots=True)
class Has(Query):
    """A value of a facet."""

    facet: Facet
    value: str

    def mask(self, view: View) -> Mask:
        """Rows that are counted under the value."""
        return view.snapshot.having(self.facet, self.value)


@dataclass(frozen=True, slots=True)
class Between(Query):
    """A number is at least low and at most high; None is open."""

    column: str
    low: int | None
    high: int | None

    def mask(self, view: View) -> Mask:
        """Rows whose number lies between the bounds, both included."""
        found = np.ones(view.snapshot.rows, bool)
        column = view.snapshot.column(self.column)
        if self.low is not None:
            found &= column >= self.low
        if self.high is not None:
            found &= column <= self.high
        return found
