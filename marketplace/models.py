"""What an SME told about itself once, and its grant applications."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.quotes.models import Quote
from tenants import clock
from tenants.db import Base

_PARTIES = ("sme_id", "vendor_id")


class ApplicantProfile(Base):
    """An SME's own facts, said once: what eligibility and every estimate are worked out from."""

    __tablename__ = "applicant_profile"

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    kind: Mapped[str]
    jsic: Mapped[str]
    capital_yen: Mapped[int | None] = mapped_column(BigInteger)
    employees: Mapped[int]
    answers: Mapped[dict[str, Any]] = mapped_column(doc="the deemed-large-enterprise questions")
    eligibility: Mapped[dict[str, Any]] = mapped_column(doc="result, rule by rule, as it was shown")
    rules_version: Mapped[str]
    checked_on: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        CheckConstraint("employees BETWEEN 0 AND 1000000", name="employees"),
        CheckConstraint("capital_yen BETWEEN 0 AND 1000000000000", name="capital_yen"),
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  (SQLAlchemy's own declaration)


class GrantApplication(Base):
    """A grant application (交付申請). What was chosen is frozen here: the publication, its prices, the scheme.

    chosen: the publication's snapshot; with a quote, its lines and prices in place of the listed ones, and under
    ``quote`` which one it is. estimate: as it was shown. applicant: what both parties may know of the SME
    as of the choice (its figures are in ApplicationFigures). prepared: what the vendor filled in for the SME.
    confirmed_hash, confirmed_at, confirmed_by: the consent that counts now, None when it is void; the document
    itself stays in the step that gave it.
    """

    __tablename__ = "grant_application"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    number: Mapped[int] = mapped_column(BigInteger, Identity(start=100001), unique=True)
    sme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    vendor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    publication_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("publication.id"))
    quote_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Quote.id), index=True)
    round_id: Mapped[str]
    scheme_id: Mapped[str]
    scheme_version: Mapped[int]
    package_code: Mapped[str]
    sme_name: Mapped[str]
    vendor_name: Mapped[str]
    chosen: Mapped[dict[str, Any]]
    estimate: Mapped[dict[str, Any]]
    applicant: Mapped[dict[str, Any]]
    prepared: Mapped[dict[str, Any] | None]
    confirmed_hash: Mapped[str | None]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    submitted_at: Mapped[datetime | None]
    state: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now)
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        *(Index(f"ix_grant_application_{one}_updated_at", one, text("updated_at DESC"), "id") for one in _PARTIES),
        *(
            Index(f"ix_grant_application_{one}_state", one, "state", postgresql_include=[other])
            for one, other in (_PARTIES, _PARTIES[::-1])
        ),
        Index(
            "uq_grant_application_sme_id_round_id",
            "sme_id",
            "round_id",
            unique=True,
            postgresql_where=text("state NOT IN ('declined', 'withdrawn')"),
        ),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_hash IS NULL)", name="confirmed"),
        CheckConstraint("(submitted_at IS NULL) OR (confirmed_hash IS NOT NULL)", name="submitted_confirmed"),
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  (SQLAlchemy's own declaration)


class ApplicationFigures(Base):
    """The SME's own figures as of the choice, frozen: capital, employees, eligibility. Never changed.

    A table of its own because the vendor may not see them: row-level security lets the SME and the secretariat in.
    """

    __tablename__ = "application_figures"

    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("grant_application.id"), primary_key=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True, doc="the SME")
    content: Mapped[dict[str, Any]]


class ApplicationStep(Base):
    """One step an application took: shown as its history to those who may see it. Never changed.

    document, document_hash: for prepare the text that was sent for confirmation, for confirm the frozen copy of
    exactly what was agreed to; a consent stays on record here when a later change voids it.
    """

    __tablename__ = "application_step"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("grant_application.id"), index=True)
    sme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    vendor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    step: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    organisation_name: Mapped[str]
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str] = mapped_column(default="")
    document: Mapped[dict[str, Any] | None]
    document_hash: Mapped[str | None]
    taken_at: Mapped[datetime] = mapped_column(default=clock.now)
