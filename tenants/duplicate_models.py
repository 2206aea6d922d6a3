"""What the secretariat found of two records that looked like one business."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants import clock
from tenants.db import Base


class DuplicateVerdict(Base):
    """Two organisations, and whether they are one. first_id < second_id, and a pair has one verdict at a time.

    verdict: different, or same. kept_id: of two records of one kind that are the same, the account that goes on; a
    vendor and an applicant both go on. reason: the secretariat's own, in words. reopened_at, by, reason: the verdict
    was taken back, and the pair is open again.
    """

    __tablename__ = "duplicate_verdict"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    first_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    second_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    verdict: Mapped[str]
    kept_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    reason: Mapped[str]
    decided_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    reopened_at: Mapped[datetime | None]
    reopened_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    reopened_reason: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("first_id < second_id", name="once"),
        CheckConstraint("verdict IN ('different', 'same')", name="verdict"),
        CheckConstraint("kept_id IS NULL OR (verdict = 'same' AND kept_id IN (first_id, second_id))", name="kept"),
        CheckConstraint("length(trim(reason)) > 0", name="reason"),
        CheckConstraint(
            "num_nulls(reopened_at, reopened_by, reopened_reason) IN (0, 3)"
            " AND (reopened_reason IS NULL OR length(trim(reopened_reason)) > 0)"
            " AND (reopened_at IS NULL OR kept_id IS NULL)",
            name="reopened",
        ),
        Index(
            "uq_duplicate_verdict_first_id_second_id",
            "first_id",
            "second_id",
            unique=True,
            postgresql_where=text("reopened_at IS NULL"),
        ),
    )
