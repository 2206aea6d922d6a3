"""Why a document is where it is: each word is looked for in each attribute of this one document. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from search.analyser import fold
from search.embedded.queries import QueryText
from search.filters import Filter
from search.fit import ticks
from search.meilisearch.fitting import condition
from search.meilisearch.index_settings import LANGUAGE
from search.meilisearch.terms import SOUND_WORDS, SOUNDS, part_phrases, sound_phrase, whole_phrase
from search.meilisearch.ways import Stage
from search.port import MatchStage, Reason

# Field of a reason -> attribute, points: in the order in which the attributes count.
_WHOLE: Final = {
    "name_words": ("whole_name", 10.0),
    "function_words": ("whole_functions", 9.0),
    "words": ("whole_body", 6.0),
}
_PARTS: Final = {
    "name": ("parts_name", 4.0),
    "functions": ("parts_functions", 3.0),
    "products": ("parts_products", 2.0),
    "industries": ("parts_industries", 1.0),
}
_SOUND: Final = {"reading": (SOUNDS, 0.5), "reading_words": (SOUND_WORDS, 0.5)}


@dataclass(frozen=True, slots=True)
class Probe:
    """A question about one document: is the text in this attribute?"""

    reason: Reason
    query: dict[str, Any]


def probes(
    index: str, text: QueryText, stage: Stage, filters: Sequence[str], groups: Sequence[Filter]
) -> list[Probe]:
    """What is asked to explain a hit of this stage under these filters, of which the groups are those of the request."""
    fits = [
        Probe(Reason(tick.field, tick.value, tick.points), _asked(index, "", [*filters, condition(tick)]))
        for tick in ticks(groups)
    ]
    words = () if stage.stage is MatchStage.ALL else dict.fromkeys(text.every_text(stage.stage))
    return fits + [
        Probe(reason, _asked(index, q, filters) | {"attributesToSearchOn": [attribute]})
        for word in words
        for reason, attribute, q in _looks(word, stage.stage)
    ]


def _asked(index: str, q: str, filters: Sequence[str]) -> dict[str, Any]:
    return {
        "indexUid": index,
        "q": q,
        "matchingStrategy": "all",
        "locales": [LANGUAGE],
        "filter": list(filters),
        "limit": 0,
    }


def _looks(word: str, stage: MatchStage) -> Iterator[tuple[Reason, str, str]]:
    kinds = [(_WHOLE, [whole_phrase(word)]), (_PARTS, part_phrases(fold(word)))]
    if stage is MatchStage.READING:
        kinds.append((_SOUND, [sound_phrase(word)]))
    for attributes, phrases in kinds:
        if all(phrases):
            q = " ".join(f'"{phrase}"' for phrase in phrases)
            for field, (attribute, points) in attributes.items():
                yield Reason(field, word, points), attribute, q


def reasons(probes: Sequence[Probe], answers: Sequence[Mapping[str, Any]]) -> tuple[Reason, ...]:
    """The reasons that the server confirms, heaviest first."""
    pairs = zip(probes, answers, strict=True)
    found = [probe.reason for probe, answer in pairs if answer["estimatedTotalHits"]]
    return tuple(sorted(found, key=lambda reason: (-reason.points, reason.field, reason.text)))
