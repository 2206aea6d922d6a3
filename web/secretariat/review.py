"""The review: a queue, one listing after the other, and many at once."""

from __future__ import annotations

import uuid
from typing import Any, Final

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from catalogue import desk, listing_detail, listing_queries, listings
from catalogue.listing_detail import Detail
from tenants.actor import current
from tenants.errors import BadInput, NotFound
from tenants.permissions import Permission
from tenants.text import Text
from web import lists
from web.guard import allow
from web.listing_facts import facts_of
from web.secretariat.blueprint import blueprint
from web.words import t

REASONS: Final[tuple[Text, ...]] = (
    Text("説明が製品の内容と合っていません。", "The description does not match the product."),
    Text(
        "価格の根拠が分かりません。内訳を説明に書いてください。",
        "The price needs an explanation; write its parts.",
    ),
    Text("コア機能の選び方が製品の内容と合っていません。", "The core functions do not match the product."),
    Text("費目または課金単位が正しくありません。", "The cost kind or the billing unit is wrong."),
    Text("対象業種を見直してください。", "Please review the target industries."),
    Text("誤字や分かりにくい表現があります。", "There are mistakes or unclear wording."),
)


@blueprint.get("/queue")
@allow(Permission.VIEW_SECRETARIAT)
def queue() -> str:
    """What waits for review, the oldest first."""
    return _queue_page()


def _queue_page(error: BadInput | None = None) -> str:
    kind, vendor_id = lists.kind_wanted(), lists.id_wanted("vendor")
    return render_template(
        "secretariat/queue.html",
        page=listing_queries.queue(
            kind=kind, vendor_id=vendor_id, words=lists.words(), page=lists.page_number(), per_page=50
        ),
        vendors=lists.vendors_with("submitted"),
        kind=kind,
        vendor=vendor_id,
        words=lists.words(),
        href=lists.page_address,
        findings=error.findings if error else (),
        may_review=current().may(Permission.REVIEW_LISTINGS),
        keep={"only": kind, "vendor": vendor_id},
    )


@blueprint.post("/queue/approve")
@allow(Permission.REVIEW_LISTINGS)
def approve_chosen() -> Response | tuple[str, int]:
    """Approve all that was ticked, or nothing; what stands against it is listed above the queue."""
    try:
        number = desk.approve(lists.chosen())
    except BadInput as error:
        return _queue_page(error), 422
    flash(
        t(
            f"{number:,}件を承認しました。「公開の手続き」から公開できます。",
            f"{number:,} approved; publish them next.",
        ),
        "success",
    )
    return redirect(url_for("secretariat.queue", **_kept()))


def _kept() -> dict[str, Any]:
    return {"only": lists.kind_wanted(), "vendor": lists.id_wanted("vendor")}


@blueprint.get("/review/<kind>/<uuid:listing_id>")
@allow(Permission.VIEW_SECRETARIAT)
def review(kind: str, listing_id: uuid.UUID) -> str:
    """One listing: what changed since it was last published, the rules beside it, and the decision."""
    return _review_page(listing_detail.by_id(lists.kind_of(kind), listing_id))


def _review_page(detail: Detail, error: BadInput | None = None) -> str:
    return render_template(
        "secretariat/review.html",
        detail=detail,
        row=detail.row,
        facts=facts_of(detail),
        following=listing_queries.next_in_queue(
            detail.row, kind=lists.kind_wanted(), vendor_id=lists.id_wanted("vendor")
        ),
        reasons=REASONS,
        findings=error.findings if error else (),
        chosen_reason=request.form.get("reason", ""),
        note=request.form.get("note", ""),
        keep=_kept(),
        event_words=listing_detail.event_words,
    )


@blueprint.post("/review/<kind>/<uuid:listing_id>/approve")
@allow(Permission.REVIEW_LISTINGS)
def approve_one(kind: str, listing_id: uuid.UUID) -> Response | tuple[str, int]:
    """Approve what was seen, and go to the next one."""
    which = lists.kind_of(kind)
    detail = listing_detail.by_id(which, listing_id)
    try:
        desk.approve({which: {listing_id: lists.read_version()}})
    except BadInput as error:
        return _review_page(detail, error), 422
    flash(t(f"「{detail.row.name}」を承認しました。", f"“{detail.row.name}” is approved."), "success")
    return _to_next(detail)


@blueprint.post("/review/<kind>/<uuid:listing_id>/return")
@allow(Permission.REVIEW_LISTINGS)
def send_back(kind: str, listing_id: uuid.UUID) -> Response | tuple[str, int]:
    """Return it to the vendor with the reason picked from the list and what was added, and go to the next one."""
    which = lists.kind_of(kind)
    detail = listing_detail.by_id(which, listing_id)
    try:
        listings.send_back(which, listing_id, reason=_reason(), read_version=lists.read_version())
    except BadInput as error:
        return _review_page(detail, error), 422
    flash(t(f"「{detail.row.name}」を差し戻しました。", f"“{detail.row.name}” was returned."), "success")
    return _to_next(detail)


def _reason() -> str:
    picked = request.form.get("reason", "")
    known = REASONS[int(picked)].ja if picked in {str(number) for number in range(len(REASONS))} else ""
    return "\n".join(part for part in (known, request.form.get("note", "").strip()) if part)


def _to_next(detail: Detail) -> Response:
    following = listing_queries.next_in_queue(
        detail.row, kind=lists.kind_wanted(), vendor_id=lists.id_wanted("vendor")
    )
    if following is None:
        return redirect(url_for("secretariat.queue", **_kept()))
    return redirect(url_for("secretariat.review", kind=following.kind, listing_id=following.id, **_kept()))


@blueprint.post("/review/<kind>/<uuid:listing_id>/withdraw")
@allow(Permission.PUBLISH_LISTINGS)
def withdraw(kind: str, listing_id: uuid.UUID) -> Response | tuple[str, int]:
    """Take a live listing off the public site, with the reason the public will read."""
    which = lists.kind_of(kind)
    detail = listing_detail.by_id(which, listing_id)
    if not detail.is_live:
        raise NotFound(listings.WHAT[which])
    try:
        listings.withdraw(
            which, listing_id, reason=request.form.get("reason", ""), read_version=lists.read_version()
        )
    except BadInput as error:
        return render_template(
            "secretariat/withdraw.html", detail=detail, row=detail.row, findings=error.findings
        ), 422
    flash(t(f"「{detail.row.name}」の公開を終了しました。", f"“{detail.row.name}” is withdrawn."), "success")
    return redirect(url_for("secretariat.live"))


@blueprint.get("/review/<kind>/<uuid:listing_id>/withdraw")
@allow(Permission.PUBLISH_LISTINGS)
def ask_withdraw(kind: str, listing_id: uuid.UUID) -> str:
    """The page that asks for the reason before a listing leaves the public site."""
    detail = listing_detail.by_id(lists.kind_of(kind), listing_id)
    if not detail.is_live:
        raise NotFound(listings.WHAT[detail.row.kind])
    return render_template("secretariat/withdraw.html", detail=detail, row=detail.row, findings=())
