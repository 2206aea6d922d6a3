"""What the API answers of the programme: announcements and briefings (see :mod:`web.api.answers`)."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from web.api.answers import Answer


class AnnouncementAnswer(Answer):
    """An announcement of the secretariat (お知らせ) as it stands now; former editions stay readable on its page."""

    number: int
    category: str
    category_label: str
    title: str
    body: str = Field(description="Plain text; an empty line parts paragraphs.")
    published_at: datetime
    edition: int = Field(description="1, then one more with each correction.")
    corrected_at: datetime | None
    correction: str | None = Field(description="What the last correction changed.")
    href: str


class AnnouncementPage(Answer):
    """One page of announcements, newest first."""

    items: list[AnnouncementAnswer]
    total: int
    page: int
    per_page: int
    pages: int


class BriefingAnswer(Answer):
    """A briefing (説明会). How to join online is told to those who hold a seat, and not here."""

    number: int
    title: str
    description: str
    audience: str
    audience_label: str
    starts_at: datetime
    ends_at: datetime
    booking_closes_at: datetime
    place: str
    online: bool
    seats: int
    free: int = Field(ge=0, description="Seats that nobody has booked.")
    waiting: int = Field(ge=0, description="People on the waiting list.")
    state: Literal["cancelled", "over", "begun", "closed", "full", "open"]
    state_label: str
    cancelled_reason: str
    href: str
    calendar_href: str


class BriefingPage(Answer):
    """One page of briefings: those to come by their beginning, those that are over the latest first."""

    items: list[BriefingAnswer]
    total: int
    page: int
    per_page: int
    pages: int
