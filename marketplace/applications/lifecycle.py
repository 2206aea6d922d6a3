"""The life of a grant application up to its submission, as one table. Source: outline, the way through, step 5."""

from __future__ import annotations

from typing import Final

from tenants.permissions import Permission
from tenants.text import Text
from tenants.workflow import State, Step, Workflow

APPLICATION: Final = Workflow(
    name="application",
    states=(
        State(
            "draft",
            Text("依頼中", "Requested"),
            Text(
                "ベンダー（IT導入支援事業者）の返事を待っています。",
                "Waiting for the vendor's answer.",
            ),
        ),
        State(
            "accepted",
            Text("準備中", "Being prepared"),
            Text("ベンダーが申請書を準備しています。", "The vendor is preparing the application."),
        ),
        State(
            "declined",
            Text("辞退されました", "Declined"),
            Text("ベンダーがこの依頼を受けられませんでした。", "The vendor could not take this on."),
        ),
        State(
            "prepared",
            Text("内容の確認待ち", "To be confirmed"),
            Text(
                "申請する事業者が、申請書の内容を確認します。",
                "The business checks what will be filed in its name.",
            ),
        ),
        State(
            "confirmed",
            Text("提出待ち", "To be submitted"),
            Text("確認が済みました。ベンダーが提出します。", "Confirmed; the vendor will submit it."),
        ),
        State(
            "submitted",
            Text("提出済み", "Submitted"),
            Text("事務局の審査を待っています。", "Waiting for the secretariat's examination."),
        ),
        State(
            "withdrawn",
            Text("取り下げ", "Withdrawn"),
            Text("申請を取り下げました。", "The application was withdrawn."),
        ),
    ),
    steps=(
        Step(
            "accept",
            Text("依頼を受ける", "Accept"),
            ("draft",),
            "accepted",
            "vendor",
            Permission.HANDLE_VENDOR_APPLICATIONS,
        ),
        Step(
            "decline",
            Text("依頼を断る", "Decline"),
            ("draft",),
            "declined",
            "vendor",
            Permission.HANDLE_VENDOR_APPLICATIONS,
        ),
        Step(
            "prepare",
            Text("準備した内容を送る", "Send for confirmation"),
            ("accepted", "prepared", "confirmed"),
            "prepared",
            "vendor",
            Permission.HANDLE_VENDOR_APPLICATIONS,
        ),
        Step(
            "ask_correction",
            Text("修正を依頼する", "Ask for a correction"),
            ("prepared",),
            "accepted",
            "sme",
            Permission.CONFIRM_APPLICATION,
        ),
        Step(
            "confirm",
            Text("この内容で確認する", "Confirm"),
            ("prepared",),
            "confirmed",
            "sme",
            Permission.CONFIRM_APPLICATION,
        ),
        Step(
            "submit",
            Text("事務局に提出する", "Submit"),
            ("confirmed",),
            "submitted",
            "vendor",
            Permission.HANDLE_VENDOR_APPLICATIONS,
            window="grant_application",
        ),
        Step(
            "withdraw",
            Text("申請を取り下げる", "Withdraw"),
            ("draft", "accepted", "prepared", "confirmed"),
            "withdrawn",
            "sme",
            Permission.CONFIRM_APPLICATION,
        ),
    ),
)

STEP_DONE: Final[dict[str, Text]] = {
    "start": Text("ITツールを選び、ベンダーに依頼しました", "A package was chosen and the vendor was asked"),
    "accept": Text("ベンダーが依頼を受けました", "The vendor accepted"),
    "decline": Text("ベンダーが依頼を断りました", "The vendor declined"),
    "prepare": Text("ベンダーが申請内容を準備し、確認を依頼しました", "The vendor prepared it for confirmation"),
    "ask_correction": Text("事業者が修正を依頼しました", "The business asked for a correction"),
    "confirm": Text("事業者が内容を確認しました", "The business confirmed it"),
    "submit": Text("ベンダーが事務局に提出しました", "The vendor submitted it to the secretariat"),
    "withdraw": Text("事業者が申請を取り下げました", "The business withdrew it"),
}
WAY: Final = ("draft", "accepted", "prepared", "confirmed", "submitted")
ENDED: Final = frozenset({"declined", "withdrawn"})
# On the way to being submitted: what a closing window cuts off.
SUBMITTABLE_LATER: Final = frozenset({"draft", "accepted", "prepared", "confirmed"})
