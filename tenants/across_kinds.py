"""One business that is a vendor and an applicant: what the two records have in common, found across the two kinds.

Within a kind a second account is a mistake (tenants.duplicates). Across kinds it may be right: a vendor may buy tools of
another one. What must not be is that it files for itself (marketplace.applications.own_tool); the secretariat sees the
pairs and settles them (tenants.duplicate_verdicts). Neither side is told of the other.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from tenants.actor import current
from tenants.db import db
from tenants.duplicate_models import DuplicateVerdict
from tenants.models import Membership, Organisation, Person
from tenants.numbers import normalised_number
from tenants.paging import Page, page_of
from tenants.permissions import Permission
from tenants.same_business import address_key, match_key, person_key, telephone_key

Likeness = Literal["number", "person", "name_and_address", "telephone", "representative", "address"]
# The strongest first. By the certain ones it is known without anybody's judgement that the people are the same.
LIKENESSES: Final[tuple[Likeness, ...]] = (
    "number",
    "person",
    "name_and_address",
    "telephone",
    "representative",
    "address",
)
CERTAIN: Final[tuple[Likeness, ...]] = ("number", "person")
_KINDS: Final = ("vendor", "sme")
_MOST: Final = 20


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a business as the secretariat sees it beside another. representative is personal data."""

    id: uuid.UUID
    kind: str
    name: str
    corporate_number: str | None
    prefecture: str
    address: str
    telephone: str
    representative: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Alike:
    """A record that is like another one. by: what they have in common, the strongest first."""

    by: tuple[Likeness, ...]
    record: Record


