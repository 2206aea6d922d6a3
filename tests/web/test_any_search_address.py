"""Any address of the search is answered: by a page, or by what is wrong with it and where."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from search.parameters import BOUNDS, MANY

NAMES = (
    *MANY,
    *BOUNDS,
    "q",
    "sort",
    "page",
    "per_page",
    "fundable",
    "function_mode",
    "updated_since",
    "updated_within",
    "lang",
    "x",
)
# What is known, what is nearly known, and what nobody would type.
VALUES = st.one_of(
    st.sampled_from(
        ["", "会計", "F1", "B1,M2", "front", "all", "東京都", "true", "1", "0", "-1", "1e9", "٣", "own_cost"]
    ),
    st.sampled_from(
        ["2026-02-30", "2026-11-28", "9" * 14, "%00", "\x00", "\ud7ff", "💴", "か" * 500, "'\"<>&;", "..", "ー"]
    ),
    st.text(max_size=20),
    st.integers().map(str),
)
ADDRESSES = st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=8)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=ADDRESSES)
@example(asked=[("own_cost_max", ">\x15")])
@pytest.mark.parametrize("path", ["/packages", "/api/v1/packages"])
def test_any_address_of_the_search_is_answered(shop, path, asked):
    answer = shop.get(f"{path}?{urlencode(asked)}")
    if answer.status_code == 303:
        answer = shop.get(answer.location)
    assert answer.status_code in (200, 400), asked
    if answer.status_code == 400:
        assert (
            answer.get_json()["errors"] if path.startswith("/api") else "検索の条件に誤りがあります" in answer.text
        )


@pytest.mark.parametrize(
    "address",
    [
        "/find?trouble=",
        "/find?function=",
        "/needs?function=",
        "/compare?codes=",
        "/packages/AP-1?quantity-0=",
        "/eligibility?ask=industry&industry_words=",
        "/announcements?category=",
        "/vendors?page=",
    ],
)
def test_what_is_no_character_stands_on_no_page(shop, address):
    """The client of the tests refuses pages that hold any."""
    assert shop.get(f"{address}%15%EF%B7%90%00").status_code in (200, 400, 422)
