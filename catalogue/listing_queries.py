"""Lists of listings: the vendor's own, the review queue, what waits to be published, what is live.

Every list has an order and a page limit, and costs the same few statements however long it is.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Uuid, func, literal, null, or_, select, text, tuple_, union_all
from sqlalchemy.orm import InstrumentedAttribute

from catalogue.listing_rows import ListingRow, PublicationRow, VendorRow
from catalogue.listings import Kind
from catalogue.models import LISTING_STATES, LivePublication, Package, PackageItem, Product, Publication
from tenants import actor
from tenants.db import db, is_own
from tenants.models import Organisation
from tenants.one_form import in_one_form
from tenants.paging import Columns, Page, page_of
from tenants.permissions import Permission
from tenants.text import Text

KINDS: Final[tuple[Kind, ...]] = ("product", "package")
ORDERS: Final[Mapping[str, Text]] = {
    "newest": Text("更新が新しい順", "Newest change first"),
    "code": Text("コード順", "By code"),
    "name": Text("名前順", "By name"),
}
# Of what was handed in together products come first, for packages rest on them.
WAITING_ORDER: Final = ("submitted_at", "kind", "code", "id")
BATCH_LIMIT: Final = 2000
WORDS_LIMIT: Final = 100
_NFKC: Final = text("NFKC")  # PostgreSQL's keyword for the form that folds full and half width


def _listings(kind: Kind) -> Select[*tuple[Any, ...]]:
    model = Product if kind == "product" else Package
    items = select(func.count()).where(PackageItem.package_id == Package.id).correlate(Package).scalar_subquery()
    return (
        select(
            literal(kind).label("kind"),
            model.id.label("id"),
            model.code.label("code"),
            model.name.label("name"),
            model.state.label("state"),
            model.version.label("version"),
            model.return_reason.label("return_reason"),
            model.submitted_at.label("submitted_at"),
            model.decided_at.label("decided_at"),
            model.updated_at.label("updated_at"),
            Organisation.id.label("vendor_id"),
            Organisation.name.label("vendor_name"),
            Organisation.corporate_number.label("vendor_number"),
            Publication.number.label("live_number"),
            Publication.published_at.label("live_at"),
            (Product.standard_price_yen if kind == "product" else null()).label("price_yen"),
            (null() if kind == "product" else items).label("item_count"),
        )
        .select_from(model)
        .join(Organisation, Organisation.id == model.organisation_id)
        .outerjoin(LivePublication, LivePublication.listing_id == model.id)
        .outerjoin(Publication, Publication.id == LivePublication.publication_id)
        .where(*_scope(model.organisation_id))
    )


def _scope(column: InstrumentedAttribute[uuid.UUID]) -> list[ColumnElement[bool]]:
    """A vendor sees its own; the secretariat sees all; anybody else nothing."""
    who = actor.current()
    if who.audience in ("secretariat", "system"):
        return []
    return [is_own(column)]


def _matching(query: Select[*Columns], kind: Kind, words: str) -> Select[*Columns]:
    """Only listings whose code or name holds these words, full and half width alike."""
    sought = _sought(words)
    if not sought:
        return query
    model = Product if kind == "product" else Package
    columns = [model.code, model.name] + ([Product.name_kana] if kind == "product" else [])
    return query.where(
        or_(*(func.normalize(column, _NFKC).icontains(sought, autoescape=True) for column in columns))
    )


def _sought(words: str) -> str:
    return in_one_form(words).strip()[:WORDS_LIMIT]


def _row(row: Any) -> ListingRow:
    return ListingRow(*row)


def own(
    kind: Kind,
    *,
    state: str | None = None,
    words: str = "",
    order: str = "newest",
    page: int = 1,
    per_page: int = 50,
) -> Page[ListingRow]:
    """A vendor's listings of one kind. state: one of the life cycle's, or ``live``; None for all."""
    model = Product if kind == "product" else Package
    query = _in_state(_matching(_listings(kind), kind, words), model, state)
    # Without the vendor, which each of them has.
    each = select(func.count()).select_from(model)
    each = each.outerjoin(LivePublication, LivePublication.listing_id == model.id)
    counted = _in_state(_matching(each.where(*_scope(model.organisation_id)), kind, words), model, state)
    orders = {
        "newest": (model.updated_at.desc(), model.id),
        "code": (model.code, model.id),
        "name": (model.name, model.id),
    }
    query = query.order_by(*orders.get(order, orders["newest"]))
    return page_of(query, _row, number=page, per_page=per_page, counted=counted)


def _in_state(query: Select[*Columns], model: type[Product | Package], state: str | None) -> Select[*Columns]:
    if state == "live":
        return query.where(LivePublication.listing_id.is_not(None))
    return query.where(model.state == state) if state in LISTING_STATES else query


def counts() -> dict[Kind, dict[str, int]]:
    """How many listings of each kind are in each state, and how many are live (``live``), for this actor."""
    found: dict[Kind, dict[str, int]] = {kind: dict.fromkeys((*LISTING_STATES, "live"), 0) for kind in KINDS}
    parts: list[Select[*tuple[Any, ...]]] = []
    for kind in KINDS:
        model = Product if kind == "product" else Package
        parts.append(
            select(literal(kind), model.state, func.count())
            .where(*_scope(model.organisation_id))
            .group_by(model.state)
        )
    parts.append(
        select(LivePublication.kind, literal("live"), func.count())
        .where(*_scope(LivePublication.organisation_id))
        .group_by(LivePublication.kind)
    )
    for kind, state, number in db.session.execute(union_all(*parts)):
        found[kind][state] = number
    return found


def returned(limit: int = 20) -> list[ListingRow]:
    """A vendor's returned listings with their reasons, the oldest decision first."""
    return _across(KINDS, lambda model: [model.state == "returned"], ("decided_at", "kind", "code", "id"), limit)


