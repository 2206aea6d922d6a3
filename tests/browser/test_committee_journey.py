"""A committee member's review, from the assignment to the discussion, and the secretariat's decision on it."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
import reviews
from playwright.sync_api import Page, Response, expect

pytestmark = pytest.mark.browser


def enter(visitor, path: str, person: str) -> Page:
    visitor.go(path)
    visitor.sign_in_as(person)
    visitor.go(path)
    visitor.look()
    return visitor.page


def press(page: Page, name: str, text: str) -> None:
    page.get_by_role("button", name=name).first.click()
    page.get_by_text(text).first.wait_for()


def saved_whole(response: Response) -> bool:
    """Whether this answers a saving of the whole sheet."""
    sent = parse_qs(response.request.post_data or "")
    return response.ok and all(f"comment-{code}" in sent for code in reviews.CRITERIA)


def mark(page: Page, points: int = 4) -> None:
    for code in reviews.CRITERIA:
        page.locator(f'input[name="points-{code}"][value="{points}"]').check()
        page.locator(f'textarea[name="comment-{code}"]').fill("資料のとおりです。")


def handed_in_too_early(page: Page) -> None:
    """The sheet says that it was kept and what is missing, and goes on saving by itself."""
    page.locator('textarea[name="comment-capability"]').fill("途中まで")
    page.get_by_role("button", name="採点を提出する").click()
    expect(page.locator("#error-summary")).to_be_visible()
    expect(page.locator("#saved")).to_contain_text("ここまでの入力は保存しました")
    expect(page.locator('textarea[name="comment-capability"]')).to_have_value("途中まで")


@pytest.mark.parametrize(
    ("width", "script"), [(390, True), (390, False), (1280, True)], ids=["phone", "no script", "desktop"]
)
def test_a_member_declares_scores_and_discusses(visit, services, organisation, actor_of, known_as, width, script):
    review = reviews.build(organisation, actor_of)
    first, second = review.members[:2]
    known_as(first, "committee-member")
    known_as(review.office, "secretariat-administrator")
    review.assign()
    member = visit(width, java_script_enabled=script)
    page = enter(member, "/committee/", "committee-member")
    page.get_by_role("link", name="あおばシステム").click()
    page.get_by_text("利害関係を確認してください").wait_for()
    expect(page.get_by_text("青葉 一郎")).to_have_count(0)
    member.look()
    page.get_by_label("利害関係はない").check()
    page.get_by_role("button", name="申告する").click()
    page.get_by_role("heading", name="採点表").wait_for()
    expect(page.get_by_text("青葉 一郎")).to_have_count(1)
    member.look()
    if script:
        handed_in_too_early(page)
        with page.expect_response(saved_whole):
            mark(page)
        page.locator("#saved").get_by_text("保存しました", exact=True).wait_for()
    else:
        mark(page)
        press(page, "途中まで保存する", "途中まで保存しました")
    page.reload()
    if script:
        # After a refused hand-in the address takes what is sent only; its page leads back to the sheet.
        page.get_by_role("link", name="もとの画面を開く").click()
    expect(page.locator('textarea[name="comment-capability"]')).to_have_value("資料のとおりです。")
    press(page, "採点を提出する", "全員がそろうと、お知らせします")
    member.look()
    review.finish(second, (1, 4, 4, 4))
    page.reload()
    page.get_by_text("開きが大きい").first.wait_for()
    page.locator('textarea[name="words"]').fill("実績を確かめました。")
    press(page, "意見を送る", "実績を確かめました。")
    member.look()
    member.go("/committee/relations")
    member.look()
    decided_by_the_secretariat(visit(width, java_script_enabled=script), review)


def decided_by_the_secretariat(visitor, review: reviews.Review) -> None:
    path = f"/secretariat/registrations/{review.registration_id}/review"
    page = enter(visitor, path, "secretariat-administrator")
    page.get_by_label("採択する", exact=True).check()
    page.locator("#decide textarea").fill("基準を満たすため")
    press(page, "決定して知らせる", "を採択しました")
    visitor.look()
    visitor.go("/secretariat/adoptions")
    visitor.look()
    standing = f"/secretariat/vendors/{review.vendor.organisation_id}/standing"
    visitor.go(standing)
    visitor.look()
    if visitor.script:
        page.get_by_text("登録を停止する", exact=True).first.click()
    else:
        page.locator("summary", has_text="登録を停止する").click()
    page.locator("textarea[name=reason]").first.fill("報告の遅れのため")
    press(page, "登録を停止する", "登録の状態を変更し")
    visitor.look()
