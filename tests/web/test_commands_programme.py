"""Announcements and briefings from the command line."""

from __future__ import annotations

import json
from datetime import timedelta

import briefings
import pytest

from marketplace.briefings import bookings
from tenants import clock
from tenants.actor import Actor
from tenants.db import act_as


@pytest.fixture
def office(app, organisation, actor_of) -> Actor:
    return actor_of(organisation("secretariat"), "secretariat_administrator")


@pytest.fixture
def body(tmp_path):
    path = tmp_path / "body.txt"
    path.write_text("受付を始めました。\n", encoding="utf-8")
    return str(path)


def test_an_announcement_is_published_and_listed(hojo, body):
    made = hojo(
        "announcement",
        "publish",
        "--title",
        "受付開始",
        "--title-en",
        "Open",
        "--body",
        body,
        "--category",
        "programme",
    )
    assert made.exit_code == 0, made.output
    number = int(made.stdout)
    [found] = json.loads(hojo("announcement", "list", "--json").stdout)["items"]
    assert (found["number"], found["state"], found["title"]) == (
        number,
        "published",
        {"ja": "受付開始", "en": "Open"},
    )
    assert f"{number}\t" in hojo("announcement", "list").stdout
    assert hojo("audit", "verify").exit_code == 0


def test_one_for_later_is_scheduled_and_taken_back(hojo, body):
    words = ("announcement", "publish", "--title", "予定", "--body", body, "--category", "general")
    when = (clock.now() + timedelta(days=3)).astimezone(clock.JAPAN).strftime("%Y-%m-%dT%H:%M")
    number = hojo(*words, "--at", when).stdout.strip()
    assert json.loads(hojo("announcement", "list", "--json").stdout)["total"] == 0
    [found] = json.loads(hojo("announcement", "list", "--drafts", "--json").stdout)["items"]
    assert found["state"] == "scheduled"
    assert hojo("announcement", "take-back", number).exit_code == 0
    [found] = json.loads(hojo("announcement", "list", "--drafts", "--json").stdout)["items"]
    assert found["state"] == "draft"
    for wrong in ("tomorrow", "2020-01-01T09:00"):
        refused = hojo(*words, "--at", wrong)
        assert refused.exit_code != 0
    assert hojo("announcement", "publish", "--title", "", "--body", body, "--category", "general").exit_code != 0


def test_briefings_with_who_comes(hojo, office):
    number = briefings.announced(office)
    with act_as(briefings.person("予約 太郎")):
        bookings.book(number, name="予約 太郎", organisation_name="食堂", people=1)
    [found] = json.loads(hojo("briefing", "list", "--json").stdout)["items"]
    assert (found["number"], found["taken"], found["state"]) == (number, 1, "open")
    assert "予約受付中" in hojo("briefing", "list").stdout
    [comes] = json.loads(hojo("briefing", "attendance", str(number), "--json").stdout)
    assert (comes["name"], comes["state"], comes["attended"]) == ("予約 太郎", "booked", None)
    assert "予約済み\t-\t1\t予約 太郎\t食堂" in hojo("briefing", "attendance", str(number)).stdout
    assert hojo("briefing", "attendance", "999").exit_code != 0
    assert "0件" in hojo("briefing", "remind").stdout
    assert hojo("briefing", "cancel", str(number), "--reason", "会場の都合").exit_code == 0
    assert json.loads(hojo("briefing", "list", "--json").stdout)["items"][0]["state"] == "cancelled"
