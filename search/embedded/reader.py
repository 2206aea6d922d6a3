"""The reading side: opens the index in use, notices commits and swaps, turns tantivy's faults into typed errors."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from errno import EDQUOT, EFBIG, ENOSPC
from pathlib import Path
from typing import Any

import tantivy

from search.embedded.folder import IndexFolder
from search.embedded.integrity import Stamp, changed, is_whole, stamps
from search.embedded.schema import FINGERPRINT, register_tokenizer, schema
from search.port import EngineUnavailable

_FINGERPRINT_FILE = "fingerprint"
_REREAD_EVERY = 1.0  # seconds between two readings of an index that is damaged
# No space left, file too large, quota exceeded: as the kernel numbers them, and as tantivy writes it.
_FULL = re.compile(r"\(os error (?:28|27|122)\)")


@contextmanager
def engine_faults() -> Iterator[None]:
    """Faults of files and of tantivy itself come out as EngineUnavailable (index_broken, index_full)."""
    try:
        yield
    except (OSError, ValueError, RuntimeError) as error:
        if getattr(error, "errno", None) in (ENOSPC, EFBIG, EDQUOT) or _FULL.search(str(error)):
            raise EngineUnavailable("index_full", "there is no room for the index") from error
        raise EngineUnavailable("index_broken", "the index cannot be read") from error
    except BaseException as error:
        # A damaged file can make tantivy panic; pyo3 raises that outside Exception, in a class nobody can import.
        if type(error).__name__ == "PanicException":
            raise EngineUnavailable("index_broken", "the index cannot be read") from error
        raise


def make_index(folder: IndexFolder) -> Path:
    """An empty index in a folder of its own, with what it was made with written down."""
    path = folder.new()
    with engine_faults():
        tantivy.Index(schema(), path=str(path))
        (path / _FINGERPRINT_FILE).write_text(FINGERPRINT, "utf-8")
    return path


def open_index(path: Path) -> Any:
    """The tantivy index in a folder. EngineUnavailable: index_missing, index_outdated or index_broken."""
    try:
        made_with = (path / _FINGERPRINT_FILE).read_text("utf-8")
    except OSError as error:
        raise EngineUnavailable("index_missing", "the index folder is gone") from error
    if made_with != FINGERPRINT:
        raise EngineUnavailable("index_outdated", "the index was made by another version")
    with engine_faults():
        index = tantivy.Index.open(str(path))
        register_tokenizer(index)
        index.config_reader("manual")
        index.reload()
    return index


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One commit of one index; stays readable while newer ones come."""

    path: Path
    index: Any
    searcher: Any
    version: str
    stamp: tuple[int, int, int]
    files: Mapping[Path, Stamp]


class Reader:
    """The newest snapshot, shared by all threads of a process. Looking costs one small operation for each file.

    So a file that was cut short or overwritten is not read: mapped into memory, it would kill the process or lie.
    """

    def __init__(self, folder: IndexFolder) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._snapshot: Snapshot | None = None
        self._reread_at = float("-inf")
        self._damaged: Path | None = None

    def snapshot(self) -> Snapshot:
        """What was committed last. EngineUnavailable when the index is missing, outdated or broken."""
        path = self._folder.current()
        stamp = self._stamp(path)
        self._look(path)
        held = self._snapshot
        if held is not None and held.path == path and held.stamp == stamp:
            return held
        with self._lock:
            held = self._snapshot
            if held is None or held.path != path or held.stamp != stamp:
                held = self._open(path, stamp, held)
                self._snapshot = held
            return held

    def _look(self, path: Path) -> None:
        """EngineUnavailable (index_broken) while a file of the index is not as it was written."""
        held = self._snapshot
        if held is not None and held.path == path and (suspects := changed(held.files)):
            with self._lock:
                self._snapshot = None
                self._damaged = None if all(map(is_whole, suspects)) else path
                self._reread_at = time.monotonic()
        if self._damaged == path and not self._mended(path):
            raise EngineUnavailable("index_broken", "a file of the index was changed")

    def _mended(self, path: Path) -> bool:
        """Whether a damaged index was put right in its place, as from a copy."""
        with self._lock:
            if time.monotonic() - self._reread_at >= _REREAD_EVERY:
                self._reread_at = time.monotonic()
                with engine_faults():
                    if all(map(is_whole, stamps(path))):
                        self._damaged = None
            return self._damaged is None

    def _stamp(self, path: Path) -> tuple[int, int, int]:
        """Changes with every commit: tantivy replaces meta.json by a new file."""
        try:
            status = (path / "meta.json").stat()
        except OSError as error:
            raise EngineUnavailable("index_missing", "the index folder is gone") from error
        return status.st_mtime_ns, status.st_ino, status.st_size

    def _open(self, path: Path, stamp: tuple[int, int, int], held: Snapshot | None) -> Snapshot:
        if held is not None and held.path == path:
            index = held.index
            with engine_faults():
                index.reload()
        else:
            index = open_index(path)
        with engine_faults():
            files = stamps(path)
            searcher = index.searcher()
        return Snapshot(path, index, searcher, f"{path.name}.{stamp[0]:x}.{stamp[1]:x}", stamp, files)
