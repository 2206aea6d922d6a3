"""Briefings by the secretariat: drafted, announced, changed, called off; who came. Everybody concerned is told."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select

from marketplace.briefings.facts import BriefingFacts, whereabouts
from marketplace.briefings.models import Briefing, BriefingBooking, BriefingLink
from marketplace.briefings.seats import Waiting, moved_up
from tenants import actor, audit, clock, notices
from tenants.db import db, use_case
from tenants.errors import BadInput, Finding, IllegalStep, NotFound, StaleVersion
from tenants.hidden import in_lines
from tenants.permissions import Permission
from tenants.text import Text

WHAT: Final = Text("説明会", "The briefing")
LONGEST_REASON: Final = 400
# People arrive early: attendance is marked from an hour before the start.
DOORS_OPEN: Final = timedelta(hours=1)
REMIND_FROM_HOUR: Final = 9
REMIND: Final = "briefings.remind"
_TOLD_WHEN_CHANGED: Final[tuple[tuple[str, Text], ...]] = (
    ("title", Text("名称", "title")),
    ("starts_at", Text("開始の日時", "start")),
    ("ends_at", Text("終了の時刻", "end")),
    ("place", Text("会場", "place")),
    ("online", Text("オンライン参加", "online")),
    ("link", Text("参加用リンク", "link to join")),
    ("seats", Text("定員", "seats")),
)


def link_to(number: int) -> str:
    """The page of a briefing, for notices."""
    return f"/briefings/{number}"


@use_case
def draft(facts: BriefingFacts) -> int:
    """Write a briefing that nobody but the secretariat sees yet, and give its number; BadInput for what is wrong."""
    actor.current().require(Permission.MANAGE_BRIEFINGS)
    facts.check()
    row = Briefing()
    _write(row, facts)
    db.session.add(row)
    db.session.flush()
    _keep_link(row.number, facts.link if facts.online else "")
    _record("briefing_drafted", row)
    return row.number


@use_case
def announce(number: int, *, read_version: int) -> None:
    """Show a drafted briefing to everybody and open it for booking.

    Raises IllegalStep when it is announced already, BadInput when its booking has closed, StaleVersion, NotFound.
    """
    row = _edit(number, read_version)
    if row.state != "draft":
        raise _not_now(Text("この説明会は、もう案内しています。", "This briefing is announced already."))
    if row.booking_closes_at <= clock.now():
        raise BadInput(
            Finding(
                "closed_already",
                Text("予約の締切が過ぎています。", "Its booking has closed already."),
                Text("日時を直してから案内してください。", "Change the dates first."),
                "booking_closes_at",
            )
        )
    row.state, row.announced_at = "announced", clock.now()
    _record("briefing_announced", row)


@use_case
def change(number: int, facts: BriefingFacts, *, read_version: int) -> None:
    """Write a briefing anew; of one that is announced, everybody booked or waiting is told what changed.

    More seats move those who wait up. Raises BadInput for fewer seats than are taken and for what is wrong,
    IllegalStep for one that is called off or over, StaleVersion, NotFound.
    """
    row = _edit(number, read_version)
    if row.state == "cancelled" or row.ends_at <= clock.now():
        raise _not_now(Text("終わった説明会や中止した説明会は変更できません。", "It is over or called off."))
    facts.check()
    if facts.seats < row.taken:
        raise BadInput(
            Finding(
                "seats_taken",
                Text(f"すでに{row.taken}席が予約されています。", f"{row.taken} seats are booked already."),
                Text(f"定員は{row.taken}以上にしてください。", f"Give at least {row.taken} seats."),
                "seats",
            )
        )
    before = _facts(row, _link_of(number))
    _write(row, facts)
    _keep_link(number, facts.link if facts.online else "")
    changes = [label for name, label in _TOLD_WHEN_CHANGED if before[name] != _facts(row, facts.link)[name]]
    if before["starts_at"] != row.starts_at:
        row.reminded_at = None
    if row.state == "announced" and changes:
        row.sequence += 1
        told = _concerned(number)
        for booking in told:
            _tell(row, booking, "briefing_changed", changes=_listed(changes), **_when_and_where(row))
        move_up(row)
    _record("briefing_changed", row, changes=_listed(changes).ja)


@use_case
def cancel(number: int, *, reason: str, read_version: int) -> None:
    """Call an announced briefing off; everybody booked or waiting is told why.

    Raises BadInput without a reason, IllegalStep for a draft, one called off already or one that is over.
    """
    row = _edit(number, read_version)
    if row.state != "announced" or row.ends_at <= clock.now():
        raise _not_now(Text("この説明会は中止できません。", "This briefing cannot be called off."))
    reason = in_lines(reason)
    if not 0 < len(reason) <= LONGEST_REASON:
        raise BadInput(
            Finding(
                "reason_missing",
                Text(f"中止の理由を{LONGEST_REASON}文字以内で入力してください。", "Please say why, in short."),
                Text("予約した方への連絡に使います。", "Everybody booked is told."),
                "reason",
            )
        )
    row.state, row.cancelled_reason = "cancelled", reason
    row.sequence += 1
    for booking in _concerned(number):
        _tell(row, booking, "briefing_cancelled", starts_at=row.starts_at, reason=reason)
    _record("briefing_cancelled", row, reason=reason)


@use_case
def mark_attendance(number: int, *, listed: Collection[uuid.UUID], came: Collection[uuid.UUID]) -> int:
    """Note who of those with a seat came and who did not; how many of the bookings listed came.

    listed: the bookings on the page where it was marked; others stay as they are. came: those of them that came.

    Raises IllegalStep before the doors open and for a briefing called off, NotFound.
    """
    actor.current().require(Permission.MANAGE_BRIEFINGS)
    row = hold(number)
    if row.state != "announced" or clock.now() < row.starts_at - DOORS_OPEN:
        raise _not_now(
            Text("出席は、開始の1時間前から記録できます。", "Attendance is marked from an hour before the start.")
        )
    booked = [booking for booking in _bookings(number, "booked") if booking.id in listed]
    for booking in booked:
        booking.attended = booking.id in came
    there = sum(1 for booking in booked if booking.attended)
    _record("briefing_attendance_marked", row, came=there, booked=len(booked))
    return there


def remind() -> int:
    """Remind everybody with a seat on the day before, from nine in the morning; once. How many briefings."""
    moment = clock.now()
    local = moment.astimezone(clock.JAPAN)
    until = (local + timedelta(days=2)).replace(hour=0, minute=0, second=0, microsecond=0)
    if local.hour < REMIND_FROM_HOUR:
        until -= timedelta(days=1)
    due = db.session.scalars(
        select(Briefing.number)
        .where(
            Briefing.state == "announced",
            Briefing.reminded_at.is_(None),
            Briefing.starts_at > moment,
            Briefing.starts_at < until,
        )
        .order_by(Briefing.number)
    ).all()
    db.session.rollback()
    return sum(_remind(number) for number in due)


@use_case
def _remind(number: int) -> bool:
    row = hold(number)
    if row.reminded_at is not None or row.state != "announced":  # another worker was faster
        return False
    row.reminded_at = clock.now()
    booked = _bookings(number, "booked")
    for booking in booked:
        _tell(row, booking, "briefing_reminder", **_when_and_where(row))
    _record("briefing_reminded", row, booked=len(booked))
    return True


# --- what booking shares ---


def hold(number: int) -> Briefing:
    """The briefing, locked until the transaction ends: one hand gives its seats. NotFound when there is none."""
    row = db.session.get(Briefing, number, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(WHAT)
    return row


def move_up(row: Briefing) -> None:
    """Give the free seats of a briefing held by this transaction to those who wait, and tell them."""
    if row.state != "announced" or row.starts_at <= clock.now():
        return
    waiting = {booking.turn: booking for booking in _bookings(row.number, "waiting")}
    queue = [Waiting(booking.turn, booking.people) for booking in waiting.values()]
    for turn in moved_up(queue, seats=row.seats, taken=row.taken):
        booking = waiting[turn]
        booking.state, booking.moved_up_at = "booked", clock.now()
        row.taken += booking.people
        row.waiting -= booking.people
        _tell(row, booking, "briefing_moved_up", **_when_and_where(row))
        _record("briefing_seat_moved_up", row, booking=str(booking.id), people=booking.people)


def tell_booked(row: Briefing, booking: BriefingBooking, position: int | None) -> None:
    """Tell somebody that they have a seat, or their position on the waiting list."""
    if position is None:
        _tell(row, booking, "briefing_booked", **_when_and_where(row))
    else:
        _tell(row, booking, "briefing_waiting", starts_at=row.starts_at, position=position)


def record_booking(name: str, row: Briefing, booking: BriefingBooking) -> None:
    """The event of a booking; it names no person but the one who acts."""
    _record(name, row, booking=str(booking.id), people=booking.people)


def _bookings(number: int, state: str) -> list[BriefingBooking]:
    return list(
        db.session.scalars(
            select(BriefingBooking)
            .where(BriefingBooking.briefing_number == number, BriefingBooking.state == state)
            .order_by(BriefingBooking.turn)
            .execution_options(populate_existing=True)
        )
    )


def _concerned(number: int) -> list[BriefingBooking]:
    return _bookings(number, "booked") + _bookings(number, "waiting")


def _tell(row: Briefing, booking: BriefingBooking, template: str, **facts: Any) -> None:
    notices.notify_person(
        booking.person_id, template, link=link_to(row.number), briefing=Text.of(row.title), **facts
    )


def _when_and_where(row: Briefing) -> dict[str, Text | datetime]:
    return {"starts_at": row.starts_at, "place": whereabouts(row.place, online=row.online)}


def _edit(number: int, read_version: int) -> Briefing:
    actor.current().require(Permission.MANAGE_BRIEFINGS)
    row = hold(number)
    if row.version != read_version:
        raise StaleVersion(WHAT, yours=read_version, current=row.version)
    row.version += 1
    return row


def _write(row: Briefing, facts: BriefingFacts) -> None:
    row.title, row.description = facts.title.as_json(), facts.description.as_json()
    row.audience = facts.audience
    row.starts_at, row.ends_at = facts.starts_at, facts.ends_at
    row.booking_closes_at = facts.booking_closes_at
    row.place, row.online = facts.place.strip(), facts.online
    row.seats, row.most_people = facts.seats, facts.most_people


def _facts(row: Briefing, link: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name, _ in _TOLD_WHEN_CHANGED if name != "link"} | {
        "link": link if row.online else ""
    }


def _link_of(number: int) -> str:
    row = db.session.get(BriefingLink, number)
    return row.link if row else ""


def _keep_link(number: int, link: str) -> None:
    row = db.session.get(BriefingLink, number)
    if row is None and link:
        db.session.add(BriefingLink(briefing_number=number, link=link))
    elif row is not None and link:
        row.link = link
    elif row is not None:
        db.session.delete(row)


def _listed(labels: list[Text]) -> Text:
    return Text("、".join(label.ja for label in labels), ", ".join(label.en for label in labels))


def _not_now(message: Text) -> IllegalStep:
    return IllegalStep(
        Finding(
            "not_possible_now",
            message,
            Text("画面を開き直して、最新の状態を確認してください。", "Reload the page to see its current state."),
        )
    )


def _record(name: str, row: Briefing, **more: Any) -> None:
    audit.record(
        name,
        subject=("briefing", row.number),
        organisation_id=None,
        after={
            "title": row.title,
            "starts_at": row.starts_at.isoformat(),
            "seats": row.seats,
            "taken": row.taken,
            **more,
        },
    )
