"""The vendor's part of the site, and the menu beside its pages."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, request, url_for

from tenants.actor import current
from tenants.permissions import Permission
from web.words import t

blueprint = Blueprint("vendor", __name__, url_prefix="/vendor")


@blueprint.context_processor
def side_menu() -> dict[str, Any]:
    """Where a vendor's person can go; what their role does not allow is not shown."""
    entries = [
        (t("登録と審査", "Listings"), _listing_links()),
        (t("IT導入支援事業者の登録", "Vendor registration"), _registration_links()),
        (
            t("問い合わせと見積もり", "Enquiries and quotes"),
            _links([("vendor.enquiries", t("問い合わせ", "Enquiries")), ("vendor.quotes", t("見積書", "Quotes"))]),
        ),
        (t("交付申請", "Grant applications"), _links([("vendor.applications", t("申請の対応", "Applications"))])),
    ]
    return {
        "area": t("ベンダー管理", "Vendor"),
        "side_navigation": [{"label": label, "links": links} for label, links in entries if links],
    }


def _listing_links() -> list[dict[str, Any]]:
    endpoints = [
        ("vendor.home", t("ホーム", "Home")),
        ("vendor.products", t("製品", "Products")),
        ("vendor.packages", t("ITツール（パッケージ）", "Packages")),
    ]
    if current().may(Permission.EDIT_LISTINGS):
        endpoints.append(("vendor.import_page", t("ファイルで登録", "Import files")))
    return _links(endpoints)


def _registration_links() -> list[dict[str, Any]]:
    if not current().may(Permission.VIEW_REGISTRATION):
        return []
    return _links(
        [
            ("vendor.registration", t("登録申請", "Registration")),
            ("vendor.renewal_page", t("登録の状態と更新", "Standing and renewal")),
        ]
    )


def _links(endpoints: list[tuple[str, str]]) -> list[dict[str, Any]]:
    return [
        {"href": url_for(endpoint), "label": label, "current": request.endpoint == endpoint}
        for endpoint, label in endpoints
        if endpoint in current_app.view_functions
    ]
