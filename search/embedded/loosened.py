"""When nothing has every word: what has most of what the text is about. Also which stage is tried after which.

The text is taken apart into units: the words as typed, or the phrases of a sentence. A unit counts by how much it
says (search/phrases.py) and how rare it is. A document with more of them comes before one with fewer, whatever its
fields; a unit that nothing has does not spoil the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final

from search.analyser import entries_read, fold
from search.embedded import compounds
from search.embedded.likeness import similar
from search.embedded.nodes import AnyOf, Points, Query
from search.embedded.queries import (
    Maker,
    QueryText,
    StageQuery,
    anything,
    corrected,
    strict_stages,
)
from search.embedded.speaking import spoken_of
from search.embedded.units import SAYS_SOMETHING, Unit, bonuses_of, unit_of, unit_of_sentence
from search.embedded.viewing import View
from search.phrases import COMMON, DONE, SAYS_LITTLE, Phrase, is_sentence, phrases, says_something
from search.port import NOTHING_TOLD, MatchStage, Told

_FEW: Final = 10  # a page of results: with fewer, one unit less must do
_MOST_UNITS: Final = 10
_MEANT: Final = 0.8
_PART: Final = 0.5
_HIRAGANA_NAME: Final = re.compile("[ぁ-ゖー]{5,16}")
_SURER: Final = 0.9  # from this weight on what a sentence stands for is what it means
_ASKER: Final = 0.24  # of who asks, and of what is done to things: raises what has it, and finds nothing by itself


def loose_stages(text: QueryText, view: View) -> list[Maker]:
    """What is tried when no document is as typed.

    A sentence, or several words, is about several things: then those count before likeness of the characters.
    """

    def any_word(given: QueryText) -> StageQuery | None:
        return _any_word(given, view)

    def every_part(given: QueryText) -> StageQuery | None:
        return compounds.every_part(given, view)

    def alike(given: QueryText) -> StageQuery | None:
        stage = similar(given)
        return stage and replace(stage, told=_told(given, view))

    def partly(given: QueryText) -> StageQuery | None:
        return similar(given, by_sound=False)

    def with_a_slip(given: QueryText) -> StageQuery | None:
        return compounds.with_a_slip(given.words[0], view) if len(given.words) == 1 else None

    def by_sounds(given: QueryText) -> StageQuery | None:
        return compounds.by_sounds(given.words[0], view)

    if len(text.words) == 1 and entries_read(text.words[0]):  # a word is meant as it is: 将棋 sounds like nothing
        return [corrected, every_part, partly, any_word]
    if len(text.words) == 1 and _HIRAGANA_NAME.fullmatch(text.words[0]):  # the dictionary cuts kana anywhere
        return [corrected, by_sounds, any_word, alike]
    several = len(text.words) > 1 or any(is_sentence(word) for word in text.words)
    return [corrected, with_a_slip, any_word, alike] if several else [corrected, every_part, alike, any_word]


def all_stages(text: QueryText, loosest: MatchStage, *, readings: bool, view: View) -> list[Maker]:
    """The ways to read a text, strictest first, down to the loosest one that is wanted (READING or ANY)."""
    strict = strict_stages(text, readings=readings)
    return strict if loosest is MatchStage.READING else [*strict, *loose_stages(text, view)]


def _any_word(text: QueryText, view: View) -> StageQuery | None:
    units = _units(text, view)
    if not units or _only_who_asks(units, text):
        return None  # one pair of characters of an unknown name says nothing
    # What a sentence says is surer than its words.
    meant = [unit for unit in units if unit.tells and unit.weight >= _SURER]
    telling = meant or [unit for unit in units if unit.weight >= SAYS_SOMETHING] or units
    spoken = spoken_of(units, view) if any(map(says_something, text.words)) else []
    matching = _most_of([*(unit.query for unit in telling), *(bonus.query for bonus in spoken[-1:])], view)
    bonuses = [bonus for unit in units for bonus in bonuses_of(unit)]
    return StageQuery(MatchStage.ANY, matching, (*spoken, *bonuses), _told(text, view))


def _only_who_asks(units: Sequence[Unit], text: QueryText) -> bool:
    """Whether of a text that asks for something only who asks is known: 魚屋だけど売れ残りを減らしたい."""
    opening = fold(text.opening)
    asks = any(phrase.weight >= SAYS_SOMETHING and fold(phrase.text) not in opening for phrase in _asked(text))
    return bool(opening) and asks and all(fold(unit.texts[0]) in opening for unit in units)


def _told(text: QueryText, view: View) -> Told:
    """Which parts of a name no document has: of a brand that nobody offers the reader is told so.

    Of a sentence, and of what was corrected, there is nothing to tell: its words are not names.
    """
    if text.corrections or any(is_sentence(word) for word in text.words):
        return NOTHING_TOLD
    wider = text.wider(text.synonyms)
    found: dict[bool, list[str]] = {True: [], False: []}
    for phrase in (each for word in text.words for each in phrases(word) or (Phrase(word, (word,), 1.0),)):
        whole = _somewhere(phrase.text, wider, view)
        parts = [(phrase.text, True)] if whole else _parts(phrase, wider, view)
        for somewhere, together in groupby(parts, key=lambda part: part[1]):
            found[somewhere].append("".join(part for part, _ in together))
    complete = found[True] and found[False]
    return Told(tuple(found[False]), tuple(found[True])) if complete else NOTHING_TOLD


def _somewhere(text: str, wider: Mapping[str, tuple[str, ...]], view: View) -> bool:
    """Whether a document has the text, or what it is widened to."""
    return unit_of((text, *wider.get(fold(text), ())), 1.0, view) is not None


def _parts(phrase: Phrase, wider: Mapping[str, tuple[str, ...]], view: View) -> Iterator[tuple[str, bool]]:
    """The phrase in pieces, a word and the endings after it each, with whether a document has the word or a synonym."""
    left = phrase.text
    for number, word in enumerate(phrase.words, 1):
        at = left.index(word) + len(word)
        following = phrase.words[number : number + 1]
        end = left.index(following[0], at) if following else len(left)
        yield left[:end], _somewhere(word, wider, view)
        left = left[end:]


def _most_of(queries: Sequence[Query], view: View) -> Query:
    """As many of the queries as still find a page of results."""
    options = tuple(Points(query, 0.0) for query in queries)
    for needed in range(len(options), 1, -1):
        query = AnyOf(options, needed)
        if view.count(query) >= _FEW:
            return query
    return anything(options)


def _units(text: QueryText, view: View) -> list[Unit]:
    """What the text is about and some document has, at most _MOST_UNITS."""
    wider = text.wider(text.synonyms)
    found: dict[str, Unit] = {}
    for said in text.said:
        unit = unit_of_sentence(said, view)
        if unit is not None:
            found.setdefault(fold(said.texts[0]), unit)
    opening = fold(text.opening)
    names = len(text.words) > 1 and not any(map(is_sentence, text.words))
    for phrase in _asked(text):
        little = fold(phrase.text) in opening or (names and fold(phrase.text) in DONE)
        given = replace(phrase, weight=min(phrase.weight, _ASKER)) if little else phrase
        for unit in _known(given, wider, view):
            found.setdefault(fold(unit.texts[0]), unit)
    # What is left stands for a part of a phrase that nothing has.
    for word, texts in wider.items():
        weight = _ASKER if word in opening else 1.0
        stands_for = None if any(word in known for known in found) else unit_of(texts, weight, view)
        if stands_for is not None:
            found.setdefault(fold(texts[0]), stands_for)
    return sorted(found.values(), key=lambda unit: -unit.weight)[:_MOST_UNITS]


def _asked(text: QueryText) -> Iterator[Phrase]:
    for word in text.words:
        known = phrases(word)
        yield from known if known else (Phrase(word, (word,), 1.0),)
    typed = {fold(phrase.text) for word in text.words for phrase in phrases(word)}
    for meant in (each for texts in text.wider(text.corrections).values() for each in texts):
        for phrase in phrases(meant):
            if fold(phrase.text) not in typed:
                yield Phrase(phrase.text, phrase.words, phrase.weight * _MEANT)


def _known(phrase: Phrase, wider: dict[str, tuple[str, ...]], view: View) -> Iterator[Unit]:
    """The phrase where documents have it; its words where none or few do."""
    whole = unit_of((phrase.text, *wider.pop(fold(phrase.text), ())), phrase.weight, view)
    if whole is not None:
        yield whole
    if len(phrase.words) > 1 and (whole is None or whole.count < _FEW):
        for word in phrase.words:
            texts = (word, *wider.pop(fold(word), ()))
            weight = min(phrase.weight * _PART, SAYS_LITTLE if fold(word) in COMMON else 1.0)
            part = unit_of(texts, weight, view) if len(fold(word)) > 1 else None
            if part is not None:
                yield part
