"""The port on our own index. Web processes and the worker each make one over the same folder."""

from __future__ import annotations

import dataclasses
import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from cachetools import LRUCache

from search.documents import Amounts, SearchDocument
from search.embedded import answering, explaining
from search.embedded import facets as counting
from search.embedded.folder import IndexFolder
from search.embedded.integrity import Checked, commit, condemn, suspected
from search.embedded.loosened import all_stages
from search.embedded.memory import keep_freed_memory
from search.embedded.nodes import Everything
from search.embedded.queries import QueryText, StageQuery, as_typed, everything, group_query
from search.embedded.reader import Reader, engine_faults, make_index, open_snapshot
from search.embedded.rebuilding import Rebuilding
from search.embedded.repricing import Wanted, amounts_of_all, repriced
from search.embedded.rows import analysed
from search.embedded.values import Mask
from search.embedded.viewing import View
from search.embedded.writer import replace, tidy
from search.filters import Filter
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
    Visibility,
)
from search.speller import MOST_WORDS

_REMEMBERED_COUNTS = 256
_AT_ONCE = 5_000  # documents in one segment of a change

_MOST_FOUND = 1 << 24  # rows, a byte each, of all that is remembered as found by its words

_Counts = Mapping[Facet, Mapping[str, int]]
_First = tuple[StageQuery, Mask]


def _rows_of(first: _First | None) -> int:
    return len(first[1]) if first else 1_000  # what is found nowhere takes a place, too


def _words_of(request: SearchRequest) -> Hashable:
    return request.text, request.synonyms, request.corrections


