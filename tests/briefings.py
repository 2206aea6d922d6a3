"""What tests of briefings share: people who book, and a briefing to book."""

from __future__ import annotations

import itertools
import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from marketplace.briefings import services
from marketplace.briefings.facts import BriefingFacts
from marketplace.briefings.models import Briefing, BriefingBooking
from tenants import clock
from tenants.actor import SYSTEM, Actor
from tenants.db import act_as, db
from tenants.models import Person
from tenants.text import Text

_numbers = itertools.count(1)


def facts(starts_at: datetime | None = None, **changes: Any) -> BriefingFacts:
    """A briefing in three days, in a hall and online."""
    start = starts_at or (clock.now() + timedelta(days=3)).replace(microsecond=0)
    usual = {
        "title": Text("登録の説明会", "Registration briefing"),
        "description": Text("登録の流れを説明します。", "How to register."),
        "audience": "vendors",
        "starts_at": start,
        "ends_at": start + timedelta(hours=2),
        "booking_closes_at": start - timedelta(days=1),
        "place": "見本会館 3階",
        "online": True,
        "link": "https://meet.example.jp/secret-room",
        "seats": 5,
        "most_people": 5,
    }
    return BriefingFacts(**(usual | changes))


def announced(office: Actor, given: BriefingFacts | None = None) -> int:
    """A briefing that is open for booking."""
    with act_as(office):
        number = services.draft(given or facts())
        services.announce(number, read_version=1)
    return number


def person(name: str = "") -> Actor:
    """Somebody signed in who belongs to no organisation."""
    number = next(_numbers)
    with act_as(SYSTEM):
        row = Person(name=name or f"予約 太郎{number}", email=f"taro{number}@example.jp")
        db.session.add(row)
        db.session.commit()
        return Actor("public", None, row.id, frozenset(), row.name)


def bookings(number: int) -> list[Any]:
    """The rows of all bookings in the order of arrival, as the system sees them."""
    table = BriefingBooking.__table__
    with act_as(SYSTEM):
        return list(
            db.session.execute(select(table).where(table.c.briefing_number == number).order_by(table.c.turn)).all()
        )


def counts(number: int) -> tuple[int, int]:
    """Seats taken and people waiting, as the briefing says."""
    with act_as(SYSTEM):
        taken, waiting = db.session.execute(
            select(Briefing.taken, Briefing.waiting).where(Briefing.number == number)
        ).one()
        return taken, waiting


def told(template: str | None = None) -> list[tuple[str, uuid.UUID | None]]:
    """Who was told what: (template, person), in no order."""
    from tenants.notices.models import Posting  # noqa: PLC0415  (rows that wait for the job)

    with act_as(SYSTEM):
        rows = db.session.execute(select(Posting.template, Posting.person_id)).all()
        return [(name, who) for name, who in rows if template in (None, name)]
