"""Enquiries and quotes in the small world of grants.py: the parties' steps as they take them."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from grants import CODE, DURING, World, by

from marketplace.enquiries import services as enquiries
from marketplace.quotes import queries, services
from marketplace.quotes.rules import Terms, Wanted

_asked = itertools.count(1)
TODAY = date(2026, 11, 2)
# Beside the listed 600,000 and 50,000 yen, of which four fifths are the minimum.
LINES = (Wanted("P-1", 540_000, 1), Wanted("P-2", 45_000, 2))
UNTIL = TODAY + timedelta(days=14)
AFTER = datetime(2026, 11, 17, 0, 0, tzinfo=UTC)  # when quotes until then have expired
PDF = b"%PDF-1.7 a drawing of the shop"


def terms(until: date = UNTIL, **changes: object) -> Terms:
    """The usual terms."""
    usual = {
        "cloud_months": 12,
        "valid_until": until,
        "subject": "予約とレジのパックの導入",
        "note": "納期は2週間です。",
    }
    return Terms(**usual | changes)  # type: ignore[arg-type]


def ask(world: World, *, release: tuple[str, ...] = ("name", "industry"), body: str | None = None) -> uuid.UUID:
    """An enquiry of the business, in words of its own: the same once more would not be sent."""
    with by(world.sme):
        return enquiries.ask(CODE, body or f"見積もりをお願いします。（{next(_asked)}）", release=release)


def draft(world: World, enquiry_id: uuid.UUID, lines: tuple[Wanted, ...] = LINES, **changes: object) -> uuid.UUID:
    """A draft of the vendor."""
    with by(world.vendor):
        return services.draft(enquiry_id, CODE, lines, terms(**changes))  # type: ignore[arg-type]


def view(
    world: World, quote_id: uuid.UUID, *, vendor: bool = False, moment: datetime = DURING
) -> queries.QuoteView:
    """The quote as the business (or the vendor) sees it at this moment."""
    with by(world.vendor if vendor else world.sme, moment):
        return queries.quote(quote_id)


def press(code: str, quote_id: uuid.UUID, version: int) -> object:
    """Take one step as whoever acts, with the version they saw."""
    calls: dict[str, Callable[[], object]] = {
        "send": lambda: services.send(quote_id, read_version=version),
        "withdraw": lambda: services.withdraw(quote_id, reason="在庫がなくなりました", read_version=version),
        "revise": lambda: services.revise(quote_id),
        "accept": lambda: services.accept(quote_id, read_version=version),
        "decline": lambda: services.decline(quote_id, reason="予算を超えています", read_version=version),
    }
    return calls[code]()


def take(world: World, code: str, quote_id: uuid.UUID, moment: datetime = DURING) -> object:
    """Take one step as its own side, with the version of now."""
    version = view(world, quote_id, vendor=True).version
    with by(world.sme if code in ("accept", "decline") else world.vendor, moment):
        return press(code, quote_id, version)


def sent(world: World, **changes: object) -> uuid.UUID:
    """A quote the business has before it."""
    quote_id = draft(world, ask(world), **changes)
    take(world, "send", quote_id)
    return quote_id


def accepted(world: World) -> uuid.UUID:
    """A quote the business accepted."""
    quote_id = sent(world)
    take(world, "accept", quote_id)
    return quote_id


def in_state(world: World, state: str) -> tuple[uuid.UUID, datetime]:
    """A quote in this state, and a moment at which it is."""
    if state == "draft":
        return draft(world, ask(world)), DURING
    quote = sent(world)
    if state == "expired":
        return quote, AFTER
    if state == "replaced":
        take(world, "send", take(world, "revise", quote))
    elif state != "sent":
        take(world, {"accepted": "accept", "declined": "decline", "withdrawn": "withdraw"}[state], quote)
    return quote, DURING
