"""Lists of what is public: newest packages, vendors, what a product is part of, addresses for search engines.

Every list has an order and a limit, but for that of vendors. Nothing here reads a draft.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from catalogue.models import LivePublication, Publication
from catalogue.publications import Published
from tenants.db import db
from tenants.one_form import in_one_form
from tenants.public_vendors import PUBLIC_VENDOR


@dataclass(frozen=True, slots=True)
class ListedVendor:
    """A vendor in the public list, with how many packages the public sees of it. name_kana: nothing where unknown."""

    number: str
    name: str
    name_kana: str
    prefecture: str
    registered_on: date | None
    packages: int


def _live(kind: str, *conditions: ColumnElement[bool]) -> Any:
    return (
        select(Publication)
        .join(LivePublication, LivePublication.publication_id == Publication.id)
        .where(LivePublication.kind == kind, *conditions)
    )


def newest_packages(limit: int = 5) -> list[Published]:
    """The packages published last, newest first."""
    rows = db.session.scalars(_live("package").order_by(Publication.number.desc()).limit(limit))
    return [Published.of(row) for row in rows]


def of_organisation(
    organisation_id: uuid.UUID, *, kind: str, page: int = 1, per_page: int = 20
) -> tuple[list[Published], int]:
    """One page of a vendor's live publications of a kind, by code, and how many there are in all."""
    mine = LivePublication.organisation_id == organisation_id
    total = db.session.scalar(
        select(func.count()).select_from(LivePublication).where(LivePublication.kind == kind, mine)
    )
    rows = db.session.scalars(
        _live(kind, mine).order_by(LivePublication.public_key).limit(per_page).offset((page - 1) * per_page)
    ).all()
    return [Published.of(row) for row in rows], total or 0


def packages_with(organisation_id: uuid.UUID, product_code: str, *, limit: int = 20) -> list[Published]:
    """A vendor's live packages that contain this product, by code."""
    contains = Publication.content["items"].contains([{"product_code": product_code}])
    rows = db.session.scalars(
        _live("package", LivePublication.organisation_id == organisation_id, contains)
        .order_by(LivePublication.public_key)
        .limit(limit)
    ).all()
    return [Published.of(row) for row in rows]


def live_product_codes(organisation_id: uuid.UUID, codes: Sequence[str]) -> frozenset[str]:
    """Which of a vendor's products have a public page now."""
    rows = db.session.scalars(
        select(Publication.code)
        .join(LivePublication, LivePublication.publication_id == Publication.id)
        .where(
            LivePublication.kind == "product",
            LivePublication.organisation_id == organisation_id,
            Publication.code.in_(codes),
        )
    )
    return frozenset(rows)


def versions(package: Published) -> list[Published]:
    """Every publication of this package until now, newest first."""
    listing = select(Publication.listing_id).where(Publication.id == package.id).scalar_subquery()
    rows = db.session.scalars(
        select(Publication).where(Publication.listing_id == listing).order_by(Publication.number.desc())
    ).all()
    return [Published.of(row) for row in rows]


def vendors() -> list[ListedVendor]:
    """The vendors that offer at least one package, in no order: the database knows none of Japanese names."""
    counts = (
        select(LivePublication.organisation_id, func.count().label("packages"))
        .where(LivePublication.kind == "package")
        .group_by(LivePublication.organisation_id)
        .subquery()
    )
    rows = db.session.execute(
        select(
            PUBLIC_VENDOR.c.corporate_number,
            PUBLIC_VENDOR.c.name,
            PUBLIC_VENDOR.c.name_kana,
            PUBLIC_VENDOR.c.prefecture,
            PUBLIC_VENDOR.c.registered_on,
            counts.c.packages,
        ).join(counts, counts.c.organisation_id == PUBLIC_VENDOR.c.id)
    )
    return [ListedVendor(*row) for row in rows]


_LIKE = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})
_KATAKANA = "".join(map(chr, range(ord("ァ"), ord("ヶ") + 1)))
_HIRAGANA = "".join(map(chr, range(ord("ぁ"), ord("ゖ") + 1)))
_IN_HIRAGANA = str.maketrans(_KATAKANA, _HIRAGANA)


def vendors_named(text: str, *, limit: int) -> list[tuple[str, str]]:
    """(corporate number, name) of vendors with something live whose name or its reading has the text, in either kana.

    First those of just this name, then by name. （株） and （有） are what they stand for.
    """
    said = in_one_form(text).replace("\0", "").replace("(株)", "株式会社").replace("(有)", "有限会社").strip()
    pattern = f"%{said.translate(_IN_HIRAGANA).translate(_LIKE)}%"
    named = or_(
        *(
            func.translate(column, _KATAKANA, _HIRAGANA).ilike(pattern, escape="\\")
            for column in (PUBLIC_VENDOR.c.name, PUBLIC_VENDOR.c.name_kana)
        )
    )
    offers = select(LivePublication.organisation_id).where(
        LivePublication.kind == "package", LivePublication.organisation_id == PUBLIC_VENDOR.c.id
    )
    rows = db.session.execute(
        select(PUBLIC_VENDOR.c.corporate_number, PUBLIC_VENDOR.c.name)
        .where(named, offers.exists())
        .order_by(PUBLIC_VENDOR.c.name != said, PUBLIC_VENDOR.c.name, PUBLIC_VENDOR.c.corporate_number)
        .limit(limit)
    )
    return [(number, name) for number, name in rows if number]


def package_codes(*, page: int, per_page: int) -> list[str]:
    """Codes of the live packages, in order, for the site map."""
    return list(
        db.session.scalars(
            select(LivePublication.public_key)
            .where(LivePublication.kind == "package")
            .order_by(LivePublication.public_key)
            .limit(per_page)
            .offset((page - 1) * per_page)
        )
    )
