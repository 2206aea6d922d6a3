"""Names by their consonants, so that Yobibasket and ヨビバスケット are one name: who hears of a brand seldom knows how it is
written. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import islice, product
from typing import Final

_MOST_WAYS: Final = 4
# Of several letters, or read in another way than alone; h is f, j and g before e or i may be z, w is as little heard as
# a vowel.
_TOGETHER: Final = {
    "tion": "sn",
    "ture": "C",
    "tch": "C",
    "sch": "sk",
    "ght": "t",
    "dge": "z",
    "ch": "C",
    "ck": "k",
    "ph": "h",
    "sh": "s",
    "th": "s",
    "tsu": "tu",
    "qu": "k",
    "kn": "n",
    "x": "ks",
}
_SEVERAL: Final = re.compile("|".join(_TOGETHER))
_LETTERS: Final = str.maketrans("lvqfj", "rbkhz")
_SOFT: Final = re.compile("c(?=[eiy])")
_UNHEARD: Final = re.compile("[rh](?![aeiouy])|w|(?<=[^aeiou])y|y(?![aeiou])")
_BEFORE_LIPS: Final = re.compile("m(?=[bp])")
_EITHER_WAY: Final = re.compile("g(?=[ei])")
_VOWELS: Final = re.compile("[aeiou]")
_TWICE: Final = re.compile(r"(.)\1+")
_ROWS: Final = {
    "k": "カキクケコ",
    "g": "ガギグゲゴ",
    "s": "サシスセソ",
    "z": "ザジズゼゾヂヅ",
    "t": "タツテト",
    "C": "チ",
    "d": "ダデド",
    "n": "ナニヌネノン",
    "h": "ハヒフヘホ",
    "b": "バビブベボヴ",
    "p": "パピプペポ",
    "m": "マミムメモ",
    "y": "ヤユヨ",
    "r": "ラリルレロ",
}
_OF_KANA: Final = {kana: consonant for consonant, row in _ROWS.items() for kana in row}
_HIRAGANA: Final = {code: code + 0x60 for code in range(ord("ぁ"), ord("ゖ") + 1)}


@lru_cache(maxsize=60_000)
def consonants(word: str) -> tuple[str, ...]:
    """The consonants that are heard in a word of Latin letters or of kana, one string for each way to read it."""
    if word.isascii():
        return _of_latin(word.lower())
    composed = unicodedata.normalize("NFKC", word)
    if composed.isascii():
        return _of_latin(composed.lower())
    katakana = composed.translate(_HIRAGANA)
    return (_TWICE.sub(r"\1", "".join(_OF_KANA.get(each, "") for each in katakana)),)


def _of_latin(letters: str) -> tuple[str, ...]:
    letters = _TWICE.sub(r"\1", letters)
    letters = _SEVERAL.sub(lambda found: _TOGETHER[found[0]], letters)
    letters = _UNHEARD.sub("", _SOFT.sub("s", letters).replace("c", "k"))
    letters = _BEFORE_LIPS.sub("n", letters.translate(_LETTERS))
    pieces = _EITHER_WAY.split(letters)
    ways = islice(product("gz", repeat=len(pieces) - 1), _MOST_WAYS)
    read = ("".join((pieces[0], *(g + rest for g, rest in zip(way, pieces[1:], strict=True)))) for way in ways)
    return tuple(dict.fromkeys(_TWICE.sub(r"\1", _VOWELS.sub("", each)) for each in read))
