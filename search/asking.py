"""One way to ask an engine, for pages, explanations and judging alike: as written first, then as it was meant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from search.port import MatchStage, SearchEngine, SearchRequest, SearchResult, Wider
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
    loose = replace(request, synonyms=synonyms, corrections=correct(request.text))
    result = engine.search(loose)
    return Answer(loose, result, () if result.stage is MatchStage.WIDENED else loose.corrections)
