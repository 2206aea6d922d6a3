"""Proving once more who one is, before what cannot be taken back."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app, flash, g, make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from tenants import sign_in
from tenants.errors import BadInput, Finding
from tenants.text import Text
from web.edge import SESSION_TOKEN
from web.guard import Open, allow
from web.sign_in.answers import Answer, leave_for
from web.sign_in.blueprint import blueprint, home_address, provider_words, providers, safe_next
from web.words import t


@blueprint.get("/sign-in/again")
@allow(Open.SIGNED_IN)
def again_page() -> str:
    """Why it is asked for, and the way to the provider; ?next= is where to go afterwards."""
    return render_template(
        "sign_in/again.html",
        target=safe_next(request.args.get("next")) or home_address(),
        provider=provider_words(g.signed_in.provider),
    )


@blueprint.post("/sign-in/again")
@allow(Open.SIGNED_IN)
def go_again() -> Response:
    """To the provider one signed in with, which is asked to ask anew."""
    if g.signed_in.provider not in providers():
        raise BadInput(_PROVIDER_GONE)
    return leave_for(g.signed_in.provider, again=safe_next(request.form.get("next")) or home_address())


@blueprint.get("/sign-in/again/done")
@allow(Open.SIGNED_IN)
def again_done() -> str:
    """In the window that was opened for it: go back to the other one."""
    return render_template("sign_in/again_done.html")


def come_back(provider: str, answer: Answer) -> Response:
    """The same person proved it: a new cookie, and on with what they were about to do.

    What stands typed in other windows may still be sent: the forms' token stays.
    """
    if g.signed_in is None or answer.again is None:
        return redirect(url_for("sign_in.start"))
    token = sign_in.sign_in_again(
        session[SESSION_TOKEN],
        provider,
        answer.subject,
        said=answer.said,
        authenticated_at=answer.authenticated_at,
    )
    forms = session.get("csrf_token")
    session.clear()
    session[SESSION_TOKEN] = token
    if forms:
        session["csrf_token"] = forms
    target: str = answer.again["next"]
    if target != url_for("sign_in.again_done"):
        flash(t("ご本人であることを確認しました。", "Thank you, that was you."), "success")
    return redirect(target)


def ask() -> Response:
    """The answer to a request that needs a fresh sign-in.

    What was to be looked at is shown afterwards. What was sent is kept on the page, to be sent once more: the way to
    the provider opens in a window of its own.
    """
    if request.method in ("GET", "HEAD"):
        return redirect(url_for("sign_in.again_page", next=request.full_path.rstrip("?")))
    # The page makes a form of what was sent, so it must have been sent by a form of ours.
    current_app.extensions["csrf"].protect()
    before = urlsplit(request.referrer or "")
    back = safe_next(before.path + (f"?{before.query}" if before.query else ""))
    same_site = before.netloc == request.host
    return make_response(
        render_template(
            "sign_in/again_first.html",
            provider=provider_words(g.signed_in.provider),
            fields=[(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"],
            with_files=any(file.filename for file in request.files.values()),
            back=back if back and same_site else home_address(),
            done=url_for("sign_in.again_done"),
        ),
        403,
    )


_PROVIDER_GONE = Finding(
    "provider_gone",
    Text("このログイン方法は、いまは使えません。", "This way of signing in is no longer offered."),
    Text(
        "いったんログアウトし、ほかの方法でログインし直してください。",
        "Sign out, then sign in in another way.",
    ),
)
