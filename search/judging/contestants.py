"""The engines that are judged: ours as the site asks them, one without readings, and a plain trigram index."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Final, Protocol

from pydantic import SecretStr

from catalogue.synonym_list import SynonymList
from search.asking import ask
from search.documents import SearchDocument
from search.embedded import EmbeddedEngine
from search.judging.collection import place
from search.judging.measures import DEPTH
from search.meant import KeptVocabulary, corrected_by
from search.port import Facet, SearchEngine, SearchRequest, Visibility, Wider
from search.widening import widen

_AT_ONCE: Final = 2_000
_PATIENCE: Final = 30  # seconds for an answer: how long each took is told
Documents = Callable[[], Iterable[SearchDocument]]
"""The collection anew each time it is asked for."""


class Contestant(Protocol):
    """An engine filled with the collection."""

    def search(self, text: str) -> tuple[str, list[int]]:
        """The stage that answered and the numbers of the first documents, best first."""


class AsOnTheSite:
    """An engine of the site: analysis, stages, synonyms and corrections as on the site, all facets counted, highlights made."""

    def __init__(self, engine: SearchEngine, synonyms: SynonymList) -> None:
        self._engine = engine
        self._synonyms = synonyms
        self._vocabulary = KeptVocabulary()

    def search(self, text: str) -> tuple[str, list[int]]:
        """As :func:`search.queries.find` asks, but for the database."""
        request = SearchRequest(
            Visibility.PUBLIC,
            text,
            per_page=DEPTH,
            facets=tuple(Facet),
            highlight=True,
            synonyms=widen(text, self._synonyms),
        )
        result = ask(self._engine, request, self._meant).result
        return result.stage.value, [place(hit.id) for hit in result.hits]

    def _meant(self, text: str) -> tuple[Wider, ...]:
        return corrected_by(self._vocabulary.get(self._engine, self._synonyms), text, self._synonyms)


class Trigram:
    """SQLite's FTS5 with its trigram tokenizer over all texts, every word needed, ranked by bm25; nothing more."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def search(self, text: str) -> tuple[str, list[int]]:
        """Words below three characters are in no trigram, so they find nothing."""
        words = text.replace("\0", " ").encode("utf-8", "replace").decode().split()
        match = " AND ".join('"' + word.replace('"', '""') + '"' for word in words)
        if not match:
            return "none", []
        rows = self._database.execute(
            "SELECT rowid FROM package WHERE package MATCH ? ORDER BY rank LIMIT ?", (match, DEPTH)
        )
        found = [number for (number,) in rows]
        return ("match" if found else "none"), found


@contextmanager
def _embedded(
    folder: Path, documents: Documents, synonyms: SynonymList, *, readings: bool = True
) -> Iterator[Contestant]:
    engine = EmbeddedEngine(folder / "index", remembered=0, readings=readings)
    _fill(engine, documents)
    try:
        yield AsOnTheSite(engine, synonyms)
    finally:
        engine.close()


def _fill(engine: SearchEngine, documents: Documents) -> None:
    engine.ensure_schema()
    rebuild = engine.begin_rebuild()
    stream = iter(documents())
    while batch := list(islice(stream, _AT_ONCE)):
        engine.load(rebuild, batch)
    engine.commit_rebuild(rebuild)


@contextmanager
def _without_readings(folder: Path, documents: Documents, synonyms: SynonymList) -> Iterator[Contestant]:
    with _embedded(folder, documents, synonyms, readings=False) as made:
        yield made


@contextmanager
def _trigram(folder: Path, documents: Documents, _synonyms: SynonymList) -> Iterator[Contestant]:
    database = sqlite3.connect(folder / "trigram.db")
    try:
        database.execute("CREATE VIRTUAL TABLE package USING fts5(body, tokenize='trigram')")
        database.executemany(
            "INSERT INTO package(rowid, body) VALUES (?, ?)",
            ((place(each.id), " ".join(_texts(each))) for each in documents()),
        )
        database.commit()
        yield Trigram(database)
    finally:
        database.close()


def _texts(document: SearchDocument) -> Iterator[str]:
    yield from (document.name, *document.function_words, *document.products, *document.industry_names)
    yield from (document.prefecture, document.description, document.vendor_name, document.vendor_number)


Opening = Callable[[Path, Documents, SynonymList], AbstractContextManager[Contestant]]
"""A function that fills an engine for as long as a block lasts; the path is a scratch folder."""
CONTESTANTS: Final[Mapping[str, Opening]] = MappingProxyType(
    {"embedded": _embedded, "without-readings": _without_readings, "trigram": _trigram}
)
"""Those that need nothing but a folder, by the name one asks for."""


def on_server(url: str, key: SecretStr) -> Opening:
    """The contestant on a Meilisearch server, in an index of its own that is taken off again."""
    # Its client is much to read in, for the few who have such a server.
    from search.meilisearch import MeilisearchEngine  # noqa: PLC0415

    @contextmanager
    def opening(_folder: Path, documents: Documents, synonyms: SynonymList) -> Iterator[Contestant]:
        engine = MeilisearchEngine(url, key, index=f"hojo-judge-{uuid.uuid4().hex[:12]}", read_seconds=_PATIENCE)
        try:
            _fill(engine, documents)
            yield AsOnTheSite(engine, synonyms)
        finally:
            engine.drop()

    return opening
