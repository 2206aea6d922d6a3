"""What every page tells a signed-in person: how many notices are unread, and that their mail address fails."""

from __future__ import annotations

from flask import Flask, g, request

from tenants.notices import inbox, preferences
from web import words


def install(app: Flask) -> None:
    """Ask once for each page of somebody signed in; the language they read in becomes that of their mails."""
    app.before_request(_ask)
    app.context_processor(lambda: {"notices": g.get("notices")})


def _ask() -> None:
    if g.get("signed_in") is None or request.endpoint in (None, "static"):
        return
    known = inbox.header()
    if request.method == "GET" and known.language != words.language():
        preferences.remember_language(words.language())
    g.notices = known
