"""The port on a Meilisearch server. Web processes and the worker each make one for the same index.

Only what is published is sent: documents made from publications, and what people type. Writers outside
:mod:`search.sync` would have to exclude one another as it does: one changes the index or commits a rebuild at a time.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from pydantic import SecretStr

from search.documents import Amounts, SearchDocument, Visibility
from search.embedded.queries import QueryText
from search.meilisearch import asking, explaining, filtering
from search.meilisearch.connection import Connection
from search.meilisearch.fitting import Level
from search.meilisearch.index_settings import SETTINGS, made_by_us
from search.meilisearch.terms import (
    AMOUNT_FIELDS,
    LABELS,
    amounts_of_record,
    amounts_record,
    filter_field,
    to_record,
)
from search.meilisearch.ways import EVERYTHING, Stage, stages
from search.port import (
    EngineBusy,
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

_PAGE: Final = 1_000  # documents in one request
_TASK_SECONDS: Final = 60.0
_BULK_SECONDS: Final = 900.0
_VERSION_SECONDS: Final = 1.0  # a change of another process is seen this much later


class MeilisearchEngine:
    """See :class:`search.port.SearchEngine`.

    url, key: of the server. index: the name of the index, and the beginning of those a rebuild makes beside it.
    read_seconds: how long a search may take before the page does without; write_seconds: any other request.
    """

    name = "meilisearch"

    def __init__(
        self, url: str, key: SecretStr, *, index: str = "packages", read_seconds: int = 2, write_seconds: int = 30
    ) -> None:
        self._index = index
        self._new, self._touched = f"{index}-new", f"{index}-touched"
        self._connection = Connection(url, key, read_seconds=read_seconds, write_seconds=write_seconds)
        self._version: tuple[float, str] | None = None
        self._rebuilding = threading.Lock()
        self._open: Rebuild | None = None

    # --- schema and writing ---

    def ensure_schema(self) -> bool:
        """Make an empty index when there is none. True when a rebuild is needed (new, other version)."""
        if not self._exists(self._index):
            self._make(self._index)
            return True
        with self._connection.writing() as client:
            return not made_by_us(client.index(self._index).get_settings())

    def examine(self) -> None:
        """Nothing to look at: the server keeps its files itself."""

    def _exists(self, name: str) -> bool:
        try:
            with self._connection.writing() as client:
                client.get_raw_index(name)
        except EngineUnavailable as error:
            if error.code == "index_missing":
                return False
            raise
        return True

    def _make(self, name: str, settings: dict[str, Any] = SETTINGS) -> None:
        with self._connection.writing() as client:
            made = client.create_index(name, {"primaryKey": "id"}).task_uid
            set_up = client.index(name).update_settings(settings).task_uid
        self._finish(made, set_up)

    def _remove(self, *names: str) -> None:
        for name in names:
            if self._exists(name):
                with self._connection.writing() as client:
                    task = client.delete_index(name).task_uid
                self._finish(task)

    def _finish(self, *tasks: int, seconds: float = _TASK_SECONDS, documents: bool = False) -> None:
        for task in tasks:
            self._connection.finish(task, seconds=seconds, documents=documents)

    def upsert(self, documents: Iterable[SearchDocument]) -> Receipt:
        """Put documents in, each replacing the one with its id whole. Wait for the receipt before calling it done."""
        records = [to_record(document) for document in {d.id: d for d in documents}.values()]
        self._note([record["id"] for record in records])
        return self._receipt(self._add(self._index, records))

    def reprice(self, amounts: Iterable[Amounts]) -> Receipt:
        """Put amounts in the place of those that documents have. Wait for the receipt before calling it done.

        What is there is looked up first: the server would make documents of what it does not know.
        """
        wanted = {each.id: each for each in amounts}
        self._note(list(wanted))
        tasks = []
        for chunk in _chunks(list(wanted)):
            known = self._records(self._index, ["id", "version"], filtering.one_of("id", chunk))
            meant = [wanted[each["id"]] for each in known if wanted[each["id"]].version == int(each["version"])]
            if meant:
                with self._connection.writing(documents=True) as client:
                    changed = client.index(self._index).update_documents([amounts_record(each) for each in meant])
                    tasks.append(changed.task_uid)
        return self._receipt(tasks)

    def delete(self, ids: Iterable[str]) -> Receipt:
        """Take documents out; ids that are not there do not matter."""
        gone = list(dict.fromkeys(ids))
        self._note(gone)
        return self._receipt(self._take_out(self._index, gone))

    def _add(self, name: str, records: Sequence[Mapping[str, Any]]) -> list[int]:
        tasks = []
        for chunk in _chunks(records):
            with self._connection.writing(documents=True) as client:
                tasks.append(client.index(name).add_documents(chunk).task_uid)
        return tasks

    def _take_out(self, name: str, ids: Sequence[str]) -> list[int]:
        tasks = []
        for chunk in _chunks(ids):
            with self._connection.writing() as client:
                tasks.append(client.index(name).delete_documents(filter=filtering.one_of("id", chunk)).task_uid)
        return tasks

    def _receipt(self, tasks: Iterable[int]) -> Receipt:
        return Receipt(self.name, " ".join(map(str, tasks)))

    def _note(self, ids: Sequence[str]) -> None:
        """While a rebuild runs, note which documents are written, so that it can bring them over."""
        if ids and self._exists(self._touched):
            self._finish(*self._add(self._touched, [{"id": each} for each in ids]))

    def wait(self, receipt: Receipt, *, seconds: float = _TASK_SECONDS) -> None:
        """Return when the change can be found by everybody.

        DocumentsRefused when the server took a document for wrong; EngineUnavailable when it failed or took longer.
        """
        if receipt.engine != self.name:
            raise ValueError(f"a receipt of {receipt.engine}, not of {self.name}")
        try:
            self._finish(*map(int, receipt.task.split()), seconds=seconds, documents=True)
        finally:
            self._version = None

    def drop(self) -> None:
        """Take the index off the server, and what a rebuild may have left."""
        self._remove(self._index, self._new, self._touched)

    def close(self) -> None:
        """Nothing is held between two requests."""

    # --- rebuilding ---

    def begin_rebuild(self) -> Rebuild:
        """Start a new index beside the one in use; what a killed rebuild left is removed. EngineBusy in a second one."""
        if not self._rebuilding.acquire(blocking=False):
            raise EngineBusy("index_busy", "a rebuild is running")
        try:
            self._remove(self._new, self._touched)
            self._make(self._touched, {"searchableAttributes": ["id"]})
            self._make(self._new)
        except BaseException:
            self._rebuilding.release()
            raise
        self._open = Rebuild(self._new)
        return self._open

    def load(self, rebuild: Rebuild, documents: Iterable[SearchDocument]) -> None:
        """Put documents into the new index; may be called many times."""
        waiting = iter(documents)
        while chunk := list(itertools.islice(waiting, _PAGE)):
            tasks = self._add(rebuild.name, [to_record(document) for document in chunk])
            self._finish(*tasks, seconds=_BULK_SECONDS, documents=True)
            rebuild.ids.update(document.id for document in chunk)

    def commit_rebuild(self, rebuild: Rebuild) -> None:
        """Bring over what was written meanwhile, check the new index and put it in use at once.

        EngineUnavailable (rebuild_incomplete) when the new index does not hold what was loaded; the one in use stays.
        """
        try:
            expected = self._bring_over(rebuild.ids)
            self._check(len(expected))
            with self._connection.writing() as client:
                task = client.swap_indexes([{"indexes": [self._index, self._new]}]).task_uid
            self._finish(task)
        except BaseException:
            self.abort_rebuild(rebuild)
            raise
        self._version = None
        self.abort_rebuild(rebuild)  # what is left under the new name is the old index

    def _bring_over(self, loaded: set[str]) -> set[str]:
        """Copy what was written to the index in use since the rebuild began; the ids that are then expected."""
        expected = set(loaded)
        touched = [record["id"] for record in self._records(self._touched, ["id"])]
        for chunk in _chunks(touched):
            found = list(self._records(self._index, ["*"], filtering.one_of("id", chunk)))
            there = {record["id"] for record in found}
            gone = [each for each in chunk if each not in there]
            self._finish(*self._add(self._new, found), *self._take_out(self._new, gone))
            expected = (expected | there) - set(gone)
        return expected

    def _check(self, expected: int) -> None:
        with self._connection.writing() as client:
            found = client.index(self._new).get_stats().number_of_documents
        if found != expected:
            raise EngineUnavailable("rebuild_incomplete", f"{found} documents instead of {expected}")

    def abort_rebuild(self, rebuild: Rebuild) -> None:
        """Throw the new index away; a rebuild that has ended already does not matter."""
        if self._open is not rebuild:
            return
        self._open = None
        try:
            # What a server that is down keeps, the next rebuild removes.
            with suppress(EngineUnavailable):
                self._remove(self._new, self._touched)
        finally:
            self._rebuilding.release()

    # --- reading ---

    def search(self, request: SearchRequest) -> SearchResult:
        """Answer one question. The stage depends on text and visibility only, so that filters never loosen it."""
        text = QueryText.of(request)
        for stage in _readings(text, request):
            answer = self._ask(asking.page(self._index, request, stage))
            if answer.total or (request.groups and self._matches(stage, request.visibility)):
                if by_fit := asking.levels_apart(request, stage):
                    answer = replace(answer, hits=self._level_by_level(request, by_fit, *asking.place(request)))
                return self._result(request, text, stage, answer)
        return self._result(request, text, Stage(MatchStage.NONE, ()), asking.NOTHING)

    def _ask(self, question: asking.Question) -> asking.Answer:
        with self._connection.reading() as client:
            return asking.read(client.multi_search(question.queries, federation=question.federation), self._index)

    def _level_by_level(
        self, request: SearchRequest, by_fit: Iterable[Level], offset: int, number: int
    ) -> list[Mapping[str, Any]]:
        """So many hits from this place on, those of one level after those of the one before."""
        hits: list[Mapping[str, Any]] = []
        for level in by_fit:
            if len(hits) == number:
                break
            part = asking.of_level(self._index, request, level, offset=offset, limit=number - len(hits))
            answer = self._ask(part)
            hits += answer.hits
            offset = max(0, offset - answer.total)
        return hits

    def _matches(self, stage: Stage, visibility: Visibility) -> bool:
        return self._ask(asking.counts(self._index, stage, filtering.seen_by(visibility), ())).total > 0

    def _result(
        self, request: SearchRequest, text: QueryText, stage: Stage, answer: asking.Answer
    ) -> SearchResult:
        facets: dict[Facet, Mapping[str, int]] = {
            facet: answer.facets.get(filter_field(facet), {}) for facet in request.facets
        }
        if stage.ways:
            for facet, question in asking.without_own_filter(self._index, request, stage):
                facets[facet] = self._ask(question).facets.get(filter_field(facet), {})
        return SearchResult(
            hits=asking.hits(request, text, stage, answer),
            total=answer.total,
            total_is_exact=True,
            facets=facets,
            stage=stage.stage,
            engine=self.name,
            applied_version=self.version(),
        )

    def explain(self, request: SearchRequest, identity: str) -> Explanation | None:
        """Why this document is where it is for this request; None when that does not find it."""
        text = QueryText.of(request)
        only = [*asking.narrowed_by(request), filtering.one_of("id", [identity])]
        for stage in _readings(text, request):
            if not self._matches(stage, request.visibility):
                continue
            if not self._ask(asking.counts(self._index, stage, only, ())).total:
                return None
            best: Sequence[Mapping[str, Any]]
            if by_fit := asking.levels_apart(request, stage):
                best = self._level_by_level(request, by_fit, 0, asking.DEEPEST)
            else:
                best = self._ask(asking.ranking(self._index, request, stage)).hits
            rank = next((n for n, hit in enumerate(best, 1) if hit["id"] == identity), None)
            with self._connection.reading() as client:
                probes = explaining.probes(self._index, text, stage, only, request.groups)
                answers = client.multi_search([probe.query for probe in probes])["results"] if probes else []
            return Explanation(stage.stage, rank, explaining.reasons(probes, answers))
        return None

    def facet_values(self, facet: Facet, visibility: Visibility) -> Mapping[str, int]:
        """Every value of a facet and how many documents have it."""
        field = filter_field(facet)
        question = asking.counts(self._index, EVERYTHING, filtering.seen_by(visibility), (field,))
        return self._ask(question).facets.get(field, {})

    def vocabulary(self) -> Iterator[tuple[str, int]]:
        """The words in the names of packages, products and functions, most frequent first, and how often each is."""
        counted = self._ask(asking.counts(self._index, EVERYTHING, [], (LABELS,))).facets.get(LABELS, {})
        yield from sorted(counted.items(), key=lambda entry: (-entry[1], entry[0]))

    def iter_versions(self) -> Iterator[tuple[str, int]]:
        """(id, version) of every document, by id."""
        found = (
            (record["id"], int(record["version"])) for record in self._records(self._index, ["id", "version"])
        )
        yield from sorted(found)

    def iter_amounts(self) -> Iterator[Amounts]:
        """The amounts of every document, by id."""
        found = map(amounts_of_record, self._records(self._index, AMOUNT_FIELDS))
        yield from sorted(found, key=lambda each: each.id)

    def _records(self, name: str, fields: Sequence[str], condition: str = "") -> Iterator[dict[str, Any]]:
        """The documents of an index, in pages. Taken together before anybody changes them."""
        for offset in itertools.count(0, _PAGE):
            wanted = {"fields": list(fields), "limit": _PAGE, "offset": offset}
            with self._connection.writing() as client:
                found = client.index(name).get_documents(wanted | ({"filter": condition} if condition else {}))
                records = [dict(document) for document in found.results]
            yield from records
            if len(records) < _PAGE:
                return

    def version(self) -> str:
        """When the index was last changed, as the server says; asked for at most once a second."""
        known = self._version
        if known is not None and time.monotonic() - known[0] < _VERSION_SECONDS:
            return known[1]
        with self._connection.reading() as client:
            found = client.get_raw_index(self._index)
            version = f"{found['createdAt']} {found['updatedAt']}"
        self._version = (time.monotonic(), version)
        return version

    def stats(self) -> Stats:
        """The state of the index. Its size is that of the documents where the server tells it, else of all it keeps."""
        with self._connection.reading() as client:
            found = client.http.get(f"indexes/{self._index}/stats")
            size = found.get("rawDocumentDbSize") or client.get_all_stats()["databaseSize"]
            documents = int(found["numberOfDocuments"])
        return Stats(self.name, documents, int(size), 0, self.version())


def _chunks(things: Sequence[Any]) -> Iterator[list[Any]]:
    for at in range(0, len(things), _PAGE):
        yield list(things[at : at + _PAGE])


def _readings(text: QueryText, request: SearchRequest) -> Iterator[Stage]:
    """The ways to read a request, strictest first; made one by one, as most are answered by the first."""
    if not text.given:
        yield EVERYTHING
    elif text.words:
        yield from (stage for make in stages(text, request.loosest) if (stage := make(text)) is not None)
