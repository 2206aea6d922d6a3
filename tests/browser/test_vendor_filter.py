"""The filter by vendor in a real browser: a name is completed, chosen by keyboard, taken off again; also without script."""

from __future__ import annotations

import re

import made_once
import published
import pytest
from playwright.sync_api import expect

from search import sync

pytestmark = pytest.mark.browser
NAME = "しらさぎテクノロジー"  # of one vendor, which is not the first by any order


def _many_vendors() -> None:
    published.publish(40, vendors=20)
    sync.synchronise()


@pytest.fixture
def market(address, app, index):
    """The running site with more vendors than the list shows."""
    made_once.begin_with(_many_vendors)


@pytest.mark.parametrize("width", [390, 1280])
def test_a_name_is_completed_and_chosen_by_keyboard(market, visit, width):
    reader = visit(width)
    page = reader.page
    reader.go("/packages" + ("#filters" if width < 960 else ""))
    group = page.locator("details.facet", has=page.locator("#f-vendor_name"))
    group.locator("> summary").press("Enter")
    field = page.locator("#f-vendor_name")
    expect(field).to_have_role("combobox")
    field.press_sequentially("しらさぎ")
    option = page.get_by_role("option", name=NAME)
    expect(option).to_be_visible()
    reader.look()
    field.press("ArrowDown")
    field.press("Enter")
    chip = page.locator("a.chip")
    expect(chip).to_contain_text(NAME)
    expect(page).to_have_url(re.compile(r"/packages\?vendor=\d{13}(#|$)"))
    expect(field).to_have_value("")
    expect(group.get_by_label(NAME)).to_be_checked()
    reader.look()
    # What was sent is a plain field again, and completes as before.
    expect(field).to_have_role("combobox")
    field.press_sequentially("こもれび")
    expect(page.get_by_role("option", name="こもれび")).to_be_visible()
    field.press("Escape")
    field.fill("")
    group.get_by_label(NAME).uncheck()
    expect(chip).to_have_count(0)
    expect(page).to_have_url(re.compile(r"/packages(#|$)"))


def test_several_of_a_name_are_listed_to_choose_from_and_none_is_told(market, visit):
    reader = visit(1280)
    page = reader.page
    reader.go("/packages")
    group = page.locator("details.facet", has=page.locator("#f-vendor_name"))
    group.locator("> summary").click()
    field = page.locator("#f-vendor_name")
    field.fill("有限会社")
    field.press("Escape")
    field.press("Enter")
    expect(page.locator("#f-vendor_name-hint")).to_contain_text("社あります")
    expect(page.get_by_role("alert").filter(has_text="どの会社か選んでください")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/packages\?vendor_name="))
    expect(group.locator("label").filter(has_text="有限会社")).not_to_have_count(0)
    expect(group.locator(".facet__option").filter(has_not_text="有限会社")).to_have_count(0)
    expect(field).to_have_value("有限会社")
    field.fill("ぬぬぬ")
    field.press("Enter")
    expect(page.locator("#f-vendor_name-error")).to_contain_text("見つかりませんでした")
    reader.look()
    expect(page.locator(".result")).not_to_have_count(0)
    # Where one of several is ticked, it is known who is meant; another of them can be ticked too.
    field.fill("有限会社")
    field.press("Enter")
    group.locator("label").filter(has_text="有限会社").first.click()
    expect(page.locator("a.chip")).to_have_count(1)
    expect(page.get_by_role("alert").filter(has_text="どの会社か選んでください")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"/packages\?vendor=\d{13}$"))
    expect(group.locator(".facet__option").filter(has_not_text="有限会社")).to_have_count(0)


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("width", [390, 1280])
def test_what_is_told_of_a_field_above_the_results_leads_to_it(market, visit, width, script):
    reader = visit(width, java_script_enabled=script)
    page = reader.page
    reader.go("/packages?vendor_name=有限会社&own_cost_max=ぬ")
    reader.look()
    assert width == 1280 or not script or reader.too_small() == []
    told = page.locator("#search-wrong")
    for link, field in (("ぬ", "#f-own_cost_max"), ("どの会社か選んでください", "#f-vendor_name")):
        told.get_by_role("link", name=link).click()
        expect(page.locator(field)).to_be_in_viewport()
        expect(page.locator(field)).to_be_focused()
        if width == 390:
            page.get_by_role("link", name="閉じる").click()
            expect(page.locator("#filters")).to_be_hidden()
    assert not script or page.locator("[inert]").count() == 0


def test_without_script_the_field_is_sent_with_the_form(market, visit):
    reader = visit(390, java_script_enabled=False)
    page = reader.page
    reader.go("/packages#filters")
    page.locator("details.facet", has=page.locator("#f-vendor_name")).locator("> summary").click()
    page.locator("#f-vendor_name").fill(NAME)
    page.locator("#f-vendor_name").press("Enter")
    expect(page.locator("a.chip")).to_contain_text(NAME)
    expect(page).to_have_url(re.compile(r"/packages\?vendor=\d{13}(#|$)"))
    reader.look()
