"""Analysing documents: by far the longest part of building an index, so other processes do it, one for each processor.

They take pieces off one heap until it is empty. A helper gets documents through a pipe, its next piece before it has done the
last, and gives back their rows: the first process only hands out and writes, so that nobody waits for its interpreter. A helper
ends with its pipe, so that a killed worker leaves none behind; when one dies itself, the work is done here.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Thread
from typing import Any, Final

from search.documents import SearchDocument
from search.embedded.arrays import Arrays
from search.embedded.rows import analysed
from search.port import DocumentsRefused

_WORTH_HELPERS: Final = 1_000  # documents in one call: they take a second to start
_MOST_HELPERS: Final = 4  # what they make is put together and written by one
_PIECE: Final = 100  # documents: some hundredths of a second, for which one may have to wait for the others
_AHEAD: Final = 2  # pieces a helper has at once
_HELPER: Final = "import sys; from search.embedded.preparing import help_at; help_at(int(sys.argv[1]))"


class Preparing:
    """Prepares many documents; ``close`` ends its helpers."""

    def __init__(self) -> None:
        self._helpers: list[_Helper] = []
        self._most = min(len(os.sched_getaffinity(0)), _MOST_HELPERS)

    def rows(self, documents: Sequence[SearchDocument]) -> list[Arrays]:
        """The rows of these documents, in order, in pieces. Raises DocumentsRefused."""
        try:
            with _nothing_collected():
                return self._rows(documents)
        except BaseException:
            self.close()  # what the helpers may still answer is of no use to anybody
            raise

    def _rows(self, documents: Sequence[SearchDocument]) -> list[Arrays]:
        helpers = self._helpers_for(len(documents))
        if not helpers:
            return [analysed(documents)]
        heap = _Heap([documents[at : at + _PIECE] for at in range(0, len(documents), _PIECE)])
        with ThreadPoolExecutor(len(helpers)) as threads:
            all_there = all([*threads.map(heap.share, helpers)])
        if not all_there:
            # One that was killed is not missed, but not replaced either: the next would be killed too.
            self.close()
            self._most = 0
            heap.work()
        return heap.made()

    def _helpers_for(self, documents: int) -> list[_Helper]:
        if self._most < 2 or documents < _WORTH_HELPERS:
            return []
        if not self._helpers:
            self._helpers = [_Helper() for _ in range(self._most)]
            return []  # they take as long to start as these to be done here
        return self._helpers

    def close(self) -> None:
        """Let the helpers go."""
        helpers, self._helpers = self._helpers, []
        for helper in helpers:
            helper.close()


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Analysing makes no cycles, and what it remembers of texts is looked through for them again and again: a sixth of its time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


class _Heap:
    """Pieces of work, taken until there are none."""

    def __init__(self, pieces: Sequence[Sequence[SearchDocument]]) -> None:
        self._pieces = pieces
        self._left = deque(range(len(pieces)))
        self._rows: dict[int, Arrays] = {}

    def share(self, helper: _Helper) -> bool:
        """Have a helper do pieces as long as there are any. False when it is gone: what it had is left to others."""
        given: deque[int] = deque()
        try:
            while True:
                while len(given) < _AHEAD and (number := self._next()) is not None:
                    given.append(number)
                    helper.give(self._pieces[number])
                if not given:
                    return True
                self._rows[given[0]] = helper.rows()
                given.popleft()
        except (EOFError, OSError):
            self._left.extend(given)
            return False
        except BaseException:
            self._left.clear()  # nothing more is begun
            raise

    def work(self) -> None:
        """Do here what is left."""
        while (number := self._next()) is not None:
            self._rows[number] = analysed(self._pieces[number])

    def _next(self) -> int | None:
        try:
            return self._left.popleft()
        except IndexError:
            return None

    def made(self) -> list[Arrays]:
        """The rows of all pieces, in their order."""
        return [self._rows[number] for number in range(len(self._pieces))]


class _Helper:
    """Another process, seen from the first."""

    def __init__(self) -> None:
        self._pipe, others = Pipe()
        # Not a fork: a copy of a process with threads may wait for ever for a lock that one of them held.
        with others:
            end = others.fileno()
            self._process = subprocess.Popen(  # noqa: S603 - this interpreter, and nothing from outside
                [sys.executable, "-c", _HELPER, str(end)],
                pass_fds=[end],
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )

    def give(self, documents: Sequence[SearchDocument]) -> None:
        """Have these analysed, after what it was given before. OSError when it is gone."""
        self._pipe.send(documents)

    def rows(self) -> Arrays:
        """The rows of what it was given first. Raises DocumentsRefused; EOFError or OSError when it is gone."""
        answer: Arrays | DocumentsRefused = self._pipe.recv()
        if isinstance(answer, DocumentsRefused):
            raise answer
        return answer

    def close(self) -> None:
        """End it."""
        self._pipe.close()
        self._process.wait()


def help_at(end: int) -> None:
    """What a helper does until the pipe with this end is closed."""
    with suppress(EOFError, OSError), Connection(end) as work, _nothing_collected():
        given: SimpleQueue[Sequence[SearchDocument] | None] = SimpleQueue()
        Thread(target=_receive, args=(work, given), daemon=True).start()
        while (documents := given.get()) is not None:
            try:
                answer: Arrays | DocumentsRefused = analysed(documents)
            except DocumentsRefused as refused:
                answer = refused
            work.send(answer)


def _receive(work: Connection, given: SimpleQueue[Any]) -> None:
    """Take what comes at once: were both to send with nobody taking, they would wait for each other for ever."""
    with suppress(EOFError, OSError):
        while True:
            given.put(work.recv())
    given.put(None)
