"""One word that is nowhere in one piece: its parts, what it was typed for, what it sounds like."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

from search.analyser import entries_read, fold, fold_reading, readings_of
from search.character_readings import sounds_by_character
from search.embedded.nodes import Points
from search.embedded.queries import (
    QueryText,
    StageQuery,
    anything,
    everything,
    exact_match,
    run,
    whole_sound,
    written,
)
from search.embedded.slips import SHORTEST, near_sounds, sounds_of
from search.embedded.units import SAYS_SOMETHING, SHORTEST_SOUND, Unit, bonuses_of, unit_of, weight_of
from search.embedded.viewing import View
from search.phrases import KINDS, MEANS, phrases
from search.port import MatchStage

_LONGEST_BY_CHARACTER: Final = 2
_MOST_BY_CHARACTER: Final = 12  # readings, each looked for
_MOST_NEAR: Final = 4  # names that one slip may stand for
_SHORTEST_HALF: Final = 3  # characters of a name: two are a part of too many words
_KANJI: Final = re.compile(r"[一-鿿]{2}")
_ONLY_KANJI: Final = re.compile(r"[一-鿿]+")
_MIXED: Final = re.compile("[一-鿿々ぁ-ゖ]{3,6}")
_OF_ONE_SCRIPT: Final = re.compile("[ァ-ヶー]{2,}|[A-Za-z]{2,}")


def every_part(text: QueryText, view: View) -> StageQuery | None:
    """A compound that is nowhere in one piece: what has each of its words or their synonyms, if each is somewhere.

    A brand that the dictionary cuts anywhere is found by where both halves of the compound are somewhere.
    """
    (word,) = text.words
    wider = text.wider(text.synonyms)
    parts = _telling_parts(word, wider)
    units = _all_known(parts, wider, view) if parts else []
    if not units and not entries_read(word):  # 鈴木 was not typed for another
        ways = (_wrongly_chosen, _voiced_between, _one_slip, _partly_by_sound, _halves, _read_by_character)
        units = next((found for way in ways if (found := way(word, view))), [])
    return _similar(units) if units else None


def by_sounds(word: str, view: View) -> StageQuery | None:
    """A compound in hiragana that is nowhere in one piece: くれじっとけっさい finds クレジットカード決済."""
    ways = (_voiced_between, _two_sounds, _one_slip)
    units = next((found for way in ways if (found := way(word, view))), [])
    return _similar(units) if units else None


def with_a_slip(word: str, view: View) -> StageQuery | None:
    """A word typed by its sound, or partly so, with one kana wrong; or half in kana, which the dictionary may cut into
    what looks like a sentence (ネット予やく)."""
    units = _one_slip(word, view) or _partly_by_sound(word, view)
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
    telling = [phrase for phrase in told if phrase.weight >= SAYS_SOMETHING] or told
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


def _partly_by_sound(word: str, view: View) -> list[Unit]:
    """A compound of two scripts of which one part is half in kana, read as a word in use: 予やく in ネット予やく."""
    mixed = _MIXED.search(word)
    other = word.replace(mixed[0], "", 1) if mixed else ""
    sounds = sounds_of(mixed[0]) if mixed and _OF_ONE_SCRIPT.fullmatch(other) else ()
    meant = _sounds(sounds, word, view) if sounds else None
    if meant is None or fold(other) in MEANS | KINDS:
        return [meant] if meant else []
    beside = unit_of((other,), 1.0, view)
    return [meant, beside] if beside else []


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
