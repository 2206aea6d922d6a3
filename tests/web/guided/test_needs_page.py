"""The best sets of packages for one's needs: the page and the API."""

from __future__ import annotations

import html
import re

import pytest
from pages import links

from catalogue.masters import vocabulary
from catalogue.publications import every_live_package
from marketplace.needs.request import checked
from marketplace.needs.service import BEST, BEST_FOUND, advise
from tenants.actor import PUBLIC
from tenants.db import act_as


def test_a_form_first(shop):
    page = shop.get("/needs").text
    assert "必要なものを選ぶ" in page
    assert "計算の結果" not in page


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("ja", ["必要な機能が選ばれていません", "すでにある機能：「ZZ」", "「moon」という業種", "従業員数：「-3」", "自己負担の予算：「abc」"]),
        ("en", ["No function is needed", "Functions you have: ", "There is no industry", "Employees: '-3'", "Budget for your part: 'abc'"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_in_the_form_s_order_and_leads_to_its_field(shop, language, said):
    answer = shop.get(f"/needs?people=-3&budget=abc&industry=moon&have=ZZ&lang={language}")
    assert answer.status_code == 422
    summary = answer.text.split('id="error-summary"')[1].split("</div>")[0]
    found = re.findall(r'<a href="#f-(\w+)">(.*?)</a>', summary)
    assert [field for field, _ in found] == ["function", "have", "industry", "people", "budget"]
    for (_, message), beginning in zip(found, said, strict=True):
        assert html.unescape(message).startswith(beginning)
    # In Japanese, an amount out of range has no name in itself.
    large = shop.get("/needs?function=B1&budget=0&lang=ja").text
    assert "自己負担の予算：1から" in large
    assert large.count("自己負担の予算：") == 1, "below its label the name would be said twice"


def test_answers_with_what_each_leaves(shop):
    page = shop.get("/needs?function=B1&function=F2&industry=beauty&people=３人").text
    assert "いちばん安い組み合わせ" in page
    assert "これより安い組み合わせはありません" in page
    assert BEST.ja in page
    assert "1事業者につき1件" in page
    assert 'value="B1" checked' in page


@pytest.mark.parametrize("asked", ["function=B1&function=F2&people=3", "function=B1,F2,M3&budget=150000"])
def test_each_answer_says_what_it_leaves_and_why_it_is_worse(shop, market, asked):
    """From the page alone: its sums, what is not covered, and how much more each costs, against the publications."""
    page = shop.get(f"/needs?{asked}").text
    needed = {"B1", "F2"} | ({"M3"} if "M3" in asked else set())
    with market.app_context(), act_as(PUBLIC):
        masters, live = vocabulary(), {each.code: each.content for each in every_live_package()}
    names = {row.code: row.name.ja for row in masters.functions}
    answers = re.split(r'<li class="set[ "]', page)[1:]
    assert len(answers) == 3
    costs, has = [], []
    for answer in answers:
        parts = [live[code] for code in re.findall(r'set__name"><a href="/packages/([\w-]+)"', answer)]
        assert parts
        have = set().union(*(part["functions"] for part in parts))
        has.append(have & needed)
        left = re.search(r"まかなえない機能：</strong>([^<]*)<", answer)
        assert (set(left[1].split("、")) if left else set()) == {names[code] for code in needed - have}
        total = sum(part["total_yen"] for part in parts)
        steps = r'price-steps__(?:total|own)"><dt>[^<]*</dt><dd><span class="amount[^"]*">([\d,]+)'
        shown = [int(each.replace(",", "")) for each in re.findall(steps, answer)]
        assert shown[0] == total
        costs.append(shown[-1])
    assert BEST.ja in answers[0]
    for answer, cost, covers in zip(answers[1:], costs[1:], has[1:], strict=True):
        more = cost - costs[0]
        word = "同じです" if not more else f"{abs(more):,}円{'高い' if more > 0 else '安い'}です"
        assert f"自己負担が1番目より{word}" in answer or (not more and word in answer)
        missing = [names[code] for code in has[0] - covers]
        assert all(f"「{name}」" in answer and "がありません" in answer for name in missing)
        assert (len(covers), -cost) <= (len(has[0]), -costs[0]), "none is better than the first"


def test_a_budget_that_does_not_reach(shop):
    page = shop.get("/needs?function=B1,F2,M3&budget=150,000円").text
    assert "この予算では、すべてはそろいません" in page
    assert "少なくとも" in page
    assert "予算の中でいちばん多くそろう組み合わせ" in page
    (enough,) = [link for link in links(page, "/needs") if "budget=150" not in link and "function" in link]
    found = shop.get(enough).text
    assert "この予算では" not in found
    assert "いちばん安い組み合わせ" in found


def test_nothing_at_all_within_the_budget(shop):
    assert "この条件でそろえられるITツールはありません" in shop.get("/needs?function=B1&budget=1").text


def test_out_of_time_is_said(shop, reckoning):
    reckoning(0)
    page = shop.get("/needs?function=B1&function=F2").text
    assert "時間内に計算しきれませんでした" in page
    assert BEST_FOUND.ja in page
    assert BEST.ja not in page


def test_what_costs_less_and_leaves_something_out_is_said_to(shop):
    """Where one set alone has everything within the budget, the next best lacks something, and says so."""
    body = {"functions": ["F2", "F4", "M3"], "industry": "retail"}
    first = shop.post("/api/v1/needs", json=body).json["answers"]
    budget = first[0]["own_cost_yen"]
    found = shop.post("/api/v1/needs", json=body | {"budget_yen": budget}).json
    assert found["complete"]
    whole = [each for each in found["answers"] if not each["leaves"]]
    less = found["answers"][len(whole) :]
    assert less
    assert all(each["leaves"] and each["more_yen"] <= 0 for each in less)
    page = shop.get(f"/needs?function=F2,F4,M3&industry=retail&budget={budget}").text
    assert "いちばん多くそろう中で、いちばん安い組み合わせ" in page
    answers = re.split(r'<li class="set[ "]', page)[1:]
    for answer in answers[len(whole) :]:
        assert "がありません。" in answer
        assert "まかなえない機能：" in answer


def test_what_is_made_for_some_industries_says_for_which(shop, market):
    """Also where the reader's own was not said: sold to anybody, but made for these."""
    with market.app_context(), act_as(PUBLIC):
        masters, live = vocabulary(), {each.code: each.content for each in every_live_package()}
    seen = 0
    for function in ("B1", "F2", "M3", "M6", "F1"):
        page = shop.get(f"/needs?function={function}").text
        for one in page.split('set__name"><a href="/packages/')[1:]:
            content = live[re.match(r"[\w-]+", one)[0]]
            names = [masters.industry(code).name.ja for code in content["industries"]]
            badge = f"{'、'.join(names)}向け</span>"
            assert (badge in one.split("</p>")[0]) == ("all" not in content["industries"])
            seen += "all" not in content["industries"]
    assert seen


def test_what_one_has_and_has_applied(shop):
    page = shop.get("/needs?function=B1&have=M6&applied=1&own=1&industry=retail").text
    assert "補助金は、支払いのあとに" not in page


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("function=ZZ", "function"),
        ("industry=retail", "function"),
        ("function=B1&have=B1", "have"),
        ("function=B1&budget=0", "budget"),
        ("function=B1&budget=-5", "budget"),
        ("function=B1&budget=たくさん", "budget"),
        ("function=B1&people=x", "people"),
        ("function=B1&industry=moon", "industry"),
        ("function=B1&own=1", "industry"),
        ("&".join(f"function=X{n}" for n in range(500)), "function"),
    ],
)
def test_what_cannot_be_asked_stays_with_its_fault(shop, query, field):
    page = shop.get(f"/needs?{query}")
    assert page.status_code == 422
    assert f'href="#f-{field}"' in page.text


