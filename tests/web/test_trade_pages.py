"""Shortlist, enquiries and quotes through the front door."""

from __future__ import annotations

import io
import re
import uuid
from datetime import timedelta

import pytest
import trade
from grants import CODE, World, build, package
from price_boxes import money_compared, on_own_page
from printed import read
from registrations import use_memory

from marketplace.enquiries import queries as enquiries
from marketplace.quotes import queries as quotes
from marketplace.quotes import services
from marketplace.shortlists import services as shortlists
from tenants import clock, files
from tenants.actor import SYSTEM, Actor
from tenants.db import act_as


@pytest.fixture
def world(organisation, actor_of) -> World:
    use_memory()
    return build(organisation, actor_of, now=True)


def until():
    return clock.today() + timedelta(days=14)


def sent(world) -> str:
    """A quote before the business, made now."""
    with act_as(world.sme):
        # In words of its own: the same once more would not be sent.
        enquiry = trade.enquiries.ask(CODE, f"見積もりをお願いします。{uuid.uuid4()}", release=["name"])
    with act_as(world.vendor):
        quote = services.draft(enquiry, CODE, trade.LINES, trade.terms(until()))
        services.send(quote, read_version=1)
    return str(quote)


def test_nobody_is_offered_sign_in_and_the_wish_is_kept(world, client):
    page = client.get(f"/packages/{CODE}").text
    assert f'href="/my/shortlist/add/{CODE}"' in page
    assert f'href="/my/enquiries/new/{CODE}"' in page
    answer = client.get(f"/my/shortlist/add/{CODE}")
    assert answer.status_code == 302
    assert f"next=/my/shortlist/add/{CODE}" in answer.location.replace("%2F", "/")


def test_somebody_without_a_business_registers_it_first_and_finds_the_wish_again(world, browser, actor_of):
    with act_as(SYSTEM):
        from tenants.db import db  # noqa: PLC0415
        from tenants.models import Person  # noqa: PLC0415

        person = Person(name="新人", email="new@example.jp")
        db.session.add(person)
        db.session.commit()
    new = browser(Actor("public", None, person.id, frozenset(), person.name))
    assert new.get(f"/my/shortlist/add/{CODE}").location == "/my/register"
    form = {"name": "新しい店", "form": "sole_proprietor", "prefecture": "東京都", "address": "1-1"}
    assert new.post_form("/my/register", form).status_code == 302
    assert "入れようとしていたITツール" in new.get("/my").text
    assert new.post_form(f"/my/shortlist/add/{CODE}").status_code == 302
    assert "入れようとしていたITツール" not in new.get("/my").text


def test_a_vendor_is_not_offered_a_shortlist(world, browser):
    assert "/my/shortlist" not in browser(world.vendor).get(f"/packages/{CODE}").text


def test_cards_and_comparison_offer_it_too(world, client):
    assert f"/my/shortlist/add/{CODE}" in client.get(f"/compare?codes={CODE}").text


def test_a_stale_note_shows_both(world, browser):
    shop = browser(world.sme)
    with act_as(world.sme):
        entry = shortlists.add(CODE)
        shortlists.write_note(entry, "同僚のメモ", read_version=1)
    answer = shop.post_form(f"/my/shortlist/{entry}/note", {"note": "自分のメモ", "version": "1"})
    assert answer.status_code == 409
    assert "同僚のメモ" in answer.text
    assert "自分のメモ" in answer.text
    assert shop.post_form(f"/my/shortlist/{entry}/note", {"note": "直した", "version": "2"}).status_code == 302
    long = shop.post_form(f"/my/shortlist/{entry}/note", {"note": "あ" * 1001, "version": "3"})
    assert (long.status_code, "長すぎます" in long.text) == (422, True)
    assert shop.post_form(f"/my/shortlist/{entry}/move", {"direction": "sideways"}).status_code == 422
    assert shop.post_form(f"/my/shortlist/{entry}/move", {"direction": "up"}).status_code == 302
    assert shop.post_form(f"/my/shortlist/{entry}/remove", {"version": "3"}).status_code == 302
    assert "まだ何も入っていません" in shop.get("/my/shortlist").text


