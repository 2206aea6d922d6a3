"""The life of a vendor's registration (IT導入支援事業者登録), as one table. Source: outline, registration of vendors."""

from __future__ import annotations

from typing import Final

from tenants.permissions import Permission
from tenants.text import Text
from tenants.workflow import State, Step, Workflow

REGISTRATION: Final = Workflow(
    name="registration",
    states=(
        State(
            "draft",
            Text("作成中", "Being written"),
            Text("まだ提出していません。", "Not submitted yet."),
        ),
        State(
            "submitted",
            Text("事務局の確認中", "With the secretariat"),
            Text("事務局が書類を確認しています。", "The secretariat is checking the papers."),
        ),
        State(
            "returned",
            Text("差戻し", "Returned"),
            Text(
                "理由のある項目を直し、期限までに再提出してください。",
                "Correct the sections that have a reason and submit again before the deadline.",
            ),
        ),
        State(
            "in_committee",
            Text("審査委員会で審査中", "With the committee"),
            Text("外部審査委員会が審査しています。", "The review committee is looking at it."),
        ),
        State(
            "adopted",
            Text("採択", "Adopted"),
            Text("IT導入支援事業者として登録されました。", "Registered as a vendor of the programme."),
        ),
        State(
            "not_adopted",
            Text("不採択", "Not adopted"),
            Text("今回は採択されませんでした。", "It was not adopted this time."),
        ),
        State(
            "appealed",
            Text("異議申立て中", "Appealed"),
            Text("異議申立てを受け付け、確認しています。", "The appeal was received and is being looked at."),
        ),
        State(
            "withdrawn",
            Text("取り下げ", "Withdrawn"),
            Text("申請を取り下げました。", "The application was withdrawn."),
        ),
    ),
    steps=(
        Step(
            "submit",
            Text("登録を申請する", "Submit"),
            ("draft", "returned"),
            "submitted",
            "vendor",
            Permission.EDIT_REGISTRATION,
            window="vendor_registration",
        ),
        Step(
            "receive",
            Text("書面の申請を受け付ける", "Receive on paper"),
            ("draft", "returned"),
            "submitted",
            "secretariat",
            Permission.CHECK_REGISTRATIONS,
            window="vendor_registration",
        ),
        Step(
            "return",
            Text("差し戻す", "Return"),
            ("submitted",),
            "returned",
            "secretariat",
            Permission.CHECK_REGISTRATIONS,
        ),
        Step(
            "pass_to_committee",
            Text("審査委員会に付す", "Pass to the committee"),
            ("submitted", "appealed"),
            "in_committee",
            "secretariat",
            Permission.CHECK_REGISTRATIONS,
        ),
        Step(
            "adopt",
            Text("採択する", "Adopt"),
            ("in_committee",),
            "adopted",
            "secretariat",
            Permission.DECIDE_REGISTRATIONS,
        ),
        Step(
            "reject",
            Text("不採択とする", "Do not adopt"),
            ("in_committee",),
            "not_adopted",
            "secretariat",
            Permission.DECIDE_REGISTRATIONS,
        ),
        Step(
            "appeal",
            Text("異議を申し立てる", "Appeal"),
            ("not_adopted",),
            "appealed",
            "vendor",
            Permission.EDIT_REGISTRATION,
        ),
        Step(
            "dismiss_appeal",
            Text("異議申立てを退ける", "Dismiss the appeal"),
            ("appealed",),
            "not_adopted",
            "secretariat",
            Permission.DECIDE_REGISTRATIONS,
        ),
        Step(
            "withdraw",
            Text("申請を取り下げる", "Withdraw"),
            ("draft", "submitted", "returned"),
            "withdrawn",
            "vendor",
            Permission.EDIT_REGISTRATION,
        ),
        Step(
            "withdraw_paper",
            Text("書面の申請を取り下げとして記録する", "Record the withdrawal of a paper application"),
            ("draft", "submitted", "returned"),
            "withdrawn",
            "secretariat",
            Permission.CHECK_REGISTRATIONS,
        ),
    ),
)

STEP_DONE: Final[dict[str, Text]] = {
    "start": Text("登録申請の作成を始めました", "The registration was begun"),
    "submit": Text("登録申請を提出しました", "The registration was submitted"),
    "receive": Text("事務局が書面の申請を受け付けました", "The secretariat received it on paper"),
    "return": Text("事務局が差し戻しました", "The secretariat returned it"),
    "extend": Text("事務局が再提出の期限を変更しました", "The secretariat changed the deadline for corrections"),
    "pass_to_committee": Text("審査委員会に付されました", "It was passed to the committee"),
    "adopt": Text("採択されました", "It was adopted"),
    "reject": Text("不採択となりました", "It was not adopted"),
    "appeal": Text("異議を申し立てました", "An appeal was filed"),
    "dismiss_appeal": Text("異議申立ては退けられました", "The appeal was dismissed"),
    "withdraw": Text("申請を取り下げました", "The registration was withdrawn"),
    "withdraw_paper": Text("書面の申請が取り下げられました", "The paper application was recorded as withdrawn"),
}
# What may still be written in; what nobody has decided yet.
EDITABLE: Final = frozenset({"draft", "returned"})
OPEN: Final = frozenset({"draft", "submitted", "returned", "in_committee", "appealed"})
