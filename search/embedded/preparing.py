"""Analysing documents: by far the longest part of building an index, so a second process takes a share of it.

The helper gets documents through a pipe and gives back their rows. It ends with the pipe, so that a killed worker
leaves none behind; when it dies itself, the work is done here.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Final

from search.documents import SearchDocument
from search.embedded.arrays import Arrays
from search.embedded.rows import analysed, merged
from search.port import DocumentsRefused

_WORTH_A_HELPER: Final = 500  # documents in one call: it takes a second to start
_FIRST_SHARE: Final = 0.6  # of each call's documents goes to the helper: who has it also reads and writes them
_LEAST_SHARE: Final = 0.4
_MOST_SHARE: Final = 0.8
_STEP: Final = 0.02  # by so much the share follows who of the two is done first
_HELPER: Final = "import sys; from search.embedded.preparing import help_at; help_at(int(sys.argv[1]))"


class Preparing:
    """Prepares many documents; ``close`` ends its helper."""

    def __init__(self) -> None:
        self._helper: _Helper | None = None
        self._share = _FIRST_SHARE
        self._alone = len(os.sched_getaffinity(0)) < 2

    def rows(self, documents: Sequence[SearchDocument]) -> Arrays:
        """The rows of these documents, in order. Raises DocumentsRefused."""
        try:
            return self._rows(documents)
        except BaseException:
            self.close()  # what the helper may still answer is of no use to anybody
            raise

    def _rows(self, documents: Sequence[SearchDocument]) -> Arrays:
        helper = self._helper_for(len(documents))
        if helper is None:
            return analysed(documents)
        own = len(documents) - int(len(documents) * self._share)
        given = documents[own:]
        at_work = helper.give(given)
        first = analysed(documents[:own])
        share = self._share + (_STEP if helper.done() else -_STEP)
        self._share = min(max(share, _LEAST_SHARE), _MOST_SHARE)
        rest = helper.take() if at_work else None
        if rest is None:
            # One that was killed is not missed, but not replaced either: the next would be killed too.
            self._alone = True
            rest = analysed(given)
        return merged([(first, None), (rest, None)])

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

    def give(self, documents: Sequence[SearchDocument]) -> bool:
        """Have it analyse these; False when it is gone."""
        try:
            self._pipe.send(documents)
        except OSError:
            return False
        return True

    def done(self) -> bool:
        """Whether there is an answer to take, or nothing more to wait for."""
        try:
            return self._pipe.poll()
        except OSError:
            return True

    def take(self) -> Arrays | None:
        """What it made of them; None when it is gone. Raises DocumentsRefused."""
        try:
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
    with suppress(EOFError, OSError), Connection(end) as work:
        while True:
            documents = work.recv()
            try:
                answer: Arrays | DocumentsRefused = analysed(documents)
            except DocumentsRefused as refused:
                answer = refused
            work.send(answer)
