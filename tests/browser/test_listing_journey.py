"""From the vendors' spreadsheets to the public site, by a vendor and the secretariat in browsers of their own."""

from __future__ import annotations

import pytest
from desk import FILES
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture
def people(asahi, office, known_as):
    """The vendor's and the secretariat's people, known to the identity provider."""
    known_as(asahi, "vendor-owner")
    known_as(office("administrator"), "secretariat-administrator")


def enter(visitor, path: str, person: str):
    visitor.go(path)
    visitor.sign_in_as(person)
    visitor.go(path)
    visitor.look()
    return visitor.page


def upload(visitor, data, *kinds: str) -> None:
    page = visitor.page
    for kind in kinds:
        page.locator(f"#f-{kind}").set_input_files(data / FILES[kind])
    page.get_by_role("button", name="内容を確かめる").click()
    page.get_by_role("heading", name="内容を確かめてください").wait_for()
    visitor.look()


def tick_all(page) -> None:
    for box in page.locator('input[name="chosen"]').all():
        box.check()


def submit_drafts(visitor, path: str) -> None:
    visitor.go(f"{path}?state=draft")
    visitor.look()
    tick_all(visitor.page)
    visitor.page.get_by_role("button", name="選んだものを提出する").click()
    visitor.page.get_by_text("件を提出しました").wait_for()


def look_at(visitor, *paths: str) -> None:
    for path in paths:
        visitor.go(path)
        visitor.look()


def approve_and_publish(office) -> None:
    desk = office.page
    office.go("/secretariat/queue")
    office.look()
    tick_all(desk)
    desk.get_by_role("button", name="選んだものを承認する").click()
    desk.get_by_text("8件を承認しました").wait_for()
    office.go("/secretariat/publications")
    office.look()
    desk.get_by_role("button", name="すべて選んで確認する").click()
    desk.get_by_role("heading", name="8件を公開します").wait_for()
    office.look()
    desk.get_by_role("button", name="8件を公開する").click()
    desk.get_by_text("8件が公開されています").wait_for()
    office.look()


@pytest.mark.parametrize(
    ("width", "script"), [(390, False), (1280, True)], ids=["phone without script", "desktop"]
)
@pytest.mark.usefixtures("people")
def test_from_spreadsheet_to_public(visit, data, width, script):
    office = visit(width, java_script_enabled=script)
    desk = enter(office, "/secretariat/import", "secretariat-administrator")
    upload(office, data, "vendors", "products", "packages")
    desk.get_by_role("link", name="登録できない行だけ").click()
    desk.get_by_text("コア機能が2つ以上必要です").wait_for()

    shop = visit(width, java_script_enabled=script)
    page = enter(shop, "/vendor/import", "vendor-owner")
    upload(shop, data, "products", "packages")
    page.get_by_text("登録する行はありません。").wait_for()
    look_at(shop, "/vendor/import/guide", "/vendor/new-product", "/vendor/new-package", "/vendor/packages/AP-1")
    shop.go("/vendor/products/A-001/edit")
    shop.look()
    page.locator("#f-standard_price_yen").fill("１２０，０００")
    page.get_by_role("button", name="下書きを保存する").click()
    page.get_by_text("下書きを保存しました").wait_for()
    submit_drafts(shop, "/vendor/products")
    submit_drafts(shop, "/vendor/packages")

    office.go("/secretariat/")
    office.look()
    desk.get_by_role("link", name="審査を始める").click()
    desk.get_by_role("heading", name="新規の登録です").wait_for()
    office.look()
    name = desk.locator("h1").inner_text()
    desk.get_by_text("差し戻す…").click()
    desk.get_by_label("価格の根拠が分かりません").check()
    desk.locator("#f-note").fill("年額の内訳を書いてください。")
    desk.get_by_role("button", name="差し戻して次へ").click()
    desk.get_by_text("を差し戻しました").wait_for()

    shop.go("/vendor/")
    shop.look()
    page.get_by_role("link", name=name).click()
    page.get_by_role("button", name="事務局に提出する").click()
    page.get_by_text("提出しました。").wait_for()

    approve_and_publish(office)

    shop.go("/packages/AP-1")
    page.get_by_role("heading", name="あさひバックオフィスまるごとパック").first.wait_for()
    shop.go("/vendor/packages/AP-1")
    page.get_by_text("下書きと公開された内容は同じです。").wait_for()
    look_at(
        office,
        "/secretariat/live",
        "/secretariat/vendors",
        "/secretariat/masters",
        "/secretariat/masters/scheme/2017",
        "/secretariat/masters/productivity_index/2017",
        "/secretariat/rounds",
        "/secretariat/rounds/tools-1",
        "/secretariat/audit/verify",
    )


@pytest.mark.usefixtures("people")
def test_the_keyboard_works_through_a_list(visit):
    shop = visit()
    page = enter(shop, "/vendor/products?order=code", "vendor-owner")
    first = page.locator("tbody th a").first
    first.focus()
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator('input[name="chosen"]:checked')).to_have_count(2)
    expect(page.locator("[data-count]")).to_contain_text("2件を選択中")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url("**/vendor/products/A-002")
