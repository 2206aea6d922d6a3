"""The vendor's side of applications: the board, answering a request, preparing, submitting as the proxy."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from marketplace.applications import queries, services
from marketplace.applications.document import PREPARED_LABELS, changes, prepared_from
from marketplace.applications.lifecycle import APPLICATION, ENDED
from tenants.errors import BadInput, Finding, IllegalStep, StaleVersion
from tenants.permissions import Permission
from tenants.text import Text
from web.applications import frame, list_page, with_next
from web.fields import by_field
from web.guard import allow
from web.lists import read_version
from web.vendor.blueprint import blueprint
from web.words import t


@blueprint.get("/applications")
@allow(Permission.VIEW_VENDOR_APPLICATIONS)
def applications() -> str:
    """The board by step, what waits longest first; ?state= lists one step whole."""
    if request.args.get("state"):
        return list_page("vendor/applications_list.html", "vendor")
    cards, counts = queries.board()
    rows = with_next("vendor", cards)
    columns = [
        {
            "state": state,
            "count": counts.get(state.code, 0),
            "rows": [(card, step) for card, step in rows if card.state.code == state.code],
        }
        for state in APPLICATION.states
        if state.code not in ENDED
    ]
    ended = sum(counts.get(code, 0) for code in ENDED)
    return render_template(
        "vendor/applications_board.html",
        columns=columns,
        total=sum(counts.values()),
        ended=ended,
        ended_states=[state for state in APPLICATION.states if state.code in ENDED],
        counts=counts,
    )


@blueprint.get("/applications/<uuid:application_id>")
@allow(Permission.VIEW_VENDOR_APPLICATIONS)
def application(application_id: uuid.UUID) -> str:
    """One application with what this vendor may do now."""
    return _page(application_id)


@blueprint.post("/applications/<uuid:application_id>/accept")
@allow(Permission.HANDLE_VENDOR_APPLICATIONS)
def accept(application_id: uuid.UUID) -> Response:
    """Take the request on; preparing is next."""
    services.accept(application_id, read_version=read_version())
    flash(t("依頼を受けました。次に、申請内容を準備してください。", "Accepted. Please prepare it now."), "success")
    return redirect(url_for("vendor.prepare_application_page", application_id=application_id))


@blueprint.post("/applications/<uuid:application_id>/decline")
@allow(Permission.HANDLE_VENDOR_APPLICATIONS)
def decline(application_id: uuid.UUID) -> Response | tuple[str, int]:
    """Decline the request with a reason."""
    typed = request.form.get("reason", "")
    try:
        services.decline(application_id, reason=typed, read_version=read_version())
    except BadInput as error:
        return _page(application_id, error, typed), 422
    flash(
        t("依頼を断りました。理由は事業者に伝わります。", "Declined. The business reads your reason."), "success"
    )
    return redirect(url_for("vendor.application", application_id=application_id))


@blueprint.get("/applications/<uuid:application_id>/prepare")
@allow(Permission.HANDLE_VENDOR_APPLICATIONS)
def prepare_application_page(application_id: uuid.UUID) -> str:
    """The form beside what was chosen; it says beforehand when sending it voids a confirmation."""
    view = queries.application(application_id)
    if "prepare" not in {step.code for step in view.steps}:
        raise IllegalStep(_not_now())
    return _prepare_page(view, dict(view.prepared or {}))


@blueprint.post("/applications/<uuid:application_id>/prepare")
@allow(Permission.HANDLE_VENDOR_APPLICATIONS)
def prepare_application(application_id: uuid.UUID) -> Response | tuple[str, int]:
    """Send it to the business; what was typed stays when something is wrong or somebody else was first."""
    typed = {name: request.form.get(name, "") for name in PREPARED_LABELS}
    try:
        services.prepare(application_id, prepared_from(typed), read_version=read_version())
    except BadInput as error:
        return _prepare_page(queries.application(application_id), typed, error.findings), 422
    except StaleVersion as error:
        view = queries.application(application_id)
        if "prepare" not in {step.code for step in view.steps}:
            raise
        return _prepare_page(view, typed, error.findings, stale=True), 409
    flash(
        t("申請内容を事業者に送りました。確認を待っています。", "Sent to the business for confirmation."),
        "success",
    )
    return redirect(url_for("vendor.application", application_id=application_id))


@blueprint.post("/applications/<uuid:application_id>/submit")
@allow(Permission.HANDLE_VENDOR_APPLICATIONS)
def submit(application_id: uuid.UUID) -> Response:
    """File the confirmed application with the secretariat."""
    services.submit(application_id, read_version=read_version())
    flash(t("事務局に提出しました。", "Submitted to the secretariat."), "success")
    return redirect(url_for("vendor.application", application_id=application_id))


def _page(application_id: uuid.UUID, error: BadInput | None = None, reason: str = "") -> str:
    findings = error.findings if error else ()
    return render_template(
        "vendor/application.html",
        **frame(queries.application(application_id), "vendor"),
        findings=findings,
        errors=by_field(findings),
        reason=reason,
    )


def _prepare_page(
    view: queries.ApplicationView,
    typed: dict[str, str],
    findings: tuple[Finding, ...] = (),
    *,
    stale: bool = False,
) -> str:
    """stale: somebody else sent another text meanwhile; both are shown, and sending again replaces it."""
    theirs = {"prepared": view.prepared or {}}
    return render_template(
        "vendor/application_prepare.html",
        **frame(view, "vendor"),
        typed=typed,
        findings=findings,
        errors=by_field(findings),
        labels=PREPARED_LABELS,
        changes=changes(theirs, {"prepared": typed}) if stale else (),
        stale=stale,
    )


def _not_now() -> Finding:
    return Finding(
        "illegal_step",
        Text("いまの状態では、申請内容を準備できません。", "It cannot be prepared as things stand."),
        Text("申請のページで、いまの状態を確認してください。", "See the application's page for its state."),
    )
