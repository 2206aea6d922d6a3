"""The mails of the demo, to read on a page; part of the site in the demo only."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, current_app, render_template

from tenants.errors import NotFound
from tenants.text import Text
from web.demo import mailbox
from web.guard import Open, allow

blueprint = Blueprint("demo_mails", __name__, url_prefix="/demo")


def _data() -> Path:
    data: Path = current_app.extensions["hojo_settings"].data
    return data


@blueprint.get("/mails")
@allow(Open.EVERYBODY)
def mails() -> str:
    """What has arrived, the newest first."""
    return render_template("demo/mails.html", letters=mailbox.letters(_data()))


@blueprint.get("/mails/<name>")
@allow(Open.EVERYBODY)
def mail(name: str) -> str:
    """One mail: its words and its headers."""
    found = mailbox.letter(_data(), name)
    if found is None:
        raise NotFound(Text("メール", "The mail"))
    return render_template("demo/mail.html", letter=found, site=current_app.extensions["hojo_settings"].site)
