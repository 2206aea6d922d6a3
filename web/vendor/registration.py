"""The vendor's registration: how far it is, its sections and papers, handing it in, taking it back."""

from __future__ import annotations

import uuid

from flask import flash, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from marketplace import rounds
from marketplace.registration import papers, queries, services, steps
from marketplace.registration.queries import RegistrationView
from tenants import actor, clock, identities, organisations, sign_in
from tenants.duplicates import AlreadyRegistered
from tenants.errors import BadInput, DomainError, NotFound, OutsideWindow
from tenants.organisations import PREFECTURES, place
from tenants.permissions import Permission
from web import lists, registration
from web.company_form import Company
from web.edge import SESSION_TOKEN
from web.fields import by_field
from web.guard import Open, allow
from web.registration import Answer, Place
from web.vendor.blueprint import blueprint
from web.words import t

HERE = Place("vendor")


def _mine() -> RegistrationView:
    view = queries.own()
    if view is None:
        raise NotFound(steps.WHAT)
    return view


# --- coming in ---


@blueprint.get("/apply")
@allow(Open.SIGNED_IN)
def apply() -> str:
    """Whoever wants to be registered as a vendor founds it here; outside a round, when the next one opens."""
    facts, _ = _vouched_for()
    return _apply_page(Company().vouched_for(facts, frozenset(Company.__slots__)))


@blueprint.post("/apply")
@allow(Open.SIGNED_IN)
def apply_now() -> Answer:
    """Found the vendor, act for it from here on under a new session, and begin its registration."""
    facts, locked = _vouched_for()
    typed = Company.sent(request.form).vouched_for(facts, locked)
    try:
        vendor_id = services.found(**typed.checked())
    except (BadInput, AlreadyRegistered, OutsideWindow) as error:
        return _apply_page(typed, error), error.status
    session[SESSION_TOKEN] = sign_in.switch_organisation(session[SESSION_TOKEN], vendor_id)
    flash(
        t(
            "会社を登録しました。次に、登録申請の作成を始めてください。",
            "The company is in. Now begin its registration.",
        ),
        "success",
    )
    return redirect(url_for("vendor.registration"))


def _vouched_for() -> tuple[identities.IdentityFacts | None, frozenset[str]]:
    person_id = actor.current().person_id
    if person_id is None:
        return None, frozenset()
    return identities.facts_of(person_id), identities.locked_fields(person_id)


def _apply_page(typed: Company, error: DomainError | None = None) -> str:
    findings = error.findings if error else ()
    return render_template(
        "vendor/apply.html",
        typed=typed,
        locked=_vouched_for()[1],
        findings=findings,
        errors=by_field(findings),
        prefectures=[(name, place(name)) for name in PREFECTURES],
        window=steps.open_window(),
        windows=rounds.worth_knowing(steps.windows(), clock.now()),
        workplaces=[each for each in g.signed_in.workplaces if each.kind == "vendor"],
    )


# --- the form ---


@blueprint.get("/registration", endpoint="registration")
@allow(Permission.VIEW_REGISTRATION)
def overview() -> str:
    """How far the registration is and what to do next."""
    return _overview(queries.own())


def _overview(view: RegistrationView | None, error: DomainError | None = None) -> str:
    return render_template(
        "vendor/registration.html",
        place=HERE,
        view=view,
        standing=organisations.standing_of(actor.current().own_organisation),
        window=steps.open_window(),
        windows=rounds.worth_knowing(steps.windows(), clock.now()),
        may_edit=actor.current().may(Permission.EDIT_REGISTRATION),
        findings=error.findings if error else (),
    )


@blueprint.post("/registration/start")
@allow(Permission.EDIT_REGISTRATION)
def start_registration() -> Response:
    """Begin it, or go on with the one under way."""
    services.start()
    return redirect(url_for("vendor.registration"))


@blueprint.get("/registration/sections/<section>")
@allow(Permission.EDIT_REGISTRATION)
def registration_section(section: str) -> str:
    """One section's form."""
    return registration.section_page(HERE, _mine(), section)


@blueprint.post("/registration/sections/<section>")
@allow(Permission.EDIT_REGISTRATION)
def save_registration_section(section: str) -> Answer:
    """Save it, finished or not."""
    return registration.save_section(HERE, _mine(), section)


@blueprint.post("/registration/sections/<section>/confirm")
@allow(Permission.EDIT_REGISTRATION)
def confirm_registration_section(section: str) -> Answer:
    """In a renewal: nothing of it has changed."""
    return registration.confirm_section(HERE, _mine(), section)


@blueprint.get("/registration/papers")
@allow(Permission.VIEW_REGISTRATION)
def registration_papers() -> str:
    """The papers."""
    return registration.papers_page(HERE, _mine())


@blueprint.post("/registration/papers/<kind>/attach")
@allow(Permission.EDIT_REGISTRATION)
def attach_registration_paper(kind: str) -> Answer:
    """Attach one."""
    return registration.attach(HERE, _mine(), kind)


@blueprint.post("/registration/papers/<uuid:paper_id>/remove")
@allow(Permission.EDIT_REGISTRATION)
def remove_registration_paper(paper_id: uuid.UUID) -> Response:
    """Take one off."""
    return registration.detach(HERE, _mine(), paper_id)


@blueprint.get("/registration/papers/<uuid:paper_id>")
@allow(Permission.VIEW_REGISTRATION)
def registration_paper(paper_id: uuid.UUID) -> Response:
    """One of one's own papers, to be saved."""
    return registration.download(*papers.paper_file(_mine().id, paper_id))


# --- handing in ---


@blueprint.get("/registration/check")
@allow(Permission.VIEW_REGISTRATION)
def check_registration() -> str:
    """Everything on one page, before it is handed in."""
    return _check_page(_mine())


def _check_page(view: RegistrationView, findings: tuple[object, ...] = ()) -> str:
    return render_template(
        "registration/check.html",
        place=HERE,
        view=view,
        findings=findings,
        may_submit=view.may("submit"),
        window=steps.open_window(),
    )


@blueprint.post("/registration/submit")
@allow(Permission.EDIT_REGISTRATION)
def submit_registration() -> Answer:
    """Hand it in."""
    view = _mine()
    try:
        services.submit(view.id, read_version=lists.read_version())
    except BadInput as error:
        return _check_page(view, error.findings), error.status
    flash(
        t(
            f"登録申請を提出しました。受付番号は{view.number}です。",
            f"The registration was handed in. Its number is {view.number}.",
        ),
        "success",
    )
    return redirect(url_for("vendor.registration"))


@blueprint.post("/registration/withdraw")
@allow(Permission.EDIT_REGISTRATION)
def withdraw_registration() -> Answer:
    """Take it back, with the reason."""
    view = _mine()
    try:
        services.withdraw(view.id, reason=request.form.get("reason", ""), read_version=lists.read_version())
    except BadInput as error:
        return _overview(view, error), error.status
    flash(t("登録申請を取り下げました。", "The registration was withdrawn."), "success")
    return redirect(url_for("vendor.registration"))
