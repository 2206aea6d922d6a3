"""Building a new index beside the one in use, and putting it in its place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

from search.documents import Amounts, SearchDocument
from search.embedded import rows as kept
from search.embedded.arrays import Arrays
from search.embedded.folder import IndexFolder
from search.embedded.integrity import commit
from search.embedded.inverting import MOST_ROWS, MOST_TOKENS, STREAMS
from search.embedded.preparing import Preparing
from search.embedded.reader import engine_faults, make_index, open_snapshot
from search.embedded.repricing import Wanted, amounts_in, amounts_of_all, repriced
from search.embedded.rows import analysed
from search.embedded.writer import replace
from search.port import EngineUnavailable, Rebuild

_AT_ONCE: Final = 2_000


@dataclass(slots=True)
class _Open:
    """What a rebuild holds until it ends. waiting: rows that become one segment together.

    A segment is written in a thread beside the analysing of what comes next: its sorting does not hold the interpreter.
    """

    path: Path
    preparing: Preparing
    lock: ExitStack
    thread: Executor
    waiting: list[Arrays] = field(default_factory=list)
    written: Future[None] | None = None

    def add(self, rows: Sequence[Arrays]) -> None:
        """Take more rows, all of documents that are not there yet."""
        if self.waiting and not _fit([*self.waiting, *rows]):
            self.flush()
        self.waiting += rows

    def flush(self) -> None:
        """Have what waits written."""
        if self.waiting:
            waiting, self.waiting = self.waiting, []
            self.settle()
            self.written = self.thread.submit(self._write, waiting)

    def settle(self) -> None:
        """Wait until what is being written is there. Raises what went wrong."""
        written, self.written = self.written, None
        if written is not None:
            written.result()

    def _write(self, waiting: list[Arrays]) -> None:
        rows = kept.merged([(each, None) for each in waiting])
        waiting.clear()
        commit(self.path, replace(open_snapshot(self.path), (), [rows]))

    def put(self, ids: Iterable[str], added: Sequence[Arrays]) -> None:
        """Put rows in the place of those with the ids, now."""
        self.flush()
        self.settle()
        commit(self.path, replace(open_snapshot(self.path), ids, added))

    def reprice(self, amounts: Sequence[Amounts]) -> None:
        """Put amounts in the place of those that documents have, now."""
        commit(self.path, repriced(open_snapshot(self.path), Wanted.of(amounts)))


def _fit(parts: list[Arrays]) -> bool:
    """Whether these rows fit into one segment."""
    most = max(sum(len(part[f"{stream.name}.tokens"]) for part in parts) for stream in STREAMS)
    return sum(map(kept.count, parts)) < MOST_ROWS and most < MOST_TOKENS


class Rebuilding:
    """The rebuilds of one engine; see :class:`search.port.SearchEngine`."""

    def __init__(self, folder: IndexFolder, *, lock_seconds: float) -> None:
        self._folder = folder
        self._lock_seconds = lock_seconds
        self._open: dict[str, _Open] = {}

    def begin(self) -> Rebuild:
        """Start a new index beside the one in use. EngineBusy while another rebuild runs."""
        with engine_faults(), ExitStack() as stack:
            stack.enter_context(self._folder.rebuilding())
            with self._folder.writing(seconds=self._lock_seconds):
                self._folder.start_noting()  # first: it tells of a rebuild that was killed
                path = make_index(self._folder)
            preparing = Preparing()
            stack.callback(preparing.close)
            thread = stack.enter_context(ThreadPoolExecutor(1))
            self._open[path.name] = _Open(path, preparing, stack.pop_all(), thread)
        return Rebuild(path.name)

    def load(self, rebuild: Rebuild, documents: Iterable[SearchDocument]) -> None:
        """Put documents into the new index; may be called many times."""
        state = self._open[rebuild.name]
        stream = iter(documents)
        while some := {document.id: document for document in islice(stream, _AT_ONCE)}:
            rows = state.preparing.rows(list(some.values()))
            with engine_faults():
                if rebuild.ids.isdisjoint(some):
                    state.add(rows)
                else:
                    state.put(some, [kept.merged([(each, None) for each in rows])])
            rebuild.ids |= some.keys()

    def commit(self, rebuild: Rebuild) -> None:
        """Bring over what was written meanwhile, check the new index and put it in use at once."""
        state = self._open[rebuild.name]
        try:
            with engine_faults():
                state.flush()
                state.settle()  # outside the lock: the long part
            with engine_faults(), self._folder.writing(seconds=self._lock_seconds):
                late = self._written_meanwhile()
                state.put(late, [analysed([document for document in late.values() if document])])
                state.reprice(self._repriced_meanwhile())
                expected = (rebuild.ids | {i for i, d in late.items() if d}) - {
                    i for i, d in late.items() if not d
                }
                _check(state.path, len(expected))
                self._folder.use(state.path)
                self._folder.stop_noting()
        except BaseException:
            self.abort(rebuild)
            raise
        self._open.pop(rebuild.name).lock.close()

    def _written_meanwhile(self) -> dict[str, SearchDocument | None]:
        """Ids written to the index in use since the rebuild began, as they are there now; None was deleted."""
        noted = self._folder.noted()
        if not noted:
            return {}
        snapshot = open_snapshot(self._folder.current())
        rows = {identity: snapshot.row_of(identity) for identity in noted}
        there = [row for row in rows.values() if row is not None]
        documents = {
            each.id: snapshot.document(row).repriced(each)
            for row, each in zip(there, amounts_in(snapshot, there), strict=True)
        }
        return {identity: documents.get(identity) for identity in noted}

    def _repriced_meanwhile(self) -> list[Amounts]:
        """The amounts of those documents of which only these were written, as they are in the index in use."""
        noted = self._folder.noted_repriced()
        if not noted:
            return []
        return [each for each in amounts_of_all(open_snapshot(self._folder.current())) if each.id in noted]

    def abort(self, rebuild: Rebuild) -> None:
        """Throw the new index away; a rebuild that has ended already does not matter."""
        state = self._open.pop(rebuild.name, None)
        if state is None:
            return
        with state.lock:
            state.thread.shutdown()  # before the folder goes: it may be writing there
            self._folder.stop_noting()
            self._folder.remove(state.path)


def _check(path: Path, expected: int) -> None:
    found = open_snapshot(path).documents
    if found != expected:
        raise EngineUnavailable("rebuild_incomplete", f"{found} documents instead of {expected}")
