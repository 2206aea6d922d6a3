"""One way to ask an engine, for pages, explanations and judging alike: as written first, then as it was meant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from search.analyser import query_words
from search.port import MAX_QUERY_WORDS, MatchStage, SearchEngine, SearchRequest, SearchResult, Wider
from search.widening import other_names

Correct = Callable[[str], tuple[Wider, ...]]
"""From a query to what was meant by its misspelt words."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found, by which request, and what its misspelt words were taken for (nothing when it was as written or
    widened)."""

    request: SearchRequest
    result: SearchResult
    meant: tuple[Wider, ...] = ()


def ask(engine: SearchEngine, request: SearchRequest, correct: Correct) -> Answer:
    """The engine's answer. Only what nobody wrote is compared with the vocabulary, which takes longer, and looked
    for by other names (会計 for 会計ソフト).

    Raises EngineUnavailable.
    """
    strict = replace(request, loosest=MatchStage.READING)
    result = engine.search(strict)
    if result.stage is not MatchStage.NONE or not request.text:
        return Answer(strict, result)
    synonyms = (*other_names(request.text, request.synonyms), *request.synonyms)
    telling = _telling(request)
    loose = replace(request, text=telling, synonyms=synonyms, corrections=correct(telling))
    result = engine.search(loose)
    return Answer(loose, result, () if result.stage is MatchStage.WIDENED else loose.corrections)


def _telling(request: SearchRequest) -> str:
    """A text without single letters and digits that stand beside other words: every package has a 1 in some number, so
    the 1 alone of alert(1) would find them all. Those of a known name stay: e learning."""
    words = query_words(request.text, most=MAX_QUERY_WORDS)
    named = {part for each in request.synonyms for part in each.word.split()}
    telling = [word for word in words if len(word) > 1 or not word.isascii() or word in named]
    return " ".join(telling) if 0 < len(telling) < len(words) else request.text
