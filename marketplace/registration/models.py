"""A vendor's registration: what it says, its papers, and every step it took."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.registration.lifecycle import REGISTRATION
from tenants import clock
from tenants.db import Base

_STATES = "', '".join(state.code for state in REGISTRATION.states)


class VendorRegistration(Base):
    """A registration (登録申請) of a vendor for a fiscal year. content holds names, telephones: personal data.

    content: {section: {field: value}}, section_versions: {section: version}, so that two people may write in two
    sections at once. form_version: the form it is written on. returned: {section: reason} while it is returned;
    only those sections may be changed then, until corrections_due_at. declarations: [{code, text_version, text,
    agreed_at, person_id}]. submitted_copy: exactly what was handed in last. renews_id: the registration of the
    year before. paper: entered by the secretariat, received on paper_received_on (a day in Japan).
    """

    __tablename__ = "vendor_registration"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    number: Mapped[int] = mapped_column(BigInteger, Identity(start=300001), unique=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    round_id: Mapped[str]
    fiscal_year: Mapped[int] = mapped_column(doc="April to March in Japan, by the year it begins in")
    renews_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("vendor_registration.id"))
    paper: Mapped[bool] = mapped_column(default=False)
    paper_received_on: Mapped[date | None]
    form_version: Mapped[str]
    state: Mapped[str] = mapped_column(default="draft")
    content: Mapped[dict[str, Any]] = mapped_column(default=dict)
    section_versions: Mapped[dict[str, Any]] = mapped_column(default=dict)
    returned: Mapped[dict[str, Any] | None]
    corrections_due_at: Mapped[datetime | None]
    declarations: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    submitted_at: Mapped[datetime | None]
    submitted_copy: Mapped[dict[str, Any] | None]
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now)
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        CheckConstraint(f"state IN ('{_STATES}')", name="state"),
        CheckConstraint("paper OR paper_received_on IS NULL", name="paper"),
        CheckConstraint("(submitted_at IS NULL) = (submitted_copy IS NULL)", name="submitted_copy"),
        CheckConstraint("(returned IS NULL) = (corrections_due_at IS NULL)", name="returned"),
        Index(
            "uq_vendor_registration_organisation_id",
            "organisation_id",
            unique=True,
            postgresql_where=text("state IN ('draft', 'submitted', 'returned', 'in_committee', 'appealed')"),
        ),
        Index("ix_vendor_registration_state_submitted_at", "state", "submitted_at", "id"),
        Index("ix_vendor_registration_organisation_id_created_at", "organisation_id", "created_at"),
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  (SQLAlchemy's own declaration)


class RegistrationPaper(Base):
    """A paper attached to a registration (登記事項証明書 …). Once handed in it stays; removed_at takes it off."""

    __tablename__ = "registration_paper"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    registration_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("vendor_registration.id"), index=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    kind: Mapped[str] = mapped_column(doc="which paper of the form's data")
    file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stored_file.id"), unique=True)
    attached_at: Mapped[datetime] = mapped_column(default=clock.now)
    removed_at: Mapped[datetime | None]


class RegistrationStep(Base):
    """One step a registration took: its history. Never changed.

    note: the reason given with the step; reasons: {section: reason} of a return. document, document_hash: the
    frozen copy of exactly what was handed in, for submit and receive.
    """

    __tablename__ = "registration_step"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    registration_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("vendor_registration.id"), index=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    step: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    by_secretariat: Mapped[bool]
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str] = mapped_column(default="")
    reasons: Mapped[dict[str, Any] | None]
    document: Mapped[dict[str, Any] | None]
    document_hash: Mapped[str | None]
    taken_at: Mapped[datetime] = mapped_column(default=clock.now)
