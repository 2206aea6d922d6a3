"""The letter's other end: look at an invitation, sign in, join.

The token comes behind the # of the letter's link, which no server ever sees; a script puts it into the form, or the
person does. From there on it lives in a cookie that only this page is sent.
"""

from __future__ import annotations

import re
from typing import Final

from flask import flash, g, make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from tenants import actor, invited, members, sign_in
from tenants.errors import BadInput, Finding
from tenants.invited import InvitationClosed
from tenants.text import Text
from web.edge import SESSION_TOKEN
from web.fields import by_field
from web.guard import Open, allow
from web.organisation.blueprint import blueprint
from web.words import t

COOKIE: Final = "hojo_invitation"
_HOUR: Final = 3600
_TOKEN: Final = re.compile(r"(?:^|#)([A-Za-z0-9_-]{43})$")


@blueprint.get("/invitation")
@allow(Open.EVERYBODY)
def invitation() -> str | Response:
    """Who invites to what, for whoever holds a token; without one, the form that asks for it."""
    token = request.cookies.get(COOKIE, "")
    if not token:
        return render_template("organisation/invitation_code.html", findings=(), errors={})
    try:
        welcome = invited.look(token)
    except InvitationClosed as error:
        return _closed(error)
    here = {
        role for place in _workplaces() if place.organisation_id == welcome.organisation_id for role in place.roles
    }
    return render_template(
        "organisation/invitation.html",
        welcome=welcome,
        roles=members.role_names(welcome.roles),
        known=bool(here.issuperset(welcome.roles)),
        sign_in_href=url_for("sign_in.start", next=url_for("organisation.invitation")),
    )


def _workplaces() -> tuple[sign_in.Workplace, ...]:
    return g.signed_in.workplaces if g.signed_in else ()


def _closed(error: InvitationClosed) -> Response:
    page = render_template("organisation/invitation_closed.html", findings=error.findings)
    answer = make_response(page, error.status)
    answer.delete_cookie(COOKIE, path=url_for("organisation.invitation"))
    return answer


@blueprint.post("/invitation")
@allow(Open.EVERYBODY)
def hold_invitation() -> Response | tuple[str, int]:
    """Take the token out of what was pasted, the whole link or its end, and keep it for an hour."""
    found = _TOKEN.search(request.form.get("code", "").strip())
    if found is None:
        error = BadInput(_NO_TOKEN)
        page = render_template(
            "organisation/invitation_code.html", findings=error.findings, errors=by_field(error.findings)
        )
        return page, error.status
    answer = redirect(url_for("organisation.invitation"))
    answer.set_cookie(
        COOKIE,
        found[1],
        max_age=_HOUR,
        path=url_for("organisation.invitation"),
        httponly=True,
        secure=request.is_secure,
        samesite="Lax",
    )
    return answer


_NO_TOKEN: Final = Finding(
    "no_invitation_link",
    Text("招待のリンクが読み取れません。", "The invitation's link could not be read."),
    Text(
        "メールに書かれたリンクを、はじめから終わりまで貼り付けてください。",
        "Paste the link from the letter, from its beginning to its end.",
    ),
    "code",
)


@blueprint.post("/invitation/accept")
@allow(Open.SIGNED_IN)
def accept() -> Response:
    """Join, and act for the organisation from here on, under a new session."""
    token = request.cookies.get(COOKIE, "")
    if not token:  # the hour is over: the letter's link brings one back
        return redirect(url_for("organisation.invitation"))
    try:
        joined = invited.accept(actor.current(), token)
    except InvitationClosed as error:
        return _closed(error)
    session[SESSION_TOKEN] = sign_in.switch_organisation(session[SESSION_TOKEN], joined)
    flash(t("参加しました。ようこそ。", "You have joined. Welcome."), "success")
    answer = redirect(url_for("sign_in.arrive"))
    answer.delete_cookie(COOKIE, path=url_for("organisation.invitation"))
    return answer
