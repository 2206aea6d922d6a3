"""The writing side: a change is a new small segment, and new lists of what is gone from older ones.

Nothing that is in use is changed: all is written beside it and counts once the list of segments is replaced
(search/embedded/integrity.py). Call while holding the folder's lock for writing.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from search.embedded import arrays as files
from search.embedded import rows as kept
from search.embedded.arrays import Array, Arrays, is_whole
from search.embedded.integrity import Listed, commit
from search.embedded.lists import TooMuch
from search.embedded.reader import open_snapshot
from search.embedded.segment import complete
from search.embedded.snapshot import Snapshot
from search.port import DocumentsRefused

_ALIKE: Final = 4  # segments of about the same size become one; a size is up to so many times the one below
_MOST_MERGED: Final = 8_192  # rows in what is put together: takes up to two seconds, in which no change comes in


def replace(snapshot: Snapshot, ids: Iterable[str], added: Sequence[Arrays]) -> list[Listed]:
    """Write what puts these rows in the place of those with the ids; what is to be committed."""
    gone: dict[int, list[int]] = {}
    for identity in ids:
        for number, segment in enumerate(snapshot.segments):
            row = segment.row_of(identity)
            if row is not None:
                gone.setdefault(number, []).append(row)
    found = []
    for number, segment in enumerate(snapshot.segments):
        before = snapshot.gone[number]
        now = np.union1d(before, np.array(gone.get(number, ()), np.uint16))
        if len(now) == segment.rows:
            continue
        name, without, amounts = snapshot.listed[number]
        if len(now) != len(before):
            without = _write_gone(snapshot.path, now)
        found.append((name, without, amounts))
    return [
        *found,
        *((name, "", "") for rows in added if kept.count(rows) for name in _write(snapshot.path, rows)),
    ]


def _write(folder: Path, rows: Arrays) -> list[str]:
    """Write these rows, as one segment where that can hold them; the names of the files."""
    try:
        arrays = complete(rows)
    except TooMuch as error:
        number = kept.count(rows)
        if number == 1:
            raise DocumentsRefused("the texts are too long") from error
        first = np.arange(number) < number // 2
        return [name for half in (first, ~first) for name in _write(folder, kept.merged([(rows, half)]))]
    name = f"{uuid.uuid4().hex[:16]}.rows"
    files.write(folder / name, arrays)
    return [name]


def _write_gone(folder: Path, gone: Array) -> str:
    name = f"{uuid.uuid4().hex[:16]}.gone"
    files.write(folder / name, {"rows": gone.astype(np.uint16)})
    return name


def tidy(folder: Path) -> None:
    """Put small segments together, without what is gone, when there are many."""
    while True:
        snapshot = open_snapshot(folder)
        chosen = _alike([_there(snapshot, number) for number in range(len(snapshot.segments))])
        if not chosen:
            return
        if not all(is_whole(folder / snapshot.listed[number][0]) for number in chosen):
            raise ValueError("what would be put together is damaged: its new checksum would hide that")
        rows = kept.merged([(snapshot.segments[number].arrays, _wanted(snapshot, number)) for number in chosen])
        rest = [each for number, each in enumerate(snapshot.listed) if number not in chosen]
        written = _write(folder, rows)
        commit(folder, [*rest, *((name, "", "") for name in written)])
        if len(written) > 1:
            return  # they do not fit into one


def _there(snapshot: Snapshot, number: int) -> int:
    return snapshot.segments[number].rows - len(snapshot.gone[number])


def _wanted(snapshot: Snapshot, number: int) -> Array:
    wanted = np.ones(snapshot.segments[number].rows, bool)
    wanted[snapshot.gone[number]] = False
    return wanted


def _alike(sizes: Sequence[int]) -> list[int]:
    """The numbers of segments to be put together: enough of about the same size, and not too much."""
    by_size: dict[int, list[int]] = {}
    for number in sorted(range(len(sizes)), key=lambda each: sizes[each]):
        level = 0
        while sizes[number] >= _ALIKE ** (level + 1):
            level += 1
        by_size.setdefault(level, []).append(number)
    for level in sorted(by_size):
        alike = by_size[level]
        while len(alike) > 1 and sum(sizes[each] for each in alike) > _MOST_MERGED:
            alike.pop()
        if len(alike) >= _ALIKE:
            return alike
    return []
