"""The end of the secretariat's look into an organisation."""

from __future__ import annotations

from flask import flash, g, redirect, session, url_for
from werkzeug.wrappers import Response

from tenants import support_view
from web.edge import SUPPORT_VIEW
from web.guard import Open, allow
from web.organisation.blueprint import blueprint
from web.words import t


@blueprint.post("/support-view/close")
@allow(Open.SIGNED_IN)
def close_support_view() -> Response:
    """Back to one's own desk; without an open view there is nothing to close."""
    looking = g.get("support")
    if looking is None:
        return redirect(url_for("sign_in.arrive"))
    support_view.close(looking)
    session.pop(SUPPORT_VIEW, None)
    flash(t("サポート閲覧を終了しました。", "The support view is closed."), "success")
    return redirect(url_for("secretariat.support_views"))