@dataclass(frozen=True, slots=True)
class BothKinds:
    """A vendor and an applicant that may be one business. by: as in Alike."""

    by: tuple[Likeness, ...]
    vendor: Record
    applicant: Record


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a business that is compared. Of the plural ones, all that are known for it.

    addresses: whole ones, from the prefecture on. representatives are personal data.
    """

    name: str = ""
    number: str = ""
    prefecture: str = ""
    address: str = ""
    telephones: tuple[str, ...] = ()
    representatives: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()


def _digits(row: Any) -> Any:
    return func.coalesce(row.corporate_number, func.substr(row.invoice_number, 2))


def _record(row: Organisation) -> Record:
    return Record(
        row.id,
        row.kind,
        row.name,
        row.corporate_number,
        row.prefecture,
        row.address,
        row.telephone,
        row.representative,
        row.created_at,
    )


def strongest_first(found: Iterable[str]) -> tuple[Likeness, ...]:
    """What two records have in common, in order; one name at one address says the address too."""
    known = set(found)
    if "name_and_address" in known:
        known.discard("address")
    return tuple(each for each in LIKENESSES if each in known)


def like(said: Said, *, besides: uuid.UUID | None = None) -> tuple[Alike, ...]:
    """The open records, vendors and applicants, that may be the business of which this is said; the likest first.

    besides: its own record, if it has one: then people who belong to both are found too, and what was settled with it
    is left out. For the secretariat: nobody else hears who else is registered.
    """
    current().require(Permission.VIEW_SECRETARIAT)
    asked: list[ColumnElement[bool]] = [Organisation.kind.in_(_KINDS), Organisation.closed_at.is_(None)]
    if besides is not None:
        asked += [Organisation.id != besides, ~_settled(Organisation.id, literal(besides))]
    return tuple(sorted(_found(said, besides, *asked), key=_likest)[:_MOST])


def _found(said: Said, besides: uuid.UUID | None, *asked: ColumnElement[bool]) -> list[Alike]:
    alike = _alike_to(said, besides)
    if not alike:
        return []
    labels = [func.coalesce(condition, False).label(name) for name, condition in alike.items()]
    rows = db.session.execute(
        select(Organisation, *labels)
        .where(or_(*alike.values()), *asked)
        .order_by(Organisation.created_at, Organisation.id)
        .limit(_MOST * 5)
    )
    return [
        Alike(strongest_first(name for name, is_so in zip(alike, same, strict=True) if is_so), _record(row))
        for row, *same in rows
    ]


def _likest(found: Alike) -> tuple[int, int]:
    return LIKENESSES.index(found.by[0]), -len(found.by)


def alike(organisation_id: uuid.UUID, *, more: Said | None = None) -> tuple[Alike, ...]:
    """As :func:`like`, for a record that there is. more: what its papers say besides."""
    current().require(Permission.VIEW_SECRETARIAT)
    return like(said_of(organisation_id, more), besides=organisation_id)


def said_of(organisation_id: uuid.UUID, more: Said | None = None) -> Said:
    """What a record says of its business, and what is said of it elsewhere."""
    row = db.session.get_one(Organisation, organisation_id)
    other = more or Said()
    return Said(
        row.name,
        row.corporate_number or (row.invoice_number or "")[1:],
        row.prefecture,
        row.address,
        (row.telephone, *other.telephones),
        (row.representative, *other.representatives),
        other.addresses,
    )


def _alike_to(said: Said, besides: uuid.UUID | None) -> dict[Likeness, ColumnElement[bool]]:
    """What a record has to fulfil to be like it, for each likeness that can be asked after."""
    row = Organisation
    found: dict[Likeness, ColumnElement[bool]] = {}
    if said.number:
        found["number"] = _digits(row) == normalised_number(said.number).removeprefix("T")
    if besides is not None:
        here, there = aliased(Membership), aliased(Membership)
        shared = select(there.organisation_id).join(here, here.person_id == there.person_id)
        found["person"] = row.id.in_(shared.where(here.organisation_id == besides))
    place = match_key(said.name, said.prefecture, said.address)
    if place:
        found["name_and_address"] = row.match_key == place
    keys: Mapping[Likeness, tuple[Any, set[str]]] = {
        "telephone": (row.telephone, {telephone_key(each) for each in said.telephones}),
        "representative": (row.representative_key, {person_key(each) for each in said.representatives}),
        "address": (
            row.address_key,
            {address_key(said.prefecture, said.address), *(address_key("", each) for each in said.addresses)},
        ),
    }
    for name, (column, values) in keys.items():
        if values - {""}:
            found[name] = column.in_(sorted(values - {""}))
    return found


def in_both(one: uuid.UUID, other: uuid.UUID) -> tuple[str, ...]:
    """The names of those who belong to both organisations. Personal data; for the secretariat."""
    current().require(Permission.VIEW_SECRETARIAT)
    here, there = aliased(Membership), aliased(Membership)
    rows = db.session.scalars(
        select(Person.name)
        .join(here, here.person_id == Person.id)
        .join(there, there.person_id == Person.id)
        .where(here.organisation_id == one, there.organisation_id == other)
        .group_by(Person.id)
        .order_by(Person.name, Person.id)
    )
    return tuple(rows)


def between(one: uuid.UUID, other: uuid.UUID, *, more: Said | None = None) -> tuple[Likeness, ...]:
    """What two records have in common. more: what is said of the first elsewhere. For the secretariat."""
    current().require(Permission.VIEW_SECRETARIAT)
    found = _found(said_of(one, more), one, Organisation.id == other)
    return found[0].by if found else ()


def same_people(applicant: uuid.UUID, vendor: uuid.UUID) -> bool:
    """Whether both are the same people: by number, by a person who belongs to both, or as the secretariat settled it.

    For the parties of an application, who hear no more than this, and for the secretariat. False for anybody else.
    """
    return bool(db.session.scalar(select(func.same_people(applicant, vendor))))


def pairs(*, page: int = 1, per_page: int = 20) -> Page[BothKinds]:
    """Vendors and applicants that may be one business and were not settled, the likest first. For the secretariat."""
    current().require(Permission.VIEW_SECRETARIAT)
    query = _open_pairs()
    listed = page_of(query, lambda row: (row.by, row.vendor, row.applicant), number=page, per_page=per_page)
    wanted = {one for _, *ids in listed.items for one in ids}
    rows = db.session.scalars(select(Organisation).where(Organisation.id.in_(wanted)))
    known = {row.id: _record(row) for row in rows}
    items = tuple(BothKinds(strongest_first(by), known[one], known[other]) for by, one, other in listed.items)
    return Page(items, listed.total, listed.number, listed.per_page)


def count() -> int:
    """How many pairs :func:`pairs` lists. For the secretariat."""
    current().require(Permission.VIEW_SECRETARIAT)
    return db.session.scalar(select(func.count()).select_from(_open_pairs().order_by(None).subquery())) or 0


def _open_pairs() -> Select[Any]:
    vendor, applicant = aliased(Organisation), aliased(Organisation)
    both = and_(
        vendor.kind == "vendor",
        applicant.kind == "sme",
        vendor.closed_at.is_(None),
        applicant.closed_at.is_(None),
    )

    def joined(by: Likeness, on: Any) -> Any:
        return select(vendor.id.label("vendor"), applicant.id.label("applicant"), literal(by).label("by")).join(
            applicant, and_(both, on)
        )

    # A join for each, on an equality: an OR of all would compare everybody with everybody.
    seller, buyer = aliased(Membership), aliased(Membership)
    people = (
        select(vendor.id.label("vendor"), applicant.id.label("applicant"), literal("person").label("by"))
        .join(seller, seller.organisation_id == vendor.id)
        .join(buyer, buyer.person_id == seller.person_id)
        .join(applicant, and_(both, applicant.id == buyer.organisation_id))
    )
    keys: tuple[tuple[Likeness, Any, Any], ...] = (
        ("telephone", vendor.telephone, applicant.telephone),
        ("representative", vendor.representative_key, applicant.representative_key),
        ("address", vendor.address_key, applicant.address_key),
    )
    found = union_all(
        joined("number", _digits(vendor) == _digits(applicant)),
        joined("name_and_address", vendor.match_key == applicant.match_key),
        people,
        *(joined(by, and_(one == other, one != "")) for by, one, other in keys),
    ).subquery()
    return (
        select(found.c.vendor, found.c.applicant, func.array_agg(found.c.by.distinct()).label("by"))
        .where(~_settled(found.c.vendor, found.c.applicant))
        .group_by(found.c.vendor, found.c.applicant)
        .order_by(
            func.bool_or(found.c.by.in_(CERTAIN)).desc(),
            func.count(found.c.by.distinct()).desc(),
            found.c.vendor,
            found.c.applicant,
        )
    )


def _settled(one: Any, other: Any) -> ColumnElement[bool]:
    """Whether there is a verdict of this pair that was not taken back."""
    return exists().where(
        DuplicateVerdict.first_id == func.least(one, other),
        DuplicateVerdict.second_id == func.greatest(one, other),
        DuplicateVerdict.reopened_at.is_(None),
    )
