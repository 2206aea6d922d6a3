"""The register of organisations, and looking at the pages of one to help."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from tenants import support_view
from tenants.errors import BadInput
from tenants.permissions import Permission
from web import lists
from web.edge import SUPPORT_VIEW
from web.fields import by_field
from web.guard import allow
from web.secretariat.blueprint import blueprint
from web.words import t

HOMES = {"vendor": "vendor.home", "sme": "sme.home"}


@blueprint.get("/organisations")
@allow(Permission.VIEW_SECRETARIAT)
def organisations() -> str:
    """All organisations by name."""
    return render_template(
        "secretariat/organisations.html",
        page=support_view.organisations(words=lists.words(), page=lists.page_number()),
        words=lists.words(),
        href=lists.page_address,
    )


@blueprint.get("/support-views")
@allow(Permission.VIEW_SECRETARIAT)
def support_views() -> str:
    """Who looked at whose pages, when and why."""
    return render_template(
        "secretariat/support_views.html",
        page=support_view.of_everybody(page=lists.page_number()),
        href=lists.page_address,
    )


@blueprint.get("/organisations/<uuid:organisation_id>/support-view")
@allow(Permission.USE_SUPPORT_VIEW)
def ask_support_view(organisation_id: uuid.UUID) -> str:
    """Why, before the pages are opened."""
    return _ask_page(organisation_id)


def _ask_page(organisation_id: uuid.UUID, error: BadInput | None = None) -> str:
    findings = error.findings if error else ()
    return render_template(
        "secretariat/support_view_open.html",
        organisation=support_view.may_be_looked_at(organisation_id),
        reason=request.form.get("reason", ""),
        minutes=int(support_view.LIMIT.total_seconds()) // 60,
        findings=findings,
        errors=by_field(findings),
    )


@blueprint.post("/organisations/<uuid:organisation_id>/support-view")
@allow(Permission.USE_SUPPORT_VIEW)
def open_support_view(organisation_id: uuid.UUID) -> Response | tuple[str, int]:
    """From here on, pages are that organisation's, to be looked at only."""
    kind = support_view.may_be_looked_at(organisation_id).kind
    try:
        opened = support_view.open_view(organisation_id, request.form.get("reason", ""))
    except BadInput as error:
        return _ask_page(organisation_id, error), error.status
    session[SUPPORT_VIEW] = str(opened)
    flash(
        t("サポート閲覧を始めました。見るだけで、変更はできません。", "The support view is open: look only."),
        "info",
    )
    return redirect(url_for(HOMES[kind]))
