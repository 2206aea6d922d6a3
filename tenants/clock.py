"""Time: one clock, in UTC; people read it as Japan time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

JAPAN = ZoneInfo("Asia/Tokyo")

_arrived: ContextVar[datetime | None] = ContextVar("arrived", default=None)


def now() -> datetime:
    """The moment that counts for rules, aware, in UTC.

    Inside a request this is the time of arrival at the edge, so a slow server makes nobody late.
    """
    return _arrived.get() or datetime.now(UTC)


def today() -> date:
    """The date in Japan at :func:`now`."""
    return now().astimezone(JAPAN).date()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Everything inside happens at this aware moment: a request's arrival, a test's date."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    token = _arrived.set(moment)
    try:
        yield
    finally:
        _arrived.reset(token)
