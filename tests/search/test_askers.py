"""Who asks, where a sentence opens with it, and what is asked then."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.askers import opening_of


@pytest.mark.parametrize(
    ("opening", "rest"),
    [
        ("歯科の受付ですが、", "電話予約の取り違えが多い"),
        ("美容室をやっています。", "前の薬剤が分からない"),
        ("うちは工務店で、", "見積もりが遅い"),
        ("パン屋だけど", "売れ残る"),
        ("塾をやっとるんですが", "月謝が遅れる"),
        ("雑貨屋なんですけど、", "在庫がずれる"),
        ("酒屋やねんけど", "掛け売りが大変"),
        ("三重でみかん農家をしてます ", "注文が紙"),
        ("運送屋、", "トラックが今どこか見たい"),
        ("旅館をやってて", "予約が二重になる"),
    ],
)
def test_a_trade_or_a_role_that_introduces_itself(opening, rest):
    assert opening_of(opening + rest) == len(opening)


@pytest.mark.parametrize(
    "text",
    [
        "予約ですが電話が多い",
        "残業ですが減らしたい",
        "部屋ですが空いている",
        "在庫が合わない店です。困る",
        "倉庫で、荷物が見つからない",
        "印刷、面付",
        "レストラン、予約",
        "美容室をやっています。",
        "棚卸をやっています。大変",
        "",
    ],
)
def test_what_a_sentence_is_about_is_not_who_asks(text):
    assert opening_of(text) == 0


@given(st.text(max_size=60))
def test_of_any_text_something_is_left_to_ask(text):
    at = opening_of(text)
    assert at == 0 or text[at:].strip()
