"""What the pages about schemes share: words, and reading a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from tenants.errors import BadInput, Finding
from tenants.text import Text

FILING: Final[Mapping[str, Text]] = {
    "proxy": Text("IT導入支援事業者（代理申請）", "the vendor, as proxy"),
    "applicant": Text("申請者本人", "the applicant itself"),
}


def day(written: str) -> date:
    """A day from a form. Raises BadInput (bad_day)."""
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise BadInput(
            Finding(
                "bad_day",
                Text("有効になる日を読み取れません。", "The day cannot be read."),
                Text("「2026-04-01」の形で入力してください。", "Write it like 2026-04-01."),
                "effective_from",
            )
        ) from None


def changed_rows(values: Iterable[tuple[str, str, str]]) -> list[dict[str, str]]:
    """(where, before, after) as the table of differences takes them."""
    return [{"label": where, "before": before, "after": after} for where, before, after in values]
