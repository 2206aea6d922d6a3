"""For those who run it: is it alive, is it ready."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from search import engines
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
    try:
        db.session.execute(text("SELECT 1"))
        database = "ok"
    except SQLAlchemyError:
        database = "unreachable"
    catalogue = engines.state()
    ready = database == "ok"
    return jsonify(
        status="ok" if ready else "unavailable", database=database, search=catalogue
    ), 200 if ready else 503
