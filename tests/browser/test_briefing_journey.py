"""A briefing from both sides of the desk: announced, booked on a telephone, told on the site; with axe throughout."""

from __future__ import annotations

import briefings
import pytest
from playwright.sync_api import expect

from marketplace import announcements
from marketplace.briefings import bookings, services
from tenants.db import act_as
from tenants.text import Text, same

pytestmark = pytest.mark.browser
SIZES = (390, 1280)


@pytest.fixture
def desk(app, organisation, actor_of, known_as):
    found = actor_of(organisation("secretariat", name="事務局"), "secretariat_administrator")
    known_as(found, "secretariat-administrator")
    return found


@pytest.fixture
def seller(app, organisation, actor_of, known_as):
    found = actor_of(organisation("vendor", name="見本システム株式会社"), "vendor_owner")
    known_as(found, "vendor-owner")
    return found


@pytest.fixture
def told(desk):
    """An announcement corrected once, and one that stays as it was."""
    body = Text(
        "一次公募の日程を公開しました。\n締切は午後5時です。\n\n詳しくは https://example.jp/schedule をご覧ください。",
        "The dates of the first round are out.\n\nSee https://example.jp/schedule for more.",
    )
    with act_as(desk):
        announcements.publish(same("採択された事業者の一覧"), body, category="adoption")
        number = announcements.publish(
            Text("一次公募の日程について", "Dates of the first round"), body, category="programme"
        )
        announcements.correct(
            number,
            Text("一次公募の日程について", "Dates of the first round"),
            body,
            category="important",
            correction=Text("締切の時刻を直しました。", "The closing time was wrong."),
            read_version=2,
        )
    return number


def looked_at(reader, *paths):
    """Each page with axe on a telephone and on a desk."""
    for path in paths:
        for width in SIZES:
            reader.page.set_viewport_size({"width": width, "height": 900})
            reader.go(path)
            reader.look()
            reader.fits()


def test_announcements_are_read(told, visit):
    reader = visit(390)
    looked_at(reader, "/", "/announcements", f"/announcements/{told}", f"/announcements/{told}/editions/1")
    reader.go("/")
    reader.page.get_by_role("link", name="一次公募の日程について").click()
    expect(reader.page.get_by_role("heading", level=1)).to_have_text("一次公募の日程について")
    reader.page.get_by_role("link", name="第1版").click()
    expect(reader.page.get_by_text("これは訂正する前の内容です")).to_be_visible()


@pytest.mark.usefixtures("seller")
def test_a_seat_is_booked_given_back_and_waited_for(desk, visit):
    number = briefings.announced(desk, briefings.facts(seats=2, most_people=2))
    looked_at(visit(390), "/briefings", f"/briefings/{number}")
    reader = visit(390)
    reader.go("/sign-in")
    reader.sign_in_as("vendor-owner")
    looked_at(reader, f"/briefings/{number}", "/my/briefings")
    reader.page.set_viewport_size({"width": 390, "height": 900})
    reader.go(f"/briefings/{number}")
    reader.page.get_by_label("人数").fill("２")
    reader.page.get_by_role("button", name="この内容で予約する").click()
    expect(reader.page.get_by_role("link", name="オンラインで参加する")).to_be_visible()
    looked_at(reader, f"/briefings/{number}", "/my/briefings", "/briefings")
    reader.page.get_by_role("link", name="自分の予約を見る").click()
    reader.page.get_by_role("button", name="予約を取り消す").click()
    reader.page.get_by_role("dialog").get_by_role("button", name="予約を取り消す").click()
    expect(reader.page.get_by_text("取り消し済み")).to_be_visible()
    with act_as(briefings.person()):
        bookings.book(number, name="先着 次郎", organisation_name="", people=2)
    reader.go(f"/briefings/{number}")
    reader.page.get_by_role("button", name="キャンセル待ちに登録する").click()
    expect(reader.page.get_by_role("heading", name="あなたの予約")).to_be_visible()
    looked_at(reader, f"/briefings/{number}", "/my/briefings")


def test_the_desk_announces_and_prepares(told, desk, visit):
    number = briefings.announced(desk)
    for name in ("予約 花代", "予約 太郎"):
        with act_as(briefings.person()):
            bookings.book(number, name=name, organisation_name="見本商店", people=2)
    with act_as(desk):
        drafted = services.draft(briefings.facts())
    reader = visit(1280)
    reader.go("/sign-in")
    reader.sign_in_as("secretariat-administrator")
    place = "/secretariat/announcements"
    looked_at(reader, place, f"{place}/{told}", f"{place}/{told}/edit", f"{place}/new")
    place = "/secretariat/briefings"
    looked_at(reader, place, f"{place}/{number}", f"{place}/{number}/edit", f"{place}/{number}/cancel")
    looked_at(reader, f"{place}/{drafted}", f"{place}/new")
    reader.go(f"{place}/{drafted}")
    reader.page.get_by_role("button", name="この内容で案内を始める").click()
    expect(reader.page.get_by_text("公開サイトで案内を始めました。")).to_be_visible()
