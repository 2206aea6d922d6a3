"""Signing in, in a browser: GビズID's facts, one's sessions, and the fresh sign-in before publishing."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from tenants.actor import SYSTEM
from tenants.db import act_as, db
from tenants.models import SignInSession

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [390, 1280])
def test_a_business_is_registered_with_what_gbizid_vouches_for(visit, width):
    visitor = visit(width)
    page = visitor.page
    visitor.go("/sign-in")
    visitor.look()
    visitor.sign_in_as("prime-corporation", "gbizid")
    expect(page).to_have_url(f"{visitor.address}/my/register")
    visitor.look()
    expect(page.get_by_text("株式会社わかば製菓", exact=True)).to_be_visible()
    expect(page.get_by_label("法人番号")).to_have_count(0)
    page.get_by_role("button", name="登録して次へ").click()
    expect(page).to_have_url(f"{visitor.address}/my/profile")


@pytest.mark.parametrize("width", [390, 1280])
def test_an_entry_account_is_told_kindly(visit, width):
    visitor = visit(width)
    visitor.go("/sign-in")
    visitor.sign_in_as("entry", "gbizid")
    expect(visitor.page.get_by_role("link", name="GビズIDのサイトで取得のしかたを見る")).to_be_visible()
    visitor.look()


@pytest.mark.parametrize("width", [390, 1280])
def test_a_lost_browser_is_signed_out_from_afar(visit, known_as, organisation, actor_of, width):
    known_as(actor_of(organisation("secretariat"), "secretariat_publisher"), "secretariat-publisher")
    lost, visitor = visit(), visit(width)
    for each in (lost, visitor):
        each.go("/sign-in")
        each.sign_in_as("secretariat-publisher")
    visitor.go("/account/sessions")
    visitor.look()
    expect(visitor.page.get_by_text("いま使っているブラウザー")).to_have_count(1)
    visitor.page.get_by_role("button", name="このブラウザーをログアウトする").click()
    expect(visitor.page.get_by_text("そのブラウザーをログアウトしました。")).to_be_visible()
    lost.go("/secretariat/")
    expect(lost.page).to_have_url(f"{lost.address}/sign-in?next=/secretariat/")


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("script", [True, False])
def test_what_was_chosen_is_sent_after_a_fresh_sign_in(visit, known_as, organisation, actor_of, width, script):
    known_as(actor_of(organisation("secretariat"), "secretariat_publisher"), "secretariat-publisher")
    visitor = visit(width, java_script_enabled=script)
    visitor.go("/sign-in")
    visitor.sign_in_as("secretariat-publisher")
    visitor.go("/sign-in/again")
    visitor.look()
    with act_as(SYSTEM):
        long_ago = SignInSession.created_at - db.func.make_interval(0, 0, 0, 1)
        db.session.execute(update(SignInSession).values(authenticated_at=long_ago))
        db.session.commit()
    page = visitor.page
    token = page.locator('form[action="/sign-in/again"] input[name="csrf_token"]').input_value()
    page.set_content(
        f'<form method="post" action="{visitor.address}/secretariat/publications">'
        f'<input name="csrf_token" value="{token}"><input name="chosen" value="what-I-chose"><button>送る</button>'
    )
    page.get_by_role("button", name="送る").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("送信の前に、もう一度ご本人の確認をお願いします")
    visitor.look()
    with page.expect_popup() as opened:
        page.get_by_role("button", name="デモ用ログインで確認する").click()
    window = opened.value
    window.locator('button[name="sub"][value="secretariat-publisher"]').click()
    expect(window.get_by_role("heading", level=1)).to_have_text("ご本人であることを確認しました")
    window.close()
    page.get_by_role("button", name="もう一度送信する").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("送信の前に、もう一度ご本人の確認をお願いします")
