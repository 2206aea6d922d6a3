"""What stands in lists of listings: a listing, a vendor, a publication."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from catalogue.lifecycle import LISTING
from catalogue.listings import Kind
from tenants.text import Text


@dataclass(frozen=True, slots=True)
class ListingRow:
    """A listing in a list. live_number: the publication the public sees now, None when it sees none.

    price_yen: a product's standard price without tax. item_count: how many products a package is made of.
    """

    kind: Kind
    id: uuid.UUID
    code: str
    name: str
    state: str
    version: int
    return_reason: str | None
    submitted_at: datetime | None
    decided_at: datetime | None
    updated_at: datetime
    vendor_id: uuid.UUID
    vendor_name: str
    vendor_number: str
    live_number: int | None
    live_at: datetime | None
    price_yen: int | None
    item_count: int | None

    @property
    def state_label(self) -> Text:
        """The state in words."""
        return LISTING.state(self.state).label

    @property
    def key(self) -> str:
        """Kind, id and version in one word: what a form sends back for a chosen row."""
        return f"{self.kind}:{self.id}:{self.version}"


@dataclass(frozen=True, slots=True)
class VendorRow:
    """A vendor and how many of its listings wait, and are live."""

    id: uuid.UUID
    name: str
    corporate_number: str
    prefecture: str
    submitted: int
    live_products: int
    live_packages: int


@dataclass(frozen=True, slots=True)
class PublicationRow:
    """A publication in a list."""

    number: int
    kind: Kind
    code: str
    vendor_number: str
    listing_id: uuid.UUID
    name: str
    vendor_name: str
    published_at: datetime
