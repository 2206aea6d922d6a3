"""The reason that somebody gives another side for a step. Pure."""

from __future__ import annotations

from typing import Final

from tenants.errors import BadInput, Finding
from tenants.hidden import in_lines
from tenants.text import Text

REASON_LIMIT: Final = 1000
_REMEDY: Final = Text("相手に伝わる理由を書いてください。", "Write what the other side needs to know.")


def reasoned(written: str, field: str = "reason", remedy: Text = _REMEDY) -> str:
    """The reason as it is seen, without blanks around it; BadInput when it is missing or too long."""
    reason = in_lines(written)
    if not 1 <= len(reason) <= REASON_LIMIT:
        raise BadInput(
            Finding(
                "reason_missing",
                Text(
                    f"理由を1〜{REASON_LIMIT}文字で入力してください。",
                    f"Give a reason of 1 to {REASON_LIMIT} characters.",
                ),
                remedy,
                field,
            )
        )
    return reason
