"""A shop answers what the scheme asks on a package's page, and shares a comparison that outlives the scheme."""

from __future__ import annotations

import editions
import pytest
from grants import CODE, build
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def tried_under_another_scheme(shop):
    """On the package's page, by the keyboard alone, and back again; the keyboard stays where it was."""
    page, panel = shop.page, shop.page.locator(".estimate")
    page.get_by_role("link", name="ほかの補助制度で計算してみる").focus()
    page.keyboard.press("Enter")
    schemes = page.get_by_label("補助制度", exact=True)
    expect(schemes).to_have_value("asking")
    schemes.focus()
    page.keyboard.press("Home")  # the list is ordered by edition: 2017
    if not shop.script:
        page.keyboard.press("Tab")
        page.get_by_role("button", name="この内容で計算する").press("Enter")
    expect(panel.get_by_text("ほかの制度での試算")).to_be_visible()
    expect(panel.locator(".price-steps__subsidy")).to_contain_text("400,000")
    expect(page.get_by_role("link", name="申請を始める")).to_have_count(0)
    if shop.script:
        expect(schemes).to_be_focused()
    shop.look()
    back = page.get_by_role("link", name="いまの制度に戻す")
    back.press("Enter")
    expect(back).to_have_count(0)
    expect(page.get_by_role("link", name="申請を始める").first).to_be_visible()


@pytest.mark.parametrize(
    ("width", "script"),
    [(390, True), (390, False), (1280, True)],
    ids=["phone", "phone without script", "desktop"],
)
def test_questions_and_a_kept_link(organisation, actor_of, known_as, visit, width, script):
    world = build(organisation, actor_of, now=True)
    known_as(world.sme, "workshop-owner")
    editions.put_in_use(editions.asking())
    shop = visit(width, java_script_enabled=script)
    shop.go(f"/packages/{CODE}")
    shop.look()
    panel = shop.page.locator(".estimate")
    panel.get_by_text("300,000").first.wait_for()
    question = shop.page.get_by_role("group", name="最低賃金に近い従業員が30%以上いますか。")
    question.get_by_text("はい", exact=True).click()
    if not script:
        shop.page.get_by_role("button", name="この内容で計算する").click()
    panel.locator(".price-steps__subsidy").get_by_text("400,000").wait_for()
    shop.look()

    tried_under_another_scheme(shop)

    shop.go(f"/compare?codes={CODE}&scheme=2017.{editions.version_of('2017')}")
    shop.page.get_by_role("heading", name="このリンクを作ったときの補助制度で計算しています").wait_for()
    shop.look()
    shop.page.get_by_role("link", name="いまの制度で計算し直す").click()
    shop.page.get_by_role("heading", name="このリンクを作ったときの補助制度で計算しています").wait_for(
        state="detached"
    )

    shop.go("/my/profile?edit=1")
    shop.sign_in_as("workshop-owner")
    shop.go("/my/profile?edit=1")
    shop.page.get_by_role("group", name="賃上げの計画を従業員に伝えていますか。").get_by_text(
        "はい", exact=True
    ).click()
    shop.look()
    shop.page.get_by_role("button", name="保存して結果を見る").click()
    shop.page.get_by_text("答え：はい").wait_for()
    shop.look()
