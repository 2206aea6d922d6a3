"""Businesses that may be registered twice."""

from __future__ import annotations

from flask import render_template, request

from tenants import duplicates
from tenants.permissions import Permission
from web import lists
from web.guard import allow
from web.secretariat.blueprint import blueprint


@blueprint.get("/duplicates")
@allow(Permission.VIEW_SECRETARIAT)
def suspected_duplicates() -> str:
    """Groups of records with one number, or with one name at one address."""
    by: duplicates.By = "number" if request.args.get("by") == "number" else "name_and_address"
    return render_template(
        "secretariat/duplicates.html",
        by=by,
        page=duplicates.suspicions(by, page=lists.page_number()),
        href=lists.page_address,
        address_with=lists.address_with,
    )
