"""From streams of tokens to lists: which rows have a run of tokens, in which zones, how often, and where.

A stream holds the tokens of many rows one after the other: the characters of their texts, or numbers that stand for
words; zero stands between texts. It is cut into blocks of BLOCK tokens; a row's zone (its name, its functions, …) begins with
a block of its own, so that a place in the stream tells row and zone.

All runs of up to LONGEST tokens have a list of hits; one that many rows have is kept by row instead, with its counts, so that
nothing has to be spread out or counted when it is asked for. Of the longest the places are kept too: a longer run is looked for from there, in the stream itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from search.embedded.arrays import Array, Arrays

_BLOCK_BITS: Final = 3
BLOCK: Final = 1 << _BLOCK_BITS
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
_MANY: Final = 8  # a run that more than one in so many rows has is kept by row
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


class TooMuch(Exception):
    """More different texts than one segment can hold: what is sorted is one number of 64 bits for each place."""


def characters(text: str) -> tuple[int, ...]:
    """A folded text as tokens."""
    return tuple(memoryview(text.encode("utf-16-le", "surrogatepass")).cast("H"))


@lru_cache(maxsize=200_000)
def word(text: str) -> int:
    """A word as a token."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little") | 1


@lru_cache(maxsize=10_000)
def key(tokens: tuple[int, ...]) -> int:
    """What a run of tokens is filed under."""
    found = len(tokens)
    for token in tokens:
        found = ((found ^ token) * _PRIME) & _ALL_BITS
        found ^= found >> 29
    return found


def _keys(tokens: Array, places: Array, length: int) -> NDArray[np.uint64]:
    """The same for the runs that begin at these places."""
    found = np.full(len(places), length, np.uint64)
    for step in range(length):
        found = (found ^ tokens.take(places + step, mode="clip").astype(np.uint64)) * np.uint64(_PRIME)
        found ^= found >> np.uint64(29)
    return found


def hits(rows: Array, zones: Array, starts: Array) -> Array:
    """One hit for each row from rows and zones place by place. starts: where the next row begins."""
    if not len(rows):
        return np.zeros(0, np.uint32)
    found = rows[starts].astype(np.uint32) << _ROW
    found |= np.bitwise_or.reduceat(zones, starts).astype(np.uint32) << _TIMES
    found |= np.minimum(np.diff(starts, append=len(rows)), _MOST_TIMES).astype(np.uint32)
    return found


def _by_row(of_runs: Array, firsts: Array, rows: int) -> tuple[Array, Array]:
    """The lists of hits again, those of many rows as a mark for every row; and where each ends, as the next begins."""
    lasts = np.append(firsts[1:], len(of_runs))
    sizes = lasts - firsts
    pieces, done = [], 0
    for number in np.flatnonzero(sizes > rows // _MANY).tolist():
        first, last = int(firsts[number]), int(lasts[number])
        spread = np.zeros(2 * (_words_by_row(rows) - ZONE_SETS), np.uint16)
        spread[rows_of(of_runs[first:last])] = marks_of(of_runs[first:last])
        pieces += [of_runs[done:first], _by_zones(marks_of(of_runs[first:last])), spread.view(np.uint32)]
        done, sizes[number] = last, _words_by_row(rows)
    return np.concatenate([*pieces, of_runs[done:]]), np.cumsum(sizes)


def _words_by_row(rows: int) -> int:
    return ZONE_SETS - (-rows // 2)


def _by_zones(marks: Array) -> NDArray[np.uint32]:
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
        if len(found) == _words_by_row(rows):
            return cls(None, found[ZONE_SETS:].view(np.uint16)[:rows], found[:ZONE_SETS])
        return cls(rows_of(found), marks_of(found))

    def by_zones(self) -> Array:
        """How many rows have it in just these zones, for every set of zones."""
        return _by_zones(self.marks) if self.counted is None else self.counted

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


def _numbered(stream: Stream, tokens: Array) -> Array:
    """The tokens by the places of their values in order: the smaller the numbers, the more of them fit into one."""
    if stream.token is not np.uint16:
        return np.searchsorted(np.unique(np.append(tokens, 0)), tokens)
    there = np.zeros(1 << 16, bool)
    there[tokens] = True
    there[0] = True  # stands between texts, also where there are none
    return (np.cumsum(there) - 1).astype(np.uint16).take(tokens)


def inverted(stream: Stream, arrays: Arrays, number: int) -> Arrays:
    """The lists of one stream of so many rows: keys in order, and for each where its hits and places begin and end."""
    tokens, rows, zones = (arrays[f"{stream.name}.{part}"] for part in ("tokens", "rows", "zones"))
    numbers = _numbered(stream, tokens)
    shift, place_bits = np.uint64(int(numbers.max(initial=0)).bit_length()), np.uint64(len(tokens).bit_length())
    known: list[tuple[Array, Array, Array]] = []  # of each length: keys, where hits begin, the hits
    codes, before = numbers, 0
    places = groups = np.zeros(0, np.int64)
    # A token alone is its own number: where runs of one have no list, there is nothing to sort.
    for length in range(min(2, stream.lengths[0]), stream.longest + 1):
        ends = numbers[length - 1 :]
        at = np.flatnonzero((codes[: len(ends)] != 0) & (ends != 0))
        runs = codes.take(at, mode="clip").astype(np.uint64)
        if length > 1:
            runs <<= shift
            runs |= ends.take(at, mode="clip").astype(np.uint64)
        if int(runs.max(initial=0)).bit_length() + int(place_bits) > _BITS:
            raise TooMuch
        runs <<= place_bits
        runs |= at.view(np.uint64)
        runs.sort()
        places = (runs & np.uint64((1 << int(place_bits)) - 1)).view(np.int64)
        runs >>= place_bits
        fresh = changes(runs)
        groups = np.flatnonzero(fresh)
        if length < stream.longest:
            codes = np.zeros(len(tokens), np.uint32)
            codes[places] = np.cumsum(fresh, dtype=np.uint32)
        if length in stream.lengths:
            blocks = places >> _BLOCK_BITS
            of_row = rows.take(blocks, mode="clip")
            starts = np.flatnonzero(fresh | changes(of_row))
            firsts = before + np.searchsorted(starts, groups)
            known.append(
                (
                    _keys(tokens, places[groups], length),
                    firsts,
                    hits(of_row, zones.take(blocks, mode="clip"), starts),
                )
            )
            before += len(starts)
    return _filed(stream, known, places, groups, number)


def _filed(
    stream: Stream, known: list[tuple[Array, Array, Array]], places: Array, first_places: Array, number: int
) -> Arrays:
    keys = np.concatenate([each[0] for each in known])
    every_hit, lasts = _by_row(
        np.concatenate([each[2] for each in known]), np.concatenate([each[1] for each in known]), number
    )
    firsts = np.append(0, lasts[:-1])
    order = np.argsort(keys)
    found = {"keys": keys[order], "hits": every_hit, "firsts": firsts[order], "lasts": lasts[order]}
    if stream is not SOUND_WORDS:
        # The longest runs come last, so theirs are the last places too.
        from_ = np.zeros(len(keys), np.uint32)
        to = np.zeros(len(keys), np.uint32)
        if len(first_places):
            from_[-len(first_places) :] = first_places
            to[-len(first_places) :] = np.append(first_places[1:], len(places))
        found |= {"places": places.astype(np.uint32), "place_firsts": from_[order], "place_lasts": to[order]}
    for name in ("firsts", "lasts"):
        found[name] = found[name].astype(np.uint32)
    return {f"{stream.name}.{name}": array for name, array in found.items()}
