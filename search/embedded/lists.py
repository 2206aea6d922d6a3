"""From streams of tokens to lists: which rows have a run of tokens, in which zones, how often, and where.

Every run of one length is a number, so that one sort of numbers brings equal runs together, row by row. The number of a
long run is made of those of its halves: a stream is gone through from one end to the other, and nothing is looked up
at random for each of its places. All but the sorting is done slice by slice: a slice stays near the processor, while columns
of a stream's length come as fresh pages each time, which takes as long again as the work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from search.embedded.arrays import Array, Arrays
from search.embedded.inverting import (
    BLOCK,
    SOUND_WORDS,
    ZONE_SETS,
    Stream,
    by_zones,
    changes,
    hits,
    keys,
    marks_of,
    rows_of,
    words_by_row,
)

_BLOCK_BITS: Final = BLOCK.bit_length() - 1
_ZONE: Final = 3  # bits of where a place is: for the number of its zone, then for its row
_WHERE: Final = _ZONE + 16
_BITS: Final = 64
_MANY: Final = 8  # a run that more than one in so many rows has is kept by row
_TABLE: Final = 24  # bits of values that are numbered by a table of all there can be
_NEAR: Final = 20
_NEXT: Final = 16  # steps from there, before a value is looked for among all
_SLICE: Final = 1 << 16


class TooMuch(Exception):
    """More different texts than one segment can hold: what is sorted is one number of 64 bits for each place."""


@dataclass(frozen=True, slots=True)
class _Runs:
    """The runs of one length. codes: for each place the number of the run that begins there, 0 where none does.

    bits: of the largest code. tokens: from codes to the first tokens of these runs, their second, ….
    """

    length: int
    codes: Array
    bits: int
    tokens: Callable[[Array], list[Array]]


class _Part(NamedTuple):
    """A part of all places of runs, in order. found: run, row and zone as one number; starts: where the next row begins."""

    found: Array
    starts: Array
    places: Array | None


class _Lists(NamedTuple):
    """Of one length: the keys of the runs, where the hits of each begin, the hits; the same of places where these are kept."""

    keys: Array
    firsts: Array
    hits: Array
    place_firsts: Array
    places: Array


def _slices(length: int) -> Iterator[slice]:
    return (slice(at, min(at + _SLICE, length)) for at in range(0, length, _SLICE))


def _numbered(values: Array) -> tuple[Array, Array]:
    """The different values in order, 0 among them, and for each value its number there."""
    highest = int(values.max(initial=0))
    if highest >> _TABLE:
        return _numbered_by_search(values)
    there = np.zeros(highest + 1, bool)
    for part in _slices(len(values)):
        there[values[part].astype(np.int64)] = True  # indices of another kind cost twice as much
    there[0] = True
    numbers = np.cumsum(there, dtype=np.uint32)
    numbers -= np.uint32(1)
    found = np.empty(len(values), np.uint32)
    for part in _slices(len(values)):
        found[part] = numbers.take(values[part])
    return np.flatnonzero(there).astype(np.uint64), found


def _numbered_by_search(values: Array) -> tuple[Array, Array]:
    kind = values.dtype.type
    # Most values come back: each slice is sorted near the processor, and only what differs in it with that of others.
    differing = [_differing(values[part]) for part in _slices(len(values))]
    known = _differing(np.concatenate([np.zeros(1, values.dtype), *differing]))
    # Most are the first that begins with their highest bits, others one of the next: to look for each among all takes
    # ten times as long.
    shift = kind(max(0, int(known[-1]).bit_length() - _NEAR))
    near = np.searchsorted(known, np.arange(1 << _NEAR).astype(kind) << shift).astype(np.uint32)
    found = np.empty(len(values), np.uint32)
    for part in _slices(len(values)):
        of_part = values[part]
        numbers = near.take(of_part >> shift)
        others = np.flatnonzero(known.take(numbers) != of_part)
        for _ in range(_NEXT):
            if not len(others):
                break
            numbers[others] += np.uint32(1)
            others = others[known.take(numbers[others]) != of_part[others]]
        numbers[others] = np.searchsorted(known, of_part[others])
        found[part] = numbers
    return known.astype(np.uint64), found


def _differing(values: Array) -> Array:
    """Each of the values once, in order."""
    found = np.sort(values)
    return found[changes(found)]


def _one_by_one(tokens: Array) -> _Runs:
    known, codes = _numbered(tokens)
    return _Runs(1, codes, _bits(known), lambda found: [known[found]])


def _renumbered(runs: _Runs) -> _Runs:
    """The same in smaller numbers."""
    known, codes = _numbered(runs.codes)
    return _Runs(runs.length, codes, _bits(known), lambda found: runs.tokens(known[found]))


def _bits(known: Array) -> int:
    return (len(known) - 1).bit_length()


def _kind(bits: int) -> Any:
    """The numbers that hold so many bits: half as wide ones are sorted in less than half the time."""
    return np.uint32 if bits <= _BITS // 2 else np.uint64


def _together(one: _Runs, other: _Runs) -> _Runs:
    """The runs of one that another goes on from."""
    bits = one.bits + other.bits
    if bits > _BITS:
        raise TooMuch
    after = other.codes[one.length :]
    before = one.codes[: len(after)]
    codes = np.empty(len(after), _kind(bits))
    for part in _slices(len(after)):
        found = before[part].astype(codes.dtype)
        found <<= codes.dtype.type(other.bits)
        found |= after[part]
        found *= (before[part] != 0) & (after[part] != 0)
        codes[part] = found

    def tokens(found: Array) -> list[Array]:
        mask = np.uint64((1 << other.bits) - 1)
        return [*one.tokens(found >> np.uint64(other.bits)), *other.tokens(found & mask)]

    return _Runs(one.length + other.length, codes, bits, tokens)


def _by_length(stream: Stream, tokens: Array) -> Iterator[_Runs]:
    """The runs of each length that has a list."""

    @cache
    def of(length: int) -> _Runs:
        if length == 1:
            return _one_by_one(tokens)
        half = (length + 1) // 2
        return _together(numbered(half), numbered(length - half))

    @cache
    def numbered(length: int) -> _Runs:
        return of(1) if length == 1 else _renumbered(of(length))

    halves = (stream.longest + 1) // 2  # those are numbered anyway, as longer runs are made of them
    return (numbered(length) if length <= halves else of(length) for length in stream.lengths)


def _in_order(runs: _Runs, beside: Callable[[slice], Array], bits: int, room: Array) -> Array:
    """All places where a run begins, by its code and then by what stands beside it, as one number of so many bits more."""
    if runs.bits + bits > _BITS:
        raise TooMuch
    kind = _kind(runs.bits + bits)
    every: Array = room.view(kind)
    end = 0
    for part in _slices(len(runs.codes)):
        of_part = runs.codes[part].astype(kind)
        of_part <<= kind(bits)
        of_part |= beside(part)
        of_part = of_part[runs.codes[part] != 0]
        every[end : end + len(of_part)] = of_part
        end += len(of_part)
    found = every[:end]
    found.sort()
    return found


def _by_where(runs: _Runs, where: Array, room: Array) -> Iterator[_Part]:
    """The runs in order, row by row, without their places."""

    def of_blocks(part: slice) -> Array:
        blocks = where[part.start >> _BLOCK_BITS : -(-part.stop >> _BLOCK_BITS)]
        return np.repeat(blocks, BLOCK)[: part.stop - part.start]

    found = _in_order(runs, of_blocks, _WHERE, room)
    return _parts(found, lambda part: (part, None))


def _by_place(runs: _Runs, where: Array, room: Array) -> Iterator[_Part]:
    """The runs in order, place by place."""
    bits = len(runs.codes).bit_length()
    found = _in_order(runs, lambda part: np.arange(part.start, part.stop, dtype=np.uint32), bits, room)

    def of_places(part: Array) -> tuple[Array, Array]:
        places = (part & ((1 << bits) - 1)).astype(np.uint32)
        codes = (part >> bits).astype(np.uint64)
        codes <<= np.uint64(_WHERE)
        codes |= where.take(places >> _BLOCK_BITS)
        return codes, places

    if runs.bits + _WHERE > _BITS:
        raise TooMuch
    return _parts(found, of_places)


def _parts(found: Array, told: Callable[[Array], tuple[Array, Array | None]]) -> Iterator[_Part]:
    """Cut before a row, so that none lies in two parts."""
    at, size = 0, _SLICE
    while at < len(found):
        keys_, places = told(found[at : at + size])
        starts = np.flatnonzero(changes(keys_ >> _ZONE))
        if at + size < len(found):
            if len(starts) == 1:
                size *= 2
                continue
            end = int(starts[-1])
            keys_, starts = keys_[:end], starts[:-1]
            places = None if places is None else places[:end]
        yield _Part(keys_, starts, places)
        at, size = at + len(keys_), _SLICE


def _listed(runs: _Runs, parts: Iterable[_Part]) -> _Lists:
    """Their lists."""
    codes, firsts, found, place_firsts, places = [], [], [], [], []
    hits_before = places_before = 0
    last = 0
    for part in parts:
        of_rows = part.found[part.starts]
        times = np.diff(part.starts, append=len(part.found))
        code = of_rows >> _WHERE
        fresh = changes(code)
        fresh[0] = code[0] != last
        last = code[-1]
        begin = np.flatnonzero(fresh)
        codes.append(code[begin])
        firsts.append(begin + hits_before)
        place_firsts.append(part.starts[begin] + places_before)
        rows = (of_rows >> _ZONE).astype(np.uint16)
        found.append(hits(rows, _zones(part.found, part.starts, times), times))
        if part.places is not None:
            places.append(part.places)
        hits_before += len(of_rows)
        places_before += len(part.found)
    return _Lists(
        keys(runs.tokens(_joined(codes, np.uint64))),
        _joined(firsts, np.int64),
        _joined(found, np.uint32),
        _joined(place_firsts, np.int64),
        _joined(places, np.uint32),
    )


def _joined(parts: Sequence[Array], kind: Any) -> Array:
    return np.concatenate([np.zeros(0, kind), *parts])


def _zones(found: Array, starts: Array, times: Array) -> NDArray[np.uint8]:
    """All the zones of the places of each row."""
    every = np.left_shift(np.uint8(1), found.astype(np.uint8) & np.uint8((1 << _ZONE) - 1))
    zones: NDArray[np.uint8] = every[starts]
    several, step = np.flatnonzero(times > 1), 1
    while len(several):
        zones[several] |= every[starts[several] + step]
        step += 1
        several = several[times[several] > step]
    return zones


def inverted(stream: Stream, arrays: Arrays, number: int) -> Arrays:
    """The lists of one stream of so many rows: keys in order, and for each where its hits and places begin and end."""
    tokens, rows, zones = (arrays[f"{stream.name}.{part}"] for part in ("tokens", "rows", "zones"))
    where = rows.astype(np.uint32) << np.uint32(_ZONE)
    where |= np.log2(zones).astype(np.uint32)
    room = np.empty(len(tokens), np.uint64)
    known = []
    for runs in _by_length(stream, tokens):
        with_places = stream is not SOUND_WORDS and runs.length == stream.longest
        known.append(_listed(runs, (_by_place if with_places else _by_where)(runs, where, room)))
    return {f"{stream.name}.{name}": array for name, array in _filed(known, number).items()}


def _filed(known: Sequence[_Lists], number: int) -> Arrays:
    every_hit, lasts = _by_row(known, number)
    firsts = np.append(0, lasts[:-1])
    all_keys = np.concatenate([each.keys for each in known])
    order = np.argsort(all_keys)
    found = {"keys": all_keys[order], "hits": every_hit}
    found |= {"firsts": firsts[order].astype(np.uint32), "lasts": lasts[order].astype(np.uint32)}
    longest = known[-1]
    if len(longest.places) or not len(all_keys):
        # The longest runs come last, so theirs are the last places too.
        from_ = np.zeros(len(all_keys), np.uint32)
        to = np.zeros(len(all_keys), np.uint32)
        if len(longest.keys):
            from_[-len(longest.keys) :] = longest.place_firsts
            to[-len(longest.keys) :] = np.append(longest.place_firsts[1:], len(longest.places))
        found |= {"places": longest.places, "place_firsts": from_[order], "place_lasts": to[order]}
    return found


def _by_row(known: Sequence[_Lists], rows: int) -> tuple[Array, Array]:
    """All lists of hits, those of many rows as a mark for every row; and where each ends, as the next begins."""
    pieces: list[Array] = []
    every_size: list[Array] = []
    for each in known:
        sizes = np.diff(each.firsts, append=len(each.hits))
        done = 0
        for run in np.flatnonzero(sizes > rows // _MANY).tolist():
            first = int(each.firsts[run])
            of_run = each.hits[first : first + int(sizes[run])]
            spread = np.zeros(2 * (words_by_row(rows) - ZONE_SETS), np.uint16)
            spread[rows_of(of_run)] = marks_of(of_run)
            pieces += [each.hits[done:first], by_zones(marks_of(of_run)), spread.view(np.uint32)]
            done, sizes[run] = first + len(of_run), words_by_row(rows)
        pieces.append(each.hits[done:])
        every_size.append(sizes)
    return np.concatenate(pieces), np.cumsum(np.concatenate(every_size))
