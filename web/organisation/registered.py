"""The page for somebody who registers a business that has an account already."""

from __future__ import annotations

from flask import render_template, request

from tenants.actor import current
from tenants.duplicates import AlreadyRegistered
from web import problems
from web.organisation.blueprint import blueprint


@blueprint.app_errorhandler(AlreadyRegistered)
def already_registered(error: AlreadyRegistered) -> tuple[str, int]:
    """How to be invited; where the name and address alone are the same, also how to go on all the same.

    The secretariat, whose files may name a business registered a moment ago, is told that things have changed.
    """
    if current().audience == "secretariat":
        return problems.page(error.status, error.findings)
    page = render_template(
        "organisation/registered.html",
        findings=error.findings,
        certain=error.certain,
        fields=[pair for pair in request.form.items(multi=True) if pair[0] not in ("csrf_token", "another")],
        again=request.path,
    )
    return page, error.status
