"""The vendor's products and packages: lists, one of them in full, submitting and taking back."""

from __future__ import annotations

from typing import Final

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from catalogue import desk, listing_detail, listing_queries, listings
from catalogue.lifecycle import LISTING
from catalogue.listings import Kind
from tenants.actor import current
from tenants.errors import BadInput, NotFound
from tenants.permissions import Permission
from tenants.text import Text
from web import lists
from web.guard import allow
from web.listing_facts import facts_of
from web.vendor.blueprint import blueprint
from web.words import t

PLURALS: Final[dict[str, Kind]] = {"products": "product", "packages": "package"}
LISTS: Final[dict[Kind, str]] = {"product": "vendor.products", "package": "vendor.packages"}


def kind_of(plural: str) -> Kind:
    """The kind that an address names; NotFound for anything else."""
    if plural not in PLURALS:
        raise NotFound(Text("ページ", "The page"))
    return PLURALS[plural]


@blueprint.get("/products")
@allow(Permission.VIEW_LISTINGS)
def products() -> str:
    """The vendor's products."""
    return _list_page("product")


@blueprint.get("/packages")
@allow(Permission.VIEW_LISTINGS)
def packages() -> str:
    """The vendor's packages."""
    return _list_page("package")


def _list_page(kind: Kind, error: BadInput | None = None) -> str:
    state = request.args.get("state", "")
    order = request.args.get("order", "newest")
    return render_template(
        "vendor/listings.html",
        kind=kind,
        plural=f"{kind}s",
        page=listing_queries.own(
            kind, state=state or None, words=lists.words(), order=order, page=lists.page_number()
        ),
        counts=listing_queries.counts()[kind],
        states=LISTING.states,
        state=state,
        orders=listing_queries.ORDERS,
        order=order,
        words=lists.words(),
        list_address=url_for(LISTS[kind]),
        href=lists.page_address,
        findings=error.findings if error else (),
        may_edit=current().may(Permission.EDIT_LISTINGS),
        may_submit=current().may(Permission.SUBMIT_LISTINGS),
    )


@blueprint.post("/<any(products, packages):plural>/submit")
@allow(Permission.SUBMIT_LISTINGS)
def submit_chosen(plural: str) -> Response | tuple[str, int]:
    """Hand in all that was ticked, or nothing."""
    kind = kind_of(plural)
    try:
        number = desk.submit(lists.chosen())
    except BadInput as error:
        return _list_page(kind, error), error.status
    flash(
        t(
            f"{number:,}件を提出しました。審査の結果はホームに表示されます。",
            f"{number:,} submitted; the result will show on your home page.",
        ),
        "success",
    )
    return redirect(url_for(LISTS[kind]))


@blueprint.get("/<any(products, packages):plural>/<code>")
@allow(Permission.VIEW_LISTINGS)
def listing(plural: str, code: str) -> str:
    """One product or package: its state, the live check, what the public sees, what happened."""
    return _listing_page(kind_of(plural), code)


def _listing_page(kind: Kind, code: str, error: BadInput | None = None) -> str:
    detail = listing_detail.by_code(kind, code)
    return render_template(
        "vendor/listing.html",
        detail=detail,
        row=detail.row,
        facts=facts_of(detail),
        plural=f"{kind}s",
        list_address=url_for(LISTS[kind]),
        state=LISTING.state(detail.row.state),
        findings=error.findings if error else (),
        event_words=listing_detail.event_words,
    )


@blueprint.post("/<any(products, packages):plural>/<code>/submit")
@allow(Permission.SUBMIT_LISTINGS)
def submit_one(plural: str, code: str) -> Response | tuple[str, int]:
    """Hand this one in."""
    kind = kind_of(plural)
    detail = listing_detail.by_code(kind, code)
    try:
        desk.submit({kind: {detail.row.id: lists.read_version()}})
    except BadInput as error:
        return _listing_page(kind, code, error), error.status
    flash(
        t("提出しました。事務局の審査をお待ちください。", "Submitted. The secretariat will look at it."), "success"
    )
    return redirect(url_for("vendor.listing", plural=plural, code=code))


@blueprint.post("/<any(products, packages):plural>/<code>/take-back")
@allow(Permission.SUBMIT_LISTINGS)
def take_back(plural: str, code: str) -> Response:
    """Take it back to its draft while nobody decided yet."""
    kind = kind_of(plural)
    detail = listing_detail.by_code(kind, code)
    listings.take_back(kind, detail.row.id, read_version=lists.read_version())
    flash(t("提出を取り下げました。下書きに戻っています。", "Taken back; it is a draft again."), "success")
    return redirect(url_for("vendor.listing", plural=plural, code=code))
