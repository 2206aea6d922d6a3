"""The self-check: one question at a time, and what the answers say."""

from __future__ import annotations

import html
import re

import pytest

from marketplace.applicants import Statement, save_profile
from tenants.db import act_as
from web.public import eligibility

RESTAURANT = {
    "kind": "company",
    "domestic": "yes",
    "industry": "restaurant",
    "employees": "５人",
    "capital": "1000万円",
    "large": "no",
    "applied": "no",
}


def test_one_question_at_a_time_and_the_answers_are_carried(client):
    given: dict[str, str] = {}
    for name, value in RESTAURANT.items():
        answer = client.get("/eligibility", query_string=given)
        assert answer.status_code == 200
        assert f'name="{name}"' in answer.text
        for kept, old in given.items():
            assert f'type="hidden" name="{kept}" value="{old}"' in answer.text
        given[name] = value
    page = client.get("/eligibility", query_string=given).text
    assert "申請できます" in page
    assert page.count("満たす</span>") == 4
    assert "中小企業等経営強化法" in page
    assert "/packages?industry=restaurants" in page


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"domestic": "no"}, "いまの内容では申請できません"),
        ({"employees": "51", "capital": "60,000,000"}, "いまの内容では申請できません"),
        ({"employees": "51", "capital": "unknown"}, "書類で確かめることがあります"),
        ({"applied": "yes"}, "1事業者につき1回"),
        (
            {
                "large": "yes",
                "largest_large_firm_share": "50",
                "large_firms_share": "50",
                "large_firm_officers_share": "0",
            },
            "みなし大企業に当たります",
        ),
        ({"kind": "sole_proprietor"}, "申請できます"),
        ({"kind": "npo", "employees": "20"}, "ITツールをさがす"),
    ],
)
def test_the_answer_says_why(client, change, words):
    answer = client.get("/eligibility", query_string={**RESTAURANT, **change})
    assert answer.status_code == 200
    assert words in answer.text


def test_shares_of_an_answer_taken_back_do_not_count(client):
    shares = dict.fromkeys(eligibility.SHARES, "90")
    assert "満たさない" not in client.get("/eligibility", query_string={**RESTAURANT, **shares}).text


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"kind": "shop"}, "kind"),
        ({**RESTAURANT, "employees": "たくさん"}, "employees"),
        ({**RESTAURANT, "employees": "99999999999"}, "employees"),
        ({**RESTAURANT, "industry": "mars"}, "industry"),
        ({**RESTAURANT, "capital": "-5"}, "capital"),
        ({**RESTAURANT, "large": "yes", "large_firms_share": "101"}, "large_firms_share"),
        ({"asked": "kind"}, "kind"),
    ],
)
def test_a_bad_answer_is_asked_again_with_what_to_do(client, query, field):
    answer = client.get("/eligibility", query_string=query)
    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text


def test_going_back_keeps_later_answers(client):
    answer = client.get("/eligibility", query_string={**RESTAURANT, "ask": "kind"})
    assert 'value="company" checked' in answer.text
    assert 'name="employees" value="５人"' in answer.text


def test_an_industry_is_found_by_words_and_stands_first(client):
    query = {"kind": "company", "domestic": "yes", "industry_words": "均一価格店", "find": "industry"}
    page = client.get("/eligibility", query_string=query).text
    assert "「均一価格店」で1件見つかりました" in page
    options = re.findall(r'<option value="([^"]+)"( selected)?', page)
    assert options[0] == ("jsic_I566", " selected")
    answer = client.get("/eligibility", query_string={**RESTAURANT, "industry": "jsic_I566"})
    assert "百貨店" not in answer.text
    assert "均一価格店" in answer.text


@pytest.mark.parametrize("words", ["", "ああああ", "<b>", "\x00"])
def test_words_that_find_nothing_say_so_and_the_list_stays(client, words):
    query = {"kind": "company", "domestic": "yes", "industry_words": words, "find": "industry"}
    answer = client.get("/eligibility", query_string=query)
    assert answer.status_code == 200
    assert ("見つかりませんでした" in answer.text) == (words not in ("", "\x00"))
    assert 'value="restaurant"' in answer.text


@pytest.mark.parametrize("industry", ["jsic_", "jsic_X99", "jsic_I566; drop"])
def test_a_made_up_code_is_refused(client, industry):
    assert client.get("/eligibility", query_string={**RESTAURANT, "industry": industry}).status_code == 422


@pytest.mark.parametrize(
    "told",
    [
        Statement("company", "restaurant", 3_000_000, 4, domestic=True),
        Statement("company", "jsic_I566", None, 4, domestic=True, largest_large_firm_share=10),
        Statement("sole_proprietor", "cafe", None, 1, domestic=True),
        Statement("npo", "restaurant", None, 9, domestic=False),
    ],
)
def test_a_shop_that_has_said_its_facts_needs_not_say_them_again(browser, organisation, actor_of, told):
    shop = actor_of(organisation("sme", address="1-1"), "sme_owner")
    with act_as(shop):
        save_profile(told, read_version=None)
    reader = browser(shop)
    page = reader.get("/eligibility").text
    href = html.unescape(re.search(r'class="own-facts"><a [^>]*href="([^"]+)"', page)[1])
    asked = reader.get(href).text
    assert "すでに申請しましたか" in asked  # the one question its facts do not answer
    assert reader.get(f"{href}&applied=no").status_code == 200
    assert "own-facts" not in asked


def test_not_knowing_the_capital_is_an_answer(client):
    query = {key: value for key, value in RESTAURANT.items() if key != "capital"}
    assert "capital=unknown" in client.get("/eligibility", query_string=query).text