def test_the_list_says_what_changed(world, browser):
    shop = browser(world.sme)
    assert shop.post_form(f"/my/shortlist/add/{CODE}", {"note": "あ" * 1001}).status_code == 422
    assert shop.post_form(f"/my/shortlist/add/{CODE}", {"note": "x"}).status_code == 302
    world.publish(package(price=650_000))
    page = shop.get("/my/shortlist").text
    assert "新しい版が公開されました" in page
    assert "700,000" in page
    assert "750,000" in page
    assert "すでに入っています" in shop.get(f"/my/shortlist/add/{CODE}").text


def test_the_second_press_leads_to_what_was_sent_first(world, browser):
    shop = browser(world.sme)
    form = {"body": "在庫は？", "release": "name"}
    first = shop.post_form(f"/my/enquiries/new/{CODE}", form)
    assert "問い合わせを送りました" in shop.get(first.location).text
    second = shop.post_form(f"/my/enquiries/new/{CODE}", form)
    assert (second.status_code, second.location) == (302, first.location)
    assert "二重には送っていません" in shop.get(second.location).text
    message = shop.post_form(f"{first.location}/messages", {"body": "在庫は？"})
    assert message.location == first.location
    assert shop.get(first.location).text.count("二重には送っていません") == 1


def test_an_enquiry_sends_what_was_ticked_and_no_more(world, browser):
    shop, vendor = browser(world.sme), browser(world.vendor)
    form = shop.get(f"/my/enquiries/new/{CODE}").text
    assert "事業者名：食堂ひまわり" in form
    assert "売上・原価・利益・資本金・従業員数" in form
    assert shop.post_form(f"/my/enquiries/new/{CODE}", {"body": ""}).status_code == 422
    bad = {"body": "x", "file": (io.BytesIO(b"MZ"), "a.exe")}
    assert shop.post_form(f"/my/enquiries/new/{CODE}", bad, content_type="multipart/form-data").status_code == 422
    good = {"body": "図面です。", "release": ["industry"], "file": (io.BytesIO(trade.PDF), "図面.pdf")}
    answer = shop.post_form(f"/my/enquiries/new/{CODE}", good, content_type="multipart/form-data")
    assert answer.status_code == 302
    enquiry = answer.location.rsplit("/", 1)[1]
    page = vendor.get(f"/vendor/enquiries/{enquiry}").text
    assert "食堂ひまわり" not in page
    assert "業種：" in page
    assert "ある事業者" in vendor.get("/vendor/enquiries").text
    with act_as(world.vendor):
        [file] = enquiries.enquiry(enquiry).messages[0].files
        assert not enquiries.enquiry(enquiry).card.unread
    saved = vendor.get(f"/vendor/enquiries/{enquiry}/files/{file.id}")
    assert saved.data == trade.PDF
    assert saved.headers["Content-Disposition"].startswith("attachment")
    assert vendor.post_form(f"/vendor/enquiries/{enquiry}/messages", {"body": ""}).status_code == 422
    assert vendor.post_form(f"/vendor/enquiries/{enquiry}/messages", {"body": "回答です。"}).status_code == 302
    assert "ベンダーからの返事があります" in shop.get("/my").text
    assert "回答です。" in shop.get(f"/my/enquiries/{enquiry}").text
    with act_as(world.sme):
        version = enquiries.enquiry(enquiry).version
    stale = shop.post_form(f"/my/enquiries/{enquiry}/close", {"version": str(version - 1)})
    assert stale.status_code == 409
    assert shop.post_form(f"/my/enquiries/{enquiry}/close", {"version": str(version)}).status_code == 302
    assert shop.post_form(f"/my/enquiries/{enquiry}/messages", {"body": "x"}).status_code == 409


@pytest.mark.parametrize(
    ("limit", "most", "status", "words"),
    [
        ("FILES_A_DAY", 1, 429, "24時間に1件まで"),
        ("MOST_STORED_BYTES", len(trade.PDF) * 2 - 1, 413, "組織ごとに合計"),
    ],
)
def test_more_files_than_are_kept_are_refused_where_one_sits(
    world, browser, monkeypatch, limit, most, status, words
):
    """On the form, with what was typed, how to mend it, and nothing sent; whose measure is full is the sender's alone."""
    monkeypatch.setattr(files, limit, most)
    shop, vendor = browser(world.sme), browser(world.vendor)

    def send(who, place, body="図面です。"):
        form = {"body": body, "file": (io.BytesIO(trade.PDF), "図面.pdf")}
        return who.post_form(place, form, content_type="multipart/form-data")

    first = send(shop, f"/my/enquiries/new/{CODE}")
    assert first.status_code == 302
    refused = send(shop, f"/my/enquiries/new/{CODE}", "続きの図面です。")
    assert refused.status_code == status
    assert words in refused.text
    assert "続きの図面です。</textarea>" in refused.text
    assert "何も送っていません" in refused.text or "事務局にお問い合わせください" in refused.text
    assert ("Retry-After" in refused.headers) == (status == 429)
    with act_as(world.sme):
        assert enquiries.enquiries().total == 1
    assert send(vendor, f"/vendor/enquiries/{first.location.rsplit('/', 1)[1]}/messages").status_code == 302


