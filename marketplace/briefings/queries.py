"""Briefings as pages show them: to everybody, to the person who booked, to the secretariat."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import Row, Select, select

from marketplace.briefings.facts import AUDIENCES, whereabouts
from marketplace.briefings.models import Briefing, BriefingBooking, BriefingLink
from marketplace.briefings.services import DOORS_OPEN, WHAT
from tenants import actor, clock
from tenants.db import db
from tenants.errors import NotFound, NotPermitted
from tenants.models import Person
from tenants.paging import Page, page_of
from tenants.permissions import Permission
from tenants.text import Text

Standing = Literal["draft", "cancelled", "over", "begun", "closed", "full", "open"]

STANDINGS: Final[Mapping[str, Text]] = {
    "draft": Text("下書き", "Draft"),
    "cancelled": Text("中止", "Called off"),
    "over": Text("終了", "Over"),
    "begun": Text("開催中", "Going on"),
    "closed": Text("受付終了", "Booking closed"),
    "full": Text("満席（キャンセル待ち受付中）", "Full, waiting list open"),
    "open": Text("予約受付中", "Booking open"),
}
BOOKING_STATES: Final[Mapping[str, Text]] = {
    "booked": Text("予約済み", "Booked"),
    "waiting": Text("キャンセル待ち", "Waiting"),
    "cancelled": Text("取り消し済み", "Given back"),
}
PER_PAGE: Final = 20
MOST_UPCOMING: Final = 100


@dataclass(frozen=True, slots=True)
class BriefingView:
    """A briefing as of the reader's moment. free: seats that are left. waiting: people on the waiting list."""

    number: int
    state: str
    standing: Standing
    title: Text
    description: Text
    audience: str
    starts_at: datetime
    ends_at: datetime
    booking_closes_at: datetime
    place: str
    online: bool
    seats: int
    most_people: int
    taken: int
    waiting: int
    cancelled_reason: str
    sequence: int
    announced_at: datetime | None
    updated_at: datetime
    version: int

    @property
    def free(self) -> int:
        """Seats that nobody has booked."""
        return self.seats - self.taken

    @property
    def bookable(self) -> bool:
        """Whether seats, or places on the waiting list, can be asked for."""
        return self.standing in ("open", "full")

    @property
    def label(self) -> Text:
        """How it stands, in words."""
        return STANDINGS[self.standing]

    @property
    def audience_label(self) -> Text:
        """For whom it is."""
        return AUDIENCES[self.audience]

    @property
    def where(self) -> Text:
        """Where it is, in one line."""
        return whereabouts(self.place, online=self.online)

    @property
    def attendance_open(self) -> bool:
        """Whether it can be noted who came."""
        return self.state == "announced" and clock.now() >= self.starts_at - DOORS_OPEN


@dataclass(frozen=True, slots=True)
class BookingView:
    """A booking, for the person whose it is and for the secretariat. Personal data.

    link: how to join online; None without a seat.
    """

    id: uuid.UUID
    briefing: BriefingView
    state: str
    name: str
    organisation_name: str
    email: str
    people: int
    booked_at: datetime
    cancelled_at: datetime | None
    attended: bool | None
    link: str | None

    @property
    def label(self) -> Text:
        """Booked, waiting or given back."""
        return BOOKING_STATES[self.state]

    @property
    def can_be_cancelled(self) -> bool:
        """Whether it can still be given back."""
        live = self.briefing.state == "announced" and self.briefing.starts_at > clock.now()
        return live and self.state != "cancelled"


def _standing(row: Briefing) -> Standing:
    moment = clock.now()
    if row.state != "announced":
        return "draft" if row.state == "draft" else "cancelled"
    if row.starts_at <= moment:
        return "over" if row.ends_at <= moment else "begun"
    if moment.replace(microsecond=0) > row.booking_closes_at:
        return "closed"
    return "full" if row.taken >= row.seats else "open"


def _view(row: Briefing) -> BriefingView:
    return BriefingView(
        row.number,
        row.state,
        _standing(row),
        Text.of(row.title),
        Text.of(row.description),
        row.audience,
        row.starts_at,
        row.ends_at,
        row.booking_closes_at,
        row.place,
        row.online,
        row.seats,
        row.most_people,
        row.taken,
        row.waiting,
        row.cancelled_reason,
        row.sequence,
        row.announced_at,
        row.updated_at,
        row.version,
    )


# --- for everybody ---


def upcoming() -> list[BriefingView]:
    """What is still to come or going on, the next first; those called off too."""
    rows = db.session.scalars(
        select(Briefing)
        .where(Briefing.state != "draft", Briefing.ends_at > clock.now())
        .order_by(Briefing.starts_at, Briefing.number)
        .limit(MOST_UPCOMING)
    )
    return [_view(row) for row in rows]


def upcoming_page(*, number: int = 1, per_page: int = PER_PAGE) -> Page[BriefingView]:
    """One page of what is still to come or going on, the next first."""
    query = (
        select(Briefing)
        .where(Briefing.state != "draft", Briefing.ends_at > clock.now())
        .order_by(Briefing.starts_at, Briefing.number)
    )
    return page_of(query, lambda row: _view(row[0]), number=number, per_page=per_page)


