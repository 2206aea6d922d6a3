"""A wish for a cheap tool among the words: what is read as one, what stays words, and what it does to the order."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.parameters import SearchQuery
from search.wishes import told, wish_in, with_wish


@pytest.mark.parametrize(
    ("text", "words", "rest"),
    [
        ("安い会計ソフト", "安い", "会計ソフト"),
        ("会計ソフト 安い", "安い", "会計ソフト"),
        ("会計ソフト安い", "安い", "会計ソフト"),
        ("一番安い　レジ", "安い", "レジ"),
        ("料金が安い会計ソフト", "安い", "会計ソフト"),
        ("会計ソフトは安いのがいい", "安い", "会計ソフト"),
        ("勤怠管理を安く導入したい", "安く", "勤怠管理を 導入したい"),
        ("なるべく安くて簡単な予約", "安くて", "簡単な予約"),
        ("格安のホームページ作成", "格安の", "ホームページ作成"),
        ("低コストな在庫管理", "低コストな", "在庫管理"),
        ("安い", "安い", ""),
        ("cheap accounting software", "cheap", "accounting software"),
        ("Low-cost POS", "Low-cost", "POS"),
    ],
)
def test_read(text, words, rest):
    wish = wish_in(text)
    assert wish is not None
    assert (wish.words, wish.rest, wish.free) == (words, rest, False)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("無料の会計ソフト", "会計ソフト"),
        ("無料会計ソフト", "会計ソフト"),
        ("無料で使える予約", "予約"),
        ("予約 無料", "予約"),
        ("タダで使える予約", "予約"),
        ("free payroll", "payroll"),
    ],
)
def test_for_nothing(text, rest):
    wish = wish_in(text)
    assert wish is not None
    assert (wish.rest, wish.free) == (rest, True)


@pytest.mark.parametrize(
    "text",
    [
        "「安い」会計ソフト",
        "電気代を安くしたい",
        "人件費を安く抑える",
        "経費が安い",
        "安くない",
        "送料無料",
        "無料体験",
        "無料相談",
        "気安い",
        "安全管理",
        "安否確認",
        "目安",
        "freee 会計",
        "フリーランス",
        "hands-free",
        "tax free",
        "free trial",
        "会計",
        "",
    ],
)
def test_left_as_words(text):
    assert wish_in(text) is None


def test_it_is_the_order_unless_another_was_chosen():
    asked = SearchQuery(q="安い会計ソフト", functions=("B1",))
    query, wish = with_wish(asked)
    assert query == SearchQuery(q="会計ソフト", functions=("B1",), sort="own_cost")
    assert wish is not None
    assert with_wish(SearchQuery(q=wish.as_words)) == (SearchQuery(q="「安い」会計ソフト"), None)
    assert with_wish(replace(asked, sort="newest"))[0] == replace(query, sort="newest")


@pytest.mark.parametrize(
    ("sort", "ja"), [("own_cost", "低い順"), ("relevance", "合う順"), ("name", "選ばれたまま")]
)
def test_it_is_said_what_it_was_read_as(sort, ja):
    wish = wish_in("安い会計")
    free = wish_in("無料の会計")
    assert wish is not None
    assert free is not None
    assert ja in told(wish, SearchQuery(sort=sort)).ja
    assert "かぎりません" not in told(wish, SearchQuery(sort=sort)).ja
    assert "かぎりません" in told(free, SearchQuery(sort=sort)).ja


@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from(["安い", "無料", "の", "を", "「", "」", " ", "会計"]), max_size=9)
)
def test_however_often_a_text_says_it_there_is_an_end(text):
    left = "".join(text)
    while wish := wish_in(left):
        assert wish.words in wish.as_words
        assert len(wish.rest) < len(unicodedata.normalize("NFKC", left))
        left = wish.rest
