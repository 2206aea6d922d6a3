"""What is to be told, who was told in the inbox and by mail, and what each person wants to get."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from tenants import clock
from tenants.db import Base

MAIL_STATES = ("queued", "sent", "failed", "bounced", "suppressed")
# Only to pages of this site: "/", then neither a slash nor a backslash, which browsers take for another host.
ON_SITE = r"link ~ '^/([^/\\].*)?$' AND link !~ '[[:space:][:cntrl:]]'"


class Posting(Base):
    """Something to be told, written together with its cause; the job worker turns it into notices and mails.

    To exactly one of: a person, an address (personal data), the members of an organisation, the members of all
    organisations of a kind. It is deleted when it has been told: its link may hold a secret (an invitation).
    """

    __tablename__ = "notice_posting"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    template: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(doc="{name: {ja, en}}")
    link: Mapped[str]
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("organisation.id"), index=True, doc="whose members; with person_id: for which they act"
    )
    organisation_kind: Mapped[str | None]
    permission: Mapped[str | None] = mapped_column(doc="only members who have it")
    address: Mapped[str | None]
    language: Mapped[str] = mapped_column(default="ja", doc="of an address; a person has a language of their own")
    written_by: Mapped[uuid.UUID | None]
    stop_link: Mapped[str | None] = mapped_column(doc="the path that stops such mails with one press")
    created_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)

    __table_args__ = (
        CheckConstraint(ON_SITE, name="link"),
        CheckConstraint(ON_SITE.replace("link ", "stop_link "), name="stop_link"),
        CheckConstraint(
            "CASE WHEN person_id IS NOT NULL THEN num_nonnulls(organisation_kind, address) = 0"
            " ELSE num_nonnulls(organisation_id, organisation_kind, address) = 1 END",
            name="addressee",
        ),
    )


class Notice(Base):
    """One person's notice in their inbox; read_at: when they opened it."""

    __tablename__ = "notice"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("organisation.id"), index=True, doc="for which the person acts on it"
    )
    template: Mapped[str]
    category: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(doc="{name: {ja, en}}")
    link: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    read_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(ON_SITE, name="link"),
        Index("ix_notice_person_id_created_at", "person_id", "created_at"),
        Index("ix_notice_unread", "person_id", postgresql_where="read_at IS NULL"),
    )


class OutgoingMail(Base):
    """The envelope of one mail to one address (personal data) and what became of it.

    due_at: not before this moment. queued_at: counted from here it is given up. last_error: what the mail server
    answered, without secrets. message_id: the same at every attempt, so that a receiver can tell a second copy.
    """

    __tablename__ = "outgoing_mail"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    address: Mapped[str]
    display_name: Mapped[str] = mapped_column(default="")
    language: Mapped[str]
    template: Mapped[str]
    category: Mapped[str]
    subject: Mapped[str]
    state: Mapped[str] = mapped_column(default="queued")
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(default="")
    message_id: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    queued_at: Mapped[datetime] = mapped_column(default=clock.now)
    due_at: Mapped[datetime] = mapped_column(default=clock.now)
    settled_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("state IN ('" + "', '".join(MAIL_STATES) + "')", name="state"),
        Index("ix_outgoing_mail_due", "due_at", postgresql_where="state = 'queued'"),
        Index("ix_outgoing_mail_state_created_at", "state", "created_at"),
    )


class MailBody(Base):
    """A mail's words until it has gone; deleted then, for they may hold a secret (an invitation's link)."""

    __tablename__ = "outgoing_mail_body"

    mail_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("outgoing_mail.id", ondelete="CASCADE"), primary_key=True
    )
    body: Mapped[str]
    stop_link: Mapped[str | None]


class NoticePreference(Base):
    """How one person wants to be told: the language of their mails, and which categories not to send by mail."""

    __tablename__ = "notice_preference"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    language: Mapped[str] = mapped_column(default="ja")
    declined: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)

    __table_args__ = (CheckConstraint("language IN ('ja', 'en')", name="language"),)


class MailSuppression(Base):
    """An address (personal data, in small letters) that cannot be reached: nothing more is sent to it."""

    __tablename__ = "mail_suppression"

    address: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(doc="refused (by the server, at once) or bounced (came back)")
    detail: Mapped[str] = mapped_column(default="", doc="what the mail server said")
    since: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (CheckConstraint("reason IN ('refused', 'bounced')", name="reason"),)
