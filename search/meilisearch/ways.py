"""From what a person typed to Meilisearch queries, stage by stage from strict to loose. Pure.

Meilisearch knows no "or" between words, so a stage is several queries (ways to meet it) whose results are united by a
federated search; a package found by two of them stands where the better one puts it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Final

from search.analyser import bigrams, fold, is_hiragana, words
from search.embedded.queries import QueryText
from search.meilisearch.terms import (
    CHARACTERS,
    PARTS,
    PUBLISHED,
    SOUND_WORDS,
    SOUNDS,
    WHOLE,
    part_phrases,
    sound_phrase,
    whole_phrase,
)
from search.port import MatchStage, Wider
from search.spellings import spellings

_MOST_WAYS: Final = 24  # queries of one stage: bounds the time
_WHOLE, _PART, _SOUND = 1.0, 0.5, 0.3
_SYNONYM: Final = 0.6  # of what a word as typed counts
_BY_SOUND: Final = (*PARTS, CHARACTERS, SOUND_WORDS, SOUNDS)


@dataclass(frozen=True, slots=True)
class Way:
    """One query. weight: what its matches count beside those of the other ways."""

    q: str
    attributes: tuple[str, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class Stage:
    """One way to read the text. words: what is looked for, to say where it is."""

    stage: MatchStage
    ways: tuple[Way, ...]


EVERYTHING: Final = Stage(MatchStage.ALL, (Way("", (), 1.0),))
_Option = tuple[str, float]


def _all_of(phrases: Iterable[str]) -> str:
    """A query that needs each phrase; quoted, so that neither typos nor beginnings of words count."""
    return " ".join(f'"{phrase}"' for phrase in phrases)


def _stage(stage: MatchStage, ways: Iterable[Way]) -> Stage | None:
    """The stage with the best of its ways, each once."""
    found: dict[tuple[str, tuple[str, ...]], Way] = {}
    for way in ways:
        key = (way.q, way.attributes)
        if way.q and (key not in found or found[key].weight < way.weight):
            found[key] = way
    best = sorted(found.values(), key=lambda way: -way.weight)
    return Stage(stage, tuple(best)) if best else None


def _written(options: Sequence[Sequence[_Option]]) -> Iterator[Way]:
    """Every word by one of its options, as whole words or as parts of words."""
    for chosen in islice(product(*options), _MOST_WAYS // 2):
        weight = min(share for _, share in chosen)
        whole = [whole_phrase(text) for text, _ in chosen]
        if all(whole):
            yield Way(_all_of(whole), WHOLE, _WHOLE * weight)
        phrases = [phrase for text, _ in chosen for phrase in part_phrases(fold(text))]
        yield Way(_all_of(phrases), (*PARTS, CHARACTERS), _PART * weight)


def _forms(text: str, share: float) -> list[_Option]:
    return [(form, share) for form in spellings(text)]


def _options(text: QueryText, *kinds: tuple[Sequence[Wider], float]) -> list[list[_Option]]:
    """For each word what may stand in its place, the word itself first."""
    wider = [(text.wider(kind), share) for kind, share in kinds]
    found = []
    for word in text.needed:
        also = [
            option
            for known, share in wider
            for other in known.get(fold(word), ())
            for option in _forms(other, share)
        ]
        found.append([*_forms(word, 1.0), *also])
    return found


def _exact(text: QueryText) -> Stage | None:
    known = text.wider(text.synonyms)
    widened = any(fold(word) in known for word in text.words)
    stage = MatchStage.WIDENED if widened else MatchStage.EXACT
    return _stage(stage, _written(_options(text, (text.synonyms, _SYNONYM))))


def _corrected(text: QueryText) -> Stage | None:
    if not text.corrections:
        return None
    options = _options(text, (text.corrections, 1.0), (text.synonyms, _SYNONYM))
    return _stage(MatchStage.CORRECTED, _written(options))


def _by_reading(text: QueryText) -> Stage | None:
    """As written or widened; all by their sound; and one word as written with the others by their sound."""

    needed = text.needed

    def ways() -> Iterator[Way]:
        yield from _written(_options(text, (text.synonyms, _SYNONYM)))
        written = [part_phrases(fold(word)) for word in needed]
        sounds = [[sound] if (sound := sound_phrase(word)) else written[n] for n, word in enumerate(needed)]
        for kept in (None, *(range(len(needed)) if len(needed) > 1 else ())):
            chosen = [written[n] if n == kept else sound for n, sound in enumerate(sounds)]
            yield Way(_all_of(phrase for phrases in chosen for phrase in phrases), _BY_SOUND, _SOUND)

    return _stage(MatchStage.READING, ways())


def _similar(text: QueryText) -> Stage | None:
    """Meilisearch's own reading of the published texts, with its typo tolerance."""
    if not any(len(fold(word)) > 1 for word in text.words):
        return None
    q = " ".join(text.words).replace('"', " ").encode("utf-8", "replace").decode()
    return _stage(MatchStage.SIMILAR, [Way(q, PUBLISHED, 1.0)])


def _any_word(text: QueryText) -> Stage | None:
    found = [w.surface for word in text.words for w in words(word) if w.content and len(w.surface) > 1]
    wider = (*(each.texts for each in text.said), *text.wider(text.synonyms).values())
    texts = [*found, *(other for several in wider for other in several)]
    if texts:
        options = dict.fromkeys(texts)
        ways = (way for each in islice(options, _MOST_WAYS // 2) for way in _written([[(each, 1.0)]]))
        return _stage(MatchStage.ANY, ways)
    pairs = dict.fromkeys(gram for word in text.words for gram in bigrams(fold(word)) if len(gram) > 1)
    grams = islice(pairs, _MOST_WAYS)
    return _stage(MatchStage.ANY, (Way(_all_of(part_phrases(gram)), PARTS, _PART) for gram in grams))


def stages(text: QueryText, loosest: MatchStage) -> list[Callable[[QueryText], Stage | None]]:
    """The ways to read a text, strictest first, as the embedded engine has them."""
    strict = [_by_reading] if any(is_hiragana(w) for w in text.words) else [_exact, _by_reading]
    return [*strict, *(() if loosest is MatchStage.READING else (_corrected, _similar, _any_word))]
