"""Amounts in words and signs, and the same in digits: 十万円, 1.5万円, 2億円, 10パーセント, 第二. Pure; of folded text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tenants.typed_numbers import in_digits

_PERCENT: Final = "ぱーせんと"
# What is counted. Not 分, 時, 部 and つ: 十分, 一時 and 一部 are no amounts; and 四日市 is a town, 一本化 no 本.
_COUNTED: Final = (
    "[円名人件社台個回通枚店席室歳年割倍級号週%]|日(?![市町])|時間|か(?:月|所|国|年)|本(?=指|[^一-鿿]|$)|階(?!堂)"
    "|次元|種類|段階|項目|拠点|言語|画面|丁目|きろ|ぐらむ|めーとる|分の(?=[0-9一二三四五六七八九十百千万])"
    f"|{_PERCENT}"
)
_NUMBER: Final = "[0-9.〇一二三四五六七八九十百千万億兆]"
_AMOUNT: Final = re.compile(
    # 数千円 is no number, and neither are 同一人物 and 統一.
    rf"({_NUMBER}(?<![0-9.〇一二三四五六七八九十百千万億兆数何幾同唯統均単再].){_NUMBER}*)(?={_COUNTED})({_PERCENT})?"
)
# 第二 whatever follows; 二分の一.
_ORDERED: Final = re.compile(rf"(?:(?<=第)(?<!次第)|(?<={_NUMBER}分の))({_NUMBER}+)()")
IN_WORDS: Final = re.compile(rf"[〇一二三四五六七八九十百千万億兆]|{_PERCENT}")


@dataclass(frozen=True, slots=True)
class Amount:
    """Where an amount is in folded text, and the same in digits; what is counted stands behind it, or 第 before."""

    start: int
    end: int
    digits: str


def amounts(folded: str, breaks: Sequence[int] = ()) -> list[Amount]:
    """The amounts that are not in digits already, in order.

    breaks: before which characters a dash stood that folded to nothing: 10-20万円 ends with 20万円.
    """
    return list(_amounts(folded, breaks)) if IN_WORDS.search(folded) else []


def _amounts(folded: str, breaks: Sequence[int]) -> Iterator[Amount]:
    found = {match.start(): match for match in _AMOUNT.finditer(folded)}
    if "第" in folded or "分の" in folded:
        found |= {match.start(): match for match in _ORDERED.finditer(folded)}
    for first, match in sorted(found.items()):
        start = max((at for at in breaks if first < at < match.end(1)), default=first)
        number = in_digits(folded[start : match.end(1)])
        digits = f"{number}{'%' if match[2] else ''}"
        if number is not None and digits != folded[start : match.end()]:
            yield Amount(start, match.end(), digits)
