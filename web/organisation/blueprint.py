"""The organisation's own pages, alike for vendors, businesses, the secretariat and the committee."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, g, request, url_for

from tenants.actor import current
from tenants.permissions import Permission
from web.words import t

blueprint = Blueprint("organisation", __name__, url_prefix="/organisation")


@blueprint.context_processor
def side_menu() -> dict[str, Any]:
    """Where its people can go; nothing for somebody who acts for no organisation."""
    if g.get("signed_in") is None or g.signed_in.workplace is None:
        return {}
    endpoints = [("organisation.overview", t("組織の情報", "Overview"))]
    if current().may(Permission.EDIT_ORGANISATION):
        endpoints.append(("organisation.details_page", t("情報を変更する", "Change details")))
    endpoints.append(("organisation.people", t("メンバーと役割", "People and roles")))
    if current().may(Permission.VIEW_OWN_AUDIT):
        endpoints.append(("organisation_audit.own_trail", t("操作の記録", "Audit trail")))
    links = [
        {"href": url_for(endpoint), "label": label, "current": request.endpoint == endpoint}
        for endpoint, label in endpoints
        if endpoint in current_app.view_functions
    ]
    return {"area": t("組織の設定", "Organisation"), "side_navigation": [{"label": "", "links": links}]}
