"""Whether an index's files are as tantivy wrote them.

tantivy never changes a file of a segment: it writes new ones, each with a checksum at its end, and removes old ones. It
maps them into memory, where a file that somebody cuts short kills the process that reads it, and one that somebody
overwrites gives wrong answers. So they are looked at before they are read.
"""

from __future__ import annotations

import json
import os
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

Stamp = tuple[int, int, int]

_END: Final = struct.Struct("<II")  # length of the footer, tantivy's magic number
_MAGIC: Final = 1337
_PIECE: Final = 1 << 20


def stamps(folder: Path) -> dict[Path, Stamp]:
    """Size, time and number of each file of the last commit; what is being written for the next is left out.

    Raises OSError or ValueError when the list of segments cannot be read.
    """
    found: dict[Path, Stamp] = {}
    for name, gone in _segments((folder / "meta.json").read_text("utf-8")):
        for path in folder.glob(f"{name}.*"):
            if (path.suffix != ".del" or path.name == gone) and (stamp := _stamp(path)) is not None:
                found[path] = stamp
    return found


def _segments(meta: str) -> list[tuple[str, str]]:
    """The names of the segments, each with that of its list of deleted documents."""
    try:
        found = [(each["segment_id"].replace("-", ""), each["deletes"]) for each in json.loads(meta)["segments"]]
        return [(name, f"{name}.{deletes['opstamp']}.del" if deletes else "") for name, deletes in found]
    except (LookupError, TypeError, AttributeError) as error:
        raise ValueError("the list of segments is damaged") from error


def _stamp(path: Path) -> Stamp | None:
    """None when the file is gone: what was removed is readable as long as it is mapped."""
    try:
        status = os.stat(path)  # noqa: PTH116 - several times as quick, and done for each file in each search
    except FileNotFoundError:
        return None
    return status.st_size, status.st_mtime_ns, status.st_ino


def changed(known: Mapping[Path, Stamp]) -> list[Path]:
    """Which of these files are no longer what they were."""
    return [path for path, stamp in known.items() if _stamp(path) not in (stamp, None)]


def is_whole(path: Path) -> bool:
    """Whether a file of a segment has the checksum that stands at its end."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(size - _END.size)
            length, magic = _END.unpack(file.read(_END.size))
            body = size - _END.size - length
            if magic != _MAGIC or body < 0:
                return False
            file.seek(body)
            expected = json.loads(file.read(length))["crc"]
            file.seek(0)
            found, left = 0, body
            while left and (piece := file.read(min(left, _PIECE))):
                found = zlib.crc32(piece, found)
                left -= len(piece)
    except FileNotFoundError:
        return True  # removed by a merge while we looked
    except (OSError, ValueError, LookupError, TypeError):
        return False
    return bool(left == 0 and found == expected)


class Checked:
    """Remembers which files were found whole, so that each is read through once."""

    def __init__(self) -> None:
        self._whole: dict[Path, Stamp] = {}

    def damaged(self, folder: Path) -> bool:
        """Whether a file of this index is not as it was written."""
        now = stamps(folder)
        self._whole = {path: stamp for path, stamp in self._whole.items() if now.get(path) == stamp}
        for path, stamp in now.items():
            if path not in self._whole:
                if not is_whole(path):
                    return True
                self._whole[path] = stamp
        return False