class EmbeddedEngine:
    """See :class:`search.port.SearchEngine`.

    root: the folder; made when missing. lock_seconds: how long a change waits for another writer.
    remembered: how many requests' counts are kept until the next commit; 0, for measuring, keeps nothing that was found
    either. readings: False leaves
    out all that is found by its sound, to measure what readings are worth.
    """

    name = "embedded"

    def __init__(
        self,
        root: Path,
        *,
        lock_seconds: float = 10.0,
        remembered: int = _REMEMBERED_COUNTS,
        readings: bool = True,
    ) -> None:
        keep_freed_memory()
        self._folder = IndexFolder(root)
        self._reader = Reader(self._folder)
        self._checked = Checked()
        self._lock_seconds = lock_seconds
        self._rebuilding = Rebuilding(self._folder, lock_seconds=lock_seconds)
        self._remembered = remembered
        self._with_readings = readings
        self._counts: OrderedDict[Any, _Counts] = OrderedDict()
        self._counts_lock = threading.Lock()
        self._first_found: LRUCache[Any, _First | None] = LRUCache(_MOST_FOUND, getsizeof=_rows_of)
        self._found_lock = threading.Lock()

    # --- schema and writing ---

    def ensure_schema(self) -> bool:
        """Make an empty index when there is none. True when a rebuild is needed (new, broken, other version)."""
        with engine_faults(), self._folder.writing(seconds=self._lock_seconds):
            try:
                current = self._folder.current()
                self._folder.clear_after_killed_rebuild()
                open_snapshot(current)
            except EngineUnavailable as error:
                if error.code == "index_missing":
                    self._folder.use(make_index(self._folder))
                return True
            if suspected(current):
                self._checked = Checked()
        return self._damaged(current, self._checked)

    def examine(self) -> None:
        """Read all files of the index through. EngineUnavailable (index_broken) when one is not as it was written."""
        if self._damaged(self._folder.current(), Checked()):
            raise EngineUnavailable("index_broken", "a file of the index is damaged")

    def _damaged(self, path: Path, checked: Checked) -> bool:
        """Whether the index is found damaged; then nobody searches in it any more. Outside of the lock: it may be much."""
        try:
            damaged = checked.damaged(path)
        except (OSError, ValueError):  # its list, damaged or gone
            return True
        if damaged:
            condemn(path)
        return damaged

    def upsert(self, documents: Iterable[SearchDocument]) -> Receipt:
        """Put documents in, each replacing the one with its id whole. On disk and visible on return."""
        return self._change({d.id: d for d in documents})

    def delete(self, ids: Iterable[str]) -> Receipt:
        """Take documents out; ids that are not there do not matter."""
        return self._change(dict.fromkeys(ids))

    def _change(self, changes: Mapping[str, SearchDocument | None]) -> Receipt:
        documents = [document for document in changes.values() if document is not None]
        added = [analysed(documents[at : at + _AT_ONCE]) for at in range(0, len(documents), _AT_ONCE)]
        with self._reader.reading(), self._folder.writing(seconds=self._lock_seconds):
            self._folder.note(changes)
            snapshot = self._reader.snapshot()
            commit(snapshot.path, replace(snapshot, changes, added))
            tidy(snapshot.path)
            return Receipt(self.name, self._reader.snapshot().version)

    def reprice(self, amounts: Iterable[Amounts]) -> Receipt:
        """Put amounts in the place of those that documents have. On disk and visible on return."""
        given = list(amounts)
        wanted = Wanted.of(given)
        with self._reader.reading(), self._folder.writing(seconds=self._lock_seconds):
            self._folder.note_repriced(each.id for each in given)
            snapshot = self._reader.snapshot()
            listed = repriced(snapshot, wanted)
            if listed != snapshot.listed:
                commit(snapshot.path, listed)
            return Receipt(self.name, self._reader.snapshot().version)

    def wait(self, receipt: Receipt, *, seconds: float = 30.0) -> None:  # noqa: ARG002 - a commit is done on return
        """Nothing to wait for: a change is committed before its receipt is given."""
        if receipt.engine != self.name:
            raise ValueError(f"a receipt of {receipt.engine}, not of {self.name}")

    def close(self) -> None:
        """Nothing to let go of: a change holds the index only until it is committed."""

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
        view, text = View(snapshot), QueryText.of(request)
        with self._reader.reading():
            first = self._first(view, text, request)
            if first is not None:
                return self._answer(view, request, text, *first)
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
        """Why this document is where it is for this request; None when that does not find it."""
        view = View(self._reader.snapshot())
        with self._reader.reading():
            first = self._first(view, QueryText.of(request), request)
            return explaining.explain(view, first[0], request, identity) if first else None

    def _first(self, view: View, text: QueryText, request: SearchRequest) -> _First | None:
        """The strictest way to read a request that finds something, and what it finds under no filter.

        It depends on neither filters, order nor page: people change these again and again under the same words.
        """
        key = (view.snapshot.version, _words_of(request), request.loosest, request.visibility)
        with self._found_lock:
            if key in self._first_found:
                return self._first_found[key]
        first = None
        for stage in self._stages(view, text, request):
            found = self._found(view, stage, request.visibility)
            if found.any():
                found.flags.writeable = False
                first = self._as_strict_as_it_is(view, text, stage, found, request.visibility), found
                break
        if self._remembered and view.snapshot.rows <= _MOST_FOUND:
            with self._found_lock:
                self._first_found[key] = first
        return first

    def _as_strict_as_it_is(
        self, view: View, text: QueryText, stage: StageQuery, found: Mask, visibility: Visibility
    ) -> StageQuery:
        """Told as exact where synonyms and sounds found no more than what has every word as it was typed."""
        if stage.stage not in (MatchStage.WIDENED, MatchStage.READING):
            return stage
        exactly = StageQuery(MatchStage.EXACT, as_typed(text))
        same = np.array_equal(self._found(view, exactly, visibility), found)
        return dataclasses.replace(stage, stage=MatchStage.EXACT) if same else stage

    def _stages(self, view: View, text: QueryText, request: SearchRequest) -> Iterator[StageQuery]:
        """The ways to read a request, strictest first; made one by one, as most are answered by the first."""
        if not text.given:
            yield StageQuery(MatchStage.ALL, Everything())
        elif text.words:
            wanted = all_stages(
                text,
                request.loosest,
                readings=self._with_readings,
                view=view,
            )
            yield from (stage for make in wanted if (stage := make(text)) is not None)

    def _found(self, view: View, stage: StageQuery, visibility: Visibility) -> Mask:
        return view.mask(everything([stage.matching, *answering.seen_by(view.snapshot, visibility)]))

    def _answer(
        self, view: View, request: SearchRequest, text: QueryText, stage: StageQuery, found: Mask
    ) -> SearchResult:
        """found: under no filter."""
        filters = {each: view.mask(group_query(each)) for each in request.groups}
        rows = np.flatnonzero(counting.under(found, filters.values()))
        page = answering.page(view, request, stage, rows)
        counts: _Counts = {f: {} for f in request.facets}
        if request.facets:
            counts = self._count(view, request, stage, found, filters)
        return SearchResult(
            hits=answering.hits(view, request, text, stage, page),
            total=len(rows),
            total_is_exact=True,
            facets=counts,
            stage=stage.stage,
            engine=self.name,
            applied_version=view.snapshot.version,
            told=stage.told,
        )

    def _count(
        self, view: View, request: SearchRequest, stage: StageQuery, found: Mask, filters: Mapping[Filter, Mask]
    ) -> _Counts:
        """Counts do not depend on page and order, so the other pages of a search need not count again."""
        key = (
            view.snapshot.version,
            _words_of(request),
            stage.stage,
            request.visibility,
            request.groups,
            request.facets,
        )
        with self._counts_lock:
            if key in self._counts:
                self._counts.move_to_end(key)
                return self._counts[key]
        counts = counting.count_disjunctively(view.snapshot, found, filters, request.facets)
        if self._remembered:
            with self._counts_lock:
                self._counts[key] = counts
                while len(self._counts) > self._remembered:
                    self._counts.popitem(last=False)
        return counts

    def facet_values(self, facet: Facet, visibility: Visibility) -> Mapping[str, int]:
        """Every value of a facet and how many documents have it."""
        view = View(self._reader.snapshot())
        with self._reader.reading():
            found = self._found(view, StageQuery(MatchStage.ALL, Everything()), visibility)
            return counting.count(view.snapshot, found, [facet])[facet]

    def vocabulary(self) -> Iterator[tuple[str, int]]:
        """The words in the names of packages, products and functions, most frequent first, and how often each is."""
        snapshot = self._reader.snapshot()
        with self._reader.reading():
            words = snapshot.labels()
        yield from sorted(words.items(), key=lambda each: (-each[1], each[0]))[:MOST_WORDS]

    def iter_versions(self) -> Iterator[tuple[str, int]]:
        """(id, version) of every document, by id."""
        snapshot = self._reader.snapshot()
        with self._reader.reading():
            versions = snapshot.versions()
        yield from versions

    def iter_amounts(self) -> Iterator[Amounts]:
        """The amounts of every document, by id."""
        snapshot = self._reader.snapshot()
        with self._reader.reading():
            amounts = sorted(amounts_of_all(snapshot), key=lambda each: each.id)
        yield from amounts

    def version(self) -> str:
        """The version of the newest commit."""
        return self._reader.snapshot().version

    def stats(self) -> Stats:
        """The state of the index."""
        snapshot = self._reader.snapshot()
        with self._reader.reading():
            size = self._folder.size_bytes(snapshot.path)
        left_over = snapshot.rows - snapshot.documents
        return Stats(self.name, snapshot.documents, size, len(snapshot.segments), snapshot.version, left_over)
