"""Values of form fields as people type them: moments in Japan time, whole numbers in any width."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from flask import request

from tenants import clock
from tenants.errors import BadInput, Finding
from tenants.one_form import in_one_form
from tenants.text import Text

EARLIEST: Final = 2000
LATEST: Final = 2199
_MOST_DIGITS: Final = 9


def text(name: str) -> str:
    """What was typed, without blanks around it and with plain line ends."""
    return request.form.get(name, "").replace("\r\n", "\n").strip()


def both(name: str) -> Text:
    """A text in both languages, from name_ja and name_en; Japanese where no English was written."""
    ja, en = text(f"{name}_ja"), text(f"{name}_en")
    return Text(ja, en or ja)


def local(moment: datetime | None) -> str:
    """As <input type=datetime-local> writes it, in Japan time."""
    return f"{moment.astimezone(clock.JAPAN):%Y-%m-%dT%H:%M}" if moment else ""


def moment(name: str) -> datetime:
    """A date and time in Japan; BadInput naming the field when it is none."""
    try:
        written = datetime.fromisoformat(text(name))
    except ValueError:
        written = None
    if written is None or written.tzinfo is not None or not EARLIEST <= written.year <= LATEST:
        raise BadInput(
            Finding(
                "bad_moment",
                Text("日時を読み取れません。", "This is not a date and time."),
                Text(
                    "「2026-06-30T17:00」の形で入力してください（日本時間）。",
                    "Write it like 2026-06-30T17:00, Japan time.",
                ),
                name,
            )
        )
    return written.replace(tzinfo=clock.JAPAN)


def whole(name: str) -> int:
    """A whole number, 0 or more, in half or full width; BadInput naming the field when it is none."""
    written = in_one_form(text(name)).replace(",", "")
    if not (written.isascii() and written.isdigit() and len(written) <= _MOST_DIGITS):
        raise BadInput(
            Finding(
                "bad_number",
                Text("数字で入力してください。", "This is not a number."),
                Text("「30」のように入力してください。", "Write it like 30."),
                name,
            )
        )
    return int(written)
