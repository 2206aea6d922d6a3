"""An official changes a scheme in the browser, by form and by text: slips are shown, then what would change, then it counts."""

from __future__ import annotations

import uuid

import pytest
from playwright.sync_api import expect

from marketplace import scheme_drafts
from tenants.actor import SYSTEM
from tenants.db import act_as

pytestmark = pytest.mark.browser


@pytest.fixture
def official(worked_input, office, known_as):
    administrator = office("administrator")
    known_as(administrator, "secretariat-administrator")
    return administrator


@pytest.mark.parametrize("width", [1280, 390])
def test_a_lower_cap_is_looked_at_and_decided(official, visit, width):
    visitor = visit(width)
    visitor.go("/sign-in")
    visitor.sign_in_as("secretariat-administrator")
    visitor.go("/secretariat/masters/scheme/2017")
    page = visitor.page
    page.get_by_role("link", name="この制度を変更する").click()
    visitor.look()
    rate = page.get_by_label("補助率（中小企業）")
    rate.fill("0.66")
    rate.press("Enter")
    expect(page.locator("#error-summary")).to_be_visible()
    page.locator("#error-summary").get_by_role("link").press("Enter")
    expect(rate).to_be_focused()
    expect(rate).to_have_value("0.66")
    visitor.look()
    rate.fill("２／３")
    page.get_by_role("group", name="全体：補助額の上限").get_by_label("金額").fill("400,000")
    page.get_by_role("button", name="文章（YAML）で続ける").press("Enter")
    visitor.look()
    text = page.get_by_label("制度の内容（YAML）")
    right = text.input_value()
    text.fill(right.replace('sme: "2/3"', "sme: 0.66"))
    page.get_by_role("button", name="影響を確かめる").click()
    expect(page.locator("#error-summary")).to_contain_text("行目")
    visitor.look()
    text.fill(right)
    page.get_by_role("button", name="影響を確かめる").click()
    expect(page.get_by_role("heading", name="影響を計算しています")).to_be_visible()
    visitor.look()
    with act_as(SYSTEM):
        scheme_drafts.compare(uuid.UUID(page.url.rpartition("/")[2]))
    # The page looks again by itself; without script its link does.
    expect(page.get_by_role("heading", name="公開中のITツールへの影響")).to_be_visible()
    expect(page.locator("table").first).to_contain_text("1,000,000円 → 400,000円")
    visitor.look()
    page.get_by_role("button", name="この版を使う").click()
    expect(page.locator("main")).to_contain_text("この版に決めました")
    visitor.look()
    page.get_by_role("link", name="お知らせを書く").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
def test_another_scheme_is_looked_at_and_put_in_use(official, visit, width):
    visitor = visit(width)
    visitor.go("/sign-in")
    visitor.sign_in_as("secretariat-administrator")
    visitor.go("/secretariat/masters")
    page = visitor.page
    page.get_by_role("link", name="使う制度を決める").click()
    expect(page.locator("main")).to_contain_text("いま使用中")
    visitor.look()
    page.locator("#f-scheme").select_option("2018")
    page.get_by_role("button", name="影響を確かめる").click()
    draft = page.url
    with act_as(SYSTEM):
        scheme_drafts.compare(uuid.UUID(draft.rpartition("/")[2]))
    expect(page.get_by_role("heading", name="公開中のITツールへの影響")).to_be_visible()
    visitor.look()
    visitor.go("/secretariat/schemes")
    expect(page.get_by_role("button", name="削除")).to_be_visible()
    visitor.look()
    page.goto(draft)
    page.get_by_role("button", name="この制度に切り替える").click()
    expect(page.locator("main")).to_contain_text("この制度に切り替えると決めました")
    visitor.look()
