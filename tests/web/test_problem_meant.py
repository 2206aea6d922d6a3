"""Where a search finds nothing, or only what is similar: the problem that its words speak of, before other ways out."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from catalogue import problem_list
from catalogue.problem_list import ProblemList
from marketplace.today import today
from search.ways_out import MOST_PROBLEMS, problems_meant
from tenants.actor import PUBLIC
from tenants.db import act_as

FISH = "魚屋だけど売れ残りを減らしたい"
ASKED = "こういうお困りごとですか"


def search(client, words, **more):
    return client.get("/packages", query_string={"q": words, **more}).text


def meant(page):
    """(address, sentence) of each."""
    part = page.split(ASKED)[1].split("</ul>")[0].split("</p>")[0]
    found = re.findall(r'<a href="([^"]+)">([^<]+)</a>', part)
    return [(href.replace("&amp;", "&"), sentence) for href, sentence in found]


def test_nothing_found_asks_for_the_problem_before_all_else_and_leads_to_it(shop):
    page = search(shop, FISH)
    assert "条件に合うITツールが見つかりませんでした" in page
    [(href, sentence)] = meant(page)
    assert sentence == "食材や商品の廃棄が多い"
    assert page.index(ASKED) < page.index("近い機能でさがす") < page.index("別の方法でさがす")
    found = shop.get(f"{href}&industry=any&people=any&budget=any").text
    assert f"<strong>{sentence}</strong>" in found.split("受け取った困りごと")[1]


def test_its_functions_stand_where_all_would(shop):
    page = search(shop, FISH)
    [problem] = [each for each in _problems().entries if each.sentence == "食材や商品の廃棄が多い"]
    related = page.split("近い機能でさがす")[1].split("</ul>")[0]
    assert {*re.findall(r"function=(\w+)", related)} == {*problem.functions}
    assert "できること（機能）でさがす" not in page


def test_what_is_only_similar_is_shown_after_the_problem(shop):
    page = search(shop, "在庫官理")
    assert "似た言葉でさがしました" in page
    assert [sentence for _, sentence in meant(page)] == ["在庫が合わない"]
    assert page.index(ASKED) < page.index('class="result__name"')
    assert "Is this your problem?" in search(shop, "在庫官理", lang="en")


@pytest.mark.parametrize("words", ["会計", "zzzz", "freee", ""])
def test_no_problem_where_words_are_found_or_speak_of_none(shop, words):
    assert ASKED not in search(shop, words)


def test_a_condition_that_is_in_the_way_is_no_problem(shop):
    page = search(shop, "会計", price_max=1)
    assert "条件を1つ外す" in page
    assert ASKED not in page
    assert ASKED in search(shop, FISH, industry="retail")


def test_few_and_by_the_list_that_counts(shop):
    with act_as(PUBLIC):
        now = today()
        assert problems_meant("", now) == ()
        assert len(problems_meant("予約も給与も在庫もシフトも困っている", now)) == MOST_PROBLEMS
        assert problems_meant(FISH, replace(now, problems=ProblemList(0, "", ()))) == ()


def _problems():
    with act_as(PUBLIC):
        return problem_list.current()
