"""One segment: some thousand rows with their lists, in a file that never changes. Rows count from 0 in each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, reduce
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from search.embedded import arrays as files
from search.embedded import rows as kept
from search.embedded.arrays import Array, Arrays, put_texts, text_at, texts_of
from search.embedded.inverting import (
    BLOCK,
    SOUND_WORDS,
    STREAMS,
    ZONES,
    Hits,
    Stream,
    changes,
    hits,
    key,
    marks_of,
    rows_of,
    word,
)
from search.embedded.lists import inverted
from search.embedded.schema import FAIR, FIELDS, RESTRICTED, SHUFFLE, SHUFFLE_BITS
from search.embedded.values import Values

_NOWHERE: Final = Hits(np.zeros(0, np.int64), np.zeros(0, np.uint16))
_FEWER: Final = 8  # so many times fewer are looked up one by one


def complete(rows: Arrays) -> Arrays:
    """The rows with the lists that are made of them."""
    found = dict(rows)
    with ThreadPoolExecutor(2) as threads:  # sorting does not hold the interpreter
        for lists in threads.map(lambda stream: inverted(stream, rows, kept.count(rows)), STREAMS):
            found |= lists
    for stream in STREAMS:
        if stream is not SOUND_WORDS:
            found[f"{stream.name}.lengths"] = kept.lengths(rows, stream)
    ids = np.array([word(each.decode()) for each in texts_of(rows, "id")], np.uint64)
    order = np.argsort(ids)
    found["id.keys"], found["id.rows"] = ids[order], order.astype(np.uint16)
    names = texts_of(rows, "sort_name")
    found["name_order"] = np.array(sorted(range(len(names)), key=names.__getitem__), np.uint16)
    words = Counter(filter(None, b"\n".join(texts_of(rows, "labels")).split(b"\n")))
    put_texts(found, "label", words)
    found["label.times"] = np.array(list(words.values()), np.uint32)
    return found


def _in_both(few: Array, many: Array) -> Array:
    """What two lists in order have in common, in order."""
    if np.array_equal(few, many):
        return few
    if len(few) * _FEWER < len(many):
        places = np.searchsorted(many, few)
        found: Array = few[many[np.minimum(places, len(many) - 1)] == few]
        return found
    both = np.sort(np.concatenate([few, many]), kind="stable")  # two lists in order: merged
    twice: Array = both[:-1][both[1:] == both[:-1]]
    return twice


class Segment:
    """A segment's file, opened. amounts: the file with newer amounts of its rows (search/embedded/repricing.py)."""

    def __init__(self, path: Path, amounts: Path | None = None) -> None:
        self.path = path
        self.arrays = files.read(path)
        self.rows = kept.count(self.arrays)
        if amounts is not None:
            newer = files.read(amounts)
            if len(newer["sets"]) != self.rows:
                raise ValueError(f"{amounts.name} is of another segment")
            self.arrays |= newer
        self._made: dict[str, Array] = {}

    def hits(self, stream: Stream, tokens: Sequence[int]) -> Hits:
        """Where a run of tokens is."""
        if len(tokens) > stream.longest:
            return self._hits_of_long(stream, tokens)
        slot = self._slot(stream, tokens)
        return _NOWHERE if slot is None else self._hits(stream, slot)

    def _hits(self, stream: Stream, slot: int) -> Hits:
        return Hits.of(self._list(stream, "hits", slot), self.rows)

    def _slot(self, stream: Stream, tokens: Sequence[int]) -> int | None:
        keys = self.arrays[f"{stream.name}.keys"]
        wanted = np.uint64(key(tuple(tokens)))
        slot = int(keys.searchsorted(wanted))
        return slot if slot < len(keys) and keys[slot] == wanted else None

    def _list(self, stream: Stream, what: str, slot: int) -> Array:
        of = "" if what == "hits" else "place_"
        first = self.arrays[f"{stream.name}.{of}firsts"][slot]
        last = self.arrays[f"{stream.name}.{of}lasts"][slot]
        return self.arrays[f"{stream.name}.{what}"][first:last]

    def _hits_of_long(self, stream: Stream, tokens: Sequence[int]) -> Hits:
        """Where its parts stand one after the other, the rarest part first; nowhere where one that lies over two is not."""
        longest, last = stream.longest, len(tokens) - stream.longest
        slots = []
        for start in range(last + 1):
            slot = self._slot(stream, tokens[start : start + longest])
            if slot is None:
                return _NOWHERE
            slots.append(slot)
        # All as places of the last part, which are never below the beginning of the stream.
        parts = [
            (self._list(stream, "places", slots[start]) + np.uint32(last - start), slots[start])
            for start in (*range(0, last, longest), last)
        ]
        parts.sort(key=lambda part: len(part[0]))
        places = reduce(_in_both, [part[0] for part in parts])
        if len(places) == len(parts[0][0]):
            return self._hits(stream, parts[0][1])  # wherever the rarest part is, there is the whole run
        blocks = (places - np.uint32(last)) // BLOCK
        of_row = self.arrays[f"{stream.name}.rows"][blocks]
        starts = np.flatnonzero(changes(of_row))
        zones = np.bitwise_or.reduceat(self.arrays[f"{stream.name}.zones"][blocks], starts)
        found = hits(of_row[starts], zones, np.diff(starts, append=len(blocks)))
        return Hits(rows_of(found), marks_of(found))

    def row_of(self, identity: str) -> int | None:
        """The row of the document with this id."""
        keys = self.arrays["id.keys"]
        wanted = np.uint64(word(identity))
        slot = int(np.searchsorted(keys, wanted))
        return int(self.arrays["id.rows"][slot]) if slot < len(keys) and keys[slot] == wanted else None

    def rows_of(self, keys: NDArray[np.uint64]) -> NDArray[np.int64]:
        """The same for many at once, by the numbers of their ids (:func:`word`); -1 for those that are not here."""
        known = self.arrays["id.keys"]
        slots = np.minimum(np.searchsorted(known, keys), len(known) - 1)
        return np.where(known[slots] == keys, self.arrays["id.rows"][slots].astype(np.int64), -1)

    def text(self, name: str, row: int) -> bytes:
        """A text of one row."""
        return text_at(self.arrays, name, row)

    @cached_property
    def values(self) -> Values:
        """What the rows are counted and filtered by."""
        return Values(self.arrays)

    @cached_property
    def restricted(self) -> bool:
        """Whether a row is not for everybody."""
        return bool(self.arrays[RESTRICTED].any())

    @cached_property
    def fair(self) -> Array:
        """What the score of each row is multiplied by."""
        return np.log2(self.arrays[FAIR])

    def shuffled(self, name: str) -> Array:
        """One number of every row, rows that have the same in an order of their own."""
        return self._remembered(name, lambda: self.arrays[name] << SHUFFLE_BITS | self.arrays[SHUFFLE])

    def lengths(self, field: str) -> Array:
        """How many tokens a field has in each row."""
        stream, zones = FIELDS[field]
        of = [number for number, zone in enumerate(ZONES) if zone & zones]
        every = self.arrays[f"{stream.name}.lengths"]
        return self._remembered(f"{field}.lengths", lambda: every[:, of].sum(axis=1, dtype=np.float32))

    def _remembered(self, name: str, make: Callable[[], Array]) -> Array:
        known = self._made.get(name)
        if known is None:
            known = self._made[name] = make()
        return known

    @cached_property
    def place_by_name(self) -> Array:
        """The place of each row among all, sorted by name."""
        places = np.empty(self.rows, np.int64)
        places[self.arrays["name_order"]] = np.arange(self.rows)
        return places
