"""What a scheme asks of its applicants: asked where facts are said, kept with them, and followed by every figure."""

from __future__ import annotations

import re

import editions
import grants
import pytest
from editions import RAISING, REQUIRED
from grants import SHOP, by
from price_boxes import of, on_page

from marketplace.applicants import profile, require_eligible
from marketplace.applications import queries, services
from tenants.actor import SYSTEM
from tenants.db import act_as
from tenants.errors import BadInput

PAGE = f"/packages/{grants.CODE}"
FACTS = {
    "kind": "company",
    "industry": "restaurant",
    "employees": "8",
    "capital_yen": "3000000",
    "domestic": "yes",
    "large_firms": "no",
    "version": "",
}
CHECKED = {
    "kind": "company",
    "domestic": "yes",
    "industry": "restaurant",
    "employees": "8",
    "capital": "3000000",
    "large": "no",
    "applied": "no",
}
# 600,000 yen of software and 100,000 of hardware: half of it, two thirds of it, nothing.
HALF, RAISED, REFUSED = (700_000, 300_000, 400_000), (700_000, 400_000, 300_000), (700_000, 0, 700_000)


@pytest.fixture
def asked(client, index, organisation, actor_of):
    """A published package while an edition with questions is in use, and a shop's browser."""
    world = grants.build(organisation, actor_of, now=True)
    grants.prime_account(world.sme)
    editions.put_in_use(editions.asking())
    return client.application.test_client().act_as(world.sme), world.sme


def save(browser, **answers):
    version = re.search(r'name="version" value="(\d*)"', browser.get("/my/profile?edit=1").text)[1]
    told = {f"condition-{code}": answer for code, answer in answers.items()}
    return browser.post_form("/my/profile", FACTS | told | {"version": version})


def shown(browser, query=""):
    return on_page(browser.get(PAGE + query).text)[0]


def test_the_page_asks_and_reckons_by_the_answers_without_keeping_them(asked, client):
    page = client.get(PAGE).text
    assert "最低賃金に近い従業員が30%以上いますか。" in page
    assert "この制度では必要な条件です" in page
    assert "答えは保存しません" in page
    assert shown(client) == HALF
    assert shown(client, f"?condition-{RAISING}=yes") == RAISED
    assert "補助率</dt><dd>1/2" in page
    assert "補助率</dt><dd>2/3" in client.get(f"{PAGE}?condition-{RAISING}=yes").text
    assert shown(client, f"?condition-{RAISING}=no") == HALF
    assert shown(client, f"?condition-{REQUIRED}=no") == REFUSED
    assert "必要な条件に当てはまりません" in client.get(f"{PAGE}?condition-{REQUIRED}=no").text
    assert shown(client) == HALF
    assert "Are 30% paid near the minimum wage?" in client.get(f"{PAGE}?lang=en").text


def test_answers_and_quantities_do_not_forget_each_other(asked, client):
    page = client.get(f"{PAGE}?condition-{RAISING}=yes&quantity-1=1").text
    assert on_page(page)[0] == (650_000, 400_000, 250_000)
    conditions, quantities = (
        re.search(rf'<form[^>]*id="{name}-form".*?</form>', page, re.DOTALL)[0]
        for name in ("conditions", "quantities")
    )
    assert '<input type="hidden" name="quantity-1" value="1">' in conditions
    assert f'<input type="hidden" name="condition-{RAISING}" value="yes">' in quantities


@pytest.mark.parametrize("bad", ["maybe", "<b>", "x" * 500])
def test_an_answer_that_cannot_be_read_is_told_and_counts_for_nothing(asked, client, bad):
    answer = client.get(PAGE, query_string={f"condition-{RAISING}": bad})
    assert answer.status_code == 422
    assert "この質問の答えを読み取れません" in answer.text
    assert on_page(answer.text)[0] == HALF
    browser, sme = asked
    saved = save(browser, **{RAISING: bad})
    assert saved.status_code == 422
    assert "この質問の答えを読み取れません" in saved.text
    with act_as(sme):
        assert profile().conditions == {}


def test_a_question_that_the_scheme_does_not_ask_is_no_answer_to_anything(asked, client):
    assert shown(client, "?condition-unheard_of=yes") == HALF
    browser, sme = asked
    assert save(browser, unheard_of="yes").status_code == 302
    with act_as(sme):
        assert profile().conditions == {}


def test_saved_answers_are_the_first_of_every_figure(asked, client):
    browser, sme = asked
    assert "最低賃金に近い従業員" in browser.get("/my/profile").text
    assert save(browser, **{RAISING: "yes", REQUIRED: "yes"}).status_code == 302
    with act_as(sme):
        assert profile().conditions == {RAISING: True, REQUIRED: True}
        package = services.live_package(grants.CODE)
        application = services.start(grants.CODE, publication_id=package.id)
        frozen = queries.application(application).estimate
    asking = {"package": grants.CODE, "scheme": "asking", "conditions": {RAISING: True, REQUIRED: True}}
    four = {
        "page": shown(browser),
        "comparison": of(browser.get(f"/api/v1/compare?codes={grants.CODE}").json["packages"][0]["estimate"]),
        "application": of(frozen),
        "api": of(client.post("/api/v1/estimates", json=asking).json),
    }
    assert set(four.values()) == {RAISED}
    page = browser.get(PAGE).text
    assert "はじめは、登録した答えが入っています" in page
    assert shown(browser, f"?condition-{RAISING}=") == HALF, "not knowing takes the place of what was saved"
    assert shown(client) == HALF, "nobody else's page has it"
    read = browser.get("/my/profile").text
    assert "満たす" in read
    assert "最低賃金に近い従業員が30%以上いますか。</dt><dd>はい" in read


