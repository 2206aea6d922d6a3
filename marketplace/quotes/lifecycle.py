"""The life of a quote's version, as one table. A quote that ran out of time is expired, whether or not a worker has
written that down: :func:`marketplace.quotes.rules.standing` asks the clock."""

from __future__ import annotations

from typing import Final

from tenants.permissions import Permission
from tenants.text import Text
from tenants.workflow import State, Step, Workflow

QUOTE: Final = Workflow(
    name="quote",
    states=(
        State(
            "draft",
            Text("下書き", "Draft"),
            Text("まだ送っていません。事業者には見えません。", "Not sent; the business does not see it."),
        ),
        State(
            "sent",
            Text("返事待ち", "On offer"),
            Text("有効期限までに、承諾するかどうかを決められます。", "It can be accepted until its last day."),
        ),
        State(
            "accepted",
            Text("承諾済み", "Accepted"),
            Text("この見積もりで交付申請を始められます。", "An application can be started from it."),
        ),
        State(
            "declined",
            Text("辞退", "Declined"),
            Text("事業者が見積もりを断りました。", "The business declined it."),
        ),
        State(
            "withdrawn",
            Text("取り下げ", "Withdrawn"),
            Text("ベンダーが見積もりを取り下げました。", "The vendor took it back."),
        ),
        State(
            "expired",
            Text("期限切れ", "Expired"),
            Text("有効期限が過ぎました。", "Its last day is over."),
        ),
        State(
            "replaced",
            Text("差し替え済み", "Replaced"),
            Text("新しい版の見積もりに差し替えられました。", "A newer version took its place."),
        ),
    ),
    steps=(
        Step("send", Text("送る", "Send"), ("draft",), "sent", "vendor", Permission.HANDLE_VENDOR_APPLICATIONS),
        Step(
            "withdraw",
            Text("取り下げる", "Take back"),
            ("sent",),
            "withdrawn",
            "vendor",
            Permission.HANDLE_VENDOR_APPLICATIONS,
        ),
        Step(
            "replace",
            Text("新しい版に差し替える", "Replace"),
            ("sent",),
            "replaced",
            "vendor",
            Permission.HANDLE_VENDOR_APPLICATIONS,
        ),
        Step("accept", Text("承諾する", "Accept"), ("sent",), "accepted", "sme", Permission.ANSWER_QUOTES),
        Step("decline", Text("断る", "Decline"), ("sent",), "declined", "sme", Permission.ANSWER_QUOTES),
        # By the clock alone: nobody's permission is asked for, and only the system has this audience.
        Step("expire", Text("期限が切れる", "Expire"), ("sent",), "expired", "system", Permission.ANSWER_QUOTES),
    ),
)

STEP_DONE: Final[dict[str, Text]] = {
    "draft": Text("見積書の下書きを作成した", "A quote was drafted"),
    "change": Text("見積書の下書きを変更した", "A drafted quote was changed"),
    "discard": Text("見積書の下書きを破棄した", "A drafted quote was thrown away"),
    "send": Text("見積書を送った", "A quote was sent"),
    "withdraw": Text("見積書を取り下げた", "A quote was taken back"),
    "replace": Text("見積書が新しい版に差し替えられた", "A quote was replaced by a newer version"),
    "accept": Text("見積書を承諾した", "A quote was accepted"),
    "decline": Text("見積書を断った", "A quote was declined"),
    "expire": Text("見積書の有効期限が過ぎた", "A quote ran out of time"),
}
# What a vendor may make a new version of.
REVISABLE: Final = frozenset({"sent", "declined", "withdrawn", "expired"})
