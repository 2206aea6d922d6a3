"""Quotes as their two sides see them: lists, one quote with its estimate, several side by side."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, func, select

from catalogue import publications
from marketplace import applicants, pricing
from marketplace.enquiries.models import Enquiry
from marketplace.enquiries.telling import business_of
from marketplace.models import GrantApplication
from marketplace.quotes import rules
from marketplace.quotes.lifecycle import QUOTE, REVISABLE
from marketplace.quotes.models import Quote
from marketplace.quotes.rules import Offered
from marketplace.quotes.services import WHAT, state_of
from marketplace.subsidy.engine import Estimate
from marketplace.subsidy.scheme import Scheme
from tenants import actor, clock
from tenants.db import db
from tenants.errors import NotFound
from tenants.paging import Page, page_of
from tenants.permissions import Permission
from tenants.text import Text
from tenants.workflow import State

PAGE_SIZE: Final = 20
MOST_BESIDE: Final = 6


@dataclass(frozen=True, slots=True)
class QuoteCard:
    """A version of a quote in a list. state: as of now. business: as the reader may know it. Amounts in whole yen;
    total_yen is without consumption tax."""

    id: uuid.UUID
    number: int
    edition: int
    enquiry_id: uuid.UUID
    package_code: str
    package_name: str
    vendor_name: str
    business: Text
    subject: str
    total_yen: int
    with_tax_yen: int
    valid_until: date
    state: State
    sent_at: datetime | None
    updated_at: datetime

    @property
    def title(self) -> Text:
        """What it is called: its number and which version."""
        return Text(f"見積書 {self.number}（第{self.edition}版）", f"Quote {self.number} (version {self.edition})")

    @property
    def closes_at(self) -> datetime:
        """The last minute of its last day in Japan."""
        return datetime.combine(self.valid_until, time(23, 59), clock.JAPAN)


@dataclass(frozen=True, slots=True)
class QuoteView:
    """One version with all that its reader may see.

    content: see rules.content_of. editions: the quote's versions the reader may see, oldest first. estimate: for the
    SME, by its own facts and the scheme it was made under; None for the vendor, who does not know them. in_use: the
    scheme in use, when that is another version by now, and present: the estimate by it. steps: what may be done
    now; revise among them for the vendor. application_id: the SME's application that was made of it.
    """

    card: QuoteCard
    content: dict[str, Any]
    recipient: str
    editions: tuple[QuoteCard, ...]
    estimate: Estimate | None
    in_use: Scheme | None
    present: Estimate | None
    answer: str
    answered_at: datetime | None
    steps: frozenset[str]
    application_id: uuid.UUID | None
    content_hash: str
    version: int

    @property
    def today(self) -> Estimate | None:
        """The estimate by the scheme in use, whichever it was made under."""
        return self.present or self.estimate


@dataclass(frozen=True, slots=True)
class Form:
    """What a vendor fills a quote in with. offered: the products of what is live now, with their ranges."""

    package_code: str
    package_name: str
    offered: tuple[Offered, ...]
    cloud_months: int
    published_anew: bool


def _vendor() -> bool:
    return actor.current().audience == "vendor"


def _scope() -> ColumnElement[bool]:
    """The vendor's own with drafts; the SME's own once sent. NotPermitted for whoever is neither."""
    who = actor.current()
    if _vendor():
        who.require(Permission.VIEW_VENDOR_APPLICATIONS)
        return Quote.vendor_id == who.own_organisation
    who.require(Permission.VIEW_OWN_APPLICATIONS)
    return and_(Quote.sme_id == who.own_organisation, Quote.sent_at.is_not(None))


def _state_now() -> ColumnElement[str]:
    """As rules.standing, for the database."""
    over = and_(Quote.state == "sent", Quote.valid_until < clock.today())
    return case((over, "expired"), else_=Quote.state)


def _card(row: Quote, released: dict[str, Any]) -> QuoteCard:
    content = row.content
    return QuoteCard(
        row.id,
        row.number,
        row.edition,
        row.enquiry_id,
        row.package_code,
        content["package"]["name"],
        row.vendor_name,
        business_of(released),
        content["subject"],
        content["total_yen"],
        content["with_tax_yen"],
        row.valid_until,
        QUOTE.state(state_of(row)),
        row.sent_at,
        row.updated_at,
    )


_WITH_ENQUIRY: Final = select(Quote, Enquiry.released).join(Enquiry, Enquiry.id == Quote.enquiry_id)


def quotes(*, state: str | None = None, enquiry_id: uuid.UUID | None = None, page: int = 1) -> Page[QuoteCard]:
    """The acting side's quotes, newest first. NotFound for a state that does not exist.

    state: as of now. enquiry_id: only those of one enquiry.
    """
    if state is not None and state not in {each.code for each in QUOTE.states}:
        raise NotFound(Text("この状態", "That state"))
    found = _WITH_ENQUIRY.where(_scope()).order_by(Quote.updated_at.desc(), Quote.id)
    if state:
        found = found.where(_state_now() == state)
    if enquiry_id:
        found = found.where(Quote.enquiry_id == enquiry_id)
    return page_of(found, lambda row: _card(*row), number=page, per_page=PAGE_SIZE)


def board(per_state: int = 10) -> tuple[tuple[QuoteCard, ...], dict[str, int]]:
    """Of each state the few that changed last, and how many there are in each."""
    now = _state_now()
    place = func.row_number().over(partition_by=now, order_by=Quote.updated_at.desc())
    ranked = select(Quote.id, place.label("place")).where(_scope()).subquery()
    rows = db.session.execute(
        _WITH_ENQUIRY.join(ranked, ranked.c.id == Quote.id)
        .where(ranked.c.place <= per_state)
        .order_by(Quote.updated_at.desc(), Quote.id)
    ).all()
    return tuple(_card(*row) for row in rows), counts()


def counts() -> dict[str, int]:
    """How many of the acting side's quotes are in each state now."""
    now = _state_now().label("now")
    rows = db.session.execute(select(now, func.count()).where(_scope()).group_by(now))
    return {state: number for state, number in rows}  # noqa: C416  (rows, not pairs)


