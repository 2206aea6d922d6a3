"""Somebody the site has never seen: from the provider's page to their own business, a second way to sign in, a pair."""

from __future__ import annotations

from datetime import timedelta

import pytest
import registrations as world
from playwright.sync_api import expect

from tenants import clock

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [390, 1280], ids=["phone", "desktop"])
def test_a_shop_owner_s_first_visit(visit, app, width):
    visitor = visit(width)
    visitor.go("/sign-in")
    visitor.look()
    visitor.sign_in_as("newcomer-shop")
    page = visitor.page
    expect(page.locator("h1")).to_contain_text("事業者")
    visitor.look()
    visitor.go("/my")
    visitor.look()
    visitor.go("/account/identities")
    expect(page.get_by_text("最後の1つは外せません")).to_be_visible()
    visitor.look()
    page.get_by_role("button", name="「GビズID」を追加する").click()
    page.locator('button[name="sub"]').first.click()
    page.wait_for_url(f"{visitor.address}/account/identities")
    expect(page.get_by_text("でもログインできるようになりました")).to_be_visible()
    visitor.look()


@pytest.mark.parametrize("width", [390, 1280], ids=["phone", "desktop"])
def test_a_vendor_s_first_visit(visit, app, width):
    now = clock.now()
    world.open_round(now - timedelta(days=3), now + timedelta(days=30))
    visitor = visit(width)
    visitor.go("/vendor/apply")
    visitor.sign_in_as("newcomer-vendor")
    expect(visitor.page.locator("h1")).to_contain_text("IT導入支援事業者")
    visitor.look()


@pytest.mark.parametrize("width", [390, 1280], ids=["phone", "desktop"])
def test_the_secretariat_looks_at_a_pair_and_at_a_person(visit, app, organisation, actor_of, known_as, width):
    office = actor_of(organisation("secretariat", name="事務局"), "secretariat_administrator")
    known_as(office, "secretariat-administrator")
    one, other = (organisation("sme", name="ひまわり商店", address="港区1-1") for _ in range(2))
    visitor = visit(width)
    visitor.go("/secretariat/duplicates")
    visitor.sign_in_as("secretariat-administrator")
    visitor.page.get_by_role("link", name="見比べて、結果を記録する").first.click()
    visitor.page.get_by_label("別の事業者です").check()
    visitor.look()
    visitor.page.get_by_label("理由").fill("登記の住所が違うことを確かめた。")
    visitor.page.get_by_role("button", name="この結果で記録する").click()
    expect(visitor.page.get_by_text("別の事業者として記録しました")).to_be_visible()
    visitor.look()
    visitor.go("/secretariat/people?q=事務局")
    visitor.look()
    visitor.page.get_by_role("link", name="内容を確かめる").first.click()
    visitor.look()
    visitor.go(f"/secretariat/duplicates/{one}/{other}")
    visitor.look()
