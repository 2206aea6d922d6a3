"""The port on tantivy. Web processes and the worker each make one over the same folder."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tantivy import Query

from search.documents import SearchDocument, Visibility
from search.embedded import answering, explaining
from search.embedded import facets as counting
from search.embedded.folder import IndexFolder
from search.embedded.integrity import Checked
from search.embedded.loosened import all_stages
from search.embedded.preparing import prepared
from search.embedded.queries import QueryText, StageQuery, everything, group_query
from search.embedded.reader import Reader, Snapshot, engine_faults, make_index, open_index
from search.embedded.rebuilding import Rebuilding, replace
from search.embedded.schema import LABELS
from search.embedded.writer import KeptWriter
from search.port import (
    EngineUnavailable,
    Explanation,
    Facet,
    MatchStage,
    Rebuild,
    Receipt,
    SearchRequest,
    SearchResult,
    Stats,
)
from search.speller import MOST_WORDS

_REMEMBERED_COUNTS = 256

_Counts = Mapping[Facet, Mapping[str, int]]


class EmbeddedEngine:
    """See :class:`search.port.SearchEngine`.

    root: the folder; made when missing. lock_seconds: how long a change waits for another writer.
    idle_seconds: how long after a change the index stays taken by this process's writer.
    remembered: how many requests' counts are kept until the next commit (0 for measuring). readings: False leaves
    out all that is found by its sound, to measure what readings are worth.
    """

    name = "embedded"

    def __init__(
        self,
        root: Path,
        *,
        lock_seconds: float = 10.0,
        idle_seconds: float = 1.0,
        remembered: int = _REMEMBERED_COUNTS,
        readings: bool = True,
    ) -> None:
        self._folder = IndexFolder(root)
        self._reader = Reader(self._folder)
        self._checked = Checked()
        self._lock_seconds = lock_seconds
        self._writer = KeptWriter(idle_seconds=idle_seconds, lock_seconds=lock_seconds)
        self._rebuilding = Rebuilding(self._folder, lock_seconds=lock_seconds)
        self._remembered = remembered
        self._with_readings = readings
        self._counts: OrderedDict[Any, _Counts] = OrderedDict()
        self._counts_lock = threading.Lock()

    # --- schema and writing ---

    def ensure_schema(self) -> bool:
        """Make an empty index when there is none. True when a rebuild is needed (new, broken, other version)."""
        with self._folder.writing(seconds=self._lock_seconds):
            try:
                current = self._folder.current()
                open_index(current)
                with engine_faults():
                    return self._checked.damaged(current)
            except EngineUnavailable as error:
                if error.code == "index_missing":
                    self._folder.use(make_index(self._folder))
                return True

    def upsert(self, documents: Iterable[SearchDocument]) -> Receipt:
        """Put documents in, each replacing the one with its id whole. On disk and visible on return."""
        return self._change({d.id: d for d in documents})

    def delete(self, ids: Iterable[str]) -> Receipt:
        """Take documents out; ids that are not there do not matter."""
        return self._change(dict.fromkeys(ids))

    def _change(self, changes: Mapping[str, SearchDocument | None]) -> Receipt:
        ready = {i: None if d is None else prepared(d) for i, d in changes.items()}
        with engine_faults(), self._folder.writing(seconds=self._lock_seconds):
            self._folder.note(ready)
            with self._writer.on(self._folder.current()) as writer:
                replace(writer, ready)
                task = writer.commit()
        return Receipt(self.name, str(task))

    def wait(self, receipt: Receipt, *, seconds: float = 30.0) -> None:  # noqa: ARG002 - a commit is done on return
        """Nothing to wait for: a change is committed before its receipt is given."""
        if receipt.engine != self.name:
            raise ValueError(f"a receipt of {receipt.engine}, not of {self.name}")

    def close(self) -> None:
        """Let the index go at once, for another process to write; reading stays possible."""
        self._writer.close()

    # --- rebuilding ---

    def begin_rebuild(self) -> Rebuild:
        """Start a new index beside the one in use. EngineBusy while another rebuild runs."""
        return self._rebuilding.begin()

    def load(self, rebuild: Rebuild, documents: Iterable[SearchDocument]) -> None:
        """Put documents into the new index; may be called many times."""
        self._rebuilding.load(rebuild, documents)

    def commit_rebuild(self, rebuild: Rebuild) -> None:
        """Bring over what was written meanwhile, check the new index and put it in use at once.

        EngineUnavailable (rebuild_incomplete) when the new index does not hold what was loaded; the one in use stays.
        """
        self._rebuilding.commit(rebuild)

    def abort_rebuild(self, rebuild: Rebuild) -> None:
        """Throw the new index away; a rebuild that has ended already does not matter."""
        self._rebuilding.abort(rebuild)

    # --- reading ---

    def search(self, request: SearchRequest) -> SearchResult:
        """Answer one question. The stage depends on text and visibility only, so that filters never loosen it."""
        snapshot = self._reader.snapshot()
        text = QueryText.of(request)
        with engine_faults():
            for stage in self._stages(snapshot, text, request):
                result = self._answer(snapshot, request, text, stage)
                if result.total or self._matches(snapshot, stage, request.visibility):
                    return result
        return SearchResult(
            hits=(),
            total=0,
            total_is_exact=True,
            facets={f: {} for f in request.facets},
            stage=MatchStage.NONE,
            engine=self.name,
            applied_version=snapshot.version,
        )

    def explain(self, request: SearchRequest, identity: str) -> Explanation | None:
        """Why this document is where it is for this text; None when the text does not find it."""
        snapshot = self._reader.snapshot()
        with engine_faults():
            for stage in self._stages(snapshot, QueryText.of(request), request):
                if self._matches(snapshot, stage, request.visibility):
                    limits = answering.seen_by(snapshot, request.visibility)
                    return explaining.explain(snapshot.searcher, stage, limits, identity)
        return None

    def _stages(self, snapshot: Snapshot, text: QueryText, request: SearchRequest) -> Iterator[StageQuery]:
        """The ways to read a request, strictest first; made one by one, as most are answered by the first."""
        if not text.given:
            yield StageQuery(MatchStage.ALL, Query.all_query())
        elif text.words:
            searcher = snapshot.searcher
            wanted = all_stages(
                text,
                request.loosest,
                readings=self._with_readings,
                documents=searcher.num_docs,
                count=lambda query: searcher.search(query, 1).count,
            )
            yield from (stage for make in wanted if (stage := make(text)) is not None)

    def _matches(self, snapshot: Snapshot, stage: StageQuery, visibility: Visibility) -> bool:
        query = everything([stage.matching, *answering.seen_by(snapshot, visibility)])
        return bool(snapshot.searcher.search(query, 1, count=False).hits)

    def _answer(
        self, snapshot: Snapshot, request: SearchRequest, text: QueryText, stage: StageQuery
    ) -> SearchResult:
        limits = answering.seen_by(snapshot, request.visibility)
        filters = [*limits, *map(group_query, request.groups)]
        found, total = answering.page(snapshot.searcher, request, stage, filters)
        counts: _Counts = {f: {} for f in request.facets}
        if request.facets and (total or request.groups):
            counts = self._count(snapshot, request, stage, everything([stage.matching, *limits]))
        hits = answering.hits(snapshot.searcher, request, text, stage, found)
        return SearchResult(
            hits=hits,
            total=total,
            total_is_exact=True,
            facets=counts,
            stage=stage.stage,
            engine=self.name,
            applied_version=snapshot.version,
        )

    def _count(self, snapshot: Snapshot, request: SearchRequest, stage: StageQuery, text: Any) -> _Counts:
        """Counts do not depend on page and order, so the other pages of a search need not count again."""
        words = (request.text, request.synonyms, request.corrections)
        key = (snapshot.version, words, stage.stage, request.visibility, request.groups, request.facets)
        with self._counts_lock:
            if key in self._counts:
                self._counts.move_to_end(key)
                return self._counts[key]
        counts = counting.count_disjunctively(snapshot.searcher, text, request.groups, request.facets)
        if self._remembered:
            with self._counts_lock:
                self._counts[key] = counts
                while len(self._counts) > self._remembered:
                    self._counts.popitem(last=False)
        return counts

    def facet_values(self, facet: Facet, visibility: Visibility) -> Mapping[str, int]:
        """Every value of a facet and how many documents have it."""
        snapshot = self._reader.snapshot()
        with engine_faults():
            query = everything([Query.all_query(), *answering.seen_by(snapshot, visibility)])
            return counting.count(snapshot.searcher, query, [facet])[facet]

    def vocabulary(self) -> Iterator[tuple[str, int]]:
        """The words in the names of packages, products and functions, most frequent first, and how often each is."""
        searcher = self._reader.snapshot().searcher
        with engine_faults():
            # Not filtered: a word only of deleted documents does no harm, and is gone with the next merge.
            yield from searcher.terms_with_prefix(LABELS, "", limit=MOST_WORDS)

    def iter_versions(self) -> Iterator[tuple[str, int]]:
        """(id, version) of every document, by id."""
        searcher = self._reader.snapshot().searcher
        with engine_faults():
            # With a filter, terms of deleted documents are left out.
            terms = searcher.terms_with_prefix("id_version", "", filter_query=Query.all_query())
        for term, _ in terms:
            identity, _, version = term.partition(" ")
            yield identity, int(version)

    def version(self) -> str:
        """The version of the newest commit."""
        return self._reader.snapshot().version

    def stats(self) -> Stats:
        """The state of the index."""
        snapshot = self._reader.snapshot()
        with engine_faults():
            return Stats(
                self.name,
                snapshot.searcher.num_docs,
                self._folder.size_bytes(snapshot.path),
                snapshot.searcher.num_segments,
                snapshot.version,
            )
