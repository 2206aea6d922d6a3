"""Catalogues of benchmark size: as many published packages as asked for, in minutes.

The same generator, rules and snapshots as the demo's, but written in large inserts and with one audit event for
the whole: nobody reviewed half a million packages.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from sqlalchemy import insert, select

from catalogue import snapshots
from catalogue.listings import public_key
from catalogue.masters import vocabulary
from catalogue.models import LivePublication, Package, PackageItem, Product, Publication
from marketplace.programme import load_programme
from search import sync
from tenants import audit, clock
from tenants.actor import SYSTEM
from tenants.db import act_as, db, use_case
from tenants.errors import BadInput, Finding
from tenants.models import Organisation
from tenants.text import Text
from web.demo.generator import VendorCatalogue, generate
from web.demo.load import listing_rows

VENDORS_AT_ONCE: Final = 40
PACKAGES_PER_VENDOR: Final = 40


def generate_bulk(packages: int, *, seed: int, progress: Callable[[int], None]) -> int:
    """Publish so many generated packages in a database that has none; how many there are then.

    progress is told the number so far. Raises BadInput when packages exist already.
    """
    with act_as(SYSTEM):
        load_programme()
        if db.session.scalar(select(Package.id).limit(1)) is not None:
            raise BadInput(
                Finding(
                    "catalogue_not_empty",
                    Text("すでにITツールが登録されています。", "There are packages already."),
                    Text("空のデータフォルダーで実行してください。", "Use an empty data folder (HOJO_DATA)."),
                )
            )
        masters = vocabulary()
        made = 0
        vendors = -(-packages // PACKAGES_PER_VENDOR)
        for some in _batches(generate(masters, packages=packages, vendors=vendors, seed=seed), VENDORS_AT_ONCE):
            made += _write(some)
            progress(made)
        _note(made)
        return made


def build_index() -> int:
    """The index of everything published; how many documents."""
    return sync.rebuild()


def _batches(catalogues: Iterator[VendorCatalogue], size: int) -> Iterator[list[VendorCatalogue]]:
    while some := list(islice(catalogues, size)):
        yield some


@use_case
def _note(made: int) -> None:
    audit.record(
        "benchmark_catalogue_generated",
        subject=("demo", "catalogue"),
        organisation_id=None,
        after={"packages": made},
    )


@use_case
def _write(catalogues: Sequence[VendorCatalogue]) -> int:
    """Vendors, listings and their publications, in one transaction."""
    masters = vocabulary()
    known = {row.corporate_number: row for row in db.session.scalars(select(Organisation))}
    new, rows = [], []
    for catalogue in catalogues:
        vendor = known.get(catalogue.vendor.corporate_number)
        if vendor is None:
            vendor = _vendor(catalogue)
            new.append(vendor)
        rows += [(vendor, row) for row in listing_rows(catalogue, vendor)]
    for _, row in rows:
        row.id, row.state, row.version = uuid.uuid4(), "published", 1
    _insert(Organisation, (_columns(vendor) for vendor in new))
    _insert(Product, (_columns(row) for _, row in rows if isinstance(row, Product)))
    packages = [row for _, row in rows if isinstance(row, Package)]
    _insert(Package, (_columns(row) for row in packages))
    _insert(
        PackageItem,
        (
            {
                "package_id": row.id,
                "product_id": item.product.id,
                "organisation_id": row.organisation_id,
                "position": item.position,
                "quantity": item.quantity,
            }
            for row in packages
            for item in row.items
        ),
    )
    publications = []
    for vendor, row in rows:
        content = snapshots.of_listing(row, vendor, masters)
        publications.append(
            {
                "id": uuid.uuid4(),
                "kind": "package" if isinstance(row, Package) else "product",
                "code": row.code,
                "vendor_number": vendor.corporate_number,
                "organisation_id": vendor.id,
                "listing_id": row.id,
                "listing_version": 1,
                "content": content,
                "content_hash": snapshots.digest(content),
                "published_at": clock.now(),
            }
        )
    _insert(Publication, publications)
    _insert(
        LivePublication,
        (
            {
                "kind": each["kind"],
                "public_key": public_key(each["kind"], each["code"], each["vendor_number"]),
                "listing_id": each["listing_id"],
                "organisation_id": each["organisation_id"],
                "publication_id": each["id"],
            }
            for each in publications
        ),
    )
    return len(packages)


def _vendor(catalogue: VendorCatalogue) -> Organisation:
    return Organisation(
        id=uuid.uuid4(),
        kind="vendor",
        corporate_number=catalogue.vendor.corporate_number,
        name=catalogue.vendor.name,
        prefecture=catalogue.vendor.prefecture,
        address=catalogue.vendor.address,
        registered_on=clock.today(),
        standing="adopted",
    )


def _columns(row: Any) -> dict[str, Any]:
    """What a transient row would write; dates that the session would fill in are now."""
    values = {column.key: getattr(row, column.key) for column in type(row).__table__.columns}
    moment = clock.now()
    for name in ("created_at", "updated_at"):
        if name in values:
            values[name] = moment
    for name, empty in (("name_kana", ""), ("version", 1)):
        if name in values and values[name] is None:
            values[name] = empty
    return values


def _insert(model: Any, rows: Iterable[dict[str, Any]]) -> None:
    values = list(rows)
    if values:
        db.session.execute(insert(model), values)