def test_the_budget_s_unit_is_told_in_the_reader_s_language(shop):
    units = {
        language: re.search(r'id="f-budget".*?affix__unit">([^<]+)<', shop.get(f"/needs?lang={language}").text)[1]
        for language in ("ja", "en")
    }
    assert units == {"ja": "円", "en": "yen"}


def test_the_api_says_the_same_as_the_service(shop, market):
    body = {"functions": ["B1", "F2"], "industry": "beauty", "employees": 4}
    found = shop.post("/api/v1/needs", json=body).json
    with market.app_context(), act_as(PUBLIC):
        advice = advise(checked(vocabulary(), ["B1", "F2"], industry="beauty", employees=4), seconds=60)
    assert [each["own_cost_yen"] for each in found["answers"]] == [each.own_cost_yen for each in advice.answers]
    assert found["proven"] is True
    assert found["business_size"] == "small"
    first = found["answers"][0]
    assert first["own_cost_yen"] == first["total_yen"] - first["subsidy_yen"]
    assert sum(part["subsidised"] for part in first["packages"]) <= 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"functions": ["ZZ"]}, "unknown_function"),
        ({"functions": []}, "not_in_range"),
        ({"functions": ["B1"] * 500}, "not_in_range"),
        ({"have": ["B1"]}, "needed_and_had"),
        ({"budget_yen": 0}, "not_in_range"),
        ({"budget_yen": "1"}, "wrong_type"),
        ({"industry": "moon"}, "unknown_industry"),
        ({"own_industry": True}, "industry_not_said"),
        ({"more": 1}, "unknown_field"),
    ],
)
def test_what_the_api_refuses(shop, change, code):
    answer = shop.post("/api/v1/needs", json={"functions": ["B1"], **change})
    assert answer.status_code == 422
    assert code in {each["code"] for each in answer.json["errors"]}
