"""The business's enquiries to vendors."""

from __future__ import annotations

import uuid

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from catalogue.publications import live_package
from marketplace.enquiries import queries, services
from marketplace.enquiries.lifecycle import ENQUIRY
from marketplace.enquiries.repeats import AlreadySent
from marketplace.enquiries.services import BODY_LIMIT, MOST_FILES, RELEASABLE
from tenants.errors import BadInput
from tenants.permissions import Permission
from web import enquiries
from web.enquiries import Answer
from web.fields import by_field
from web.guard import Open, allow
from web.lists import page_address, page_number
from web.problems import refused
from web.sme.blueprint import blueprint
from web.words import t

ONE = "sme/enquiry.html"


@blueprint.get("/enquiries")
@allow(Permission.ASK_VENDORS)
def my_enquiries() -> str:
    """All enquiries, the newest message first."""
    return render_template(
        "sme/enquiries.html",
        found=queries.enquiries(state=request.args.get("state") or None, page=page_number()),
        states=ENQUIRY.states,
        chosen=request.args.get("state"),
        page_address=page_address,
    )


@blueprint.get("/enquiries/new/<code>")
@allow(Open.SIGNED_IN)
def ask_page(code: str) -> Answer:
    """The form, with exactly what would be sent. A first visit registers the business first."""
    if g.signed_in.workplace is None:
        return redirect(url_for("sme.register", package=live_package(code).code))
    return _ask_page(code)


def _ask_page(code: str, error: BadInput | None = None) -> str:
    findings = error.findings if error else ()
    return render_template(
        "sme/ask.html",
        package=live_package(code),
        known=services.releasable(),
        labels=RELEASABLE,
        chosen=request.form.getlist("release"),
        typed=request.form.get("body", ""),
        findings=findings,
        errors=by_field(findings),
        limit=BODY_LIMIT,
        most_files=MOST_FILES,
    )


@blueprint.post("/enquiries/new/<code>")
@allow(Permission.ASK_VENDORS)
def ask(code: str) -> Answer:
    """Send it with what was ticked."""
    try:
        enquiry_id = services.ask(
            code,
            request.form.get("body", ""),
            release=request.form.getlist("release"),
            uploads=enquiries.uploads(),
        )
    except BadInput as error:
        return refused(_ask_page(code, error), error)
    except AlreadySent as error:
        return enquiries.sent_before(error, url_for("sme.my_enquiry", enquiry_id=error.enquiry_id))
    flash(t("問い合わせを送りました。", "Your enquiry was sent."), "success")
    return redirect(url_for("sme.my_enquiry", enquiry_id=enquiry_id))


@blueprint.get("/enquiries/<uuid:enquiry_id>")
@allow(Permission.ASK_VENDORS)
def my_enquiry(enquiry_id: uuid.UUID) -> str:
    """The messages, and the quotes that came of them."""
    return enquiries.page(ONE, enquiry_id)


@blueprint.post("/enquiries/<uuid:enquiry_id>/messages")
@allow(Permission.ASK_VENDORS)
def ask_again(enquiry_id: uuid.UUID) -> Answer:
    """Ask more."""
    return enquiries.write(ONE, enquiry_id, url_for("sme.my_enquiry", enquiry_id=enquiry_id))


@blueprint.post("/enquiries/<uuid:enquiry_id>/close")
@allow(Permission.ASK_VENDORS)
def end_enquiry(enquiry_id: uuid.UUID) -> Response:
    """End the exchange."""
    return enquiries.close(enquiry_id, url_for("sme.my_enquiry", enquiry_id=enquiry_id))


@blueprint.get("/enquiries/<uuid:enquiry_id>/files/<uuid:file_id>")
@allow(Permission.ASK_VENDORS)
def my_enquiry_file(enquiry_id: uuid.UUID, file_id: uuid.UUID) -> Response:
    """An attachment of either side."""
    return enquiries.file(enquiry_id, file_id)
