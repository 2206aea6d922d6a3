"""A compound typed by its sound with one slip (だこくあぷい, 法りじむ): the names and functions that sound one kana away.

A kana changed, put in, left out or swapped with the next stands between two parts that are right: only where both of
them are somewhere is anything tried.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice, product
from typing import Final

from search.analyser import fold_reading, is_hiragana, readings_of
from search.character_readings import readings_of_character

SHORTEST: Final = 5  # kana: of a shorter one too many words are one kana away
_LONGEST: Final = 24
_MOST_SOUNDS: Final = 4
_LEAST_PART: Final = 2
_KANA: Final = (
    "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわをん"
    "がぎぐげござじずぜぞだぢづでどばびぶべぼぱぴぷぺぽ"
)
# A particle at the end would be a kana wrong in the word after it.
_PARTLY_KANA: Final = re.compile("(?=.*[ぁ-ゖ])(?=.*[一-鿿])[一-鿿々ぁ-ゖー]{3,10}(?<![のがをはにでとも])")
_KANJI: Final = re.compile(r"[一-鿿]")


def sounds_of(word: str) -> tuple[str, ...]:
    """How a word in hiragana, or partly in kanji, may sound; nothing for others."""
    if is_hiragana(word):
        return (fold_reading(word),)
    if not _PARTLY_KANA.fullmatch(word):
        return ()
    ways = [readings_of_character(each) if _KANJI.match(each) else (fold_reading(each),) for each in word]
    spelt = ("".join(way) for way in islice(product(*ways), _MOST_SOUNDS))
    return tuple(dict.fromkeys((*readings_of(word)[:1], *spelt)))


def near_sounds(sound: str, somewhere: Callable[[str], bool]) -> list[str]:
    """What sounds one kana away and is somewhere."""
    if not SHORTEST <= len(sound) <= _LONGEST:
        return []
    begins = _right(range(_LEAST_PART, len(sound)), lambda size: somewhere(sound[:size]))
    ends = _right(range(_LEAST_PART, len(sound)), lambda size: somewhere(sound[-size:]))
    first, last = max(0, len(sound) - ends - 2), min(begins, len(sound) - 1)
    tried = dict.fromkeys(each for at in range(first, last + 1) for each in _slips(sound, at))
    found = [each for each in tried if each != sound and somewhere(each)]
    return [each for each in found if each not in sound] or found  # a part of it is there in any case


def _right(sizes: range, is_somewhere: Callable[[int], bool]) -> int:
    """The largest of the sizes up to which each is somewhere."""
    return next((size - 1 for size in sizes if not is_somewhere(size)), sizes.stop - 1)


def _slips(sound: str, at: int) -> Iterator[str]:
    before, here, after = sound[:at], sound[at], sound[at + 1 :]
    yield before + after
    yield before + after[:1] + here + after[1:]
    for kana in _KANA:
        yield before + kana + after
        yield before + kana + here + after
