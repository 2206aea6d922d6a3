"""The business's applications: choosing, confirming exactly what is seen, correcting, withdrawing."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from marketplace import applicant_identity
from marketplace.applications import queries, services
from marketplace.applications.offers import Offer, offer
from marketplace.outlay import outlay
from marketplace.rounds import all_rounds
from tenants import actor, clock
from tenants.errors import BadInput, Finding
from tenants.hidden import on_one_line
from tenants.permissions import Permission
from web.applications import estimate_of, frame, list_page, short_steps
from web.fields import by_field, read_id
from web.guard import Open, allow
from web.lists import read_version
from web.sme.blueprint import blueprint
from web.words import t


@blueprint.get("/applications")
@allow(Permission.VIEW_OWN_APPLICATIONS)
def applications() -> str:
    """All of the business's applications, newest change first."""
    return list_page("sme/applications.html", "sme", short_steps=short_steps)


@blueprint.get("/applications/start/<code>")
@allow(Open.SIGNED_IN)
def start_page(code: str) -> str | Response:
    """Exactly what would be frozen, and what stands in the way. A first visit registers the business first."""
    if g.signed_in.workplace is None:
        return redirect(url_for("sme.register", package=code))
    return start_page_of(offer(code))


@blueprint.post("/applications/start/<code>")
@allow(Permission.START_APPLICATION)
def start(code: str) -> Response | tuple[str, int]:
    """Choose this package in the very version that was shown."""
    try:
        applicant_identity.give(actor.current(), typed_identity())
        application_id = services.start(code, publication_id=read_id(request.form, "publication"))
    except BadInput as error:
        return start_page_of(offer(code), error.findings), 422
    flash(t("申請の依頼をベンダーに送りました。", "Your request was sent to the vendor."), "success")
    return redirect(url_for("sme.application", application_id=application_id))


def typed_identity() -> str:
    """The ミラサポ id as it was typed beside the button; empty where none was asked for."""
    return on_one_line(request.form.get("mirasapo_id", ""))


def start_page_of(shown: Offer, findings: tuple[Finding, ...] = (), *, quote_id: uuid.UUID | None = None) -> str:
    """The last look before the choice. quote_id: the accepted quote the prices come from, if any."""
    return render_template(
        "sme/start.html",
        offer=shown,
        package=shown.content,
        quote_id=quote_id,
        estimate=estimate_of(services.in_both_languages(shown.estimate)),
        outlay=outlay(shown.content, shown.estimate, rounds=all_rounds(), at=clock.now()),
        findings=findings or shown.findings,
        errors=by_field(findings),
        typed_identity=typed_identity(),
        now=clock.now(),
        needs_profile=any(finding.code == "profile_missing" for finding in shown.findings),
    )


@blueprint.get("/applications/<uuid:application_id>")
@allow(Permission.VIEW_OWN_APPLICATIONS)
def application(application_id: uuid.UUID) -> str:
    """One application: where it stands, what to confirm, the money, the history."""
    return _page(application_id)


@blueprint.post("/applications/<uuid:application_id>/confirm")
@allow(Permission.CONFIRM_APPLICATION)
def confirm(application_id: uuid.UUID) -> Response:
    """Agree to the document whose hash was on the page."""
    services.confirm(application_id, seen_hash=request.form.get("hash", ""), read_version=read_version())
    flash(
        t("内容を確認しました。ベンダーが事務局に提出します。", "Confirmed. The vendor will submit it."), "success"
    )
    return redirect(url_for("sme.application", application_id=application_id))


@blueprint.post("/applications/<uuid:application_id>/correction")
@allow(Permission.CONFIRM_APPLICATION)
def ask_correction(application_id: uuid.UUID) -> Response | tuple[str, int]:
    """Send it back to the vendor with what to correct."""
    done = t("修正の依頼をベンダーに送りました。", "The vendor was asked to correct it.")
    return _take(services.ask_correction, application_id, "correction_reason", done)


@blueprint.post("/applications/<uuid:application_id>/withdraw")
@allow(Permission.CONFIRM_APPLICATION)
def withdraw(application_id: uuid.UUID) -> Response | tuple[str, int]:
    """Take the application back."""
    done = t("申請を取り下げました。", "The application was withdrawn.")
    return _take(services.withdraw, application_id, "withdraw_reason", done)


def _take(
    step: Callable[..., object], application_id: uuid.UUID, field: str, done: str
) -> Response | tuple[str, int]:
    """Take a step that wants a reason, which was typed into this field."""
    typed = request.form.get(field, "")
    try:
        step(application_id, reason=typed, read_version=read_version())
    except BadInput as error:
        return _page(application_id, error, field, typed), 422
    flash(done, "success")
    return redirect(url_for("sme.application", application_id=application_id))


def _page(application_id: uuid.UUID, error: BadInput | None = None, field: str = "", typed: str = "") -> str:
    findings = tuple(
        Finding(each.code, each.message, each.remedy, field if each.field == "reason" else each.field)
        for each in (error.findings if error else ())
    )
    return render_template(
        "sme/application.html",
        **frame(queries.application(application_id), "sme"),
        findings=findings,
        errors=by_field(findings),
        typed={field: typed},
    )
