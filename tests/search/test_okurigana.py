"""Which kana compounds leave out is told by the dictionary: its spellings of one word find each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

import pytest

from search.analyser import _dictionary
from search.spellings import plain

WORDS = """
絞り込み 刈り取り 焼き鳥 焼き肉 揚げ物 荷造り 釣り銭 盛り付け 盛り合わせ 飾り付け 植え付け 埋め込み 話し合い 日替わり 型起こし 売れ残り 聞き取り
洗い替え 雇い入れ 突き合わせ 織り物 彫り物 染め物 詰め合わせ 折り畳み 抱き合わせ 引っ越し 行き先 立ち会い 立ち上げ 追い込み 備え付け 宛て先 住み込み
取り寄せ 刺し身 塗り替え 掘り出し 炊き出し 吹き付け 踏み台 包み紙 買い占め 取り決め 差し止め 留め金 溜め池 握り飯 延べ払い 取り調べ 添え状 捨て値
縫い目 飼い主 張り紙 打ち合わせ 取り締まり 待ち合わせ 歯磨き 見舞い状 綴じ込み 指し値 掛かり付け 向かい合わせ 持ち帰り 売り上げ 貸し付け 聞き込み
漬け物 練り物 組み込み 取り次ぎ
"""


def _entries(surface: str) -> set[tuple[str, str]]:
    """(word, reading) of what the dictionary has in exactly this spelling."""
    return {(each.normalized_form(), each.reading_form()) for each in _dictionary().lookup(surface)}


def _shorter(word: str) -> Iterator[str]:
    """The word with fewer of the kana behind its kanji."""
    pieces = re.findall("[一-鿿]|[ぁ-ゖ]+", word)
    ways = [[piece] if piece >= "一" else [piece[at:] for at in range(len(piece) + 1)] for piece in pieces]
    return map("".join, product(*ways))


@pytest.mark.parametrize("word", WORDS.split())
def test_every_spelling_the_dictionary_has_of_a_word_is_one(word):
    known = [each for each in _shorter(word) if each != word and _entries(each) & _entries(word)]
    assert known, "the dictionary knows it in one spelling only"
    assert {each: plain(each) for each in known} == dict.fromkeys(known, plain(word))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("値上がり", "値上げ"),
        ("売り上がり", "売り上げ"),
        ("行き方", "行方"),
        ("突き出し", "突出"),
        ("生き物", "生物"),
        ("成り立ち", "成立"),
        ("一括り", "一括"),
        ("前回り", "前回"),
        ("見返り", "見返し"),
        ("押さえ付け", "押し付け"),
        ("お茶代わり", "お茶代"),
        ("売れ切り", "売り切り"),
        ("投げ手", "投手"),
    ],
)
def test_two_words_that_differ_in_their_kana_stay_two(one, other):
    assert plain(one) != plain(other)
