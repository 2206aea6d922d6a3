"""The values that the rows of one segment have: what is counted and filtered by.

Of a facet with few values each value is a line of bits, one for each row of the segment: counting is a bitwise *and* with
what was found, and takes the same time however much that is. A facet of many values, as of vendors, is counted by the
numbers of its sets (search/embedded/sets.py), where each row found costs the same however many values there are.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from search.embedded import sets
from search.embedded.arrays import Array, Arrays, texts_of
from search.filters import Facet

Mask = NDArray[np.bool_]
"""Which of all rows."""

_FEW: Final = 64  # values of a facet
_WORD: Final = 64  # bits


class Values:
    """Of a segment's arrays. members: every value as the member of a set; those of a facet stand together."""

    def __init__(self, arrays: Arrays) -> None:
        texts = [each.decode("utf-8", "surrogatepass") for each in texts_of(arrays, "set")]
        self.rows, self._sets = len(arrays["sets"]), arrays["sets"]
        self._set_count = len(texts)
        by_facet = _by_facet(texts)
        self._few = {facet for facet, of_facet in by_facet.items() if len(of_facet) <= _FEW}
        in_order = sorted(by_facet, key=lambda facet: facet not in self._few)
        self.members = [member for facet in in_order for member in by_facet[facet]]
        self._numbers = {member: number for number, member in enumerate(self.members)}
        self._places = {facet: _place(self._numbers, by_facet[facet]) for facet in in_order}
        pairs = [(number, self._numbers[each]) for number, text in enumerate(texts) for each in sets.members(text)]
        self._of_set, self._of_value = np.array(pairs, np.int64).reshape(-1, 2).T
        few = sum(len(by_facet[facet]) for facet in self._few)
        self._bits = np.zeros((few, -(-self.rows // _WORD)), np.uint64)
        for number in range(few):
            self._bits[number] = _packed(self._looked_up(number))
        self._columns = {
            facet: [
                np.ascontiguousarray(self._sets[:, each]) for each in map(sets.COLUMNS.index, sets.columns(facet))
            ]
            for facet in in_order
            if facet not in self._few
        }

    def _looked_up(self, number: int) -> Mask:
        wanted = np.zeros(self._set_count, bool)
        wanted[self._of_set[self._of_value == number]] = True
        column = sets.COLUMNS.index(sets.column_of(*sets.meaning(self.members[number])))
        found: Mask = wanted[self._sets[:, column]]
        return found

    def mask(self, member: str) -> Mask | None:
        """Which rows have a value; None when none has."""
        number = self._numbers.get(member)
        if number is None:
            return None
        if number >= len(self._bits):
            return self._looked_up(number)
        return np.unpackbits(self._bits[number].view(np.uint8), count=self.rows).view(bool)

    def count(self, found: Mask, facets: Collection[Facet]) -> Array:
        """How many of the rows found have each member of these facets; of others, anything."""
        number = int(np.count_nonzero(found))
        if number == self.rows:
            return self._all
        counts = np.zeros(len(self.members), np.int64)
        if number:
            self._count_few(counts, _packed(found), self._few.intersection(facets))
            many = self._columns.keys() & set(facets)
            if many:
                self._count_many(counts, np.flatnonzero(found), many)
        return counts

    def _count_few(self, counts: Array, found: Array, facets: Collection[Facet]) -> None:
        # One facet after the other: all at once would push all else out of the processor's own memory.
        for place in (self._places[each] for each in facets):
            counts[place] = np.bitwise_count(self._bits[place] & found).sum(axis=1, dtype=np.uint32)

    def _count_many(self, counts: Array, rows: Array, facets: Collection[Facet]) -> None:
        for facet in facets:
            of_sets = np.zeros(self._set_count, np.int64)
            for column in self._columns[facet]:
                of_sets += np.bincount(column[rows], minlength=self._set_count)
            counts[self._places[facet]] = self._of_members(of_sets)[self._places[facet]]

    def _of_members(self, of_sets: Array) -> Array:
        return np.bincount(self._of_value, of_sets[self._of_set], len(self.members)).astype(np.int64)

    @cached_property
    def _all(self) -> Array:
        return self._of_members(np.bincount(self._sets.reshape(-1), minlength=self._set_count))


def _by_facet(texts: Sequence[str]) -> dict[Facet, list[str]]:
    """Every member of these sets once, by its facet."""
    found: dict[Facet, list[str]] = {}
    for member in dict.fromkeys(each for text in texts for each in sets.members(text)):
        found.setdefault(sets.meaning(member)[0], []).append(member)
    return found


def _place(numbers: dict[str, int], members: Sequence[str]) -> slice:
    first = numbers[members[0]]
    return slice(first, first + len(members))


def _packed(mask: Mask) -> Array:
    """As bits, in whole words."""
    found = np.zeros(-(-len(mask) // _WORD) * (_WORD // 8), np.uint8)
    found[: -(-len(mask) // 8)] = np.packbits(mask)
    return found.view(np.uint64)
