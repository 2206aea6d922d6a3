"""What is written in several ways with its neighbours, put in one before a text is folded. Pure; every place stays.

1,000 and 1000, サ－バ and サーバ, （株） and ㈱, 3ヶ月 and 3か月, ヴァ and バ, 佐々木 and 佐佐木.
"""

from __future__ import annotations

import re
import unicodedata

PROLONGED = "ー"
# Within a number the point and the sign of percent are no punctuation. Here they stand as characters that no text has.
_POINT, _PERCENT = "\ufdd0", "\ufdd1"
IN_NUMBERS = {_POINT: ".", _PERCENT: "%"}
# Of what companies write in brackets Unicode has some as one sign; the others stand as characters that no text has.
_COMPANY_SIGNS = {
    "株": "㈱",
    "有": "㈲",
    "名": "㈴",
    "資": "㈾",
    "社": "㈳",
    "財": "㈶",
    "学": "㈻",
    "同": "\ufdd2",
    "医": "\ufdd3",
    "福": "\ufdd4",
}
COMPANIES = {
    "㈱": "株式会社",
    "㈲": "有限会社",
    "㈴": "合名会社",
    "㈾": "合資会社",
    "㈳": "社団法人",
    "㈶": "財団法人",
    "㈻": "学校法人",
    "\ufdd2": "合同会社",
    "\ufdd3": "医療法人",
    "\ufdd4": "社会福祉法人",
    "㊑": "株式会社",
    "㊒": "有限会社",
}

# Between any two digits, not only before three: so a part of a text still folds to a part of it.
_COMMA_IN_NUMBER = re.compile(r"(?<=[0-9０-９])[,，](?=[0-9０-９])")
_POINT_IN_NUMBER = re.compile(r"(?<=[0-9０-９])[.．](?=[0-9０-９])")
_PERCENT_OF_NUMBER = re.compile(r"(?<=[0-9０-９一二三四五六七八九十百千万億兆])[%％]")
# Behind katakana a dash is a prolonged sound that was typed wrongly, unless kanji, letters or digits follow.
_DASHES = "-－‐‑–—―−─━"
_WAVES = "〜～"
_HIRAGANA = "ぁ-ゖ"
_KATAKANA = "ァ-ヺー-ヾｦ-ﾟ"
_KANJI = "\u3400-\u9fff\uf900-\ufaff"
_DASH_IN_KATAKANA = re.compile(f"(?<=[{_KATAKANA}])[{_DASHES}](?=[{_HIRAGANA}{_KATAKANA}]|\\W|\\Z)")
# A wave stands between two words as often (プラン〜コース): it is taken for one only where a sound can be drawn out.
_WAVES_IN_KANA = re.compile(
    f"(?<![{_HIRAGANA}{_KATAKANA}])[{_HIRAGANA}{_KATAKANA}]++"
    f"(?:(?<![んっンッーﾝｯｰ])[{_WAVES}][{_HIRAGANA}{_KATAKANA}]++)+[{_WAVES}]?"
)
ANY_DASH = re.compile(f"[{_DASHES}]")
_ANY_DRAWN = re.compile(f"[{_DASHES}{_WAVES}]")
_COMPANY = re.compile(f"[(（〔]([{''.join(_COMPANY_SIGNS)}])[)）〕]")

# 3ヶ月 and 3ケ月 are 3か月; elsewhere ヶ is a ケ (茅ヶ崎).
_COUNTING = "(?<=[0-9０-９一二三四五六七八九十数何])"
_MONTHS = re.compile(f"{_COUNTING}[ヶケｹ](?=[月所国年])")
_V_SOUNDS = {
    small: sound
    for smalls, sound in (("ァぁｧ", "バ"), ("ィぃｨ", "ビ"), ("ェぇｪ", "ベ"), ("ォぉｫ", "ボ"))
    for small in smalls
}
_V_SOUND = re.compile(f"(?:[ヴゔ]|[ウうｳ][゛ﾞ\u3099])(?:([{''.join(_V_SOUNDS)}])|([ャュョゃゅょｬｭｮ]))")
# What repeats nothing is left out: so a part of a text that begins with it is still a part of it.
_REPEATED_KANJI = re.compile(f"([{_KANJI}]?)(々+)")
_REPEATED_KANA = re.compile("([ぁ-ゖァ-ヺ]?)([ゝゞヽヾ]+)")

