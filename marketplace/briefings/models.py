"""Briefings (説明会), who booked a seat in them, and what only those who did may read."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants import clock
from tenants.db import Base


class Briefing(Base):
    """A meeting where the secretariat explains the programme, as everybody may read it once it is announced.

    state: draft, announced or cancelled. audience: for whom it is meant. place: the hall, empty for one that is
    online only. taken, waiting: people with a seat, and on the waiting list; both are kept here, under this row's
    lock, because who may read the counts may not read the bookings. most_people: per booking. sequence: rises with
    each change that calendars must hear of. reminded_at: when the reminder was sent, None while it is due. version:
    rises with each change of the secretariat's, not with bookings.
    """

    __tablename__ = "briefing"

    number: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    state: Mapped[str] = mapped_column(default="draft")
    title: Mapped[dict[str, Any]]
    description: Mapped[dict[str, Any]]
    audience: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    booking_closes_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(default="")
    online: Mapped[bool] = mapped_column(default=False)
    seats: Mapped[int]
    most_people: Mapped[int] = mapped_column(default=1)
    taken: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
    cancelled_reason: Mapped[str] = mapped_column(default="")
    sequence: Mapped[int] = mapped_column(default=0)
    announced_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now)
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        Index("ix_briefing_starts_at_number", "starts_at", "number"),
        CheckConstraint("state IN ('draft', 'announced', 'cancelled')", name="state"),
        CheckConstraint("starts_at < ends_at AND booking_closes_at <= starts_at", name="in_order"),
        CheckConstraint("seats BETWEEN 1 AND 10000", name="seats"),
        CheckConstraint("most_people BETWEEN 1 AND 20", name="most_people"),
        CheckConstraint("taken BETWEEN 0 AND seats AND waiting >= 0", name="taken"),
        CheckConstraint("online OR place <> ''", name="somewhere"),
        CheckConstraint("(state = 'draft') = (announced_at IS NULL)", name="announced"),
    )


class BriefingLink(Base):
    """How to join an online briefing. In a table of its own: shown only to those who hold a seat."""

    __tablename__ = "briefing_link"

    briefing_number: Mapped[int] = mapped_column(
        ForeignKey("briefing.number"), primary_key=True, autoincrement=False
    )
    link: Mapped[str]


class BriefingBooking(Base):
    """A person's booking. Personal data: the name and address of who comes and whom they work for.

    It belongs to the person, not to an organisation; they and the secretariat see it. turn: the order of arrival.
    state: booked, waiting or cancelled. email: the person's, as it was when they booked. attended: None until the
    secretariat has marked who came.
    """

    __tablename__ = "briefing_booking"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    turn: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    briefing_number: Mapped[int] = mapped_column(ForeignKey("briefing.number"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str]
    organisation_name: Mapped[str] = mapped_column(default="")
    email: Mapped[str]
    people: Mapped[int]
    state: Mapped[str]
    booked_at: Mapped[datetime] = mapped_column(default=clock.now)
    moved_up_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    attended: Mapped[bool | None]

    __table_args__ = (
        Index(
            "uq_briefing_booking_briefing_number_person_id",
            "briefing_number",
            "person_id",
            unique=True,
            postgresql_where=text("state <> 'cancelled'"),
        ),
        CheckConstraint("state IN ('booked', 'waiting', 'cancelled')", name="state"),
        CheckConstraint("people BETWEEN 1 AND 20", name="people"),
        CheckConstraint("(state = 'cancelled') = (cancelled_at IS NOT NULL)", name="cancelled"),
        CheckConstraint("attended IS NULL OR state = 'booked'", name="attended"),
    )
