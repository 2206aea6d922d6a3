"""The folder on disk: which index is in use, who may write, what a rebuild must bring over.

    current        name of the index in use; replaced atomically
    index-…/       one index each: the one in use, its predecessor, the one being built
    write.lock     held while somebody changes the index in use or swaps it
    rebuild.lock   held from begin to commit or abort of a rebuild
    touched        ids written to the index in use since the rebuild began
    repriced       ids of which only amounts were written to it

Locks are the kernel's (flock), so a killed process leaves none behind.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from search.port import EngineBusy, EngineUnavailable

_POLL_SECONDS = 0.02


_File = tuple[int, int, int, int]


def _file(path: Path) -> _File:
    """What tells this file from every other that stands under its name."""
    found = os.stat(path)  # noqa: PTH116  (several times as quick as a Path's own)
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


class IndexFolder:
    """File names, locks and the atomic swap; knows nothing of what is in an index."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._current = root / "current"
        self._touched = root / "touched"
        self._repriced = root / "repriced"
        self._read: tuple[_File, Path] | None = None

    def current(self) -> Path:
        """The index in use. EngineUnavailable (index_missing) when there is none.

        Asked several times for each search: what names it is read only where it is another file than before.
        """
        try:
            file = _file(self._current)
            known = self._read
            if known is not None and known[0] == file:
                return known[1]
            name = self._current.read_text("utf-8", "replace").strip()
        except OSError as error:
            raise EngineUnavailable("index_missing", "there is no index") from error
        if not name or Path(name).name != name:
            raise EngineUnavailable("index_broken", "the pointer to the index is damaged")
        path = self.root / name
        # Replaced since it was looked at, it is another file at the next look, too.
        self._read = file, path
        return path

    def new(self) -> Path:
        """An empty folder for a new index."""
        path = self.root / f"index-{uuid.uuid4().hex[:12]}"
        path.mkdir(parents=True)
        return path

    def use(self, path: Path) -> None:
        """Put an index in use, for every process at once; only its predecessor is kept beside it."""
        before: Path | None = None
        with suppress(EngineUnavailable):
            before = self.current()
        fresh = self.root / "current.new"
        with fresh.open("w", encoding="utf-8") as file:
            file.write(path.name)
            file.flush()
            os.fsync(file.fileno())
        if self._current.is_dir():  # whoever made it so: nothing else would ever take its place
            self._current.rmdir()
        fresh.replace(self._current)
        self.remove_all_but(path, before)

    def remove_all_but(self, *kept: Path | None) -> None:
        """Remove indexes that nobody will open again."""
        for path in self.root.glob("index-*"):
            if path not in kept:
                self.remove(path)

    def remove(self, path: Path) -> None:
        """Remove one index."""
        shutil.rmtree(path, ignore_errors=True)

    @contextmanager
    def writing(self, *, seconds: float) -> Iterator[None]:
        """Be the only one who writes; EngineBusy when it is not possible within so many seconds."""
        with self._locked("write.lock", seconds):
            yield

    @contextmanager
    def rebuilding(self) -> Iterator[None]:
        """Be the only one who rebuilds; EngineBusy at once when somebody is."""
        with self._locked("rebuild.lock", 0.0):
            yield

    @contextmanager
    def _locked(self, name: str, seconds: float) -> Iterator[None]:
        self.root.mkdir(parents=True, exist_ok=True)
        until = time.monotonic() + seconds
        with (self.root / name).open("a") as file:
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError as error:
                    if time.monotonic() >= until:
                        raise EngineBusy("index_busy", "another process is writing it") from error
                    time.sleep(_POLL_SECONDS)
            yield

    def start_noting(self) -> None:
        """From now on remember which ids are written. Call while writing."""
        self._repriced.write_text("", "utf-8")
        self._touched.write_text("", "utf-8")

    def note(self, ids: Iterable[str]) -> None:
        """Remember ids if a rebuild is under way. Call while writing, before the change is committed."""
        _append(self._touched, ids)

    def note_repriced(self, ids: Iterable[str]) -> None:
        """The same for documents of which only amounts are written."""
        _append(self._repriced, ids)

    def noted(self) -> set[str]:
        """The ids written since :meth:`start_noting`."""
        return set(self._touched.read_text("utf-8").split())

    def noted_repriced(self) -> set[str]:
        """The ids of which amounts were written since then."""
        return set(self._repriced.read_text("utf-8").split())

    def stop_noting(self) -> None:
        """Forget them."""
        self._touched.unlink(missing_ok=True)
        self._repriced.unlink(missing_ok=True)

    def clear_after_killed_rebuild(self) -> None:
        """Remove what a rebuild that was killed has left. Call while writing."""
        if self._touched.exists():
            with suppress(EngineBusy), self.rebuilding():
                self.remove_all_but(self.current())
                self.stop_noting()

    def size_bytes(self, path: Path) -> int:
        """Bytes on disk of one index."""
        return sum(f.stat().st_size for f in path.iterdir() if f.is_file())


def _append(file: Path, ids: Iterable[str]) -> None:
    if file.exists():
        with file.open("a", encoding="utf-8") as opened:
            opened.writelines(f"{i}\n" for i in ids)
