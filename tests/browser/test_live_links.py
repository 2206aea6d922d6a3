"""The links from one search to another with script: chips, pages, ways out; where the reader goes on, and Back."""

from __future__ import annotations

import re

import pytest
from held import Held
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
WIDTHS = pytest.mark.parametrize("width", [390, 1280])
NEXT = '.pagination a[rel="next"]'


@pytest.fixture
def reader(shop, visit):
    """A reader of this width on an address of the search, with a mark on the page that another page has not."""

    def make(width: int, path: str):
        visitor = visit(width)
        visitor.go(path)
        visitor.page.evaluate("window.stays = true")
        return visitor

    return make


def stays(page: Page) -> bool:
    return bool(page.evaluate("window.stays"))


def ticked(page: Page) -> int:
    return page.locator("#filter-form :checked[type=checkbox]").count()


def head_is_in_sight(page: Page) -> bool:
    """Whether the results begin in the upper half of the window."""
    top = page.locator("#results").evaluate("one => one.getBoundingClientRect().top")
    return bool(0 <= top < page.viewport_size["height"] / 2)


def compared(page: Page) -> list[str]:
    """The packages on the page that are ticked for comparing."""
    ticked = page.locator(".result", has=page.locator(".compare-tick :checked"))
    return ticked.locator(".result__name").all_inner_texts()


@WIDTHS
def test_a_chip_is_taken_off_in_place(reader, width):
    visitor = reader(width, "/packages")
    page = visitor.page
    if width == 390:
        page.locator(".filter-button").click()
    for value in ("front", "middle"):
        page.locator(f'#filter-form input[value="{value}"]').check()
        page.wait_for_url(f"**category={value}")
    page.locator("#f-own_cost_max").fill("900000")
    page.locator("#f-own_cost_max").press("Tab")
    page.wait_for_url("**own_cost_max=900000")
    if width == 390:
        page.locator(".filters__show").click()
    page.get_by_role("link", name="フロント業務").press("Enter")
    page.wait_for_url("**/packages?category=middle&own_cost_max=900000")
    expect(page.locator("#found")).to_be_focused()
    expect(page.locator("#found")).to_be_in_viewport()
    expect(page).to_have_title(re.compile("：ミドル業務・自己負担 900,000円以下"))
    assert ticked(page) == 1
    page.get_by_role("link", name="すべて外す").click()
    page.wait_for_url(re.compile("/packages$"))
    expect(page.locator("a.chip")).to_have_count(0)
    expect(page.locator("#found")).to_be_focused()
    expect(page).to_have_title(re.compile("^ITツールをさがす｜"))
    expect(page.locator("#f-own_cost_max")).to_have_value("")
    assert ticked(page) == 0
    assert stays(page)
    visitor.look()


@WIDTHS
def test_a_page_s_number_leads_to_the_head_of_the_results_and_back_to_where_one_was(reader, width):
    visitor = reader(width, "/packages?per_page=2")
    page = visitor.page
    first = page.locator(".result__name").first.inner_text()
    page.locator(NEXT).focus()
    place = page.evaluate("scrollY")
    assert place > 0
    page.keyboard.press("Enter")
    page.wait_for_url("**page=2**")
    expect(page.locator("#found")).to_be_focused()
    assert head_is_in_sight(page)
    expect(page.locator(".result__name").first).not_to_have_text(first)
    expect(page).to_have_title(re.compile("（2ページ）"))
    visitor.look()
    page.go_back()
    expect(page.locator(".result__name").first).to_have_text(first)
    expect(page).not_to_have_title(re.compile("ページ）"))
    page.wait_for_function(f"scrollY === {place}")
    page.go_forward()
    expect(page.locator('.pagination [aria-current="page"]')).to_have_text("2")
    assert head_is_in_sight(page)
    assert stays(page)


@pytest.mark.parametrize("link", [NEXT, "a.chip", ".histogram a"])
@pytest.mark.parametrize("press", [{"modifiers": ["Control"]}, {"button": "middle"}])
def test_a_link_opens_in_a_tab_of_its_own(reader, link, press):
    page = reader(1280, "/packages?per_page=1&function_mode=all&own_cost_max=9000000").page
    before = page.url
    href = page.locator(link).first.evaluate("one => one.href")
    with page.context.expect_page() as opened:
        page.locator(link).first.click(**press)
    opened.value.wait_for_url(href)
    assert page.url == before
    expect(page.locator("a.chip")).to_have_count(2)


def test_a_way_out_of_nothing_found_takes_its_words_along(reader):
    page = reader(1280, "/packages?q=ぬぬぬぬ&sort=name").page
    page.locator("#f-sort").select_option("price")
    page.wait_for_url("**sort=price")
    page.locator("#f-q").fill("ぬぬぬぬぬ")
    page.get_by_role("link", name="すべてのITツールを見る").click()
    page.wait_for_url(re.compile("/packages$"))
    expect(page.locator("#f-q")).to_have_value("")
    expect(page.locator("#f-sort")).to_have_value("relevance")
    expect(page.locator("#found")).to_be_focused()
    assert head_is_in_sight(page)
    assert stays(page)
    page.go_back()
    expect(page.locator("#f-q")).to_have_value("ぬぬぬぬ")
    page.get_by_role("link", name="困りごととして読み取って選ぶ").click()
    page.wait_for_url("**/find?q=**")
    assert not stays(page), "another page is another page"


