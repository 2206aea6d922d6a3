"""What a change to the synonyms would do to the searches concerned, before it is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from catalogue import publications
from catalogue.synonym_list import SynonymList
from catalogue.synonyms import Synonym
from search.engines import engine
from search.port import SearchRequest, Visibility
from search.widening import widen

SHOWN: Final = 10
MOST_WORDS: Final = 5
Mark = Literal["same", "moved", "new", "gone"]


@dataclass(frozen=True, slots=True)
class Place:
    """A package at its place in a list of results. mark: what the change does to it there."""

    code: str
    name: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class WordPreview:
    """The first results of one word, now and with the change, and how many there are in all."""

    word: str
    now: tuple[Place, ...]
    then: tuple[Place, ...]
    now_total: int
    then_total: int


def preview(
    before: SynonymList, after: SynonymList, concerned: Sequence[Synonym], *, most: int = MOST_WORDS
) -> list[WordPreview]:
    """For each word that these entries change the search of, at most ``most``. EngineUnavailable without an index."""
    words = list(dict.fromkeys(word for each in concerned for word in each.words()))[:most]
    found = [(word, _codes(word, before), _codes(word, after)) for word in words]
    codes = {code for _, (now, _), (then, _) in found for code in (*now, *then)}
    live = publications.live_packages(sorted(codes))
    names = {code: str(published.content["name"]) for code, published in live.items()}
    return [
        WordPreview(
            word,
            tuple(Place(code, names.get(code, code), "same" if code in then else "gone") for code in now),
            tuple(Place(code, names.get(code, code), _mark(code, now, then)) for code in then),
            now_total,
            then_total,
        )
        for word, (now, now_total), (then, then_total) in found
    ]


def _codes(word: str, synonyms: SynonymList) -> tuple[list[str], int]:
    request = SearchRequest(Visibility.PUBLIC, word, per_page=SHOWN, synonyms=widen(word, synonyms))
    result = engine().search(request)
    return [hit.id for hit in result.hits], result.total


def _mark(code: str, now: Sequence[str], then: Sequence[str]) -> Mark:
    if code not in now:
        return "new"
    return "same" if now.index(code) == then.index(code) else "moved"
