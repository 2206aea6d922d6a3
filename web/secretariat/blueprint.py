"""The secretariat's part of the site, and the menu beside its pages."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, request, url_for

from tenants.actor import current
from tenants.permissions import Permission
from web.words import t

blueprint = Blueprint("secretariat", __name__, url_prefix="/secretariat")


@blueprint.context_processor
def side_menu() -> dict[str, Any]:
    """Where the secretariat's people can go; what their role does not allow is not shown."""
    desk = [
        ("secretariat.home", t("ホーム", "Home"), Permission.VIEW_SECRETARIAT),
        ("secretariat.queue", t("審査待ち", "Review queue"), Permission.VIEW_SECRETARIAT),
        ("secretariat.publications", t("公開の手続き", "Publish"), Permission.VIEW_SECRETARIAT),
        ("secretariat.live", t("公開中の一覧", "Live listings"), Permission.VIEW_SECRETARIAT),
        ("secretariat.applications", t("交付申請", "Applications"), Permission.VIEW_SECRETARIAT),
        ("secretariat.registrations", t("登録申請", "Registrations"), Permission.VIEW_SECRETARIAT),
        ("secretariat.adoptions", t("採択公表", "Adoptions"), Permission.VIEW_SECRETARIAT),
    ]
    registers = [
        ("secretariat.vendors", t("IT導入支援事業者", "Vendors"), Permission.VIEW_SECRETARIAT),
        ("secretariat.organisations", t("組織の一覧", "Organisations"), Permission.VIEW_SECRETARIAT),
        ("secretariat.suspected_duplicates", t("重複の確認", "Duplicates"), Permission.VIEW_SECRETARIAT),
        ("secretariat.support_views", t("サポート閲覧の記録", "Support views"), Permission.VIEW_SECRETARIAT),
        ("secretariat.people", t("個人情報の確認と消去", "Personal data"), Permission.VIEW_PEOPLE),
        ("secretariat.import_page", t("ファイルの取り込み", "Import files"), Permission.IMPORT_CATALOGUE),
    ]
    rules = [
        ("secretariat.masters", t("マスタと制度", "Master data"), Permission.VIEW_SECRETARIAT),
        ("secretariat.rounds", t("公募回と期間", "Rounds"), Permission.VIEW_SECRETARIAT),
        ("secretariat.synonyms", t("検索の言い換え", "Synonyms"), Permission.VIEW_SECRETARIAT),
        ("secretariat.search_index", t("検索の索引", "Search index"), Permission.VIEW_SECRETARIAT),
        ("secretariat.problems", t("困りごと", "Problems"), Permission.VIEW_SECRETARIAT),
        ("secretariat.mail", t("メールの送信", "Mail"), Permission.VIEW_SECRETARIAT),
        ("secretariat.audit_trail", t("監査記録", "Audit trail"), Permission.VIEW_AUDIT),
    ]
    telling = [
        ("secretariat.announcements", t("お知らせ", "Announcements"), Permission.VIEW_SECRETARIAT),
        ("secretariat.briefings", t("説明会", "Briefings"), Permission.VIEW_SECRETARIAT),
    ]
    groups = [
        (t("審査と公開", "Review and publish"), desk),
        (t("台帳", "Registers"), registers),
        (t("お知らせと説明会", "Announcements and briefings"), telling),
        (t("制度と記録", "Rules and records"), rules),
    ]
    return {
        "area": t("事務局", "Secretariat"),
        "side_navigation": [
            {"label": label, "links": links} for label, entries in groups if (links := _links(entries))
        ],
    }


def _links(entries: list[tuple[str, str, Permission]]) -> list[dict[str, Any]]:
    return [
        {"href": url_for(endpoint), "label": label, "current": request.endpoint == endpoint}
        for endpoint, label, needs in entries
        if endpoint in current_app.view_functions and current().may(needs)
    ]
