"""A first visit: registering the business, saying its facts once, reading whether it may apply."""

from __future__ import annotations

import re

import pytest
from grants import by, open_now

from marketplace.applicants import profile
from tenants.actor import SYSTEM, Actor
from tenants.db import db
from tenants.models import Membership, Organisation, Person

NUMBER = "1000011000005"
FORM = {
    "name": "食堂ひまわり",
    "form": "corporation",
    "corporate_number": "１０００-０１１０-０００-０５",
    "prefecture": "京都府",
    "address": "京都市中京区1-1",
}
FACTS = {
    "kind": "company",
    "industry": "restaurant",
    "employees": "８人",
    "capital_yen": "３,０００,０００円",
    "domestic": "yes",
    "large_firms": "no",
    "version": "",
}


@pytest.fixture
def newcomer(app, client):
    """A browser of somebody who signed in and belongs to no organisation."""
    with by(SYSTEM):
        person = Person(name="新田 花", email="hana@example.jp")
        db.session.add(person)
        db.session.commit()
        actor = Actor("public", None, person.id, name=person.name)
    return client.act_as(actor)


@pytest.fixture
def owner_browser(client, organisation, actor_of):
    sme = actor_of(organisation("sme", name="食堂ひまわり"), "sme_owner")
    return client.act_as(sme), sme


def test_every_door_leads_a_newcomer_to_registering(newcomer):
    for path in ("/my", "/my/profile", "/my/applications/start/PK-1"):
        answer = newcomer.get(path)
        assert answer.status_code == 302
        assert answer.location.startswith("/my/register")
    assert "package=PK-1" in newcomer.get("/my/applications/start/PK-1").location
    page = newcomer.get("/my/register?package=PK-1")
    assert page.status_code == 200
    assert 'value="PK-1"' in page.text


def test_registering_switches_to_the_business_at_once(newcomer):
    answer = newcomer.post_form("/my/register", {**FORM, "package": "PK-1"})
    assert answer.status_code == 302
    assert answer.location == "/my/profile?package=PK-1"
    page = newcomer.get(answer.location)
    assert page.status_code == 200
    assert "事業者の情報を入力する" in page.text
    home = newcomer.get("/my")
    assert "食堂ひまわり" in home.text
    assert NUMBER in home.text
    with by(SYSTEM):
        business = db.session.query(Organisation).filter_by(kind="sme").one()
        assert business.corporate_number == NUMBER
        assert db.session.query(Membership).one().role == "sme_owner"


def test_pressing_twice_registers_once(newcomer):
    newcomer.post_form("/my/register", FORM)
    answer = newcomer.post_form("/my/register", FORM)
    assert answer.status_code == 302
    with by(SYSTEM):
        assert db.session.query(Organisation).filter_by(kind="sme").count() == 1


