"""GET /api/v1/announcements and /api/v1/briefings: what everybody may know, in pages; drafts never."""

from __future__ import annotations

from datetime import timedelta

import briefings
import pytest

from marketplace import announcements
from marketplace.briefings import bookings, services
from tenants import clock
from tenants.actor import SYSTEM, Actor
from tenants.db import act_as
from tenants.text import Text

TITLE, BODY = Text("受付開始", "It is open"), Text("受け付けています。", "Taken in.")


@pytest.fixture
def office(app, organisation, actor_of) -> Actor:
    return actor_of(organisation("secretariat"), "secretariat_administrator")


@pytest.fixture
def told(office) -> list[int]:
    """Three that are published, one corrected; beside a draft and one for later."""
    with act_as(SYSTEM):
        numbers = []
        for hours in (3, 2, 1):
            with clock.at(clock.now() - timedelta(hours=hours)):
                numbers.append(
                    announcements.publish(TITLE, BODY, category="programme" if hours > 1 else "important")
                )
        announcements.draft(Text("秘密の下書き", "secret draft"), BODY, category="general")
        later = clock.now() + timedelta(days=1)
        announcements.publish(Text("秘密の予約", "secret later"), BODY, category="general", published_at=later)
        why = Text("時刻を直しました。", "The time was corrected.")
        announcements.correct(numbers[0], TITLE, BODY, category="programme", correction=why, read_version=2)
    return numbers


def test_announcements_come_newest_first_in_pages(client, told):
    whole = client.get("/api/v1/announcements")
    assert "秘密" not in whole.text
    assert "secret" not in whole.text
    assert [each["number"] for each in whole.json["items"]] == told[::-1]
    last = whole.json["items"][-1]
    assert (last["edition"], last["correction"], last["href"]) == (
        2,
        "時刻を直しました。",
        f"/announcements/{told[0]}",
    )
    assert client.get(last["href"]).status_code == 200
    page = client.get("/api/v1/announcements?per_page=2&page=2").json
    assert ([each["number"] for each in page["items"]], page["total"], page["pages"]) == ([told[0]], 3, 2)
    some = client.get("/api/v1/announcements?category=important&lang=en").json["items"]
    assert [(each["number"], each["title"], each["category_label"]) for each in some] == [
        (told[2], "It is open", "Important")
    ]


def test_what_has_not_changed_is_not_sent_again(client, told):
    first = client.get("/api/v1/announcements")
    assert first.headers["ETag"]
    again = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/api/v1/announcements", headers=again).status_code == 304
    with act_as(SYSTEM):
        announcements.publish(TITLE, BODY, category="general")
    assert client.get("/api/v1/announcements", headers=again).status_code == 200


def test_briefings_to_come_and_those_that_were(client, office, arrive):
    soon = briefings.announced(office, briefings.facts(clock.now() + timedelta(days=5), seats=5, most_people=2))
    late = briefings.announced(office, briefings.facts(clock.now() + timedelta(days=9)))
    with act_as(office):
        services.draft(briefings.facts(title=Text("秘密の下書き", "secret draft")))
    with act_as(briefings.person("予約 太郎")):
        bookings.book(soon, name="予約 太郎", organisation_name="", people=2)
    answer = client.get("/api/v1/briefings")
    for secret in ("秘密", "meet.example.jp", "予約 太郎"):
        assert secret not in answer.text
    found = answer.json["items"]
    assert [each["number"] for each in found] == [soon, late]
    assert (found[0]["seats"], found[0]["free"], found[0]["state"]) == (5, 3, "open")
    assert client.get(found[0]["calendar_href"]).mimetype == "text/calendar"
    assert client.get("/api/v1/briefings?show=over").json["items"] == []
    page = client.get("/api/v1/briefings?per_page=1&page=2").json
    assert ([each["number"] for each in page["items"]], page["pages"]) == ([late], 2)
    arrive(clock.now() + timedelta(days=7))
    again = client.get("/api/v1/briefings")
    assert again.headers["ETag"]
    assert [each["number"] for each in again.json["items"]] == [late]
    over = client.get("/api/v1/briefings?show=over").json["items"]
    assert [each["number"] for each in over] == [soon]


@pytest.mark.parametrize(
    "query", ["page=0", "page=x", "per_page=101", "page=1000000", "category=x", "per_page=-1", "page=１"]
)
def test_what_no_page_has_is_refused(client, told, query):
    answer = client.get(f"/api/v1/announcements?{query}")
    assert answer.status_code == 400
    assert answer.json["errors"][0]["code"] == "bad_query"
    if "category" not in query:
        assert client.get(f"/api/v1/briefings?{query}").status_code == 400
    assert client.get("/api/v1/briefings?show=x").status_code == 400
    assert client.get("/api/v1/announcements?page=&per_page=&category=").status_code == 200
