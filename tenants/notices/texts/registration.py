"""The vendor's registration: its way through the secretariat and the committee, and how it stands."""

from typing import Final

from tenants.notices.template import NoticeTemplate
from tenants.text import Text

_REGISTRATION: Final = Text("登録申請を開く", "Open the registration")
_APPLICATION: Final = Text("申請を開く", "Open the application")
_VENDOR_HOME: Final = Text("自社の画面を開く", "Open your pages")

REGISTRATION: Final = (
    NoticeTemplate(
        "registration_received",
        "registration",
        Text("登録申請（受付番号 {number}）を受け付けました", "Registration {number} was received"),
        Text(
            "{fiscal_year}年度のIT導入支援事業者の登録申請を受け付けました。受付番号は{number}です。",
            "We received your vendor registration for fiscal year {fiscal_year}. Its number is {number}.",
        ),
        Text(
            "いまは手続きの必要はありません。書類の確認が終わりましたら、お知らせします。",
            "You need not do anything now. We will tell you when the papers have been checked.",
        ),
        _REGISTRATION,
    ),
    NoticeTemplate(
        "registration_to_check",
        "review",
        Text("登録申請（受付番号 {number}）が届きました", "Registration {number} has arrived"),
        Text(
            "{vendor}から、IT導入支援事業者の登録申請が提出されました。",
            "{vendor} has handed in a vendor registration.",
        ),
        Text("書類を確認してください。", "Please check the papers."),
        _REGISTRATION,
    ),
    NoticeTemplate(
        "registration_returned",
        "registration",
        Text(
            "登録申請（受付番号 {number}）に直していただきたい点があります", "Registration {number} needs mending"
        ),
        Text(
            "書類を確認したところ、直していただきたい点がありました：{sections}",
            "While checking the papers we found something to mend: {sections}",
        ),
        Text(
            "{deadline}までに直して、もう一度提出してください。理由は申請の画面にあります。",
            "Please mend it and hand it in again by {deadline}. The reasons stand on the page.",
        ),
        Text("直す箇所を見る", "See what to mend"),
    ),
    NoticeTemplate(
        "registration_decided",
        "registration",
        Text("登録申請（受付番号 {number}）の結果：{decision}", "Decision on registration {number}: {decision}"),
        Text("審査の結果は「{decision}」です。理由：{reason}", "The decision is: {decision}. Reason: {reason}"),
        Text(
            "採択の場合は、製品とITツールを登録できるようになりました。"
            "不採択の場合は、申請の画面から異議を申し立てることができます。",
            "If adopted, you may now register products and packages. If not, you may appeal on the registration's"
            " page.",
        ),
        _REGISTRATION,
    ),
    NoticeTemplate(
        "registration_appealed",
        "review",
        Text("登録申請（受付番号 {number}）に異議が申し立てられました", "An appeal on registration {number}"),
        Text("{vendor}が、審査の結果に異議を申し立てました。", "{vendor} appeals against the decision."),
        Text("理由を読み、対応を決めてください。", "Please read the reasons and decide what follows."),
        _REGISTRATION,
    ),
    NoticeTemplate(
        "committee_assigned",
        "review",
        Text("審査をお願いします（受付番号 {number}）", "A review for you: registration {number}"),
        Text(
            "{vendor}の登録申請（受付番号 {number}）の審査が、あなたに割り当てられました。",
            "Registration {number} of {vendor} was assigned to you for review.",
        ),
        Text(
            "まず利害関係がないかをお確かめください。関係があるときは、画面から辞退できます。採点の期限は{due}です。",
            "First check that you have no conflict of interest; if you have, decline on the page. Scores are due by"
            " {due}.",
        ),
        Text("審査の画面を開く", "Open the review"),
    ),
    NoticeTemplate(
        "vendor_suspended",
        "registration",
        Text("IT導入支援事業者の登録が停止されました", "Your vendor registration is suspended"),
        Text(
            "登録が停止され、公開中のITツールは公開サイトから外れました。理由：{reason}",
            "Your registration is suspended and your packages have left the public site. Reason: {reason}",
        ),
        Text(
            "手続き中の交付申請は、事務局の案内があるまで進められません。事務局にご連絡ください。",
            "Open grant applications cannot go on until the secretariat says so. Please contact it.",
        ),
        _VENDOR_HOME,
    ),
    NoticeTemplate(
        "vendor_revoked",
        "registration",
        Text("IT導入支援事業者の登録が取り消されました", "Your vendor registration is revoked"),
        Text(
            "登録が取り消され、ITツールは公開サイトから外れました。理由：{reason}",
            "Your registration is revoked and your packages have left the public site. Reason: {reason}",
        ),
        Text(
            "決定についてのお問い合わせは、事務局にご連絡ください。",
            "Please contact the secretariat about this decision.",
        ),
        _VENDOR_HOME,
    ),
    NoticeTemplate(
        "vendor_reinstated",
        "registration",
        Text("IT導入支援事業者の登録が再開されました", "Your vendor registration is in force again"),
        Text("登録が再開されました。理由：{reason}", "Your registration is in force again. Reason: {reason}"),
        Text(
            "ITツールの公開状況を確かめ、必要なものは公開の手続きをしてください。",
            "Check which packages are public, and have those published that should be.",
        ),
        _VENDOR_HOME,
    ),
    NoticeTemplate(
        "renewal_due",
        "registration",
        Text("登録の更新をお願いします（期限 {deadline}）", "Please renew your registration by {deadline}"),
        Text(
            "{fiscal_year}年度も続けるには、登録の更新が必要です。",
            "To go on in fiscal year {fiscal_year}, your registration must be renewed.",
        ),
        Text(
            "{deadline}までに更新の申請を提出してください。前回の内容から始められます。",
            "Hand in the renewal by {deadline}. You can start from last time's content.",
        ),
        Text("更新を始める", "Start the renewal"),
    ),
    NoticeTemplate(
        "application_flagged",
        "applications",
        Text("申請 {number} の手続きを一時止めています", "Application {number} is on hold"),
        Text(
            "申請を代行する{vendor}の登録が有効でなくなったため、申請 {number} を進められません。",
            "{vendor}, which files your application {number}, is no longer registered, so it cannot go on.",
        ),
        Text(
            "事務局からの案内をお待ちください。別のIT導入支援事業者で申請し直すこともできます。",
            "Please wait for the secretariat, or apply again with another vendor.",
        ),
        _APPLICATION,
    ),
)
