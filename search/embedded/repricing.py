"""Other amounts for documents that are there: a small file beside a segment, with those columns of all of its rows.

Nothing is analysed and no list is made anew. Where such a file is, its columns stand in the place of the segment's
(search/embedded/segment.py); the next one, and putting segments together, makes it superfluous. The text that is kept of
a document (its source) keeps the amounts it was written with: :func:`amounts_in` says those that count.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from search.documents import Amounts
from search.embedded import arrays as files
from search.embedded import sets
from search.embedded.arrays import Array, Arrays, put_texts, text_at, texts_of
from search.embedded.integrity import Listed
from search.embedded.inverting import word
from search.embedded.segment import Segment
from search.embedded.snapshot import REPRICED, Snapshot
from search.filters import Facet
from search.port import DocumentsRefused

_SUBSIDY, _OWN_COST = REPRICED
_WORDS_FOR: Final = {True: "true", False: "false"}  # as search/embedded/schema.py counts what is fundable


@dataclass(frozen=True, slots=True)
class Wanted:
    """Amounts as columns. values: of each facet every different value, and for each document the number of its own."""

    keys: NDArray[np.uint64]
    versions: Array
    yen: dict[str, Array]
    values: dict[Facet, tuple[list[str], Array]]

    @classmethod
    def of(cls, amounts: Sequence[Amounts]) -> Wanted:
        """The last counts where a document is there twice. DocumentsRefused when one cannot be taken."""
        given = list({each.id: each for each in amounts}.values())
        try:
            return cls(
                np.array([word(each.id) for each in given], np.uint64),
                _column([each.version for each in given]),
                {
                    _SUBSIDY: _column([each.subsidy_yen for each in given]),
                    _OWN_COST: _column([each.own_cost_yen for each in given]),
                },
                {
                    Facet.FUNDABLE: _numbered(Facet.FUNDABLE, [_WORDS_FOR[each.fundable] for each in given]),
                    Facet.OWN_COST_BAND: _numbered(Facet.OWN_COST_BAND, [each.own_cost_band for each in given]),
                },
            )
        except (ValueError, OverflowError, TypeError, LookupError) as error:
            raise DocumentsRefused(f"{type(error).__name__}: {error}") from error


def _column(numbers: Sequence[int]) -> Array:
    return np.array(numbers, np.int64)


def _numbered(facet: Facet, values: Sequence[str]) -> tuple[list[str], Array]:
    numbers: dict[str, int] = {}
    column = _column([numbers.setdefault(each, len(numbers)) for each in values])
    for each in numbers:
        sets.with_value("", facet, each)  # raises for what no set can hold
    return list(numbers), column


def repriced(snapshot: Snapshot, wanted: Wanted) -> list[Listed]:
    """Write what gives these documents their amounts, where they are there in this version; what is to be committed."""
    found = []
    for segment, gone, (name, without, amounts) in zip(
        snapshot.segments, snapshot.gone, snapshot.listed, strict=True
    ):
        rows = segment.rows_of(wanted.keys)
        meant = (rows >= 0) & (segment.arrays["version"][rows] == wanted.versions) & ~np.isin(rows, gone)
        places = np.flatnonzero(meant)
        newer = _newer(segment, rows[places], places, wanted) if len(places) else None
        found.append((name, without, amounts if newer is None else _write(snapshot.path, newer)))
    return found


def _newer(segment: Segment, rows: Array, places: Array, wanted: Wanted) -> Arrays | None:
    """The columns of a segment with those of these rows replaced; None when they are what they were."""
    arrays: Arrays = {}
    for name, yen in wanted.yen.items():
        arrays[name] = segment.arrays[name].copy()
        arrays[name][rows] = yen[places]
    texts = {each.decode("utf-8", "surrogatepass"): n for n, each in enumerate(texts_of(segment.arrays, "set"))}
    numbers = segment.arrays["sets"].copy()
    for facet, (values, of) in wanted.values.items():
        _put_values(texts, numbers, rows, facet, values, of[places])
    if all(np.array_equal(arrays[name], segment.arrays[name]) for name in arrays) and np.array_equal(
        numbers, segment.arrays["sets"]
    ):
        return None
    _put_used(arrays, list(texts), numbers)
    return arrays


def _put_values(
    texts: dict[str, int], numbers: Array, rows: Array, facet: Facet, values: Sequence[str], of: Array
) -> None:
    """Each pair of a set and a value becomes another set, made once. texts: all sets, and the numbers of them."""
    column = sets.COLUMNS.index(sets.columns(facet)[0])
    known = list(texts)
    pairs, each = np.unique(numbers[rows, column].astype(np.int64) * len(values) + of, return_inverse=True)
    made = [
        texts.setdefault(
            sets.with_value(known[pair // len(values)], facet, values[pair % len(values)]), len(texts)
        )
        for pair in pairs.tolist()
    ]
    numbers[rows, column] = np.array(made, np.int32)[each]


def _put_used(arrays: Arrays, texts: Sequence[str], numbers: Array) -> None:
    """The sets, without those that no row has any more."""
    used = np.flatnonzero(np.bincount(numbers.reshape(-1), minlength=len(texts)))
    renumbered = np.zeros(len(texts), np.int32)
    renumbered[used] = np.arange(len(used), dtype=np.int32)
    arrays["sets"] = renumbered[numbers]
    put_texts(arrays, "set", [texts[number].encode("utf-8", "surrogatepass") for number in used.tolist()])


def _write(folder: Path, arrays: Arrays) -> str:
    name = f"{uuid.uuid4().hex[:16]}.amounts"
    files.write(folder / name, arrays)
    return name


def amounts_in(snapshot: Snapshot, rows: Sequence[int]) -> Iterator[Amounts]:
    """The amounts that count of these rows."""
    at = np.array(rows, np.int64)
    columns: list[Sequence[Any]] = [
        snapshot.column(name)[at].tolist() for name in ("version", _SUBSIDY, _OWN_COST)
    ]
    fundable, bands = (_values_in(snapshot, facet, at) for facet in (Facet.FUNDABLE, Facet.OWN_COST_BAND))
    for row, version, subsidy, own_cost, may, band in zip(rows, *columns, fundable, bands, strict=True):
        segment, number = snapshot.place_of(row)
        yield Amounts(
            segment.text("id", number).decode(), version, subsidy, own_cost, may == _WORDS_FOR[True], band
        )


def amounts_of_all(snapshot: Snapshot) -> Iterator[Amounts]:
    """The amounts of every document."""
    there = snapshot.there
    return amounts_in(snapshot, range(snapshot.rows) if there is None else np.flatnonzero(there).tolist())


def _values_in(snapshot: Snapshot, facet: Facet, rows: Array) -> list[str]:
    column = sets.COLUMNS.index(sets.columns(facet)[0])
    values = np.empty(len(rows), object)
    of_segment = np.searchsorted(snapshot.bases, rows, "right") - 1
    for number, (segment, base) in enumerate(zip(snapshot.segments, snapshot.bases, strict=False)):
        own = np.flatnonzero(of_segment == number)
        known, each = np.unique(segment.arrays["sets"][rows[own] - base, column], return_inverse=True)
        texts = [text_at(segment.arrays, "set", one).decode("utf-8", "surrogatepass") for one in known.tolist()]
        values[own] = np.array([sets.value_in(text, facet) for text in texts], object)[each]
    found: list[str] = values.tolist()
    return found
