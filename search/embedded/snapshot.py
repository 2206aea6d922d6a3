"""One commit of the index as a whole: its segments as one long list of rows, some of which may be gone."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from search.documents import SearchDocument, from_bytes
from search.embedded import rows as kept
from search.embedded import sets
from search.embedded.arrays import Array, texts_of
from search.embedded.integrity import Listed, Stamp
from search.embedded.inverting import ZONES, Stream, opened
from search.embedded.schema import FAIR, FIELDS
from search.embedded.segment import Segment
from search.filters import Amount, Facet

REPRICED: Final = (Amount.SUBSIDY.value, Amount.OWN_COST.value)
"""The numbers that other amounts change; beside them they change sets."""
_OF_ROWS: Final = frozenset({"bases", "there", "documents", "fair", "names_in_order"})

Mask = NDArray[np.bool_]
"""Which of all rows."""


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
        self._columns.update({name: known for name, known in held._columns.copy().items() if name not in REPRICED})

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

    def hits(self, stream: Stream, tokens: Sequence[int]) -> tuple[Array, Array, Array]:
        """Row, zones and times of each hit of a run of tokens, by row; also of rows that are gone."""
        found = [opened(segment.hits(stream, tokens)) for segment in self.segments]
        if not found:
            return np.zeros(0, np.int64), np.zeros(0, np.uint8), np.zeros(0, np.uint8)
        rows = [each[0] + np.uint32(base) for base, each in zip(self.bases, found, strict=False)]
        return (
            np.concatenate(rows),
            np.concatenate([each[1] for each in found]),
            np.concatenate([each[2] for each in found]),
        )

    def column(self, name: str) -> Array:
        """One number of every row."""
        known = self._columns.get(name)
        if known is None:
            parts = [segment.arrays[name] for segment in self.segments]
            # Where there is one segment, its array is mapped and not copied.
            known = parts[0] if len(parts) == 1 else np.concatenate(parts or [np.zeros(0, np.int64)])
            self._columns[name] = known
        return known

    @cached_property
    def fair(self) -> Array:
        """What the score of each row is multiplied by."""
        return np.log2(self.column(FAIR))

    def length(self, name: str) -> Array:
        """How long a field is in each row, compared with the mean of all rows."""
        known = self._columns.get(f"{name}.length")
        if known is None:
            stream, zones = FIELDS[name]
            of = [number for number, zone in enumerate(ZONES) if zone & zones]
            lengths = self.column(f"{stream.name}.lengths")[:, of].sum(axis=1, dtype=np.float32)
            known = self._columns[f"{name}.length"] = lengths / max(
                1.0, float(lengths.mean()) if len(lengths) else 1
            )
        return known

    @cached_property
    def names_in_order(self) -> Array:
        """For each row a number that sorts as its name does."""
        order = np.zeros(self.rows, np.int64)
        if not self.segments:
            return order
        # The longest segment is in order already; the names of all others are put between.
        longest = max(range(len(self.segments)), key=lambda number: self.segments[number].rows)
        main = self.segments[longest]
        order[main.arrays["name_order"].astype(np.int64) + self.bases[longest]] = (
            np.arange(1, main.rows + 1, dtype=np.int64) << 32
        )
        rest = sorted(
            (name, int(row) + self.bases[number])
            for number, segment in enumerate(self.segments)
            if number != longest
            for name, row in zip(segment.names, segment.arrays["name_order"], strict=True)
        )
        for place, (name, row) in enumerate(rest, 1):
            order[row] = (bisect_left(main.names, name) << 32) + place
        return order

    @cached_property
    def _sets(self) -> tuple[list[str], Array]:
        texts, numbers = kept.set_numbers([segment.arrays for segment in self.segments])
        parts = [new[segment.arrays["sets"]] for new, segment in zip(numbers, self.segments, strict=True)]
        return texts, np.concatenate(parts) if parts else np.zeros((0, len(sets.COLUMNS)), np.int32)

    @property
    def sets(self) -> Array:
        """The number of each row's set in each column (search/embedded/sets.py)."""
        return self._sets[1]

    def set_text(self, number: int) -> str:
        """A set as it is written (search/embedded/sets.py)."""
        return self._sets[0][number]

    @cached_property
    def _members(self) -> tuple[dict[str, int], Array, Array]:
        """Every value that a set has and its number; then, once for each value of each set, both their numbers."""
        values: dict[str, int] = {}
        pairs = [
            (number, values.setdefault(member, len(values)))
            for number, text in enumerate(self._sets[0])
            for member in sets.members(text)
        ]
        of_set, of_value = np.array(pairs, np.int64).reshape(-1, 2).T
        return values, of_set, of_value

    @property
    def of_set(self) -> Array:
        """The number of the set, for each value of each set."""
        return self._members[1]

    @property
    def of_value(self) -> Array:
        """The number of the value, for each value of each set."""
        return self._members[2]

    @property
    def value_count(self) -> int:
        """How many different values there are."""
        return len(self._members[0])

    @cached_property
    def values(self) -> Mapping[Facet, tuple[list[str], Array]]:
        """The values of each facet, and their numbers."""
        found: dict[Facet, dict[str, int]] = {facet: {} for facet in Facet}
        for member, number in self._members[0].items():
            facet, value = sets.meaning(member)
            found[facet][value] = number
        return {facet: (list(of), np.array(list(of.values()), np.int64)) for facet, of in found.items()}

    def number_of(self, facet: Facet, value: str) -> int | None:
        """The number of a value; None when no row has it."""
        return self._members[0].get(sets.member(facet, value))

    @cached_property
    def set_count(self) -> int:
        """How many different sets there are."""
        return len(self._sets[0])

    def place_of(self, row: int) -> tuple[Segment, int]:
        """The segment a row is in, and its number there."""
        number = int(np.searchsorted(self.bases, row, "right")) - 1
        return self.segments[number], row - self.bases[number]

    def row_of(self, identity: str) -> int | None:
        """The row of the document with this id, if it is there."""
        for base, segment, gone in zip(self.bases, self.segments, self.gone, strict=False):
            row = segment.row_of(identity)
            if row is not None and row not in gone:
                return base + row
        return None

    def document(self, row: int) -> SearchDocument:
        """The document in a row, with the amounts it was written with (newer ones: search/embedded/repricing.py)."""
        segment, number = self.place_of(row)
        return from_bytes(segment.text("source", number))

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
