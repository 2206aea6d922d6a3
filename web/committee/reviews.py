"""A member's reviews: the conflict first, then papers beside the score sheet, then the discussion."""

from __future__ import annotations

import uuid

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from marketplace.registration import committee, committee_queries, discussion
from marketplace.registration.committee_queries import STILL_TO_DO, AssignmentView
from marketplace.registration.scoring import two_places
from tenants import clock
from tenants.errors import BadInput, Finding, StaleVersion
from tenants.permissions import Permission
from tenants.text import Text
from web import lists
from web.committee.blueprint import blueprint
from web.fields import by_field
from web.guard import allow
from web.registration import download
from web.words import t

Answer = str | Response | tuple[str, int]
_NOT_CHOSEN = Finding(
    "conflict_missing",
    Text("利害関係があるかどうかが選ばれていません。", "It is not chosen whether there is a conflict."),
    Text("「利害関係はない」か「利害関係がある」を選んでください。", "Choose “No” or “Yes”."),
    "conflict",
)


@blueprint.get("/")
@allow(Permission.VIEW_COMMITTEE)
def home() -> str:
    """What is assigned to this member: to do first."""
    cards = committee_queries.assignments()
    return render_template(
        "committee/home.html",
        todo=[card for card in cards if card.stage in STILL_TO_DO],
        done=[card for card in cards if card.stage not in STILL_TO_DO],
        today=clock.today(),
    )


@blueprint.get("/assignments/<uuid:assignment_id>")
@allow(Permission.SCORE_REGISTRATIONS)
def assignment(assignment_id: uuid.UUID) -> str:
    """One of the member's own reviews, as far as it is."""
    return _page(committee_queries.assignment(assignment_id))


def _page(view: AssignmentView, error: BadInput | None = None, *, kept: bool = False) -> str:
    """kept: what was sent is on the sheet, though it could not be handed in."""
    findings = error.findings if error else ()
    return render_template(
        "committee/assignment.html",
        view=view,
        card=view.card,
        typed=request.form,
        findings=findings,
        errors=by_field(findings),
        kept=kept,
        two_places=two_places,
    )


@blueprint.post("/assignments/<uuid:assignment_id>/declare")
@allow(Permission.SCORE_REGISTRATIONS)
def declare(assignment_id: uuid.UUID) -> Answer:
    """Whether there is a conflict of interest."""
    view = committee_queries.assignment(assignment_id)
    answer = request.form.get("conflict", "")
    if answer not in ("none", "conflict"):
        return _page(view, BadInput(_NOT_CHOSEN)), BadInput.status
    try:
        committee.declare(
            assignment_id,
            conflict=answer == "conflict",
            note=request.form.get("note", ""),
            read_version=lists.read_version(),
        )
    except BadInput as error:
        return _page(view, error), error.status
    if answer == "conflict":
        flash(
            t(
                "担当から外れました。お知らせいただき、ありがとうございます。",
                "You are off this review; thank you.",
            ),
            "success",
        )
        return redirect(url_for("committee.home"))
    return redirect(url_for("committee.assignment", assignment_id=assignment_id))


@blueprint.post("/assignments/<uuid:assignment_id>/scores")
@allow(Permission.SCORE_REGISTRATIONS)
def save_scores(assignment_id: uuid.UUID) -> Answer:
    """Save the sheet as far as it is; with ``then=submit`` also hand it in."""
    view = committee_queries.assignment(assignment_id)
    quietly = request.headers.get("HX-Request") == "true"
    marks = {
        each.code: (request.form.get(f"points-{each.code}", ""), request.form.get(f"comment-{each.code}", ""))
        for each in view.rules.criteria
        if f"comment-{each.code}" in request.form
    }
    try:
        if not marks:
            raise lists.broken_form()
        if request.form.get("then") == "submit":
            return _handed_in(assignment_id, marks)
        committee.save_scores(assignment_id, marks)
    except BadInput as error:
        if quietly:
            return render_template("committee/saved.html", findings=error.findings), error.status
        return _page(committee_queries.assignment(assignment_id), error), error.status
    if quietly:
        return render_template("committee/saved.html", findings=())
    flash(t("途中まで保存しました。", "Saved as far as it is."), "success")
    return redirect(url_for("committee.assignment", assignment_id=assignment_id, _anchor="sheet"))


def _handed_in(assignment_id: uuid.UUID, marks: dict[str, tuple[str, str]]) -> Answer:
    # What was typed stays on the sheet, though it cannot be handed in.
    try:
        last = committee.submit_scores(assignment_id, marks, read_version=lists.read_version())
    except StaleVersion:
        committee.save_scores(assignment_id, marks)
        raise
    except BadInput as error:
        committee.save_scores(assignment_id, marks)
        return _page(committee_queries.assignment(assignment_id), error, kept=True), error.status
    words = (
        t("採点を提出しました。全員の採点がそろいました。", "Handed in; all marks are there now.")
        if last
        else t(
            "採点を提出しました。全員がそろうと、お知らせします。", "Handed in; we tell you when all are there."
        )
    )
    flash(words, "success")
    return redirect(url_for("committee.assignment", assignment_id=assignment_id))


@blueprint.post("/assignments/<uuid:assignment_id>/remarks")
@allow(Permission.SCORE_REGISTRATIONS)
def remark(assignment_id: uuid.UUID) -> Answer:
    """Say something in the discussion."""
    view = committee_queries.assignment(assignment_id)
    try:
        discussion.remark(view.turn_id, request.form.get("words", ""))
    except BadInput as error:
        return _page(view, error), error.status
    return redirect(url_for("committee.assignment", assignment_id=assignment_id, _anchor="discussion"))


@blueprint.post("/assignments/<uuid:assignment_id>/revise")
@allow(Permission.SCORE_REGISTRATIONS)
def revise(assignment_id: uuid.UUID) -> Answer:
    """Change one's mark on one criterion, with the reason."""
    view = committee_queries.assignment(assignment_id)
    try:
        discussion.revise(
            assignment_id,
            request.form.get("criterion", ""),
            points=request.form.get("points", ""),
            reason=request.form.get("reason", ""),
        )
    except BadInput as error:
        return _page(view, error), error.status
    flash(t("評点を見直しました。", "The mark was revised."), "success")
    return redirect(url_for("committee.assignment", assignment_id=assignment_id, _anchor="discussion"))


@blueprint.get("/assignments/<uuid:assignment_id>/papers/<uuid:file_id>")
@allow(Permission.SCORE_REGISTRATIONS)
def paper(assignment_id: uuid.UUID, file_id: uuid.UUID) -> Response:
    """A paper, to be saved."""
    return make_response(download(*committee_queries.paper(assignment_id, file_id)))
