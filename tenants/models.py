"""Organisations, people, and the ways they sign in."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, event, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tenants import clock
from tenants.db import Base
from tenants.same_business import address_key, match_key, person_key

ORGANISATION_KINDS = ("vendor", "sme", "secretariat", "committee")
# How a vendor stands with the programme; only those adopted may offer anything.
STANDINGS = ("applicant", "adopted", "suspended", "revoked", "expired")


class Organisation(Base):
    """A vendor, an SME, the secretariat or the review committee."""

    __tablename__ = "organisation"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    kind: Mapped[str]
    corporate_number: Mapped[str | None]
    name: Mapped[str]
    name_kana: Mapped[str] = mapped_column(default="")
    prefecture: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    registered_on: Mapped[date | None] = mapped_column(doc="the day a vendor was adopted, in Japan")
    standing: Mapped[str | None] = mapped_column(doc="a vendor's, one of STANDINGS; None for all others")
    form: Mapped[str | None] = mapped_column(doc="corporation or sole_proprietor; None for offices")
    invoice_number: Mapped[str | None] = mapped_column(doc="T and 13 digits, of a registered invoice issuer")
    jsic: Mapped[str] = mapped_column(default="", server_default="", doc="the industry: a letter and digits")
    telephone: Mapped[str] = mapped_column(default="", server_default="")
    representative: Mapped[str] = mapped_column(default="", server_default="", doc="personal data")
    number_verified_at: Mapped[datetime | None] = mapped_column(doc="since when the corporate number is fixed")
    closed_at: Mapped[datetime | None] = mapped_column(doc="the account was closed in favour of closed_into")
    closed_into: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    match_key: Mapped[str | None] = mapped_column(doc="equal for records of one business (tenants.same_business)")
    address_key: Mapped[str] = mapped_column(
        default="", server_default="", doc="equal for one place; empty: unknown"
    )
    representative_key: Mapped[str] = mapped_column(
        default="", server_default="", doc="as address_key; personal data"
    )
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (
        CheckConstraint(
            "kind IN ('" + "', '".join(ORGANISATION_KINDS) + "')",
            name="kind",
        ),
        CheckConstraint("corporate_number ~ '^[0-9]{13}$'", name="corporate_number"),
        CheckConstraint(
            "CASE WHEN kind = 'vendor' THEN coalesce(standing, '') IN ('"
            + "', '".join(STANDINGS)
            + "') ELSE standing IS NULL END",
            name="standing",
        ),
        CheckConstraint("form IN ('corporation', 'sole_proprietor')", name="form"),
        CheckConstraint("(closed_at IS NULL) = (closed_into IS NULL)", name="closed"),
        CheckConstraint(
            "form IS DISTINCT FROM 'sole_proprietor' OR corporate_number IS NULL",
            name="no_number_of_a_sole_proprietor",
        ),
        CheckConstraint("invoice_number ~ '^T[0-9]{13}$'", name="invoice_number"),
        Index("ix_organisation_kind_match_key", "kind", "match_key"),
        *(
            Index(f"ix_organisation_kind_{name}", "kind", name, postgresql_where=text(f"{name} <> ''"))
            for name in ("address_key", "representative_key", "telephone")
        ),
        Index(
            "ix_organisation_kind_number",
            "kind",
            text("coalesce(corporate_number, substr(invoice_number, 2))"),
        ),
        Index(
            "uq_organisation_kind_corporate_number",
            "kind",
            "corporate_number",
            unique=True,
        ),
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  (SQLAlchemy's own declaration)


@event.listens_for(Organisation, "before_insert")
@event.listens_for(Organisation, "before_update")
def _match(_mapper: object, _connection: object, organisation: Organisation) -> None:
    """The keys by which one business is found twice follow its name, address and representative."""
    prefecture, address = organisation.prefecture or "", organisation.address or ""
    organisation.match_key = match_key(organisation.name, prefecture, address)
    organisation.address_key = address_key(prefecture, address)
    organisation.representative_key = person_key(organisation.representative or "")


class Person(Base):
    """Somebody who signs in. name and email are personal data."""

    __tablename__ = "person"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    name: Mapped[str]
    email: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    memberships: Mapped[list[Membership]] = relationship(back_populates="person")


class ExternalIdentity(Base):
    """A person as an identity provider knows them; the provider is named as in the settings."""

    __tablename__ = "external_identity"

    provider: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    last_sign_in_at: Mapped[datetime | None]


class IdentityFacts(Base):
    """What a provider that vouches for businesses (GビズID) says of a person and the business they act for.

    Personal data: it says for whom a person works. account_type: entry, prime or member. corp_type: corporation or
    sole_proprietor. verified_at: when the provider last said so.
    """

    __tablename__ = "identity_facts"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    provider: Mapped[str] = mapped_column(primary_key=True)
    account_type: Mapped[str]
    corp_type: Mapped[str | None]
    corporate_number: Mapped[str | None]
    name: Mapped[str] = mapped_column(default="", doc="of the business")
    name_kana: Mapped[str] = mapped_column(default="")
    prefecture: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    verified_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("account_type IN ('entry', 'prime', 'member')", name="account_type"),
        CheckConstraint("corp_type IN ('corporation', 'sole_proprietor')", name="corp_type"),
        CheckConstraint("corporate_number ~ '^[0-9]{13}$'", name="corporate_number"),
    )


class MirasapoAccount(Base):
    """The ミラサポ id of a person, as the edition of 2017 asks for it. Personal data.

    verified_at: when their provider said so; None while the person alone says it, and then it opens no door.
    """

    __tablename__ = "mirasapo_account"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    mirasapo_id: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)
    verified_at: Mapped[datetime | None]


class Membership(Base):
    """A person's role in an organisation; several rows for several roles."""

    __tablename__ = "membership"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    person: Mapped[Person] = relationship(back_populates="memberships")
    organisation: Mapped[Organisation] = relationship()

    __table_args__ = (UniqueConstraint("organisation_id", "person_id", "role"),)


class SignInSession(Base):
    """A signed-in browser. The cookie holds a token; only its hash is kept here.

    id: what the person's own list of sessions calls it. device, network: short words to know a browser again by,
    personal data like the rest. authenticated_at: when the provider last saw the person prove who they are.
    """

    __tablename__ = "sign_in_session"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    seen_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]
    authenticated_at: Mapped[datetime] = mapped_column(default=clock.now)
    provider: Mapped[str] = mapped_column(default="")
    device: Mapped[str] = mapped_column(default="")
    network: Mapped[str] = mapped_column(default="")
