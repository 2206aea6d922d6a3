"""Analysing documents: by far the longest part of building an index, so a second process takes a share of it.

Both take pieces off one heap until it is empty, so neither waits long for the other, whatever else they have to do. The
helper gets documents through a pipe and gives back their rows. It ends with the pipe, so that a killed worker
leaves none behind; when it dies itself, the work is done here.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Final

from search.documents import SearchDocument
from search.embedded.arrays import Arrays
from search.embedded.rows import analysed
from search.port import DocumentsRefused

_WORTH_A_HELPER: Final = 500  # documents in one call: it takes a second to start
_PIECE: Final = 40  # documents: some hundredths of a second, for which one may have to wait for the other
_HELPER: Final = "import sys; from search.embedded.preparing import help_at; help_at(int(sys.argv[1]))"


class Preparing:
    """Prepares many documents; ``close`` ends its helper."""

    def __init__(self) -> None:
        self._helper: _Helper | None = None
        self._alone = len(os.sched_getaffinity(0)) < 2

    def rows(self, documents: Sequence[SearchDocument]) -> list[Arrays]:
        """The rows of these documents, in order, in pieces. Raises DocumentsRefused."""
        try:
            with _nothing_collected():
                return self._rows(documents)
        except BaseException:
            self.close()  # what the helper may still answer is of no use to anybody
            raise

    def _rows(self, documents: Sequence[SearchDocument]) -> list[Arrays]:
        helper = self._helper_for(len(documents))
        if helper is None:
            return [analysed(documents)]
        heap = _Heap([documents[at : at + _PIECE] for at in range(0, len(documents), _PIECE)])
        with ThreadPoolExecutor(1) as other:
            # It only waits for the helper, so it takes no time from what is done here.
            helped = other.submit(heap.work, helper.analysed)
            try:
                heap.work(analysed)
            except BaseException:
                heap.stop()
                raise
            if not helped.result():
                # One that was killed is not missed, but not replaced either: the next would be killed too.
                self._alone = True
                heap.work(analysed)
        return heap.made()

    def _helper_for(self, documents: int) -> _Helper | None:
        if self._alone or documents < _WORTH_A_HELPER:
            return None
        if self._helper is None:
            self._helper = _Helper()
        return self._helper

    def close(self) -> None:
        """Let the helper go."""
        if self._helper is not None:
            self._helper.close()
        self._helper = None


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
    """Pieces of work, taken by two until there are none."""

    def __init__(self, pieces: Sequence[Sequence[SearchDocument]]) -> None:
        self._pieces = pieces
        self._left = deque(range(len(pieces)))
        self._rows: dict[int, Arrays] = {}

    def work(self, do: Callable[[Sequence[SearchDocument]], Arrays | None]) -> bool:
        """Do pieces as long as there are any; False when one could not be done and none will be."""
        while True:
            try:
                number = self._left.popleft()
            except IndexError:
                return True
            rows = do(self._pieces[number])
            if rows is None:
                self._left.append(number)
                return False
            self._rows[number] = rows

    def stop(self) -> None:
        """Have nothing more begun."""
        self._left.clear()

    def made(self) -> list[Arrays]:
        """The rows of all pieces, in their order."""
        return [self._rows[number] for number in range(len(self._pieces))]


class _Helper:
    """The second process, seen from the first."""

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

    def analysed(self, documents: Sequence[SearchDocument]) -> Arrays | None:
        """What it makes of these; None when it is gone. Raises DocumentsRefused."""
        try:
            self._pipe.send(documents)
            answer: Arrays | DocumentsRefused = self._pipe.recv()
        except (EOFError, OSError):
            return None
        if isinstance(answer, DocumentsRefused):
            raise answer
        return answer

    def close(self) -> None:
        """End it."""
        self._pipe.close()
        self._process.wait()


def help_at(end: int) -> None:
    """What the helper does until the pipe with this end is closed."""
    with suppress(EOFError, OSError), Connection(end) as work, _nothing_collected():
        while True:
            documents = work.recv()
            try:
                answer: Arrays | DocumentsRefused = analysed(documents)
            except DocumentsRefused as refused:
                answer = refused
            work.send(answer)
