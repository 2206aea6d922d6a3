"""One business that is a vendor and an applicant: found across the two kinds, by number or by name and address.

Within a kind a second account is a mistake (tenants.duplicates). Across kinds it may be right: a vendor may buy tools of
another one. What must not be is that it files for itself (marketplace.applications); the secretariat sees the pairs.
Neither side is told of the other.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select, union_all
from sqlalchemy.orm import aliased

from tenants.actor import current
from tenants.db import db
from tenants.duplicates import By
from tenants.models import Organisation
from tenants.paging import Page, page_of
from tenants.permissions import Permission


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a business as the secretariat sees it beside another. kind: vendor or sme."""

    id: uuid.UUID
    kind: str
    name: str
    corporate_number: str | None
    prefecture: str
    address: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Alike:
    """A record that is like another one. by: what they have in common; a number is certain."""

    by: By
    record: Record


@dataclass(frozen=True, slots=True)
class BothKinds:
    """A vendor and an applicant that may be one business."""

    by: By
    vendor: Record
    applicant: Record


def _digits(row: Any) -> Any:
    return func.coalesce(row.corporate_number, func.substr(row.invoice_number, 2))


def _record(row: Organisation) -> Record:
    return Record(row.id, row.kind, row.name, row.corporate_number, row.prefecture, row.address, row.created_at)


def alike(organisation_id: uuid.UUID) -> tuple[Alike, ...]:
    """The open records, vendors and applicants, that may be the business of this one; by number first.

    For the secretariat: nobody else hears who else is registered.
    """
    current().require(Permission.VIEW_SECRETARIAT)
    this = db.session.get_one(Organisation, organisation_id)
    number = this.corporate_number or (this.invoice_number or "")[1:] or None
    same_number = _digits(Organisation) == number
    same_place = Organisation.match_key == this.match_key
    rows = db.session.execute(
        select(Organisation, func.coalesce(same_number, False))
        .where(
            or_(same_number, same_place),
            Organisation.id != organisation_id,
            Organisation.kind.in_(("vendor", "sme")),
            Organisation.closed_at.is_(None),
        )
        .order_by(Organisation.created_at, Organisation.id)
        .limit(20)
    )
    found = [Alike("number" if by_number else "name_and_address", _record(row)) for row, by_number in rows]
    return tuple(sorted(found, key=lambda each: each.by != "number"))


def pairs(*, page: int = 1, per_page: int = 20) -> Page[BothKinds]:
    """Vendors and applicants that may be one business, the newest pair first. For the secretariat."""
    current().require(Permission.VIEW_SECRETARIAT)
    vendor, applicant = aliased(Organisation), aliased(Organisation)
    both = and_(
        vendor.kind == "vendor",
        applicant.kind == "sme",
        vendor.closed_at.is_(None),
        applicant.closed_at.is_(None),
    )
    numbers = _digits(vendor) == _digits(applicant)

    def joined(on: Any, by: By) -> Any:
        return select(
            vendor.id.label("vendor"),
            applicant.id.label("applicant"),
            func.greatest(vendor.created_at, applicant.created_at).label("since"),
            func.concat(by).label("by"),
        ).join(applicant, and_(both, on))

    # Two joins, each on an equality: an OR of both would compare everybody with everybody.
    places = and_(vendor.match_key == applicant.match_key, numbers.is_not(True))
    found = union_all(joined(numbers, "number"), joined(places, "name_and_address")).subquery()
    query = select(found).order_by(found.c.since.desc(), found.c.vendor, found.c.applicant)
    listed = page_of(query, lambda row: (row.by, row.vendor, row.applicant), number=page, per_page=per_page)
    wanted = {one for _, *ids in listed.items for one in ids}
    rows = db.session.scalars(select(Organisation).where(Organisation.id.in_(wanted)))
    known = {row.id: _record(row) for row in rows}
    items = tuple(BothKinds(by, known[one], known[other]) for by, one, other in listed.items)
    return Page(items, listed.total, listed.number, listed.per_page)
