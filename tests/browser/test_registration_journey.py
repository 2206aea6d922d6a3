"""From a company nobody knows to the committee's table, through every page on the way, in browsers of their own."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import registrations as world
from playwright.sync_api import Page, expect

from marketplace.registration.form import DECLARATIONS
from tenants import clock

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def _round(app):
    now = clock.now()
    world.open_round(now - timedelta(days=3), now + timedelta(days=30))


@pytest.fixture
def paper(tmp_path) -> Path:
    path = tmp_path / "納税証明書.pdf"
    path.write_bytes(world.PDF)
    return path


def fill(page: Page, section: str) -> None:
    """Type the sample's answers into the section's form; prefectures lie folded by region."""
    for region in page.locator("[data-region] > summary").all():
        region.click()
    for name, values in world.ANSWERS[section].items():
        controls = page.locator(f'[name="{name}"]')
        kind = controls.first.get_attribute("type")
        for position, value in enumerate(values):
            if kind in ("checkbox", "radio"):
                page.locator(f'[name="{name}"][value="{value}"]').check()
            elif value:
                controls.nth(position).fill(value)


def press(page: Page, name: str, text: str) -> None:
    page.get_by_role("button", name=name).first.click()
    page.get_by_text(text).first.wait_for()


@pytest.mark.parametrize(
    ("width", "script"), [(390, True), (390, False), (1280, True)], ids=["phone", "no script", "desktop"]
)
def test_from_nobody_to_the_committee(visit, office, known_as, paper, width, script):
    known_as(office("reviewer"), "secretariat-reviewer")
    company = visit(width, java_script_enabled=script)
    page = company.page
    found_the_company(company)
    write_the_sections(company)
    attach_the_papers(company, paper)
    company.go("/vendor/registration/check")
    company.look()
    press(page, "この内容で提出する", "登録申請を提出しました")
    company.look()

    desk = visit(width, java_script_enabled=script)
    check_and_return(desk)

    company.go("/vendor/")
    company.look()
    page.get_by_role("link", name="登録申請を開く").click()
    page.get_by_text("資本金を確かめてください").first.wait_for()
    company.look()
    page.get_by_role("link", name="会社の概要").first.click()
    page.get_by_label("資本金").fill("30,000,000")
    press(page, "保存して中断する", "「会社の概要」を保存しました")
    page.get_by_role("link", name="内容を確認して提出する").click()
    press(page, "この内容で提出する", "登録申請を提出しました")

    desk.go("/secretariat/registrations")
    desk.page.get_by_role("link", name="新しいソフト株式会社").click()
    expect(desk.page.locator("#changes")).to_contain_text("30,000,000円")
    desk.look()
    press(desk.page, "審査委員会に付す", "を審査委員会に付しました")
    company.go("/vendor/registration")
    expect(page.get_by_text("外部審査委員会が審査しています").first).to_be_visible()
    company.look()


def found_the_company(company) -> None:
    page = company.page
    company.go("/vendors")
    page.get_by_role("link", name="IT導入支援事業者として登録を申請する").click()
    company.sign_in_as("applicant-owner")
    company.go("/vendor/apply")
    company.look()
    page.get_by_label("会社名").fill("新しいソフト株式会社")
    page.get_by_label("法人番号").fill("７９９９９０００００１０２")
    page.get_by_label("本店の都道府県").select_option("東京都")
    page.get_by_label("本店の住所").fill("千代田区1-1")
    page.get_by_role("button", name="会社を登録して次へ").click()
    expect(page.locator("#f-corporate_number-error")).to_be_visible()
    company.look()
    page.get_by_label("法人番号").fill("７９９９９０００００１０１")
    press(page, "会社を登録して次へ", "会社を登録しました")
    company.go("/vendor/")
    expect(page.get_by_text("登録が採択されると登録できます")).to_be_visible()
    company.look()
    page.get_by_role("link", name="登録申請を開く").click()
    company.look()
    press(page, "登録申請を始める", "7項目のうち")
    company.look()


def write_the_sections(company) -> None:
    page = company.page
    page.get_by_role("link", name="会社の概要").first.click()
    for section in world.ANSWERS:
        page.wait_for_url(f"**/sections/{section}")
        fill(page, section)
        company.look()
        if section == "company":  # a mistake is kept as it was typed, and told
            page.get_by_label("従業員数").fill("たくさん")
            press(page, "保存して次へ", "直すところがあります")
            company.look()
            expect(page.get_by_label("従業員数")).to_have_value("たくさん")
            page.get_by_label("従業員数").fill("25")
        page.get_by_role("button", name="保存して次へ").click()
    assert section == DECLARATIONS
    page.wait_for_url("**/registration/papers")


def attach_the_papers(company, paper: Path) -> None:
    page = company.page
    company.look()
    wrong = paper.with_name("納税証明書（中身は別）.pdf")
    wrong.write_bytes(b"MZ not a paper")
    attach(page, "tax", wrong, "この形式のファイルは添付できません")
    company.look()
    attach(page, "tax", paper, "を添付しました")
    attach(page, "certificate", paper, "を添付しました")
    company.look()


def attach(page: Page, kind: str, path: Path, answer: str) -> None:
    page.locator(f"#f-file-{kind}").set_input_files(path)
    page.locator(f"#paper-{kind}").get_by_role("button", name="添付する").click()
    page.get_by_text(answer).first.wait_for()


def check_and_return(desk) -> None:
    page = desk.page
    desk.go("/secretariat/registrations")
    desk.sign_in_as("secretariat-reviewer")
    desk.go("/secretariat/registrations")
    desk.look()
    page.get_by_role("link", name="新しいソフト株式会社").click()
    page.get_by_role("heading", name="登録申請").first.wait_for()
    desk.look()
    with page.expect_download() as download:
        page.get_by_role("link", name="納税証明書.pdf").first.click()
    assert download.value.suggested_filename == "納税証明書.pdf"
    page.locator("#part-company summary").click()
    page.locator('[name="reason-company"]').fill("資本金を確かめてください。")
    desk.look()
    press(page, "理由を付けて差し戻す", "に差し戻しました")
    desk.look()


def test_two_people_in_one_section_see_both_texts(visit, known_as):
    vendor = world.vendor()
    known_as(vendor, "vendor-owner")
    known_as(world.colleague(vendor, "vendor_owner"), "minato-owner")
    one, other = visit(390), visit(390)
    address = "/vendor/registration/sections/company"
    for visitor, subject in ((one, "vendor-owner"), (other, "minato-owner")):
        visitor.go("/vendor/registration")
        visitor.sign_in_as(subject)
        visitor.go("/vendor/registration")
        begin = visitor.page.get_by_role("button", name="登録申請を始める")
        if begin.count():
            begin.click()
            visitor.page.get_by_text("項目が入力済みです").wait_for()
        visitor.go(address)
    one.page.get_by_label("会社名（フリガナ）").fill("サキ")
    press(one.page, "保存して中断する", "を保存しました")
    other.page.get_by_label("会社名（フリガナ）").fill("アト")
    press(other.page, "保存して中断する", "ほかの人が先にこの項目を保存しています")
    other.look()
    expect(other.page.locator("table")).to_contain_text("サキ")
    expect(other.page.get_by_label("会社名（フリガナ）")).to_have_value("アト")
    press(other.page, "保存して中断する", "を保存しました")
    other.go(address)
    expect(other.page.get_by_label("会社名（フリガナ）")).to_have_value("アト")


def test_the_secretariat_enters_what_came_on_paper(visit, office, known_as, paper):
    known_as(office("reviewer"), "secretariat-reviewer")
    desk = visit(1280)
    page = desk.page
    desk.go("/secretariat/registrations")
    desk.sign_in_as("secretariat-reviewer")
    desk.go("/secretariat/registrations")
    page.get_by_role("link", name="書面の申請を入力する").click()
    page.get_by_label("会社名").fill("かみの会社")
    page.get_by_label("法人番号").fill("7999900000101")
    page.get_by_label("本店の都道府県").select_option("東京都")
    page.get_by_label("本店の住所").fill("千代田区1-1")
    desk.look()
    page.get_by_role("button", name="登録して次へ").click()
    page.locator("#part-company").get_by_role("link").click()
    for section in world.ANSWERS:
        if section != DECLARATIONS:
            page.wait_for_url(f"**/sections/{section}")
            fill(page, section)
            page.get_by_role("button", name="保存して次へ").click()
    page.wait_for_url("**/papers")
    for kind in ("certificate", "tax", "scan"):
        attach(page, kind, paper, "を添付しました")
    desk.look()
    page.get_by_role("link", name="登録申請に戻る").click()
    desk.look()
    press(page, "書面の申請を受け付ける", "書面の申請を受け付けました")
    desk.look()
