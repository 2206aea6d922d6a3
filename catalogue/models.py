"""What vendors keep (drafts), and what the secretariat published of it (immutable)."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from tenants import clock
from tenants.db import Base

LISTING_STATES = ("draft", "submitted", "returned", "approved", "published", "withdrawn")
MAXIMUM_PRICE_YEN = 1_000_000_000


class MasterVersion(Base):
    """One version of one piece of master data: core functions, an index, a scheme, the rounds.

    Rows are never changed: a new version is a new row, and the newest in effect counts.
    """

    __tablename__ = "master_version"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    kind: Mapped[str]
    key: Mapped[str] = mapped_column(doc="which one of the kind: a scheme's id, the programme's edition")
    version: Mapped[int]
    effective_from: Mapped[date]
    content: Mapped[dict[str, Any]]
    content_hash: Mapped[str]
    source: Mapped[str]
    loaded_at: Mapped[datetime] = mapped_column(default=clock.now)
    loaded_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))

    __table_args__ = (UniqueConstraint("kind", "key", "version"),)


class Listing:
    """What products and packages share: an owner, a code, a life cycle and a version."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    code: Mapped[str]
    name: Mapped[str]
    description: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(default="draft")
    return_reason: Mapped[str | None]
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now)
    version: Mapped[int] = mapped_column(default=1)

    @declared_attr
    def organisation_id(cls) -> Mapped[uuid.UUID]:  # noqa: N805  (SQLAlchemy calls it on the class)
        """The vendor it belongs to."""
        return mapped_column(ForeignKey("organisation.id"))

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805
        return {"version_id_col": cls.version}


def _listing_constraints(table: str) -> tuple[Any, ...]:
    states = ", ".join(f"'{state}'" for state in LISTING_STATES)
    return (
        UniqueConstraint("organisation_id", "code"),
        CheckConstraint(f"state IN ({states})", name="state"),
        CheckConstraint("code ~ '^[A-Za-z0-9_-]{1,40}$'", name="code"),
        CheckConstraint("length(name) BETWEEN 1 AND 120", name="name"),
        Index(f"ix_{table}_state_submitted_at", "state", "submitted_at", "id"),
        Index(f"ix_{table}_organisation_id_updated_at", "organisation_id", text("updated_at DESC"), "id"),
    )


class Product(Listing, Base):
    """A single product: software or a service that packages are built from. Prices in whole yen, tax excluded."""

    __tablename__ = "product"

    name_kana: Mapped[str] = mapped_column(default="")
    functions: Mapped[list[str]] = mapped_column(ARRAY(Text))
    cost_kind: Mapped[str]
    billing_period: Mapped[str]
    billing_unit: Mapped[str]
    standard_price_yen: Mapped[int] = mapped_column(BigInteger)
    minimum_price_yen: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (
        *_listing_constraints("product"),
        CheckConstraint(
            f"standard_price_yen BETWEEN 0 AND {MAXIMUM_PRICE_YEN}"
            " AND minimum_price_yen BETWEEN 0 AND standard_price_yen",
            name="prices",
        ),
        CheckConstraint("billing_period IN ('once', 'monthly', 'yearly', 'first_year')", name="billing_period"),
    )


class Package(Listing, Base):
    """A package of single products that raises productivity together."""

    __tablename__ = "package"

    industries: Mapped[list[str]] = mapped_column(ARRAY(Text))
    cloud_months: Mapped[int]
    traits: Mapped[dict[str, Any]] = mapped_column(default=dict, doc="kind -> codes: see catalogue/traits.py")
    effect: Mapped[dict[str, Any]] = mapped_column(default=dict, doc="what is claimed: see catalogue/effects.py")

    items: Mapped[list[PackageItem]] = relationship(
        back_populates="package", order_by="PackageItem.position", cascade="all, delete-orphan"
    )

    __table_args__ = (
        *_listing_constraints("package"),
        CheckConstraint("cloud_months BETWEEN 0 AND 120", name="cloud_months"),
    )


class PackageItem(Base):
    """So many of one product in a package."""

    __tablename__ = "package_item"

    package_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("package.id", ondelete="CASCADE"), primary_key=True)
    product_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("product.id"), primary_key=True, index=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    position: Mapped[int]
    quantity: Mapped[int]

    package: Mapped[Package] = relationship(back_populates="items")
    product: Mapped[Product] = relationship()

    __table_args__ = (CheckConstraint("quantity BETWEEN 1 AND 10000", name="quantity"),)


