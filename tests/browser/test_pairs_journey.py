"""The secretariat and two records that may be one business: every list filled and empty, and a pair's whole way."""

from __future__ import annotations

import uuid
from datetime import timedelta

import grants
import pytest
import registrations
from playwright.sync_api import expect

from marketplace.applications import services
from tenants import clock
from tenants.actor import SYSTEM
from tenants.db import act_as, db
from tenants.models import Organisation

pytestmark = pytest.mark.browser
WIDTHS = pytest.mark.parametrize("width", [390, 1280], ids=["phone", "desktop"])
LIST = "/secretariat/duplicates?by="
SAME = {"telephone": "0312345678", "representative": "見本 太郎", "prefecture": "東京都", "address": "港区7-7"}


@pytest.fixture
def clerk(visit, app, organisation, actor_of, known_as):
    office = actor_of(organisation("secretariat", name="事務局"), "secretariat_administrator")
    known_as(office, "secretariat-administrator")

    def come(width: int):
        visitor = visit(width)
        visitor.go(f"{LIST}across")
        visitor.sign_in_as("secretariat-administrator")
        return visitor

    return come


@WIDTHS
def test_the_lists_are_empty_designed(clerk, width):
    visitor = clerk(width)
    for by, words in (("across", "確認していない組はありません"), ("settled", "確認が済んだ組はまだありません")):
        visitor.go(f"{LIST}{by}")
        expect(visitor.page.get_by_text(words)).to_be_visible()
        visitor.look()


@WIDTHS
def test_a_vendor_and_an_applicant_are_settled_and_opened_again(clerk, organisation, actor_of, width):
    world = grants.build(organisation, actor_of, now=True)
    with act_as(world.sme):
        publication = services.live_package(grants.CODE)
        application_id = services.start(grants.CODE, publication_id=publication.id)
    organisation("sme", name="みなと食堂", **SAME)
    organisation("vendor", name="みなと会計システム株式会社", corporate_number="5999900500003", **SAME)
    organisation("vendor", name="ひまわり情報サービス", **SAME | {"telephone": "", "representative": ""})
    visitor = clerk(width)
    visitor.look()
    visitor.page.get_by_role("link", name="みなと会計システム株式会社 / みなと食堂").click()
    visitor.page.get_by_label("同じ事業者です。両方の登録を残します").check()
    visitor.look()
    visitor.page.get_by_label("理由").fill("登記の代表者が同じことを確かめた。")
    visitor.page.get_by_role("button", name="この結果で記録する").click()
    expect(visitor.page.get_by_text("同じ事業者として記録しました")).to_be_visible()
    visitor.go(f"{LIST}settled")
    visitor.look()
    visitor.page.get_by_role("link", name="みなと食堂").click()
    expect(visitor.page.get_by_text("確認が済んでいます")).to_be_visible()
    visitor.look()
    visitor.page.get_by_label("結果を取り消す理由").fill("別人でした。")
    visitor.page.get_by_role("button", name="結果を取り消す").click()
    expect(visitor.page.get_by_text("結果を取り消しました")).to_be_visible()
    visitor.look()
    for each in (world.sme.organisation_id, world.vendor_id):
        call(each, "0399999999")
    visitor.go(f"/secretariat/applications/{application_id}")
    expect(visitor.page.get_by_text("ベンダーと申請者が同じ人たちかもしれません")).to_be_visible()
    visitor.look()


def call(organisation_id: uuid.UUID, telephone: str) -> None:
    with act_as(SYSTEM):
        db.session.get_one(Organisation, organisation_id).telephone = telephone
        db.session.commit()


@WIDTHS
def test_who_enters_a_paper_is_shown_who_is_like_it(clerk, organisation, width):
    moment = clock.now()
    registrations.open_round(moment - timedelta(days=3), moment + timedelta(days=3))
    organisation("sme", name="みなと食堂", **SAME)
    visitor = clerk(width)
    visitor.go("/secretariat/registrations/new")
    page = visitor.page
    page.get_by_label("書面を受け取った日").fill(clock.today().isoformat())
    page.get_by_label("会社名").fill("みなと会計株式会社")
    page.get_by_label("法人番号").fill("5999900500003")
    page.get_by_label("本店の都道府県").select_option("東京都")
    page.get_by_label("本店の住所").fill("港区七丁目7番")
    page.get_by_role("button", name="登録して次へ").click()
    expect(page.get_by_text("みなと食堂")).to_be_visible()
    visitor.look()
    page.get_by_role("button", name="確かめたので、登録して次へ").click()
    expect(page.get_by_text("似た事業者が登録されています")).to_be_visible()
    visitor.look()
