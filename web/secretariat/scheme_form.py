"""A new version of a scheme by a form: what changes most, written into the scheme's own text, checked as the text is."""

from __future__ import annotations

from collections.abc import Mapping

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from marketplace import scheme_draft_queries, scheme_drafts
from marketplace.subsidy.edits import changed, values
from marketplace.subsidy.files import plain
from tenants import clock
from tenants.errors import BadInput, DomainError, Finding
from tenants.permissions import Permission
from tenants.text import Text
from web import lists
from web.guard import allow
from web.secretariat import scheme_fields, scheme_words
from web.secretariat.blueprint import blueprint
from web.secretariat.schemes import editor, known, text_to_edit


@blueprint.get("/schemes/<scheme_id>/form")
@allow(Permission.EDIT_MASTERS)
def scheme_form(scheme_id: str) -> str:
    """The newest version's values in a form; ?draft= to go on with a draft."""
    text, version = text_to_edit(known(scheme_id), lists.text_wanted("draft"))
    return _page(scheme_id, text, version, clock.today().isoformat(), {})


def _page(
    scheme_id: str, text: str, version: int, day: str, typed: Mapping[str, str], error: DomainError | None = None
) -> str:
    found, findings = values(text), error.findings if error else ()
    shown = scheme_fields.at_fields(findings, found)
    return render_template(
        "secretariat/scheme_form.html",
        scheme_id=scheme_id,
        groups=scheme_fields.groups(found, plain(text), typed, findings),
        version=version,
        day=day,
        today=clock.today().isoformat(),
        draft=lists.text_wanted("draft") or request.form.get("draft", "")[:40],
        findings=shown,
        day_errors=[each for each in shown if each.field == "effective_from"],
        drafts=scheme_draft_queries.recent(scheme_id),
    )


@blueprint.post("/schemes/<scheme_id>/form")
@allow(Permission.EDIT_MASTERS)
def preview_scheme_form(scheme_id: str) -> Response | str | tuple[str, int]:
    """Write what was typed into the text, check it, and have what it would change reckoned; nothing counts yet.

    With ``as_text`` the changed text is shown instead, to go on writing there.
    """
    version = lists.read_version()
    text, _ = text_to_edit(known(scheme_id), request.form.get("draft", "")[:40])
    typed = {value.path: request.form[value.path] for value in values(text) if value.path in request.form}
    after, day = changed(text, typed), request.form.get("effective_from", "").strip()[:20]
    if "as_text" in request.form:
        return editor(scheme_id, after, version, day)
    if after == text_to_edit(scheme_id, "")[0]:
        return _page(scheme_id, text, version, day, typed, BadInput(_nothing())), 422
    try:
        draft_id = scheme_drafts.propose(after, scheme_words.day(day), read_version=version)
    except BadInput as error:
        return _page(scheme_id, text, version, day, typed, error), 422
    return redirect(url_for("secretariat.scheme_draft", draft_id=draft_id))


def _nothing() -> Finding:
    return Finding(
        "nothing_changed",
        Text("どの値も変わっていません。", "No value was changed."),
        Text("変えたい値を直してから、もう一度確かめてください。", "Change a value, then look again."),
    )
