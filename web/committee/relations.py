"""A member's own list of relations: looked at whenever a review is to be assigned."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from marketplace.registration import conflict_check
from marketplace.registration.conflicts import RELATIONS
from tenants.errors import BadInput
from tenants.permissions import Permission
from web.committee.blueprint import blueprint
from web.fields import by_field
from web.guard import allow
from web.words import t


@blueprint.get("/relations")
@allow(Permission.SCORE_REGISTRATIONS)
def relations() -> str:
    """The list, and the form to add to it."""
    return _page()


def _page(error: BadInput | None = None) -> str:
    findings = error.findings if error else ()
    return render_template(
        "committee/relations.html",
        rows=conflict_check.relations(),
        kinds=list(RELATIONS.items()),
        typed=request.form,
        findings=findings,
        errors=by_field(findings),
    )


@blueprint.post("/relations")
@allow(Permission.SCORE_REGISTRATIONS)
def add_relation() -> Response | tuple[str, int]:
    """Add a relation."""
    try:
        conflict_check.add_relation(
            kind=request.form.get("kind", ""),
            name=request.form.get("name", ""),
            number=request.form.get("number", ""),
            note=request.form.get("note", ""),
        )
    except BadInput as error:
        return _page(error), error.status
    flash(t("関係先を追加しました。", "The relation was added."), "success")
    return redirect(url_for("committee.relations"))


@blueprint.post("/relations/<uuid:relation_id>/remove")
@allow(Permission.SCORE_REGISTRATIONS)
def remove_relation(relation_id: uuid.UUID) -> Response:
    """Take a relation off that holds no longer."""
    conflict_check.remove_relation(relation_id)
    flash(t("関係先を外しました。", "The relation was taken off."), "success")
    return redirect(url_for("committee.relations"))
