"""Errors of the domain: a code for machines; what is wrong, where, and how to mend it for people.

The web turns them into 4xx pages or RFC 9457 problem documents, the command line into lines on stderr.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from tenants.text import Language, Text


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    code: stable, for machines (``negative_price``). message: what is wrong. remedy: what to do.
    field: the form field or file column it is about, as the user sees it; None when it is about the whole.
    """

    code: str
    message: Text
    remedy: Text
    field: str | None = None

    def as_json(self, language: Language = "ja") -> dict[str, str | None]:
        """{column, code, message, remedy} in one language."""
        return {
            "column": self.field,
            "code": self.code,
            "message": self.message.in_language(language),
            "remedy": self.remedy.in_language(language),
        }


class DomainError(Exception):
    """What was asked cannot be done; nothing was changed."""

    status: ClassVar[int] = 422

    def __init__(self, *findings: Finding) -> None:
        super().__init__("; ".join(f"{f.code}: {f.message.en}" for f in findings))
        self.findings = findings

    @property
    def code(self) -> str:
        """The first finding's code."""
        return self.findings[0].code


class BadInput(DomainError):
    """A value is missing, malformed or outside its range."""

    status = 422


class NotFound(DomainError):
    """It does not exist, or belongs to somebody else: the answer is the same for both."""

    status = 404

    def __init__(self, what: Text, remedy: Text | None = None) -> None:
        super().__init__(
            Finding(
                "not_found",
                Text(f"{what.ja}が見つかりません。", f"{what.en} was not found."),
                remedy
                or Text("番号やアドレスをもう一度お確かめください。", "Please check the number or the address."),
            )
        )


class NotPermitted(DomainError):
    """The person is known but their role does not allow this."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            Finding(
                "not_permitted",
                Text("この操作をする権限がありません。", "Your role does not allow this."),
                Text(
                    "組織の管理者に権限の追加を依頼してください。",
                    "Ask your organisation's administrator for the role.",
                ),
            )
        )


class OnlyLooking(DomainError):
    """Somebody of the secretariat looks at an organisation's pages; nothing can be changed from there."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            Finding(
                "only_looking",
                Text(
                    "サポート閲覧中は、見るだけです。何も変更できません。",
                    "This is a support view: look only, nothing can be changed.",
                ),
                Text(
                    "操作は、この組織の方にご自身でお願いしてください。サポート閲覧は上の帯から終了できます。",
                    "Ask somebody of the organisation to do it. The bar at the top ends the view.",
                ),
            )
        )


class StaleVersion(DomainError):
    """Somebody else changed it since it was read."""

    status = 409

    def __init__(self, what: Text, *, yours: int, current: int) -> None:
        super().__init__(
            Finding(
                "stale_version",
                Text(
                    f"{what.ja}は、あなたが開いたあとに更新されています"
                    f"（あなたの版 {yours}、最新の版 {current}）。",
                    f"{what.en} was changed since you opened it (yours {yours}, current {current}).",
                ),
                Text(
                    "最新の内容を確認してから、もう一度操作してください。",
                    "Look at the current version, then try again.",
                ),
            )
        )
        self.yours = yours
        self.current = current


class Conflict(DomainError):
    """Two people changed the same thing at once; the other was first."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            Finding(
                "conflict",
                Text("同時にほかの人が更新しました。", "Somebody else changed this at the same moment."),
                Text(
                    "画面を開き直し、内容を確認してからもう一度操作してください。",
                    "Reload the page, look at it and try again.",
                ),
            )
        )


class IllegalStep(DomainError):
    """The workflow table does not list this step from this state, or not for this person."""

    status = 409


class OutsideWindow(DomainError):
    """The round is not open at the time of arrival."""

    status = 409
