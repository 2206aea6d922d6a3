"""The secretariat's check of registrations: what waits, one after the other, and those that came on paper."""

from __future__ import annotations

import uuid
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from marketplace import rounds
from marketplace.registration import likeness, office, papers, queries
from marketplace.registration.lifecycle import REGISTRATION
from marketplace.registration.likeness import LikeRegistered
from marketplace.registration.queries import RegistrationView
from tenants import actor, clock, first_owner
from tenants.duplicates import AlreadyRegistered
from tenants.errors import BadInput, DomainError, Finding, IllegalStep, OutsideWindow
from tenants.organisations import PREFECTURES, place
from tenants.permissions import Permission
from tenants.text import Text
from web import lists, registration
from web.company_form import Company
from web.fields import by_field
from web.guard import allow
from web.registration import Answer, Place
from web.secretariat.blueprint import blueprint
from web.words import t

LANGUAGES = (("ja", Text("日本語", "Japanese")), ("en", Text("英語", "English")))
STATES = tuple(state.code for state in REGISTRATION.states)


def _here(registration_id: uuid.UUID) -> Place:
    return Place("secretariat", registration_id)


@blueprint.get("/registrations")
@allow(Permission.VIEW_SECRETARIAT)
def registrations() -> str:
    """Registrations by state, those that wait longest first."""
    written = request.args.get("state", "submitted")
    state = written if written in STATES else None
    return render_template(
        "secretariat/registrations.html",
        page=queries.registrations(state=state, words=lists.words(), page=lists.page_number()),
        counts=queries.counts(),
        states=REGISTRATION.states,
        chosen_state=state,
        words=lists.words(),
        href=lists.page_address,
        rounds={each.id: each for each in rounds.all_rounds()},
        may_check=actor.current().may(Permission.CHECK_REGISTRATIONS),
    )


@blueprint.get("/registrations/<uuid:registration_id>", endpoint="registration")
@allow(Permission.VIEW_SECRETARIAT)
def check(registration_id: uuid.UUID) -> str:
    """One registration: the papers beside the sections, and what changed since it was last handed in."""
    return _check_page(queries.one(registration_id))


def _check_page(view: RegistrationView, error: DomainError | None = None) -> str:
    findings = error.findings if error else ()
    return render_template(
        "secretariat/registration.html",
        place=_here(view.id),
        view=view,
        since=queries.since_last(view.id),
        rounds={each.id: each for each in rounds.all_rounds()},
        typed=request.form,
        findings=findings,
        errors=by_field(findings),
        may_check=actor.current().may(Permission.CHECK_REGISTRATIONS),
        alike=likeness.alike(view.id),
        owner=first_owner.of(view.organisation_id) if view.paper else None,
        letter_languages=LANGUAGES,
    )


@blueprint.post("/registrations/<uuid:registration_id>/return")
@allow(Permission.CHECK_REGISTRATIONS)
def return_registration(registration_id: uuid.UUID) -> Answer:
    """Return it with a reason for each section that is to be corrected."""
    view = queries.one(registration_id)
    reasons = {part.section.code: request.form.get(f"reason-{part.section.code}", "") for part in view.sections}
    try:
        office.send_back(registration_id, reasons, read_version=lists.read_version())
    except BadInput as error:
        return _check_page(view, error), error.status
    flash(t(f"「{view.vendor_name}」に差し戻しました。", f"Returned to {view.vendor_name}."), "success")
    return redirect(url_for("secretariat.registrations"))


@blueprint.post("/registrations/<uuid:registration_id>/pass")
@allow(Permission.CHECK_REGISTRATIONS)
def pass_registration(registration_id: uuid.UUID) -> Response:
    """The papers are in order: on to the committee."""
    view = queries.one(registration_id)
    office.pass_to_committee(registration_id, read_version=lists.read_version())
    flash(
        t(f"「{view.vendor_name}」を審査委員会に付しました。", f"{view.vendor_name} is with the committee now."),
        "success",
    )
    return redirect(url_for("secretariat.registration", registration_id=registration_id))


@blueprint.post("/registrations/<uuid:registration_id>/deadline")
@allow(Permission.CHECK_REGISTRATIONS)
def extend_registration(registration_id: uuid.UUID) -> Answer:
    """Another deadline for corrections, with the reason."""
    view = queries.one(registration_id)
    try:
        office.extend(
            registration_id,
            _day("day"),
            reason=request.form.get("reason", ""),
            read_version=lists.read_version(),
        )
    except BadInput as error:
        return _check_page(view, error), error.status
    flash(t("再提出の期限を変更しました。", "The deadline was changed."), "success")
    return redirect(url_for("secretariat.registration", registration_id=registration_id))


def _day(name: str) -> date:
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        raise BadInput(
            Finding(
                "bad_date",
                Text("日付を読み取れません。", "This is not a date."),
                Text("例：2026-12-01 のように入力してください。", "Enter it like 2026-12-01."),
                name,
            )
        ) from None


@blueprint.get("/registrations/<uuid:registration_id>/papers/<uuid:paper_id>")
@allow(Permission.VIEW_SECRETARIAT)
def registration_paper(registration_id: uuid.UUID, paper_id: uuid.UUID) -> Response:
    """A paper, to be saved."""
    return registration.download(*papers.paper_file(registration_id, paper_id))


