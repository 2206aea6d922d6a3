"""Enquiries with their messages and attachments."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from tenants import clock
from tenants.db import Base


class Enquiry(Base):
    """What an SME asks the vendor of a package.

    released: what the SME lets the vendor know of it, as it was when it asked: {name, industry, size, prefecture},
    each {ja, en}; what is not in it the vendor does not learn here. sme_read_at, vendor_read_at: until when each
    side has read the messages. last_message_at: of either side; the age of what waits.
    """

    __tablename__ = "enquiry"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    number: Mapped[int] = mapped_column(BigInteger, Identity(start=200001), unique=True)
    sme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    vendor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    publication_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("publication.id"))
    package_code: Mapped[str]
    package_name: Mapped[str]
    vendor_name: Mapped[str]
    released: Mapped[dict[str, Any]]
    state: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    last_message_at: Mapped[datetime] = mapped_column(default=clock.now)
    sme_read_at: Mapped[datetime | None]
    vendor_read_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        Index("ix_enquiry_sme_id_last_message_at", "sme_id", "last_message_at"),
        Index("ix_enquiry_vendor_id_last_message_at", "vendor_id", "last_message_at"),
        CheckConstraint("state IN ('asked', 'answered', 'closed')", name="state"),
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  (SQLAlchemy's own declaration)


class EnquiryMessage(Base):
    """One message. Never changed; only the two sides read it."""

    __tablename__ = "enquiry_message"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    enquiry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enquiry.id"), index=True)
    sme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    vendor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    side: Mapped[str] = mapped_column(doc="who wrote it: sme or vendor")
    written_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    body: Mapped[str]
    sent_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (
        CheckConstraint("side IN ('sme', 'vendor')", name="side"),
        CheckConstraint("length(body) BETWEEN 1 AND 4000", name="body"),
    )


class EnquiryAttachment(Base):
    """A file of a message: kept in quarantine like all files, then open to both sides. Never changed."""

    __tablename__ = "enquiry_attachment"

    file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stored_file.id"), primary_key=True)
    message_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enquiry_message.id"), index=True)
    sme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    vendor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