# What is another spelling, but where the one as written has parts that people look for (3箇所, 箇所).
_ONE_IN_KATAKANA = re.compile(f"(?<![{_KATAKANA}])[{_KATAKANA}]++(?:一[{_KATAKANA}]++)+(?:一(?!\\w))?")
_ONE_BEFORE_KATAKANA = re.compile(f"一[{_KATAKANA}]")
_IN_COUNTING = re.compile(f"{_COUNTING}(?:箇(?=[月所国年])|個(?=月))")
_IN_NAMES = re.compile(f"(?<=[{_KANJI}])[ヶケｹ](?=[{_KANJI}])")
_ATTACHED = re.compile(f"(?<=[{_KANJI}])(?<!基)づ(?=[けくき])")
_ROWS = {
    "ぁァ": "あかさたなはまやらわがざだばぱゃアカサタナハマヤラワガザダバパャ",
    "ぃィ": "いきしちにひみりぎじぢびぴイキシチニヒミリギジヂビピ",
    "ぅゥ": "うくすつぬふむゆるぐずづぶぷゅウクスツヌフムユルグズヅブプュ",
    "ぇェ": "えけせてねへめれげぜでべぺエケセテネヘメレゲゼデベペ",
    "ぉォ": "おこそとのほもよろごぞどぼぽょオコソトノホモヨロゴゾドボポョ",
}
# Looked for from the small vowel on: few texts have any.
_DRAWN_VOWEL = re.compile(
    f"[{''.join(_ROWS)}](?<={'|'.join(f'[{row}][{small}]' for small, row in _ROWS.items())})"
)


def as_meant(text: str) -> str:
    """What was typed for something else, as that: サ－バ as サーバ, （株） as ㈱ and two joiners. As long as before."""
    if _ANY_DRAWN.search(text):
        text = _DASH_IN_KATAKANA.sub(PROLONGED, text)
        text = _WAVES_IN_KANA.sub(lambda found: re.sub(f"[{_WAVES}]", PROLONGED, found[0]), text)
    if ")" in text or "）" in text or "〕" in text:
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
    if _may_have_v_sounds(text):
        text = _V_SOUND.sub(_without_v, text)
    if "々" in text:
        text = _REPEATED_KANJI.sub(lambda found: found[1] + (found[1] or "-") * len(found[2]), text)
    if "ゝ" in text or "ゞ" in text or "ヽ" in text or "ヾ" in text:
        text = _REPEATED_KANA.sub(_repeated_kana, text)
    return text


def in_another_way(text: str) -> str:
    """The text with what may be a spelling of something else, as that; of the same length.

    サ一バ (with the number one) as サーバ, らぁめん as らーめん, 3箇所 as 3か所, 茅ヶ崎 as 茅が崎, 紐づけ as 紐付け.
    """
    if _ONE_BEFORE_KATAKANA.search(text):
        text = _ONE_IN_KATAKANA.sub(lambda found: found[0].replace("一", PROLONGED), text)
    if "箇" in text or "個月" in text:
        text = _IN_COUNTING.sub("か", text)
    if "ヶ" in text or "ケ" in text or "ｹ" in text:
        text = _IN_NAMES.sub("が", _MONTHS.sub("か", text))
    if "づ" in text:
        text = _ATTACHED.sub("付", text)
    return _DRAWN_VOWEL.sub(PROLONGED, text)


def _may_have_v_sounds(text: str) -> bool:
    return "ヴ" in text or "ゔ" in text or "ﾞ" in text or "゛" in text or "\u3099" in text


def _without_v(found: re.Match[str]) -> str:
    """ヴァ as バ-, ｳﾞｧ as バ--, ヴュ as ビュ, ｳﾞｭ as ビ-ｭ."""
    more = len(found[0]) - 1
    return _V_SOUNDS[found[1]] + "-" * more if found[1] else "ビ" + "-" * (more - 1) + found[2]


def _repeated_kana(found: re.Match[str]) -> str:
    """すゝ as すす and すゞ as すず."""
    written = found[1]
    for sign in found[2]:
        voiced = unicodedata.normalize("NFC", written[-1:] + "\u3099") if sign in "ゞヾ" else ""
        written += (voiced if len(voiced) == 1 and found[1] else found[1]) or "-"
    return written


def reach_of_companies(text: str) -> dict[int, int]:
    """Where the first character of （株） ends -> where all of it does."""
    if ")" not in text and "）" not in text and "〕" not in text:
        return {}
    return {found.start() + 1: found.end() for found in _COMPANY.finditer(text)}


def reach_of_v_sounds(text: str) -> dict[int, int]:
    """Where the first character of ヴァ ends -> where all of it does; of ｳﾞｭ where that of its ｳﾞ does."""
    if not _may_have_v_sounds(text):
        return {}
    return {found.start() + 1: found.end() - bool(found[2]) for found in _V_SOUND.finditer(text)}
