"""The inbox, and the choice of what comes by mail."""

from __future__ import annotations

import uuid
from typing import Final

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from tenants import sign_in
from tenants.notices import inbox, preferences
from tenants.text import Text
from web import lists
from web.edge import SESSION_TOKEN
from web.guard import Open, allow

blueprint = Blueprint("inbox", __name__)
LANGUAGES: Final = (
    ("ja", Text("日本語", "日本語 (Japanese)")),
    ("en", Text("English（英語）", "English")),
)


@blueprint.get("/inbox")
@allow(Open.SIGNED_IN)
def notices() -> str:
    """One's notices, the newest first, by ?only=unread and ?page=."""
    unread_only = request.args.get("only") == "unread"
    return render_template(
        "inbox/inbox.html",
        page=inbox.mine(unread_only=unread_only, page=lists.page_number()),
        unread_only=unread_only,
        places={place.organisation_id: place.name for place in g.signed_in.workplaces},
        href=lists.page_address,
    )


@blueprint.post("/inbox/<uuid:notice_id>/open")
@allow(Open.SIGNED_IN)
def open_notice(notice_id: uuid.UUID) -> Response:
    """Where the notice leads, marked as read; acting for the organisation it is about."""
    opened = inbox.open_notice(notice_id)
    here, places = g.signed_in.actor.organisation_id, {place.organisation_id for place in g.signed_in.workplaces}
    if opened.organisation_id in places - {here}:
        session[SESSION_TOKEN] = sign_in.switch_organisation(session[SESSION_TOKEN], opened.organisation_id)
        session.pop("csrf_token", None)
    return redirect(opened.link)


@blueprint.post("/inbox/<uuid:notice_id>/read")
@allow(Open.SIGNED_IN)
def read(notice_id: uuid.UUID) -> Response:
    """Marked as read; back to the list."""
    inbox.mark_read(notice_id)
    return redirect(url_for("inbox.notices", only=request.form.get("only") or None))


@blueprint.post("/inbox/read")
@allow(Open.SIGNED_IN)
def read_all() -> Response:
    """All marked as read."""
    marked = inbox.mark_read()
    flash(Text(f"{marked}件を既読にしました。", f"{marked} marked as read."), "success")
    return redirect(url_for("inbox.notices"))


@blueprint.get("/account/notices")
@allow(Open.SIGNED_IN)
def preferences_page() -> str:
    """What comes by mail, and in which language."""
    return render_template("inbox/preferences.html", mine=preferences.mine(), languages=LANGUAGES)


@blueprint.post("/account/notices")
@allow(Open.SIGNED_IN)
def save_preferences() -> Response:
    """Keep the choice; an unknown language or category changes nothing."""
    preferences.save(
        language="en" if request.form.get("language") == "en" else "ja",
        by_mail=request.form.getlist("by_mail"),
    )
    flash(Text("通知の受け取り方を保存しました。", "Your choice is saved."), "success")
    return redirect(url_for("inbox.preferences_page"))


@blueprint.post("/account/notices/address-works")
@allow(Open.SIGNED_IN)
def address_works() -> Response:
    """Send to this address again."""
    preferences.use_address_again()
    flash(Text("この宛先へのメールを再開しました。", "Mail to this address goes on."), "success")
    return redirect(url_for("inbox.preferences_page"))
