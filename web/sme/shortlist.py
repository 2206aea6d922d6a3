"""あとで検討: the business's shortlist."""

from __future__ import annotations

import uuid

from flask import flash, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from catalogue.publications import live_package
from marketplace.applicants import readers_profile
from marketplace.comparison import MOST as MOST_COMPARED
from marketplace.shortlists import services
from marketplace.shortlists.services import StaleNote
from marketplace.today import today
from tenants.errors import BadInput
from tenants.permissions import Permission
from tenants.text import Text, same
from web import problems
from web.fields import by_field
from web.guard import Open, allow
from web.lists import broken_form, read_version
from web.sme.blueprint import blueprint
from web.words import t

# In the browser's cookie: what somebody wanted to put aside before their business was registered.
WISH = "shortlist_wish"
Answer = str | Response | tuple[str, int]


@blueprint.get("/shortlist")
@allow(Permission.USE_SHORTLIST)
def shortlist() -> str:
    """Everything put aside, with what changed since."""
    return _page()


def _page(error: BadInput | None = None, entry_id: uuid.UUID | None = None) -> str:
    entries, now, facts = services.entries(), today(), readers_profile()
    return render_template(
        "sme/shortlist.html",
        entries=entries,
        money={entry.id: now.money_of(entry.now, facts) for entry in entries if entry.now},
        comparable=[entry.code for entry in entries if entry.now][:MOST_COMPARED],
        findings=error.findings if error else (),
        wrong=entry_id,
        typed=request.form.get("note", ""),
    )


@blueprint.get("/shortlist/add/<code>")
@allow(Open.SIGNED_IN)
def shortlist_page(code: str) -> Answer:
    """One look before it is put aside. Without a business yet, the wish is kept until there is one."""
    package = live_package(code)
    if g.signed_in.workplace is None:
        session[WISH] = package.code
        return redirect(url_for("sme.register"))
    return _add_page(code)


def _add_page(code: str, error: BadInput | None = None) -> str:
    findings = error.findings if error else ()
    package = live_package(code)
    return render_template(
        "sme/shortlist_add.html",
        package=package,
        there=package.code in services.codes(),
        findings=findings,
        errors=by_field(findings),
        typed=request.form.get("note", ""),
    )


@blueprint.post("/shortlist/add/<code>")
@allow(Permission.USE_SHORTLIST)
def shortlist_add(code: str) -> Answer:
    """Put it on the list."""
    try:
        services.add(code, request.form.get("note", ""))
    except BadInput as error:
        return _add_page(code, error), error.status
    if session.get(WISH) == code:
        session.pop(WISH)
    flash(t("「あとで検討」に入れました。", "It is on your shortlist."), "success")
    return redirect(url_for("sme.shortlist"))


@blueprint.post("/shortlist/<uuid:entry_id>/note")
@allow(Permission.USE_SHORTLIST)
def shortlist_note(entry_id: uuid.UUID) -> Answer:
    """Save the note; a colleague's of the same moment is shown beside it and not written over."""
    try:
        services.write_note(entry_id, request.form.get("note", ""), read_version=read_version())
    except StaleNote as error:
        change = {"label": Text("メモ", "Note"), "before": same(error.theirs), "after": same(error.typed)}
        return problems.page(error.status, error.findings, changes=[change], current_href=url_for("sme.shortlist"))
    except BadInput as error:
        return _page(error, entry_id), error.status
    flash(t("メモを保存しました。", "The note is saved."), "success")
    return redirect(url_for("sme.shortlist"))


@blueprint.post("/shortlist/<uuid:entry_id>/move")
@allow(Permission.USE_SHORTLIST)
def shortlist_move(entry_id: uuid.UUID) -> Response:
    """One place up or down."""
    direction = request.form.get("direction")
    if direction not in ("up", "down"):
        raise broken_form()
    services.move(entry_id, "up" if direction == "up" else "down")
    return redirect(url_for("sme.shortlist"))


@blueprint.post("/shortlist/<uuid:entry_id>/remove")
@allow(Permission.USE_SHORTLIST)
def shortlist_remove(entry_id: uuid.UUID) -> Response:
    """Take it off."""
    services.remove(entry_id, read_version=read_version())
    flash(t("「あとで検討」から外しました。", "It is off your shortlist."), "success")
    return redirect(url_for("sme.shortlist"))


@blueprint.post("/shortlist/<uuid:entry_id>/seen")
@allow(Permission.USE_SHORTLIST)
def shortlist_seen(entry_id: uuid.UUID) -> Response:
    """The new version has been looked at; from here on it is what the entry is about."""
    services.take_note_of_changes(entry_id)
    return redirect(url_for("sme.shortlist"))