FORM = {
    "subject": "導入",
    "price-P-1": "５４０，０００円",
    "quantity-P-1": "1",
    "price-P-2": "45000",
    "quantity-P-2": "2",
    "cloud_months": "12",
    "note": "",
}


def test_a_vendor_drafts_corrects_and_sends(world, browser):
    vendor = browser(world.vendor)
    with act_as(world.sme):
        enquiry = trade.enquiries.ask(CODE, "見積もりをお願いします。", release=[])
    address = f"/vendor/enquiries/{enquiry}/quote"
    assert "480,000円から600,000円まで" in vendor.get(address).text
    usual = FORM | {"valid_until": until().isoformat(), "code": CODE}
    wrong = vendor.post_form(address, usual | {"price-P-1": "高い", "valid_until": "いつか", "cloud_months": ""})
    assert wrong.status_code == 422
    assert wrong.text.count("読み取れません") >= 3
    outside = vendor.post_form(address, usual | {"price-P-1": "100"})
    assert (outside.status_code, "最低販売価格を下回っています" in outside.text) == (422, True)
    quote = vendor.post_form(address, usual).location.rsplit("/", 1)[1]
    assert "693,000" in vendor.get(f"/vendor/quotes/{quote}").text
    edit = f"/vendor/quotes/{quote}/edit"
    assert "540000" in vendor.get(edit).text
    assert vendor.post_form(edit, usual | {"version": "1", "price-P-1": "1"}).status_code == 422
    assert vendor.post_form(edit, usual | {"version": "1", "note": "納期2週間"}).status_code == 302
    draft = vendor.get(f"/vendor/quotes/{quote}.pdf")
    assert "下書き・未発行" in read(draft.data).words
    assert vendor.post_form(f"/vendor/quotes/{quote}/send", {"version": "1"}).status_code == 409
    assert vendor.post_form(f"/vendor/quotes/{quote}/send", {"version": "2"}).status_code == 302
    assert vendor.get(edit).status_code == 409
    assert "返事待ち" in vendor.get("/vendor/quotes").text
    assert "返事待ち" in vendor.get("/vendor/quotes?state=sent").text
    assert vendor.post_form(f"/vendor/quotes/{quote}/withdraw", {"version": "3"}).status_code == 422
    revised = vendor.post_form(f"/vendor/quotes/{quote}/revise").location
    assert vendor.get(revised).status_code == 200
    second = revised.split("/")[3]
    assert vendor.post_form(f"/vendor/quotes/{second}/discard", {"version": "1"}).status_code == 302
    gone = {"version": "3", "reason": "在庫切れ"}
    assert vendor.post_form(f"/vendor/quotes/{quote}/withdraw", gone).status_code == 302
    world.publish(package(price=700_000))
    with act_as(world.vendor):
        other = services.draft(
            enquiry, CODE, (trade.Wanted("P-1", 650_000, 1), trade.LINES[1]), trade.terms(until())
        )
    world.publish(package(price=710_000))
    assert vendor.post_form(f"/vendor/quotes/{other}/send", {"version": "1"}).status_code == 422


def test_the_paper_is_tagged_and_says_what_the_page_says(world, browser):
    quote = sent(world)
    shop = browser(world.sme)
    answer = shop.get(f"/my/quotes/{quote}.pdf")
    paper = read(answer.data)
    assert answer.content_type == "application/pdf"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert paper.tagged
    assert paper.accessible
    assert paper.lang == "ja-JP"
    for words in ("食堂ひまわり御中", "693,000円", "消費税（10%）", "予約台帳", "540,000円", "第1版", "見積書"):
        assert words in paper.words, words
    # What a unit is stands under its price, on paper as on the page.
    page = shop.get(f"/my/quotes/{quote}").text
    for unit in ("一括（式）", "一括（台）"):
        assert unit in paper.words
        assert f"<small>{unit}</small>" in page
    assert "ETag" not in answer.headers
    assert browser(world.vendor).get(f"/vendor/quotes/{quote}.pdf").data == answer.data


