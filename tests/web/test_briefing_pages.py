"""Briefings in pages: announced, booked, waited for, attended."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import briefings
import pytest
from icalendar import Calendar

from marketplace.briefings import bookings, services
from tenants import clock
from tenants.db import act_as
from web import form_values


@pytest.fixture
def client(browser):
    """Somebody who is not signed in."""
    return browser()


def version(html):
    return re.search(r'name="version" value="(\d+)"', html)[1]


def at(**after):
    return form_values.local(clock.now() + timedelta(**after))


class TestPublicBriefings:
    def test_before_the_first(self, client):
        assert "予定されている説明会はありません" in client.get("/briefings").text
        assert "終了した説明会はまだありません" in client.get("/briefings?show=over").text

    def test_without_a_session_the_way_leads_through_the_sign_in_and_back(self, client, desk):
        number = briefings.announced(desk)
        page = client.get(f"/briefings/{number}").text
        assert f"next=/briefings/{number}" in page.replace("%2F", "/")
        assert "secret-room" not in page

    def test_booking_waiting_and_moving_up(self, browser, desk):
        number = briefings.announced(desk, briefings.facts(seats=2, most_people=2))
        first, second = browser(briefings.person()), browser(briefings.person())
        page = f"/briefings/{number}"
        given = {"name": "予約 太郎", "organisation_name": "見本商店", "people": "２"}
        assert first.post_form(f"{page}/book", given).status_code == 302
        assert "secret-room" in first.get(page).text
        full = second.get(page).text
        assert "満席" in full
        second.post_form(f"{page}/book", {**given, "people": "1"})
        waiting = second.get(page).text
        assert "キャンセル待ち" in waiting
        assert "secret-room" not in waiting
        mine = first.get("/my/briefings").text
        action = re.search(r'action="(/my/briefings/[^"]+/cancel)"', mine)[1]
        assert second.post_form(action).status_code == 404
        assert first.post_form(action).status_code == 302
        assert "secret-room" in second.get(page).text
        assert "取り消し済み" in first.get("/my/briefings").text

    @pytest.mark.parametrize("people", ["", "0", "-1", "6", "二", "9" * 30, "1.5"])
    def test_a_number_of_people_that_cannot_be(self, browser, desk, people):
        number = briefings.announced(desk)
        answer = browser(briefings.person()).post_form(
            f"/briefings/{number}/book", {"name": "予約 太郎", "people": people}
        )
        assert answer.status_code == 422
        assert 'href="#f-people"' in answer.text
        assert briefings.bookings(number) == []

    def test_nobody_else_sees_a_booking(self, browser, client, desk):
        number, holder = briefings.announced(desk), briefings.person("予約 花代")
        with act_as(holder):
            got = bookings.book(number, name="予約 花代", organisation_name="", people=1)
        for other in (client, browser(briefings.person())):
            assert "予約 花代" not in other.get(f"/briefings/{number}").text
            answer = other.get(f"/my/briefings/{got.booking_id}.ics")
            assert answer.status_code in (302, 404)

    def test_the_past_and_the_cancelled_are_shown_plainly(self, client, desk):
        number = briefings.announced(desk)
        with act_as(desk):
            services.cancel(number, reason="台風のため", read_version=2)
        page = client.get(f"/briefings/{number}").text
        assert "台風のため" in page
        assert "予約する" not in page
        with clock.at(clock.now() - timedelta(days=30)):
            old = briefings.announced(desk)
        assert "終了" in client.get(f"/briefings/{old}").text
        assert f"/briefings/{old}" in client.get("/briefings?show=over").text
        assert f'/briefings/{old}"' not in client.get("/briefings").text

    def test_the_calendar_file(self, browser, client, desk):
        number, holder = briefings.announced(desk), briefings.person()
        with act_as(holder):
            got = bookings.book(number, name="予約 太郎", organisation_name="", people=1)

        def event(path, who):
            answer = who.get(path)
            assert answer.mimetype == "text/calendar"
            calendar = Calendar.from_ical(answer.data)
            return str(calendar["METHOD"]), calendar.walk("VEVENT")[0], calendar

        method, open_event, calendar = event(f"/briefings/{number}.ics", client)
        _, own, _ = event(f"/my/briefings/{got.booking_id}.ics", browser(holder))
        assert (method, open_event["SEQUENCE"], own["UID"]) == ("PUBLISH", 0, open_event["UID"])
        assert open_event["DTSTART"].params["TZID"] == "Asia/Tokyo"
        assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == ["Asia/Tokyo"]
        assert "secret-room" in own["DESCRIPTION"]
        assert "secret-room" not in client.get(f"/briefings/{number}.ics").text.replace("\r\n ", "")
        assert client.get(f"/briefings/{number}.ics").data == client.get(f"/briefings/{number}.ics").data
        with act_as(desk):
            services.change(number, briefings.facts(place="別の会場"), read_version=2)
            services.cancel(number, reason="中止", read_version=3)
        method, last, _ = event(f"/briefings/{number}.ics", client)
        assert (method, last["SEQUENCE"], last["UID"], last["STATUS"]) == (
            "CANCEL",
            2,
            open_event["UID"],
            "CANCELLED",
        )


class TestBriefingDesk:
    def words(self, **changes):
        return {
            "title_ja": "登録の説明会",
            "description_ja": "説明します。",
            "audience": "vendors",
            "starts_at": at(minutes=50),
            "ends_at": at(minutes=110),
            "booking_closes_at": at(minutes=40),
            "place": "見本会館",
            "link": "",
            "seats": "３０",
            "most_people": "2",
        } | changes

    def announced(self, desk_browser, **changes):
        page = desk_browser.post_form("/secretariat/briefings/new", self.words(**changes)).location
        desk_browser.post_form(f"{page}/announce", {"version": version(desk_browser.get(page).text)})
        return page

    def test_from_the_draft_to_the_list_at_the_door(self, desk_browser, browser):
        page = self.announced(desk_browser)
        public = page.removeprefix("/secretariat")
        for name in ("=cmd|' /C calc'!A0", "予約 太郎"):
            browser(briefings.person()).post_form(f"{public}/book", {"name": name, "people": "1"})
        shown = desk_browser.get(page).text
        listed = re.findall(r'name="listed" value="([^"]+)"', shown)
        assert len(listed) == 2
        answer = desk_browser.post_form(f"{page}/attendance", {"listed": listed, "came": listed[1:]})
        assert answer.status_code == 302
        file = desk_browser.get(f"{page}/attendance.csv")
        assert file.data.startswith(b"\xef\xbb\xbf")
        rows = list(csv.reader(io.StringIO(file.data.decode("utf-8-sig"))))
        assert [row[-1] for row in rows[1:]] == ["欠席", "出席"]
        assert not rows[1][2].startswith("=")
        assert rows[2][2] == "予約 太郎"

    def test_a_change_and_the_end(self, desk_browser, client):
        page = self.announced(desk_browser)
        form = desk_browser.get(f"{page}/edit").text
        changed = self.words(place="別の会館", version=version(form))
        assert desk_browser.post_form(f"{page}/edit", changed).status_code == 302
        assert desk_browser.post_form(f"{page}/edit", changed).status_code == 409
        assert "別の会館" in client.get(page.removeprefix("/secretariat")).text
        ask = desk_browser.get(f"{page}/cancel").text
        given = {"version": version(ask), "reason": ""}
        assert desk_browser.post_form(f"{page}/cancel", given).status_code == 422
        assert desk_browser.post_form(f"{page}/cancel", {**given, "reason": "台風"}).status_code == 302
        assert "台風" in desk_browser.get(page).text

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"title_ja": ""}, "title_ja"),
            ({"starts_at": "soon"}, "starts_at"),
            ({"seats": "many"}, "seats"),
            ({"seats": "0"}, "seats"),
            ({"place": ""}, "place"),
            ({"online": "1", "link": "javascript:alert(1)"}, "link"),
            ({"audience": ""}, "audience"),
        ],
    )
    def test_what_is_wrong_is_said(self, desk_browser, changes, field):
        answer = desk_browser.post_form("/secretariat/briefings/new", self.words(**changes))
        assert answer.status_code == 422
        assert f'href="#f-{field}"' in answer.text

    def test_names_are_for_those_who_hold_it_and_the_auditor(self, browser, organisation, actor_of, desk):
        number = briefings.announced(desk)
        with act_as(briefings.person()):
            bookings.book(number, name="予約 花代", organisation_name="", people=1)
        page = f"/secretariat/briefings/{number}"
        assert "予約 花代" in browser(desk).get(page).text
        office = organisation("secretariat")
        publisher = browser(actor_of(office, "secretariat_publisher"))
        assert "予約 花代" not in publisher.get(page).text
        assert publisher.get(f"{page}/attendance.csv").status_code == 403
        auditor = browser(actor_of(office, "secretariat_auditor"))
        assert "予約 花代" in auditor.get(page).text
        assert "出席を記録" not in auditor.get(page).text
        assert "予約 花代" in auditor.get(f"{page}/attendance.csv").text
