"""From a package put aside to an application at quoted prices, by two people, on a phone, without script, on a desk."""

from __future__ import annotations

import pytest
from grants import CODE, build

pytestmark = pytest.mark.browser


@pytest.fixture
def world(organisation, actor_of, known_as):
    world = build(organisation, actor_of, now=True)
    known_as(world.vendor, "vendor-owner")
    known_as(world.sme, "workshop-owner")
    return world


def press(visitor, words: str, *, script: bool = False) -> None:
    """Press a button; where script asks first, say yes."""
    visitor.page.get_by_role("button", name=words, exact=True).click()
    if script:
        visitor.page.get_by_role("dialog").get_by_role("button", name=words, exact=True).click()


def answer_with_a_quote(vendor, *, script: bool) -> None:
    """The vendor answers the enquiry, is kept within the registered prices, and sends its quote."""
    vendor.go("/vendor/enquiries")
    vendor.sign_in_as("vendor-owner")
    vendor.look()
    vendor.page.get_by_role("link", name="食堂ひまわり").click()
    vendor.look()
    vendor.page.locator("#f-body").fill("ありがとうございます。見積書をお送りします。")
    press(vendor, "回答を送る")
    vendor.page.get_by_role("link", name="見積書を作成する").click()
    vendor.look()
    vendor.page.locator("#f-price-P-1").fill("100")
    press(vendor, "下書きを保存して確かめる")
    vendor.page.get_by_text("登録された最低販売価格を下回っています").first.wait_for()
    vendor.look()
    vendor.page.locator("#f-price-P-1").fill("540,000")
    press(vendor, "下書きを保存して確かめる")
    vendor.page.get_by_text("まだ送っていません").wait_for()
    vendor.look()
    press(vendor, "この内容で送る", script=script)
    vendor.page.get_by_text("見積書を送りました").wait_for()
    vendor.go("/vendor/quotes")
    vendor.look()


@pytest.mark.parametrize(
    ("width", "script"),
    [(390, True), (390, False), (1280, True)],
    ids=["phone", "phone without script", "desktop"],
)
def test_shortlist_enquiry_quote_application(world, visit, width, script):
    shop = visit(width, java_script_enabled=script)
    shop.go(f"/packages/{CODE}")
    shop.page.get_by_role("link", name="あとで検討に入れる").click()
    shop.sign_in_as("workshop-owner")
    shop.page.get_by_role("heading", name="あとで検討に入れる").wait_for()
    shop.look()
    shop.page.locator("#f-note").fill("店長に聞く")
    press(shop, "あとで検討に入れる")
    shop.page.get_by_text("店長に聞く").first.wait_for()
    shop.look()
    shop.page.get_by_role("link", name="ベンダーに問い合わせる").click()
    shop.look()
    shop.page.locator("#f-body").fill("見積もりをお願いします。")
    shop.page.get_by_label("事業者名：食堂ひまわり").check()
    press(shop, "この内容で問い合わせる")
    shop.page.get_by_role("heading", name="やりとり").wait_for()
    shop.look()

    vendor = visit(width, java_script_enabled=script)
    answer_with_a_quote(vendor, script=script)

    shop.go("/my")
    shop.look()
    shop.page.get_by_role("link", name="見積書を見る").click()
    shop.page.get_by_role("heading", name="かかるお金の見込み").wait_for()
    shop.look()
    press(shop, "この見積もりを承諾する", script=script)
    shop.page.get_by_role("link", name="この見積もりで申請を始める").click()
    shop.page.get_by_text("この内容が固定されます").wait_for()
    shop.look()
    press(shop, "この内容で申請を始める")
    shop.page.get_by_role("heading", name="ベンダーの返事を待っています").wait_for()
    shop.page.get_by_text("の明細と価格").first.wait_for()
    shop.look()
    for address in ("/my/shortlist", "/my/enquiries", "/my/quotes"):
        shop.go(address)
        shop.look()
    shop.page.get_by_label("比べる").first.check()
    shop.page.get_by_role("button", name="印をつけた見積書を並べる").click()
    shop.page.get_by_role("heading", name="見積書を並べて比べる").wait_for()
    shop.look()
