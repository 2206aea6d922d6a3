"""Judging: each engine is filled with the collection in a scratch folder and asked every query once."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from catalogue.synonym_list import SynonymList
from catalogue.synonyms import parse
from catalogue.vocabulary_files import read_default_masters, read_synonyms
from search.documents import SearchDocument
from search.judging.collection import JudgedDocument, JudgedQuery, search_documents
from search.judging.contestants import Opening
from search.judging.measures import Figures, Judged, by_group, figures, judge
from search.port import EngineUnavailable


class NoScratchRoom(Exception):
    """The scratch folder (TMPDIR) is full or cannot be written."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one engine did: over all queries, in each group, and query by query."""

    engine: str
    overall: Figures
    groups: Mapping[str, Figures]
    judged: tuple[Judged, ...]
    build_seconds: float

    def as_dict(self, *, with_queries: bool) -> dict[str, Any]:
        """For programs."""
        told: dict[str, Any] = {
            "engine": self.engine,
            "overall": self.overall.as_dict(),
            "groups": {group: each.as_dict() for group, each in self.groups.items()},
            "build_seconds": round(self.build_seconds, 3),
        }
        return told | ({"judged": [asdict(each) for each in self.judged]} if with_queries else {})


def judge_collection(
    documents: Sequence[JudgedDocument], queries: Sequence[JudgedQuery], engines: Mapping[str, Opening]
) -> list[Verdict]:
    """What each of these engines finds. The live index and the database are not touched.

    Raises NoScratchRoom, and EngineUnavailable for a server.

    Synonyms and the words for functions are those that come with the software.
    """
    synonyms, masters = delivered_synonyms(), read_default_masters()
    indexed = list(search_documents(documents, masters))
    codes = [each.code for each in documents]
    return [_verdict(name, opening, indexed, codes, queries, synonyms) for name, opening in engines.items()]


def delivered_synonyms() -> SynonymList:
    """The synonyms that come with the software."""
    words = read_synonyms()
    return SynonymList(words.version, "delivered", tuple(parse(words.rows)))


@contextmanager
def _scratch() -> Iterator[Path]:
    try:
        with tempfile.TemporaryDirectory(prefix="hojo-judge-") as folder:
            yield Path(folder)
    except EngineUnavailable as error:
        if error.code not in ("index_full", "index_not_writable"):
            raise
        raise NoScratchRoom from error
    except (OSError, sqlite3.OperationalError) as error:
        raise NoScratchRoom from error


def _verdict(
    name: str,
    opening: Opening,
    documents: Sequence[SearchDocument],
    codes: Sequence[str],
    queries: Sequence[JudgedQuery],
    synonyms: SynonymList,
) -> Verdict:
    with _scratch() as folder:
        began = time.perf_counter()
        with opening(folder, lambda: documents, synonyms) as contestant:
            built = time.perf_counter() - began
            contestant.search(queries[0].text)  # what is loaded once (the dictionary) is not the first query's
            judged = []
            for query in queries:
                start = time.perf_counter()
                stage, found = contestant.search(query.text)
                taken = (time.perf_counter() - start) * 1000
                result = [codes[number] for number in found]
                judged.append(judge(query.group, query.text, stage, result, query.relevant, taken))
    return Verdict(name, figures(judged), by_group(judged), tuple(judged), built)
