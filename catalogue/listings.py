"""The listing's way: submitted by the vendor, returned or approved by the secretariat, published as a snapshot."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import selectinload

from catalogue import snapshots
from catalogue.assessment import assess
from catalogue.lifecycle import LISTING
from catalogue.listing_notices import tell_published, tell_returned
from catalogue.masters import vocabulary
from catalogue.models import (
    IndexChange,
    LivePublication,
    Package,
    PackageItem,
    Product,
    Publication,
    PublicationMinimum,
    Withdrawal,
)
from tenants import actor, audit, clock, jobs
from tenants.db import constraint, db, use_case
from tenants.errors import BadInput, Finding, NotFound, NotPermitted, StaleVersion
from tenants.models import Organisation
from tenants.organisations import require_adopted
from tenants.reasons import reasoned
from tenants.standing import hold_adopted
from tenants.text import Text

Kind = Literal["product", "package"]
Listing = Product | Package

WHAT: Final[dict[str, Text]] = {
    "product": Text("製品", "The product"),
    "package": Text("ITツール", "The package"),
}
_WHAT_TO_CORRECT: Final = Text("どこをどう直せばよいかを書いてください。", "Say what to correct and how.")
SYNCHRONISE: Final = "search.synchronise"


def _code_taken() -> BadInput:
    return BadInput(
        Finding(
            "code_published",
            Text(
                "このコードは、公開中の別のITツールで使われています。",
                "Another published package uses this code.",
            ),
            Text("ITツールコードを変えて、もう一度提出してください。", "Submit it again under another code."),
            "ITツールコード",
        )
    )


constraint("pk_live_publication", _code_taken)


def _lock(
    kind: Kind, listing_ids: Sequence[uuid.UUID], read_versions: Mapping[uuid.UUID, int] | None = None
) -> list[Listing]:
    """The listings, locked in one order so that two batches cannot wait for each other.

    read_versions: what the person saw of each; StaleVersion for one that was changed since.
    """
    who = actor.current()
    if who.only_audits:
        raise NotPermitted
    model = Product if kind == "product" else Package
    query = select(model).where(model.id.in_(listing_ids)).order_by(model.id).with_for_update()
    if kind == "package":
        query = query.options(selectinload(Package.items).selectinload(PackageItem.product))
    rows: list[Listing] = list(db.session.scalars(query))
    if who.audience == "vendor":
        rows = [row for row in rows if row.organisation_id == who.organisation_id]
    if len(rows) != len(set(listing_ids)):
        raise NotFound(WHAT[kind])
    for row in rows:
        seen = (read_versions or {}).get(row.id, row.version)
        if row.version != seen:
            what = Text(f"{WHAT[kind].ja}「{row.code}」", f"{WHAT[kind].en} {row.code}")
            raise StaleVersion(what, yours=seen, current=row.version)
    return rows


def _one(kind: Kind, listing_id: uuid.UUID, read_version: int) -> Listing:
    return _lock(kind, [listing_id], {listing_id: read_version})[0]


def _move(
    kind: Kind, row: Listing, code: str, *, reason: str | None = None, moment: datetime | None = None
) -> None:
    moment = moment or clock.now()
    step = LISTING.check(code, row.state, actor.current())
    before = row.state
    row.state = step.target
    row.return_reason = reason if step.target == "returned" else None
    if code == "submit":
        row.submitted_at = moment
    if code in ("return", "approve"):
        row.decided_at = moment
    audit.record(
        f"{kind}_{'returned' if code == 'return' else step.target}",
        subject=(kind, row.id),
        organisation_id=row.organisation_id,
        before={"state": before},
        after={"state": step.target, "code": row.code} | ({"reason": reason} if reason else {}),
    )


@use_case
def submit(
    kind: Kind, listing_ids: Sequence[uuid.UUID], *, read_versions: Mapping[uuid.UUID, int] | None = None
) -> int:
    """Hand listings to the secretariat, all or none; how many.

    read_versions: what the vendor saw of each; StaleVersion for one that was changed since.
    Raises BadInput with what the rules find wrong with a package, IllegalStep for one that is not a draft.
    """
    require_adopted()
    rows = _lock(kind, listing_ids, read_versions)
    _check(rows)
    moment = clock.now()  # what was handed over together stays together in the queue
    for row in rows:
        _move(kind, row, "submit", moment=moment)
    return len(rows)


def _check(rows: Iterable[Listing]) -> None:
    masters = vocabulary()
    findings = [
        Finding(found.code, _named(row, found.message), found.remedy, found.field)
        for row in rows
        if isinstance(row, Package)
        for found in assess(row, masters).findings
    ]
    if findings:
        raise BadInput(*findings)


def _named(row: Listing, message: Text) -> Text:
    return Text(f"{row.code}「{row.name}」：{message.ja}", f"{row.code} “{row.name}”: {message.en}")


@use_case
def take_back(kind: Kind, listing_id: uuid.UUID, *, read_version: int) -> None:
    """The vendor takes a submitted listing back to its draft."""
    _move(kind, _one(kind, listing_id, read_version), "take_back")


@use_case
def send_back(kind: Kind, listing_id: uuid.UUID, *, reason: str, read_version: int) -> None:
    """The secretariat returns a listing to its vendor with the reason (差戻し)."""
    row, words = _one(kind, listing_id, read_version), reasoned(reason, remedy=_WHAT_TO_CORRECT)
    _move(kind, row, "return", reason=words)
    tell_returned(kind, row, words)


@use_case
def approve(
    kind: Kind, listing_ids: Sequence[uuid.UUID], *, read_versions: Mapping[uuid.UUID, int] | None = None
) -> int:
    """The secretariat approves submitted listings, all or none; how many.

    read_versions: what the reviewer saw of each; StaleVersion for one that was changed since.
    Raises BadInput for a package whose products are not all approved, or which breaks a rule now.
    """
    rows = _lock(kind, listing_ids, read_versions)
    _check(rows)
    _check_products(rows)
    moment = clock.now()
    for row in rows:
        _move(kind, row, "approve", moment=moment)
    return len(rows)


def _check_products(rows: Iterable[Listing]) -> None:
    findings = [
        Finding(
            "product_not_approved",
            _named(
                row,
                Text(
                    f"構成製品 {item.product.code} がまだ承認されていません。",
                    f"its product {item.product.code} is not approved yet.",
                ),
            ),
            Text("先に製品を審査してください。", "Review the product first."),
            "構成製品×数量",
        )
        for row in rows
        if isinstance(row, Package)
        for item in row.items
        if item.product.state not in ("approved", "published")
    ]
    if findings:
        raise BadInput(*findings)


@use_case
def publish(
    kind: Kind, listing_ids: Sequence[uuid.UUID], *, read_versions: Mapping[uuid.UUID, int] | None = None
) -> list[int]:
    """Publish approved listings, all or none: the publications' numbers.

    In this one transaction: the immutable snapshots, what the public sees now, the audit events, and the job that
    brings the index up to date. Raises BadInput when another vendor's published package has the code, NotStanding
    when a vendor is suspended or not registered.
    """
    model = Product if kind == "product" else Package
    # Before the listings, as a suspension does it: else each would wait for the other.
    hold_adopted(db.session.scalars(select(model.organisation_id).where(model.id.in_(listing_ids)).distinct()))
    rows = _lock(kind, listing_ids, read_versions)
    _check(rows)
    _check_products(rows)
    publications = _snapshots(kind, rows)
    db.session.add_all(publications)
    db.session.flush()
    if kind == "package":
        db.session.add_all(_minimums(publications, rows))
    _go_live(kind, publications)
    for row in rows:
        _move(kind, row, "publish")
    if kind == "package":
        note_index_change([row.code for row in rows])
    tell_published(kind, rows)
    return [publication.number for publication in publications]


def _vendors(rows: Iterable[Listing]) -> dict[uuid.UUID, Organisation]:
    wanted = {row.organisation_id for row in rows}
    found = db.session.scalars(select(Organisation).where(Organisation.id.in_(wanted)))
    return {vendor.id: vendor for vendor in found}


def _snapshots(kind: Kind, rows: Iterable[Listing]) -> list[Publication]:
    rows = list(rows)
    vendors = _vendors(rows)
    words = vocabulary()
    made = []
    for row in rows:
        vendor = vendors[row.organisation_id]
        content = snapshots.of_listing(row, vendor, words)
        publication = Publication(
            id=uuid.uuid4(),
            kind=kind,
            code=row.code,
            vendor_number=vendor.corporate_number,
            organisation_id=row.organisation_id,
            listing_id=row.id,
            listing_version=row.version,
            content=content,
            content_hash=snapshots.digest(content),
            published_by=actor.current().person_id,
        )
        made.append(publication)
    return made


def _minimums(publications: Iterable[Publication], rows: Iterable[Listing]) -> list[PublicationMinimum]:
    """What the public does not see of these packages, kept as it is now."""
    return [
        PublicationMinimum(
            publication_id=publication.id,
            organisation_id=publication.organisation_id,
            prices={item.product.code: item.product.minimum_price_yen for item in row.items},
        )
        for publication, row in zip(publications, rows, strict=True)
        if isinstance(row, Package)
    ]


def _go_live(kind: Kind, publications: Sequence[Publication]) -> None:
    """The public sees these from now on.

    The same listing goes live again under its newest snapshot; another listing with this code is refused.
    """
    live = insert(LivePublication).values(
        [
            {
                "kind": kind,
                "public_key": public_key(kind, publication.code, publication.vendor_number),
                "listing_id": publication.listing_id,
                "organisation_id": publication.organisation_id,
                "publication_id": publication.id,
            }
            for publication in publications
        ]
    )
    db.session.execute(
        live.on_conflict_do_update(
            index_elements=["listing_id"],
            set_={"publication_id": live.excluded.publication_id, "public_key": live.excluded.public_key},
        )
    )


def public_key(kind: Kind, code: str, vendor_number: str) -> str:
    """A package's code; for a product vendor number/code."""
    return code if kind == "package" else f"{vendor_number}/{code}"


