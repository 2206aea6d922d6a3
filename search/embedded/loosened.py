"""When nothing has every word: what has most of what the text is about. Also which stage is tried after which.

The text is taken apart into units: the words as typed, or the phrases of a sentence. A unit counts by how much it
says (search/phrases.py) and how rare it is. A document with more of them comes before one with fewer, whatever its
fields; a unit that nothing has does not spoil the others.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final

from search.analyser import fold, fold_reading, readings_of
from search.character_readings import sounds_by_character
from search.embedded.likeness import similar
from search.embedded.nodes import AnyOf, Points, Query
from search.embedded.queries import (
    Maker,
    QueryText,
    StageQuery,
    anything,
    corrected,
    everything,
    exact_match,
    run,
    strict_stages,
    whole_sound,
    written,
)
from search.embedded.slips import SHORTEST, near_sounds, sounds_of
from search.embedded.speaking import spoken_of
from search.embedded.units import SHORTEST_SOUND, Unit, bonuses_of, unit_of, unit_of_sentence, weight_of
from search.embedded.viewing import View
from search.phrases import COMMON, DONE, MEANS, SAYS_LITTLE, Phrase, is_sentence, phrases, says_something
from search.port import NOTHING_TOLD, MatchStage, Told

_FEW: Final = 10  # a page of results: with fewer, one unit less must do
_MOST_UNITS: Final = 10
_MEANT: Final = 0.8
_LONGEST_BY_CHARACTER: Final = 2
_MOST_BY_CHARACTER: Final = 12  # readings, each looked for
_MOST_NEAR: Final = 4  # names that one slip may stand for
_PART: Final = 0.5
_SHORTEST_HALF: Final = 3  # characters of a name: two are a part of too many words
_HIRAGANA_NAME: Final = re.compile("[ぁ-ゖー]{5,16}")
_KANJI: Final = re.compile(r"[一-鿿]{2}")
_ONLY_KANJI: Final = re.compile(r"[一-鿿]+")
_SURER: Final = 0.9  # from this weight on what a sentence stands for is what it means
_ASKER: Final = 0.24  # of who asks, and of what is done to things: raises what has it, and finds nothing by itself
_SAYS_SOMETHING: Final = 0.25  # from this weight on a unit alone may find documents


def loose_stages(text: QueryText, view: View) -> list[Maker]:
    """What is tried when no document is as typed.

    A sentence, or several words, is about several things: then those count before likeness of the characters.
    """

    def any_word(given: QueryText) -> StageQuery | None:
        return _any_word(given, view)

    def every_part(given: QueryText) -> StageQuery | None:
        return _every_part(given, view)

    def alike(given: QueryText) -> StageQuery | None:
        stage = similar(given)
        return stage and replace(stage, told=_told(given, view))

    def with_a_slip(given: QueryText) -> StageQuery | None:
        units = _one_slip(given.words[0], view) if len(given.words) == 1 else []
        return _similar(units) if units else None

    def by_sounds(given: QueryText) -> StageQuery | None:
        return _by_sounds(given.words[0], view)

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
    if not units:
        return None  # one pair of characters of an unknown name says nothing
    # What a sentence says is surer than its words.
    meant = [unit for unit in units if unit.tells and unit.weight >= _SURER]
    telling = meant or [unit for unit in units if unit.weight >= _SAYS_SOMETHING] or units
    spoken = spoken_of(units, view) if any(map(says_something, text.words)) else []
    matching = _most_of([*(unit.query for unit in telling), *(bonus.query for bonus in spoken[-1:])], view)
    bonuses = [bonus for unit in units for bonus in bonuses_of(unit)]
    return StageQuery(MatchStage.ANY, matching, (*spoken, *bonuses), _told(text, view))


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


def _every_part(text: QueryText, view: View) -> StageQuery | None:
    """A compound that is nowhere in one piece: what has each of its words or their synonyms, if each is somewhere.

    A brand that the dictionary cuts anywhere is found by where both halves of the compound are somewhere.
    """
    (word,) = text.words
    wider = text.wider(text.synonyms)
    parts = _telling_parts(word, wider)
    units = _all_known(parts, wider, view) if parts else []
    if not units:
        ways = (_wrongly_chosen, _voiced_between, _one_slip, _halves, _read_by_character)
        units = next((found for way in ways if (found := way(word, view))), [])
    return _similar(units) if units else None


def _by_sounds(word: str, view: View) -> StageQuery | None:
    """A compound in hiragana that is nowhere in one piece: くれじっとけっさい finds クレジットカード決済."""
    ways = (_voiced_between, _two_sounds, _one_slip)
    units = next((found for way in ways if (found := way(word, view))), [])
    return _similar(units) if units else None


def _similar(units: Sequence[Unit]) -> StageQuery:
    bonuses = tuple(bonus for unit in units for bonus in bonuses_of(unit))
    sounds = tuple(reading for unit in units for reading in unit.readings)
    return StageQuery(MatchStage.SIMILAR, everything([unit.query for unit in units]), bonuses, sounds=sounds)


def _all_known(parts: Sequence[str], wider: Mapping[str, tuple[str, ...]], view: View) -> list[Unit]:
    """The parts or their synonyms; nothing where one of them is nowhere."""
    texts = [(part, *wider.get(fold(part), ())) for part in parts if len(fold(part)) > 1]
    units = [unit for each in texts if (unit := unit_of(each, 1.0, view))]
    return units if len(units) == len(parts) else []


def _telling_parts(word: str, wider: Mapping[str, object]) -> list[str]:
    """The words of a compound, those that stand for something together as one; nothing when it is of one word.

    What is done to it (通販サイト作る) or by what (Web予約) is left out.
    """
    told = phrases(word)
    if sum(len(phrase.words) for phrase in told) < 2:
        return []
    telling = [phrase for phrase in told if phrase.weight >= _SAYS_SOMETHING] or told
    parts = [part for phrase in telling for part in phrase.words]
    found: list[str] = []
    at = 0
    while at < len(parts):
        spans = ((end, "".join(parts[at:end])) for end in range(len(parts), at + 1, -1))
        # The whole word was looked for before.
        end = next((end for end, span in spans if span != word and fold(span) in wider), at + 1)
        found.append("".join(parts[at:end]))
        at = end
    return [part for part in found if fold(part) not in MEANS] or found


def _wrongly_chosen(word: str, view: View) -> list[Unit]:
    """A compound of which one part is written so, and the other only sounds like a word: 勤退 in 勤退管理, for 勤怠.

    A wrong choice among kanji that sound alike, as it happens in typing.
    """
    for cut in range(2, len(word) - 1):
        halves = word[:cut], word[cut:]
        for wrong, other in (halves, halves[::-1]):
            right = _in_body(other, view) if _ONLY_KANJI.fullmatch(wrong) else None
            meant = _sounding(wrong, view) if right else None
            if right and meant and view.count(everything([meant.query, right.query])):
                return [meant, right]
    return []


def _in_body(text: str, view: View) -> Unit | None:
    """What has the text, other than in its vendor's name."""
    query = Points(written("body", text), 1.0)
    number = view.count(query)
    return Unit((text,), weight_of(1.0, number, view.snapshot.documents), query, number) if number else None


