"""The shop owner's way from the home page to a package and to the cheapest set: phone, desktop, and without script."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "script"), [(390, True), (1280, True), (390, False)])
def test_from_home_to_a_package(shop, visit, width, script):
    reader = visit(width) if script else visit(width, java_script_enabled=False)
    page = reader.page
    reader.go("/")
    page.get_by_role("link", name="月末の給与計算が大変").click()
    expect(page.get_by_text("どの業種ですか")).to_be_visible()
    expect(page.get_by_text("受け取った困りごと")).to_be_visible()
    reader.look()
    page.get_by_label("小売業").check()
    page.get_by_role("button", name="次へ").click()
    page.get_by_label("従業員は何人ですか").fill("4")
    page.get_by_role("button", name="次へ").click()
    page.get_by_role("link", name="前の質問に戻る").click()
    expect(page.get_by_label("従業員は何人ですか")).to_have_value("4")
    page.get_by_role("button", name="次へ").click()
    page.get_by_role("link", name="この質問をとばす").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("困りごとに役立つITツール")
    reader.look()
    page.get_by_role("link", name="いちばん安い組み合わせを見る").click()
    expect(page.get_by_role("heading", name="いちばん安い組み合わせ")).to_be_visible()
    reader.look()
    page.go_back()
    page.locator(".result__name a").first.click()
    page.wait_for_url("**/packages/*")


@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_where_one_goes_astray(shop, visit, width):
    reader = visit(width)
    for path in (
        "/find",
        "/find?q=天気がいい",
        "/find?asked=trouble",
        "/find?q=レジと給与計算&ask=trouble",
        "/find?problem=payroll&problem=queues&industry=any&people=any&budget=1",
        "/needs",
        "/needs?function=B1&have=B1&budget=x",
        "/needs?function=B1&budget=1",
    ):
        reader.go(path)
        reader.look()


def test_on_a_phone_the_first_tool_and_what_it_costs_are_on_the_first_screen(shop, visit):
    reader = visit(390)
    for path, cost in (
        ("/find?problem=payroll&problem=queues&problem=tax_return&industry=any&people=any&budget=any", ".result"),
        (
            "/find?problem=payroll&problem=queues&problem=few_customers&industry=any&people=500&budget=150000",
            ".result",
        ),
        ("/needs?function=B1&function=B2", ".set"),
    ):
        reader.go(path)
        own = reader.page.locator(f"{cost} .price-steps__own").first.bounding_box()
        assert own["y"] + own["height"] <= 844, path
    reader.page.go_back()
    told = reader.page.locator(".found-for")
    expect(told.get_by_role("link", name="この困りごとを外す").first).to_be_hidden()
    told.locator("summary").press("Enter")
    told.get_by_role("link", name="この困りごとを外す").first.click()
    expect(told.locator("summary")).to_contain_text("2件")
    expect(told.get_by_role("link", name="この困りごとを外す").first).to_be_visible()
