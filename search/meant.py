"""The vocabulary of what is published, kept by each process, and the corrections of a query by it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Final

from catalogue.synonym_list import SynonymList
from search.engines import engine
from search.names import names_in
from search.port import MAX_QUERY_WORDS, EngineUnavailable, SearchEngine, Wider, part_read
from search.speller import Vocabulary, labels
from search.spellings import run_together
from search.widening import stands_for

_KEPT_SECONDS: Final = 30.0
_SYNONYM_COUNT: Final = 1


class KeptVocabulary:
    """An engine's vocabulary, made anew when its index or the synonyms changed, at most twice a minute."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._key: tuple[object, ...] = ()
        self._made_at = float("-inf")
        self._vocabulary = Vocabulary.of(())

    def get(self, searched: SearchEngine, synonyms: SynonymList) -> Vocabulary:
        """EngineUnavailable while the index does not answer and none was made yet."""
        # Another engine or another list counts at once; the same engine's index may be half a minute ahead.
        owner = (id(searched), synonyms.key)
        with self._lock:
            fresh = time.monotonic() - self._made_at < _KEPT_SECONDS
            if self._key[:2] != owner or (not fresh and self._key[2:] != (searched.version(),)):
                self._vocabulary = Vocabulary.of(_counted(searched, synonyms))
                self._key = (*owner, searched.version())
                self._made_at = time.monotonic()
            return self._vocabulary


_kept = KeptVocabulary()


def _counted(searched: SearchEngine, synonyms: SynonymList) -> Iterator[tuple[str, str, int]]:
    published = set()
    for label, count in searched.vocabulary():
        for folded, written in labels([label]).items():
            published.add(folded)
            yield folded, written, count
    for each in synonyms.entries:
        texts = each.texts if each.problem else (each.term, run_together(each.term), *each.texts)
        found = labels(texts)
        # Of the many names of a thing that nobody offers none is meant: ミルシート by ミルノート, a brand.
        if not each.two_way or not published.isdisjoint(found):
            for folded, written in found.items():
                yield folded, written, _SYNONYM_COUNT


def corrections(text: str, synonyms: SynonymList) -> tuple[Wider, ...]:
    """For each word of a query that is probably misspelt, what was meant; nothing while the index does not answer."""
    try:
        vocabulary = _kept.get(engine(), synonyms)
    except EngineUnavailable:
        return ()
    return corrected_by(vocabulary, text, synonyms)


def corrected_by(vocabulary: Vocabulary, text: str, synonyms: SynonymList) -> tuple[Wider, ...]:
    """For each word of a query that is probably misspelt: the word of this vocabulary that was meant, other names that
    are as near, and the synonyms of what was meant."""
    words = names_in(part_read(text), most=MAX_QUERY_WORDS)
    return tuple(
        Wider(word, (meant, *vocabulary.as_near(word), *stands_for(meant, synonyms)))
        for word in words
        if (meant := vocabulary.correct(word))
    )


def rewritten(text: str, meant: tuple[Wider, ...]) -> str:
    """The query as it was probably meant."""
    for each in meant:
        text = text.replace(each.word, each.texts[0], 1)
    return text
