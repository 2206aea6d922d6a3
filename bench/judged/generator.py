"""A collection and its questions from one vocabulary file: what should be found comes from how each document was made.

No engine has a say in it. The same file and size give the same collection.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from search.judging.collection import JudgedDocument, JudgedQuery

FOLDER: Final = Path(__file__).parent
_RARE: Final = 24  # documents of a rare function
_NEEDLES: Final = 30  # documents with a name that no dictionary knows and no other document has
_SEVERAL: Final = 8  # questions of each kind of several words
# How people write the same word: with the kana that the label leaves out or without, in the characters of their youth.
_OKURIGANA: Final = {
    "受発注": "受け発注",
    "見積": "見積り",
    "申込": "申し込み",
    "取引": "取り引き",
    "振込": "振り込み",
    "支払": "支払い",
    "受付": "受け付け",
    "引落": "引き落とし",
    "貸出": "貸し出し",
    "売上": "売り上げ",
    "仕入": "仕入れ",
    "棚卸": "棚卸し",
    "問合せ": "問い合わせ",
    "打合せ": "打ち合わせ",
    "締切": "締め切り",
    "手続き": "手続",
    "割引": "割り引き",
    "問い合わせ": "問合せ",
    "取り引き": "取引",
    "売り上げ": "売上",
    "受け付け": "受付",
    "申し込み": "申込",
    "立替": "立て替え",
    "買掛": "買い掛け",
    "売掛": "売り掛け",
    "割り当て": "割当",
    "積立": "積み立て",
    "貸し切り": "貸切",
    "組合せ": "組み合わせ",
}
_OLD_FORMS: Final = str.maketrans(
    dict(
        zip(
            "会図学経売鉄広国予医薬気検験証発応対営労価写画点総変数担当転実関残声拡号断処区台来読両団単県参収従体択独届訳様覧旧万乗帯楽顔歯黒権寿続伝焼児",
            "會圖學經賣鐵廣國豫醫藥氣檢驗證發應對營勞價寫畫點總變數擔當轉實關殘聲擴號斷處區臺來讀兩團單縣參收從體擇獨屆譯樣覽舊萬乘帶樂顏齒黑權壽續傳燒兒",
            strict=True,
        )
    )
)
_MORAE: Final = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワガギグゴザジダデドバビブベボパピポ"


@dataclass(frozen=True, slots=True)
class Made:
    """A document and what it was made of: the labels of its functions and, if it is a needle, its own word."""

    document: JudgedDocument
    concepts: tuple[str, ...]
    word: str = ""


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents, questions, and the groups the questions are in."""

    documents: tuple[JudgedDocument, ...]
    queries: tuple[JudgedQuery, ...]


def collection(name: str, documents: int) -> Collection:
    """So many documents, and all questions of one vocabulary file beside this one."""
    words: dict[str, Any] = yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8"))
    made = list(_documents(words, documents))
    asked = [*_of_concepts(words, made), *_of_several_words(words, made), *_of_needles(made), *_of_places(made)]
    asked += _of_brands(words, made)
    return Collection(tuple(each.document for each in made), tuple(asked))


def _documents(words: dict[str, Any], count: int) -> Iterator[Made]:
    chance = random.Random(words["seed"])
    concepts = {each["label"]: each for each in words["concepts"]}
    common = [label for label, each in concepts.items() if not each.get("rare")]
    rare = [label for label, each in concepts.items() if each.get("rare")]
    places = chance.sample(range(count), _RARE * len(rare) + _NEEDLES)
    given = {at: rare[n % len(rare)] for n, at in enumerate(places[_NEEDLES:])}
    needles = {at: _made_up(chance) for at in places[:_NEEDLES]}
    for number in range(count):
        has = chance.sample(common, chance.choice((1, 2, 2, 3)))
        if number in given:
            has = [given[number], *has[:1]]
        yield _document(words, chance, number, [concepts[label] for label in has], needles.get(number, ""))


def _made_up(chance: random.Random) -> str:
    return "".join(chance.choice(_MORAE) for _ in range(5))


def _document(
    words: dict[str, Any], chance: random.Random, number: int, concepts: Sequence[dict[str, Any]], needle: str
) -> Made:
    labels = tuple(each["label"] for each in concepts)
    industries = tuple(chance.sample(words["industries"], chance.choice((1, 1, 2))))
    brand, tail = chance.choice(words["brands"]), chance.choice(words["tails"])
    name = (
        f"{needle}{tail}"
        if needle
        else chance.choice((f"{brand}{labels[0]}", f"{brand}{tail}", f"{labels[0]}の{brand}"))
    )
    sentences = []
    for each in concepts:
        says = each["says"] if each.get("rare") else [chance.choice(each["says"])]
        sentences += [chance.choice(words["frames"]).format(a=said, i=industries[0]) for said in says]
    others = [each["label"] for each in words["concepts"] if each["label"] not in labels and not each.get("rare")]
    if chance.random() < 0.3:
        sentences.append(chance.choice(words["others"]).format(o=chance.choice(others)))
    return Made(
        JudgedDocument(
            code=f"{words['seed']}-{number:06d}",
            name=name,
            vendor=f"株式会社{brand}{words['vendors'][number % len(words['vendors'])]}",
            description="".join(sentences),
            functions=labels,
            industries=industries,
            prefecture=chance.choice(words["prefectures"]),
            price_yen=chance.randrange(20, 300) * 10_000,
        ),
        labels,
        needle,
    )


