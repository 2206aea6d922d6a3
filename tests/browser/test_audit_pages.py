"""The audit trail in a browser: an auditor and an organisation's owner find what happened."""

from __future__ import annotations

import pytest
from desk import ASAHI
from playwright.sync_api import expect
from sqlalchemy import select

from catalogue import listings
from catalogue.models import Product
from tenants import audit
from tenants.db import act_as, db, use_case

pytestmark = pytest.mark.browser


@use_case
def members_change(organisation_id) -> None:
    """Events with before and after, personal values and a long text."""
    audit.record(
        "member_roles_changed",
        subject=("person", "0f1e2d3c-0000-4000-8000-000000000001"),
        organisation_id=organisation_id,
        before={"name": "見本 花子", "roles": ["vendor_editor"]},
        after={"roles": ["vendor_editor", "vendor_applications"]},
    )
    audit.record(
        "organisation_edited",
        subject=("organisation", organisation_id),
        organisation_id=organisation_id,
        before={"address": "東京都千代田区霞が関一丁目", "telephone": "03-0000-0000"},
        after={"address": "東京都千代田区霞が関二丁目", "telephone": "03-0000-0001"},
    )


@pytest.fixture
def trail(asahi, office, known_as):
    """The vendor's people submit and change; the secretariat approves one."""
    administrator = office("administrator")
    known_as(asahi, "vendor-owner")
    known_as(administrator, "secretariat-administrator")
    with act_as(asahi):
        rows = db.session.scalars(select(Product).order_by(Product.code).limit(2)).all()
        chosen = [row.id for row in rows]
        members_change(asahi.organisation_id)
        db.session.expunge_all()
        listings.submit("product", chosen)
    return asahi


def unfold_filters(visitor, width) -> None:
    """On a phone they are a sheet: the first event is seen without scrolling past them."""
    fields = visitor.page.locator("#filters")
    if width == 390:
        expect(fields).to_be_hidden()
        visitor.page.locator(".filter-button").click()
    expect(fields).to_be_visible()
    visitor.look()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_filters_of_a_trail_work_without_script(trail, visit, width):
    visitor = visit(width, java_script_enabled=False)
    visitor.go("/sign-in")
    visitor.sign_in_as("vendor-owner")
    visitor.go("/organisation/audit")
    unfold_filters(visitor, width)
    visitor.page.get_by_label("対象の種類").select_option(label="組織")
    visitor.page.get_by_role("button", name="絞り込む").click()
    expect(visitor.page.locator("tbody tr")).to_have_count(2)
    visitor.page.locator(".chips").get_by_role("link", name="組織").click()
    expect(visitor.page.locator(".chips")).to_have_count(0)
    expect(visitor.page.locator("tbody tr").nth(2)).to_be_visible()


def test_an_auditor_filters_verifies_and_saves(trail, visit):
    for width in (1280, 390):
        visitor = visit(width)
        visitor.go("/sign-in")
        visitor.sign_in_as("secretariat-administrator")
        visitor.go("/secretariat/audit")
        visitor.look()
        page = visitor.page
        unfold_filters(visitor, width)
        page.get_by_label("組織の名前・法人番号").fill(ASAHI)
        page.get_by_label("対象の種類").select_option(label="組織")
        page.get_by_role("button", name="絞り込む").click()
        expect(page.locator("tbody tr")).to_have_count(2)
        expect(page.locator(".chips")).to_contain_text("対象の種類：組織")
        expect(page.locator("tbody")).to_contain_text("霞が関一丁目")
        visitor.look()
        with page.expect_download() as saved:
            page.get_by_role("link", name="CSVで保存").click()
        assert saved.value.suggested_filename.startswith("audit-")
        assert saved.value.path().read_text(encoding="utf-8-sig").count("\n") == 3
        page.get_by_role("link", name="つながりを検証する").click()
        expect(page.get_by_text("すべての記録がつながっています")).to_be_visible()
        expect(page.locator("tbody tr")).to_have_count(2)
        visitor.look()


def test_an_owner_reads_the_own_trail(trail, visit):
    for width in (1280, 390):
        visitor = visit(width)
        visitor.go("/sign-in")
        visitor.sign_in_as("vendor-owner")
        visitor.go("/organisation/audit")
        expect(visitor.page.locator("tbody")).to_contain_text("登録担当")
        visitor.look()
        unfold_filters(visitor, width)
        visitor.page.get_by_label("操作した人の名前").fill("いない人")
        visitor.page.get_by_role("button", name="絞り込む").click()
        expect(visitor.page.get_by_text("条件に合う記録はありません")).to_be_visible()
        visitor.look()