def _across(
    kinds: Sequence[Kind], conditions: Any, order: Sequence[str], limit: int, words: str = ""
) -> list[ListingRow]:
    """Products and packages in one list and one statement."""
    query = _united(kinds, conditions, words)
    rows = db.session.execute(query.order_by(*_order(query, order)).limit(limit))
    return [_row(row) for row in rows]


def _united(kinds: Sequence[Kind], conditions: Any, words: str) -> Select[*tuple[Any, ...]]:
    parts = [
        _matching(_listings(kind), kind, words).where(*conditions(Product if kind == "product" else Package))
        for kind in kinds
    ]
    together = union_all(*parts).subquery()
    return select(*together.columns)


def _order(query: Select[*tuple[Any, ...]], names: Sequence[str]) -> list[ColumnElement[Any]]:
    """Columns to order by; ``kind`` means products before packages, which rest on them."""
    columns = query.selected_columns
    return [columns["kind"] == "package" if name == "kind" else columns[name] for name in names]


def _united_page(
    conditions: Any, order: Sequence[str], *, kind: Kind | None, words: str, page: int, per_page: int
) -> Page[ListingRow]:
    query = _united((kind,) if kind else KINDS, conditions, words)
    ordered = query.order_by(*_order(query, order))
    return page_of(ordered, _row, number=page, per_page=per_page)


def queue(
    *,
    kind: Kind | None = None,
    vendor_id: uuid.UUID | None = None,
    words: str = "",
    page: int = 1,
    per_page: int = 50,
) -> Page[ListingRow]:
    """What waits for review, the oldest first."""
    return _united_page(
        lambda model: _state_and_vendor(model, "submitted", vendor_id),
        WAITING_ORDER,
        kind=kind,
        words=words,
        page=page,
        per_page=per_page,
    )


def _state_and_vendor(
    model: type[Product | Package], state: str, vendor_id: uuid.UUID | None
) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [model.state == state]
    if vendor_id:
        conditions.append(model.organisation_id == vendor_id)
    return conditions


def next_in_queue(
    after: ListingRow, *, kind: Kind | None = None, vendor_id: uuid.UUID | None = None
) -> ListingRow | None:
    """The listing that waits behind this one; at the end of the queue the oldest one; None when nothing waits."""
    query = _united((kind,) if kind else KINDS, lambda model: _state_and_vendor(model, "submitted", vendor_id), "")
    columns = query.selected_columns
    order = _order(query, WAITING_ORDER)
    here = (
        literal(after.submitted_at),
        literal(after.kind == "package"),
        literal(after.code),
        literal(after.id, Uuid()),
    )
    others = query.where(columns["id"] != after.id)
    behind = others.where(tuple_(*order) > tuple_(*here))
    for wanted in (behind, others) if after.submitted_at else (others,):
        row = db.session.execute(wanted.order_by(*order).limit(1)).first()
        if row is not None:
            return _row(row)
    return None


def waiting_to_be_published(
    *, kind: Kind | None = None, vendor_id: uuid.UUID | None = None, page: int = 1, per_page: int = 100
) -> Page[ListingRow]:
    """What was approved and waits for publication: products first, then by the time of approval."""
    return _united_page(
        lambda model: _state_and_vendor(model, "approved", vendor_id),
        ("kind", "decided_at", "code", "id"),
        kind=kind,
        words="",
        page=page,
        per_page=per_page,
    )