def test_whoever_registers_a_taken_number_reads_how_to_be_invited(newcomer, organisation):
    organisation("sme", corporate_number=NUMBER)
    page = newcomer.post_form("/my/register", FORM)
    assert page.status_code == 409
    assert "この番号の事業者は、すでに登録されています" in page.text
    assert "参加するには" in page.text
    assert "別の事業者として登録する" not in page.text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"corporate_number": "8000012050002"}, "corporate_number"),
        ({"corporate_number": "123"}, "corporate_number"),
        ({"corporate_number": ""}, "corporate_number"),
        ({"form": ""}, "form"),
        ({"form": "club"}, "form"),
        ({"name": " "}, "name"),
        ({"name": "あ" * 121}, "name"),
        ({"prefecture": "東京"}, "prefecture"),
        ({"address": ""}, "address"),
        ({"address": "あ" * 201}, "address"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_the_rest_is_kept(newcomer, changes, field):
    page = newcomer.post_form("/my/register", FORM | changes)
    assert page.status_code == 422
    assert f'id="f-{field}-error"' in page.text
    assert f'href="#f-{field}"' in page.text
    assert field == "address" or FORM["address"] in page.text
    with by(SYSTEM):
        assert db.session.query(Organisation).count() == 0


def test_a_sole_proprietor_has_no_number(newcomer):
    answer = newcomer.post_form("/my/register", FORM | {"form": "sole_proprietor"})
    assert answer.status_code == 302
    with by(SYSTEM):
        assert db.session.query(Organisation).one().corporate_number is None
    assert "なし（個人事業主）" in newcomer.get("/my").text


def test_facts_are_said_once_and_answered_with_reasons(owner_browser):
    browser, sme = owner_browser
    assert "業種と従業員数を教えてください" in browser.get("/my").text
    answer = browser.post_form("/my/profile", FACTS)
    assert answer.status_code == 302
    page = browser.get(answer.location)
    assert "申請できます" in page.text
    assert "みなし大企業には当たりません" in page.text
    assert "ベンダーには見えません" in page.text
    with by(sme):
        saved = profile()
    assert saved.statement.employees == 8
    assert saved.statement.capital_yen == 3_000_000
    english = browser.get("/my/profile?lang=en")
    assert "You can apply" in english.text
    assert "not a deemed large enterprise" in english.text


def test_a_refusal_says_which_rule_and_why(owner_browser):
    browser, _ = owner_browser
    browser.post_form("/my/profile", FACTS | {"employees": "80", "capital_yen": "6000万"})
    page = browser.get("/my/profile")
    assert "いまの内容では申請できません" in page.text
    assert "資本金5,000万円以下、または従業員50人以下" in page.text
    assert "理由を確認する" in browser.get("/my").text


def test_saved_facts_come_back_into_the_form(owner_browser):
    browser, _ = owner_browser
    facts = {"large_firms": "yes", "largest_large_firm_share": "20%", "large_firms_share": "30"}
    browser.post_form("/my/profile", FACTS | facts)
    page = browser.get("/my/profile?edit=1")
    assert re.search(r'name="employees"[^>]*value="8"', page.text)
    assert re.search(r'name="capital_yen"[^>]*value="3,000,000"', page.text)
    assert re.search(r'name="largest_large_firm_share"[^>]*value="20"', page.text)
    assert 'name="version" value="1"' in page.text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"employees": ""}, "employees"),
        ({"employees": "たくさん"}, "employees"),
        ({"employees": "-3"}, "employees"),
        ({"employees": "9999999"}, "employees"),
        ({"capital_yen": "たくさん"}, "capital_yen"),
        ({"industry": ""}, "industry"),
        ({"industry": "nothing"}, "industry"),
        ({"kind": ""}, "kind"),
        ({"kind": "cat"}, "kind"),
        ({"domestic": ""}, "domestic"),
        ({"large_firms": ""}, "large_firms"),
        ({"large_firms": "yes", "large_firms_share": "half"}, "large_firms_share"),
        ({"large_firms": "yes", "large_firms_share": "120"}, "large_firms_share"),
    ],
)
def test_wrong_facts_are_named_and_kept(owner_browser, changes, field):
    browser, sme = owner_browser
    page = browser.post_form("/my/profile", FACTS | changes)
    assert page.status_code == 422
    assert f'id="f-{field}-error"' in page.text
    with by(sme):
        assert profile() is None


def test_an_industry_is_found_by_words_without_losing_what_was_typed(owner_browser):
    browser, sme = owner_browser
    page = browser.post_form("/my/profile", FACTS | {"industry": "", "industry_words": "らーめん屋", "find": "1"})
    assert page.status_code == 200
    assert '<option value="restaurant" selected>' in page.text
    assert "８人" in page.text
    with by(sme):
        assert profile() is None
    nothing = browser.post_form("/my/profile", FACTS | {"industry_words": "ぬぬぬ", "find": "1"})
    assert "その言葉の業種は見つかりませんでした" in nothing.text


def test_an_industry_outside_the_list_stays_chosen(owner_browser):
    browser, _ = owner_browser
    browser.post_form("/my/profile", FACTS | {"industry": "jsic_G391"})
    page = browser.get("/my/profile?edit=1")
    assert '<option value="jsic_G391" selected>' in page.text


def test_the_later_of_two_tabs_is_told(owner_browser):
    browser, _ = owner_browser
    browser.post_form("/my/profile", FACTS)
    answer = browser.post_form("/my/profile", FACTS | {"employees": "9"})
    assert answer.status_code == 409
    assert "あなたが開いたあとに更新されています" in answer.text


def test_a_sole_proprietors_capital_is_not_asked(owner_browser):
    browser, sme = owner_browser
    facts = {"kind": "sole_proprietor", "capital_yen": "なし", "large_firms_share": "x"}
    assert browser.post_form("/my/profile", FACTS | facts).status_code == 302
    with by(sme):
        assert profile().statement.capital_yen is None


def test_home_says_when_it_opens_or_closes(owner_browser):
    browser, _ = owner_browser
    browser.post_form("/my/profile", FACTS)
    assert "いまは交付申請の受付期間ではありません" in browser.get("/my").text
    open_now()
    page = browser.get("/my")
    assert "ITツールを選びましょう" in page.text
    assert "あと20日" in page.text


def test_a_member_reads_but_does_not_change(client, organisation, actor_of):
    member = actor_of(organisation("sme"), "sme_member")
    browser = client.act_as(member)
    assert browser.get("/my").status_code == 200
    assert browser.post_form("/my/profile", FACTS).status_code == 403


@pytest.mark.parametrize("kind", ["vendor", "secretariat"])
def test_others_have_no_my_page(client, organisation, actor_of, kind):
    role = {"vendor": "vendor_owner", "secretariat": "secretariat_administrator"}[kind]
    browser = client.act_as(actor_of(organisation(kind), role))
    for path in ("/my", "/my/profile", "/my/applications", "/my/applications/start/PK-1"):
        assert browser.get(path).status_code == 403