def test_cards_follow_the_reader_s_answers(asked, client):
    browser, _ = asked
    save(browser, **{RAISING: "yes"})
    for path in ("/", "/packages?q=PK-1"):
        assert RAISED in on_page(browser.get(path).text), path
        assert HALF in on_page(client.get(path).text), path


def test_who_says_no_to_what_is_required_cannot_start(asked):
    browser, sme = asked
    save(browser, **{REQUIRED: "no"})
    page = browser.get("/my/profile").text
    assert "この制度では必要な条件です" in page
    assert shown(browser) == REFUSED
    assert REFUSED in on_page(browser.get("/").text)
    with act_as(sme), pytest.raises(BadInput) as refused:
        require_eligible()
    assert refused.value.code == f"not_eligible_condition_{REQUIRED}"
    save(browser)
    with act_as(sme):
        assert profile().result == "needs_papers", "not answered is looked at when it is applied for"
        assert require_eligible()


def test_answers_stay_with_their_scheme_when_another_comes_in_use(asked):
    browser, sme = asked
    save(browser, **{RAISING: "yes", REQUIRED: "yes"})
    with act_as(SYSTEM):
        other = editions.asking() | {"id": "other"}
    editions.put_in_use(other, version=3)
    with act_as(sme):
        assert profile().conditions == {}
    save(browser, **{RAISING: "no"})
    editions.put_in_use(editions.asking(), version=4)
    with act_as(sme):
        assert profile().conditions == {RAISING: True, REQUIRED: True}


def test_the_self_check_asks_what_is_required(asked, client):
    field = f"condition-{REQUIRED}"
    question = client.get("/eligibility", query_string=CHECKED).text
    assert "賃上げの計画を従業員に伝えていますか。" in question
    for answer, told in (
        ("yes", "答え：はい"),
        ("no", "この制度では必要な条件です"),
        ("unknown", "まだ答えがありません"),
    ):
        assert told in client.get("/eligibility", query_string=CHECKED | {field: answer}).text
    wrong = client.get("/eligibility", query_string=CHECKED | {field: "maybe"})
    assert wrong.status_code == 422
    browser, _ = asked
    save(browser, **{REQUIRED: "yes"})
    assert f"{field}=yes" in browser.get("/eligibility").text
    assert "Have you told your employees" in client.get("/eligibility", query_string=CHECKED | {"lang": "en"}).text


def test_the_api_answers_as_the_self_check(asked, client):
    applicant = {"kind": "company", "jsic": "M76", "capital_yen": 3_000_000, "employees": 8}

    def result(**conditions):
        body = {"scheme": "asking", "applicant": applicant, "conditions": conditions}
        return client.post("/api/v1/eligibility", json=body)

    assert result(**{REQUIRED: True}).json["result"] == "eligible"
    assert result(**{REQUIRED: False}).json["result"] == "not_eligible"
    assert result().json["result"] == "needs_papers"
    unknown = result(unheard_of=True)
    assert unknown.status_code == 422
    assert "unheard_of" in unknown.text
    estimate = client.post(
        "/api/v1/estimates",
        json={"package": grants.CODE, "applicant": applicant, "conditions": {REQUIRED: False}},
    ).json
    assert estimate["eligibility"]["result"] == "not_eligible"
    assert estimate["subsidy_yen"] == 0
    with by(SYSTEM):
        assert SHOP.conditions == {}


class TestAnotherScheme:
    """A package looked at under a scheme that is not in use: its own questions, and never an application."""

    @pytest.mark.usefixtures("index")
    def test_its_questions_are_asked_and_its_figures_shown(self, client, organisation, actor_of):
        world = grants.build(organisation, actor_of, now=True)
        plain = client.get(PAGE).text
        assert f'href="{PAGE}?scheme=2017#estimate-frame"' in plain
        assert 'name="scheme"' not in plain
        editions.put_in_use(editions.asking())
        other = client.get(f"{PAGE}?scheme=2017").text
        assert 'value="2017" selected' in other
        assert "ほかの制度での試算" in other
        assert "申請を始める" not in other
        assert "condition-" not in other
        assert on_page(other)[0] == (700_000, 400_000, 300_000)
        asks = client.get(f"{PAGE}?scheme=2025-normal&condition-minimum_wage=yes").text
        assert "最低賃金" in asks
        assert 'name="scheme" value="2025-normal"' in asks  # in the form of quantities
        assert 'name="condition-minimum_wage" value="yes"' in asks
        present = client.get(f"{PAGE}?scheme=asking").text
        assert "ほかの制度での試算" not in present
        assert on_page(present)[0] == HALF
        browser = client.application.test_client().act_as(world.sme)
        save(browser, **{RAISING: "yes", REQUIRED: "yes"})
        assert shown(browser) == RAISED
        # What was saved are answers to the questions of the scheme in use.
        assert shown(browser, "?scheme=2017") == (700_000, 400_000, 300_000)

    @pytest.mark.usefixtures("asked")
    @pytest.mark.parametrize("bad", ["", "1999", "2017.1", "x" * 300, "<b>"])
    def test_one_that_is_not_there_is_said_and_the_present_one_taken(self, client, bad):
        answer = client.get(PAGE, query_string={"scheme": bad})
        assert answer.status_code == 422
        assert "その補助制度が見つからないか" in answer.text
        assert "<b>" not in answer.text
        assert on_page(answer.text)[0] == HALF
