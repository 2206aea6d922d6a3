"""What is written in several ways with its neighbours, put in one before a text is folded. Pure; every place stays.

1,000 and 1000, サ－バ and サーバ, （株） and ㈱, 3ヶ月 and 3か月, ヴァ and バ.
"""

from __future__ import annotations

import re

PROLONGED = "ー"
# Within a number the point and the sign of percent are no punctuation. Here they stand as characters that no text has.
_POINT, _PERCENT = "\ufdd0", "\ufdd1"
IN_NUMBERS = {_POINT: ".", _PERCENT: "%"}
COMPANIES = {
    "㈱": "株式会社",
    "㈲": "有限会社",
    "㈴": "合名会社",
    "㈾": "合資会社",
    "㈳": "社団法人",
    "㈶": "財団法人",
    "㈻": "学校法人",
}

# Between any two digits, not only before three: so a part of a text still folds to a part of it.
_COMMA_IN_NUMBER = re.compile(r"(?<=[0-9０-９])[,，](?=[0-9０-９])")
_POINT_IN_NUMBER = re.compile(r"(?<=[0-9０-９])[.．](?=[0-9０-９])")
_PERCENT_OF_NUMBER = re.compile(r"(?<=[0-9０-９一二三四五六七八九十百千万億兆])[%％]")
# Behind katakana a dash is a prolonged sound that was typed wrongly, unless kanji, letters or digits follow.
_DASHES = "-－‐‑–—―−"
_KATAKANA = "ァ-ヺー-ヾｦ-ﾟ"
_DASH_IN_KATAKANA = re.compile(f"(?<=[{_KATAKANA}])[{_DASHES}](?=[ぁ-ゖ{_KATAKANA}]|\\W|\\Z)")
ANY_DASH = re.compile(f"[{_DASHES}]")
_COMPANY = re.compile("[(（]([株有])[)）]")
_COMPANY_SIGNS = {"株": "㈱", "有": "㈲"}


# 3ヶ月 and 3ケ月 are 3か月; elsewhere ヶ is a ケ (茅ヶ崎).
_MONTHS = re.compile("(?<=[0-9０-９一二三四五六七八九十数何])[ヶケｹ](?=[月所国年])")
_V_SOUNDS = {"ァ": "バ", "ィ": "ビ", "ェ": "ベ", "ォ": "ボ"}
_V_SOUND = re.compile("ヴ([ァィェォ])")


def as_meant(text: str) -> str:
    """What was typed for something else, as that: サ－バ as サーバ, （株） as ㈱ and two joiners. As long as before."""
    if ANY_DASH.search(text):
        text = _DASH_IN_KATAKANA.sub(PROLONGED, text)
    if "株" in text or "有" in text:
        text = _COMPANY.sub(lambda found: f"{_COMPANY_SIGNS[found[1]]}--", text)
    return text


def in_one_way(text: str) -> str:
    """What is written in several ways with neighbours, in one; of the same length, so that every place stays.

    1,000 becomes 1-000 and ヴァ バ-: a joiner folds to nothing.
    """
    # Nearly every text has none of them: looking behind each place of it took a quarter of the time of an index.
    text = as_meant(text)
    if "," in text or "，" in text:
        text = _COMMA_IN_NUMBER.sub("-", text)
    if "." in text or "．" in text:
        text = _POINT_IN_NUMBER.sub(_POINT, text)
    if "%" in text or "％" in text:
        text = _PERCENT_OF_NUMBER.sub(_PERCENT, text)
    if "ヶ" in text or "ケ" in text or "ｹ" in text:
        text = _MONTHS.sub("カ", text)
    if "ヴ" in text:
        text = _V_SOUND.sub(lambda found: f"{_V_SOUNDS[found[1]]}-", text)
    return text


def reach_of_companies(text: str) -> dict[int, int]:
    """Where the first character of （株） ends -> where all of it does."""
    if "株" not in text and "有" not in text:
        return {}
    return {found.start() + 1: found.end() for found in _COMPANY.finditer(text)}


def reach_of_v_sounds(text: str) -> dict[int, int]:
    """Where the first character of ヴァ ends -> where all of it does."""
    if "ヴ" not in text:
        return {}
    return {found.start() + 1: found.end() for found in _V_SOUND.finditer(text)}
