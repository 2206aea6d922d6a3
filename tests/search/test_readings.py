"""What is read of a query's words, limits and order together, and how it is said."""

from __future__ import annotations

import pytest

from search.parameters import SearchQuery
from search.readings import Reading, read


def test_limits_and_order_are_read_together_and_told_in_this_order():
    query, reading = read(SearchQuery(q="安い会計 10万円以下", own_cost_max=5))
    assert query == SearchQuery(q="会計", own_cost_max=100_000, sort="own_cost")
    told = reading.told(query)
    assert told.ja.startswith(
        "「10万円以下」を、自己負担の条件（own_cost_max=100000）として読みました。「安い」を"
    )
    assert told.en.startswith("“10万円以下” was read as a limit on “Own cost” (own_cost_max=100000). “安い” was")


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("会計 総額10万円から30万円", "（price_min=100000, price_max=300000）"),
        ("会計 1万円台", "（own_cost_min=10000, own_cost_max=19999）"),
        ("会計 50万円以上", "（own_cost_min=500000）"),
    ],
)
def test_a_limit_is_told_with_the_parameters_that_say_the_same(text, limits):
    query, reading = read(SearchQuery(q=text))
    assert limits in reading.told(query).ja


@pytest.mark.parametrize("text", ["会計", "会計 「10万円以下」", "「安い」会計"])
def test_where_nothing_is_read_nothing_is_told(text):
    assert read(SearchQuery(q=text)) == (SearchQuery(q=text), Reading())
    assert (Reading().told(SearchQuery()).ja, Reading().told(SearchQuery()).en) == ("", "")
