"""When two names and addresses mean one business, however they are written. Pure.

Two businesses may share a name, and many share a house: only both together count, and even then a person decides.
"""

from __future__ import annotations

import re
from typing import Final

from tenants.hidden import as_seen
from tenants.one_form import in_one_form

# Hiragana and katakana of the same sound are 0x60 apart.
_TO_KATAKANA: Final = {code: code + 0x60 for code in range(0x3041, 0x3097)}
# Forms of one character that names and registers mix, and the small ケ of places.
_VARIANTS: Final = str.maketrans("髙﨑濵瀨德齋齊斉邊邉澤廣櫻國會縣ヶヵ", "高崎浜瀬徳斎斎斎辺辺沢広桜国会県ケカ")
_FORMS: Final = (
    "株式会社|特例有限会社|有限会社|合同会社|合資会社|合名会社"
    "|(?:公益|一般)(?:社団|財団)法人|医療法人(?:社団|財団)?|社会福祉法人|特定非営利活動法人"
)
_SHORT_FORMS: Final = "株|有|同|資|名|合"
_LEGAL_FORM: Final = re.compile(rf"{_FORMS}|[(（]({_SHORT_FORMS})[)）]")
_NO_MATTER: Final = re.compile(r"[\s・･.,，．、。'’`\"“”&＆/／!！?？()（）「」『』\[\]]+")
# What is typed for a hyphen, and for the long vowel. In an address the long vowel ー counts as one beside a digit only.
_HYPHENS: Final = "-‐‑‒–—―−－─ｰー"
_DASHES: Final = re.compile(rf"[{_HYPHENS}]+")
_KANJI_DIGITS: Final = {digit: value for value, digit in enumerate("〇一二三四五六七八九")}
_UNITS: Final = {"十": 10, "百": 100}
_COUNTED: Final = re.compile(
    r"([〇一二三四五六七八九十百]+)(?=丁目|番地|番(?!町)|号|[-‐‑‒–—―−－─ノ][0-9〇一二三四五六七八九十百])"
)
_AFTER_HYPHEN: Final = re.compile(r"(?<=[0-9]-)([〇一二三四五六七八九十百]+)")
_STEP: Final = re.compile(rf"(?<=[0-9])(?:丁目|番地ノ?|番(?!町)|号|ノ(?=[0-9])|[{_HYPHENS}](?=[0-9]))+")
_DISTRICT: Final = re.compile(r"(?:大字|(?<=[市区町村郡])字)")
# What is written before or after a name to say as what somebody represents a business.
_TITLE: Final = (
    "代表取締役|取締役|代表社員|代表理事|業務執行社員|執行役員?|事業主|代表者?|会長|社長|理事長|理事|店主|院長"
)
_TITLES: Final = re.compile(rf"(?:{_TITLE})(?:兼(?={_TITLE}))?")
_UP_TO_THE_HOUSE: Final = re.compile(r"^(.*?[0-9]+(?:-[0-9]+)*)")


def _plain(written: str) -> str:
    """In one width, one case and one kana, with one form of each character."""
    plain = in_one_form(as_seen(written)).casefold()
    return plain.translate(_TO_KATAKANA).translate(_VARIANTS)


def bare_name(name: str) -> str:
    """A business's name without its legal form, spaces, dashes and signs; empty for a name that is nothing else.

    The long vowel goes too: it is typed as any dash, and left out as often (サーバー, サーバ).
    """
    return _bare(re.sub(r"\s+", "", _plain(name)))


def _bare(plain: str) -> str:
    return _DASHES.sub("", _NO_MATTER.sub("", _LEGAL_FORM.sub("", plain)))


def name_key(name: str) -> str:
    """As bare_name: ㈱ひまわり 商店 and ヒマワリ商店 are one. A name that is nothing but its form stays as it is."""
    plain = re.sub(r"\s+", "", _plain(name))
    return _bare(plain) or plain


def person_key(name: str) -> str:
    """A person's name without titles, spaces and signs: 代表取締役 髙橋 一郎 and 高橋一郎 are one. Empty for no name."""
    return _TITLES.sub("", _NO_MATTER.sub("", _plain(name)))


def telephone_key(written: str) -> str:
    """The digits of a telephone number as it is dialled in Japan: +81 (3) 1234-5678 and 03-1234-5678 are one."""
    plain = re.sub(r"[^0-9+]", "", in_one_form(written))
    return re.sub(r"^(?:\+|00)?81(?=0?[1-9][0-9]{8})0?", "0", plain).replace("+", "")


def _number(kanji: str) -> str:
    """二十三 and 二三 as 23."""
    if not any(sign in _UNITS for sign in kanji):
        return "".join(str(_KANJI_DIGITS[sign]) for sign in kanji)
    total, waiting = 0, 0
    for sign in kanji:
        if sign in _UNITS:
            total += max(waiting, 1) * _UNITS[sign]
            waiting = 0
        else:
            waiting = waiting * 10 + _KANJI_DIGITS[sign]
    return str(total + waiting)


def address_key(prefecture: str, address: str) -> str:
    """Where a business is, down to the house number: 丸の内一丁目9番1号 ○○ビル3階 and 丸の内1-9-1 are one place.

    Empty when no address is known; the prefecture alone is no place.
    """
    area = re.sub(r"\s+", "", _plain(prefecture))
    # A space between two numbers parts them: after the house comes the floor.
    parted = re.sub(r"(?<=[0-9])\s+(?=[0-9])", "|", _plain(address))
    place = re.sub(r"\s+", "", parted).removeprefix(area)
    if not place:
        return ""
    place = _COUNTED.sub(lambda found: _number(found[1]), _DISTRICT.sub("", place))
    place = _STEP.sub("-", place)
    place = _AFTER_HYPHEN.sub(lambda found: _number(found[1]), place)
    house = _UP_TO_THE_HOUSE.match(place)
    if house:
        return area + house[1]
    # Without signs it may read as a number after all: 一・丁目.
    bare = _NO_MATTER.sub("", place)
    return area + (bare if bare == place else address_key("", bare))


def match_key(name: str, prefecture: str, address: str) -> str | None:
    """What two records of one business have in common; None when too little is known to say."""
    who, where = name_key(name), address_key(prefecture, address)
    return f"{who}|{where}" if who and where else None
