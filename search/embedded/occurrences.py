"""Where a run of tokens is in all segments of a snapshot: which rows have it, in which zones and how often."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Final

import numpy as np

from search.embedded.arrays import Array
from search.embedded.inverting import ZONE_SETS, Stream, in_zones
from search.embedded.snapshot import Snapshot
from search.embedded.values import Mask

_MANY: Final = 32  # a run that more than one in so many rows has is kept by row
_FEWER: Final = 8  # so many times fewer are looked up one by one


class Occurrences:
    """Of a common run there is a mark for every row, nothing where it is not; of a rare one only for the rows that have it.

    Also of rows that are gone.
    """

    def __init__(self, snapshot: Snapshot, stream: Stream, tokens: Sequence[int]) -> None:
        found = [segment.hits(stream, tokens) for segment in snapshot.segments]
        self._among = snapshot.rows
        self._counted: dict[int, int] = {}
        self._rows: Array | None = None
        self._hits = found
        if sum(len(hits.marks) for hits in found) * _MANY > self._among:
            by_row = [hits.by_row(of.rows) for of, hits in zip(snapshot.segments, found, strict=True)]
            self._marks = by_row[0] if len(by_row) == 1 else np.concatenate(by_row)
        else:
            listed = [hits.listed() for hits in found]
            self._rows = np.concatenate(
                [
                    np.zeros(0, np.int64),
                    *(rows + base for base, (rows, _) in zip(snapshot.bases, listed, strict=False)),
                ]
            )
            self._marks = np.concatenate([np.zeros(0, np.uint16), *(marks for _, marks in listed)])

    @cached_property
    def by_zones(self) -> Array:
        """How many rows have it in just these zones, for every set of zones."""
        return sum((hits.by_zones() for hits in self._hits), np.zeros(ZONE_SETS, np.int64))

    def count(self, zones: int) -> int:
        """How many rows have it in one of these zones."""
        known = self._counted.get(zones)
        if known is None:
            known = self._counted[zones] = int(self.by_zones[np.arange(ZONE_SETS) & zones != 0].sum())
        return known

    def mask(self, zones: int) -> Mask:
        """Which rows have it in one of these zones."""
        inside = in_zones(self._marks, zones)
        if self._rows is None:
            return inside
        found = np.zeros(self._among, bool)
        found[self._rows.take(np.flatnonzero(inside))] = True
        return found

    def of(self, rows: Array) -> Array:
        """The marks of these rows, in order; nothing for those that do not have it."""
        if self._rows is None:
            return self._marks if len(rows) == self._among else self._marks.take(rows, mode="clip")
        if len(rows) * _FEWER < len(self._rows):
            return _looked_up(self._rows, self._marks, rows)
        found = np.zeros(len(rows), np.uint16)
        places = np.searchsorted(rows, self._rows)
        places[places == len(rows)] = 0
        same = rows[places] == self._rows if len(rows) else np.zeros(len(places), bool)
        found[places[same]] = self._marks[same]
        return found


def _looked_up(known: Array, marks: Array, rows: Array) -> Array:
    places = np.searchsorted(known, rows)
    places[places == len(known)] = 0
    return np.where(known[places] == rows, marks[places], np.uint16(0))
