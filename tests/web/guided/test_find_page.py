"""From the problem to packages: the page of the guided search, its questions and its answer."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from guided import BOTH, END, PHONE
from pages import check, links

from catalogue.masters import vocabulary
from catalogue.publications import every_live_package
from marketplace import pricing
from tenants.actor import PUBLIC
from tenants.db import act_as


def test_a_budget_in_the_sentence_answers_its_question(shop):
    told = "予算は70万円くらいで、電話の予約で手が離せない"
    page = shop.get("/find", query_string={"q": told, "industry": "any", "people": "any"}).text
    assert PHONE in page
    assert re.search(r"自己負担の予算</dt><dd>70万円まで", page)
    assert "予算と実績" not in page
    other = shop.get("/find", query_string={"q": told, **END, "budget": "400000"}).text
    assert re.search(r"自己負担の予算</dt><dd>40万円まで", other)


def test_four_questions_one_a_page(shop):
    assert "どんなことに困っていますか" in shop.get("/find").text
    told = {"q": PHONE}
    for name, question, answer in (
        ("industry", "どの業種ですか", "beauty"),
        ("people", "従業員は何人ですか", "3人"),
        ("budget", "自己負担は、いくらまで", "700000"),
    ):
        page = shop.get("/find", query_string=told).text
        assert question in page
        assert PHONE in page, "what was understood stays in sight"
        assert page.count("<fieldset") + page.count('type="text"') <= 3
        told[name] = answer
    assert "困りごとに役立つITツール" in shop.get("/find", query_string=told).text


def test_back_keeps_every_answer(shop):
    page = shop.get("/find", query_string={"q": BOTH, "industry": "beauty", "people": "3", "ask": "industry"})
    assert 'value="beauty" checked' in page.text
    assert f'name="q" value="{BOTH}"' in page.text
    assert 'name="people" value="3"' in page.text


def test_every_question_can_be_skipped(shop):
    address = "/find?q=" + PHONE
    for _ in range(3):
        page = shop.get(address).text
        address = links(page, "/find?")[-1]
        assert "any" in address
    page = shop.get(address).text
    assert "指定なし" in page
    skipped = shop.get("/find?trouble=any&industry=retail&people=any&budget=400000")
    assert skipped.location == "/packages?industry=retail&own_cost_max=400000"


def test_what_was_understood_can_be_corrected(shop):
    page = shop.get("/find", query_string={"q": BOTH, **END}).text
    assert "月末の給与計算が大変" in page
    assert "この困りごとを外す" in page
    without = next(link for link in links(page, "/find?") if "problem=payroll" not in link and "problem=" in link)
    left = parse_qs(urlsplit(without).query)
    assert left["problem"] == ["phone_bookings"]
    page = shop.get(without).text
    assert "この困りごとを外す" not in page
    assert "＋" in page, "what was understood but taken off can be added again"
    form = shop.get("/find", query_string={"q": BOTH, "ask": "trouble"}).text
    assert 'value="payroll" checked' in form
    assert 'value="phone_bookings" checked' in form


def test_what_is_not_understood_says_so_and_leads_on(shop):
    page = shop.get("/find?q=天気がいい")
    assert page.status_code == 200
    assert "困りごとを読み取れませんでした" in page.text
    assert "/packages?q=" in page.text
    assert 'value="payroll"' in page.text, "the list to choose from"


def test_a_reader_of_english_hears_that_problems_are_read_in_japanese_and_where_to_go(shop):
    heard = "Problems are read and listed in Japanese."
    page = shop.get("/find?lang=en&q=I miss calls").text
    lead = page[page.index(heard) : page.index("We did not understand this")]
    assert links(lead, "/packages") == ["/packages?q=I+miss+calls"]
    assert links(lead, "/needs") == ["/needs"]
    assert links(shop.get("/find?lang=en").text.split(heard)[1], "/")[0] == "/packages"
    assert heard in shop.get("/find", query_string={"lang": "en", "q": PHONE}).text, "beside what was understood"
    assert heard not in shop.get("/find?lang=ja&q=I miss calls").text


def test_results_say_why_and_lead_to_the_set(shop):
    told = {"q": BOTH, "industry": "beauty", "people": "4", "budget": "any"}
    page = shop.get("/find", query_string=told).text
    assert "解決する困りごと" in page
    assert "手がかりの言葉" in page
    assert "小規模事業者にあたります" in page
    assert links(page, "/eligibility")
    (needs,) = links(page, "/needs")
    asked = parse_qs(urlsplit(needs).query)
    assert set(asked["function"]) == {"F2", "B3"}
    assert asked["industry"] == ["beauty"]
    assert shop.get(needs).status_code == 200


@pytest.mark.parametrize("budget", ["any", "300000"])
def test_the_first_card_is_the_one_that_solves_most_for_least(shop, market, budget):
    """The order of all that is published, reckoned here: problems solved, functions, own cost, code."""
    page = shop.get("/find", query_string={"q": BOTH, **END, "budget": budget}).text
    with market.app_context(), act_as(PUBLIC):
        scheme, packages = pricing.scheme(), list(every_live_package())
    order = []
    for each in packages:
        content = each.content
        own = pricing.figures_of_package(content, scheme, pricing.Told("sme")).own_cost_yen
        helps = {"F2", "B3"} & set(content["functions"])
        if helps and not content["restricted"] and (budget == "any" or own <= int(budget)):
            order.append((-len(helps), own, each.code))
    shown = re.findall(r'class="result__name"><a href="/packages/([\w-]+)"', page)
    assert shown == [code for *_, code in sorted(order)[:10]]
    first = page.split('class="result__name"')[1]
    solved = {"F2": "電話の予約で手が離せない", "B3": "月末の給与計算が大変"}
    functions = next(each.content["functions"] for each in packages if each.code == shown[0])
    for code, trouble in solved.items():
        assert (trouble in first) == (code in functions), "the card says what it solves"


def test_nothing_within_the_budget_says_what_to_change(shop):
    page = shop.get("/find", query_string={"q": PHONE, **END, "budget": "1"}).text
    assert "この条件に合うITツールはありません" in page
    assert "予算を変える" in page
    assert "業種を変える" not in page, "none was said"
    least = int(re.search(r"自己負担([\d,]+)円からです", page)[1].replace(",", ""))
    (dearer,) = [link for link in links(page, "/find") if f"budget={least}" in link]
    found = shop.get(dearer).text
    assert 'class="result__name"' in found
    assert f"うち、予算に収まるのは{found.count('result__name')}件です" in found
    assert "まだ解決できない困りごと" not in found


def test_what_others_keep_out_of_the_list_is_told_and_led_to(shop, monkeypatch):
    """Room for one tool: what another solves is not said to be solved by none."""
    monkeypatch.setattr("web.public.find.SHOWN", 1)
    troubles = "電話の予約で手が離せず、月末の給与計算も大変。在庫が合わない。請求書を作るのが面倒。"
    page = shop.get("/find", query_string={"q": troubles, **END}).text
    assert "下の一覧には入っていません" in page
    assert "まだありません" not in page
    (alone,) = [link for link in links(page, "/needs") if len(parse_qs(urlsplit(link).query)["function"]) == 1]
    assert shop.get(alone).status_code == 200


def test_what_is_made_for_other_industries_only_is_told_with_its_cost(shop, market):
    with market.app_context(), act_as(PUBLIC):
        scheme, packages = pricing.scheme(), [each.content for each in every_live_package()]
    masters = {code for content in packages for code in content["industries"]} - {"all"}
    told = {
        (code, industry): [
            pricing.figures_of_package(content, scheme, pricing.Told("sme")).own_cost_yen
            for content in packages
            if code in content["functions"] and not content["restricted"]
        ]
        for industry in masters
        for code in {code for content in packages for code in content["functions"]}
        if not any(
            code in content["functions"] and {"all", industry} & set(content["industries"]) for content in packages
        )
    }
    (code, industry), costs = next((pair, costs) for pair, costs in sorted(told.items()) if costs)
    page = shop.get("/find", query_string={"function": code, **END, "industry": industry}).text
    assert f"ほかの業種向けのものなら、自己負担{min(costs):,}円からあります" in page
    assert "まとめてそろえるなら" not in page, "there is nothing to be had"
    (wider,) = links(page, "/needs")
    assert f"{min(costs):,}" in re.sub("<[^>]*>", "", shop.get(wider).text)
    page = shop.get(f"/needs?function={code}&industry={industry}&own=1").text
    (wider,) = [link for link in links(page, "/needs") if "own" not in link]
    assert "ほかの業種向けのITツールも含めて計算する" in page
    assert "set--best" in shop.get(wider).text
    assert "ほかの業種向けのITツールも含めて" not in shop.get("/needs?function=B1&industry=retail&own=1").text


def test_what_nobody_offers_is_told(shop, market):
    with market.app_context(), act_as(PUBLIC):
        offered = {code for each in every_live_package() for code in each.content["functions"]}
        missing = next(row.code for row in vocabulary().functions if row.code not in offered)
    page = shop.get("/find", query_string={"function": missing, **END}).text
    assert "1つで解決できるITツールは、まだ公開されていません" in page


def test_a_function_can_be_the_problem(shop):
    page = shop.get("/find", query_string={"function": "B1", **END}).text
    assert "財務会計・決算" in page


@pytest.mark.parametrize(
    "query",
    [
        "asked=trouble",
        "problem=zzz",
        "function=ZZ",
        f"q={PHONE}&industry=moon",
        f"q={PHONE}&industry=all",
        f"q={PHONE}&industry=any&people=many",
        f"q={PHONE}&industry=any&people=99999999",
        f"q={PHONE}&industry=any&people=any&budget=0",
        f"q={PHONE}&industry=any&asked=people",
    ],
)
def test_a_bad_answer_is_asked_again(shop, query):
    page = shop.get(f"/find?{query}")
    assert page.status_code == 422
    assert 'id="error-summary"' in page.text


@pytest.mark.parametrize("written", ["長" * 10_000, "、！？", "\x00\x1b[0m", "🦑" * 50, "a" * 300])
def test_anything_typed_is_answered(shop, written):
    assert shop.get("/find", query_string={"q": written}).status_code in (200, 422)


def test_in_english(shop):
    page = shop.get("/find", query_string={"q": BOTH, **END, "lang": "en"}).text
    assert "Tools for your problem" in page


def test_pages_are_well_formed_in_every_state(shop):
    for path in ("/find?problem=payroll&problem=queues", "/needs?function=B1&lang=en", "/find?q=" + PHONE):
        check(shop.get(path).text)
