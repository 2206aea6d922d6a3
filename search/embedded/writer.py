"""The writing side: one tantivy writer, kept open while changes come, let go when they stop.

tantivy merges segments in the background of an open writer. Opening one for each change and waiting for its merges
would make a change wait seconds for its predecessor's merge; never waiting would leave a segment for each change.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from search.embedded.reader import engine_faults, open_index
from search.port import EngineBusy

_HEAP = 50_000_000  # bytes
_POLL_SECONDS = 0.05


class KeptWriter:
    """A writer on the index in use, opened on first need and closed after ``idle_seconds`` without a change.

    Until then other processes cannot write that index: they wait for up to ``lock_seconds``.
    """

    def __init__(self, *, idle_seconds: float, lock_seconds: float) -> None:
        self._idle_seconds = idle_seconds
        self._lock_seconds = lock_seconds
        self._lock = threading.Lock()
        self._path: Path | None = None
        self._writer: Any = None
        self._timer: threading.Timer | None = None

    @contextmanager
    def on(self, path: Path) -> Iterator[Any]:
        """The writer for the index in this folder; what is not committed when an error comes is dropped."""
        with self._lock:
            self._rest()
            index = open_index(path)
            if self._path != path:
                self._writer = None
                self._writer, self._path = self._open(index), path
            try:
                with engine_faults():
                    yield self._writer
            except BaseException:
                self._writer = self._path = None
                raise
            self._timer = threading.Timer(self._idle_seconds, self.close)
            self._timer.daemon = True
            self._timer.start()

    def close(self) -> None:
        """Let merges finish and let the index go."""
        with self._lock:
            self._rest()
            writer, self._writer, self._path = self._writer, None, None
            if writer is not None:
                with engine_faults():
                    writer.wait_merging_threads()

    def _rest(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _open(self, index: Any) -> Any:
        until = time.monotonic() + self._lock_seconds
        while True:
            try:
                return index.writer(_HEAP, 1)
            except ValueError as error:
                if time.monotonic() >= until:
                    raise EngineBusy("index_busy", "another process is writing it") from error
                time.sleep(_POLL_SECONDS)
