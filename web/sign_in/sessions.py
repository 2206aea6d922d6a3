"""The browsers in which somebody is signed in: look at them, end them."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, session, url_for
from werkzeug.wrappers import Response

from tenants import actor, sessions
from web.edge import SESSION_TOKEN
from web.guard import Open, allow
from web.lists import page_address, page_number
from web.sign_in.blueprint import blueprint, provider_words
from web.words import t


@blueprint.get("/account/sessions")
@allow(Open.SIGNED_IN)
def sessions_page() -> str:
    """All browsers this person is signed in with, the last used first."""
    return render_template(
        "sign_in/sessions.html",
        page=sessions.own_sessions(actor.current(), session[SESSION_TOKEN], page=page_number()),
        provider_words=provider_words,
        href=page_address,
    )


@blueprint.post("/account/sessions/<uuid:session_id>/end")
@allow(Open.SIGNED_IN)
def end_session(session_id: uuid.UUID) -> Response:
    """Sign one browser out, wherever it is."""
    sessions.end(actor.current(), session_id)
    flash(t("そのブラウザーをログアウトしました。", "That browser is signed out."), "success")
    return redirect(url_for("sign_in.sessions_page"))


@blueprint.post("/account/sessions/end-others")
@allow(Open.SIGNED_IN)
def end_other_sessions() -> Response:
    """Sign all browsers out but this one."""
    number = sessions.end_others(actor.current(), session[SESSION_TOKEN])
    flash(
        t(
            f"ほかの{number}件をログアウトしました。" if number else "ほかにログイン中のブラウザーはありません。",
            f"{number} other browsers are signed out." if number else "No other browser was signed in.",
        ),
        "success" if number else "info",
    )
    return redirect(url_for("sign_in.sessions_page"))
