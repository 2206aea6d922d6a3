"""Rōmaji back to kana: who types keihi means 経費. Pure; Hepburn and Kunrei spellings, as keyboards take them."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import product
from typing import Final

_SHORTEST: Final = 4  # letters: shorter ones are English words or abbreviations (pos, ec)
_LONGEST: Final = 40
_MOST_LONG: Final = 4  # doubtful syllables: 2**4 readings at most

_ROWS: Final = """
a あ i い u う e え o お ka か ki き ku く ke け ko こ sa さ shi し si し su す se せ so そ ta た chi ち ti ち tsu つ tu つ te て to と
na な ni に nu ぬ ne ね no の ha は hi ひ fu ふ hu ふ he へ ho ほ ma ま mi み mu む me め mo も ya や yu ゆ yo よ ra ら ri り ru る
re れ ro ろ wa わ wo を ga が gi ぎ gu ぐ ge げ go ご za ざ ji じ zi じ zu ず ze ぜ zo ぞ da だ di ぢ du づ de で do ど ba ば bi び
bu ぶ be べ bo ぼ pa ぱ pi ぴ pu ぷ pe ぺ po ぽ kya きゃ kyu きゅ kyo きょ sha しゃ sya しゃ shu しゅ syu しゅ sho しょ syo しょ
cya ちゃ cyu ちゅ cyo ちょ cha ちゃ tya ちゃ chu ちゅ tyu ちゅ cho ちょ tyo ちょ nya にゃ nyu にゅ nyo にょ hya ひゃ hyu ひゅ hyo ひょ mya みゃ myu みゅ myo みょ
rya りゃ ryu りゅ ryo りょ gya ぎゃ gyu ぎゅ gyo ぎょ jya じゃ jyu じゅ jyo じょ ja じゃ zya じゃ ju じゅ zyu じゅ jo じょ zyo じょ bya びゃ byu びゅ byo びょ
pya ぴゃ pyu ぴゅ pyo ぴょ fa ふぁ fi ふぃ fe ふぇ fo ふぉ n' ん nn ん
"""
_KANA: Final = dict(zip(_ROWS.split()[::2], _ROWS.split()[1::2], strict=True))
_LATIN_OF: Final = {kana: latin for latin, kana in reversed(_KANA.items()) if len(kana) == 1}
_SYLLABLE: Final = re.compile(
    r"(?P<kana>" + "|".join(sorted(_KANA, key=len, reverse=True)) + r")"
    r"|(?P<double>(?:(?=(?P<c>[kstpgzdbcjf]))(?P=c)(?=(?P=c))|t(?=ch)))"
    r"|(?P<n>[nm](?=[^aiueoy]|$))"
)
_LONG_MARKS: Final = {
    "ā": "aa",
    "ī": "ii",
    "ū": "uu",
    "ē": "ei",
    "ō": "ou",
    "â": "aa",
    "î": "ii",
    "û": "uu",
    "ê": "ei",
    "ô": "ou",
}
_O_AND_U: Final = "おこそとのほもよろごぞどぼぽょうくすつぬふむゆるぐずづぶぷゅ"
_ONE_SPELLING: Final = tuple(
    (re.compile(pattern), written)
    for pattern, written in (
        ("sh(?=[aueo])", "sy"),
        ("sh", "s"),
        ("[ct]ch", "tty"),
        ("ch(?=[aueo])", "ty"),
        ("ch", "t"),
        ("tsu", "tu"),
        ("f", "h"),
        ("j(?=[aueo])", "zy"),
        ("j", "z"),
        ("dz|d(?=[iu])", "z"),
        ("iy(?=[aueo])", "y"),
        ("yy", "y"),
        (r"([kstpgzdb])(?=\1)", "tu"),
        ("nn", "n"),
        (r"([aiueo])\1+|(?<=o)u", r"\1"),
    )
)
_LARGE: Final = {"ゃ": "や", "ゅ": "ゆ", "ょ": "よ"}
_LATIN: Final = re.compile(r"[A-Za-zĀāĪīŪūĒēŌōÂâÎîÛûÊêÔô']+")


@lru_cache(maxsize=2_000)
def kana_of(word: str) -> tuple[str, ...]:
    """The kana that a word in Latin letters may stand for; nothing when it is no rōmaji.

    People leave long vowels out (seikyusho), so the readings with them come after the one as written.
    """
    composed = unicodedata.normalize("NFKC", word).lower()
    if not _LATIN.fullmatch(composed) or not _SHORTEST <= len(composed) <= _LONGEST:
        return ()
    syllables = _syllables("".join(_LONG_MARKS.get(letter, letter) for letter in composed))
    if syllables is None:
        return ()
    choices: list[tuple[str, ...]] = []
    doubtful = 0
    for at, each in enumerate(syllables):
        others = _also(syllables, at, each) if doubtful < _MOST_LONG else ()
        doubtful += bool(others)
        choices.append((each, *others))
    return tuple(dict.fromkeys("".join(choice) for choice in product(*choices)))


def _syllables(letters: str) -> list[str] | None:
    found: list[str] = []
    at = 0
    while at < len(letters):
        match = _SYLLABLE.match(letters, at)
        if match is None:
            return None
        found.append("っ" if match["double"] else "ん" if match["n"] else _KANA[match["kana"]])
        at = match.end()
    return found


def _also(syllables: list[str], at: int, kana: str) -> tuple[str, ...]:
    """What else a syllable may be: a long one, after o or u; honyaku is ほんやく and not ほにゃく."""
    if kana[0] == "に" and len(kana) == 2:
        return ("ん" + _LARGE[kana[1]],)
    after = syllables[at + 1] if at + 1 < len(syllables) else ""
    return (kana + "う",) if kana[-1] in _O_AND_U and after != "う" else ()


def latin_of(kana: str) -> str | None:
    """Kana in Latin letters: ねお is neo; None where they are no such. Hepburn."""
    found = "".join(_LATIN_OF.get(each, " ") for each in kana)
    return found if found and " " not in found else None


def plain_romaji(letters: str) -> str:
    """Rōmaji in one spelling, long vowels short, to compare what may hold a slip: kyuuyo and kyūyo, hacchū and hattyu."""
    found = letters.lower()
    for pattern, written in _ONE_SPELLING:
        found = pattern.sub(written, found)
    return found


def romaji_of(sound: str) -> str:
    """A sound as it is compared (small kana large) in that spelling; empty where it is no kana."""
    letters = [_LATIN_OF.get(each, "") for each in sound]
    return plain_romaji("".join(letters).replace("'", "")) if all(letters) else ""


def latin_parts(word: str) -> list[tuple[str, tuple[str, ...]]]:
    """The word in pieces, each with the kana it may stand for: kintai管理 is kintai (きんたい) and 管理 (nothing)."""
    composed = unicodedata.normalize("NFKC", word)
    pieces: list[tuple[str, tuple[str, ...]]] = []
    at = 0
    for match in _LATIN.finditer(composed):
        if match.start() > at:
            pieces.append((composed[at : match.start()], ()))
        pieces.append((match[0], kana_of(match[0])))
        at = match.end()
    return [*pieces, (composed[at:], ())] if at < len(composed) else pieces
