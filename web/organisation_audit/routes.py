"""The own organisation's part of the audit trail. People of other organisations stand there by their office."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from tenants import audit_queries
from tenants.permissions import Permission
from web import audit_pages, lists
from web.guard import allow
from web.organisation.blueprint import side_menu

blueprint = Blueprint("organisation_audit", __name__, url_prefix="/organisation")
blueprint.context_processor(side_menu)


@blueprint.get("/audit")
@allow(Permission.VIEW_OWN_AUDIT)
def own_trail() -> tuple[str, int]:
    """What happened in the own organisation's matters, newest first."""
    wanted = audit_pages.wanted()
    html = render_template(
        "organisation_audit/trail.html",
        **audit_pages.shared(
            wanted, audit_queries.own_names(), audit_queries.own_events(wanted, page=lists.page_number())
        ),
    )
    return html, audit_pages.status()


@blueprint.get("/audit.csv")
@allow(Permission.VIEW_OWN_AUDIT)
def export_own_trail() -> Response:
    """The same events as a file for a spreadsheet."""
    return audit_pages.as_file(audit_queries.export_own(audit_pages.wanted_for_file()))
