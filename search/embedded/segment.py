"""One segment: some thousand rows with their lists, in a file that never changes. Rows count from 0 in each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from search.embedded import arrays as files
from search.embedded import rows as kept
from search.embedded.arrays import Array, Arrays, put_texts, text_at, texts_of
from search.embedded.inverting import BLOCK, SOUND_WORDS, STREAMS, Stream, changes, hits, inverted, key, word

_NONE: Array = np.zeros(0, np.uint32)


def complete(rows: Arrays) -> Arrays:
    """The rows with the lists that are made of them."""
    found = dict(rows)
    for stream in STREAMS:
        found |= inverted(stream, rows)
        if stream is not SOUND_WORDS:
            found[f"{stream.name}.lengths"] = kept.lengths(rows, stream)
    ids = np.array([word(each.decode()) for each in texts_of(rows, "id")], np.uint64)
    order = np.argsort(ids)
    found["id.keys"], found["id.rows"] = ids[order], order.astype(np.uint16)
    names = texts_of(rows, "sort_name")
    found["name_order"] = np.array(sorted(range(len(names)), key=names.__getitem__), np.uint16)
    words = Counter(each for labels in texts_of(rows, "labels") if labels for each in labels.split(b"\n"))
    put_texts(found, "label", words)
    found["label.times"] = np.array(list(words.values()), np.uint32)
    return found


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

    def hits(self, stream: Stream, tokens: Sequence[int]) -> Array:
        """The hits of a run of tokens (search/embedded/inverting.py), by row."""
        if len(tokens) > stream.longest:
            return self._hits_of_long(stream, tokens)
        slot = self._slot(stream, tokens)
        return _NONE if slot is None else self._list(stream, "hits", slot)

    def _slot(self, stream: Stream, tokens: Sequence[int]) -> int | None:
        keys = self.arrays[f"{stream.name}.keys"]
        wanted = np.uint64(key(tokens))
        slot = int(np.searchsorted(keys, wanted))
        return slot if slot < len(keys) and keys[slot] == wanted else None

    def _list(self, stream: Stream, what: str, slot: int) -> Array:
        of = "" if what == "hits" else "place_"
        first = self.arrays[f"{stream.name}.{of}firsts"][slot]
        last = self.arrays[f"{stream.name}.{of}lasts"][slot]
        return self.arrays[f"{stream.name}.{what}"][first:last]

    def _hits_of_long(self, stream: Stream, tokens: Sequence[int]) -> Array:
        """From the rarest part of the run outwards: where the stream goes on as the run does."""
        longest = stream.longest
        parts = []
        for start in range(len(tokens) - longest + 1):
            slot = self._slot(stream, tokens[start : start + longest])
            if slot is None:
                return _NONE
            parts.append((start, self._list(stream, "places", slot)))
        start, places = min(parts, key=lambda part: len(part[1]))
        written = self.arrays[f"{stream.name}.tokens"]
        places = places.astype(np.int64) - start
        # Outwards, and a zero ends every text: so nothing beyond the stream is looked at (before it is its last zero).
        for step in (*range(start + longest, len(tokens)), *range(start - 1, -1, -1)):
            places = places[written[places + step] == tokens[step]]
        blocks = places // BLOCK
        of_row = self.arrays[f"{stream.name}.rows"][blocks]
        return hits(of_row, self.arrays[f"{stream.name}.zones"][blocks], np.flatnonzero(changes(of_row)))

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
    def names(self) -> list[bytes]:
        """What the rows are sorted by as names, in this order."""
        names = texts_of(self.arrays, "sort_name")
        return [names[row] for row in self.arrays["name_order"]]