# --- what came on paper ---


@blueprint.get("/registrations/new")
@allow(Permission.CHECK_REGISTRATIONS)
def new_registration() -> str:
    """The form for a vendor that applied on paper."""
    return _new_page(Company(), clock.today().isoformat())


@blueprint.post("/registrations/new")
@allow(Permission.CHECK_REGISTRATIONS)
def enter_registration() -> Answer:
    """Begin its registration."""
    typed = Company.sent(request.form)
    try:
        facts = typed.checked()
        seen = request.form.getlist("seen", type=uuid.UUID)
        made = office.enter_paper(**facts, received_on=_day("paper_received_on"), seen=seen)
    except (BadInput, OutsideWindow, AlreadyRegistered, IllegalStep, LikeRegistered) as error:
        return _new_page(typed, request.form.get("paper_received_on", ""), error), error.status
    return redirect(url_for("secretariat.registration", registration_id=made))


def _new_page(typed: Company, received_on: str, error: DomainError | None = None) -> str:
    findings = error.findings if error else ()
    return render_template(
        "secretariat/registration_new.html",
        typed=typed,
        received_on=received_on,
        findings=findings,
        errors=by_field(findings),
        alike=error.alike if isinstance(error, LikeRegistered) else (),
        prefectures=[(name, place(name)) for name in PREFECTURES],
    )


@blueprint.get("/registrations/<uuid:registration_id>/sections/<section>")
@allow(Permission.CHECK_REGISTRATIONS)
def registration_section(registration_id: uuid.UUID, section: str) -> str:
    """One section of a paper registration."""
    return registration.section_page(_here(registration_id), queries.one(registration_id), section)


@blueprint.post("/registrations/<uuid:registration_id>/sections/<section>")
@allow(Permission.CHECK_REGISTRATIONS)
def save_registration_section(registration_id: uuid.UUID, section: str) -> Answer:
    """Save what stands on the paper."""
    return registration.save_section(_here(registration_id), queries.one(registration_id), section)


@blueprint.get("/registrations/<uuid:registration_id>/papers")
@allow(Permission.VIEW_SECRETARIAT)
def registration_papers(registration_id: uuid.UUID) -> str:
    """Its papers and the scan."""
    return registration.papers_page(_here(registration_id), queries.one(registration_id))


@blueprint.post("/registrations/<uuid:registration_id>/papers/<kind>/attach")
@allow(Permission.CHECK_REGISTRATIONS)
def attach_registration_paper(registration_id: uuid.UUID, kind: str) -> Answer:
    """Attach a scanned paper."""
    return registration.attach(_here(registration_id), queries.one(registration_id), kind)


@blueprint.post("/registrations/<uuid:registration_id>/papers/<uuid:paper_id>/remove")
@allow(Permission.CHECK_REGISTRATIONS)
def remove_registration_paper(registration_id: uuid.UUID, paper_id: uuid.UUID) -> Response:
    """Take one off."""
    return registration.detach(_here(registration_id), queries.one(registration_id), paper_id)


@blueprint.post("/registrations/<uuid:registration_id>/invite-owner")
@allow(Permission.CHECK_REGISTRATIONS, fresh=True)
def invite_first_owner(registration_id: uuid.UUID) -> Answer:
    """The vendor has no people yet: ask the first owner in by mail."""
    view = queries.one(registration_id)
    email = request.form.get("email", "")
    try:
        first_owner.invite(
            view.organisation_id, email, language="en" if request.form.get("language") == "en" else "ja"
        )
    except (BadInput, IllegalStep) as error:
        return _check_page(view, error), error.status
    flash(
        t(f"{email.strip()} に招待を送りました。", f"The invitation to {email.strip()} is on its way."), "success"
    )
    return redirect(url_for("secretariat.registration", registration_id=registration_id) + "#owner")


@blueprint.post("/registrations/<uuid:registration_id>/receive")
@allow(Permission.CHECK_REGISTRATIONS)
def receive_registration(registration_id: uuid.UUID) -> Answer:
    """All that stands on the paper is entered: it counts as handed in."""
    view = queries.one(registration_id)
    try:
        office.receive(registration_id, read_version=lists.read_version())
    except BadInput as error:
        return _check_page(view, error), error.status
    flash(t("書面の申請を受け付けました。", "The paper application was received."), "success")
    return redirect(url_for("secretariat.registration", registration_id=registration_id))


@blueprint.post("/registrations/<uuid:registration_id>/withdraw")
@allow(Permission.CHECK_REGISTRATIONS)
def withdraw_registration(registration_id: uuid.UUID) -> Answer:
    """A vendor that applied on paper took it back by letter."""
    view = queries.one(registration_id)
    try:
        office.withdraw_paper(
            registration_id, reason=request.form.get("reason", ""), read_version=lists.read_version()
        )
    except BadInput as error:
        return _check_page(view, error), error.status
    flash(t("取り下げを記録しました。", "The withdrawal was recorded."), "success")
    return redirect(url_for("secretariat.registrations"))
