"""Stopping the mails about saved searches from a mail: no sign-in, and never by merely opening a link."""

from __future__ import annotations

from flask import current_app, render_template

from search.saved import services
from web import stop_links
from web.guard import Open, allow
from web.public.blueprint import blueprint


@blueprint.get("/stop-mail/<token>")
@allow(Open.EVERYBODY)
def stop_mail_page(token: str) -> str | tuple[str, int]:
    """Ask first: scanners and previews open the links of a mail too."""
    return _page(token, done=False)


@blueprint.post("/stop-mail/<token>")
@allow(Open.EVERYBODY)
def stop_mail(token: str) -> str | tuple[str, int]:
    """Stop them: pressed on the page, or posted by a mail program for its reader (RFC 8058)."""
    return _page(token, done=True)


def _page(token: str, *, done: bool) -> str | tuple[str, int]:
    stop = stop_links.read(current_app.extensions["hojo_settings"], token)
    if stop is None:
        return render_template("public/stop_mail.html", stop=None), 404
    names = services.stoppable(*stop)
    if done:
        services.stop(*stop)
    return render_template("public/stop_mail.html", stop=stop, names=names, done=done)
