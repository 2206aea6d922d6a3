"""What a shop has registered is asked only once: the guided search and the sets begin with it and reckon by it."""

from __future__ import annotations

import re

import pytest
from price_boxes import of, on_page
from worked_input import publish_worked_input

from catalogue import masters
from catalogue.masters import EDITION, MasterDocument
from catalogue.public_lists import newest_packages
from marketplace import pricing
from marketplace.applicants import Statement, save_profile
from tenants import clock
from tenants.actor import SYSTEM
from tenants.db import act_as

TOLD = "登録した内容から"
SMALL = Statement("company", "jsic_M76", 3_000_000, 4, domestic=True)


@pytest.fixture
def shop(client, organisation, actor_of):
    """A browser of a small business that has said what it is, under an edition that grants small ones more."""
    publish_worked_input()
    owner = actor_of(organisation("sme", address="1-1"), "sme_owner")
    with act_as(SYSTEM):
        version = masters.newest(pricing.IN_USE, EDITION).version + 1
        choice = {"scheme": "2025-invoice"}
        masters.load([MasterDocument(pricing.IN_USE, EDITION, version, clock.today(), "試験", choice)])
    with act_as(owner):
        save_profile(SMALL, read_version=None)
    return client.application.test_client().act_as(owner)


def estimates(client, size):
    """What the API reckons for a business of this size, by package."""
    with act_as(SYSTEM):
        codes = [each.code for each in newest_packages(100)]
    return {
        code: of(client.post("/api/v1/estimates", json={"package": code, "size": size}).json) for code in codes
    }


def ranked(browser, **answers):
    """The figures of each card of the guided search, by package."""
    asked = {"function": ["B1", "M6"], "industry": "any", "people": "any", "budget": "any"} | answers
    page = browser.get("/find", query_string=asked).text
    codes = re.findall(r'class="result__name"><a href="/packages/([\w-]+)"', page)
    return dict(zip(codes, on_page(page), strict=True))


def sets_of_one(browser, **answers):
    """The figures of each set that is one package, by package."""
    page = browser.get("/needs", query_string={"function": "B1", **answers}).text
    found = {}
    for one in re.split(r'<li class="set[ "]', page)[1:]:
        codes = re.findall(r'set__name"><a href="/packages/([\w-]+)"', one)
        if len(codes) == 1:
            found[codes[0]] = on_page(one)[0]
    return found


@pytest.mark.parametrize("reckon", [ranked, sets_of_one])
def test_one_package_has_one_own_cost_unless_another_business_is_told(client, shop, reckon):
    small, sme = estimates(client, "small"), estimates(client, "sme")
    for browser, answers, expected in (
        (shop, {}, small),
        (shop, {"people": "4"}, small),
        (shop, {"people": "4", "industry": "restaurants"}, small),
        (shop, {"people": "40"}, sme),
        (client, {}, sme),
        (client, {"people": "4"}, small),
    ):
        found = reckon(browser, **answers)
        assert found == {code: expected[code] for code in found}, answers
        assert any(small[code] != sme[code] for code in found), answers


def test_programs_of_a_signed_in_browser_get_the_same(client, shop):
    small = estimates(client, "small")
    found = shop.post("/api/v1/find", json={"functions": ["B1", "M6"]}).json["items"]
    assert {each["code"]: of(each) for each in found} == ranked(shop)
    assert {each["code"]: of(each) for each in found} == {each["code"]: small[each["code"]] for each in found}


def test_forms_begin_with_what_is_registered(client, shop):
    asked = "/find?function=B1"
    industry = shop.get(asked).text
    assert 'value="restaurants" checked' in industry
    assert TOLD in industry
    people = shop.get(f"{asked}&industry=any").text
    assert re.search(r'name="people"[^>]* value="4"', people)
    assert TOLD in people
    assert "役員、事業主本人" in people, "what is counted is still said"
    needs = shop.get("/needs").text
    assert re.search(r'<option value="restaurants" selected>', needs)
    assert re.search(r'name="people"[^>]* value="4"', needs)
    assert needs.count(TOLD) == 2
    for path in (asked, f"{asked}&industry=any", "/needs"):
        assert TOLD not in client.get(path).text


def test_an_answer_of_one_s_own_stays(shop):
    asked = "/find?function=B1&industry=beauty&people=9"
    assert 'value="beauty" checked' in shop.get(f"{asked}&ask=industry").text
    assert re.search(r'name="people"[^>]* value="9"', shop.get(f"{asked}&ask=people").text)
    assert TOLD not in shop.get(f"{asked}&ask=people").text
    assert "checked" not in shop.get("/find?function=B1&industry=any&ask=industry").text, "skipped is an answer"
    asked_for = shop.get("/needs?function=B1&industry=&people=").text
    assert "selected" not in asked_for.split('name="industry"')[1].split("</select>")[0]
    assert TOLD not in asked_for
