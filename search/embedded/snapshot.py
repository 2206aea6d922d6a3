"""One commit of the index as a whole: its segments as one long list of rows, some of which may be gone."""

from __future__ import annotations

from bisect import bisect
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from search.documents import SearchDocument, from_bytes
from search.embedded import sets
from search.embedded.arrays import Array, texts_of
from search.embedded.integrity import Listed, Stamp
from search.embedded.segment import Segment
from search.embedded.values import Mask
from search.filters import Amount, Facet

REPRICED: Final = (Amount.SUBSIDY.value, Amount.OWN_COST.value)
"""The numbers that other amounts change; beside them they change sets."""
_OF_ROWS: Final = frozenset({"bases", "there", "documents"})

SATURATED: Final = np.float32(1.2)  # k1 and b of BM25
_BY_LENGTH: Final = np.float32(0.75)


class AllValues(NamedTuple):
    """All values numbered: how many, for each segment the numbers of its members, and those of each facet by name."""

    number: int
    numbers: list[Array]
    of_facet: dict[Facet, tuple[list[str], Array]]


@dataclass(frozen=True)
class Snapshot:
    """Readable while newer ones come. gone: for each segment the rows that are no longer there."""

    path: Path
    segments: Sequence[Segment]
    gone: Sequence[Array]
    listed: Sequence[Listed]
    version: str
    stamp: Stamp
    files: Mapping[Path, Stamp]
    _columns: dict[str, Array] = field(default_factory=dict)

    def keep(self, held: Snapshot) -> None:
        """Take over what was reckoned of an earlier commit, where only amounts differ (search/embedded/repricing.py)."""
        if [each[:2] for each in held.listed] != [each[:2] for each in self.listed]:
            return
        self.__dict__.update({name: known for name, known in vars(held).copy().items() if name in _OF_ROWS})
        # Copies: another thread may be adding one.
        columns = held._columns.copy().items()
        self._columns.update({name: known for name, known in columns if name.partition(".")[0] not in REPRICED})

    @cached_property
    def bases(self) -> list[int]:
        """The number of the first row of each segment, and after them that of all rows."""
        return [0, *accumulate(segment.rows for segment in self.segments)]

    @property
    def rows(self) -> int:
        """Of all segments, with those that are gone."""
        return self.bases[-1]

    @cached_property
    def there(self) -> Mask | None:
        """The rows that are not gone; None when all are there."""
        if not any(map(len, self.gone)):
            return None
        there = np.ones(self.rows, bool)
        for base, gone in zip(self.bases, self.gone, strict=False):
            there[gone.astype(np.int64) + base] = False
        return there

    @cached_property
    def documents(self) -> int:
        """How many are there."""
        return self.rows - sum(map(len, self.gone))

    def _joined(self, name: str, of_segment: Callable[[Segment], Array]) -> Array:
        """What each segment knows of its rows, as one array."""
        known = self._columns.get(name)
        if known is None:
            parts = [of_segment(segment) for segment in self.segments]
            # Where there is one segment, its array is mapped and not copied.
            known = parts[0] if len(parts) == 1 else np.concatenate(parts or [np.zeros(0, np.int64)])
            self._columns[name] = known
        return known

    def column(self, name: str) -> Array:
        """One number of every row."""
        return self._joined(name, lambda segment: segment.arrays[name])

    def shuffled(self, name: str) -> Array:
        """One number of every row, rows that have the same in an order of their own."""
        return self._joined(f"{name}.shuffled", lambda segment: segment.shuffled(name))

    @property
    def fair(self) -> Array:
        """What the score of each row is multiplied by."""
        return self._joined("fair.logarithm", lambda segment: segment.fair)

    @cached_property
    def fairest(self) -> float:
        """The most of it."""
        return float(self.fair.max(initial=0))

    def damping(self, name: str) -> Array:
        """How much the length of a field takes, in each row, from how often a run is there: the longer, the more."""
        known = self._columns.get(f"{name}.damping")
        if known is None:
            lengths = self._joined(f"{name}.tokens", lambda segment: segment.lengths(name))
            mean = float(lengths.mean()) if len(lengths) else 1.0
            share = lengths / np.float32(max(1.0, mean))
            known = self._columns[f"{name}.damping"] = SATURATED * (1 - _BY_LENGTH + _BY_LENGTH * share)
        return known

    def once(self, name: str) -> Array:
        """What a run that is there once counts for in each row, by the length of the field."""
        known = self._columns.get(f"{name}.once")
        if known is None:
            known = self._columns[f"{name}.once"] = 1 / (1 + self.damping(name))
        return known

    def most_once(self, name: str) -> float:
        """The most of :meth:`once`, in any row."""
        known = self._columns.get(f"{name}.most")
        if known is None:
            known = self._columns[f"{name}.most"] = self.once(name).max(initial=0)
        return float(known)

    @cached_property
    def all_public(self) -> bool:
        """Whether everybody may find every row."""
        return not any(segment.restricted for segment in self.segments)

    @cached_property
    def values(self) -> AllValues:
        """The values of all segments."""
        numbers: dict[str, int] = {}
        of_segments = [
            np.array([numbers.setdefault(member, len(numbers)) for member in segment.values.members], np.int64)
            for segment in self.segments
        ]
        found: dict[Facet, dict[str, int]] = {facet: {} for facet in Facet}
        for member, number in numbers.items():
            facet, value = sets.meaning(member)
            found[facet][value] = number
        of_facet = {facet: (list(of), np.array(list(of.values()), np.int64)) for facet, of in found.items()}
        return AllValues(len(numbers), of_segments, of_facet)

    def having(self, facet: Facet, value: str) -> Mask:
        """The rows that have a value."""
        found = np.zeros(self.rows, bool)
        for base, segment in zip(self.bases, self.segments, strict=False):
            rows = segment.values.mask(sets.member(facet, value))
            if rows is not None:
                found[base : base + segment.rows] = rows
        return found

    def place_of(self, row: int) -> tuple[Segment, int]:
        """The segment a row is in, and its number there."""
        number = bisect(self.bases, row) - 1
        return self.segments[number], row - self.bases[number]

    def row_of(self, identity: str) -> int | None:
        """The row of the document with this id, if it is there."""
        for base, segment, gone in zip(self.bases, self.segments, self.gone, strict=False):
            row = segment.row_of(identity)
            if row is not None and row not in gone:
                return base + row
        return None

    def identity(self, row: int) -> tuple[str, int]:
        """Id and version of the document in a row."""
        segment, number = self.place_of(row)
        return segment.text("id", number).decode(), int(segment.arrays["version"][number])

    def document(self, row: int) -> SearchDocument:
        """The document in a row, with the amounts it was written with (newer ones: search/embedded/repricing.py)."""
        return from_bytes(self.source(row))

    def source(self, row: int) -> bytes:
        """The same as the index keeps it."""
        segment, number = self.place_of(row)
        return segment.text("source", number)

    def versions(self) -> list[tuple[str, int]]:
        """(id, version) of every document, by id."""
        ids = [each for segment in self.segments for each in texts_of(segment.arrays, "id")]
        versions, there = self.column("version").tolist(), self.there
        rows = range(self.rows) if there is None else np.flatnonzero(there).tolist()
        return sorted((ids[row].decode(), versions[row]) for row in rows)

    def labels(self) -> Counter[str]:
        """The words of all labels; a word only of documents that are gone does no harm."""
        found: Counter[str] = Counter()
        for segment in self.segments:
            times = segment.arrays["label.times"].tolist()
            for label, number in zip(texts_of(segment.arrays, "label"), times, strict=True):
                found[label.decode("utf-8", "surrogatepass")] += number
        return found
