"""The committee's work, and what becomes of a vendor's standing: for the secretariat, members, vendors, businesses."""

from typing import Final

from tenants.notices.template import NoticeTemplate
from tenants.text import Text

_REVIEW: Final = Text("審査を開く", "Open the review")
_APPLICATION: Final = Text("申請を開く", "Open the application")

COMMITTEE: Final = (
    NoticeTemplate(
        "committee_conflict",
        "review",
        Text("登録申請（受付番号 {number}）の委員から利益相反の申告がありました", "Conflict declared on {number}"),
        Text(
            "{member}委員が、登録申請（受付番号 {number}）との利害関係を申告し、担当から外れました。",
            "{member} declared a conflict of interest on registration {number} and no longer reviews it.",
        ),
        Text("ほかの委員を割り当ててください。", "Please assign another member."),
        _REVIEW,
    ),
    NoticeTemplate(
        "scores_shown",
        "review",
        Text("採点がそろいました（受付番号 {number}）", "All marks are in ({number})"),
        Text(
            "登録申請（受付番号 {number}）の採点がそろい、担当の委員と事務局に表示されました。",
            "All marks for registration {number} are in; its reviewers and the secretariat see them now.",
        ),
        Text(
            "評価の開きを確かめ、意見を書いてください。決定までは、理由を付けて評点を見直せます。",
            "Look at where the marks differ and say what you think; until the decision marks can be revised.",
        ),
        _REVIEW,
    ),
    NoticeTemplate(
        "vendor_expired",
        "registration",
        Text("IT導入支援事業者の登録の有効期間が終わりました", "Your vendor registration has expired"),
        Text(
            "登録の有効期間が終わり、ITツールは公開サイトから外れました。理由：{reason}",
            "Your registration has expired and your packages have left the public site. Reason: {reason}",
        ),
        Text(
            "更新の申請が採択されると、公開していたITツールも元に戻ります。",
            "When a renewal is adopted, the packages that were public come back.",
        ),
        Text("更新を始める", "Start the renewal"),
    ),
    NoticeTemplate(
        "application_resumed",
        "applications",
        Text("申請 {number} の手続きを再開できます", "Application {number} can go on"),
        Text(
            "申請を代行する{vendor}の登録が再び有効になり、申請 {number} を進められるようになりました。",
            "The registration of {vendor} is in force again, and application {number} can go on.",
        ),
        Text("申請の状況をお確かめください。", "Please look at where it stands."),
        _APPLICATION,
    ),
    NoticeTemplate(
        "application_halted",
        "applications",
        Text("申請 {number} の手続きを止めています", "Application {number} is stopped"),
        Text(
            "ベンダーと申請者が同じ事業者と確認されたため、申請 {number} を進められません。",
            "Vendor and applicant were found to be one business, so application {number} cannot go on.",
        ),
        Text(
            "お心当たりがないときは、事務局にお問い合わせください。",
            "If you cannot see why, please ask the secretariat.",
        ),
        _APPLICATION,
    ),
    NoticeTemplate(
        "application_freed",
        "applications",
        Text("申請 {number} の手続きを再開できます", "Application {number} can go on"),
        Text(
            "ベンダーと申請者が同じ事業者という確認が取り消され、申請 {number} を進められるようになりました。",
            "That vendor and applicant are one business was taken back, and application {number} can go on.",
        ),
        Text("申請の状況をお確かめください。", "Please look at where it stands."),
        _APPLICATION,
    ),
)
