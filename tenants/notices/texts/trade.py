"""Enquiries and quotes: what the other side wrote or decided. A vendor learns no more of a business than was released."""

from typing import Final

from tenants.notices.template import NoticeTemplate
from tenants.text import Text

_ENQUIRY: Final = Text("やりとりを開く", "Open the messages")
_QUOTE: Final = Text("見積書を開く", "Open the quote")
_NOTHING: Final = Text("必要な手続きはありません。", "There is nothing you need to do.")

ENQUIRIES: Final = (
    NoticeTemplate(
        "enquiry_received",
        "enquiries",
        Text("「{package}」への問い合わせが届きました（{number}）", "You are asked about {package} ({number})"),
        Text("{business}から、「{package}」についての問い合わせです。", "{business} asks about {package}."),
        Text("内容を見て、回答してください。", "Please read it and answer."),
        _ENQUIRY,
    ),
    NoticeTemplate(
        "enquiry_continued",
        "enquiries",
        Text("問い合わせ {number} に続きが届きました", "More on enquiry {number}"),
        Text("{business}から、「{package}」について続けて質問です。", "{business} asks more about {package}."),
        Text("内容を見て、回答してください。", "Please read it and answer."),
        _ENQUIRY,
    ),
    NoticeTemplate(
        "enquiry_answered",
        "enquiries",
        Text("{vendor}から回答が届きました（問い合わせ {number}）", "{vendor} answered enquiry {number}"),
        Text("「{package}」についての回答です。", "It is about {package}."),
        Text("内容を確かめてください。続けて質問もできます。", "Please read it; you can ask more."),
        _ENQUIRY,
    ),
    NoticeTemplate(
        "enquiry_ended",
        "enquiries",
        Text("問い合わせ {number} のやりとりが終わりました", "Enquiry {number} was closed"),
        Text("{business}が、「{package}」についてのやりとりを終えました。", "{business} closed it ({package})."),
        _NOTHING,
        _ENQUIRY,
    ),
    NoticeTemplate(
        "enquiry_finished",
        "enquiries",
        Text("問い合わせ {number} のやりとりが終わりました", "Enquiry {number} was closed"),
        Text("{vendor}が、「{package}」についてのやりとりを終えました。", "{vendor} closed it ({package})."),
        Text("聞きたいことが残っているときは、もう一度問い合わせてください。", "Ask anew if something is left."),
        _ENQUIRY,
    ),
)

QUOTES: Final = (
    NoticeTemplate(
        "quote_received",
        "enquiries",
        Text("{vendor}から見積書が届きました（{number}）", "{vendor} sent you quote {number}"),
        Text("「{package}」の見積もりです。有効期限は{until}です。", "It is for {package}, valid until {until}."),
        Text(
            "内容を見て、期限までに承諾するか断るかを決めてください。承諾しても、契約にはなりません。",
            "Please accept or decline it by then. Accepting it orders nothing.",
        ),
        _QUOTE,
    ),
    NoticeTemplate(
        "quote_withdrawn",
        "enquiries",
        Text("見積書 {number} が取り下げられました", "Quote {number} was taken back"),
        Text(
            "{vendor}が、「{package}」の見積もり（有効期限 {until}）を取り下げました。",
            "{vendor} took back its quote for {package} (valid until {until}).",
        ),
        Text("理由は見積書の画面にあります。", "The reason stands on its page."),
        _QUOTE,
    ),
    NoticeTemplate(
        "quote_expired",
        "enquiries",
        Text("見積書 {number} の有効期限が過ぎました", "Quote {number} has expired"),
        Text(
            "{vendor}の「{package}」の見積もりは、{until}までのものでした。",
            "{vendor}'s quote for {package} was valid until {until}.",
        ),
        Text(
            "まだ検討するときは、新しい見積もりを依頼してください。", "Ask for a new one if you still consider it."
        ),
        _QUOTE,
    ),
    NoticeTemplate(
        "quote_accepted",
        "enquiries",
        Text("見積書 {number} が承諾されました", "Quote {number} was accepted"),
        Text(
            "{business}が、「{package}」の見積もりを承諾しました。",
            "{business} accepted your quote for {package}.",
        ),
        Text(
            "事業者が交付申請を始めると、この明細と価格のまま依頼が届きます。交付決定の前に契約や納品をしないでください。",
            "When the business starts an application, it comes with these lines and prices. Do not sign or deliver "
            "anything before the grant decision.",
        ),
        _QUOTE,
    ),
    NoticeTemplate(
        "quote_declined",
        "enquiries",
        Text("見積書 {number} は承諾されませんでした", "Quote {number} was declined"),
        Text(
            "{business}が、「{package}」の見積もりを断りました。", "{business} declined your quote for {package}."
        ),
        Text("理由は見積書の画面にあります。", "The reason stands on its page."),
        _QUOTE,
    ),
)
