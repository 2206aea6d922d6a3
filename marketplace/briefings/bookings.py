"""Booking a seat, waiting for one, giving it back: first come, first served, never more people than seats.

A seat is given under the briefing's lock by the system, on behalf of the person who asks: nobody else's booking is
theirs to see, and moving up those who wait touches others' bookings.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlalchemy import func, select

from marketplace.briefings import services
from marketplace.briefings.facts import plain
from marketplace.briefings.models import Briefing, BriefingBooking
from marketplace.briefings.seats import Answer, answer
from tenants import actor, clock
from tenants.actor import Actor
from tenants.db import act_as, constraint, db, use_case
from tenants.errors import BadInput, Finding, IllegalStep, NotFound, NotPermitted, OutsideWindow
from tenants.models import Person
from tenants.text import Text

LONGEST_NAME = 100
WHAT = Text("予約", "The booking")


@dataclass(frozen=True, slots=True)
class Booked:
    """What came of asking for seats. position: on the waiting list, from 1; None with a seat."""

    booking_id: uuid.UUID
    state: Answer
    position: int | None


def _on_behalf() -> Actor:
    """The system, acting for whoever asks; NotPermitted for nobody in particular."""
    who = actor.current()
    if who.person_id is None:
        raise NotPermitted
    return replace(who, audience="system")


def book(number: int, *, name: str, organisation_name: str, people: int) -> Booked:
    """Book seats for oneself and those who come along; the waiting list when they do not all fit.

    name, organisation_name: personal data, for the secretariat's list. people: oneself included. Asking again for
    the same gives the same booking. Raises BadInput for what is wrong and for another booking of the same person,
    OutsideWindow after booking has closed (the time of arrival counts), IllegalStep for a briefing called off,
    NotFound.
    """
    with act_as(_on_behalf()):
        return _book(number, name.strip(), organisation_name.strip(), people)


def cancel(booking_id: uuid.UUID) -> int:
    """Give one's seats, or one's place on the waiting list, back; the number of the briefing.

    The first who waits and fits moves up in the same transaction. Cancelling again changes nothing.
    Raises NotFound for a booking of somebody else, IllegalStep once the briefing has begun or is called off.
    """
    with act_as(_on_behalf()):
        return _cancel(booking_id)


@use_case
def _book(number: int, name: str, organisation_name: str, people: int) -> Booked:
    person = db.session.get_one(Person, actor.current().person_id)
    row = services.hold(number)
    _require_open(row)
    findings = list(_wrong(row, name, organisation_name, people))
    if findings:
        raise BadInput(*findings)
    known = db.session.scalar(
        select(BriefingBooking).where(
            BriefingBooking.briefing_number == number,
            BriefingBooking.person_id == person.id,
            BriefingBooking.state != "cancelled",
        )
    )
    if known is not None:
        if known.people != people:
            raise _booked_already()
        return _outcome(known)
    booking = BriefingBooking(
        briefing_number=number,
        person_id=person.id,
        name=name,
        organisation_name=organisation_name,
        email=person.email,
        people=people,
        state=answer(people, seats=row.seats, taken=row.taken),
        booked_at=clock.now(),
    )
    db.session.add(booking)
    if booking.state == "booked":
        row.taken += people
    else:
        row.waiting += people
    db.session.flush()
    outcome = _outcome(booking)
    services.tell_booked(row, booking, outcome.position)
    event = "briefing_seat_booked" if outcome.state == "booked" else "briefing_seat_awaited"
    services.record_booking(event, row, booking)
    return outcome


@use_case
def _cancel(booking_id: uuid.UUID) -> int:
    number = db.session.scalar(
        select(BriefingBooking.briefing_number).where(
            BriefingBooking.id == booking_id, BriefingBooking.person_id == actor.current().person_id
        )
    )
    if number is None:
        raise NotFound(WHAT)
    row = services.hold(number)
    # Read under the lock: it may have moved up a moment ago.
    booking = db.session.get_one(BriefingBooking, booking_id, populate_existing=True)
    if booking.state == "cancelled":
        return number
    if row.state != "announced" or row.starts_at <= clock.now():
        raise IllegalStep(
            Finding(
                "too_late",
                Text("始まった説明会や中止された説明会の予約は取り消せません。", "It has begun or is called off."),
                Text("ご不明な点はコールセンターへお問い合わせください。", "Please ask the call centre."),
            )
        )
    _give_back(row, booking)
    return number


def release_all(person_id: uuid.UUID) -> int:
    """Give back all seats of a person in briefings to come; how many bookings. Part of a use case of the secretariat's."""
    current = (BriefingBooking.person_id == person_id, BriefingBooking.state != "cancelled")
    numbers = db.session.scalars(
        select(BriefingBooking.briefing_number)
        .join(Briefing, Briefing.number == BriefingBooking.briefing_number)
        .where(*current, Briefing.state == "announced", Briefing.starts_at > clock.now())
        .order_by(BriefingBooking.briefing_number)
    ).all()
    for number in numbers:
        row = services.hold(number)
        booking = db.session.scalar(
            select(BriefingBooking)
            .where(*current, BriefingBooking.briefing_number == number)
            .execution_options(populate_existing=True)
        )
        if booking is not None:
            _give_back(row, booking)
    return len(numbers)