@use_case
def withdraw(kind: Kind, listing_id: uuid.UUID, *, reason: str, read_version: int) -> None:
    """Take a listing off the public site; its address tells since when and why. NotFound when it is not live."""
    row = _one(kind, listing_id, read_version)
    live = db.session.scalar(select(LivePublication).where(LivePublication.listing_id == row.id).with_for_update())
    if live is None:
        raise NotFound(WHAT[kind])
    text = reasoned(reason, remedy=_WHAT_TO_CORRECT)
    db.session.add(
        Withdrawal(
            kind=kind,
            public_key=live.public_key,
            organisation_id=row.organisation_id,
            publication_id=live.publication_id,
            reason=text,
        )
    )
    db.session.execute(delete(LivePublication).where(LivePublication.listing_id == row.id))
    _move(kind, row, "withdraw", reason=text)
    if kind == "package":
        note_index_change([live.public_key])


def note_index_change(codes: Sequence[str]) -> None:
    """Mark search documents to be made anew and ask the worker, in the running transaction."""
    rows = [{"code": code, "version": 1, "changed_at": clock.now()} for code in sorted(set(codes))]
    statement = insert(IndexChange).values(rows)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["code"],
            set_={"version": IndexChange.version + 1, "changed_at": statement.excluded.changed_at},
        )
    )
    jobs.enqueue(SYNCHRONISE, lock=SYNCHRONISE)
