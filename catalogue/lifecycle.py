"""The life of a listing (a product or a package), as one table."""

from __future__ import annotations

from tenants.permissions import Permission
from tenants.text import Text
from tenants.workflow import State, Step, Workflow

LISTING = Workflow(
    name="listing",
    states=(
        State(
            "draft",
            Text("下書き", "Draft"),
            Text("まだ提出していません。", "Not submitted yet."),
        ),
        State(
            "submitted",
            Text("審査中", "Under review"),
            Text("事務局が確認しています。", "The secretariat is looking at it."),
        ),
        State(
            "returned",
            Text("差戻し", "Returned"),
            Text("理由を確認し、直してから再提出してください。", "Read the reason, correct it and submit again."),
        ),
        State(
            "approved",
            Text("承認済み", "Approved"),
            Text("公開を待っています。", "Waiting to be published."),
        ),
        State(
            "published",
            Text("公開中", "Published"),
            Text("公開サイトに掲載されています。", "On the public site."),
        ),
        State(
            "withdrawn",
            Text("公開終了", "Withdrawn"),
            Text("公開サイトから外れました。", "No longer on the public site."),
        ),
    ),
    steps=(
        Step(
            "edit",
            Text("編集する", "Edit"),
            ("draft", "returned", "approved", "published", "withdrawn"),
            "draft",
            "vendor",
            Permission.EDIT_LISTINGS,
        ),
        Step(
            "submit",
            Text("提出する", "Submit"),
            ("draft", "returned"),
            "submitted",
            "vendor",
            Permission.SUBMIT_LISTINGS,
        ),
        Step(
            "take_back",
            Text("提出を取り下げる", "Take back"),
            ("submitted",),
            "draft",
            "vendor",
            Permission.SUBMIT_LISTINGS,
        ),
        Step(
            "return",
            Text("差し戻す", "Return"),
            ("submitted", "approved"),
            "returned",
            "secretariat",
            Permission.REVIEW_LISTINGS,
        ),
        Step(
            "approve",
            Text("承認する", "Approve"),
            ("submitted",),
            "approved",
            "secretariat",
            Permission.REVIEW_LISTINGS,
        ),
        Step(
            "publish",
            Text("公開する", "Publish"),
            ("approved",),
            "published",
            "secretariat",
            Permission.PUBLISH_LISTINGS,
        ),
        Step(
            "withdraw",
            Text("公開を終了する", "Withdraw"),
            ("published", "draft", "submitted", "returned", "approved"),
            "withdrawn",
            "secretariat",
            Permission.PUBLISH_LISTINGS,
        ),
        Step(
            "suspend",
            Text("事業者の停止により公開を止める", "Take down with its vendor"),
            ("published",),
            "withdrawn",
            "secretariat",
            Permission.SUSPEND_VENDORS,
        ),
        Step(
            "reinstate",
            Text("事業者の復帰により公開を戻す", "Bring back with its vendor"),
            ("withdrawn",),
            "published",
            "secretariat",
            Permission.SUSPEND_VENDORS,
        ),
    ),
)
