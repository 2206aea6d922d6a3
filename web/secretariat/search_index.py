"""The search index as the secretariat sees it: is what was published found, and what does the index not take."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from catalogue import publications
from search import setting_aside, sync
from tenants.actor import current
from tenants.permissions import Permission
from tenants.text import Text
from web.guard import allow
from web.secretariat.blueprint import blueprint

_MOST = 100


@blueprint.get("/search-index")
@allow(Permission.VIEW_SECRETARIAT)
def search_index() -> str:
    """How far the index has come, and what it does not take."""
    refused = setting_aside.listed(_MOST)
    return render_template(
        "secretariat/search_index.html",
        state=sync.status(),
        refused=refused,
        published=publications.live_packages([each.code for each in refused]),
        may_retry=current().may(Permission.PUBLISH_LISTINGS),
    )


@blueprint.post("/search-index/retry")
@allow(Permission.PUBLISH_LISTINGS)
def retry_set_aside() -> Response:
    """What was set aside is tried once more."""
    count = sync.try_set_aside_again()
    flash(Text(f"{count}件をもう一度、検索に載せます。", f"{count} will be put into the search again."), "success")
    return redirect(url_for("secretariat.search_index"))
