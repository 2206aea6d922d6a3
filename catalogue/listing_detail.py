"""One listing as its vendor and the secretariat look at it: the draft, the rules, what changed, what happened."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from catalogue import listing_queries, snapshots
from catalogue.assessment import assess
from catalogue.differences import Change, differences
from catalogue.imports.values import CODE
from catalogue.lifecycle import LISTING
from catalogue.listing_rows import ListingRow
from catalogue.listings import WHAT, Kind
from catalogue.masters import vocabulary
from catalogue.models import Package, PackageItem, Product
from catalogue.package_rules import RuleOutcome
from catalogue.publications import Published, versions_of
from catalogue.vocabulary import Masters
from tenants import actor
from tenants.audit_queries import Event, history_of
from tenants.db import db
from tenants.errors import Finding, NotFound
from tenants.models import Organisation
from tenants.text import Text
from tenants.workflow import Step


@dataclass(frozen=True, slots=True)
class Detail:
    """A listing and all one must know to decide about it.

    content: the draft as it would be published now. publications: newest first. changes: against the newest one.
    rules, unapproved: of a package: what the rules say, and its products that are not approved.
    minimum_price_yen: a product's; never public. steps: what this actor may do now.
    """

    row: ListingRow
    content: dict[str, Any]
    minimum_price_yen: int | None
    publications: tuple[Published, ...]
    changes: tuple[Change, ...]
    rules: RuleOutcome | None
    unapproved: tuple[ListingRow, ...]
    history: tuple[Event, ...]
    steps: frozenset[str]
    masters: Masters

    @property
    def last_published(self) -> Published | None:
        """The newest publication, live or not."""
        return self.publications[0] if self.publications else None

    @property
    def is_live(self) -> bool:
        """Whether the public sees it now."""
        return self.row.live_number is not None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What stands against submitting or approving it."""
        return self.rules.findings if self.rules else ()


def by_id(kind: Kind, listing_id: uuid.UUID) -> Detail:
    """The listing with this id, if the actor may see it; NotFound otherwise."""
    model = Product if kind == "product" else Package
    return _detail(kind, model.id == listing_id)


def by_code(kind: Kind, code: str) -> Detail:
    """The vendor's own listing with this code; NotFound otherwise."""
    if not CODE.fullmatch(code):
        raise NotFound(WHAT[kind])
    model = Product if kind == "product" else Package
    return _detail(kind, model.code == code, model.organisation_id == actor.current().own_organisation)


def _detail(kind: Kind, *conditions: Any) -> Detail:
    listing = _listing(kind, conditions)
    found = listing_queries.chosen(kind, [listing.id]) if listing else []
    if listing is None or not found:
        raise NotFound(WHAT[kind])
    row = found[0]
    words = vocabulary()
    vendor = db.session.get_one(Organisation, listing.organisation_id)
    content = snapshots.of_listing(listing, vendor, words)
    publications = tuple(versions_of(listing.id))
    steps = LISTING.possible(row.state, actor.current())
    return Detail(
        row=row,
        content=content,
        minimum_price_yen=listing.minimum_price_yen if isinstance(listing, Product) else None,
        publications=publications,
        changes=differences(publications[0].content if publications else None, content, words),
        rules=assess(listing, words).rules if isinstance(listing, Package) else None,
        unapproved=_unapproved(listing),
        history=tuple(history_of(kind, listing.id)),
        steps=frozenset(step.code for step in _really_possible(steps, row)),
        masters=words,
    )


def _listing(kind: Kind, conditions: Sequence[Any]) -> Product | Package | None:
    if kind == "product":
        return db.session.scalar(select(Product).where(*conditions))
    items = selectinload(Package.items).selectinload(PackageItem.product)
    return db.session.scalar(select(Package).where(*conditions).options(items))


def _unapproved(listing: Product | Package) -> tuple[ListingRow, ...]:
    if isinstance(listing, Product):
        return ()
    waiting = [item.product_id for item in listing.items if item.product.state not in ("approved", "published")]
    return tuple(listing_queries.chosen("product", waiting)) if waiting else ()


def _really_possible(steps: Sequence[Step], row: ListingRow) -> list[Step]:
    """The table's steps, but only what is live can be withdrawn."""
    return [step for step in steps if step.code != "withdraw" or row.live_number is not None]


LISTING_EVENTS: Final[Mapping[str, Text]] = {
    "created": Text("登録しました", "Created"),
    "imported": Text("ファイルから登録しました", "Loaded from a file"),
    "updated": Text("内容を変更しました", "Changed"),
    "edited": Text("内容を変更しました", "Changed"),
    "draft": Text("提出を取り下げました", "Taken back"),
    "submitted": Text("提出しました", "Submitted"),
    "returned": Text("事務局が差し戻しました", "Returned by the secretariat"),
    "approved": Text("事務局が承認しました", "Approved by the secretariat"),
    "published": Text("公開しました", "Published"),
    "withdrawn": Text("公開を終了しました", "Withdrawn"),
}


def event_words(event: Event) -> Text:
    """What happened to a listing, in words."""
    return LISTING_EVENTS.get(event.name.partition("_")[2], Text(event.name, event.name))
