"""What a query names: its words, and the names that it joins by a particle, each for itself. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from search.analyser import Word, fold, query_words, words
from search.phrases import COMMON, DONE, JOINS

_MAY_JOIN: Final = re.compile("[のとや・か及]|および|または")
_MIDDLE_DOT: Final = "・"
_KATAKANA: Final = re.compile("[ァ-ヶー]+")
_SHORTEST: Final = 2  # characters of a name
_NO_NAMES: Final = COMMON | DONE


def names_in(text: str, *, most: int) -> list[str]:
    """The words of a query as typed, split at blanks, signs and what joins names: 予約と決済 is 予約 決済, 美容室のカルテ
    美容室 カルテ. At most ``most``, without repeats. Sentences stay whole."""
    found: dict[str, str] = {}
    for word in query_words(text, most=most):
        for name in _apart(word):
            found.setdefault(fold(name), name)
    return [*found.values()][:most]


def _apart(word: str) -> list[str]:
    """The names that a word joins; the word itself where one of them is none, an everyday word (月末の給与計算), or what
    is done to the other (成績の管理)."""
    if not _MAY_JOIN.search(word[1:-1]):
        return [word]
    listed = words(word)
    if not all(each.kind in ("noun", "affix") or each.surface in JOINS for each in listed):
        return [word]
    parts = [*_parts(word, listed)]
    return parts if len(parts) > 1 and all(map(_is_name, parts)) else [word]


def _parts(word: str, listed: list[Word]) -> Iterator[str]:
    begin = 0
    for each, following in pairwise(listed):
        joins = each.kind not in ("noun", "affix")
        dot = word[each.end : following.start] == _MIDDLE_DOT and not _one_name(word, each, following)
        if joins or dot:
            yield word[begin : each.start if joins else each.end]
            begin = following.start
    yield word[begin:]


def _one_name(word: str, one: Word, other: Word) -> bool:
    """Whether a dot stands within a name from another language: クレジット・カード."""
    return all(_KATAKANA.fullmatch(word[each.start : each.end]) for each in (one, other))


def _is_name(part: str) -> bool:
    folded = fold(part)
    return len(folded) >= _SHORTEST and folded not in _NO_NAMES and any(w.content for w in words(part))
