"""The public site in a real browser: axe on every page, with and without script, by keyboard alone."""

from __future__ import annotations

import io
import re
import unicodedata

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

pytestmark = pytest.mark.browser
# What people do and meet there. Each address as it opens is looked at in test_every_page.py.
STATES = (
    "/packages?q=会計&function=B1&fundable=true",
    "/packages?sort=best",
    "/packages/AP-1",
    "/packages/UP-2",
    "/vendors/7999900000101",
    "/compare?codes=AP-1,AP-2,MP-1,KP-1,KP-2,HP-1,nope,UP-1&pinned=KP-1",
    "/find?q=月末の給与計算が大変",
    "/eligibility?asked=kind",
    "/eligibility?kind=company&domestic=yes&industry=restaurant&employees=5",
    "/eligibility?kind=company&domestic=yes&industry=restaurant&employees=5&capital=unknown&large=yes",
    "/eligibility?kind=company&domestic=no&industry=restaurant&employees=5&capital=unknown&large=no&applied=no",
)


@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_whatever_a_page_shows(shop, visit, width):
    reader = visit(width)
    faults = []
    reader.page.on("pageerror", lambda error: faults.append(str(error)))
    for path in STATES:
        reader.go(path)
        reader.look()
    reader.go("/packages/AP-1?lang=en")
    reader.look()
    assert faults == []


def test_on_a_phone_the_first_result_and_what_it_costs_are_seen_at_once(shop, visit):
    reader = visit(390)
    page = reader.page
    for words in ("会計", "安い会計ソフト", "弥生会計", "オンラン予約", "会計 勤怠アプリ 30万円以下"):
        reader.go(f"/packages?q={words}")
        own = page.locator(".result .price-steps__own").first.bounding_box()
        assert own["y"] + own["height"] <= 844, words
    page.locator(".stage--read summary").click()
    expect(page.get_by_role("link", name="条件にせず、言葉としてさがす")).to_be_visible()
    reader.look()


def test_without_script_the_order_on_a_phone_keeps_its_distance_from_the_filters(shop, visit):
    reader = visit(390, java_script_enabled=False)
    reader.go(
        "/packages?"
        + "&".join(f"function={code}" for code in ("F1", "F2", "F3", "F4", "F5", "M1", "M2", "M3", "M4"))
    )
    button, order = (reader.page.locator(one).bounding_box() for one in (".filter-button", "#f-sort"))
    assert order["y"] >= button["y"] + button["height"] + 8


def test_ways_on_where_nothing_is_found_have_one_left_edge(shop, visit):
    for width in (390, 1280):
        reader = visit(width)
        reader.go("/packages?q=ぬぬぬ存在しない語句&industry=retail")
        ways = reader.page.locator(".empty__step, .empty__next li:first-child")
        assert len({round(each.bounding_box()["x"]) for each in ways.all()}) == 1
        reader.look()


def test_with_two_faults_in_the_form_what_one_pays_is_on_a_phone_s_first_screen(shop, visit):
    reader = visit(390)
    reader.go("/packages?q=会計&price_min=abc&own_cost_max=xx")
    own = reader.page.locator(".result .price-steps__own").first.bounding_box()
    assert own["y"] + own["height"] <= 844


def test_from_words_to_comparison_without_script(shop, visit):
    reader = visit(390, java_script_enabled=False)
    page = reader.page
    reader.go("/")
    page.locator("#home-search").fill("会計")
    page.get_by_role("button", name="さがす").click()
    page.locator(".filter-button").click()
    page.get_by_label("財務会計・決算").check()
    page.get_by_role("button", name="この条件で表示する").click()
    expect(page).to_have_url(re.compile("function=B1"))
    ticks = page.locator('input[name="codes"]')
    bar = page.locator("#compare-form")
    expect(bar).not_to_be_in_viewport()
    ticks.nth(0).check()
    expect(bar).to_be_in_viewport()
    ticks.nth(1).check()
    page.get_by_role("button", name="並べて比べる").click()
    page.get_by_role("heading", name="ITツールを並べて比べる").wait_for()
    expect(page.locator("table.compare thead th")).to_have_count(2)
    page.get_by_role("link", name="外す").first.click()
    expect(page.locator("table.compare thead th")).to_have_count(1)


def test_results_follow_the_filters_and_back_brings_them_again(shop, visit):
    reader = visit(1280)
    page = reader.page
    reader.go("/packages")
    page.evaluate("window.stays = true")
    before = page.locator(".result").count()
    page.get_by_label("給与", exact=False).first.check()
    page.locator(".chip").wait_for()
    expect(page).to_have_url(re.compile("function=B3"))
    assert 0 < page.locator(".result").count() < before
    assert page.evaluate("window.stays"), "the page was loaded anew"
    reader.look()
    page.locator("#f-q").fill("会計")
    page.locator("#f-q").press("Enter")
    page.wait_for_url("**q=**")
    expect(page).to_have_url(re.compile("function=B3"))
    page.go_back()
    page.wait_for_url(lambda url: "q=" not in url)
    page.locator(".chip").first.wait_for()


def test_the_way_back_from_a_package_leads_to_the_search_as_it_was(shop, visit):
    reader = visit(390)
    page = reader.page
    reader.go("/packages?q=会計&fundable=true&sort=own_cost")
    page.locator(".result h3 a").first.click()
    way = page.get_by_role("navigation", name="現在位置").get_by_role("link", name="ITツールをさがす")
    expect(way).to_have_attribute("href", re.compile("sort=own_cost"))
    way.click()
    expect(page.locator("#f-q")).to_have_value("会計")
    # Whoever comes from elsewhere finds the whole list there.
    reader.go("/packages/AP-1")
    expect(way).to_have_attribute("href", "/packages")


