"""A person's own notices: read, opened, counted for the page's header. For whichever organisation they act now."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select, update

from tenants import actor, clock
from tenants.db import db, use_case
from tenants.errors import NotFound, NotPermitted
from tenants.models import Person
from tenants.notices.facts import fill
from tenants.notices.models import MailSuppression, Notice, NoticePreference
from tenants.notices.template import CATEGORIES
from tenants.notices.templates import TEMPLATES
from tenants.paging import Page, page_of
from tenants.text import Language, Text

_PLAIN: Final = Text("お知らせ", "Notice")
_OPEN: Final = Text("開く", "Open")


@dataclass(frozen=True, slots=True)
class NoticeView:
    """One notice as its person reads it."""

    id: uuid.UUID
    at: datetime
    unread: bool
    category: Text
    subject: Text
    body: Text
    todo: Text
    action: Text
    organisation_id: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class Opened:
    """Where a notice leads, and for which organisation one must act there."""

    link: str
    organisation_id: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class Header:
    """What every page's frame tells a person. broken_address: theirs, when mails to it come back."""

    unread: int
    language: Language
    broken_address: str | None


def _me() -> uuid.UUID:
    person_id = actor.current().person_id
    if person_id is None:
        raise NotPermitted
    return person_id


def header() -> Header:
    """In one statement, for it is asked on every page."""
    me = _me()
    unread = select(func.count()).where(Notice.person_id == me, Notice.read_at.is_(None)).scalar_subquery()
    language = select(NoticePreference.language).where(NoticePreference.person_id == me).scalar_subquery()
    broken = (
        select(Person.email)
        .join(MailSuppression, MailSuppression.address == func.lower(func.trim(Person.email)))
        .where(Person.id == me)
        .scalar_subquery()
    )
    row = db.session.execute(select(unread, language, broken)).one()
    return Header(row[0], "en" if row[1] == "en" else "ja", row[2])


def mine(*, unread_only: bool = False, page: int = 1, per_page: int = 20) -> Page[NoticeView]:
    """One's notices, the newest first."""
    query = select(Notice).where(Notice.person_id == _me()).order_by(Notice.created_at.desc(), Notice.id)
    if unread_only:
        query = query.where(Notice.read_at.is_(None))
    return page_of(query, lambda row: _view(row[0]), number=page, per_page=per_page)


def _view(row: Notice) -> NoticeView:
    template = TEMPLATES.get(row.template)

    def said(words: Text | None) -> Text:
        return _filled(words, row.facts) if words else Text("", "")

    return NoticeView(
        row.id,
        row.created_at,
        row.read_at is None,
        CATEGORIES[row.category].name if row.category in CATEGORIES else _PLAIN,
        said(template.subject if template else _PLAIN),
        said(template.body if template else None),
        said(template.todo if template else None),
        template.action if template else _OPEN,
        row.organisation_id,
    )


def _filled(words: Text, facts: Mapping[str, Mapping[str, str]]) -> Text:
    try:
        return fill(words, facts)
    except KeyError:  # its words have changed since it was written
        return _PLAIN


@use_case
def open_notice(notice_id: uuid.UUID) -> Opened:
    """Mark a notice of one's own as read; where it leads. NotFound for another's."""
    row = db.session.scalar(
        select(Notice).where(Notice.id == notice_id, Notice.person_id == _me()).with_for_update()
    )
    if row is None:
        raise NotFound(Text("お知らせ", "The notice"))
    row.read_at = row.read_at or clock.now()
    return Opened(row.link, row.organisation_id)


@use_case
def mark_read(notice_id: uuid.UUID | None = None) -> int:
    """Mark one of one's own notices as read, or all; how many were unread."""
    query = update(Notice).where(Notice.person_id == _me(), Notice.read_at.is_(None))
    if notice_id is not None:
        query = query.where(Notice.id == notice_id)
    marked = db.session.execute(query.values(read_at=clock.now()).returning(Notice.id)).all()
    return len(marked)
