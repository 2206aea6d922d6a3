"""Announcements (お知らせ) as they stand, and as they stood before a correction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from tenants import clock
from tenants.db import Base


class Announcement(Base):
    """What the secretariat tells everybody: its newest edition.

    title, body: {ja, en}, plain text; body's paragraphs are parted by an empty line. published_at: None for a
    draft; later than now: scheduled, and nobody but the secretariat is shown it until then. edition: 1 as first
    published, one more with each correction; corrected_at, correction: when the newest edition replaced the one
    before it, and what was corrected. subject_kind, subject_id: what it is about, where it is about one thing.
    """

    __tablename__ = "announcement"

    number: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    category: Mapped[str]
    title: Mapped[dict[str, Any]]
    body: Mapped[dict[str, Any]]
    published_at: Mapped[datetime | None]
    edition: Mapped[int] = mapped_column(default=1)
    corrected_at: Mapped[datetime | None]
    correction: Mapped[dict[str, Any] | None]
    subject_kind: Mapped[str | None]
    subject_id: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now)
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        Index("ix_announcement_published_at_number", "published_at", "number"),
        Index("ix_announcement_subject", "subject_kind", "subject_id"),
        CheckConstraint("(subject_kind IS NULL) = (subject_id IS NULL)", name="subject"),
        CheckConstraint(
            "(edition > 1) = (corrected_at IS NOT NULL AND correction IS NOT NULL)", name="correction"
        ),
        CheckConstraint("edition = 1 OR published_at IS NOT NULL", name="published"),
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  (SQLAlchemy's own declaration)


class FormerAnnouncement(Base):
    """An edition that was published and then corrected, kept as it stood from since_at until until_at. Never changed.

    correction: what this edition itself corrected; None for the first.
    """

    __tablename__ = "former_announcement"

    number: Mapped[int] = mapped_column(ForeignKey("announcement.number"), primary_key=True, autoincrement=False)
    edition: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    category: Mapped[str]
    title: Mapped[dict[str, Any]]
    body: Mapped[dict[str, Any]]
    correction: Mapped[dict[str, Any] | None]
    since_at: Mapped[datetime]
    until_at: Mapped[datetime]
