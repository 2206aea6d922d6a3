"""Invitations to an organisation, and the secretariat's looks into one."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from tenants import clock
from tenants.db import Base


class Invitation(Base):
    """Somebody was asked by mail to join an organisation. email is personal data.

    The letter holds a token, this row its hash; it opens the door once, until expires_at. Resending it makes a new
    token, and the old one is worth nothing from then on.
    """

    __tablename__ = "invitation"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    email: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    language: Mapped[str] = mapped_column(default="ja", doc="of the letter")
    token_hash: Mapped[str] = mapped_column(unique=True)
    invited_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    inviter_name: Mapped[str] = mapped_column(doc="as it was then; personal data")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    sent_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    revoked_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("(accepted_at IS NULL) = (accepted_by IS NULL)", name="accepted"),
        CheckConstraint("accepted_at IS NULL OR revoked_at IS NULL", name="one_end"),
        Index("ix_invitation_organisation_id_created_at", "organisation_id", "created_at"),
        # One letter at a time to one address.
        Index(
            "uq_invitation_open",
            "organisation_id",
            "email",
            unique=True,
            postgresql_where="accepted_at IS NULL AND revoked_at IS NULL",
        ),
    )


class SupportView(Base):
    """Somebody of the secretariat looked at an organisation's pages: who, when, why. Both sides may read it.

    expires_at: an hour after opened_at at the latest. closed_at: when it ended, by a button or by itself.
    """

    __tablename__ = "support_view"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), doc="which was looked at")
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    person_name: Mapped[str] = mapped_column(doc="as it was then; personal data")
    reason: Mapped[str]
    opened_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("expires_at <= opened_at + interval '60 minutes'", name="an_hour"),
        CheckConstraint("length(trim(reason)) > 0", name="reason"),
        Index("ix_support_view_organisation_id_opened_at", "organisation_id", "opened_at"),
    )
