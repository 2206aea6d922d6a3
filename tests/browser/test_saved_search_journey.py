"""From a search to a mail about what is new, and out of it without signing in: on a phone, a desk, and without script."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from saved import DAY, START, Shop

from search.saved import telling
from tenants import clock
from tenants.notices import delivery
from web import post_office, stop_links

pytestmark = pytest.mark.browser


@pytest.fixture
def vendor(address, index, organisation) -> Shop:
    made = Shop(organisation("vendor"))
    made.publish("PK-0", START - 9 * DAY)
    return made


@pytest.fixture
def shopkeeper(organisation, actor_of, known_as):
    who = actor_of(organisation("sme"), "sme_owner")
    known_as(who, "ramen-owner")
    return who


@pytest.mark.parametrize(("width", "script"), [(390, True), (1280, True), (390, False)])
def test_from_a_search_to_its_mail_and_out_of_it(vendor, shopkeeper, settings, visit, width, script):
    reader = visit(width) if script else visit(width, java_script_enabled=False)
    page = reader.page
    reader.go("/packages?q=予約&industry=retail")
    page.get_by_role("link", name="この条件を保存").click()
    reader.sign_in_as("ramen-owner")
    expect(page.get_by_role("heading", level=1)).to_have_text("検索を保存する")
    reader.look()
    page.get_by_label("名前").fill("")
    page.get_by_role("button", name="保存する", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    reader.look()
    page.get_by_label("名前").fill("店の予約")
    page.get_by_role("button", name="保存する", exact=True).click()
    expect(page.get_by_text("検索を保存しました")).to_be_visible()
    expect(page.get_by_role("heading", name="店の予約")).to_be_visible()
    reader.look()
    page.get_by_role("link", name="この条件でさがす").click()
    expect(page.get_by_text("この検索は保存してあります")).to_be_visible()

    links = stop_links.Links(reader.address, lambda scope, of: stop_links.path(settings, scope, of))
    vendor.publish("PK-1", clock.now() + DAY)
    with clock.at(clock.now() + 2 * DAY):
        assert telling.run(links).told == 1
        delivery.deliver(post_office.of_settings(settings))
    reader.go("/inbox")
    expect(page.get_by_text("「店の予約」に1件")).to_be_visible()
    reader.look()

    stranger = visit(width) if script else visit(width, java_script_enabled=False)
    stranger.go(links.stop("person", shopkeeper.person_id))
    stranger.look()
    stranger.page.get_by_role("button", name="お知らせメールを止める").click()
    expect(stranger.page.get_by_text("止めました")).to_be_visible()
    stranger.look()
    reader.go("/my/searches")
    expect(page.get_by_text("お知らせしない")).to_be_visible()
    reader.look()
