"""Applications as the secretariat reads them: by state, and one with its figures and its consent."""

from __future__ import annotations

import uuid

from flask import render_template

from marketplace.applicants import RESULTS
from marketplace.applications import own_tool, queries
from tenants.permissions import Permission
from web.applications import frame, list_page
from web.guard import allow
from web.secretariat.blueprint import blueprint


@blueprint.get("/applications")
@allow(Permission.VIEW_SECRETARIAT)
def applications() -> str:
    """All applications, newest change first, by ?state= and ?page=."""
    return list_page("secretariat/applications.html", "secretariat")


@blueprint.get("/applications/<uuid:application_id>")
@allow(Permission.VIEW_SECRETARIAT)
def application(application_id: uuid.UUID) -> str:
    """One application; nothing can be done to it here."""
    view = queries.application(application_id)
    return render_template(
        "secretariat/application.html",
        **frame(view, "secretariat"),
        parties=own_tool.parties(application_id),
        eligible=RESULTS[view.applicant["result"]],
    )
