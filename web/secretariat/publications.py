"""Publication: what was approved is chosen, looked at once more, and published in one go."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from catalogue import desk, listing_queries
from catalogue.listing_queries import KINDS
from catalogue.listing_rows import ListingRow
from tenants.actor import current
from tenants.errors import BadInput
from tenants.permissions import Permission
from web import lists
from web.guard import allow
from web.secretariat.blueprint import blueprint

SHOWN_IN_PREVIEW = 100


@blueprint.get("/publications")
@allow(Permission.VIEW_SECRETARIAT)
def publications() -> str:
    """What waits to be published."""
    return _waiting_page()


def _waiting_page(error: BadInput | None = None) -> str:
    kind, vendor_id = lists.kind_wanted(), lists.id_wanted("vendor")
    return render_template(
        "secretariat/publications.html",
        page=listing_queries.waiting_to_be_published(kind=kind, vendor_id=vendor_id, page=lists.page_number()),
        vendors=lists.vendors_with("approved"),
        kind=kind,
        vendor=vendor_id,
        keep={"only": kind, "vendor": vendor_id},
        href=lists.page_address,
        findings=error.findings if error else (),
        may_publish=current().may(Permission.PUBLISH_LISTINGS),
        limit=listing_queries.BATCH_LIMIT,
    )


@blueprint.post("/publications/preview")
@allow(Permission.PUBLISH_LISTINGS)
def preview_publication() -> str | tuple[str, int]:
    """What would be published: the ticked rows as they are now, or all that the filter shows."""
    if "all" in request.form:
        rows = listing_queries.every_approved(kind=lists.kind_wanted(), vendor_id=lists.id_wanted("vendor"))
    else:
        rows = [row for kind, versions in lists.chosen().items() for row in listing_queries.chosen(kind, versions)]
    rows = [row for row in rows if row.state == "approved"]
    if not rows:
        return _waiting_page(BadInput(desk.NOTHING_CHOSEN)), 422
    return _preview(rows)


def _preview(rows: list[ListingRow], error: BadInput | None = None) -> str:
    return render_template(
        "secretariat/publication_preview.html",
        rows=rows[:SHOWN_IN_PREVIEW],
        total=len(rows),
        counts={kind: sum(row.kind == kind for row in rows) for kind in KINDS},
        replacing=sum(row.live_number is not None for row in rows),
        chosen=",".join(row.key for row in rows),
        findings=error.findings if error else (),
    )


@blueprint.post("/publications")
@allow(Permission.PUBLISH_LISTINGS)
def publish() -> Response | tuple[str, int]:
    """Publish exactly what the preview showed, or nothing."""
    chosen = lists.chosen()
    try:
        numbers = desk.publish(chosen)
    except BadInput as error:
        if not chosen:
            return _waiting_page(error), 422
        rows = [row for kind, versions in chosen.items() for row in listing_queries.chosen(kind, versions)]
        return _preview(rows, error), 422
    return redirect(url_for("secretariat.published", first=min(numbers), last=max(numbers)))


@blueprint.get("/publications/published")
@allow(Permission.VIEW_SECRETARIAT)
def published() -> str:
    """What a batch published, by number."""
    first, last = _number("first"), _number("last")
    return render_template(
        "secretariat/published.html",
        page=listing_queries.published_between(first, last, page=lists.page_number()),
        first=first,
        last=last,
        href=lists.page_address,
    )


def _number(name: str) -> int:
    written = request.args.get(name, "0")
    return int(written) if written.isascii() and written.isdigit() and len(written) < 16 else 0


@blueprint.get("/live")
@allow(Permission.VIEW_SECRETARIAT)
def live() -> str:
    """What the public sees now."""
    kind, vendor_id = lists.kind_wanted(), lists.id_wanted("vendor")
    return render_template(
        "secretariat/live.html",
        page=listing_queries.live(kind=kind, vendor_id=vendor_id, words=lists.words(), page=lists.page_number()),
        kind=kind,
        vendor=vendor_id,
        words=lists.words(),
        href=lists.page_address,
        may_withdraw=current().may(Permission.PUBLISH_LISTINGS),
    )
