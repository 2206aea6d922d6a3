"""New matches of saved searches."""

from typing import Final

from tenants.notices.template import NoticeTemplate
from tenants.text import Text

SEARCHES: Final = (
    NoticeTemplate(
        "saved_searches_matched",
        "saved_searches",
        Text("保存した検索に合う新しいITツールが{count}件あります", "New packages match your searches: {count}"),
        Text("新しく公開されました：{searches}。", "Newly published: {searches}."),
        Text(
            "気になるITツールは「あとで検討」に入れるか、ベンダーに問い合わせてください。",
            "Put what you like on your shortlist, or ask its vendor.",
        ),
        Text("保存した検索を見る", "See your saved searches"),
        by_mail=Text(
            "{list}\n\nすべての検索のお知らせメールを止める（ログインは要りません）:\n{stop}",
            "{list}\n\nStop all mails for saved searches (no sign-in needed):\n{stop}",
        ),
    ),
)