class Publication(Base):
    """An immutable snapshot of an approved listing. The database refuses to change or delete a row.

    content is all that the public may know: see catalogue/snapshots.py for its shape.
    """

    __tablename__ = "publication"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    number: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    kind: Mapped[str]
    code: Mapped[str]
    vendor_number: Mapped[str]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    listing_id: Mapped[uuid.UUID] = mapped_column(index=True)
    listing_version: Mapped[int]
    content: Mapped[dict[str, Any]]
    content_hash: Mapped[str]
    published_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    published_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))

    __table_args__ = (CheckConstraint("kind IN ('product', 'package')", name="kind"),)


class PublicationMinimum(Base):
    """The least each item of a published package may be sold for, as it was registered then. Never changed.

    Apart from the publication because the public may not see it: its vendor and the secretariat do.
    """

    __tablename__ = "publication_minimum"

    publication_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("publication.id"), primary_key=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    prices: Mapped[dict[str, Any]] = mapped_column(doc="product code -> whole yen for one unit, tax excluded")


class LivePublication(Base):
    """Which publication of a listing the public sees now. No row: nothing to see.

    public_key: a package's code (unique in the programme), or vendor number/code for a product.

    offer_group, offer_total_yen and offer_lines are a package's facts by which packages are weighed against each
    other, in few bytes; a trigger copies them from the publication (catalogue/offer_terms.py reads them).
    """

    __tablename__ = "live_publication"

    kind: Mapped[str] = mapped_column(primary_key=True)
    public_key: Mapped[str] = mapped_column(primary_key=True)
    listing_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    publication_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("publication.id"), unique=True)
    offer_group: Mapped[str] = mapped_column(String(collation="C"), server_default="")
    offer_total_yen: Mapped[int] = mapped_column(BigInteger, server_default="0")
    offer_lines: Mapped[list[Any]] = mapped_column(JSONB, server_default="[]")

    publication: Mapped[Publication] = relationship()

    __table_args__ = (
        Index(
            "ix_live_publication_offer",
            "offer_group",
            "offer_total_yen",
            "public_key",
            postgresql_where=text("kind = 'package'"),
        ),
    )


class Withdrawal(Base):
    """A listing left the public site: its address answers 410 with this date and reason."""

    __tablename__ = "withdrawal"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    kind: Mapped[str]
    public_key: Mapped[str]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    publication_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("publication.id"))
    reason: Mapped[str]
    withdrawn_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (Index("ix_withdrawal_kind_public_key", "kind", "public_key"),)


class IndexChange(Base):
    """A package whose search document must be made anew. Written with the publication, cleared by the worker
    only if version is still the one it worked on."""

    __tablename__ = "index_change"

    code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger, default=1)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)


class IndexRefusal(Base):
    """A published package whose document the search index does not take: set aside until it changes or is tried again.

    number: the publication that was refused. reason: the engine's words, for those who run it.
    """

    __tablename__ = "index_refusal"

    code: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
    engine: Mapped[str]
    reason: Mapped[str]
    refused_at: Mapped[datetime] = mapped_column(default=clock.now)


class IndexState(Base):
    """What the index in use was last built with. One row. basis: the versions of everything but the publications."""

    __tablename__ = "index_state"

    name: Mapped[str] = mapped_column(primary_key=True, default="packages")
    engine: Mapped[str]
    basis: Mapped[str]
    built_at: Mapped[datetime] = mapped_column(default=clock.now)


class IndexFailure(Base):
    """Why the index could not be written the last time; gone when it could. name: changes or rebuild. code: as the search
    says it."""

    __tablename__ = "index_failure"

    name: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str]


class UploadedFile(Base):
    """A file on its way through an import: uploaded, previewed, loaded; afterwards what was refused of it.

    Only the person who uploaded it reads it, for an hour. part: vendors, products, packages while it waits;
    refused_products… and result once it was loaded.
    """

    __tablename__ = "uploaded_file"

    upload_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(primary_key=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column(index=True)

    __table_args__ = (Index("ix_uploaded_file_person_id", "person_id"),)
