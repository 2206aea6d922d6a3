"""What a list says: which rows have a run of tokens, in which zones, how often, and where (search/embedded/lists.py makes them).

A stream holds the tokens of many rows one after the other: the characters of their texts, or numbers that stand for
words; zero stands between texts. It is cut into blocks of BLOCK tokens; a row's zone (its name, its functions, …) begins with
a block of its own, so that a place in the stream tells row and zone.

All runs of up to LONGEST tokens have a list of hits; one that many rows have is kept by row instead, with its counts, so that
nothing has to be spread out or counted when it is asked for. Of the longest the places are kept too: a longer run is looked for from there, in the stream itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from search.embedded.arrays import Array

BLOCK: Final = 8
NAME, FUNCTIONS, PRODUCTS, INDUSTRIES, REST, VENDOR = (1 << number for number in range(6))
"""The zones, as bits."""
ZONES: Final = (NAME, FUNCTIONS, PRODUCTS, INDUSTRIES, REST, VENDOR)
ZONE_SETS: Final = 1 << len(ZONES)
BODY: Final = NAME | FUNCTIONS | PRODUCTS | INDUSTRIES | REST
MOST_ROWS: Final = 1 << 16
MOST_TOKENS: Final = 1 << 25
"""So many rows fit into one segment, as a hit is one number of 32 bits; so many tokens should, for the memory it takes."""

_TIMES: Final = 8  # bits of a hit for how often; then as many for the zones, then the row
_ROW: Final = 16
_MOST_TIMES: Final = (1 << _TIMES) - 1
_PRIME: Final = 0x9E3779B97F4A7C15
_BITS: Final = 64
_ALL_BITS: Final = (1 << _BITS) - 1


@dataclass(frozen=True, slots=True)
class Stream:
    """One kind of tokens. lengths: of the runs that have a list, all up to the longest one."""

    name: str
    token: Any
    lengths: tuple[int, ...]

    @property
    def longest(self) -> int:
        """The longest run with a list."""
        return self.lengths[-1]


CHARACTERS: Final = Stream("characters", np.uint16, (1, 2, 3, 4))
WORDS: Final = Stream("words", np.uint64, (1, 2))
SOUNDS: Final = Stream("sounds", np.uint16, (2, 3, 4))
SOUND_WORDS: Final = Stream("sound_words", np.uint64, (1,))
STREAMS: Final = (CHARACTERS, WORDS, SOUNDS, SOUND_WORDS)


def characters(text: str) -> tuple[int, ...]:
    """A folded text as tokens."""
    return tuple(memoryview(text.encode("utf-16-le", "surrogatepass")).cast("H"))


def word(text: str) -> int:
    """A word as a token."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little") | 1


def whole_label(plain: str) -> int:
    """A whole label, in plain form, as a token among the words: no word begins so."""
    return word("\0" + plain)


@lru_cache(maxsize=10_000)
def key(tokens: tuple[int, ...]) -> int:
    """What a run of tokens is filed under."""
    found = len(tokens)
    for token in tokens:
        found = ((found ^ token) * _PRIME) & _ALL_BITS
        found ^= found >> 29
    return found


def keys(tokens: Sequence[Array]) -> NDArray[np.uint64]:
    """The same for many runs of one length: their first tokens, their second, …"""
    found = np.full(len(tokens[0]), len(tokens), np.uint64)
    for each in tokens:
        found = (found ^ each.astype(np.uint64)) * np.uint64(_PRIME)
        found ^= found >> np.uint64(29)
    return found


def hits(rows: Array, zones: Array, times: Array) -> Array:
    """One hit for each of these rows."""
    found = rows.astype(np.uint32) << _ROW
    found |= zones.astype(np.uint32) << _TIMES
    found |= np.minimum(times, _MOST_TIMES).astype(np.uint32)
    return found


def words_by_row(rows: int) -> int:
    """So many numbers a list of marks for every row has: no list of hits is so long."""
    return ZONE_SETS - (-rows // 2)


def by_zones(marks: Array) -> NDArray[np.uint32]:
    """How many of the marks are in just these zones, for every set of zones."""
    return np.bincount(zones_of(marks), minlength=ZONE_SETS).astype(np.uint32)


def rows_of(found: Array) -> Array:
    """The row of each hit."""
    return (found >> _ROW).astype(np.int64)


def marks_of(found: Array) -> Array:
    """Zones and times of each hit, without its row."""
    return found.astype(np.uint16)


class Hits(NamedTuple):
    """Where a run of tokens is in a segment. rows: in order, None for all. marks: of each of these, nothing where it is not.

    counted: where there is a mark for every row, how many rows have it in just these zones, for every set of zones.
    """

    rows: Array | None
    marks: Array
    counted: Array | None = None

    @classmethod
    def of(cls, found: Array, rows: int) -> Hits:
        """From a list as it is kept, in a segment of so many rows: only one that is kept by row is so long."""
        if len(found) == words_by_row(rows):
            return cls(None, found[ZONE_SETS:].view(np.uint16)[:rows], found[:ZONE_SETS])
        return cls(rows_of(found), marks_of(found))

    def by_zones(self) -> Array:
        """How many rows have it in just these zones, for every set of zones."""
        return by_zones(self.marks) if self.counted is None else self.counted

    def by_row(self, rows: int) -> Array:
        """A mark for every row."""
        if self.rows is None:
            return self.marks
        found = np.zeros(rows, np.uint16)
        found[self.rows] = self.marks
        return found

    def listed(self) -> tuple[Array, Array]:
        """The rows that have it, and their marks."""
        if self.rows is not None:
            return self.rows, self.marks
        rows = np.flatnonzero(self.marks)
        return rows, self.marks[rows]


def in_zones(marks: Array, zones: int) -> NDArray[np.bool_]:
    """Which of the marks are in one of these zones."""
    found: NDArray[np.bool_] = marks & np.uint16(zones << _TIMES) != 0
    return found


def zones_of(marks: Array) -> Array:
    """The zones of each mark."""
    return (marks >> _TIMES).astype(np.uint8)


def times_of(marks: Array) -> Array:
    """How often, of each mark."""
    return marks.astype(np.uint8)


def changes(values: Array) -> NDArray[np.bool_]:
    """Where another value begins."""
    fresh = np.ones(len(values), bool)
    np.not_equal(values[1:], values[:-1], out=fresh[1:])
    return fresh
