"""Signing in with a provider, choosing for whom one acts, signing out."""

from __future__ import annotations

import uuid
from typing import Final
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, flash, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from tenants import sign_in
from tenants.identity_profiles import Profile
from tenants.text import Text
from web.edge import SESSION_TOKEN
from web.guard import ASK_ANEW, Open, allow
from web.sign_in import again, client, identities, sessions
from web.sign_in.answers import NotProvedAnew, OutOfDate, believed, leave_for, linking
from web.sign_in.blueprint import blueprint, failed, home_address, providers, safe_next, this_browser
from web.words import t

__all__ = ["blueprint", "identities", "install", "sessions"]

# For whom each kind of account is, where the settings do not say it.
MEANT_FOR: Final[dict[Profile, Text]] = {
    "standard": Text(
        "このサービスのアカウントをお持ちの方はこちらから。", "For those who have an account with this service."
    ),
    "gbizid": Text(
        "申請には、GビズIDの「プライム」か「メンバー」のアカウントが必要です。「エントリー」では、さがす・比べるところまで使えます。",
        "To apply you need a gBizID Prime or Member account. With an Entry account you may search and compare.",
    ),
    "mirasapo": Text(
        "2017年度の公募で使うミラサポのIDをお持ちの方はこちらから。",
        "For those with a Mirasapo id, as the edition of 2017 asks for.",
    ),
}


def install(app: Flask) -> None:
    """Make the settings' providers known to this application, and how to ask for a fresh sign-in."""
    client.install(app)
    app.extensions[ASK_ANEW] = again.ask


@blueprint.get("/sign-in")
@allow(Open.EVERYBODY)
def start() -> str | Response:
    """Choose a provider; with only one, a single button says what happens next."""
    if g.signed_in is not None:
        return redirect(home_address())
    site = current_app.extensions["hojo_settings"].base_url
    if site and urlsplit(site).netloc != request.host:
        # The provider sends people back to the site's own name, where a cookie of another name is not sent.
        return redirect(site + request.full_path.rstrip("?"))
    session["after_sign_in"] = safe_next(request.args.get("next"))
    return render_template(
        "sign_in/start.html",
        providers=[
            (name, each.label, each.description or MEANT_FOR[each.profile]) for name, each in providers().items()
        ],
        goes_on=session["after_sign_in"] is not None,
    )


@blueprint.post("/sign-in/<provider>")
@allow(Open.EVERYBODY)
def leave(provider: str) -> Response:
    """To the provider, with state, nonce and PKCE."""
    if provider not in providers():
        abort(404)
    return leave_for(provider)


@blueprint.get("/sign-in/<provider>/callback")
@allow(Open.EVERYBODY)
def come_back(provider: str) -> str | Response | tuple[str, int]:
    """Back from the provider: check everything it says, then start a session with a new cookie."""
    settings = providers().get(provider)
    if settings is None:
        abort(404)
    if request.args.get("error") == "access_denied" and "code" not in request.args:
        if request.args.get("iss", settings.issuer) != settings.issuer:
            raise failed()
        return identities.declined() if linking(provider) else _declined()
    try:
        answer = believed(provider)
    except OutOfDate:
        return render_template("sign_in/out_of_date.html"), 422
    except NotProvedAnew as old:
        back = url_for("sign_in.identities_page" if old.linking else "sign_in.again_page")
        return render_template("sign_in/not_anew.html", back=back), 422
    if answer.again is not None and "link" in answer.again:
        return identities.come_back(provider, answer)
    if answer.again is not None:
        return again.come_back(provider, answer)
    target = session.get("after_sign_in")
    session.clear()
    session[SESSION_TOKEN] = sign_in.sign_in(
        provider,
        answer.subject,
        name=answer.said.name or answer.subject,
        email=answer.said.email,
        said=answer.said,
        browser=this_browser(),
        authenticated_at=answer.authenticated_at,
    )
    return redirect(target or url_for("sign_in.arrive"))


def _declined() -> Response:
    """The person chose not to sign in: no fault of anybody's, and nothing changed."""
    flash(
        t(
            "ログインを取りやめました。必要なときに、もう一度ログインしてください。",
            "You did not sign in. Sign in again whenever you like.",
        ),
        "info",
    )
    return redirect(url_for("sign_in.start"))


@blueprint.get("/sign-in/arrive")
@allow(Open.SIGNED_IN)
def arrive() -> Response:
    """To the home of the organisation one acts for; without one, to registering a business."""
    return redirect(home_address())


@blueprint.post("/sign-in/organisation")
@allow(Open.SIGNED_IN)
def switch() -> Response:
    """Act for another of one's organisations, under a new session; ?next is where one was going.

    Forms that were opened before are worth nothing from then on: they were filled in for the other organisation.
    """
    try:
        wanted = uuid.UUID(request.form.get("organisation", ""))
    except ValueError:
        abort(404)
    session[SESSION_TOKEN] = sign_in.switch_organisation(session[SESSION_TOKEN], wanted)
    session.pop("csrf_token", None)
    return redirect(safe_next(request.form.get("next")) or url_for("sign_in.arrive"))


@blueprint.post("/sign-out")
@allow(Open.SIGNED_IN)
def leave_site() -> Response:
    """End the session here; the provider's own session is the provider's."""
    known = providers().get(g.signed_in.provider)
    sign_in.sign_out(session[SESSION_TOKEN])
    session.clear()
    flash(t("サインアウトしました。", "You are signed out."), "success")
    if known is not None and known.profile == "gbizid":
        # It has no address to sign out at from here.
        flash(
            t(
                "GビズID側のログインは、しばらく残ることがあります。共用の端末では、ブラウザーをすべて閉じてください。",
                "gBizID may keep you signed in there for a while. On a shared machine, close the browser altogether.",
            ),
            "info",
        )
    return redirect(url_for("public.home"))
