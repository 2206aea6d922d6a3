"""Named arrays in one file, written once and never changed, mapped into memory to be read. A checksum stands at its end.

A file that somebody cuts short kills the process that has it mapped, and one that somebody overwrites gives wrong
answers; so files are looked at (search/embedded/integrity.py) before they are read.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Arrays = dict[str, Array]

_START: Final = struct.Struct("<8sQ")  # a mark, and the length of the list of arrays after it
_END: Final = struct.Struct("<I4s")  # the checksum of everything before, and a mark
_MARK: Final = b"hojoarr1"
_END_MARK: Final = b"done"
_ALIGNED: Final = 64
_PIECE: Final = 1 << 20


def write(path: Path, arrays: Mapping[str, Array]) -> None:
    """Write a new file; on disk on return."""
    listed, at = [], 0
    for name, array in arrays.items():
        listed.append((name, array.dtype.str, array.shape, at))
        at += _padded(array.nbytes)
    head = json.dumps(listed).encode()
    head = _START.pack(_MARK, len(head)) + head
    checksum = 0
    try:
        with path.open("xb") as file:
            for piece in (np.frombuffer(head, np.uint8), *arrays.values()):
                content = np.ascontiguousarray(piece).reshape(-1).view(np.uint8).data
                for part in (content, bytes(_padded(len(content)) - len(content))):
                    checksum = zlib.crc32(part, checksum)
                    file.write(part)
            file.write(_END.pack(checksum, _END_MARK))
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink(missing_ok=True)
        raise


def _padded(size: int) -> int:
    return -(-size // _ALIGNED) * _ALIGNED


def read(path: Path) -> Arrays:
    """The arrays of a file, mapped and not to be changed. Raises OSError, or ValueError when it is not such a file."""
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size < _START.size + _END.size:
            raise ValueError(f"{path.name} is cut short")
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    mark, length = _START.unpack_from(content)
    if mark != _MARK or len(content) < _START.size + length:
        raise ValueError(f"{path.name} does not begin as written")
    first = _padded(_START.size + length)
    found: Arrays = {}
    for name, kind, shape, at in json.loads(content[_START.size : _START.size + length]):
        dtype, size = np.dtype(kind), int(np.prod(shape))
        found[name] = np.frombuffer(content, dtype, size, first + at if size else 0).reshape(shape)
    return found


def is_whole(path: Path) -> bool:
    """Whether a file has the checksum that stands at its end; True when it is gone, as after a merge."""
    return not any(read_through(path))


def read_through(path: Path) -> Iterator[bool]:
    """Read a file piece by piece, a megabyte each: after each, whether the file is found not to be as it was written.

    Only the last piece can tell. A file that is gone, as after a merge, is not damaged. Between two pieces nothing is
    open, so they may be far apart in time.
    """
    at = checksum = 0
    try:
        while True:
            with path.open("rb") as file:
                left = file.seek(0, 2) - _END.size - at
                file.seek(at)
                piece = file.read(min(left, _PIECE)) if left > 0 else b""
                checksum = zlib.crc32(piece, checksum)
                at += len(piece)
                if len(piece) >= left:  # more than what is left: it was cut short
                    end = file.read(_END.size)
                    break
            yield False
    except FileNotFoundError:
        return
    except OSError:
        end = b""
    yield end != _END.pack(checksum, _END_MARK)


def put_texts(arrays: Arrays, name: str, texts: Iterable[bytes]) -> None:
    """Add a list of texts under a name."""
    known = list(texts)
    arrays[f"{name}.bytes"] = np.frombuffer(b"".join(known), np.uint8)
    arrays[f"{name}.ends"] = np.cumsum([0, *map(len, known)], dtype=np.int64)


def text_at(arrays: Arrays, name: str, number: int) -> bytes:
    """One text of a list."""
    start, end = arrays[f"{name}.ends"][number : number + 2]
    return arrays[f"{name}.bytes"][start:end].tobytes()


def texts_of(arrays: Arrays, name: str) -> list[bytes]:
    """All texts of a list."""
    content = arrays[f"{name}.bytes"].tobytes()
    return [content[start:end] for start, end in pairwise(arrays[f"{name}.ends"].tolist())]
