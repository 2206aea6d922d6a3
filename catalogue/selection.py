"""Listings as those who run the programme name them: by vendor, by code, or all that a step may be taken from."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from catalogue.desk import Chosen
from catalogue.lifecycle import LISTING
from catalogue.listing_queries import BATCH_LIMIT, KINDS
from catalogue.listings import Kind
from catalogue.models import LivePublication, Package, Product
from tenants import actor
from tenants.db import db
from tenants.errors import BadInput, Finding
from tenants.models import Organisation
from tenants.permissions import Permission
from tenants.text import Text

FINDINGS_SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class Selected:
    """A listing as it stood when it was chosen."""

    kind: Kind
    id: uuid.UUID
    code: str
    version: int
    vendor_number: str


def select_listings(
    step: str, *, kinds: Sequence[Kind] = KINDS, vendor_number: str | None = None, codes: Sequence[str] = ()
) -> list[Selected]:
    """Listings to take this step with, products first, by vendor and code.

    codes: exactly these, whatever their state; without codes all (of the vendor) that the step may be taken from.
    Raises BadInput with one finding for each code that does not exist.
    """
    actor.current().require(Permission.VIEW_SECRETARIAT)
    found = [row for kind in KINDS if kind in kinds for row in _of_kind(step, kind, vendor_number, codes)]
    missing = sorted(set(codes) - {row.code for row in found})
    if missing:
        raise BadInput(*(_unknown(code) for code in missing[:FINDINGS_SHOWN]))
    return found


def _of_kind(step: str, kind: Kind, vendor_number: str | None, codes: Sequence[str]) -> list[Selected]:
    model = Product if kind == "product" else Package
    query = (
        select(model.id, model.code, model.version, Organisation.corporate_number)
        .join(Organisation, Organisation.id == model.organisation_id)
        .order_by(Organisation.corporate_number, model.code)
    )
    if vendor_number:
        query = query.where(Organisation.corporate_number == vendor_number)
    if codes:
        query = query.where(model.code.in_(codes))
    else:
        query = query.where(model.state.in_(LISTING.step(step).sources))
        if step == "withdraw":
            query = query.where(model.id.in_(select(LivePublication.listing_id)))
    return [
        Selected(kind, found, code, version, number or "")
        for found, code, version, number in db.session.execute(query)
    ]


def _unknown(code: str) -> Finding:
    return Finding(
        "unknown_code",
        Text(
            f"コード「{code[:40]}」の製品・ITツールはありません。",
            f"There is no listing with the code {code[:40]!r}.",
        ),
        Text("コードと事業者の法人番号を確かめてください。", "Check the code and the vendor's corporate number."),
        code[:40],
    )


def batches(listings: Sequence[Selected]) -> Iterator[Chosen]:
    """The listings in portions that one transaction may hold, products before packages."""
    for kind in KINDS:
        of_kind = [row for row in listings if row.kind == kind]
        for start in range(0, len(of_kind), BATCH_LIMIT):
            yield {kind: {row.id: row.version for row in of_kind[start : start + BATCH_LIMIT]}}
