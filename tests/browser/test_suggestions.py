"""Suggestions below the search box in a real browser: keyboard, screen reader's marks, script's absence, 390 px."""

from __future__ import annotations

import functools

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("path", ["/", "/packages"])
def test_by_keyboard(shop, visit, width, path):
    reader = visit(width)
    reader.go(path)
    box = reader.page.locator(
        "main input[data-suggest], .page-head input[data-suggest], .hero input[data-suggest]"
    ).first
    expect(box).to_have_role("combobox")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press_sequentially("給与")
    options = reader.page.locator(".suggestions [role=option]")
    expect(options.first).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    reader.look()
    box.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", options.first.get_attribute("id"))
    box.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    box.press("Escape")
    expect(reader.page.locator(".suggestions:not([hidden])")).to_be_hidden()
    expect(box).to_have_value("給与")
    box.press("ArrowDown")
    expect(options.first).to_be_visible()
    box.press("Escape")
    box.press_sequentially("計")
    expect(options.first).to_be_visible()
    box.press("ArrowDown")
    box.press("Enter")
    reader.page.wait_for_url("**/packages?function=B3")


def test_enter_without_a_choice_searches_as_ever(shop, visit):
    reader = visit(1280)
    reader.go("/")
    box = reader.page.locator("#home-search")
    box.press_sequentially("給与")
    expect(reader.page.locator(".suggestions [role=option]").first).to_be_visible()
    box.press("Enter")
    reader.page.wait_for_url("**/packages?q=*")


def test_by_pointer(shop, visit):
    reader = visit(390)
    reader.go("/")
    reader.page.locator("#home-search").press_sequentially("在庫が合")
    reader.page.get_by_role("option", name="在庫が合わない").click()
    reader.page.wait_for_url("**/find?q=*")
    reader.page.get_by_text("受け取った困りごと").wait_for()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("words", ["魚屋だけど売れ残りを減らしたい", "在庫官理"])
def test_a_problem_that_is_meant_is_one_press_away(shop, visit, width, words):
    reader = visit(width)
    reader.go("/packages?q=" + words)
    reader.look()
    link = reader.page.locator("#results a[href^='/find?q='][href*='problem=']")
    link.focus()
    link.press("Enter")
    reader.page.get_by_text("受け取った困りごと").or_(reader.page.get_by_text("業種")).first.wait_for()
    assert "problem=" in reader.page.url


def test_without_script_the_box_is_a_plain_field(shop, visit):
    reader = visit(1280, java_script_enabled=False)
    reader.go("/")
    box = reader.page.locator("#home-search")
    assert box.get_attribute("role") is None
    box.fill("会計")
    box.press("Enter")
    reader.page.wait_for_url("**/packages?q=*")


def _answer(answer, route):
    route.fulfill(**answer)


def test_a_line_that_drops_or_a_site_that_is_busy_is_said_and_the_request_is_made_again(shop, visit):
    reader = visit(390)
    reader.go("/packages?function=B3")
    reader.page.context.set_offline(True)
    reader.page.locator("#f-sort").select_option(index=1)
    lost = reader.page.get_by_role("alert").filter(has_text="通信できませんでした")
    expect(lost).to_be_in_viewport()
    reader.look()
    reader.page.context.set_offline(False)
    lost.get_by_role("button", name="もう一度試す").click()
    reader.page.wait_for_url("**sort=*")
    expect(lost).to_have_count(0)
    for status, wait, words in (
        (503, "7", "7秒ほど"),
        (429, "600", "10分ほど"),
        (500, "", "少し待って"),
        (404, "", "受け付けられ"),
    ):
        answer = {"status": status, "headers": {"Retry-After": wait}, "content_type": "text/html", "body": "x"}
        reader.page.route("**/packages?*", functools.partial(_answer, answer))
        reader.page.locator("#f-sort").select_option(index=2)
        said = reader.page.get_by_role("alert").filter(has_text=words)
        expect(said).to_contain_text("表示は前のままです")
        expect(reader.page.locator("#results")).not_to_be_empty()
        reader.page.unroute("**/packages?*")
        reader.page.locator("#f-sort").select_option(index=1)
        expect(said).to_have_count(0)


@pytest.mark.parametrize("width", [390, 1280])
def test_a_budget_leaves_the_box_and_is_not_set_again_once_it_is_taken_off(shop, visit, width):
    reader = visit(width)
    reader.go("/packages")
    box = reader.page.locator("#f-q")
    box.fill("会計 30万円以下")
    box.press("Enter")
    expect(reader.page.locator(".stage--read")).to_contain_text("「30万円以下」を、自己負担")
    expect(box).to_have_value("会計")
    reader.look()
    reader.page.locator("a.chip").click()
    expect(reader.page.locator("a.chip")).to_have_count(0)
    expect(box).to_have_value("会計")
    assert "own_cost" not in reader.page.url
