"""The vendor's home: what came back and why, what is under way, what is live, what to do next."""

from __future__ import annotations

from flask import render_template

from catalogue import listing_queries
from tenants.actor import current
from tenants.permissions import Permission
from web.guard import allow
from web.vendor.blueprint import blueprint


@blueprint.get("/")
@allow(Permission.VIEW_LISTINGS)
def home() -> str:
    """Returned listings first."""
    return render_template(
        "vendor/home.html",
        returned=listing_queries.returned(),
        counts=listing_queries.counts(),
        may_edit=current().may(Permission.EDIT_LISTINGS),
    )
