"""The guided search as the page, the API and the command line answer it: one reckoning, whoever asks."""

from __future__ import annotations

import json
import re

import pytest
from guided import BOTH

from catalogue.masters import vocabulary
from catalogue.publications import every_live_package
from marketplace import pricing
from tenants.actor import PUBLIC
from tenants.db import act_as

PAGE = {"text": "q", "problems": "problem", "functions": "function", "employees": "people", "budget_yen": "budget"}


def on_the_page(shop, body):
    """(code, own cost) of each card, and what the page says is not solved."""
    asked = {"industry": "any", "people": "any", "budget": "any"} if "30万円" not in body.get("text", "") else {}
    asked |= {"industry": "any", "people": "any"} | {PAGE.get(name, name): value for name, value in body.items()}
    page = shop.get("/find", query_string=asked).text
    cards = page.split('class="result__name"')[1:]
    costs = [re.search(r'price-steps__own".*?amount[^>]*>([\d,]+)', card, re.DOTALL)[1] for card in cards]
    codes = [re.match(r'><a href="/packages/([\w-]+)"', card)[1] for card in cards]
    unsolved = re.findall(r'<li><strong>[^<]*</strong><span class="findings__remedy">([^<]+)<', page)
    return [(code, int(cost.replace(",", ""))) for code, cost in zip(codes, costs, strict=True)], unsolved


def as_command(body):
    options = {
        "problems": "--problem",
        "functions": "--function",
        "employees": "--people",
        "budget_yen": "--budget",
    }
    given = [*([body["text"]] if "text" in body else []), "--json"]
    for name, value in body.items():
        for each in value if isinstance(value, list) else [value]:
            given += [options.get(name, f"--{name}"), str(each)] if name != "text" else []
    return given


@pytest.mark.parametrize(
    "body",
    [
        {"text": BOTH},
        {"text": BOTH, "industry": "beauty", "employees": 4},
        {"text": f"{BOTH}。予算は30万円まで"},
        {"text": BOTH, "budget_yen": 1},
        {"problems": ["payroll", "phone_bookings"], "budget_yen": 250_000},
        {"functions": ["B1"], "industry": "retail", "employees": 30},
    ],
)
def test_page_api_and_command_give_the_same(shop, terminal, body):
    answer = shop.post("/api/v1/find", json=body)
    assert answer.status_code == 200
    listed = [(each["code"], each["own_cost_yen"]) for each in answer.json["items"]]
    unsolved = [each["says"] for each in answer.json["unsolved"]]
    assert (listed, unsolved) == on_the_page(shop, body)
    told = terminal("search", "find", *as_command(body))
    assert json.loads(told.stdout) == answer.json


def test_what_was_understood_and_what_is_left(shop, market):
    found = shop.post("/api/v1/find", json={"text": f"{BOTH}。予算は1円まで"}).json
    understood = found["understood"]
    assert {each["code"] for each in understood["troubles"]} == {"phone_bookings", "payroll"}
    assert all(each["by"] for each in understood["troubles"])
    assert set(understood["functions"]) == {"F2", "B3"}
    assert understood["budget_yen"] == 1
    assert "「予算は1円まで」" in understood["read_as"]
    assert found["items"] == []
    with market.app_context(), act_as(PUBLIC):
        scheme, live = pricing.scheme(), [each.content for each in every_live_package()]
    least = min(
        pricing.figures_of_package(content, scheme).own_cost_yen
        for content in live
        if "F2" in content["functions"] and not content["restricted"]
    )
    assert not any("B3" in content["functions"] for content in live)
    assert {each["code"]: (each["reason"], each["least_own_cost_yen"]) for each in found["unsolved"]} == {
        "phone_bookings": ("too_dear", least),
        "payroll": ("not_offered", None),
    }
    told = {each["code"]: each["least_own_cost_yen"] for each in understood["troubles"]}
    assert told == {"phone_bookings": least, "payroll": None}


def test_a_budget_given_counts_more_than_one_in_the_words_and_quoted_it_is_words(shop):
    found = shop.post("/api/v1/find", json={"text": f"{BOTH}、予算は1円まで", "budget_yen": 10**6}).json
    assert (found["understood"]["budget_yen"], found["understood"]["read_as"]) == (10**6, "")
    assert found["items"]
    words = shop.post("/api/v1/find", json={"text": f"{BOTH}、「予算は1円まで」"}).json
    assert words["understood"]["budget_yen"] is None
    assert words["items"]


def test_each_package_says_what_it_solves_covers_and_leaves(shop, market):
    found = shop.post("/api/v1/find", json={"text": BOTH}).json
    assert found["packages_offered"] >= len(found["items"]) > 0
    solving = {"phone_bookings": {"F2"}, "payroll": {"B3"}}
    for each in found["items"]:
        have = set(each["functions"])
        assert set(each["solves"]) == {code for code, needed in solving.items() if needed <= have}
        assert (set(each["covers"]), set(each["leaves"])) == ({"F2", "B3"} & have, {"F2", "B3"} - have)
        assert each["own_cost_yen"] == each["total_yen"] - each["subsidy_yen"]


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({}, "nothing_said", "text"),
        ({"text": "  "}, "nothing_said", "text"),
        ({"problems": ["zzz"]}, "unknown_problem", "problems"),
        ({"functions": ["ZZ"]}, "unknown_function", "functions"),
        ({"text": BOTH, "industry": "moon"}, "unknown_industry", "industry"),
        ({"text": BOTH, "industry": "all"}, "unknown_industry", "industry"),
        ({"text": BOTH, "employees": -1}, "not_in_range", "employees"),
        ({"text": BOTH, "budget_yen": 0}, "not_in_range", "budget_yen"),
        ({"text": BOTH, "budget": 1}, "unknown_field", "budget"),
    ],
)
def test_what_cannot_be_asked_names_its_field(shop, body, code, field):
    answer = shop.post("/api/v1/find", json=body)
    assert answer.status_code == 422
    assert {(each["code"], each["column"]) for each in answer.json["errors"]} == {(code, field)}


def test_a_text_of_nothing_known_is_answered_empty(shop, terminal):
    found = shop.post("/api/v1/find", json={"text": "天気がいい"}).json
    assert (found["understood"]["troubles"], found["items"], found["unsolved"]) == ([], [], [])
    told = terminal("search", "find", "天気がいい")
    assert (told.exit_code, "読み取れませんでした" in told.output) == (0, True)


def test_the_list_of_problems_is_what_may_be_chosen(shop, market):
    listed = shop.get("/api/v1/problems").json
    assert listed["version"] >= 1
    assert "payroll" in {each["code"] for each in listed["items"]}
    with market.app_context(), act_as(PUBLIC):
        functions = {row.code for row in vocabulary().functions}
    assert {code for each in listed["items"] for code in each["functions"]} <= functions
    every = [each["code"] for each in listed["items"]]
    assert shop.post("/api/v1/find", json={"problems": every[:20]}).status_code == 200


@pytest.mark.usefixtures("market")
def test_the_command_for_people(terminal):
    told = terminal("search", "find", f"{BOTH}、予算は1円まで")
    assert "解決できない困りごと: 電話の予約で手が離せない: 1つで解決できるITツールは、自己負担" in told.output
    assert "自己負担の予算1円として読みました" in told.output
    plain = terminal("search", "find", BOTH)
    assert "\n1\t" in plain.output
    assert terminal("search", "find").exit_code != 0
