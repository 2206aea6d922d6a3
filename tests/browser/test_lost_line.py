"""The line drops or is slow while the registration form is saved section by section: nothing typed is lost, and it is said."""

from __future__ import annotations

from datetime import timedelta

import pytest
import registrations as world
from playwright.sync_api import Error, expect

from marketplace.registration.models import VendorRegistration
from tenants import clock
from tenants.actor import SYSTEM
from tenants.db import act_as, db

pytestmark = pytest.mark.browser

SECTION = "/vendor/registration/sections/company"
SAVE = "保存して次へ"
NAME = "カエデギョウムシステム"


@pytest.fixture
def form(app, visit, known_as):
    """On the first section, by a phone."""
    now = clock.now()
    world.open_round(now - timedelta(days=3), now + timedelta(days=30))
    known_as(world.vendor(), "vendor-owner")
    visitor = visit(390)
    visitor.go("/sign-in")
    visitor.sign_in_as("vendor-owner")
    visitor.go("/vendor/registration")
    visitor.page.get_by_role("button", name="登録申請を始める").click()
    visitor.page.get_by_text("受付番号").first.wait_for()
    visitor.go(SECTION)
    return visitor


def kept() -> str | None:
    with act_as(SYSTEM):
        content = db.session.query(VendorRegistration).one().content
        db.session.rollback()
        return content.get("company", {}).get("name_kana")


def fill(page) -> None:
    for name, values in world.ANSWERS["company"].items():
        controls = page.locator(f'[name="{name}"]')
        if controls.first.get_attribute("type") in ("checkbox", "radio"):
            for value in values:
                page.locator(f'[name="{name}"][value="{value}"]').check()
        else:
            controls.first.fill(values[0])
    page.locator('[name="name_kana"]').fill(NAME)


def save(page) -> None:
    page.locator("#main").get_by_role("button", name=SAVE).click()


def test_without_a_line_nothing_is_sent_and_all_stays(form):
    page = form.page
    fill(page)
    page.context.set_offline(True)
    save(page)
    said = page.get_by_role("alert").filter(has_text="インターネットにつながっていない")
    expect(said).to_be_in_viewport()
    expect(page.locator('[name="name_kana"]')).to_have_value(NAME)
    form.look()
    save(page)
    expect(said).to_have_count(1)
    assert not kept()
    page.context.set_offline(False)
    save(page)
    page.wait_for_url(lambda url: SECTION not in url)
    assert kept() == NAME


def test_a_line_that_drops_on_the_way_leaves_what_was_typed(form):
    page = form.page
    fill(page)
    page.route(f"**{SECTION}*", lambda route: route.abort("connectionreset"))
    try:
        save(page)
        page.wait_for_timeout(500)
    except Error:
        pass
    page.unroute(f"**{SECTION}*")
    form.go(SECTION)
    expect(page.locator('[name="name_kana"]')).to_have_value(NAME)
    expect(page.get_by_text("前に入力した内容を戻しました")).to_be_visible()
    save(page)
    page.wait_for_url(lambda url: SECTION not in url)
    assert kept() == NAME


def test_a_slow_line_is_said_and_the_button_may_be_pressed_again(form):
    page = form.page
    page.clock.install()
    form.go(SECTION)
    fill(page)
    # No page comes, as when somebody stops a request that takes too long; Playwright would wait for one that hangs.
    page.route(f"**{SECTION}*", lambda route: route.fulfill(status=204))
    save(page)
    page.clock.fast_forward(21_000)
    said = page.get_by_role("alert").filter(has_text="送信に時間がかかっています")
    expect(said).to_be_in_viewport()
    expect(page.locator('[name="name_kana"]')).to_have_value(NAME)
    page.unroute(f"**{SECTION}*")
    save(page)
    page.wait_for_url(lambda url: SECTION not in url)
    assert kept() == NAME


SUPPORT = "/vendor/registration/sections/support"
CHOSEN = (("weekdays", "weekdays"), ("ways", "visit"), ("ways", "telephone"))


def test_what_was_ticked_and_chosen_comes_back_and_can_be_thrown_away(form):
    page = form.page
    form.go(SUPPORT)
    boxes = [page.locator(f'[name="{name}"][value="{value}"]') for name, value in CHOSEN]
    page.locator("[data-region] summary").first.click()
    page.locator("[data-every-of]").first.check()
    for box in boxes:
        box.check()
    region = page.locator("[data-region]").first.locator('input[name="areas"]')
    page.route(f"**{SUPPORT}*", lambda route: route.abort("connectionreset"))
    try:
        save(page)
        page.wait_for_timeout(500)
    except Error:
        pass
    page.unroute(f"**{SUPPORT}*")
    form.go(SUPPORT)
    for box in [*boxes, *region.all()]:
        expect(box).to_be_checked()
    expect(page.locator("[data-every-of]").first).to_be_checked()
    form.look()
    page.get_by_role("button", name="戻した内容を捨てる").click()
    for box in [*boxes, *region.all()]:
        expect(box).not_to_be_checked()
    expect(page.locator("[data-every-of]").first).not_to_be_checked()
    form.go(SUPPORT)
    expect(boxes[0]).not_to_be_checked()
