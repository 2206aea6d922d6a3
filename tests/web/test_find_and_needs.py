"""From the problem to packages, and packages for one's needs: pages, API and commands."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qs, urlsplit

import published
import pytest
from pages import check

from catalogue.masters import vocabulary
from catalogue.publications import every_live_package
from marketplace import pricing
from marketplace.needs.request import checked
from marketplace.needs.service import BEST, BEST_FOUND, advise
from tenants.actor import PUBLIC
from tenants.db import act_as

PHONE = "電話の予約で手が離せない"
BOTH = "電話の予約で手が離せず、月末の給与計算も大変"
END = {"industry": "any", "people": "any", "budget": "any"}


@pytest.fixture(scope="module")
def market(application, empty_database):
    with published.for_a_file(application, empty_database, packages=24, vendors=6) as filled:
        yield filled


@pytest.fixture
def shop(market):
    """A browser without a session."""
    return market.test_client()


def links(html, beginning):
    return [
        link.replace("&amp;", "&") for link in re.findall(r'href="([^"]+)"', html) if link.startswith(beginning)
    ]


class TestFind:
    def test_a_budget_in_the_sentence_answers_its_question(self, shop):
        told = "予算は70万円くらいで、電話の予約で手が離せない"
        page = shop.get("/find", query_string={"q": told, "industry": "any", "people": "any"}).text
        assert PHONE in page
        assert re.search(r"自己負担の予算</dt><dd>70万円まで", page)
        assert "予算と実績" not in page
        other = shop.get("/find", query_string={"q": told, **END, "budget": "400000"}).text
        assert re.search(r"自己負担の予算</dt><dd>40万円まで", other)

    def test_four_questions_one_a_page(self, shop):
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

    def test_back_keeps_every_answer(self, shop):
        page = shop.get("/find", query_string={"q": BOTH, "industry": "beauty", "people": "3", "ask": "industry"})
        assert 'value="beauty" checked' in page.text
        assert f'name="q" value="{BOTH}"' in page.text
        assert 'name="people" value="3"' in page.text

    def test_every_question_can_be_skipped(self, shop):
        address = "/find?q=" + PHONE
        for _ in range(3):
            page = shop.get(address).text
            address = links(page, "/find?")[-1]
            assert "any" in address
        page = shop.get(address).text
        assert "指定なし" in page
        skipped = shop.get("/find?trouble=any&industry=retail&people=any&budget=400000")
        assert skipped.location == "/packages?industry=retail&own_cost_max=400000"

    def test_what_was_understood_can_be_corrected(self, shop):
        page = shop.get("/find", query_string={"q": BOTH, **END}).text
        assert "月末の給与計算が大変" in page
        assert "この困りごとを外す" in page
        without = next(
            link for link in links(page, "/find?") if "problem=payroll" not in link and "problem=" in link
        )
        left = parse_qs(urlsplit(without).query)
        assert left["problem"] == ["phone_bookings"]
        page = shop.get(without).text
        assert "この困りごとを外す" not in page
        assert "＋" in page, "what was understood but taken off can be added again"
        form = shop.get("/find", query_string={"q": BOTH, "ask": "trouble"}).text
        assert 'value="payroll" checked' in form
        assert 'value="phone_bookings" checked' in form

    def test_what_is_not_understood_says_so_and_leads_on(self, shop):
        page = shop.get("/find?q=天気がいい")
        assert page.status_code == 200
        assert "困りごとを読み取れませんでした" in page.text
        assert "/packages?q=" in page.text
        assert 'value="payroll"' in page.text, "the list to choose from"

    def test_a_reader_of_english_hears_that_problems_are_read_in_japanese_and_where_to_go(self, shop):
        heard = "Problems are read and listed in Japanese."
        page = shop.get("/find?lang=en&q=I miss calls").text
        lead = page[page.index(heard) : page.index("We did not understand this")]
        assert links(lead, "/packages") == ["/packages?q=I+miss+calls"]
        assert links(lead, "/needs") == ["/needs"]
        assert links(shop.get("/find?lang=en").text.split(heard)[1], "/")[0] == "/packages"
        assert heard in shop.get("/find", query_string={"lang": "en", "q": PHONE}).text, (
            "beside what was understood"
        )
        assert heard not in shop.get("/find?lang=ja&q=I miss calls").text

    def test_results_say_why_and_lead_to_the_set(self, shop):
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
    def test_the_first_card_is_the_one_that_solves_most_for_least(self, shop, market, budget):
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

    def test_nothing_within_the_budget_says_what_to_change(self, shop):
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

    def test_what_others_keep_out_of_the_list_is_told_and_led_to(self, shop, monkeypatch):
        """Room for one tool: what another solves is not said to be solved by none."""
        monkeypatch.setattr("web.public.find.SHOWN", 1)
        troubles = "電話の予約で手が離せず、月末の給与計算も大変。在庫が合わない。請求書を作るのが面倒。"
        page = shop.get("/find", query_string={"q": troubles, **END}).text
        assert "下の一覧には入っていません" in page
        assert "まだありません" not in page
        (alone,) = [link for link in links(page, "/needs") if len(parse_qs(urlsplit(link).query)["function"]) == 1]
        assert shop.get(alone).status_code == 200

    def test_what_is_made_for_other_industries_only_is_told_with_its_cost(self, shop, market):
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
                code in content["functions"] and {"all", industry} & set(content["industries"])
                for content in packages
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

    def test_what_nobody_offers_is_told(self, shop, market):
        with market.app_context(), act_as(PUBLIC):
            offered = {code for each in every_live_package() for code in each.content["functions"]}
            missing = next(row.code for row in vocabulary().functions if row.code not in offered)
        page = shop.get("/find", query_string={"function": missing, **END}).text
        assert "1つで解決できるITツールは、まだ公開されていません" in page

    def test_a_function_can_be_the_problem(self, shop):
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
    def test_a_bad_answer_is_asked_again(self, shop, query):
        page = shop.get(f"/find?{query}")
        assert page.status_code == 422
        assert 'id="error-summary"' in page.text

    @pytest.mark.parametrize("written", ["長" * 10_000, "、！？", "\x00\x1b[0m", "🦑" * 50, "a" * 300])
    def test_anything_typed_is_answered(self, shop, written):
        assert shop.get("/find", query_string={"q": written}).status_code in (200, 422)

    def test_in_english(self, shop):
        page = shop.get("/find", query_string={"q": BOTH, **END, "lang": "en"}).text
        assert "Tools for your problem" in page


class TestNeeds:
    def test_a_form_first(self, shop):
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
    def test_what_is_wrong_is_named_in_the_form_s_order_and_leads_to_its_field(self, shop, language, said):
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

    def test_answers_with_what_each_leaves(self, shop):
        page = shop.get("/needs?function=B1&function=F2&industry=beauty&people=３人").text
        assert "いちばん安い組み合わせ" in page
        assert "これより安い組み合わせはありません" in page
        assert BEST.ja in page
        assert "1事業者につき1件" in page
        assert 'value="B1" checked' in page

    @pytest.mark.parametrize("asked", ["function=B1&function=F2&people=3", "function=B1,F2,M3&budget=150000"])
    def test_each_answer_says_what_it_leaves_and_why_it_is_worse(self, shop, market, asked, monkeypatch):
        """From the page alone: its sums, what is not covered, and how much more each costs, against the publications."""
        real = advise
        monkeypatch.setattr("web.public.needs.advise", lambda needs: real(needs, seconds=60))
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

    def test_a_budget_that_does_not_reach(self, shop):
        page = shop.get("/needs?function=B1,F2,M3&budget=150,000円").text
        assert "この予算では、すべてはそろいません" in page
        assert "少なくとも" in page
        assert "予算の中でいちばん多くそろう組み合わせ" in page
        (enough,) = [link for link in links(page, "/needs") if "budget=150" not in link and "function" in link]
        found = shop.get(enough).text
        assert "この予算では" not in found
        assert "いちばん安い組み合わせ" in found

    def test_nothing_at_all_within_the_budget(self, shop):
        assert "この条件でそろえられるITツールはありません" in shop.get("/needs?function=B1&budget=1").text

    def test_out_of_time_is_said(self, shop, monkeypatch):
        real = advise
        monkeypatch.setattr("web.public.needs.advise", lambda needs: real(needs, seconds=0))
        page = shop.get("/needs?function=B1&function=F2").text
        assert "時間内に計算しきれませんでした" in page
        assert BEST_FOUND.ja in page
        assert BEST.ja not in page

    def test_what_costs_less_and_leaves_something_out_is_said_to(self, shop, monkeypatch):
        """Where one set alone has everything within the budget, the next best lacks something, and says so."""
        for where in ("web.public.needs.advise", "web.api.routes.advise"):
            monkeypatch.setattr(where, lambda needs, real=advise: real(needs, seconds=60))
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

    def test_what_is_made_for_some_industries_says_for_which(self, shop, market):
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

    def test_what_one_has_and_has_applied(self, shop):
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
    def test_what_cannot_be_asked_stays_with_its_fault(self, shop, query, field):
        page = shop.get(f"/needs?{query}")
        assert page.status_code == 422
        assert f'href="#f-{field}"' in page.text


class TestApi:
    def test_the_same_as_the_service(self, shop, market):
        body = {"functions": ["B1", "F2"], "industry": "beauty", "employees": 4}
        found = shop.post("/api/v1/needs", json=body).json
        with market.app_context(), act_as(PUBLIC):
            advice = advise(checked(vocabulary(), ["B1", "F2"], industry="beauty", employees=4))
        assert [each["own_cost_yen"] for each in found["answers"]] == [
            each.own_cost_yen for each in advice.answers
        ]
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
    def test_refusals(self, shop, change, code):
        answer = shop.post("/api/v1/needs", json={"functions": ["B1"], **change})
        assert answer.status_code == 422
        assert code in {each["code"] for each in answer.json["errors"]}


def test_the_budget_s_unit_is_told_in_the_reader_s_language(shop):
    units = {
        language: re.search(r'id="f-budget".*?affix__unit">([^<]+)<', shop.get(f"/needs?lang={language}").text)[1]
        for language in ("ja", "en")
    }
    assert units == {"ja": "円", "en": "yen"}


def test_pages_are_well_formed_in_every_state(shop):
    for path in ("/find?problem=payroll&problem=queues", "/needs?function=B1&lang=en", "/find?q=" + PHONE):
        check(shop.get(path).text)
