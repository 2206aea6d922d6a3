"""A vendor whose year is over renews: from the notice on its home to the decision, in browsers of their own."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import registrations as world
import reviews
from playwright.sync_api import Page, expect

from marketplace.registration import queries
from marketplace.registration.form import DECLARATIONS
from marketplace.registration.steps import fiscal_year_of
from tenants import clock
from tenants.actor import Actor
from tenants.db import act_as

pytestmark = pytest.mark.browser


@pytest.fixture
def paper(tmp_path) -> Path:
    path = tmp_path / "納税証明書.pdf"
    path.write_bytes(world.PDF)
    return path


@pytest.fixture
def vendor(app, organisation, actor_of, known_as) -> Actor:
    """A vendor that was adopted for the year before, with an open round to renew in."""
    now = clock.now()
    world.open_round(now - timedelta(days=3), now + timedelta(days=30))
    made = organisation("vendor", name="更新システム株式会社", registered_on=clock.today() - timedelta(days=400))
    world.adopted_before(made, fiscal_year=fiscal_year_of(clock.today()) - 1)
    owner = actor_of(made, "vendor_owner")
    known_as(owner, "vendor-owner")
    return owner


def press(page: Page, name: str, text: str) -> None:
    page.get_by_role("button", name=name).first.click()
    page.get_by_text(text).first.wait_for()


@pytest.mark.parametrize(
    ("width", "script"), [(390, True), (390, False), (1280, True)], ids=["phone", "no script", "desktop"]
)
def test_a_vendor_renews(visit, vendor, organisation, actor_of, known_as, paper, width, script):
    office = actor_of(organisation("secretariat", name="事務局"), "secretariat_administrator")
    known_as(office, "secretariat-administrator")
    company, desk = (visit(width, java_script_enabled=script) for _ in range(2))
    begin(company)
    go_through(company)
    declare(company, paper)
    hand_in(company)
    pass_on(desk)
    scored_by_the_committee(vendor, office, organisation, actor_of)
    decide(desk)
    after(company)


def begin(company) -> None:
    company.go("/vendor/")
    company.sign_in_as("vendor-owner")
    company.go("/vendor/")
    company.look()
    company.page.get_by_role("link", name="登録を更新する").click()
    company.page.get_by_text("有効期間の終わり").wait_for()
    company.look()
    press(company.page, "更新を始める", "前回の内容を写しました")
    company.look()


def go_through(company) -> None:
    """One section has changed; of the others one press says that nothing did."""
    page = company.page
    page.locator(".section-list").get_by_role("link", name="会社の概要").click()
    page.get_by_label("従業員数").fill("31")
    press(page, "保存して中断する", "「会社の概要」を保存しました")
    left = page.get_by_role("button", name="変わりません")
    for rest in range(left.count(), 0, -1):
        expect(left).to_have_count(rest)
        left.first.click()
    expect(left).to_have_count(0)
    company.look()


def declare(company, paper: Path) -> None:
    page = company.page
    company.go(f"/vendor/registration/sections/{DECLARATIONS}")
    for box in page.locator('[name="agreed"]').all():
        box.check()
    page.get_by_role("button", name="保存して次へ").click()
    page.wait_for_url("**/registration/papers")
    for kind in ("tax", "certificate"):
        page.locator(f"#f-file-{kind}").set_input_files(paper)
        page.locator(f"#paper-{kind}").get_by_role("button", name="添付する").click()
        page.get_by_text("を添付しました").first.wait_for()


def hand_in(company) -> None:
    company.go("/vendor/registration/check")
    company.look()
    press(company.page, "この内容で提出する", "登録申請を提出しました")
    company.go("/vendor/")
    expect(company.page.get_by_text("更新の申請を審査しています")).to_be_visible()
    company.look()


def pass_on(desk) -> None:
    desk.go("/secretariat/registrations")
    desk.sign_in_as("secretariat-administrator")
    desk.go("/secretariat/registrations")
    expect(desk.page.get_by_text("更新", exact=True)).to_be_visible()
    desk.look()
    desk.page.get_by_role("link", name="更新システム株式会社").click()
    expect(desk.page.locator("#renewed")).to_contain_text("25人")
    expect(desk.page.locator("#renewed")).to_contain_text("31人")
    desk.look()
    press(desk.page, "審査委員会に付す", "を審査委員会に付しました")


def scored_by_the_committee(vendor: Actor, office: Actor, organisation, actor_of) -> None:
    """Its pages are walked in test_committee_journey.py."""
    board = organisation("committee", name="審査委員会")
    members = [actor_of(board, "committee_member") for _ in range(2)]
    with act_as(vendor):
        own = queries.own()
    assert own is not None
    reviews.Review(vendor, office, members, own.id).all_in()


def decide(desk) -> None:
    page = desk.page
    page.reload()
    page.get_by_role("link", name="委員会の審査を開く").click()
    page.get_by_label("採択する", exact=True).check()
    page.locator("#decide textarea").fill("体制が保たれているため")
    desk.look()
    press(page, "決定して知らせる", "を採択しました")


def after(company) -> None:
    company.go("/vendor/")
    expect(company.page.get_by_text("更新の申請を審査しています")).to_have_count(0)
    company.look()
    company.go("/vendor/renewal")
    expect(company.page.get_by_text(f"{fiscal_year_of(clock.today())}年度")).to_be_visible()
    expect(company.page.get_by_text("更新の時期になりましたら")).to_be_visible()
    company.look()