def test_a_second_acceptance_from_an_older_page_changes_nothing_and_asks_for_no_text(world, browser):
    quote = sent(world)
    shop = browser(world.sme)
    version = re.search(r'name="version" value="(\d+)"', shop.get(f"/my/quotes/{quote}").text)[1]
    from_here = {"Sec-Fetch-Site": "same-origin"}
    assert shop.post_form(f"/my/quotes/{quote}/accept", {"version": version}).status_code == 302
    again = shop.post_form(f"/my/quotes/{quote}/accept", {"version": version}, headers=from_here)
    assert again.status_code == 409
    assert "あなたの操作は反映されていません" in again.text
    assert 'id="typed"' not in again.text
    assert "承諾済み" in shop.get(f"/my/quotes/{quote}").text


def test_accepting_and_starting_an_application(world, browser):
    quote = sent(world)
    shop = browser(world.sme)
    assert "見積書の返事を待っています" in shop.get("/my").text
    page = shop.get(f"/my/quotes/{quote}").text
    assert "360,000" in page
    assert shop.get(f"/my/quotes/{quote}/start").status_code == 409
    refused = shop.get(f"/my/quotes/{quote}/start").text
    assert "先に、この見積もりを承諾してください" in refused
    # Nothing was entered that could be wrong, and the heading does not say so.
    assert "このままでは進められません" in refused
    assert "入力内容をご確認ください" not in refused
    assert shop.post_form(f"/my/quotes/{quote}/start").status_code == 409
    unexplained = shop.post_form(f"/my/quotes/{quote}/decline", {"version": "2"})
    assert unexplained.status_code == 422
    assert "入力内容をご確認ください" in unexplained.text
    assert shop.post_form(f"/my/quotes/{quote}/accept", {"version": "2"}).status_code == 302
    assert shop.post_form(f"/my/quotes/{quote}/accept", {"version": "2"}).status_code == 409
    with act_as(world.sme):
        number = quotes.quote(quote).card.number
    start = shop.get(f"/my/quotes/{quote}/start").text
    assert f"見積書 {number}（第1版）" in start
    application = shop.post_form(f"/my/quotes/{quote}/start").location
    assert f"見積書 {number}（第1版）の明細と価格" in shop.get(application).text
    assert "始めた申請を見る" in shop.get(f"/my/quotes/{quote}").text
    vendor = browser(world.vendor).get(application.replace("/my/", "/vendor/")).text
    assert f"見積書 {number}（第1版）の明細と価格" in vendor


def test_declining_and_lists(world, browser):
    first, second = sent(world), sent(world)
    shop = browser(world.sme)
    assert shop.post_form(f"/my/quotes/{first}/decline", {"version": "2", "reason": "高い"}).status_code == 302
    assert "高い" in browser(world.vendor).get(f"/vendor/quotes/{first}").text
    assert "辞退" in shop.get("/my/quotes?state=declined").text
    assert shop.get("/my/quotes?state=nothing").status_code == 404
    beside = shop.get(f"/my/quotes/compare?quotes={first}&quotes={second}&quotes=x").text
    assert beside.count("さくらシステム株式会社") >= 2
    # What the quote's own page says of money, in the rows that packages are compared in.
    assert money_compared(beside) == [on_own_page(shop.get(f"/my/quotes/{each}").text) for each in (first, second)]
    assert [each[:3] for each in money_compared(beside)] == [(630_000, 360_000, 270_000)] * 2
    assert "先にベンダーに支払う：交付決定のあと" in beside
    assert "90,000円（単価 45,000円、数量 2）" in beside
    assert f"quotes={second}" in re.findall(r'class="compare__remove" href="([^"]+)"', beside)[0]
    assert "選ばれていません" in shop.get("/my/quotes/compare").text


def test_a_newer_version_is_said_on_the_quote_s_page(world, browser):
    quote = sent(world)
    world.publish(package(price=700_000))
    answer = browser(world.sme).post_form(f"/my/quotes/{quote}/accept", {"version": "2"})
    assert answer.status_code == 422
    assert "新しい版が公開されました" in answer.text
