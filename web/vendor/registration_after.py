"""After the committee: the vendor's appeal, and the yearly renewal."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from marketplace.registration import decisions, renewal, standing, steps
from tenants.actor import current
from tenants.errors import BadInput, OutsideWindow
from tenants.permissions import Permission
from web import lists
from web.fields import by_field
from web.guard import allow
from web.vendor.blueprint import blueprint
from web.words import t

Answer = str | Response | tuple[str, int]


@blueprint.get("/registration/appeal")
@allow(Permission.VIEW_REGISTRATION)
def appeal_page() -> str:
    """The decision, and the form to appeal against it."""
    return _appeal_page()


def _appeal_page(error: BadInput | OutsideWindow | None = None) -> str:
    findings = error.findings if error else ()
    return render_template(
        "vendor/appeal.html",
        view=decisions.own_decision(),
        may_appeal=current().may(Permission.EDIT_REGISTRATION),
        typed=request.form,
        findings=findings,
        errors=by_field(findings),
    )


@blueprint.post("/registration/appeal")
@allow(Permission.EDIT_REGISTRATION)
def appeal() -> Answer:
    """Appeal."""
    view = decisions.own_decision()
    try:
        decisions.appeal(view.id, reason=request.form.get("reason", ""), read_version=lists.read_version())
    except (BadInput, OutsideWindow) as error:
        return _appeal_page(error), error.status
    flash(t("異議申立てを受け付けました。", "Your appeal was received."), "success")
    return redirect(url_for("vendor.registration"))


@blueprint.get("/renewal")
@allow(Permission.VIEW_REGISTRATION)
def renewal_page() -> str:
    """Until when the registration holds, how it stands, and the way to renew it."""
    vendor_id = current().own_organisation
    return render_template(
        "vendor/renewal.html",
        view=renewal.view(),
        standing=standing.overview(vendor_id),
        window=steps.open_window(),
        may_edit=current().may(Permission.EDIT_REGISTRATION),
    )


@blueprint.post("/renewal")
@allow(Permission.EDIT_REGISTRATION)
def start_renewal() -> Response:
    """Begin the renewal with what was said last time."""
    renewal.start()
    flash(
        t(
            "前回の内容を写しました。変わったところを直して提出してください。",
            "Filled in from last time: correct what changed.",
        ),
        "success",
    )
    return redirect(url_for("vendor.registration"))
