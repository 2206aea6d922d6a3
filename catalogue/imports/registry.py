"""What is registered already, read for one upload: a fixed number of statements, however many rows it has."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from sqlalchemy import ARRAY, ColumnElement, Select, String, bindparam, func, select
from sqlalchemy.orm import InstrumentedAttribute, selectinload

from catalogue.imports.plan import Key, Known
from catalogue.imports.rows import Draft, PackageDraft, ProductDraft, ReadRow, VendorDraft
from catalogue.models import Package, PackageItem, Product
from catalogue.traits import stated
from tenants.db import db
from tenants.models import Organisation

Row = Organisation | Product | Package
S = TypeVar("S")
_VENDOR_ROWS_LOCK: Final = 4031


@dataclass(frozen=True, slots=True)
class Registry:
    """The rows that an upload may touch, by what identifies them in files."""

    rows: dict[Key, Row]

    def known(self, only: str | None) -> Known:
        """The same as drafts, for the plan. only: the corporate number whose rows may be loaded."""
        return Known(
            drafts={key: _draft(key[1], row) for key, row in self.rows.items()},
            states={key: row.state for key, row in self.rows.items() if isinstance(row, Product | Package)},
            only=only,
        )

    def vendor_id(self, number: str) -> uuid.UUID:
        """The organisation of a corporate number that is registered."""
        return self.rows["vendors", number, ""].id


def read_registry(rows: Sequence[ReadRow], *, lock: bool) -> Registry:
    """Read what these rows may touch.

    lock: hold it until the transaction ends. Uploads of one vendor then wait for each other and see what the other
    wrote, so that two at once cannot register anything twice; a listing cannot be submitted meanwhile.
    """
    if lock and any(row.kind == "vendors" for row in rows):
        # A vendor that is not there yet has no row to lock.
        db.session.execute(select(func.pg_advisory_xact_lock(_VENDOR_ROWS_LOCK)))
    numbers = {row.corporate_number for row in rows}
    vendors = db.session.scalars(
        _locking(
            select(Organisation)
            .where(Organisation.kind == "vendor", _one_of(Organisation.corporate_number, numbers))
            .order_by(Organisation.id),
            lock=lock,
        )
    ).all()
    number_of = {vendor.id: vendor.corporate_number or "" for vendor in vendors}
    found: dict[Key, Row] = {("vendors", number_of[vendor.id], ""): vendor for vendor in vendors}
    for product in _products(rows, number_of, lock=lock):
        found["products", number_of[product.organisation_id], product.code] = product
    for package in _packages(rows, number_of, lock=lock):
        found["packages", number_of[package.organisation_id], package.code] = package
    return Registry(found)


def _products(rows: Iterable[ReadRow], vendors: Iterable[uuid.UUID], *, lock: bool) -> Sequence[Product]:
    codes = {row.code for row in rows if row.kind == "products"}
    codes |= {code for row in rows if isinstance(row.draft, PackageDraft) for code, _ in row.draft.items}
    if not codes:
        return []
    query = select(Product).where(Product.organisation_id.in_(vendors), _one_of(Product.code, codes))
    return db.session.scalars(_locking(query.order_by(Product.id), lock=lock)).all()


def _packages(rows: Iterable[ReadRow], vendors: Iterable[uuid.UUID], *, lock: bool) -> Sequence[Package]:
    codes = {row.code for row in rows if row.kind == "packages"}
    if not codes:
        return []
    query = select(Package).where(Package.organisation_id.in_(vendors), _one_of(Package.code, codes))
    query = query.options(selectinload(Package.items).selectinload(PackageItem.product))
    return db.session.scalars(_locking(query.order_by(Package.id), lock=lock)).all()


def _one_of(column: InstrumentedAttribute[Any], values: Iterable[str]) -> ColumnElement[bool]:
    """One array as one parameter: twenty thousand codes would pass the limit of parameters."""
    wanted = bindparam(None, sorted(values), type_=ARRAY(String), unique=True)
    return column == func.any(wanted)


def _locking(query: Select[S], *, lock: bool) -> Select[S]:
    # populate_existing: what the session saw before the lock was granted may be old.
    if lock:
        return query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return query


def _draft(number: str, row: Row) -> Draft:
    if isinstance(row, Organisation):
        return VendorDraft(number, row.name, row.prefecture, row.address)
    if isinstance(row, Product):
        return ProductDraft(
            number=number,
            code=row.code,
            name=row.name,
            name_kana=row.name_kana,
            functions=tuple(row.functions),
            cost_kind=row.cost_kind,
            period=row.billing_period,
            unit=row.billing_unit,
            standard_price_yen=row.standard_price_yen,
            minimum_price_yen=row.minimum_price_yen,
            description=row.description,
        )
    return PackageDraft(
        number=number,
        code=row.code,
        name=row.name,
        items=tuple((item.product.code, item.quantity) for item in row.items),
        industries=tuple(row.industries),
        cloud_months=row.cloud_months,
        description=row.description,
        traits=stated(row.traits),
        effect=dict(row.effect),
    )
