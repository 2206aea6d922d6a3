"""Announcements and briefings of the demo: one over, one full with a waiting list, one open; made up, by the services."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

from sqlalchemy import select

from marketplace import announcement_queries, announcements
from marketplace.briefings import bookings, queries, services
from marketplace.briefings.facts import BriefingFacts
from tenants import clock
from tenants.actor import SYSTEM, Actor
from tenants.db import act_as, db, use_case
from tenants.models import Person
from tenants.text import Text
from web.demo.once import is_made, note_made

_MADE: Final = "demo_briefings_made"
# How many days ago, category, title, text.
_ANNOUNCED: Final = (
    (
        20,
        "programme",
        Text("ITベンダーと交付申請の受付を始めました", "Registration and applications are open"),
        Text(
            "本日から、IT導入支援事業者の登録と交付申請の受付を始めました。\n\n"
            "締切は「スケジュール」のページでご確認ください。締切の時刻までに届いたものを受け付けます。",
            "Vendors can register and businesses can apply from today.\n\n"
            "The deadlines are on the schedule page; what arrives by then is in time.",
        ),
    ),
    (
        9,
        "briefing",
        Text("登録手続きの説明会を開きます", "Briefings on registration"),
        Text(
            "これからIT導入支援事業者に登録する方のために、説明会を開きます。\n"
            "「説明会」のページから予約できます。参加は無料です。",
            "We explain how vendors register. Book on the briefings page; it is free of charge.",
        ),
    ),
    (
        3,
        "maintenance",
        Text("システムの点検について", "Maintenance of this site"),
        Text(
            "来週の日曜日、午前1時から5時まで点検を行います。この間は画面を開けないことがあります。",
            "On Sunday of next week, from 1:00 to 5:00, this site may not open.",
        ),
    ),
)
_PEOPLE: Final = (
    ("森 かおり", "森ソフトウエア株式会社", 2),
    ("石田 健一", "いしだ情報サービス", 1),
    ("小川 さゆり", "株式会社小川システム", 2),
    ("西村 大介", "", 1),
    ("藤井 まゆみ", "ふじいIT相談室", 1),
    ("原田 修", "ハラダ電算株式会社", 2),
)


def make_briefings() -> None:
    """All of it, unless it was made before; after an interruption it goes on from where it was."""
    if is_made(_MADE):
        return
    with act_as(SYSTEM):
        if not announcement_queries.newest(1):
            _announce()
        people = [_person(name, f"briefing{number}@example.jp") for number, (name, *_) in enumerate(_PEOPLE)]
        known = sorted(each.number for each in queries.for_desk().items)
        known += [_draft(*plan) for plan in _PLANS[len(known) :]]
        over, full, open_one = known
        for number in known:
            _show(number)
    for number, people_there in ((over, 4), (full, 6), (open_one, 2)):
        with clock.at(_day(-12, 10)):
            _book(number, people[:people_there])
    with act_as(SYSTEM), clock.at(_day(-5, 16)):
        _mark(over)
    note_made(_MADE, "briefings")


# In how many days, where, seats.
_PLANS: Final = ((-5, "見本会館 3階 大会議室", 20), (6, "", 6), (13, "駅前ホール 第2会議室", 40))


def _day(days: int, hour: int) -> datetime:
    return datetime.combine(clock.today() + timedelta(days=days), time(hour), clock.JAPAN)


@use_case
def _announce() -> None:
    for days, category, title, body in _ANNOUNCED:
        with clock.at(_day(-days, 10)):
            number = announcements.publish(title, body, category=category)
    with clock.at(_day(-2, 15)):
        announcements.correct(
            number,
            title,
            Text(body.ja.replace("午前1時", "午前2時"), body.en.replace("1:00", "2:00")),
            category=category,
            correction=Text("点検を始める時刻を直しました。", "The hour it begins was corrected."),
            read_version=2,
        )


@use_case
def _person(name: str, email: str) -> Actor:
    person = db.session.scalar(select(Person).where(Person.email == email))
    if person is None:
        person = Person(name=name, email=email)
        db.session.add(person)
        db.session.flush()
    return Actor("public", None, person.id, frozenset(), name)


def _draft(days: int, place: str, seats: int) -> int:
    start = _day(days, 14)
    with clock.at(_day(-15, 10)):
        return services.draft(
            BriefingFacts(
                title=Text("IT導入支援事業者 登録説明会", "How to register as a vendor"),
                description=Text(
                    "登録の条件、必要な書類、審査の流れを説明し、ご質問にお答えします。\n\n"
                    "資料は当日お配りします。筆記用具をお持ちください。",
                    "What vendors need to register, which papers, and how the review goes; then your questions.",
                ),
                audience="vendors",
                starts_at=start,
                ends_at=start + timedelta(minutes=90),
                booking_closes_at=start - timedelta(days=1),
                place=place,
                online=not place,
                link="" if place else "https://meet.example.jp/toroku-setsumeikai",
                seats=seats,
                most_people=2,
            )
        )


def _show(number: int) -> None:
    found, _ = queries.one_for_desk(number)
    if found.state == "draft":
        with clock.at(_day(-14, 10)):
            services.announce(number, read_version=found.version)


def _book(number: int, people: list[Actor]) -> None:
    for actor, (name, organisation, seats) in zip(people, _PEOPLE, strict=False):
        with act_as(actor):
            bookings.book(number, name=name, organisation_name=organisation, people=seats)


def _mark(number: int) -> None:
    booked = [each.id for each in queries.every_attendee(number)]
    services.mark_attendance(number, listed=booked, came=booked[:-1])
