"""The committee's home. Assignments come with the registration of vendors; until then nothing is assigned."""

from __future__ import annotations

from flask import Blueprint, render_template

from tenants.permissions import Permission
from web.guard import allow

blueprint = Blueprint("committee", __name__, url_prefix="/committee")


@blueprint.get("/")
@allow(Permission.VIEW_COMMITTEE)
def home() -> str:
    """What is assigned to this member: nothing yet."""
    return render_template("committee/home.html")
