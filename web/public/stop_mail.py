"""Stopping the mails about saved searches from a mail: no sign-in, and never by merely opening a link."""

from __future__ import annotations

from flask import Response, current_app, make_response, render_template

from search.saved import services
from web import stop_links
from web.guard import Open, allow
from web.public.blueprint import blueprint


@blueprint.get("/stop-mail/<token>")
@allow(Open.EVERYBODY)
def stop_mail_page(token: str) -> Response:
    """Ask first: scanners and previews open the links of a mail too."""
    return _page(token, done=False)


@blueprint.post("/stop-mail/<token>")
@allow(Open.EVERYBODY)
def stop_mail(token: str) -> Response:
    """Stop them: pressed on the page, or posted by a mail program for its reader (RFC 8058)."""
    return _page(token, done=True)


def _page(token: str, *, done: bool) -> Response:
    stop = stop_links.read(current_app.extensions["hojo_settings"], token)
    names = services.stoppable(*stop) if stop else ()
    if stop and done:
        services.stop(*stop)
    page = render_template("public/stop_mail.html", stop=stop, names=names, done=done)
    answer = make_response(page, 200 if stop else 404)
    answer.headers["Cache-Control"] = "no-store"  # what somebody looks for is for who holds the link
    return answer
