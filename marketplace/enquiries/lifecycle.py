"""The life of an enquiry, as one table."""

from __future__ import annotations

from typing import Final

from tenants.permissions import Permission
from tenants.text import Text
from tenants.workflow import State, Step, Workflow

ENQUIRY: Final = Workflow(
    name="enquiry",
    states=(
        State(
            "asked",
            Text("回答待ち", "Waiting for an answer"),
            Text("ベンダーの回答を待っています。", "The vendor has not answered yet."),
        ),
        State(
            "answered",
            Text("回答済み", "Answered"),
            Text("ベンダーが回答しました。続けて質問もできます。", "The vendor answered; more can be asked."),
        ),
        State(
            "closed",
            Text("終了", "Closed"),
            Text("このやりとりは終わりました。", "This exchange is over."),
        ),
    ),
    steps=(
        Step(
            "answer",
            Text("回答する", "Answer"),
            ("asked", "answered"),
            "answered",
            "vendor",
            Permission.HANDLE_VENDOR_APPLICATIONS,
        ),
        Step(
            "ask_again",
            Text("続けて質問する", "Ask more"),
            ("asked", "answered"),
            "asked",
            "sme",
            Permission.ASK_VENDORS,
        ),
        Step(
            "end",
            Text("やりとりを終える", "Close"),
            ("asked", "answered"),
            "closed",
            "sme",
            Permission.ASK_VENDORS,
        ),
        Step(
            "finish",
            Text("やりとりを終える", "Close"),
            ("answered",),
            "closed",
            "vendor",
            Permission.HANDLE_VENDOR_APPLICATIONS,
        ),
    ),
)

STEP_DONE: Final[dict[str, Text]] = {
    "ask": Text("ベンダーに問い合わせた", "A vendor was asked"),
    "answer": Text("ベンダーが回答した", "The vendor answered"),
    "ask_again": Text("事業者が続けて質問した", "The business asked more"),
    "end": Text("事業者がやりとりを終えた", "The business closed it"),
    "finish": Text("ベンダーがやりとりを終えた", "The vendor closed it"),
    "read": Text("メッセージを読んだ", "The messages were read"),
}
