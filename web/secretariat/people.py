"""Erasing a person's data: who is meant, what is held of them, what will be gone and what stays."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from marketplace import forgetting
from tenants import audit_pseudonyms
from tenants.actor import current
from tenants.errors import BadInput, DomainError, Finding
from tenants.permissions import Permission
from tenants.text import Text
from web import lists
from web.fields import by_field
from web.guard import allow
from web.secretariat.blueprint import blueprint
from web.words import t


@blueprint.get("/people")
@allow(Permission.VIEW_PEOPLE)
def people() -> str:
    """Find the person who asked."""
    return render_template(
        "secretariat/people.html",
        page=audit_pseudonyms.people(lists.words(), page=lists.page_number()),
        words=lists.words(),
        may_forget=current().may(Permission.FORGET_PEOPLE),
        href=lists.page_address,
    )


@blueprint.get("/people/<uuid:person_id>")
@allow(Permission.VIEW_PEOPLE)
def held_of_person(person_id: uuid.UUID) -> str:
    """What is held of them, and the form that erases it."""
    return _held_page(person_id)


def _held_page(person_id: uuid.UUID, error: DomainError | None = None) -> str:
    findings = error.findings if error else ()
    return render_template(
        "secretariat/person_forget.html",
        held=audit_pseudonyms.held(person_id),
        kinds=audit_pseudonyms.KINDS,
        reasons=list(audit_pseudonyms.REASONS.items()),
        may_forget=current().may(Permission.FORGET_PEOPLE),
        typed=request.form,
        findings=findings,
        errors=by_field(findings),
    )


@blueprint.post("/people/<uuid:person_id>/forget")
@allow(Permission.FORGET_PEOPLE)
def forget_person(person_id: uuid.UUID) -> Response | tuple[str, int]:
    """Erase it, for good."""
    try:
        _require_sure()
        forgetting.forget(
            person_id,
            reason=request.form.get("reason", ""),
            reference=request.form.get("reference", "").strip(),
        )
    except DomainError as error:
        if error.status == 404:
            raise
        return _held_page(person_id, error), error.status
    flash(
        t(
            "個人情報を消去しました。監査記録には、消去したことだけが残っています。",
            "The personal data is erased. The audit trail says that it was, and no more.",
        ),
        "success",
    )
    return redirect(url_for("secretariat.people"))


def _require_sure() -> None:
    if request.form.get("sure") != "1":
        raise BadInput(_NOT_SURE)


_NOT_SURE = Finding(
    "not_confirmed",
    Text("元に戻せないことが確認されていません。", "It is not confirmed that this cannot be undone."),
    Text("内容を確かめて、チェックを入れてください。", "Read what will be gone, then tick the box."),
    "sure",
)
