"""What the secretariat found of two records that looked like one business."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tenants import clock
from tenants.db import Base


class DuplicateVerdict(Base):
    """Two organisations, and whether they are one. first_id < second_id, so a pair is there once.

    verdict: different, or same: then kept_id is the account that goes on. reason: the secretariat's own, in words.
    """

    __tablename__ = "duplicate_verdict"

    first_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    second_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True, index=True)
    verdict: Mapped[str]
    kept_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    reason: Mapped[str]
    decided_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (
        CheckConstraint("first_id < second_id", name="once"),
        CheckConstraint("verdict IN ('different', 'same')", name="verdict"),
        CheckConstraint(
            "CASE WHEN verdict = 'same' THEN coalesce(kept_id IN (first_id, second_id), false)"
            " ELSE kept_id IS NULL END",
            name="kept",
        ),
        CheckConstraint("length(trim(reason)) > 0", name="reason"),
    )
