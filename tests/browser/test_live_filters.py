"""The filters with script on a slow line, on a line that drops, and as a sheet on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from held import Held
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


@pytest.fixture
def reader(shop, visit) -> Callable:
    """A reader of this width on the search page, with the filters open on a phone."""

    def make(width: int, path: str = "/packages"):
        visitor = visit(width)
        visitor.go(path)
        if width < 960:
            visitor.page.locator(".filter-button").click()
            expect(visitor.page.locator("#filters")).to_be_focused()
        return visitor

    return make


def tick(page: Page, value: str) -> None:
    page.locator(f'#filter-form input[value="{value}"]').check()


def shown(page: Page) -> set[str]:
    return set(
        page.evaluate(
            "[...document.querySelectorAll('#filter-form :checked[type=checkbox]')].map(one => one.value)"
        )
    )


def test_back_while_a_filter_loads_leaves_one_search(reader):
    page = reader(1280).page
    tick(page, "front")
    page.wait_for_url("**category=front")
    held = Held(page, "category=middle")
    tick(page, "middle")
    page.wait_for_timeout(300)
    page.go_back()
    expect(page.locator(".chip")).to_have_count(0)
    held.let_go()
    page.wait_for_timeout(500)
    assert "category" not in page.url
    assert shown(page) == set()
    # And the filters go on from there.
    page.unroute_all()
    tick(page, "middle")
    page.wait_for_url("**/packages?category=middle")
    expect(page.locator(".chip")).to_have_count(1)


def test_what_comes_late_of_an_address_one_has_left_stays_out_of_the_page(reader):
    page = reader(1280).page
    tick(page, "front")
    page.wait_for_url("**category=front")
    held = Held(page, "/packages$")
    page.go_back()
    page.wait_for_timeout(300)
    tick(page, "middle")
    page.wait_for_url("**category=middle")
    held.let_go()
    page.wait_for_timeout(500)
    assert shown(page) == {"front", "middle"}
    assert re.search("category=front&category=middle$", page.url)


def test_while_a_filter_loads_the_page_says_so(reader):
    page = reader(1280).page
    before = page.locator("#found").inner_text()
    held = Held(page, "category=")
    tick(page, "front")
    expect(page.locator("#found")).to_have_text("さがしています…")
    expect(page.locator(".results")).to_have_attribute("aria-busy", "true")
    expect(page.locator(".results")).to_have_css("opacity", "0.55")
    held.let_go()
    expect(page.locator(".chip")).to_have_count(1)
    expect(page.locator("#found")).not_to_have_text("さがしています…")
    expect(page.locator("[aria-busy]")).to_have_count(0)
    assert page.locator("#found").inner_text() != before


def test_in_the_sheet_its_button_says_that_it_loads_and_what_came(reader):
    page = reader(390).page
    show = page.get_by_role("status").locator(".filters__show")
    before = show.inner_text()
    held = Held(page, "category=")
    tick(page, "front")
    expect(show).to_have_text("さがしています…")
    held.let_go()
    expect(show).to_have_text(re.compile("件を見る"))
    assert show.inner_text() != before


def test_a_line_that_drops_puts_back_what_stood_there(reader):
    page = reader(1280).page
    before = page.locator("#found").inner_text()
    page.route(re.compile("category="), lambda route: route.abort("connectionreset"))
    tick(page, "front")
    expect(page.get_by_role("alert").filter(has_text="通信できませんでした")).to_be_visible()
    expect(page.locator("#found")).to_have_text(before)
    expect(page.locator("[aria-busy]")).to_have_count(0)


def test_back_without_a_line_offers_to_load_the_page_again(reader):
    page = reader(1280).page
    tick(page, "front")
    page.wait_for_url("**category=front")
    page.context.set_offline(True)
    page.go_back()
    again = page.get_by_role("button", name="もう一度試す")
    expect(again).to_be_visible()
    page.context.set_offline(False)
    again.click()
    expect(page.locator(".chip")).to_have_count(0)
    assert shown(page) == set()


@pytest.mark.parametrize("online", [True, False])
def test_back_from_the_sheet_leaves_nothing_out_of_reach(reader, online):
    page = reader(390).page
    for value in ("front", "middle"):
        tick(page, value)
        page.wait_for_url(f"**category={value}")
    page.context.set_offline(not online)
    page.go_back()
    if online:
        page.wait_for_url("**/packages?category=front")
        expect(page.locator(".chip")).to_have_count(1)
    else:
        expect(page.get_by_role("button", name="もう一度試す")).to_be_visible()
    expect(page.locator("#filters")).to_be_hidden()
    expect(page.locator("[inert]")).to_have_count(0)
    if not online:
        page.context.set_offline(False)
        page.get_by_role("button", name="もう一度試す").click()
        expect(page.locator(".chip")).to_have_count(1)


def test_the_open_sheet_is_a_dialog_that_the_keyboard_does_not_leave(reader):
    visitor = reader(390)
    page = visitor.page
    expect(page.get_by_role("dialog", name="絞り込み")).to_be_visible()
    outside = "!document.activeElement.closest('#filters, body:not(:focus-within)') && document.activeElement.outerHTML.slice(0, 99)"
    left = []
    for _ in range(2):
        for _ in range(56):
            page.keyboard.press("Tab")
            where = page.evaluate(outside)
            if where and not where.startswith("<body"):
                left.append(where)
        tick(page, "front")  # after a swap as before it
        page.wait_for_url("**category=front")
        expect(page.get_by_role("dialog")).to_be_visible()
    assert left == []
    visitor.look()
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(page.locator("[inert]")).to_have_count(0)
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".filter-button")).to_be_focused()
    expect(page.locator("[inert]")).to_have_count(0)
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.locator("#filters")).to_be_focused()
    page.locator(".filters__show").press("Enter")
    expect(page.locator("#found")).to_be_focused()


def test_a_wrong_amount_is_read_out_where_a_place_for_it_was(reader):
    page = reader(1280).page
    page.evaluate("window.place = document.querySelector('#results [role=alert]')")
    page.locator("#f-own_cost_max").fill("たくさん")
    page.locator("#f-own_cost_max").press("Tab")
    expect(page.get_by_role("alert").get_by_role("heading", name="検索の条件に誤りがあります")).to_be_visible()
    assert page.evaluate("window.place.isConnected && window.place.innerText.includes('たくさん')")


def test_in_the_sheet_the_button_leads_to_a_wrong_amount(reader):
    visitor = reader(390)
    page = visitor.page
    page.locator("#f-own_cost_max").fill("たくさん")
    page.locator("#f-own_cost_max").press("Tab")
    show = page.get_by_role("status").locator(".filters__show")
    expect(show).to_have_text("金額を直してください")
    visitor.look()
    show.click()
    expect(page.locator("#f-own_cost_max")).to_be_focused()
    page.locator("#f-own_cost_max").fill("10万")
    page.locator("#f-own_cost_max").press("Tab")
    expect(show).to_have_text(re.compile("件を見る"))


@pytest.mark.parametrize("width", [390, 1280])
def test_bars_and_days_filter_in_place(reader, width):
    page = reader(width).page
    page.evaluate("window.stays = true")
    bar = page.locator(".histogram a").first
    bar.focus()
    place = page.evaluate("scrollY")
    bar.press("Enter")
    page.wait_for_url("**own_cost_m**")
    expect(page.locator(".histogram a[aria-current]")).to_be_focused()
    assert page.evaluate("[window.stays, scrollY]") == [True, place]
    assert "#" not in page.url
    page.locator("details.facet", has_text="公開・更新された日").locator("summary").press("Enter")
    day = page.get_by_role("radio", name="1年以内")
    day.press("Space")
    page.wait_for_url("**updated_within=365**")
    expect(day).to_be_focused()
    assert page.evaluate("window.stays")
    expect(page.locator(".chip")).to_have_count(2)
    if width == 390:
        expect(page.get_by_role("dialog")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_groups_stay_as_they_were_left_and_what_is_ticked_stays_in_its_place(reader, width):
    page = reader(width).page
    group = {
        name: page.locator("details.facet", has=page.get_by_text(name))
        for name in ("業種", "対応地域", "サポート時間")
    }
    for each in group.values():
        each.locator("> summary").click()  # the first was open
    box = group["サポート時間"].get_by_role("checkbox").first
    box.scroll_into_view_if_needed()
    place = box.evaluate("one => one.getBoundingClientRect().top")
    box.check()
    expect(page.locator("a.chip")).to_have_count(1)
    assert box.evaluate("one => one.getBoundingClientRect().top") == place
    states = [each.evaluate("one => one.open") for each in group.values()]
    assert states == [False, True, True]
    page.go_back()
    expect(page.locator("a.chip")).to_have_count(0)
    states = [each.evaluate("one => one.open") for each in group.values()]
    assert states == [False, True, True]


def test_without_script_a_bar_ends_at_what_it_finds(shop, visit):
    visitor = visit(390, java_script_enabled=False)
    page = visitor.page
    visitor.go("/packages#filters")
    page.locator(".histogram a").first.click()
    page.wait_for_url("**#found")
    expect(page.locator("#found")).to_be_in_viewport()
