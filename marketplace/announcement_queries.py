"""Announcements as pages, feeds and the API read them: what is published, and what the secretariat sees besides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import ColumnElement, Select, select

from marketplace.announcement_models import Announcement, FormerAnnouncement
from tenants import actor, clock
from tenants.db import db
from tenants.errors import NotFound
from tenants.paging import Page, page_of
from tenants.permissions import Permission
from tenants.text import Text

State = Literal["draft", "scheduled", "published"]

CATEGORIES: Final[Mapping[str, Text]] = {
    "important": Text("重要", "Important"),
    "programme": Text("公募・制度", "Programme"),
    "adoption": Text("採択結果", "Adoption"),
    "briefing": Text("説明会", "Briefings"),
    "maintenance": Text("システム", "This site"),
    "general": Text("その他", "Other"),
}
WHAT: Final = Text("お知らせ", "The announcement")
PER_PAGE: Final = 20


@dataclass(frozen=True, slots=True)
class AnnouncementView:
    """An announcement as pages show it. state: scheduled while its time of publication has not come."""

    number: int
    category: str
    title: Text
    body: Text
    published_at: datetime | None
    edition: int
    corrected_at: datetime | None
    correction: Text | None
    state: State
    version: int

    @property
    def category_label(self) -> Text:
        """The category's name."""
        return CATEGORIES[self.category]

    @property
    def changed_at(self) -> datetime | None:
        """When what is shown was published: the correction's moment, else the publication's."""
        return self.corrected_at or self.published_at


@dataclass(frozen=True, slots=True)
class FormerView:
    """An edition as it stood from since_at until it was corrected at until_at."""

    number: int
    edition: int
    category: str
    title: Text
    body: Text
    since_at: datetime
    until_at: datetime

    @property
    def category_label(self) -> Text:
        """The category's name."""
        return CATEGORIES[self.category]


def _view(row: Announcement) -> AnnouncementView:
    state: State = "published"
    if row.published_at is None:
        state = "draft"
    elif row.published_at > clock.now():
        state = "scheduled"
    return AnnouncementView(
        row.number,
        row.category,
        Text.of(row.title),
        Text.of(row.body),
        row.published_at,
        row.edition,
        row.corrected_at,
        Text.of(row.correction) if row.correction else None,
        state,
        row.version,
    )


def _public() -> ColumnElement[bool]:
    return Announcement.published_at <= clock.now()


def _newest_first(*conditions: ColumnElement[bool]) -> Select[Announcement]:
    return (
        select(Announcement)
        .where(*conditions)
        .order_by(Announcement.published_at.desc().nulls_first(), Announcement.number.desc())
    )


def newest(limit: int, *, category: str | None = None) -> list[AnnouncementView]:
    """The newest published announcements, newest first; of one category when it is named."""
    conditions = [_public()] + ([Announcement.category == category] if category else [])
    return [_view(row) for row in db.session.scalars(_newest_first(*conditions).limit(limit))]


def published(*, category: str | None = None, number: int = 1, per_page: int = PER_PAGE) -> Page[AnnouncementView]:
    """One page of what is published, newest first."""
    conditions = [_public()] + ([Announcement.category == category] if category else [])
    return page_of(_newest_first(*conditions), lambda row: _view(row[0]), number=number, per_page=per_page)


def one(number: int) -> AnnouncementView:
    """A published announcement; NotFound for a draft, a scheduled one and one that never was."""
    row = db.session.scalar(select(Announcement).where(Announcement.number == number, _public()))
    if row is None:
        raise NotFound(WHAT)
    return _view(row)


def former_editions(number: int) -> list[FormerView]:
    """What this announcement said before its corrections, newest first."""
    rows = db.session.scalars(
        select(FormerAnnouncement)
        .where(FormerAnnouncement.number == number)
        .order_by(FormerAnnouncement.edition.desc())
    )
    return [_former(row) for row in rows]


def former_edition(number: int, edition: int) -> FormerView:
    """One former edition; NotFound when there is none of this number."""
    row = db.session.get(FormerAnnouncement, (number, edition))
    if row is None:
        raise NotFound(WHAT)
    return _former(row)


def _former(row: FormerAnnouncement) -> FormerView:
    return FormerView(
        row.number,
        row.edition,
        row.category,
        Text.of(row.title),
        Text.of(row.body),
        row.since_at,
        row.until_at,
    )


def for_desk(*, number: int = 1, per_page: int = PER_PAGE) -> Page[AnnouncementView]:
    """One page of all announcements: drafts first, then by their time of publication."""
    actor.current().require(Permission.VIEW_SECRETARIAT)
    return page_of(_newest_first(), lambda row: _view(row[0]), number=number, per_page=per_page)


def one_for_desk(number: int) -> AnnouncementView:
    """An announcement in whatever state; NotFound when there is none."""
    actor.current().require(Permission.VIEW_SECRETARIAT)
    row = db.session.get(Announcement, number)
    if row is None:
        raise NotFound(WHAT)
    return _view(row)