def every_approved(*, kind: Kind | None = None, vendor_id: uuid.UUID | None = None) -> list[ListingRow]:
    """All that waits for publication, up to BATCH_LIMIT: what “choose all” means."""
    return _across(
        (kind,) if kind else KINDS,
        lambda model: _state_and_vendor(model, "approved", vendor_id),
        ("kind", "decided_at", "code", "id"),
        BATCH_LIMIT,
    )


def chosen(kind: Kind, listing_ids: Iterable[uuid.UUID]) -> list[ListingRow]:
    """These listings as they are now, by code."""
    model = Product if kind == "product" else Package
    rows = db.session.execute(
        _listings(kind).where(model.id.in_(list(listing_ids))).order_by(model.code, model.id)
    )
    return [_row(row) for row in rows]


def live(
    *,
    kind: Kind | None = None,
    vendor_id: uuid.UUID | None = None,
    words: str = "",
    page: int = 1,
    per_page: int = 50,
) -> Page[ListingRow]:
    """What the public sees now, the newest publication first."""
    query = _united((kind,) if kind else KINDS, lambda model: _live_of(model, vendor_id), words)
    columns = query.selected_columns
    return page_of(query.order_by(columns["live_number"].desc()), _row, number=page, per_page=per_page)


def _live_of(model: type[Product | Package], vendor_id: uuid.UUID | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [LivePublication.listing_id.is_not(None)]
    if vendor_id:
        conditions.append(model.organisation_id == vendor_id)
    return conditions


def oldest_waiting() -> datetime | None:
    """Since when the oldest submitted listing waits; None when nothing waits."""
    actor.current().require(Permission.VIEW_SECRETARIAT)
    parts = [
        select(func.min(model.submitted_at)).where(model.state == "submitted") for model in (Product, Package)
    ]
    found = [moment for moment in db.session.scalars(union_all(*parts)) if moment]
    return min(found, default=None)


def vendors(*, words: str = "", page: int = 1, per_page: int = 50) -> Page[VendorRow]:
    """Vendors by name, with what waits and what is live of each."""
    actor.current().require(Permission.VIEW_SECRETARIAT)

    def submitted(model: type[Product | Package]) -> Any:
        return (
            select(func.count())
            .where(model.organisation_id == Organisation.id, model.state == "submitted")
            .correlate(Organisation)
            .scalar_subquery()
        )

    def shown(kind: Kind) -> Any:
        return (
            select(func.count())
            .where(LivePublication.organisation_id == Organisation.id, LivePublication.kind == kind)
            .correlate(Organisation)
            .scalar_subquery()
        )

    query = select(
        Organisation.id,
        Organisation.name,
        Organisation.corporate_number,
        Organisation.prefecture,
        submitted(Product) + submitted(Package),
        shown("product"),
        shown("package"),
    ).where(Organisation.kind == "vendor")
    sought = _sought(words)
    if sought:
        query = query.where(
            or_(
                Organisation.name.icontains(sought, autoescape=True),
                Organisation.corporate_number.startswith(sought, autoescape=True),
            )
        )
    return page_of(
        query.order_by(Organisation.name, Organisation.id),
        lambda row: VendorRow(*row),
        number=page,
        per_page=per_page,
    )


def vendors_with(state: str) -> list[tuple[uuid.UUID, str]]:
    """Vendors that have listings in this state: (id, name)."""
    actor.current().require(Permission.VIEW_SECRETARIAT)
    owners = union_all(
        *(select(model.organisation_id).where(model.state == state) for model in (Product, Package))
    )
    rows = db.session.execute(
        select(Organisation.id, Organisation.name)
        .where(Organisation.id.in_(select(owners.subquery().c[0])))
        .order_by(Organisation.id)
    )
    return [(found, name) for found, name in rows]


def published_between(first: int, last: int, *, page: int = 1, per_page: int = 50) -> Page[PublicationRow]:
    """Publications by number, first and last included: what a batch brought."""
    actor.current().require(Permission.VIEW_SECRETARIAT)
    query = (
        select(
            Publication.number,
            Publication.kind,
            Publication.code,
            Publication.vendor_number,
            Publication.listing_id,
            Publication.content["name"].as_string(),
            Publication.content[("vendor", "name")].as_string(),
            Publication.published_at,
        )
        .where(Publication.number.between(first, last))
        .order_by(Publication.number)
    )
    return page_of(query, lambda row: PublicationRow(*row), number=page, per_page=per_page)