def _voiced_between(word: str, view: View) -> list[Unit]:
    """A word by its sound, of which the dictionary reads the parts by themselves: しきんぐり, 資金 and 繰り."""
    (sound, *_) = readings_of(word) or ("",)
    if sound != fold_reading(word) or len(sound) < SHORTEST_SOUND:
        return []
    for at in range(2, len(sound) - 1):
        plain = unicodedata.normalize("NFD", sound[at])[0]
        if plain != sound[at]:
            found = _sounds((sound[:at] + plain + sound[at + 1 :],), word, view)
            if found:
                return [found]
    return []


def _two_sounds(word: str, view: View) -> list[Unit]:
    """The two words that a compound in hiragana may be, where a document has both."""
    sound = fold_reading(word)
    for cut in range(_SHORTEST_HALF, len(sound) - _SHORTEST_HALF + 1):
        left = _sounds((sound[:cut],), word[:cut], view)
        right = _sounds((sound[cut:],), word[cut:], view) if left else None
        if left and right and view.count(everything([left.query, right.query])):
            return [left, right]
    return []


def _one_slip(word: str, view: View) -> list[Unit]:
    """A compound typed by its sound with one kana wrong, by the names and functions that sound so."""

    def somewhere(sound: str) -> bool:
        return view.count(run("label_reading", sound)) > 0

    sounds = sounds_of(word)
    as_typed = [sound for sound in sounds if len(sound) >= SHORTEST and somewhere(sound)]  # 服やくし導
    found = as_typed or next((near for sound in sounds if (near := near_sounds(sound, somewhere))), [])
    if not found:
        return []
    query = anything([Points(run("label_reading", each), 1.0) for each in found[:_MOST_NEAR]])
    number = view.count(query)
    return [
        Unit((word,), weight_of(1.0, number, view.snapshot.documents), query, number, tuple(found[:_MOST_NEAR]))
    ]


def _read_by_character(word: str, view: View) -> list[Unit]:
    """A short word whose kanji were all chosen wrongly, by how these may be read: 請急 as せいきゅう."""
    if len(word) > _LONGEST_BY_CHARACTER:
        return []
    for sound in sounds_by_character(word, most=_MOST_BY_CHARACTER):
        found = _sounds((sound,), word, view)
        if found:
            return [found]
    return []


def _sounding(text: str, view: View) -> Unit | None:
    """What has a word that sounds so, whole."""
    found = _sounds(readings_of(text), text, view)
    if found is None and len(text) <= _LONGEST_BY_CHARACTER:
        found = _sounds(tuple(sounds_by_character(text, most=_MOST_BY_CHARACTER)), text, view)
    return found


def _sounds(sounds: Sequence[str], text: str, view: View) -> Unit | None:
    readings = tuple(reading for reading in sounds if len(reading) > 2)
    query = anything([whole_sound(reading) for reading in readings]) if readings else None
    number = view.count(query) if query else 0
    return (
        Unit((text,), weight_of(1.0, number, view.snapshot.documents), query, number, readings)
        if query and number
        else None
    )


def _halves(word: str, view: View) -> list[Unit]:
    """The two halves of a word that stand together in a document, written so; none where no cut gives such."""
    for cut in range(_SHORTEST_HALF, len(word) - 1):
        left, right = word[:cut], word[cut:]
        if len(right) < _SHORTEST_HALF and not _KANJI.fullmatch(right):
            break
        if view.count(everything([exact_match((left,)), exact_match((right,))])):
            units = [unit_of((half,), 1.0, view) for half in (left, right)]
            return [unit for unit in units if unit is not None]
    return []


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
