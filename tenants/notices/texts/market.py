"""Listings and grant applications: what the other side did."""

from typing import Final

from tenants.notices.template import NoticeTemplate
from tenants.text import Text

_APPLICATION: Final = Text("申請を開く", "Open the application")
_NOTHING: Final = Text("必要な手続きはありません。", "There is nothing you need to do.")

LISTINGS: Final = (
    NoticeTemplate(
        "listing_returned",
        "listings",
        Text("{listing}が差し戻されました", "Returned to you: {listing}"),
        Text(
            "事務局が{listing}を差し戻しました。理由：{reason}",
            "The secretariat returned {listing}. Reason: {reason}",
        ),
        Text("内容を直して、もう一度提出してください。", "Please mend it and submit it again."),
        Text("直す", "Mend it"),
    ),
    NoticeTemplate(
        "listing_published",
        "listings",
        Text("{listing}が公開されました", "Published: {listing}"),
        Text("{listing}が公開サイトに掲載されました。", "{listing} can now be seen on the public site."),
        Text("表示の内容を一度お確かめください。", "Please look once at how it is shown."),
        Text("登録内容を見る", "See your listings"),
    ),
)

APPLICATIONS: Final = (
    NoticeTemplate(
        "application_requested",
        "applications",
        Text("交付申請の依頼が届きました（申請 {number}）", "You are asked to file application {number}"),
        Text(
            "{sme}から、「{package}」での交付申請の依頼が届きました。",
            "{sme} asks you to file a grant application for {package}.",
        ),
        Text(
            "内容を見て、引き受けるかどうかをお返事ください。公募の締切は申請の画面にあります。",
            "Please look at it and answer whether you take it on. The round's deadline stands on the page.",
        ),
        _APPLICATION,
    ),
    NoticeTemplate(
        "application_accepted",
        "applications",
        Text("{vendor}が申請 {number} を引き受けました", "{vendor} took on application {number}"),
        Text(
            "{vendor}が「{package}」での交付申請を引き受け、書類の準備を始めます。",
            "{vendor} takes on your application for {package} and prepares the papers.",
        ),
        Text(
            "準備ができましたらお知らせします。交付決定の前に契約や注文をしないでください。",
            "We will tell you when they are ready. Do not sign or order anything before the grant decision.",
        ),
        _APPLICATION,
    ),
    NoticeTemplate(
        "application_declined",
        "applications",
        Text("申請 {number} は引き受けられませんでした", "Application {number} was not taken on"),
        Text(
            "{vendor}は「{package}」での交付申請を引き受けられませんでした。理由は申請の画面にあります。",
            "{vendor} cannot take on your application for {package}. The reason stands on the page.",
        ),
        Text("ほかのITツールを選んで、申請し直せます。", "You may choose another package and apply again."),
        _APPLICATION,
    ),
    NoticeTemplate(
        "application_prepared",
        "applications",
        Text("申請 {number} の内容を確認してください", "Please confirm application {number}"),
        Text(
            "{vendor}が「{package}」での申請書を準備しました。",
            "{vendor} has prepared your application for {package}.",
        ),
        Text(
            "内容を読み、公募の締切までに確認してください。確認がないと提出できません。",
            "Read it and confirm it before the round closes. It cannot be filed without you.",
        ),
        Text("内容を確認する", "Read and confirm"),
    ),
    NoticeTemplate(
        "application_to_correct",
        "applications",
        Text("申請 {number} に直してほしい点があります", "Application {number} needs a correction"),
        Text(
            "{sme}から、「{package}」での申請書に直してほしい点が届きました。内容は申請の画面にあります。",
            "{sme} asks you to correct the application for {package}. What it is stands on the page.",
        ),
        Text("直して、もう一度確認を依頼してください。", "Please correct it and ask for confirmation again."),
        _APPLICATION,
    ),
    NoticeTemplate(
        "application_confirmed",
        "applications",
        Text("申請 {number} の確認が済みました", "Application {number} was confirmed"),
        Text(
            "{sme}が「{package}」での申請内容を確認しました。",
            "{sme} has confirmed the application for {package}.",
        ),
        Text("公募の締切までに提出してください。", "Please file it before the round closes."),
        _APPLICATION,
    ),
    NoticeTemplate(
        "application_submitted",
        "applications",
        Text("申請 {number} が提出されました", "Application {number} was filed"),
        Text(
            "{vendor}が「{package}」での交付申請を事務局に提出しました。",
            "{vendor} has filed your application for {package} with the secretariat.",
        ),
        Text(
            "結果をお待ちください。交付決定の前に契約や注文をすると、補助の対象になりません。",
            "Please wait for the decision. What is ordered before it cannot be subsidised.",
        ),
        _APPLICATION,
    ),
    NoticeTemplate(
        "application_withdrawn",
        "applications",
        Text("申請 {number} が取り下げられました", "Application {number} was withdrawn"),
        Text(
            "{sme}が「{package}」での交付申請を取り下げました。",
            "{sme} has withdrawn the application for {package}.",
        ),
        _NOTHING,
        _APPLICATION,
    ),
)
