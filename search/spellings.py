"""Other ways to write the same words: endings in kana that may be left out, amounts in words. Pure, places exact.

見積もり, 見積り and 見積 are one word; so are 受け発注 and 受発注, 3千円 and 3,000円, 十パーセント and 10%, 茅ヶ崎 and
茅が崎. Their *plain* form leaves out what may be left out and has amounts in digits. Texts are indexed as written and, where it differs, in plain form, and so is a query asked:
what is typed out of a text is found in it as before, and the other spellings too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice, product
from typing import Final

from search.amounts import IN_WORDS, amounts
from search.analyser import GAP, Mapped, fold, fold_with_places
from search.one_way import ANY_DASH, in_another_way

# Verbs in the names of work, with the kana after them (送り仮名) that compounds may leave out (「送り仮名の付け方」
# 通則6 許容 and 通則7), as folded. The longest ending first. Behind a point stands what has to follow and stays: of 日替わり the わ
# may go, of 話し合い the し, but 値上がり is no 値上げ, 行き方 no 行方 and 電話した no 電話.
_ENDINGS: Final = {
    "もり|り|み": "積",
    "わせ|せ|い": "合",
    "とし|し|ち": "落",
    "かり|り|け": "預",
    "れ|り": "入",
    "れ.残|れ.筋|れ.行|り": "売",
    "け|き": "付",
    "せ|り.駅|り.道": "寄",
    "ち.会|ち.寄|ち.上|ち.入|ち.退|ち.飲|て": "立",
    "べ.替|び|み": "並",
    "き.合": "突",
    "き.先|き.違": "行",
    "げ.売|げ.込": "投",
    "み.物": "編",
    "し.合|し.方": "話",
    "つ.越|つ.張|き": "引",
    "さ.え|し": "押",
    "こ.し|き": "起",
    "が.り|げ": "上揚",
    "が.り|ろ.し|げ": "下",
    "まり|り|め": "締",
    "ま.り|め": "溜詰止決留",
    "わ.り|え": "替",
    "か.り|け": "掛分",
    "た.り|て": "当",
    "ば.し|べ|び": "延伸",
    "か.い|け": "向",
    "ま.い|み": "住",
    "ま.り": "泊集始",
    "わ.り": "変代終関",
    "が.り": "曲",
    "か.り": "明懸",
    "ら.し": "暮晴枯",
    "ろ.し|し": "卸",
    "ろ.し": "降",
    "か.し": "沸透",
    "け": "受届請漬訳",
    "し": "申出貸越戻渡差消直増返移干乾蒸刺指",
    "み": "込組読飲休踏包畳摘",
    "り": "取振借繰切割送乗降張貼折刷釣織盛刈塗狩飾練摺彫掘吊造握絞祭踊残帰",
    "き": "置書続巻抜空焼敷吹聞挽炊焚蒔葺抱働磨",
    "い": "問払買扱負使洗縫飼追雇祝吸舞会",
    "え": "換据控植添備揃",
    "て": "建捨宛育",
    "げ": "提",
    "ち": "打持待",
    "め": "納勤染埋占",
    "び": "呼飛",
    "ぎ": "継次",
    "べ": "食調",
    "じ": "綴閉",
}


def _parted(endings: str) -> Iterator[tuple[str, str]]:
    """What may go and what has to follow it; 変わり is also 変り, where nothing goes any more."""
    parts = [each.partition(".")[::2] for each in endings.split("|")]
    yield from parts
    yield from (("", after) for _, after in parts if after and not _is_kanji(after))


def _is_kanji(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


_ENDINGS_OF: Final = {
    stem: tuple(_parted("|".join(endings for endings, stems in _ENDINGS.items() if stem in stems)))
    for stem in "".join(_ENDINGS.values())
}
_STEM: Final = re.compile(
    f"[{''.join(_ENDINGS_OF)}](?=[{''.join(sorted({''.join(each)[0] for some in _ENDINGS_OF.values() for each in some}))}])"
)
MOST_FULL: Final = 8


def _endings(folded: str) -> list[tuple[int, int]]:
    """Where endings stand that may be left out: after a stem that another character of the compound touches."""
    found: list[tuple[int, int]] = []
    end = behind = -1  # of the last ending: of what may go of it, and of all
    for match in _STEM.finditer(folded):
        at = match.start()
        ending = next((each for each in _ENDINGS_OF[match[0]] if folded.startswith("".join(each), at + 1)), None)
        if ending is None:
            continue
        gone, after = ending
        touched = end <= at <= behind or (at > 0 and _is_kanji(folded[at - 1]))
        to = at + 1 + len(gone)
        last = to + len(after)
        if touched or _is_kanji(after) or (last < len(folded) and _is_kanji(folded[last])):
            end, behind = to, last
            if gone:
                found.append((at + 1, end))
    return found


@lru_cache(maxsize=2_000)
def plain_with_places(text: str) -> Mapped:
    """The folded text in plain form; the end of a stem's place is the end of the kana that are left out after it."""
    meant = in_another_way(text)
    mapped = fold_with_places(meant)
    breaks = _breaks(meant, mapped)
    changes = [(start, end, "") for start, end in _endings(mapped.text)]
    for each in amounts(mapped.text, breaks):
        changes.append((each.start, each.end, GAP * (each.start in breaks) + each.digits))
    if not changes:
        return mapped
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for start, end, piece in sorted(changes):
        first, last = mapped.span(start, end)
        characters += mapped.text[at:start], piece
        starts += (*mapped.starts[at:start], *[first] * len(piece))
        ends += (*mapped.ends[at:start], *[last] * len(piece))
        if at < start and not piece:
            ends[-1] = last
        at = end
    return Mapped(
        "".join((*characters, mapped.text[at:])),
        (*starts, *mapped.starts[at:]),
        (*ends, *mapped.ends[at:]),
    )