def _give_back(row: Briefing, booking: BriefingBooking) -> None:
    """The seats of a booking, or its place on the list, are free; the first who waits and fits moves up."""
    if booking.state == "booked":
        row.taken -= booking.people
    else:
        row.waiting -= booking.people
    booking.state, booking.cancelled_at = "cancelled", clock.now()
    services.record_booking("briefing_seat_cancelled", row, booking)
    db.session.flush()
    services.move_up(row)


def _outcome(booking: BriefingBooking) -> Booked:
    if booking.state == "booked":
        return Booked(booking.id, "booked", None)
    position = db.session.scalar(
        select(func.count())
        .select_from(BriefingBooking)
        .where(
            BriefingBooking.briefing_number == booking.briefing_number,
            BriefingBooking.state == "waiting",
            BriefingBooking.turn <= booking.turn,
        )
    )
    return Booked(booking.id, "waiting", position)


def _require_open(row: Briefing) -> None:
    if row.state == "draft":
        raise NotFound(services.WHAT)
    if row.state == "cancelled":
        raise IllegalStep(
            Finding(
                "called_off",
                Text("この説明会は中止になりました。", "This briefing is called off."),
                Text("ほかの日程をご覧ください。", "Please look for another date."),
            )
        )
    if clock.now().replace(microsecond=0) > row.booking_closes_at:
        closed = row.booking_closes_at.astimezone(clock.JAPAN)
        raise OutsideWindow(
            Finding(
                "booking_closed",
                Text(
                    f"予約の受付は{closed:%Y年%-m月%-d日 %H:%M}に終わりました。",
                    f"Booking closed on {closed:%Y-%m-%d %H:%M} (Japan time).",
                ),
                Text("ほかの日程をご覧ください。", "Please look for another date."),
            )
        )


def _wrong(row: Briefing, name: str, organisation_name: str, people: int) -> Iterator[Finding]:
    yield from plain("name", Text("お名前", "Your name"), name, LONGEST_NAME)
    if organisation_name:
        yield from plain(
            "organisation_name", Text("会社・組織の名前", "Your organisation"), organisation_name, LONGEST_NAME
        )
    if not 1 <= people <= row.most_people:
        yield Finding(
            "people_out_of_range",
            Text(
                f"人数は1〜{row.most_people}人で入力してください。",
                f"One to {row.most_people} people per booking.",
            ),
            Text(
                "それより多いときは、ほかの方のアカウントから予約してください。", "Others can book for themselves."
            ),
            "people",
        )


def _booked_already() -> BadInput:
    return BadInput(
        Finding(
            "booked_already",
            Text("この説明会は、すでに予約しています。", "You have booked this briefing already."),
            Text(
                "人数を変えるときは、いまの予約を取り消してから、もう一度予約してください。",
                "To change the number of people, cancel your booking and book again.",
            ),
        )
    )


constraint("uq_briefing_booking_briefing_number_person_id", _booked_already)
