"""Building a new index beside the one in use, and putting it in its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

from tantivy import Query

from search.documents import SearchDocument, from_bytes
from search.embedded.folder import IndexFolder
from search.embedded.preparing import Preparing, prepared
from search.embedded.reader import engine_faults, make_index, open_index
from search.embedded.schema import schema
from search.port import EngineUnavailable, Rebuild

# One thread with much room: few segments come of it, which are quick to search and need not be merged. A second thread
# would only take time from those who analyse.
_HEAP: Final = 500_000_000  # bytes
_THREADS: Final = 1
_AT_ONCE: Final = 2_000


@dataclass(frozen=True, slots=True)
class _Open:
    """What a rebuild holds until it ends."""

    path: Path
    writer: Any
    preparing: Preparing
    lock: ExitStack


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
                path = make_index(self._folder)
                self._folder.start_noting()
            writer = open_index(path).writer(_HEAP, _THREADS)
            preparing = Preparing()
            stack.callback(preparing.close)
            self._open[path.name] = _Open(path, writer, preparing, stack.pop_all())
        return Rebuild(path.name)

    def load(self, rebuild: Rebuild, documents: Iterable[SearchDocument]) -> None:
        """Put documents into the new index; may be called many times."""
        state = self._open[rebuild.name]
        stream = iter(documents)
        while some := list(islice(stream, _AT_ONCE)):
            for document, ready in zip(some, state.preparing.all(some), strict=True):
                with engine_faults():
                    if document.id in rebuild.ids:
                        state.writer.delete_documents_by_term("id", document.id)
                    state.writer.add_document(ready)
                rebuild.ids.add(document.id)

    def commit(self, rebuild: Rebuild) -> None:
        """Bring over what was written meanwhile, check the new index and put it in use at once."""
        state = self._open[rebuild.name]
        try:
            with engine_faults():
                state.writer.commit()  # outside the lock: the long part
            with engine_faults(), self._folder.writing(seconds=self._lock_seconds):
                late = self._written_meanwhile()
                replace(state.writer, {i: None if d is None else prepared(d) for i, d in late.items()})
                state.writer.commit()
                state.writer.wait_merging_threads()
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
        searcher = open_index(self._folder.current()).searcher()
        return {identity: _find(searcher, identity) for identity in noted}

    def abort(self, rebuild: Rebuild) -> None:
        """Throw the new index away; a rebuild that has ended already does not matter."""
        state = self._open.pop(rebuild.name, None)
        if state is None:
            return
        with state.lock:
            self._folder.stop_noting()
            self._folder.remove(state.path)


def replace(writer: Any, changes: Mapping[str, Any]) -> None:
    """Put each id's document in the place of what was there; None takes it out."""
    for identity, document in changes.items():
        writer.delete_documents_by_term("id", identity)
        if document is not None:
            writer.add_document(document)


def _check(path: Path, expected: int) -> None:
    found = open_index(path).searcher().num_docs
    if found != expected:
        raise EngineUnavailable("rebuild_incomplete", f"{found} documents instead of {expected}")


def _find(searcher: Any, identity: str) -> SearchDocument | None:
    hits = searcher.search(Query.term_query(schema(), "id", identity), 1).hits
    return from_bytes(searcher.doc(hits[0][1])["source"][0]) if hits else None
