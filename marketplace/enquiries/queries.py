"""Enquiries as their two sides see them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, case, func, or_, select

from marketplace.enquiries.lifecycle import ENQUIRY
from marketplace.enquiries.models import Enquiry, EnquiryAttachment, EnquiryMessage
from marketplace.enquiries.services import WHAT
from marketplace.enquiries.telling import business_of
from tenants import actor, files
from tenants.db import db
from tenants.errors import NotFound
from tenants.files import FileView
from tenants.models import Person
from tenants.paging import Page, page_of
from tenants.permissions import Permission
from tenants.text import Text
from tenants.workflow import State, Step

PAGE_SIZE: Final = 20


@dataclass(frozen=True, slots=True)
class EnquiryCard:
    """An enquiry in a list. business: as the reader may know it. unread: something the reader has not seen."""

    id: uuid.UUID
    number: int
    package_code: str
    package_name: str
    vendor_name: str
    business: Text
    state: State
    created_at: datetime
    last_message_at: datetime
    unread: bool


@dataclass(frozen=True, slots=True)
class Message:
    """One message. mine: of the reader's own side. author: of one's own people (personal data), else None."""

    side: str
    mine: bool
    author: str | None
    body: str
    sent_at: datetime
    files: tuple[FileView, ...]


@dataclass(frozen=True, slots=True)
class EnquiryView:
    """An enquiry with its messages, oldest first. released: what the vendor was told of the business. steps: what
    the reader may do now. other_read_at: until when the other side has read."""

    card: EnquiryCard
    released: dict[str, Text]
    messages: tuple[Message, ...]
    steps: frozenset[str]
    other_read_at: datetime | None
    version: int


def _side() -> str:
    return "vendor" if actor.current().audience == "vendor" else "sme"


def _scope() -> ColumnElement[bool]:
    """The acting side's own enquiries; NotPermitted for whoever is neither."""
    who = actor.current()
    if _side() == "vendor":
        who.require(Permission.VIEW_VENDOR_APPLICATIONS)
        return Enquiry.vendor_id == who.own_organisation
    who.require(Permission.ASK_VENDORS)
    return Enquiry.sme_id == who.own_organisation


def _unread() -> ColumnElement[bool]:
    seen = Enquiry.vendor_read_at if _side() == "vendor" else Enquiry.sme_read_at
    return or_(seen.is_(None), seen < Enquiry.last_message_at)


def _card(row: Enquiry) -> EnquiryCard:
    seen = row.vendor_read_at if _side() == "vendor" else row.sme_read_at
    return EnquiryCard(
        row.id,
        row.number,
        row.package_code,
        row.package_name,
        row.vendor_name,
        business_of(row.released),
        ENQUIRY.state(row.state),
        row.created_at,
        row.last_message_at,
        seen is None or seen < row.last_message_at,
    )


def enquiries(*, state: str | None = None, page: int = 1) -> Page[EnquiryCard]:
    """The acting side's enquiries. A vendor's begin with those that have waited longest for its answer; an SME's with
    the newest message. NotFound for a state that does not exist."""
    if state is not None and state not in {each.code for each in ENQUIRY.states}:
        raise NotFound(Text("この状態", "That state"))
    found = select(Enquiry).where(_scope())
    if state:
        found = found.where(Enquiry.state == state)
    if _side() == "vendor":
        waiting = case((Enquiry.state == "asked", 0), (Enquiry.state == "answered", 1), else_=2)
        found = found.order_by(
            waiting,
            case((Enquiry.state == "asked", Enquiry.last_message_at)),
            Enquiry.last_message_at.desc(),
            Enquiry.number,
        )
    else:
        found = found.order_by(Enquiry.last_message_at.desc(), Enquiry.number.desc())
    return page_of(found, lambda row: _card(row[0]), number=page, per_page=PAGE_SIZE)


def counts() -> dict[str, int]:
    """How many of the acting side's enquiries are in each state, and how many hold something ``unread``."""
    rows = db.session.execute(
        select(Enquiry.state, func.count(), func.count().filter(_unread())).where(_scope()).group_by(Enquiry.state)
    ).all()
    return {state: number for state, number, _ in rows} | {"unread": sum(unread for *_, unread in rows)}


def enquiry(enquiry_id: uuid.UUID) -> EnquiryView:
    """One enquiry with its messages; NotFound for another's."""
    row = db.session.scalar(select(Enquiry).where(Enquiry.id == enquiry_id, _scope()))
    if row is None:
        raise NotFound(WHAT)
    messages = db.session.scalars(
        select(EnquiryMessage).where(EnquiryMessage.enquiry_id == row.id).order_by(EnquiryMessage.sent_at)
    ).all()
    side = _side()
    attached = _attached([message.id for message in messages])
    names = _names([message.written_by for message in messages if message.side == side and message.written_by])
    return EnquiryView(
        card=_card(row),
        released={name: Text.of(words) for name, words in row.released.items()},
        messages=tuple(
            Message(
                message.side,
                message.side == side,
                names.get(message.written_by) if message.written_by else None,
                message.body,
                message.sent_at,
                attached.get(message.id, ()),
            )
            for message in messages
        ),
        steps=frozenset(step.code for step in _steps(row.state)),
        other_read_at=row.sme_read_at if side == "vendor" else row.vendor_read_at,
        version=row.version,
    )


def _steps(state: str) -> Sequence[Step]:
    return ENQUIRY.possible(state, actor.current())


def _attached(messages: Sequence[uuid.UUID]) -> dict[uuid.UUID, tuple[FileView, ...]]:
    rows = db.session.execute(
        select(EnquiryAttachment.message_id, EnquiryAttachment.file_id).where(
            EnquiryAttachment.message_id.in_(messages)
        )
    ).all()
    views = files.views([file_id for _, file_id in rows])
    found: dict[uuid.UUID, tuple[FileView, ...]] = {}
    for message_id, file_id in rows:
        if file_id in views:
            found[message_id] = (*found.get(message_id, ()), views[file_id])
    return found


def _names(people: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    found = select(Person.id, Person.name).where(Person.id.in_(people))
    return {person_id: name for person_id, name in db.session.execute(found)}  # noqa: C416  (rows, not pairs)


def attachment(enquiry_id: uuid.UUID, file_id: uuid.UUID) -> tuple[FileView, bytes]:
    """A file of this enquiry with its bytes. NotFound for another's, FileNotOpen while it is in quarantine."""
    known = db.session.scalar(
        select(EnquiryAttachment.file_id)
        .join(EnquiryMessage, EnquiryMessage.id == EnquiryAttachment.message_id)
        .join(Enquiry, Enquiry.id == EnquiryMessage.enquiry_id)
        .where(Enquiry.id == enquiry_id, EnquiryAttachment.file_id == file_id, _scope())
    )
    if known is None:
        raise NotFound(files.WHAT)
    return files.content_of(file_id)
