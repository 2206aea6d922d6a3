"""A shop answers what the scheme asks on a package's page, and shares a comparison that outlives the scheme."""

from __future__ import annotations

import editions
import pytest
from grants import CODE, build

pytestmark = [
    pytest.mark.browser,
    # Static files are streamed; the one that a closing browser did not read to its end is closed by the collector.
    pytest.mark.filterwarnings("ignore:Exception ignored in.*FileIO:pytest.PytestUnraisableExceptionWarning"),
]


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
