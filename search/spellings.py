"""Other ways to write the same words: endings in kana that may be left out, amounts in words. Pure, places exact.

見積もり, 見積り and 見積 are one word; so are 受け発注 and 受発注, 3千円 and 3,000円, 十パーセント and 10%. Their *plain*
form leaves out what may be left out and has amounts in digits. Texts are indexed as written and, where it differs, in plain form, and so is a query asked:
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
from search.one_way import ANY_DASH

# Verbs in the names of work, with the kana after them (送り仮名) that compounds may leave out (「送り仮名の付け方」
# 通則6 許容 and 通則7). The longest ending first.
_ENDINGS: Final = {
    "もり|り|み": "積",
    "わせ|せ|い": "合",
    "とし|し|ち": "落",
    "かり|り|け": "預",
    "れ|り": "入",
    "け|き": "付",
    "け": "受届掛分請向",
    "し": "申出貸越戻卸渡差押消直増返移",
    "み": "込組読飲休",
    "り": "取振売借繰切割送乗降張貼折刷",
    "き": "引置書続巻抜空",
    "い": "問払買扱負使",
    "え": "替換据控",
    "て": "立当建",
    "げ": "上下",
    "ち": "打持待",
    "め": "締納勤",
    "び": "呼並",
    "ぎ": "継",
    "べ": "食",
}
_ENDINGS_OF: Final = {
    stem: tuple(each for endings, stems in _ENDINGS.items() if stem in stems for each in endings.split("|"))
    for stem in "".join(_ENDINGS.values())
}
_STEM: Final = re.compile(
    f"[{''.join(_ENDINGS_OF)}](?=[{''.join(sorted({each[0] for some in _ENDINGS_OF.values() for each in some}))}])"
)
MOST_FULL: Final = 8


def _is_kanji(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


def _endings(folded: str) -> list[tuple[int, int]]:
    """Where endings stand that may be left out: after a stem that another character of the compound touches."""
    found: list[tuple[int, int]] = []
    for match in _STEM.finditer(folded):
        at = match.start()
        ending = next((each for each in _ENDINGS_OF[match[0]] if folded.startswith(each, at + 1)), None)
        if ending is None:
            continue
        end = at + 1 + len(ending)
        before = bool(at) and (_is_kanji(folded[at - 1]) or (bool(found) and found[-1][1] == at))
        if before or (end < len(folded) and _is_kanji(folded[end])):
            found.append((at + 1, end))
    return found


@lru_cache(maxsize=2_000)
def plain_with_places(text: str) -> Mapped:
    """The folded text in plain form; the end of a stem's place is the end of the kana that are left out after it."""
    mapped = fold_with_places(text)
    breaks = _breaks(text, mapped)
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
        if end <= at:
            continue  # within an amount
        first, last = mapped.span(max(start, at), end)
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
    for endings, stems in _ENDINGS.items():
        if text[at] in stems:
            yield from endings.split("|")


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
