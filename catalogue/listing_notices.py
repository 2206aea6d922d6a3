"""What vendors are told about their listings, in the transaction that did it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from catalogue.models import Package, Product
from tenants import notices
from tenants.permissions import Permission
from tenants.text import Text

_WORDS: Final = {"product": Text("製品", "the product"), "package": Text("ITツール", "the package")}


def tell_returned(kind: str, row: Product | Package, reason: str) -> None:
    """The secretariat sent it back, and why."""
    notices.notify_organisation(
        row.organisation_id,
        "listing_returned",
        link=_page(kind, [row]),
        permission=Permission.EDIT_LISTINGS,
        listing=_named(kind, [row]),
        reason=reason,
    )


def tell_published(kind: str, rows: Sequence[Product | Package]) -> None:
    """One notice for each vendor, however many of theirs were published together."""
    of_vendor: dict[uuid.UUID, list[Product | Package]] = {}
    for row in rows:
        of_vendor.setdefault(row.organisation_id, []).append(row)
    for vendor_id, theirs in of_vendor.items():
        notices.notify_organisation(
            vendor_id,
            "listing_published",
            link=_page(kind, theirs),
            permission=Permission.VIEW_LISTINGS,
            listing=_named(kind, theirs),
        )


def _named(kind: str, rows: Sequence[Product | Package]) -> Text:
    what, first, others = _WORDS[kind], rows[0].name, len(rows) - 1
    if not others:
        return Text(f"{what.ja}「{first}」", f"{what.en} “{first}”")
    return Text(f"{what.ja}「{first}」ほか{others}件", f"{what.en} “{first}” and {others} more")


def _page(kind: str, rows: Sequence[Product | Package]) -> str:
    place = f"/vendor/{kind}s"
    return f"{place}/{quote(rows[0].code, safe='')}" if len(rows) == 1 else place