def past(*, number: int = 1, per_page: int = PER_PAGE) -> Page[BriefingView]:
    """One page of what is over, the latest first."""
    query = (
        select(Briefing)
        .where(Briefing.state != "draft", Briefing.ends_at <= clock.now())
        .order_by(Briefing.starts_at.desc(), Briefing.number.desc())
    )
    return page_of(query, lambda row: _view(row[0]), number=number, per_page=per_page)


def one(number: int) -> BriefingView:
    """A briefing that was announced; NotFound for a draft and for one that never was."""
    row = db.session.scalar(select(Briefing).where(Briefing.number == number, Briefing.state != "draft"))
    if row is None:
        raise NotFound(WHAT)
    return _view(row)


# --- for the person ---


def _bookings() -> Select[*tuple[Any, ...]]:
    return (
        select(BriefingBooking, Briefing, BriefingLink.link)
        .join(Briefing, Briefing.number == BriefingBooking.briefing_number)
        .outerjoin(BriefingLink, BriefingLink.briefing_number == Briefing.number)
    )


def _booking(row: Row[*tuple[Any, ...]]) -> BookingView:
    booking, briefing, link = row
    return BookingView(
        booking.id,
        _view(briefing),
        booking.state,
        booking.name,
        booking.organisation_name,
        booking.email,
        booking.people,
        booking.booked_at,
        booking.cancelled_at,
        booking.attended,
        link if booking.state == "booked" else None,
    )


def _me() -> uuid.UUID:
    person_id = actor.current().person_id
    if person_id is None:
        raise NotPermitted
    return person_id


def mine(*, number: int = 1, per_page: int = PER_PAGE) -> Page[BookingView]:
    """One page of the bookings of whoever asks, the latest briefing first."""
    query = (
        _bookings()
        .where(BriefingBooking.person_id == _me())
        .order_by(Briefing.starts_at.desc(), BriefingBooking.turn.desc())
    )
    return page_of(query, _booking, number=number, per_page=per_page)


def my_booking(number: int) -> BookingView | None:
    """The seat, or the place on the waiting list, that whoever asks has in this briefing."""
    if actor.current().person_id is None:
        return None
    row = db.session.execute(
        _bookings().where(
            BriefingBooking.briefing_number == number,
            BriefingBooking.person_id == _me(),
            BriefingBooking.state != "cancelled",
        )
    ).one_or_none()
    return _booking(row) if row else None


def my_booking_by_id(booking_id: uuid.UUID) -> BookingView:
    """A booking of whoever asks; NotFound for anybody else's."""
    row = db.session.execute(
        _bookings().where(BriefingBooking.id == booking_id, BriefingBooking.person_id == _me())
    ).one_or_none()
    if row is None:
        raise NotFound(Text("予約", "The booking"))
    return _booking(row)


def my_address() -> tuple[str, str]:
    """The name and the mail address of whoever asks, for the booking form."""
    person = db.session.get_one(Person, _me())
    return person.name, person.email


# --- for the secretariat ---


def for_desk(*, number: int = 1, per_page: int = PER_PAGE) -> Page[BriefingView]:
    """One page of all briefings, the latest first."""
    actor.current().require(Permission.VIEW_SECRETARIAT)
    query = select(Briefing).order_by(Briefing.starts_at.desc(), Briefing.number.desc())
    return page_of(query, lambda row: _view(row[0]), number=number, per_page=per_page)


def one_for_desk(number: int) -> tuple[BriefingView, str]:
    """A briefing in whatever state, and how to join it online; NotFound when there is none."""
    actor.current().require(Permission.VIEW_SECRETARIAT)
    row = db.session.execute(
        select(Briefing, BriefingLink.link)
        .outerjoin(BriefingLink, BriefingLink.briefing_number == Briefing.number)
        .where(Briefing.number == number)
    ).one_or_none()
    if row is None:
        raise NotFound(WHAT)
    return _view(row[0]), row[1] or ""


def attendees(number: int, *, page: int = 1, per_page: int = PER_PAGE) -> Page[BookingView]:
    """One page of who comes, then who waits, in the order of arrival. Personal data."""
    actor.current().require(Permission.VIEW_ATTENDEES)
    query = (
        _bookings()
        .where(BriefingBooking.briefing_number == number, BriefingBooking.state != "cancelled")
        .order_by(BriefingBooking.state, BriefingBooking.turn)
    )
    return page_of(query, _booking, number=page, per_page=per_page)


def every_attendee(number: int) -> list[BookingView]:
    """All who come or wait, for the list at the door. Personal data."""
    actor.current().require(Permission.VIEW_ATTENDEES)
    rows = db.session.execute(
        _bookings()
        .where(BriefingBooking.briefing_number == number, BriefingBooking.state != "cancelled")
        .order_by(BriefingBooking.state, BriefingBooking.turn)
    )
    return [_booking(row) for row in rows]
