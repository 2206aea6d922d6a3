"""From the letter to the first page, with and without script; and a look in to help, on a phone."""

from __future__ import annotations

import re

import pytest
from letters import invitation_token
from playwright.sync_api import expect

from tenants import invitations
from tenants.actor import SYSTEM
from tenants.db import act_as, db
from tenants.models import Membership

pytestmark = pytest.mark.browser
INVITATION = "/organisation/invitation"


@pytest.fixture
def vendor(app, organisation):
    return organisation("vendor", name="さくらシステム")


@pytest.fixture
def token(vendor, actor_of):
    with act_as(actor_of(vendor, "vendor_owner")):
        invitations.invite("new@example.jp", ["vendor_editor"])
    return invitation_token("new@example.jp")


@pytest.mark.parametrize("width", [390, 1280])
def test_the_letter_s_link_leads_in_and_leaves_no_token_behind(visit, token, width):
    guest = visit(width)
    asked: list[str] = []
    guest.page.on("request", lambda request: asked.append(f"{request.url} {request.headers.get('referer')}"))
    guest.go(f"{INVITATION}#{token}")
    expect(guest.page.locator("h1")).to_have_text("組織への招待が届いています")
    expect(guest.page.locator("main")).to_contain_text("さくらシステム")
    guest.look()
    guest.page.locator("main").get_by_role("link", name="ログインする").click()
    guest.sign_in_as("vendor-viewer")
    expect(guest.page.locator("h1")).to_have_text("組織への招待が届いています")
    guest.look()
    guest.page.get_by_role("button", name="参加する").click()
    guest.page.wait_for_url(f"{guest.address}/vendor/")
    # The fragment stays in the browser: Chromium's own record of the address shows it, what is sent does not.
    assert not [each for each in asked if token in re.sub(r"#\S*", "", each)]


def test_without_script_the_link_is_pasted(visit, token):
    guest = visit(390, java_script_enabled=False)
    guest.go(INVITATION)
    guest.page.get_by_label("招待メールのリンク").fill(f"{guest.address}{INVITATION}#{token}")
    guest.page.get_by_role("button", name="招待を見る").click()
    expect(guest.page.locator("main")).to_contain_text("さくらシステム")


def test_an_owner_invites_and_sees_who_has_not_answered(visit, vendor, actor_of, known_as):
    known_as(actor_of(vendor, "vendor_owner"), "vendor-owner")
    owner = visit(390)
    owner.go("/sign-in")
    owner.sign_in_as("vendor-owner")
    owner.go("/organisation/people")
    owner.page.get_by_label("メールアドレス").fill("new@example.jp")
    owner.page.get_by_label("閲覧のみ").check()
    owner.page.get_by_role("button", name="招待メールを送る").click()
    expect(owner.page.locator("#waiting")).to_contain_text("new@example.jp")
    owner.look()
    owner.page.get_by_role("button", name="取り消す").click()
    owner.page.locator("dialog").get_by_role("button", name="取り消す").click()
    expect(owner.page.locator("#waiting")).to_have_count(0)


def test_on_a_phone_one_sees_for_whom_one_acts_and_switches(visit, vendor, organisation, actor_of, known_as):
    both = actor_of(organisation("sme", name="食堂ひまわり"), "sme_owner")
    with act_as(SYSTEM):
        db.session.add(Membership(organisation_id=vendor, person_id=both.person_id, role="vendor_viewer"))
        db.session.commit()
    known_as(both, "ramen-owner")
    phone = visit(390)
    phone.go("/sign-in")
    phone.sign_in_as("ramen-owner")
    bar = phone.page.locator("details.acting-for")
    expect(bar).to_contain_text("食堂ひまわり")
    bar.locator("summary").click()
    phone.look()
    bar.get_by_role("button", name=re.compile("さくらシステム")).click()
    phone.page.wait_for_url(f"{phone.address}/vendor/")
    expect(phone.page.locator("details.acting-for summary")).to_contain_text("さくらシステム")
    phone.go("/my/applications")
    phone.look()
    phone.page.get_by_role("button", name="「食堂ひまわり」に切り替える").click()
    phone.page.wait_for_url(f"{phone.address}/my/applications")


def test_the_secretariat_looks_in_and_every_page_says_so(visit, organisation, actor_of, known_as):
    shop = organisation("sme", name="食堂ひまわり")
    known_as(actor_of(organisation("secretariat", name="事務局"), "secretariat_reviewer"), "secretariat-reviewer")
    desk = visit(390)
    desk.go("/sign-in")
    desk.sign_in_as("secretariat-reviewer")
    desk.go("/secretariat/organisations?q=ひまわり")
    desk.page.locator('main a[href$="/support-view"]').click()
    desk.page.get_by_label("理由").fill("お電話でのご相談のため")
    desk.page.get_by_role("button", name="サポート閲覧を始める").click()
    desk.page.wait_for_url(f"{desk.address}/my")
    for path in ("/my", "/organisation", "/organisation/people"):
        desk.go(path)
        expect(desk.page.locator(".support-bar")).to_contain_text("食堂ひまわり")
        desk.look()
    desk.page.get_by_role("button", name="サポート閲覧を終了する").click()
    expect(desk.page.locator("h1")).to_have_text("サポート閲覧の記録")
    expect(desk.page.locator(".support-bar")).to_have_count(0)
    assert str(shop) not in desk.page.url
