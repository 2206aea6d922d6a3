"""An enquiry whose writer was signed out meanwhile is not lost, and reaches the vendor once."""

from __future__ import annotations

import pytest
from grants import CODE, another_business, build
from playwright.sync_api import expect

from marketplace.enquiries import queries
from tenants.db import act_as

pytestmark = pytest.mark.browser
ASK = f"/my/enquiries/new/{CODE}"
BODY = "レジ2台で使えますか。\n見積もりをお願いします。"
SEND, AGAIN = "この内容で問い合わせる", "もう一度送信する"


@pytest.fixture
def world(organisation, actor_of, known_as):
    world = build(organisation, actor_of, now=True)
    known_as(world.sme, "workshop-owner")
    return world


def press(visitor, words: str) -> None:
    visitor.page.get_by_role("button", name=words, exact=True).click()


def sign_out_elsewhere(visitor) -> None:
    """In another window of the same browser."""
    other = visitor.page.context.new_page()
    other.goto(f"{visitor.address}/my")
    with other.expect_navigation():
        other.locator('form[action="/sign-out"]').first.evaluate("form => form.submit()")
    other.close()


def written_and_signed_out(visitor) -> None:
    """On the page that says that it was not sent."""
    visitor.go(ASK)
    visitor.sign_in_as("workshop-owner")
    visitor.page.locator("#f-body").fill(BODY)
    sign_out_elsewhere(visitor)
    press(visitor, SEND)
    expect(visitor.page.get_by_label("本文")).to_have_value(BODY)
    visitor.look()


def received(world) -> list[str]:
    with act_as(world.vendor):
        cards = queries.enquiries(page=1).items
        return [message.body for card in cards for message in queries.enquiry(card.id).messages]


@pytest.mark.parametrize(
    ("width", "script"), [(390, False), (1280, True)], ids=["phone without script", "desktop"]
)
def test_sent_again_from_the_page_that_says_it_was_not_sent(world, visit, width, script):
    shop = visit(width, java_script_enabled=script)
    written_and_signed_out(shop)
    with shop.page.expect_popup() as opened:
        shop.page.locator("#main").get_by_role("link", name="ログインする").click()
    window = opened.value
    window.locator('form[action="/sign-in/demo"] button').click()
    window.locator('button[name="sub"][value="workshop-owner"]').click()
    expect(window.get_by_role("heading", level=1)).to_have_text("ご本人であることを確認しました")
    window.close()
    press(shop, AGAIN)
    expect(shop.page.get_by_text("送る人：")).to_contain_text("食堂ひまわり")
    shop.look()
    assert received(world) == []
    press(shop, AGAIN)
    shop.page.get_by_role("heading", name="やりとり").wait_for()
    assert [body.replace("\r", "") for body in received(world)] == [BODY]


def test_what_was_typed_is_back_in_the_form_for_its_writer_only(world, visit, actor_of, organisation, known_as):
    known_as(another_business(world, organisation, actor_of).sme, "ramen-owner")
    shop = visit(390)
    body, notice = shop.page.locator("#f-body"), shop.page.get_by_text("前に入力した内容を戻しました")
    written_and_signed_out(shop)
    shop.go(ASK)
    shop.sign_in_as("workshop-owner")
    expect(body).to_have_value(BODY)
    expect(notice).to_be_visible()
    shop.look()
    press(shop, "戻した内容を捨てる")
    expect(body).to_have_value("")
    shop.page.reload()
    expect(body).to_have_value("")
    body.fill(BODY)
    shop.page.reload()
    expect(body).to_have_value(BODY)
    press(shop, SEND)
    shop.page.get_by_role("heading", name="やりとり").wait_for()
    assert len(received(world)) == 1
    shop.go(ASK)
    expect(body).to_have_value("")
    expect(notice).to_have_count(0)

    body.fill("前の人の文章")
    sign_out_elsewhere(shop)
    shop.go(ASK)
    shop.sign_in_as("ramen-owner")
    expect(body).to_have_value("")
    assert shop.page.evaluate("JSON.stringify(sessionStorage)").find("前の人") == -1


def test_what_was_used_after_a_preview_is_not_put_back_into_the_next_form(visit, office, known_as, index):
    known_as(office("administrator"), "secretariat-administrator")
    visitor = visit(1280)
    page = visitor.page
    visitor.go("/secretariat/synonyms/edit")
    visitor.sign_in_as("secretariat-administrator")
    word = page.get_by_label("お店の人の言葉")
    word.fill("おこづかい帳")
    page.get_by_label("この言葉としてもさがす").fill("会計")
    visitor.go("/secretariat/synonyms/edit")
    expect(word).to_have_value("おこづかい帳")
    press(visitor, "検索結果を確かめる")
    press(visitor, "この内容で使い始める")
    expect(page.get_by_text("使い始めました")).to_be_visible()
    visitor.go("/secretariat/synonyms/edit")
    expect(word).to_have_value("")
