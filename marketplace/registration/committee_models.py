"""The review committee's tables: relations, turns, assignments, scores, remarks; and how vendors stand.

Names of members, what they declare and what they mark are personal data: no vendor reads any of it.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tenants import clock
from tenants.db import Base


class CommitteeRelation(Base):
    """A relation a committee member declared once for all reviews (personal data). ended_on: the last day it held."""

    __tablename__ = "committee_relation"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str]
    name: Mapped[str]
    corporate_number: Mapped[str | None]
    note: Mapped[str] = mapped_column(default="")
    declared_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (CheckConstraint("corporate_number ~ '^[0-9]{13}$'", name="corporate_number"),)


class CommitteeTurn(Base):
    """One time that a registration is before the committee; an appeal makes another.

    rules: the criteria it is scored by, frozen. waiting, submitted: how many members are still to score, and have
    scored; kept by the database. opened_at: when all had scored and the marks were shown. closed_at: when decided.
    """

    __tablename__ = "committee_turn"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    registration_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("vendor_registration.id"))
    number: Mapped[int]
    rules: Mapped[dict[str, Any]]
    rules_version: Mapped[int]
    quorum: Mapped[int]
    waiting: Mapped[int] = mapped_column(default=0)
    submitted: Mapped[int] = mapped_column(default=0)
    began_at: Mapped[datetime] = mapped_column(default=clock.now)
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("registration_id", "number"),
        CheckConstraint("quorum >= 2 AND waiting >= 0 AND submitted >= 0", name="counts"),
    )


class CommitteePaper(Base):
    """A paper that lies before the committee in a turn: what the registration had attached when the turn began."""

    __tablename__ = "committee_paper"

    turn_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("committee_turn.id"), primary_key=True)
    file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stored_file.id"), primary_key=True, index=True)
    kind: Mapped[str]


class CommitteeAssignment(Base):
    """A member's part in a turn. Before saying whether there is a conflict, the member sees only what is here.

    parties: applicant and related companies [{name, number, related}]. declared: none | conflict, None before.
    ended_at, ended_why: the assignment ended without a score (conflict | released).
    """

    __tablename__ = "committee_assignment"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    turn_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("committee_turn.id"))
    registration_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("vendor_registration.id"), index=True)
    registration_number: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    person_name: Mapped[str]
    parties: Mapped[list[dict[str, Any]]]
    declared: Mapped[str | None]
    declared_note: Mapped[str] = mapped_column(default="")
    declared_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str | None]
    assigned_at: Mapped[datetime] = mapped_column(default=clock.now)
    version: Mapped[int] = mapped_column(default=1)

    turn: Mapped[CommitteeTurn] = relationship()

    __table_args__ = (
        UniqueConstraint("turn_id", "person_id"),
        Index("ix_committee_assignment_person_id_assigned_at", "person_id", "assigned_at"),
        CheckConstraint("declared IN ('none', 'conflict')", name="declared"),
        CheckConstraint("submitted_at IS NULL OR (declared = 'none' AND ended_at IS NULL)", name="submitted"),
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  (SQLAlchemy's own declaration)


class CommitteeScore(Base):
    """A member's mark and comment on one criterion, saved as they go. points: None before it is marked."""

    __tablename__ = "committee_score"

    assignment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("committee_assignment.id"), primary_key=True)
    criterion: Mapped[str] = mapped_column(primary_key=True)
    turn_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("committee_turn.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    points: Mapped[int | None]
    comment: Mapped[str] = mapped_column(default="")
    saved_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now)


class CommitteeRevision(Base):
    """A mark changed after all marks were shown, with the reason. Never changed."""

    __tablename__ = "committee_revision"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    turn_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("committee_turn.id"), index=True)
    assignment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("committee_assignment.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    person_name: Mapped[str]
    criterion: Mapped[str]
    before_points: Mapped[int]
    after_points: Mapped[int]
    reason: Mapped[str]
    revised_at: Mapped[datetime] = mapped_column(default=clock.now)


class CommitteeRemark(Base):
    """What was said in the discussion of a turn, by a member or the secretariat. Never changed."""

    __tablename__ = "committee_remark"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    turn_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("committee_turn.id"), index=True)
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    author: Mapped[str]
    words: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(default=clock.now)


class AdoptionEntry(Base):
    """An adopted registration whose adoption was published (採択公表), in which announcement. Never changed."""

    __tablename__ = "adoption_entry"

    registration_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("vendor_registration.id"), primary_key=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    announcement_number: Mapped[int] = mapped_column(BigInteger)
    published_at: Mapped[datetime] = mapped_column(default=clock.now)


class VendorCase(Base):
    """A vendor was suspended, revoked or let expire: what its cascade did belongs to this case.

    kind: suspended | revoked | expired. ended_at: when it was undone; a revocation ends with a new registration.
    """

    __tablename__ = "vendor_case"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[str]
    reason: Mapped[str]
    listings: Mapped[int] = mapped_column(default=0)
    applications: Mapped[int] = mapped_column(default=0)
    began_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]
    ended_reason: Mapped[str | None]

    __table_args__ = (
        Index("ix_vendor_case_organisation_id_began_at", "organisation_id", "began_at"),
        Index(
            "uq_vendor_case_organisation_id",
            "organisation_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("kind IN ('suspended', 'revoked', 'expired')", name="kind"),
    )


class ApplicationFlag(Base):
    """Why an application cannot go on for now: its vendor does not stand. Both parties and the secretariat see it."""

    __tablename__ = "application_flag"

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("vendor_case.id"), primary_key=True)
    application_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("grant_application.id"), primary_key=True, index=True
    )
    sme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    vendor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    kind: Mapped[str]
    raised_at: Mapped[datetime] = mapped_column(default=clock.now)
    cleared_at: Mapped[datetime | None]


class RenewalReminder(Base):
    """A vendor was reminded to renew, so many days before its fiscal year's end: once each."""

    __tablename__ = "renewal_reminder"

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    fiscal_year: Mapped[int] = mapped_column(primary_key=True)
    days_before: Mapped[int] = mapped_column(primary_key=True)
    reminded_on: Mapped[date]
