"""Which files an index has, and whether they are as they were written.

A file never changes: new ones are written, and old ones removed. They are mapped into memory, where a file that somebody
cuts short kills the process that reads it, and one that somebody overwrites gives wrong answers. So they are looked at
before they are read.
"""

from __future__ import annotations

import json
import os
import threading
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Final

from search.embedded.arrays import is_whole, read_through

Stamp = tuple[int, int, int]
Listed = tuple[str, str, str]
"""A segment's file, the file that says which of its rows are gone, and the one with their newer amounts, if there are such."""

LIST: Final = "segments.json"
_SUSPECT: Final = "suspect"

PIECES_AT_A_LOOK: Final = 32
"""Megabytes that are read again each time the worker looks, every minute: of half a million packages all within four hours."""


def listed(folder: Path) -> list[Listed]:
    """What the last commit consists of. Raises OSError or ValueError when the list cannot be read."""
    try:
        checksum, segments = json.loads((folder / LIST).read_text("utf-8"))
        found = [(str(name), str(gone), str(amounts)) for name, gone, amounts in segments]
    except (LookupError, TypeError) as error:
        raise ValueError("the list of segments is damaged") from error
    if checksum != _checksum(found):
        raise ValueError("the list of segments is damaged")
    return found


def commit(folder: Path, segments: list[Listed]) -> None:
    """Put this list in the place of the last one, at once and on disk; then remove the files that are in neither use."""
    fresh = folder / f"{LIST}.new"
    with fresh.open("w", encoding="utf-8") as file:
        json.dump([_checksum(segments), segments], file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(folder / LIST)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    used = {name for each in segments for name in each}
    for path in folder.iterdir():
        if path.suffix in (".rows", ".gone", ".amounts") and path.name not in used:
            path.unlink(missing_ok=True)


def _checksum(segments: list[Listed]) -> int:
    return zlib.crc32(json.dumps(segments).encode())


def files(folder: Path) -> list[Path]:
    """The files of the last commit. Raises OSError or ValueError when the list cannot be read."""
    return [folder / name for each in listed(folder) for name in each if name]


def stamp_of(path: Path) -> Stamp | None:
    """Changes with the file. None when it is gone: what was removed is readable as long as it is mapped."""
    try:
        status = os.stat(path)  # noqa: PTH116 - several times as quick, and done for each file in each search
    except FileNotFoundError:
        return None
    return status.st_size, status.st_mtime_ns, status.st_ino


def changed(known: Mapping[Path, Stamp]) -> list[Path]:
    """Which of these files are no longer what they were."""
    return [path for path, stamp in known.items() if stamp_of(path) not in (stamp, None)]


def condemn(folder: Path) -> None:
    """Let nobody search in this index any more, in whichever process: its list cannot be read from now on.

    Done in its place, which needs no room on a disk that may be full. Where it cannot be done at all, writing will say why.
    """
    with suppress(OSError):
        os.truncate(folder / LIST, 0)


def suspect(folder: Path) -> None:
    """Ask whoever keeps this index to read all of its files through: something in it could not be read."""
    with suppress(OSError):
        (folder / _SUSPECT).touch()


def suspected(folder: Path) -> bool:
    """Whether somebody has asked for that since this was asked last."""
    mark = folder / _SUSPECT
    if not mark.exists():
        return False
    mark.unlink()
    return True


class Checked:
    """Remembers which files were found whole.

    Each is read through when it is new or was touched, and all of them again in turn, a little at each look: a disk
    may lose what was written without a trace outside of the bytes themselves.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._whole: dict[Path, Stamp | None] = {}
        self._turn: Iterator[bool] = iter(())

    def damaged(self, folder: Path) -> bool:
        """Whether a file of this index is found not to be as it was written."""
        with self._lock:
            now = {path: stamp_of(path) for path in files(folder)}
            self._whole = {path: stamp for path, stamp in self._whole.items() if now.get(path) == stamp}
            for path, stamp in now.items():
                if path not in self._whole:
                    if not is_whole(path):
                        return True
                    self._whole[path] = stamp
            return self._again()

    def _again(self) -> bool:
        """The next pieces of what was whole; after the last of them all, the next look begins with the first."""
        pieces = list(islice(self._turn, PIECES_AT_A_LOOK))
        if len(pieces) < PIECES_AT_A_LOOK:
            known = tuple(self._whole)
            self._turn = (found for path in known if path in self._whole for found in read_through(path))
        return any(pieces)
