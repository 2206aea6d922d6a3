"""How much one organisation may send to others within a day, counted in what it sent."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from tenants import clock
from tenants.db import db
from tenants.errors import BadInput, Finding
from tenants.text import Text

DAY: Final = timedelta(days=1)


class TooManyToday(BadInput):
    """The day's measure is full. retry_after: in how many seconds one more may be sent."""

    status: ClassVar[int] = 429

    def __init__(self, what: Text, most: int, again_at: datetime) -> None:
        local = again_at.astimezone(clock.JAPAN)
        super().__init__(
            Finding(
                "too_many_today",
                Text(
                    f"{what.ja}は、24時間に{most}件までです。",
                    f"At most {most} {what.en} can be sent within 24 hours.",
                ),
                Text(
                    f"{local:%-m月%-d日 %H:%M} を過ぎてから、もう一度お試しください。何も送っていません。",
                    f"Try again after {local:%Y-%m-%d %H:%M} (Japan time). Nothing was sent.",
                ),
            )
        )
        self.retry_after = max(1, round((again_at - clock.now()).total_seconds()))


def one_at_a_time(organisation_id: uuid.UUID, table: str) -> None:
    """Until this use case ends, nobody else of the organisation sends what is kept in this table."""
    # Their own number, so that nobody waits who holds the organisation for something else.
    key: Any = func.hashtextextended(f"{organisation_id} {table}", 0)
    db.session.execute(select(func.pg_advisory_xact_lock(key)))


def keep_within(
    most: int,
    what: Text,
    sent_at: InstrumentedAttribute[datetime],
    *conditions: ColumnElement[bool],
    organisation_id: uuid.UUID,
) -> None:
    """Raise TooManyToday where that many rows were sent within 24 hours already.

    Part of a use case: whoever else of the organisation sends at the same moment waits until it ends, and is counted
    after it. sent_at, conditions: which rows count.
    """
    one_at_a_time(organisation_id, sent_at.class_.__tablename__)
    recent = select(sent_at).where(sent_at > clock.now() - DAY, *conditions)
    first = db.session.scalar(recent.order_by(sent_at.desc()).offset(most - 1).limit(1))
    if first is not None:
        raise TooManyToday(what, most, first + DAY)
