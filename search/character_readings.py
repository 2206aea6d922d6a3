"""How kanji that were chosen wrongly may be read: each by itself (星球書 as せいきゅうしょ), where no dictionary has the word. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice, product
from typing import Final

from search.analyser import entries_read, fold_reading

_KANJI: Final = re.compile(r"[\u4e00-\u9fff]{2,6}")
# Kanji that make a word with many others and are then read in one way: 彩色 tells that 彩 may be さい.
_PARTNER_WORDS: Final = """
    色しき 量りょう 力りょく 度ど 体たい 品ひん 法ほう 点てん 線せん 地ち 名めい 室しつ 学がく 会かい 数すう 用よう
    理り 物ぶつ 心しん 風ふう 気き 水すい 金きん 文ぶん 書しょ 員いん 式しき 期き 面めん 社しゃ 光こう 液えき 約やく 続ぞく 合ごう
    大だい 新しん 無む 全ぜん 公こう 国こく 高こう 外がい 実じつ 中ちゅう 太たい 変へん 通つう 器き 料りょう 産さん 満まん 人じん
"""
_PARTNERS: Final = {partner[0]: fold_reading(partner[1:]) for partner in _PARTNER_WORDS.split()}
_MOST_OF_ONE: Final = 4


@lru_cache(maxsize=5_000)
def readings_of_character(character: str) -> tuple[str, ...]:
    """How a kanji is read in compounds, then by itself."""
    found: dict[str, None] = {}
    for partner, reading in _PARTNERS.items():
        for whole in entries_read(character + partner):
            if whole.endswith(reading):
                found.setdefault(whole.removesuffix(reading))
        for whole in entries_read(partner + character):
            if whole.startswith(reading):
                found.setdefault(whole.removeprefix(reading))
    alone = entries_read(character)
    # What is also known of the character by itself is surer than a name's odd reading.
    ordered = [*(each for each in found if each in alone), *(each for each in found if each not in alone), *alone]
    return tuple(each for each in dict.fromkeys(ordered) if each)[:_MOST_OF_ONE]


def sounds_by_character(compound: str, *, most: int) -> Iterator[str]:
    """The readings of a compound of two to six kanji, folded, made of those of its characters; at most so many."""
    if _KANJI.fullmatch(compound):
        yield from map("".join, islice(product(*map(readings_of_character, compound)), most))
