"""What businesses ask this vendor."""

from __future__ import annotations

import uuid

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from marketplace.enquiries import queries
from marketplace.enquiries.lifecycle import ENQUIRY
from tenants.permissions import Permission
from web import enquiries as pages
from web.enquiries import Answer
from web.guard import allow
from web.lists import page_address, page_number
from web.vendor.blueprint import blueprint

ONE = "vendor/enquiry.html"


@blueprint.get("/enquiries")
@allow(Permission.VIEW_VENDOR_APPLICATIONS)
def enquiries() -> str:
    """What has waited longest for an answer first; ?state= shows one state."""
    state = request.args.get("state") or None
    return render_template(
        "vendor/enquiries.html",
        found=queries.enquiries(state=state, page=page_number()),
        counts=queries.counts(),
        states=ENQUIRY.states,
        chosen=state,
        page_address=page_address,
    )


@blueprint.get("/enquiries/<uuid:enquiry_id>")
@allow(Permission.VIEW_VENDOR_APPLICATIONS)
def enquiry(enquiry_id: uuid.UUID) -> str:
    """The messages, what the business released, and the quotes."""
    return pages.page(ONE, enquiry_id)


@blueprint.post("/enquiries/<uuid:enquiry_id>/messages")
@allow(Permission.HANDLE_VENDOR_APPLICATIONS)
def answer_enquiry(enquiry_id: uuid.UUID) -> Answer:
    """Answer."""
    return pages.write(ONE, enquiry_id, url_for("vendor.enquiry", enquiry_id=enquiry_id))


@blueprint.post("/enquiries/<uuid:enquiry_id>/close")
@allow(Permission.HANDLE_VENDOR_APPLICATIONS)
def finish_enquiry(enquiry_id: uuid.UUID) -> Response:
    """End an exchange that was answered."""
    return pages.close(enquiry_id, url_for("vendor.enquiry", enquiry_id=enquiry_id))


@blueprint.get("/enquiries/<uuid:enquiry_id>/files/<uuid:file_id>")
@allow(Permission.VIEW_VENDOR_APPLICATIONS)
def enquiry_file(enquiry_id: uuid.UUID, file_id: uuid.UUID) -> Response:
    """An attachment of either side."""
    return pages.file(enquiry_id, file_id)
