"""From a public package page to a submitted application, by two people in two browsers, without and with script."""

from __future__ import annotations

from datetime import timedelta

import pytest
from grants import CODE, build
from playwright.sync_api import expect

from tenants import clock

pytestmark = pytest.mark.browser


@pytest.fixture
def world(organisation, actor_of, known_as):
    world = build(organisation, actor_of, now=True)
    known_as(world.vendor, "vendor-owner")
    return world


def press(visitor, words: str) -> None:
    visitor.page.get_by_role("button", name=words, exact=True).click()


def fill(visitor, **values: str) -> None:
    for name, value in values.items():
        visitor.page.locator(f"#f-{name}").fill(value)


def register(visitor) -> None:
    """A newcomer registers the business and says its facts."""
    visitor.look()
    fill(visitor, name="麺処こはる", address="福岡市博多区1-1")
    visitor.page.get_by_label("個人事業主").check()
    visitor.page.locator("#f-prefecture").select_option("福岡県")
    press(visitor, "登録して次へ")
    visitor.look()
    visitor.page.locator('input[name="kind"][value="sole_proprietor"]').check()
    fill(visitor, industry_words="ラーメン屋")
    press(visitor, "業種をさがす")
    assert visitor.page.locator("#f-industry").input_value() == "restaurant"
    fill(visitor, employees="６")
    visitor.page.locator('input[name="domestic"][value="yes"]').check()
    visitor.page.locator('input[name="large_firms"][value="no"]').check()
    press(visitor, "保存して結果を見る")
    visitor.page.get_by_role("heading", name="申請できます").wait_for()
    visitor.look()


@pytest.mark.parametrize(
    ("width", "script"),
    [(390, True), (390, False), (1280, True)],
    ids=["phone", "phone without script", "desktop"],
)
def test_from_package_to_submission(world, visit, width, script):
    shop = visit(width, java_script_enabled=script)
    shop.go(f"/packages/{CODE}")
    shop.page.locator(f'a[href="/my/applications/start/{CODE}"]').click()
    shop.sign_in_as("ramen-owner")
    register(shop)
    shop.page.get_by_role("link", name="選んだITツールの申請に進む").click()
    shop.page.get_by_text("この内容が固定されます").wait_for()
    shop.look()
    press(shop, "この内容で申請を始める")
    shop.page.get_by_role("link", name="この年度の交付申請には、ミラサポIDが必要です").wait_for()
    shop.look()
    fill(shop, mirasapo_id="koharu_01")
    press(shop, "この内容で申請を始める")
    shop.page.get_by_role("heading", name="ベンダーの返事を待っています").wait_for()
    shop.look()
    application = shop.page.url

    vendor = visit(width, java_script_enabled=script)
    vendor.go("/vendor/applications")
    vendor.sign_in_as("vendor-owner")
    vendor.look()
    vendor.page.get_by_role("link", name="麺処こはる").click()
    vendor.look()
    press(vendor, "依頼を受ける")
    vendor.look()
    press(vendor, "事業者に送って確認を依頼する")
    vendor.page.get_by_role("heading", name="入力内容をご確認ください").wait_for()
    vendor.look()
    planned = (clock.today() + timedelta(days=60)).isoformat()
    fill(
        vendor,
        representative_name="小春 あかり",
        address="福岡市博多区1-1",
        phone="092-123-4567",
        purpose="予約の電話で手が止まる",
        expected_effect="電話が半分になる",
        introduction_planned_on=planned,
    )
    press(vendor, "事業者に送って確認を依頼する")
    vendor.page.get_by_role("heading", name="事業者の確認を待っています").wait_for()

    shop.go("/my")
    shop.look()
    shop.page.get_by_role("link", name="内容を確認する").click()
    shop.page.get_by_text("予約の電話で手が止まる").wait_for()
    shop.look()
    press(shop, "この内容で確認する")
    shop.page.get_by_role("heading", name="ベンダーが事務局に提出します").wait_for()

    vendor.page.reload()
    press(vendor, "事務局に提出する")
    dialog = vendor.page.get_by_role("dialog")
    if script:
        dialog.get_by_role("button", name="事務局に提出する").click()
    vendor.page.get_by_role("heading", name="事務局の審査を待っています").wait_for()
    vendor.look()
    shop.page.goto(application)
    shop.page.get_by_role("heading", name="事務局の審査を待っています").wait_for()
    expect(shop.page.get_by_role("button", name="申請を取り下げる")).to_have_count(0)
