"""The order of names as Japanese dictionaries have it: by sound; digits and Latin letters before kana. Pure.

Databases and indexes compare characters, which puts kanji by the numbers they happen to have, and behind all kana.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from search.analyser import GAP, fold, surfaces_and_readings
from search.one_way import PROLONGED
from tenants.one_form import in_one_form

_BEHIND: Final = (
    "\x1e"  # before every character that a name keeps, so that a name comes before what begins with it
)
_KANJI = re.compile("[\u3400-\u9fff\uf900-\ufaff々〆\U00020000-\U0003ffff]")
_ROWS: Final = {
    "あ": "あかさたなはまやらわ",
    "い": "いきしちにひみりゐ",
    "う": "うくすつぬふむゆる",
    "え": "えけせてねへめれゑ",
    "お": "おこそとのほもよろを",
}
_VOWEL_OF: Final = {kana: vowel for vowel, row in _ROWS.items() for kana in row}
_VOICED = re.compile("[\u3099\u309a]")
_FORMS = (
    "(?:株式|有限|合同|合名|合資)会社|(?:一般|公益|特定非営利活動)?(?:社団|財団|学校|医療|非営利活動)?法人"
    "|\\((?:株|有|同|名|資|社|財|学)\\)"
    "|(?:カブシキ|ユウゲン|ゴウドウ|ゴウメイ|ゴウシ)[ガカ]イシャ"
)
_FORM = re.compile(f"\\A(?:{_FORMS})\\s*|\\s*(?:{_FORMS})\\Z")


def name_key(name: str, kana: str = "") -> str:
    """A text that stands among those of other names as the name does. kana: its reading, where somebody has said it.

    か and が are one until all else is equal, as are や and ゃ; a prolonged sound is the vowel before it, and at a word's
    end nothing, as in searching. Names that sound alike are in the order of their characters.
    """
    spoken = fold(kana).replace(GAP, "") or "".join(map(_spoken, surfaces_and_readings(name)))
    sound = _with_vowels(spoken)
    plain = _VOICED.sub("", unicodedata.normalize("NFD", sound))
    return _BEHIND.join((plain, sound, fold(name)))


@lru_cache(maxsize=20_000)
def vendor_key(name: str, kana: str = "") -> str:
    """The same of a company's name, in whose order 株式会社 does not count."""
    return name_key(_without_form(name), _without_form(kana))


def _without_form(name: str) -> str:
    written = in_one_form(name).strip()
    return _FORM.sub("", written) or written


def _spoken(word: tuple[str, str]) -> str:
    """What has kanji by its reading; the rest as it is written, for the dictionary spells Latin letters out."""
    surface, reading = word
    return reading if _KANJI.search(surface) else surface


def _with_vowels(spoken: str) -> str:
    if PROLONGED not in spoken:
        return spoken
    found: list[str] = []
    for character in spoken:
        before = unicodedata.normalize("NFD", found[-1])[0] if found else ""
        found.append(_VOWEL_OF.get(before, "") if character == PROLONGED else character)
    return "".join(found)