def test_the_order_changes_in_place_and_keeps_the_focus(reader):
    page = reader(1280, "/packages?per_page=2&page=2").page
    page.locator("#f-sort").focus()
    page.locator("#f-sort").select_option("name")
    page.wait_for_url("**/packages?sort=name&per_page=2")
    expect(page.locator("#f-sort")).to_be_focused()
    expect(page.locator('.pagination [aria-current="page"]')).to_have_text("1")
    assert stays(page)


def test_while_a_page_loads_it_says_so_and_what_is_typed_meanwhile_stays(reader):
    page = reader(1280, "/packages?q=会計&per_page=1").page
    held = Held(page, "page=2")
    page.locator(NEXT).click()
    expect(page.locator("#found")).to_have_text("さがしています…")
    expect(page.locator(".results")).to_have_attribute("aria-busy", "true")
    page.locator("#f-q").fill("給与")
    held.let_go()
    expect(page.locator('.pagination [aria-current="page"]')).to_have_text("2")
    expect(page.locator("[aria-busy]")).to_have_count(0)
    expect(page.locator("#f-q")).to_have_value("給与")


def test_a_chip_on_a_line_that_drops_can_be_tried_again(reader):
    page = reader(390, "/packages?category=front").page
    before = page.locator("#found").inner_text()
    page.context.set_offline(True)
    page.locator("a.chip").click()
    expect(page.get_by_role("alert").filter(has_text="通信できませんでした")).to_be_visible()
    expect(page.locator("#found")).to_have_text(before)
    page.context.set_offline(False)
    page.get_by_role("button", name="もう一度試す").click()
    expect(page.locator("a.chip")).to_have_count(0)
    expect(page.locator("#found")).to_be_focused()
    assert stays(page)


def test_back_while_a_page_loads_stays_with_what_was_gone_back_to(reader):
    page = reader(1280, "/packages?per_page=1").page
    page.locator(NEXT).click()
    page.wait_for_url("**page=2**")
    held = Held(page, "page=3")
    page.locator(NEXT).click()
    expect(page.locator("#found")).to_have_text("さがしています…")
    page.go_back()
    expect(page.locator('.pagination [aria-current="page"]')).to_have_text("1")
    held.let_go()
    page.wait_for_timeout(300)
    assert "page=3" not in page.url
    expect(page.locator('.pagination [aria-current="page"]')).to_have_text("1")


def test_the_other_language_is_of_the_search_that_is_shown(reader):
    page = reader(1280, "/packages?category=front&per_page=1").page
    page.locator("a.chip").click()
    page.wait_for_url(re.compile(r"/packages\?per_page=1$"))
    page.locator(".site-header__tools .language-switch").click()
    page.wait_for_url("**/packages?per_page=1&lang=en")
    expect(page.locator("a.chip")).to_have_count(0)


def test_without_script_links_are_links(shop, visit):
    visitor = visit(390, java_script_enabled=False)
    visitor.go("/packages?per_page=1&category=front")
    visitor.page.locator(NEXT).click()
    visitor.page.wait_for_url("**page=2**")
    visitor.page.locator("a.chip").click()
    visitor.page.wait_for_url("**/packages?per_page=1#found")


def test_a_package_ticked_for_comparing_is_the_same_one_after_the_page_changed(reader):
    page = reader(1280, "/packages?per_page=2").page
    name = page.locator(".result__name").first.inner_text()
    page.locator(".compare-tick input").first.check()
    assert compared(page) == [name]
    page.locator(NEXT).click()
    page.wait_for_url("**page=2**")
    expect(page.locator("#found")).to_be_focused()
    expect(page.locator("[data-compare-count]")).to_have_text(re.compile("^1件"))
    assert compared(page) == []
    page.locator('.pagination a[rel="prev"]').click()
    expect(page.locator(".result__name").first).to_have_text(name)
    expect(page.locator(".compare-tick :checked")).to_have_count(1)
    assert compared(page) == [name]
    expect(page.locator("[data-compare-names] li")).to_have_text([name])


def test_on_a_phone_what_is_done_with_the_results_stays_on_one_line(reader):
    page = reader(390, "/packages?category=front&category=middle").page
    line = "() => ['.filter-button', '.sort'].map(one => document.querySelector(one).getBoundingClientRect().top)"
    button, order = page.evaluate(line)
    assert button == order
    page.locator("a.chip").first.click()
    expect(page.locator("a.chip")).to_have_count(1)
    button, order = page.evaluate(line)
    assert button == order


@WIDTHS
def test_on_a_phone_the_keyboard_gives_way_to_what_was_found(reader, width):
    page = reader(width, "/packages").page
    page.locator("#f-q").fill("会計")
    page.locator("#f-q").press("Enter")
    page.wait_for_url("**/packages?q=**")
    expect(page.locator("#found" if width == 390 else "#f-q")).to_be_focused()
    expect(page.locator("#found")).to_be_in_viewport()
    expect(page.locator("#f-q")).to_have_value("会計")