def _breaks(text: str, mapped: Mapped) -> list[int]:
    """Before which characters of the folded text a dash was left out."""
    if not ANY_DASH.search(text):
        return []
    between = enumerate(zip(mapped.ends, mapped.starts[1:], strict=False), 1)
    return [at for at, (end, start) in between if end < start and ANY_DASH.search(text, end, start)]


def plain(text: str) -> str:
    """The folded text in plain form."""
    return _plain(text, fold(text))


def _plain(text: str, folded: str) -> str:
    meant = in_another_way(text)
    if meant != text:
        folded = fold(meant)
    if IN_WORDS.search(folded) and (ANY_DASH.search(text) or amounts(folded)):
        return plain_with_places(text).text
    # Where nothing but endings goes, their places need not be known: half of what a new description on a page costs.
    kept, at = [], 0
    for start, end in _endings(folded):
        kept.append(folded[at:start])
        at = end
    return "".join((*kept, folded[at:])) if kept else folded


def with_endings(text: str) -> Iterator[str]:
    """The ways to write a compound with the kana it leaves out: 受け発注 for 受発注. At most :data:`MOST_FULL`."""
    ways = [("", *_full(text, at)) if _touches_kanji(text, at) else ("",) for at in range(len(text))]
    for chosen in islice(product(*ways), 1, MOST_FULL + 1):
        yield "".join(character + ending for character, ending in zip(text, chosen, strict=True))


def _full(text: str, at: int) -> Iterator[str]:
    yield from (gone for gone, after in _ENDINGS_OF.get(text[at], ()) if gone and not after)


def _touches_kanji(text: str, at: int) -> bool:
    """Whether the compound goes on after this character: what stands last is read as it is written."""
    return at + 1 < len(text) and _is_kanji(text[at + 1])


def without_endings(text: str) -> str:
    """The text as written, without the kana that compounds may leave out: what a dictionary is asked."""
    if not _endings(fold(text)):
        return text
    mapped = fold_with_places(text)
    kept, at = "", 0
    for start, end in _endings(mapped.text):
        first, last = mapped.span(start, end)
        kept += text[at:first]
        at = last
    return kept + text[at:]


def run_together(text: str) -> str:
    """A name of several Latin words as one (callcenter); any other text as it is."""
    return text.replace(" ", "") if text.isascii() else text


def spellings(text: str) -> tuple[str, ...]:
    """The folded text, and its plain form where that differs: as it is looked for."""
    folded = fold(text)
    other = _plain(text, folded)
    return (folded,) if other == folded else (folded, other)
