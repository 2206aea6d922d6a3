"""Quotes: one row for each numbered version."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Sequence, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.enquiries.models import Enquiry
from tenants import clock
from tenants.db import Base

NUMBERS = Sequence("quote_number", start=300001, metadata=Base.metadata)
STATES = ("draft", "sent", "accepted", "declined", "withdrawn", "expired", "replaced")


class Quote(Base):
    """One version of a quote (見積書). While it is a draft only its vendor sees it; once sent it never changes.

    number: the quote's; edition: its version, from 1. content: what is offered (marketplace/quotes/rules.py).
    recipient: the business's name if it let the vendor know it, else empty. valid_until: the last day in Japan on
    which it can be accepted. answer: why it was declined or withdrawn.
    """

    __tablename__ = "quote"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    number: Mapped[int] = mapped_column(BigInteger, NUMBERS, server_default=NUMBERS.next_value())
    edition: Mapped[int] = mapped_column(default=1)
    enquiry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Enquiry.id), index=True)
    sme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    vendor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    publication_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("publication.id"))
    package_code: Mapped[str]
    vendor_name: Mapped[str]
    recipient: Mapped[str]
    content: Mapped[dict[str, Any]]
    content_hash: Mapped[str]
    valid_until: Mapped[date]
    state: Mapped[str]
    sent_at: Mapped[datetime | None]
    sent_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    answer: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now)
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        UniqueConstraint("number", "edition"),
        Index("ix_quote_sme_id_sent_at", "sme_id", "sent_at"),
        Index("ix_quote_vendor_id_updated_at", "vendor_id", "updated_at"),
        # Of one quote: one draft at a time, one version on offer, one acceptance ever.
        Index("uq_quote_number_draft", "number", unique=True, postgresql_where=text("state = 'draft'")),
        Index("uq_quote_number_sent", "number", unique=True, postgresql_where=text("state = 'sent'")),
        Index("uq_quote_number_accepted", "number", unique=True, postgresql_where=text("state = 'accepted'")),
        CheckConstraint("state IN ('" + "', '".join(STATES) + "')", name="state"),
        CheckConstraint("(state = 'draft') = (sent_at IS NULL)", name="sent"),
        CheckConstraint("edition BETWEEN 1 AND 1000", name="edition"),
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  (SQLAlchemy's own declaration)
