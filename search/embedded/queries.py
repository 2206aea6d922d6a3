"""From what a person typed to tantivy queries, stage by stage from strict to loose.

Every stage gives two queries: ``matching`` decides what is found and is used for counting; ``ranked`` finds the
same and scores it. The score of a word: SCORES for each field that has it, WHOLE_WORDS where it begins and ends
with words of the dictionary (so レジ comes before クレジット, 京都 before 東京都), and a little for frequency.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from tantivy import FieldType, Occur, Query

from search.analyser import bigrams, fold, is_hiragana, query_words, reading_of, words
from search.embedded.schema import filter_field, schema
from search.port import MAX_QUERY_CHARACTERS, MAX_QUERY_WORDS, Group, MatchStage, Range

SCORES = {"name": 8.0, "functions": 5.0, "products": 3.0, "industries": 2.0}
_BODY, _VENDOR = 1.0, 0.3
_FREQUENCY = 0.1
WHOLE_WORDS = {"words": 25.0, "name_words": 10.0, "function_words": 6.0}  # "words": more than all SCORES together
_READING_WORD = 5.0
_SHORTEST_READING = 3  # below this a reading must be a whole word: れじ is part of too many


@dataclass(frozen=True, slots=True)
class StageQuery:
    """One way to read the text."""

    stage: MatchStage
    matching: Any
    ranked: Any


@dataclass(frozen=True, slots=True)
class QueryText:
    """The words of a query as typed, cut to what is bounded."""

    words: tuple[str, ...]
    given: bool

    @classmethod
    def of(cls, text: str) -> QueryText:
        """Take a text apart. ``given`` is True also when it holds only signs: that finds nothing."""
        cut = text[:MAX_QUERY_CHARACTERS]
        return cls(tuple(query_words(cut, most=MAX_QUERY_WORDS)), bool(text.strip()))


def anything(queries: Sequence[Any]) -> Any:
    """At least one of the queries; a single one is left as it is."""
    if len(queries) == 1:
        return queries[0]
    return Query.boolean_query([(Occur.Should, q) for q in queries])


def everything(queries: Sequence[Any]) -> Any:
    """All of the queries; a single one is left as it is."""
    if len(queries) == 1:
        return queries[0]
    return Query.boolean_query([(Occur.Must, q) for q in queries])


def _ranked(matching: Any, bonuses: Sequence[Any]) -> Any:
    return Query.boolean_query([(Occur.Must, matching), *((Occur.Should, b) for b in bonuses)])


def _phrase(field: str, terms: Sequence[str]) -> Any:
    if len(terms) == 1:
        return Query.term_query(schema(), field, terms[0])
    return Query.phrase_query(schema(), field, list(terms))


def _written(field: str, word: str) -> Any:
    """The field has the folded word as a part of its text."""
    if len(word) == 1:
        # Every character of a text is in one of its pairs, so a pair with it is looked for.
        return Query.regex_query(schema(), field, f"{word}.?|.{word}")
    return _phrase(field, bigrams(word))


def _exact_match(word: str) -> Any:
    return anything(
        [
            Query.const_score_query(_written("body", word), _BODY),
            Query.const_score_query(_written("vendor", word), _VENDOR),
        ]
    )


def _exact_bonuses(word: str) -> list[Any]:
    folded = fold(word)
    bonuses = [Query.const_score_query(_written(f, folded), score) for f, score in SCORES.items()]
    bonuses += _whole_word_bonuses([w.surface for w in words(word)])
    if len(folded) > 1:
        bonuses.append(Query.boost_query(_written("body", folded), _FREQUENCY))
    return bonuses


def _whole_word_bonuses(surfaces: Sequence[str]) -> list[Any]:
    if not surfaces:
        return []
    return [Query.const_score_query(_phrase(f, surfaces), score) for f, score in WHOLE_WORDS.items()]


def _sound_queries(reading: str) -> list[Any]:
    whole = Query.const_score_query(Query.term_query(schema(), "reading_words", reading), _READING_WORD)
    if len(reading) < _SHORTEST_READING:
        return [whole]
    return [whole, Query.const_score_query(_phrase("reading", bigrams(reading)), _BODY)]


def _exact(text: QueryText) -> StageQuery:
    matches = [_exact_match(fold(w)) for w in text.words]
    bonuses = [bonus for w in text.words for bonus in _exact_bonuses(w)]
    matching = everything(matches)
    return StageQuery(MatchStage.EXACT, matching, _ranked(matching, bonuses))


def _by_reading(text: QueryText) -> StageQuery:
    matches, bonuses = [], []
    for word in text.words:
        reading = reading_of(word)
        sounds = _sound_queries(reading) if reading else []
        matches.append(anything([_exact_match(fold(word)), *sounds]))
        bonuses += _exact_bonuses(word)
        if len(reading) >= _SHORTEST_READING:
            bonuses.append(Query.boost_query(_phrase("reading", bigrams(reading)), _FREQUENCY))
    matching = everything(matches)
    return StageQuery(MatchStage.READING, matching, _ranked(matching, bonuses))


def _half_of(field: str, grams: Sequence[str]) -> Any:
    return Query.boolean_query(
        [(Occur.Should, Query.term_query(schema(), field, g)) for g in grams],
        minimum_number_should_match=ceil(len(grams) / 2),
    )


def _pairs(folded: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(gram for word in folded if len(word) > 1 for gram in bigrams(word)))


def _label_bonuses(grams: Sequence[str]) -> list[Any]:
    return [
        Query.boost_query(anything([Query.term_query(schema(), f, g) for g in grams]), score / 4)
        for f, score in SCORES.items()
    ]


def _similar(text: QueryText) -> StageQuery | None:
    written = _pairs([fold(w) for w in text.words])
    sounds = _pairs([reading_of(w) for w in text.words])
    options = [_half_of(f, g) for f, g in (("body", written), ("reading", sounds)) if len(g) > 1]
    if not options:
        return None
    matching = anything(options)
    bonuses = _label_bonuses(written) if written else []
    for word in text.words:
        bonuses += _whole_word_bonuses([w.surface for w in words(word)])
    return StageQuery(MatchStage.SIMILAR, matching, _ranked(matching, bonuses))


def _any_word(text: QueryText) -> StageQuery | None:
    found = [w.surface for word in text.words for w in words(word) if w.content and len(w.surface) > 1]
    terms = list(dict.fromkeys(found))
    options = [Query.term_query(schema(), "words", t) for t in terms]
    options += [Query.boost_query(_written("body", t), _FREQUENCY) for t in terms]
    if not options:
        grams = _pairs([fold(w) for w in text.words])
        options = [Query.term_query(schema(), "body", g) for g in grams]
    if not options:
        return None
    matching = anything(options)
    bonuses = [Query.boost_query(_written(f, t), score / 4) for t in terms for f, score in SCORES.items()]
    return StageQuery(MatchStage.ANY, matching, _ranked(matching, bonuses))


def stages(text: QueryText) -> list[Callable[[QueryText], StageQuery | None]]:
    """The ways to read a text, strictest first.

    A word in hiragana only is meant as a sound: きんたい must find 勤怠 also where one name happens to be written
    in kana, so such a text starts at READING.
    """
    loose: list[Callable[[QueryText], StageQuery | None]] = [_by_reading, _similar, _any_word]
    return loose if any(is_hiragana(w) for w in text.words) else [_exact, *loose]


def group_query(group: Group | Range) -> Any:
    """The filter of one group; it never changes a score."""
    if isinstance(group, Range):
        query = Query.range_query(
            schema(), group.amount.value, FieldType.Unsigned, lower_bound=group.low, upper_bound=group.high
        )
        return Query.const_score_query(query, 0.0)
    terms = [
        Query.term_query(schema(), filter_field(group.facet), v.encode("utf-8", "replace").decode())
        for v in group.values
    ]
    combined = everything(terms) if group.mode == "all" else anything(terms)
    return Query.const_score_query(combined, 0.0)
