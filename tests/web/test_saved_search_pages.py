"""Saved searches through the front door: saving, the list, the mail, and stopping it without signing in."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import post
import pytest
import saved
from saved import DAY, START, Shop, mine
from sqlalchemy import update

from search.saved import services, telling
from search.saved.models import SavedSearch
from tenants import clock
from tenants.actor import SYSTEM, Actor
from tenants.db import act_as, db
from tenants.models import Person
from tenants.notices import delivery, inbox, preferences, sending
from tenants.notices.models import OutgoingMail
from web import stop_links
from web.app import csrf


@pytest.fixture
def shop(index, organisation) -> Shop:
    made = Shop(organisation("vendor"))
    made.publish("PK-0", START - 9 * DAY)
    return made


@pytest.fixture
def person(organisation, actor_of) -> Actor:
    return actor_of(organisation("sme"), "sme_owner")


@pytest.fixture
def links(settings):
    return stop_links.Links("https://hojo.example.jp", lambda scope, of: stop_links.path(settings, scope, of))


def save_link(page: str) -> str:
    return re.search(r'<a class="save-search__link" href="([^"]+)"', page).group(1).replace("&amp;", "&")


# --- saving ---


def test_without_an_account_it_leads_to_sign_in_and_back_to_the_same_search(shop, browser):
    client = browser()
    page = client.get("/packages?q=予約&industry=retail&page=2").text
    assert "ログインが必要です" in page
    answer = client.get(save_link(page))
    assert answer.status_code == 302
    assert "next=/my/searches/save?q%3D" in answer.location.replace("%2F", "/").replace("%3F", "?")


def test_a_business_saves_what_it_sees_under_a_name_of_its_own(shop, person, browser):
    visitor = browser(person)
    href = save_link(visitor.get("/packages?q=予約&industry=retail&own_cost_max=500000&sort=price").text)
    page = visitor.get(href).text
    assert 'value="予約・小売業・500,000円以下"' in page
    assert "いまは1件が見つかります" in page
    form = {"name": "店の予約", "by_mail": "1"}
    assert visitor.post_form(href, form).location == "/my/searches"
    page = visitor.get("/my/searches").text
    for words in ("店の予約", "検索を保存しました", "お知らせする", "小売業", "まだお知らせはありません"):
        assert words in page
    assert (
        'href="/packages?q=%E4%BA%88%E7%B4%84&amp;industry=retail&amp;own_cost_max=500000&amp;sort=price"' in page
    )
    assert "この検索は保存してあります" in visitor.get("/packages?q=予約&industry=retail&own_cost_max=500000").text
    assert "この検索は保存してあります" in visitor.get(href).text
    visitor.post_form(href, form)
    assert "すでに保存してあります" in visitor.get("/my/searches").text
    assert len(mine(person)) == 1


def test_everything_can_be_saved_and_a_long_name_is_shortened(shop, person, browser):
    visitor = browser(person)
    assert 'value="すべてのITツール"' in visitor.get("/my/searches/save").text
    assert "条件はありません" in visitor.get("/my/searches/save").text
    name = re.search(r'name="name"[^>]*value="([^"]+)"', visitor.get(f"/my/searches/save?q={'予約' * 40}").text)
    assert len(name.group(1)) == services.NAME_LIMIT


def test_words_that_nothing_has_are_told_before_saving(shop, person, browser):
    page = browser(person).get("/my/searches/save?q=月末の給与計算と予約が大変").text
    assert "すべての言葉に合うITツールだけ" in page


def test_bad_input_is_named_and_keeps_what_was_typed(shop, person, browser):
    visitor = browser(person)
    for made_up in ("price_min=x", "function=NONE"):
        leads_back = visitor.get(f"/my/searches/save?{made_up}")
        assert (leads_back.status_code, leads_back.location) == (302, f"/packages?{made_up}")
        assert "検索の条件に誤りがあります" in visitor.get(leads_back.location).text
    refused = visitor.post_form("/my/searches/save?function=NONE", {"name": "x"})
    assert refused.status_code == 400
    assert "一覧から選び直してください" in refused.text
    assert "使える値" not in refused.text
    assert "画面を開いたまま" not in refused.text, "what is wrong is known, so nothing is guessed"
    answer = visitor.post_form("/my/searches/save?q=予約", {"name": "長" * 61})
    assert answer.status_code == 422
    assert "長" * 61 in answer.text
    assert re.search(r'name="by_mail"[^>]*checked', answer.text) is None, "it was not ticked"
    with act_as(person):
        for number in range(services.MOST):
            services.save(saved.asked(q=f"予約{number}"), "予約")
    answer = visitor.post_form("/my/searches/save?q=あふれる", {"name": "二十一"})
    assert (answer.status_code, "保存できる検索は20件まで" in answer.text) == (422, True)
    before = visitor.get("/my/searches/save?q=あふれる").text
    assert "保存できる検索は20件まで" in before, "told before a name is thought of"
    assert 'name="name"' not in before
    assert 'href="/my/searches"' in before


TOLD = "お知らせは、すべての言葉に合うものだけです"


@pytest.mark.parametrize("words", ["予約 ヌヌヌヌ", "ヌヌヌヌ", "会計勤怠"])
def test_where_what_is_found_is_not_what_is_told_of_it_says_so_before_one_signs_in(shop, browser, words):
    page = browser().get("/packages", query_string={"q": words}).text
    assert TOLD in page.split("save-search__link")[1].split("</p>")[0]


@pytest.mark.parametrize("asked", [{}, {"q": "予約"}, {"industry": "retail"}, {"price_max": 1}])
def test_and_not_where_it_is(shop, browser, asked):
    page = browser().get("/packages", query_string=asked).text
    assert TOLD not in page


def test_others_are_not_offered_it(shop, browser, actor_of, organisation):
    for kind, role in (("vendor", "vendor_owner"), ("secretariat", "secretariat_reviewer")):
        visitor = browser(actor_of(organisation(kind), role))
        assert "save-search" not in visitor.get("/packages?q=予約").text
        assert visitor.get("/my/searches").status_code == 403


def test_somebody_without_a_business_registers_it_first_and_finds_the_wish_again(shop, browser):
    with act_as(SYSTEM):
        new = Person(name="新人", email="new@example.jp")
        db.session.add(new)
        db.session.commit()
    visitor = browser(Actor("public", None, new.id, frozenset(), new.name))
    assert visitor.get("/my/searches/save?q=予約&page=3&sort=own_cost").location == "/my/register"
    registered = {
        "form": "corporation",
        "corporate_number": "1000012050008",
        "name": "食堂ひまわり",
        "prefecture": "東京都",
        "address": "千代田区8-8",
    }
    assert visitor.post_form("/my/register", registered).status_code == 302
    page = visitor.get("/my").text
    (kept,) = re.findall(r'href="(/my/searches/save[^"]*)"', page)
    assert kept == "/my/searches/save?q=%E4%BA%88%E7%B4%84&amp;sort=own_cost"
    visitor.post_form(kept.replace("&amp;", "&"), {"name": "予約", "by_mail": "1"})
    assert "保存しようとしていた検索" not in visitor.get("/my").text
    assert 'href="/packages?q=%E4%BA%88%E7%B4%84&amp;sort=own_cost"' in visitor.get("/my/searches").text


# --- the list ---


def test_the_empty_list_leads_to_the_search(person, browser):
    page = browser(person).get("/my/searches").text
    assert "保存した検索はまだありません" in page
    assert 'href="/packages"' in page


def test_renaming_mail_on_and_off_and_taking_away(shop, person, browser):
    search = saved.save(person, q="予約")
    visitor, page = browser(person), f"/my/searches/{search}"
    assert visitor.post_form(f"{page}/name", {"version": "1", "name": "電話の予約"}).status_code == 302
    answer = visitor.post_form(f"{page}/name", {"version": "2", "name": " "})
    assert (answer.status_code, "名前が入力されていません" in answer.text) == (422, True)
    visitor.post_form(f"{page}/mail", {"version": "2", "by_mail": "off"})
    assert "お知らせを再開する" in visitor.get("/my/searches").text
    visitor.post_form(f"{page}/mail", {"version": "3", "by_mail": "on"})
    assert "これから公開されるITツールをお知らせします" in visitor.get("/my/searches").text
    for path, form in (("name", {"name": "x"}), ("mail", {"by_mail": "off"}), ("remove", {})):
        assert visitor.post_form(f"{page}/{path}", {"version": "1", **form}).status_code == 409
        assert visitor.post_form(f"{page}/{path}", {"version": "x", **form}).status_code == 422
        assert (
            visitor.post_form(f"/my/searches/{uuid.uuid4()}/{path}", {"version": "1", **form}).status_code == 404
        )
    assert visitor.post_form(f"{page}/mail", {"version": "4", "by_mail": "maybe"}).status_code == 422
    visitor.post_form(f"{page}/remove", {"version": "4"})
    assert mine(person) == ()


def test_broken_conditions_a_broken_address_and_declined_mails_are_told(shop, person, browser, owner):
    search = saved.save(person, q="予約")
    other = saved.save(person, q="レジ")
    with owner.begin() as connection:
        for each, kept in ((search, "function=GONE"), (other, "price_min=many")):
            connection.execute(update(SavedSearch).where(SavedSearch.id == each).values(conditions=kept))
    with act_as(person):
        preferences.save(language="ja", by_mail=[])
    visitor = browser(person)
    page = visitor.get("/my/searches").text
    assert page.count("使えなくなった条件があります") == 2
    assert "GONE" in page
    assert "受け取らない設定です" in page
    with act_as(SYSTEM):
        sending.suppress(OutgoingMail(id=1, address="hanako@example.jp"), "bounced", "550")
        db.session.commit()
    assert "メールが届いていません" in visitor.get("/my/searches").text


# --- the mail ---


def told(shop: Shop, person: Actor, links) -> None:
    saved.save(person, name="予約の検索", q="予約")
    for number in range(1, 8):
        shop.publish(f"PK-{number}", START + timedelta(hours=1))
    with clock.at(START + DAY):
        telling.run(links)


def test_the_mail_lists_what_is_new_and_has_both_headers_of_one_click(shop, person, links, settings, browser):
    client = browser()
    told(shop, person, links)
    with post.serving() as server:
        office = post.office(server)
        delivery.deliver(office)
        sending.send_due(office)
    [letter] = server.letters
    path = stop_links.path(settings, "person", person.person_id)
    assert letter["Subject"] == "保存した検索に合う新しいITツールが7件あります"
    assert letter["List-Unsubscribe"] == f"<https://hojo.example.jp{path}>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    raw = server.envelopes[0].content
    assert f"<https://hojo.example.jp{path}>".encode() in raw, "neither cut nor encoded"
    body = letter.get_content().replace("\r\n", "\n")
    assert body.count("/packages/PK-") == 5
    assert "・ほか2件" in body
    assert "\n\n■ 予約の検索（新着 7件）\n" in body
    assert "補助金" in body
    assert "自己負担" in body
    with act_as(person):
        [notice] = inbox.mine().items
        assert notice.body.ja == "新しく公開されました：「予約の検索」に7件。"
        assert notice.subject.en == "New packages match your searches: 7"
    answer = client.post(path, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert not mine(person)[0].by_mail


def test_declined_by_category_it_comes_to_the_inbox_only(shop, person, links):
    with act_as(person):
        preferences.save(language="ja", by_mail=[])
    told(shop, person, links)
    with post.serving() as server:
        delivery.deliver(post.office(server))
        sending.send_due(post.office(server))
        assert server.letters == []
    with act_as(person):
        assert inbox.mine().total == 1


# --- stopping it ---


def test_opening_the_link_asks_and_pressing_stops(shop, person, settings, browser):
    client = browser()
    one, two = saved.save(person, q="予約", name="一つ目"), saved.save(person, q="レジ", name="二つ目")
    path = stop_links.path(settings, "search", one)
    for _ in range(2):
        page = client.get(path)
        assert (page.status_code, "一つ目" in page.text, "二つ目" in page.text) == (200, True, False)
        assert client.head(path).status_code == 200
        assert page.headers["Cache-Control"] == "no-store"
    assert all(each.by_mail for each in mine(person))
    assert "止めました" in client.post(path).text
    assert {each.id for each in mine(person) if each.by_mail} == {two}
    assert "止まっています" in client.get(path).text
    assert "止まっています" in client.post(path).text
    page = client.get(stop_links.path(settings, "person", person.person_id)).text
    assert "保存した検索すべて（1件）" in page
    assert "二つ目" not in page, "a mail that was passed on tells of no search but its own"
    browser(person).post_form(f"/my/searches/{one}/mail", {"version": "2", "by_mail": "on"})
    assert all(each.by_mail for each in mine(person))


def test_a_wrong_or_changed_token_is_a_clear_page(shop, person, settings, browser):
    client = browser()
    good = stop_links.path(settings, "search", saved.save(person, q="予約"))
    other = stop_links.path(
        settings.model_copy(update={"secret_key": type(settings.secret_key)("x" * 40)}), "search", uuid.uuid4()
    )
    signer = stop_links._signer(settings)
    forged = [
        f"/stop-mail/{signer.sign(told).decode()}" for told in ("", "s", "sAAA", "x" * 23, "s*", "pあ".encode())
    ]
    for path in (
        good[:-1],
        good.replace("/stop-mail/s", "/stop-mail/p"),
        f"{good}x",
        other,
        "/stop-mail/x",
        "/stop-mail/%00.あ",
        *forged,
    ):
        for ask in (client.get, client.post):
            answer = ask(path)
            assert (answer.status_code, "このリンクは使えません" in answer.text) == (404, True), path
    assert mine(person)[0].by_mail


def test_no_other_page_takes_a_form_without_its_token():
    assert csrf._exempt_views == {"web.public.stop_mail.stop_mail"}


def test_a_deleted_search_s_link_says_that_nothing_comes(shop, person, settings, browser):
    client = browser()
    search = saved.save(person, q="予約")
    with act_as(person):
        services.remove(search, read_version=1)
    assert "止まっています" in client.post(stop_links.path(settings, "search", search)).text
