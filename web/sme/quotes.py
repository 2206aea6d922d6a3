"""The business's quotes: reading, comparing, accepting or declining, starting an application from one."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from marketplace import applicant_identity
from marketplace.applications import services as applications
from marketplace.applications.offers import offer_of_quote
from marketplace.applications.services import in_both_languages
from marketplace.outlay import Outlay
from marketplace.quotes import queries, services
from marketplace.quotes.lifecycle import QUOTE
from marketplace.quotes.side_by_side import outlay_of, side_by_side
from marketplace.rounds import all_rounds
from tenants import actor, clock
from tenants.errors import BadInput, IllegalStep
from tenants.permissions import Permission
from web import quotes
from web.applications import estimate_of
from web.enquiries import Answer
from web.fields import by_field
from web.guard import allow
from web.lists import page_address, page_number, read_version
from web.sme.applications import start_page_of, typed_identity
from web.sme.blueprint import blueprint
from web.words import t


@blueprint.get("/quotes")
@allow(Permission.VIEW_OWN_APPLICATIONS)
def my_quotes() -> str:
    """All quotes, newest first, to be ticked for a comparison."""
    return render_template(
        "sme/quotes.html",
        found=queries.quotes(state=request.args.get("state") or None, page=page_number()),
        counts=queries.counts(),
        states=[state for state in QUOTE.states if state.code != "draft"],
        chosen=request.args.get("state"),
        page_address=page_address,
        most=queries.MOST_BESIDE,
    )


@blueprint.get("/quotes/compare")
@allow(Permission.VIEW_OWN_APPLICATIONS)
def compare_quotes() -> str:
    """Those of ?quotes= side by side."""
    views = queries.beside(_ids(request.args.getlist("quotes")))
    shown = [str(view.card.id) for view in views]
    return render_template(
        "sme/quotes_compare.html",
        quotes=[_head(view) for view in views],
        remove_href=lambda code: url_for("sme.compare_quotes", quotes=[each for each in shown if each != code]),
        groups=side_by_side(views, rounds=all_rounds(), at=clock.now()),
    )


def _head(view: queries.QuoteView) -> dict[str, Any]:
    card = view.card
    return {
        "code": str(card.id),
        "href": url_for("sme.my_quote", quote_id=card.id),
        "name": card.package_name,
        "vendor_name": card.vendor_name,
        "note": card.title,
    }


def _ids(written: list[str]) -> list[uuid.UUID]:
    found = []
    for each in written:
        try:
            found.append(uuid.UUID(each))
        except ValueError:
            continue
    return found


@blueprint.get("/quotes/<uuid:quote_id>")
@allow(Permission.VIEW_OWN_APPLICATIONS)
def my_quote(quote_id: uuid.UUID) -> str:
    """One version: its lines, what it comes to after the subsidy, what can be done."""
    return _page(quote_id)


def _page(quote_id: uuid.UUID, error: BadInput | None = None) -> str:
    view = queries.quote(quote_id)
    findings = error.findings if error else ()
    return render_template(
        "sme/quote.html",
        view=view,
        card=view.card,
        lines=quotes.lines(view),
        estimate=estimate_of(in_both_languages(view.estimate)) if view.estimate else None,
        outlay=_outlay(view),
        scheme_name=quotes.scheme_name(view),
        changed=quotes.changed(view),
        findings=findings,
        errors=by_field(findings),
        typed=request.form.get("reason", ""),
    )


def _outlay(view: queries.QuoteView) -> Outlay | None:
    """By the scheme in use."""
    return outlay_of(view, view.today, rounds=all_rounds(), at=clock.now()) if view.today else None


@blueprint.get("/quotes/<uuid:quote_id>.pdf")
@allow(Permission.VIEW_OWN_APPLICATIONS)
def my_quote_paper(quote_id: uuid.UUID) -> Response:
    """The quote on paper."""
    return quotes.paper(quote_id)


@blueprint.post("/quotes/<uuid:quote_id>/accept")
@allow(Permission.ANSWER_QUOTES)
def accept_quote(quote_id: uuid.UUID) -> Answer:
    """Accept exactly this version."""
    try:
        services.accept(quote_id, read_version=read_version())
    except BadInput as error:
        return _page(quote_id, error), error.status
    flash(
        t(
            "見積もりを承諾しました。この内容で申請を始められます。",
            "Accepted. You can start an application from it.",
        ),
        "success",
    )
    return redirect(url_for("sme.my_quote", quote_id=quote_id))


@blueprint.post("/quotes/<uuid:quote_id>/decline")
@allow(Permission.ANSWER_QUOTES)
def decline_quote(quote_id: uuid.UUID) -> Answer:
    """Decline it with a reason."""
    try:
        services.decline(quote_id, reason=request.form.get("reason", ""), read_version=read_version())
    except BadInput as error:
        return _page(quote_id, error), error.status
    flash(
        t("見積もりを断りました。理由はベンダーに伝わります。", "Declined; the vendor reads your reason."),
        "success",
    )
    return redirect(url_for("sme.my_quote", quote_id=quote_id))


@blueprint.get("/quotes/<uuid:quote_id>/start")
@allow(Permission.START_APPLICATION)
def start_quote_page(quote_id: uuid.UUID) -> Answer:
    """Exactly what would be frozen; where no application can start, why, on the quote's own page."""
    try:
        shown = offer_of_quote(quote_id)
    except (BadInput, IllegalStep) as error:
        return _page(quote_id, BadInput(*error.findings)), error.status
    return start_page_of(shown, quote_id=quote_id)


@blueprint.post("/quotes/<uuid:quote_id>/start")
@allow(Permission.START_APPLICATION)
def start_from_quote(quote_id: uuid.UUID) -> Answer:
    """Start the application from the accepted quote."""
    try:
        applicant_identity.give(actor.current(), typed_identity())
        application_id = applications.start_with_quote(quote_id)
    except (BadInput, IllegalStep) as error:
        if any(finding.field == "mirasapo_id" for finding in error.findings):
            return start_page_of(offer_of_quote(quote_id), error.findings, quote_id=quote_id), error.status
        return _page(quote_id, BadInput(*error.findings)), error.status
    flash(t("申請の依頼をベンダーに送りました。", "Your request was sent to the vendor."), "success")
    return redirect(url_for("sme.application", application_id=application_id))