def _query(group: str, text: str, found: Sequence[Made]) -> Iterator[JudgedQuery]:
    if found:
        yield JudgedQuery(group, text, frozenset(each.document.code for each in found))


def _of_concepts(words: dict[str, Any], made: Sequence[Made]) -> Iterator[JudgedQuery]:
    for concept in words["concepts"]:
        having = [each for each in made if concept["label"] in each.concepts]
        for group, texts in concept["ask"].items():
            for text in texts:
                yield from _query(group, text, having)
        asked = {text for texts in concept["ask"].values() for text in texts}
        for group, text in _other_spellings([concept["label"], *concept["ask"].get("exact", ())]):
            if text not in asked:
                yield from _query(group, text, having)
        yield from _spelt_otherwise_somewhere(words, concept["label"], having)


def _spelt_otherwise_somewhere(words: dict[str, Any], label: str, having: Sequence[Made]) -> Iterator[JudgedQuery]:
    """The label in another spelling beside a trade or a place, which may be in old characters too."""
    for industry in words["industries"][:3]:
        those = [each for each in having if industry in each.document.industries]
        for group, other in _other_spellings([label]):
            beside = industry if group == "okurigana" else industry.translate(_OLD_FORMS)
            yield from _query(group, f"{other} {beside}", those)
    for place in words["prefectures"][:3]:
        old = f"{label} {place}".translate(_OLD_FORMS)
        if old != f"{label} {place}":
            those = [each for each in having if place == each.document.prefecture]
            yield from _query("old and new forms", old, those)


def _other_spellings(texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(group, text) of the ways to write these, each once."""
    for text in dict.fromkeys(texts):
        written = next((text.replace(a, b) for a, b in _OKURIGANA.items() if a in text), text)
        for group, other in (("okurigana", written), ("old and new forms", text.translate(_OLD_FORMS))):
            if other != text:
                yield group, other


def _of_several_words(words: dict[str, Any], made: Sequence[Made]) -> Iterator[JudgedQuery]:
    chance = random.Random(f"{words['seed']} several")
    labels = [each["label"] for each in words["concepts"]]
    for _ in range(_SEVERAL):
        one, other = chance.sample(labels, 2)
        industry, place = chance.choice(words["industries"]), chance.choice(words["prefectures"])
        yield from _query(
            "several words",
            f"{one} {industry}",
            [m for m in made if one in m.concepts and industry in m.document.industries],
        )
        yield from _query(
            "several words", f"{one}　{other}", [m for m in made if one in m.concepts and other in m.concepts]
        )
        yield from _query(
            "several words",
            f"{industry} {one} {place}",
            [
                m
                for m in made
                if one in m.concepts and industry in m.document.industries and place == m.document.prefecture
            ],
        )
        # A word that nothing has must not spoil the others.
        yield from _query(
            "several words",
            f"{industry} {_made_up(chance)} {one}",
            [m for m in made if one in m.concepts and industry in m.document.industries],
        )


def _of_needles(made: Sequence[Made]) -> Iterator[JudgedQuery]:
    needles = [each for each in made if each.word]
    for n, each in enumerate(needles):
        own = [other for other in needles if other.word == each.word]
        yield from _query(
            "needle", (each.document.name, each.word, each.document.code)[n % 3], own if n % 3 else [each]
        )
        if n % 3 == 0:
            yield from _query("typing error", each.word[:2] + each.word[3:], own)
            yield from _query("typing error", each.word[0] + each.word[2] + each.word[1] + each.word[3:], own)
        if n % 3 == 1:
            yield from _query("kana", _hiragana(each.word), own)
            yield from _query("half-width", _half_width(each.word), own)


def _of_brands(words: dict[str, Any], made: Sequence[Made]) -> Iterator[JudgedQuery]:
    """Half of a brand, and a brand that runs on into a function of a package that is not named so."""
    for brand in words["brands"][:10]:
        of_brand = [each for each in made if brand in each.document.vendor]
        yield from _query("half a brand", brand[: len(brand) // 2 + 1], of_brand)
        named = {each.document.name for each in of_brand}
        labels = (label for each in of_brand for label in each.concepts if f"{brand}{label}" not in named)
        label = next(labels, None)
        if label:
            both = [each for each in of_brand if label in each.concepts]
            yield from _query("half a brand", f"{brand}{label}", both)


def _of_places(made: Sequence[Made]) -> Iterator[JudgedQuery]:
    """Tokyo-to holds the characters of Kyoto: who types 京都 does not mean it."""
    kyoto = [each for each in made if each.document.prefecture == "京都府"]
    for text in ("京都", "京都府", "京都の"):
        yield from _query("trap", text, kyoto)
    for label in dict.fromkeys(each.concepts[0] for each in made[:40]):
        yield from _query("trap", f"京都 {label}", [each for each in kyoto if label in each.concepts])


def _hiragana(katakana: str) -> str:
    return "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in katakana)


def _half_width(katakana: str) -> str:
    full = {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in range(0xFF66, 0xFF9E)}
    marks = {"\u3099": "ﾞ", "\u309a": "ﾟ"}
    return "".join(full.get(c) or marks.get(c, c) for c in unicodedata.normalize("NFD", katakana))