def test_the_compare_bar_comes_with_the_first_tick_and_a_package_joins_it(shop, visit):
    reader = visit(390)
    page = reader.page
    reader.go("/packages")
    bar = page.locator("#compare-form")
    expect(bar).to_be_hidden()
    page.locator(".compare-tick").first.click()
    bar.get_by_text("1件を選択中").wait_for()
    ticked = page.locator('input[name="codes"]:checked').get_attribute("value")
    reader.go("/packages/UP-2")
    page.get_by_role("link", name="比較に加える").click()
    page.wait_for_url("**/compare**")
    expect(page).to_have_url(re.compile(re.escape(f"/compare?codes={ticked},UP-2") + "$"))
    reader.go("/packages")
    page.get_by_role("button", name="選択を消す").click()
    expect(bar).to_be_hidden()


def test_a_mistake_in_an_amount_is_shown_in_place(shop, visit):
    reader = visit(1280)
    page = reader.page
    reader.go("/packages")
    page.locator("#f-own_cost_max").fill("たくさん")
    page.locator("#f-own_cost_max").press("Tab")
    page.get_by_role("heading", name="検索の条件に誤りがあります").wait_for()
    reader.look()
    low, high = (page.locator(f"#f-own_cost_{end}").bounding_box() for end in ("min", "max"))
    assert high["y"] >= low["y"] + low["height"], "one below the other"
    assert high["width"] == low["width"]
    assert page.locator("#f-own_cost_max-error").bounding_box()["height"] < 150, "lines of a few characters"


def test_in_english_the_count_beside_a_long_name_is_in_one_line(shop, visit):
    reader = visit(1280)
    reader.go("/packages?lang=en")
    beside = reader.page.locator("label", has_text="Sales at the counter and online").locator(".facet__count")
    beside.evaluate("one => { one.textContent = '1,234'; }")
    assert beside.bounding_box()["height"] < 30


def test_the_self_check_by_keyboard_alone(shop, visit):
    reader = visit(390)
    page = reader.page
    reader.go("/eligibility")

    def answer(*keys: str) -> None:
        for key in keys:
            page.keyboard.press(key)
        page.keyboard.press("Enter")
        page.wait_for_load_state()

    page.locator("#f-kind").focus()
    answer("Space")
    page.locator("#f-domestic").focus()
    answer("Space")
    page.locator("#f-industry").focus()
    page.keyboard.type("飲食店")
    page.locator("#f-industry").select_option("restaurant")
    page.get_by_role("button", name="次へ").focus()
    answer()
    page.locator("#f-employees").focus()
    page.keyboard.type("5")
    answer()
    page.get_by_role("link", name="わからない").focus()
    answer()
    page.locator("#f-large").focus()
    answer("Space")
    page.locator("#f-applied").focus()
    answer("Space")
    page.get_by_role("heading", name="申請できます").wait_for()
    reader.look()


def test_skip_link_is_first_and_leads_to_the_content(shop, visit):
    reader = visit(1280)
    reader.go("/packages/AP-1")
    reader.page.keyboard.press("Tab")
    assert reader.page.evaluate("document.activeElement.className") == "skip-link"
    reader.page.keyboard.press("Enter")
    assert reader.page.evaluate("document.activeElement.id") == "main"


def test_a_comparison_prints_without_controls(shop, visit):
    reader = visit(1280)
    reader.go("/compare?codes=AP-1,AP-2")
    reader.page.emulate_media(media="print")
    expect(reader.page.locator(".compare__remove").first).to_be_hidden()
    expect(reader.page.locator(".add-code")).to_be_hidden()
    expect(reader.page.locator("table.compare")).to_be_visible()


INSIDE = """() => [...document.querySelectorAll(".compare__best, .compare .amount")].filter((one) => {
  const [mark, cell] = [one.getBoundingClientRect(), one.closest("td").getBoundingClientRect()];
  return mark.left < cell.left - 0.5 || mark.right > cell.right + 0.5;
}).length"""


def test_six_packages_fit_on_paper_lying_down(shop, visit):
    reader = visit(1031)  # A4 lying down between its margins, in px
    reader.go("/compare?codes=AP-1,AP-2,MP-1,KP-1,KP-2,HP-1")
    reader.page.emulate_media(media="print")
    assert reader.page.evaluate(INSIDE) == 0
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= 1031
    printed = PdfReader(io.BytesIO(reader.page.pdf(prefer_css_page_size=True, tagged=True)))
    assert all(page.mediabox.width > page.mediabox.height for page in printed.pages)
    # Browsers write some signs as the radicals that look the same.
    words = unicodedata.normalize("NFKC", "".join(page.extract_text() for page in printed.pages))
    assert "自己負担" in words
    assert "で計算しました" in words
    assert "/StructTreeRoot" in printed.trailer["/Root"]


@pytest.mark.parametrize(("width", "script"), [(390, True), (390, False), (1280, True)])
def test_other_quantities_change_the_estimate_where_it_stands(shop, visit, width, script):
    reader = visit(width, java_script_enabled=script)
    page = reader.page
    reader.go("/packages/AP-2")
    own_cost = page.locator(".estimate .amount--xl")
    before = own_cost.inner_text()
    page.locator("#f-quantity-0").fill("3")
    page.locator("#f-quantity-0").press("Enter")
    expect(page).to_have_url(re.compile("quantity-0=3"))
    expect(own_cost).not_to_have_text(before)
    expect(page.get_by_text("数を変えた見積り")).to_be_visible()
    reader.look()
    page.get_by_role("link", name="公開されている数に戻す").click()
    expect(page.locator(".estimate .amount--xl")).to_have_text(before)
