"""What a notice is: its category, and the words with places for facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Final

from tenants.text import Text


@dataclass(frozen=True, slots=True)
class Category:
    """Notices of one kind. required: why they always come by mail too; None when that can be declined."""

    code: str
    name: Text
    about: Text
    required: Text | None = None


@dataclass(frozen=True, slots=True)
class NoticeTemplate:
    """One notice. body: what happened. todo: what to do next, by when. action: what the link does.

    by_mail: what only the mail says, between the two; it may have several lines.
    """

    code: str
    category: str
    subject: Text
    body: Text
    todo: Text
    action: Text
    by_mail: Text | None = None

    @property
    def facts(self) -> frozenset[str]:
        """The names of the facts its words need."""
        return self.inbox_facts | (_named(self.by_mail) if self.by_mail else frozenset())

    @property
    def inbox_facts(self) -> frozenset[str]:
        """Of these, what the inbox shows."""
        return _named(self.subject, self.body, self.todo)


def _named(*texts: Text) -> frozenset[str]:
    words = [side for text in texts for side in (text.ja, text.en)]
    return frozenset(name for word in words for _, name, _, _ in Formatter().parse(word) if name)


CATEGORIES: Final[Mapping[str, Category]] = {
    category.code: category
    for category in (
        Category(
            "account",
            Text("アカウントと所属", "Account and membership"),
            Text(
                "招待、役割の変更、事務局によるサポート表示など",
                "Invitations, changed roles, the secretariat's support view",
            ),
            Text(
                "アカウントの安全に関わるため、必ずメールでもお知らせします。",
                "They concern your account's safety, so they always come by mail too.",
            ),
        ),
        Category(
            "registration",
            Text("IT導入支援事業者の登録", "Vendor registration"),
            Text("受付、差戻し、審査の結果、停止、更新の期限", "Receipt, returns, decisions, suspension, renewal"),
            Text(
                "期限や決定を伝える正式な通知のため、必ずメールでもお知らせします。",
                "They are formal notices of deadlines and decisions, so they always come by mail too.",
            ),
        ),
        Category(
            "review",
            Text("審査の割り当て", "Review assignments"),
            Text(
                "審査の割り当て、採点の期限、確認が必要な登録", "Assigned reviews, scoring deadlines, checks to do"
            ),
        ),
        Category(
            "listings",
            Text("製品とITツールの登録", "Products and packages"),
            Text("差戻し、公開", "Returned or published"),
        ),
        Category(
            "applications",
            Text("交付申請", "Grant applications"),
            Text(
                "依頼、準備、確認、提出など、相手が進めた手続き",
                "What the other side did: requests, confirmations",
            ),
        ),
        Category(
            "enquiries",
            Text("問い合わせと見積もり", "Enquiries and quotes"),
            Text("相手からのメッセージ、見積書、その返事", "Messages, quotes and the answers to them"),
        ),
        Category(
            "saved_searches",
            Text("保存した検索", "Saved searches"),
            Text("条件に合う新しいITツール（1日1通まで）", "New packages that match, in at most one mail a day"),
        ),
        Category(
            "briefings",
            Text("説明会", "Briefings"),
            Text("予約、キャンセル待ち、開催前のお知らせ", "Bookings, waiting list, reminders"),
        ),
    )
}
