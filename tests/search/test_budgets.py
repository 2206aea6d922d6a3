"""Amounts among the words of a query: which are read, as what, and which stay words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.budgets import budget_in, limited, with_budget
from search.parameters import MAX_AMOUNT, SearchQuery


@pytest.mark.parametrize(
    ("text", "figure", "low", "high", "rest"),
    [
        ("レジ 10万円以下", "own_cost", None, 100_000, "レジ"),
        ("レジ10万円以下", "own_cost", None, 100_000, "レジ"),
        ("10万円以下のレジ", "own_cost", None, 100_000, "レジ"),
        ("レジを10万円以下で", "own_cost", None, 100_000, "レジ"),
        ("レジ　１０万円以内", "own_cost", None, 100_000, "レジ"),
        ("十万円まで レジ", "own_cost", None, 100_000, "レジ"),
        ("会計 予算30万", "own_cost", None, 300_000, "会計"),
        ("会計 30万", "own_cost", None, 300_000, "会計"),
        ("100万円 予約", "own_cost", None, 1_000_000, "予約"),
        ("300,000円以内 会計", "own_cost", None, 300_000, "会計"),
        ("給与計算 1万円台", "own_cost", 10_000, 19_999, "給与計算"),
        ("給与 30万円台", "own_cost", 300_000, 399_999, "給与"),
        ("会計 1.5万円くらい", "own_cost", None, 15_000, "会計"),
        ("10-20万円 会計", "own_cost", 100_000, 200_000, "会計"),
        ("10万円〜20万円の会計", "own_cost", 100_000, 200_000, "会計"),
        ("会計 10万円以上 30万円以下", "own_cost", 100_000, 300_000, "会計"),
        ("会計 50万円超", "own_cost", 500_001, None, "会計"),
        ("総額100万円未満 予約", "price", None, 999_999, "予約"),
        ("価格が50万円以下の在庫管理", "price", None, 500_000, "在庫管理"),
        ("2年目 5万円以下 会計", "second_year", None, 50_000, "会計"),
        ("予算は50万円くらいで、予約と顧客管理がしたい", "own_cost", None, 500_000, "予約と顧客管理がしたい"),
        ("駐車料金 10万円以下", "own_cost", None, 100_000, "駐車料金"),
        ("10万円以下", "own_cost", None, 100_000, ""),
        ("POS under 100,000 yen", "own_cost", None, 99_999, "POS"),
        ("payroll budget ¥300,000", "own_cost", None, 300_000, "payroll"),
    ],
)
def test_read(text, figure, low, high, rest):
    budget = budget_in(text)
    assert budget is not None
    assert (budget.figure, budget.low, budget.high, budget.rest) == (figure, low, high, rest)


@pytest.mark.parametrize(
    "text",
    [
        "5万円パック",
        "月額1万円以下 勤怠",
        "10万円/月 勤怠",
        "売上1000万円以下 消費税",
        "給与30万円以下",
        "補助金50万円",
        "数十万円 レジ",
        "従業員30人以下",
        "在庫 1万件",
        "レジ 3台",
        "2026年",
        "電話 03-1234-5678",
        "30万円から10万円",
        "999999999999999円以下",
        "レジ 「10万円以下」",
        'レジ "10万円以下"',
        "レジ",
        "",
    ],
)
def test_left_as_words(text):
    assert budget_in(text) is None


def test_the_words_are_told_as_they_were_typed():
    budget = budget_in("POS １００，０００円以下")
    assert budget is not None
    assert (budget.words, budget.as_words) == ("100,000円以下", "POS 「100,000円以下」")


def test_ends_that_are_no_range_are_not_put_together():
    budget = budget_in("50万円以上 10万円以下")
    assert budget is not None
    assert (budget.low, budget.high, budget.rest) == (500_000, None, "10万円以下")


def test_what_was_typed_last_replaces_an_older_limit_and_keeps_the_others():
    asked = SearchQuery(q="会計 20万円以下", own_cost_min=300_000, price_max=900_000, industries=("retail",))
    query, budget = with_budget(asked)
    assert (query.q, query.own_cost_min, query.own_cost_max) == ("会計", None, 200_000)
    assert (query.price_max, query.industries) == (900_000, ("retail",))
    other = limited(query, budget, "price")
    assert (other.own_cost_max, other.price_max) == (None, 200_000)
    assert with_budget(SearchQuery(q="会計")) == (SearchQuery(q="会計"), None)


_PIECES = st.sampled_from(
    [
        "レジ",
        "10",
        "1.5",
        "万",
        "億",
        "円",
        "以下",
        "から",
        "〜",
        "台",
        " ",
        "予算",
        "総額",
        "月額",
        "「",
        "」",
        "十",
        "，",
        "¥",
    ]
)


@given(st.one_of(st.text(max_size=60), st.lists(_PIECES, max_size=14).map("".join)))
def test_whatever_is_typed(text):
    budget = budget_in(text)
    if budget is None:
        return
    low, high = budget.low or 0, MAX_AMOUNT if budget.high is None else budget.high
    assert 0 <= low <= high <= MAX_AMOUNT
    assert (budget.low, budget.high) != (None, None)
    again = budget_in(budget.as_words)
    assert again is None or again.words != budget.words or text.count(budget.words) > 1
