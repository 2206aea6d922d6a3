"""The secretariat's side of the committee: assigning, the spread, the decision, the appeal, the adoption list."""

from __future__ import annotations

import uuid
from typing import Final

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from marketplace.registration import committee, committee_queries, conflict_check, decisions, discussion, queries
from marketplace.registration.scoring import two_places
from tenants.actor import current
from tenants.errors import BadInput, Finding, NotFound
from tenants.permissions import Permission
from tenants.text import Text
from web import lists
from web.fields import by_field
from web.guard import allow
from web.secretariat.blueprint import blueprint
from web.words import t

Answer = str | Response | tuple[str, int]
NO_DECISION: Final = Finding(
    "no_decision",
    Text("採択か不採択かを選んでください。", "Choose whether to adopt it."),
    Text("どちらかを選んで、もう一度決定してください。", "Choose one and decide again."),
    "decision",
)


@blueprint.get("/registrations/<uuid:registration_id>/review")
@allow(Permission.VIEW_SECRETARIAT)
def registration_review(registration_id: uuid.UUID) -> str:
    """A registration before the committee: who reviews it and how far they are, the spread, the decision."""
    return _page(registration_id)


def _page(registration_id: uuid.UUID, error: BadInput | None = None) -> str:
    view = queries.one(registration_id)
    turns = committee_queries.turns(registration_id)
    turn = turns[0] if turns and turns[0].closed_at is None else None
    findings = error.findings if error else ()
    may_assign = current().may(Permission.CHECK_REGISTRATIONS)
    assigning = may_assign and view.state.code in ("in_committee", "appealed") and not (turn and turn.opened_at)
    return render_template(
        "secretariat/registration_review.html",
        view=view,
        turn=turn,
        past=turns[1:] if turn else turns,
        candidates=conflict_check.candidates(registration_id) if assigning else (),
        assigning=assigning,
        may_assign=may_assign,
        may_decide=current().may(Permission.DECIDE_REGISTRATIONS),
        announcement=decisions.announcement_of(registration_id),
        rules=turn.rules if turn else committee.current_rules()[0],
        chosen=request.form.getlist("members"),
        typed=request.form,
        findings=findings,
        errors=by_field(findings),
        two_places=two_places,
    )


def _back(registration_id: uuid.UUID, anchor: str | None = None) -> Response:
    return redirect(url_for("secretariat.registration_review", registration_id=registration_id, _anchor=anchor))


def _members() -> list[uuid.UUID]:
    try:
        return [uuid.UUID(written) for written in request.form.getlist("members")]
    except ValueError:
        raise lists.broken_form() from None


@blueprint.post("/registrations/<uuid:registration_id>/review/assign")
@allow(Permission.CHECK_REGISTRATIONS)
def assign_members(registration_id: uuid.UUID) -> Answer:
    """Assign the ticked members; after an appeal this sends it to the committee again."""
    view = queries.one(registration_id)
    try:
        members = _members()
        if view.state.code == "appealed":
            decisions.reopen(registration_id, members, read_version=lists.read_version())
        else:
            committee.assign(registration_id, members)
    except BadInput as error:
        return _page(registration_id, error), error.status
    flash(t("審査委員を割り当て、お知らせしました。", "The members are assigned and told."), "success")
    return _back(registration_id)


@blueprint.post("/registrations/<uuid:registration_id>/review/release/<uuid:assignment_id>")
@allow(Permission.CHECK_REGISTRATIONS)
def release_member(registration_id: uuid.UUID, assignment_id: uuid.UUID) -> Answer:
    """Take an assignment back from a member who does not score."""
    queries.one(registration_id)
    try:
        committee.release(assignment_id, reason=request.form.get("reason", ""), read_version=lists.read_version())
    except BadInput as error:
        return _page(registration_id, error), error.status
    flash(t("担当を解除しました。", "The assignment was taken back."), "success")
    return _back(registration_id)


@blueprint.post("/registrations/<uuid:registration_id>/review/remarks")
@allow(Permission.CHECK_REGISTRATIONS)
def review_remark(registration_id: uuid.UUID) -> Answer:
    """Say something in the discussion."""
    queries.one(registration_id)
    turns = committee_queries.turns(registration_id)
    if not turns:
        raise NotFound(committee.WHAT)
    try:
        discussion.remark(turns[0].id, request.form.get("words", ""))
    except BadInput as error:
        return _page(registration_id, error), error.status
    return _back(registration_id, "discussion")


@blueprint.post("/registrations/<uuid:registration_id>/review/decide")
@allow(Permission.DECIDE_REGISTRATIONS)
def decide_registration(registration_id: uuid.UUID) -> Answer:
    """Adopt it or not, with reasons."""
    view = queries.one(registration_id)
    decision = request.form.get("decision", "")
    if decision not in ("adopt", "reject"):
        return _page(registration_id, BadInput(NO_DECISION)), BadInput.status
    try:
        decisions.decide(
            registration_id,
            adopt=decision == "adopt",
            reason=request.form.get("reason", ""),
            read_version=lists.read_version(),
        )
    except BadInput as error:
        return _page(registration_id, error), error.status
    words = (
        t(f"「{view.vendor_name}」を採択しました。", f"{view.vendor_name} is adopted.")
        if decision == "adopt"
        else t(f"「{view.vendor_name}」を不採択としました。", f"{view.vendor_name} is not adopted.")
    )
    flash(words, "success")
    return _back(registration_id)


@blueprint.post("/registrations/<uuid:registration_id>/review/dismiss")
@allow(Permission.DECIDE_REGISTRATIONS)
def dismiss_appeal(registration_id: uuid.UUID) -> Answer:
    """Dismiss an appeal, with the reason."""
    queries.one(registration_id)
    try:
        decisions.dismiss_appeal(
            registration_id, reason=request.form.get("reason", ""), read_version=lists.read_version()
        )
    except BadInput as error:
        return _page(registration_id, error), error.status
    flash(t("異議申立てを退け、事業者に知らせました。", "The appeal is dismissed and the vendor told."), "success")
    return _back(registration_id)


@blueprint.get("/adoptions")
@allow(Permission.VIEW_SECRETARIAT)
def adoptions() -> str:
    """Adoptions that wait to be published."""
    return _adoptions()


def _adoptions(error: BadInput | None = None) -> str:
    return render_template(
        "secretariat/adoptions.html",
        rows=decisions.unpublished(),
        chosen=request.form.getlist("chosen"),
        findings=error.findings if error else (),
        may_publish=current().may(Permission.PUBLISH_ANNOUNCEMENTS),
    )


@blueprint.post("/adoptions")
@allow(Permission.PUBLISH_ANNOUNCEMENTS)
def publish_adoptions() -> Answer:
    """Publish the ticked adoptions in one announcement."""
    try:
        try:
            ids = [uuid.UUID(written) for written in request.form.getlist("chosen")]
        except ValueError:
            raise lists.broken_form() from None
        number = decisions.publish_adoptions(ids)
    except BadInput as error:
        return _adoptions(error), error.status
    flash(t(f"{len(ids):,}者の採択を公表しました。", f"{len(ids):,} adoptions are published."), "success")
    return redirect(url_for("public.announcement", number=number))
