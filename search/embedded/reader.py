"""The reading side: opens the index in use, notices commits and swaps, turns faults into typed errors."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from errno import EACCES, EDQUOT, EFBIG, ENOSPC, EPERM, EROFS
from pathlib import Path

import numpy as np

from search.embedded import arrays
from search.embedded.arrays import is_whole
from search.embedded.folder import IndexFolder
from search.embedded.integrity import LIST, Stamp, changed, commit, files, listed, stamp_of, suspect
from search.embedded.schema import FINGERPRINT
from search.embedded.segment import Segment
from search.embedded.snapshot import Snapshot
from search.port import EngineUnavailable

_FINGERPRINT_FILE = "fingerprint"
_MOST_TRIES = 5  # while commits come quicker than the files of one can be opened


@contextmanager
def engine_faults() -> Iterator[None]:
    """Faults of files, and what comes of reading damaged ones, come out as EngineUnavailable: index_full,
    index_not_writable or index_broken."""
    try:
        yield
    except (OSError, ValueError, LookupError) as error:
        number = getattr(error, "errno", None)
        if number in (ENOSPC, EFBIG, EDQUOT):
            raise EngineUnavailable("index_full", "there is no room for the index") from error
        if number in (EROFS, EACCES, EPERM):
            raise EngineUnavailable("index_not_writable", "the index's folder may not be written") from error
        raise EngineUnavailable("index_broken", "the index cannot be read") from error


def make_index(folder: IndexFolder) -> Path:
    """An empty index in a folder of its own, with what it was made with written down."""
    path = folder.new()
    with engine_faults():
        (path / _FINGERPRINT_FILE).write_text(FINGERPRINT, "utf-8")
        commit(path, [])
    return path


def open_snapshot(path: Path, held: Snapshot | None = None) -> Snapshot:
    """The last commit of the index in a folder. EngineUnavailable: index_missing, index_outdated or index_broken.

    held: an earlier snapshot, of which what is still the same is kept.
    """
    try:
        made_with = (path / _FINGERPRINT_FILE).read_text("utf-8", "replace")
    except OSError as error:
        raise EngineUnavailable("index_missing", "the index folder is gone") from error
    if made_with != FINGERPRINT:
        raise EngineUnavailable("index_outdated", "the index was made by another version")
    with engine_faults():
        for _ in range(_MOST_TRIES):
            try:
                return _opened(path, held)
            except FileNotFoundError:
                continue  # replaced by another commit since its list was read
        return _opened(path, held)


def _opened(path: Path, held: Snapshot | None) -> Snapshot:
    stamp = _commit_stamp(path)
    segments = listed(path)
    known: Mapping[tuple[str, str], Segment] = {}
    if held is not None:
        known = {(name, amounts): of for (name, _, amounts), of in zip(held.listed, held.segments, strict=True)}
    found: list[Segment] = []
    gone = []
    stamps: dict[Path, Stamp] = {}
    for name, without, amounts in segments:
        for file in (path / each for each in (name, without, amounts) if each):
            now = stamp_of(file)
            if now is None:
                raise FileNotFoundError(file)
            stamps[file] = now
        same = held is not None and all(
            held.files.get(path / each) == stamps[path / each] for each in (name, amounts) if each
        )
        segment = known.get((name, amounts)) if same else None
        found.append(segment or Segment(path / name, path / amounts if amounts else None))
        gone.append(arrays.read(path / without)["rows"] if without else np.zeros(0, np.uint16))
    version = f"{path.name}.{stamp[1]:x}.{stamp[2]:x}"
    opened = Snapshot(path, found, gone, segments, version, stamp, stamps)
    if held is not None:
        opened.keep(held)
    return opened


def _commit_stamp(path: Path) -> Stamp:
    """Changes with every commit: the list of segments is replaced by a new file."""
    stamp = stamp_of(path / LIST)
    if stamp is None:
        raise EngineUnavailable("index_missing", "the index folder is gone")
    return stamp


class Reader:
    """The newest snapshot, shared by all threads of a process. Looking costs one small operation for each file.

    So a file that was cut short or overwritten is not read: mapped into memory, it would kill the process or lie.
    """

    def __init__(self, folder: IndexFolder) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._snapshot: Snapshot | None = None
        self._damaged: dict[Path, Stamp] = {}
        self._suspected = ""

    def snapshot(self) -> Snapshot:
        """What was committed last. EngineUnavailable when the index is missing, outdated or broken."""
        path = self._folder.current()
        stamp = _commit_stamp(path)
        self._look(path)
        held = self._snapshot
        if held is not None and held.path == path and held.stamp == stamp:
            return held
        with self._lock:
            held = self._snapshot
            if held is None or held.path != path or held.stamp != stamp:
                held = open_snapshot(path, held if held is not None and held.path == path else None)
                self._snapshot = held
            return held

    @contextmanager
    def reading(self) -> Iterator[None]:
        """As engine_faults; what then cannot be read may be damaged, so the index is said to be suspect.

        Once for each commit: what was looked through and found whole is not read again and again for a fault of ours.
        """
        try:
            with engine_faults():
                yield
        except EngineUnavailable as error:
            held = self._snapshot
            if error.code == "index_broken" and held is not None and held.version != self._suspected:
                self._suspected = held.version
                suspect(held.path)
            raise

    def _look(self, path: Path) -> None:
        """EngineUnavailable (index_broken) while a file of the index is not as it was written."""
        held = self._snapshot
        if held is not None and held.path == path and (suspects := changed(held.files)):
            with self._lock:
                self._snapshot = None
                self._damaged = _damaged(suspects)
        if any(file.parent == path for file in self._damaged) and not self._mended(path):
            raise EngineUnavailable("index_broken", "a file of the index was changed")

    def _mended(self, path: Path) -> bool:
        """Whether a damaged index was put right in its place, as from a copy."""
        with self._lock, engine_faults():
            if changed(self._damaged):
                self._damaged = _damaged(files(path))
            return not self._damaged


def _damaged(paths: Iterable[Path]) -> dict[Path, Stamp]:
    """Which of these files are not as they were written, with their stamps: until these change, nor are they mended."""
    stamped = {path: stamp for path in paths if (stamp := stamp_of(path)) is not None}
    return {path: stamp for path, stamp in stamped.items() if not is_whole(path)}
