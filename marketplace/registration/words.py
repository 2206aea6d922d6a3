"""What people write in reviews and decisions: checked in one way."""

from __future__ import annotations

from tenants.errors import BadInput, Finding
from tenants.hidden import in_lines
from tenants.reasons import REASON_LIMIT
from tenants.text import Text


def bad(code: str, message: Text, remedy: Text, field: str | None = None) -> BadInput:
    """One thing that is wrong."""
    return BadInput(Finding(code, message, remedy, field))


def checked_words(written: str, field: str, *, limit: int = REASON_LIMIT, optional: bool = False) -> str:
    """The words without blanks around them; BadInput when there are none (unless optional), or too many."""
    text = in_lines(written)
    if len(text) > limit or not (text or optional):
        raise bad(
            f"{field}_missing" if not text else f"{field}_too_long",
            Text("入力されていません。", "Nothing is written.")
            if not text
            else Text(f"長すぎます（{len(text):,}文字）。", f"It is too long ({len(text):,} characters)."),
            Text(
                f"相手に伝わるように、{limit:,}文字以内で書いてください。",
                f"Write what the others need to know, in at most {limit:,} characters.",
            ),
            field,
        )
    return text
