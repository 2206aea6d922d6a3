"""For those who run it: is it alive, is it ready."""

from __future__ import annotations

from contextlib import suppress

from flask import Blueprint, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from search import comparing, engines
from tenants.db import db
from web.guard import Open, allow

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@allow(Open.EVERYBODY)
def alive() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@allow(Open.EVERYBODY)
def ready() -> tuple[Response, int]:
    """The database answers; without the search index the site still serves, so that is only reported."""
    behind: comparing.Backlog | None = None
    with suppress(SQLAlchemyError):
        db.session.execute(text("SELECT 1"))
        behind = comparing.backlog()
    catalogue = engines.state()
    if behind is not None:
        catalogue = behind.health(catalogue)
    return jsonify(
        status="ok" if behind is not None else "unavailable",
        database="ok" if behind is not None else "unreachable",
        search=catalogue,
        search_waiting=None if behind is None else behind.waiting,
        search_set_aside=None if behind is None else behind.set_aside,
    ), 200 if behind is not None else 503