def waiting() -> tuple[QuoteCard, ...]:
    """What waits for the acting SME's answer, what ends first before."""
    rows = db.session.execute(
        _WITH_ENQUIRY.where(_scope(), _state_now() == "sent")
        .order_by(Quote.valid_until, Quote.id)
        .limit(PAGE_SIZE)
    ).all()
    return tuple(_card(*row) for row in rows)


def quote(quote_id: uuid.UUID) -> QuoteView:
    """One version; NotFound for another's, and for an SME while it is a draft."""
    return _view(_row(quote_id))


def beside(quote_ids: Sequence[uuid.UUID]) -> tuple[QuoteView, ...]:
    """Up to :data:`MOST_BESIDE` quotes of the acting SME, in the order asked for; those that are not its own are left
    out."""
    wanted = list(dict.fromkeys(quote_ids))[:MOST_BESIDE]
    rows = {
        row.id: (row, released)
        for row, released in db.session.execute(_WITH_ENQUIRY.where(_scope(), Quote.id.in_(wanted)))
    }
    return tuple(_view(rows[each]) for each in wanted if each in rows)


def form(package_code: str, publication_id: uuid.UUID | None = None) -> Form:
    """What a quote on a package of the acting vendor is filled in with; NotFound or Gone when it is not live.

    publication_id: what a draft was made of.
    """
    actor.current().require(Permission.HANDLE_VENDOR_APPLICATIONS)
    live = publications.live_package(package_code)
    if live.organisation_id != actor.current().own_organisation:
        raise NotFound(Text("ITツール", "The package"))
    return Form(
        live.code,
        live.content["name"],
        rules.offered(live.content, publications.minimum_prices(live.id)),
        live.content["cloud_months"],
        publication_id is not None and publication_id != live.id,
    )


def form_of(quote_id: uuid.UUID) -> Form:
    """The same for a draft."""
    row, _ = _row(quote_id)
    return form(row.package_code, row.publication_id)


def _row(quote_id: uuid.UUID) -> tuple[Quote, dict[str, Any]]:
    found = db.session.execute(_WITH_ENQUIRY.where(Quote.id == quote_id, _scope())).one_or_none()
    if found is None:
        raise NotFound(WHAT)
    return found[0], found[1]


def _view(found: tuple[Quote, dict[str, Any]]) -> QuoteView:
    row, released = found
    others = db.session.scalars(
        select(Quote).where(Quote.number == row.number, _scope()).order_by(Quote.edition)
    ).all()
    scheme, in_use = _schemes(row.content)
    by = None if _vendor() else applicants.profile()
    package = row.content["package"]
    return QuoteView(
        card=_card(row, released),
        content=row.content,
        recipient=row.recipient,
        editions=tuple(_card(each, released) for each in others),
        estimate=None if _vendor() else pricing.estimate_package(package, scheme, by),
        in_use=in_use,
        present=pricing.estimate_package(package, in_use, by) if in_use and not _vendor() else None,
        answer=row.answer,
        answered_at=row.answered_at,
        steps=_steps(row, others),
        application_id=None if _vendor() else _application(row.id),
        content_hash=row.content_hash,
        version=row.version,
    )


def _steps(row: Quote, editions: Sequence[Quote]) -> frozenset[str]:
    who, state = actor.current(), state_of(row)
    steps = {step.code for step in QUOTE.possible(state, who)} - {"replace"}
    newest = row.edition == max(each.edition for each in editions)
    if _vendor() and newest and state in REVISABLE and who.may(Permission.HANDLE_VENDOR_APPLICATIONS):
        steps.add("revise")
    if state == "accepted" and who.may(Permission.START_APPLICATION):
        steps.add("start")
    return frozenset(steps)


def _schemes(content: dict[str, Any]) -> tuple[Scheme, Scheme | None]:
    """What a quote was made under, and the scheme in use when that is another version by now.

    Quotes of before schemes were kept with them go by the one in use.
    """
    in_use, kept = pricing.scheme(), content.get("scheme")
    made = pricing.scheme_version(kept["id"], kept["version"]) if kept else None
    if made is None or (made.id, made.version) == (in_use.id, in_use.version):
        return in_use, None
    return made, in_use


def _application(quote_id: uuid.UUID) -> uuid.UUID | None:
    return db.session.scalar(
        select(GrantApplication.id)
        .where(
            GrantApplication.quote_id == quote_id,
            GrantApplication.sme_id == actor.current().own_organisation,
        )
        .order_by(GrantApplication.created_at.desc())
        .limit(1)
    )
