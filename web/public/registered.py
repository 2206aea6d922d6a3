"""What a signed-in business has registered of itself, to begin a form with."""

from __future__ import annotations

from typing import Final

from marketplace.applicants import readers_profile
from tenants.text import Text

HINT: Final = Text(
    "登録した内容から入れてあります。変えると、変えた内容で計算します。",
    "From what you registered; if you change it, what you enter counts.",
)


def registered() -> dict[str, str]:
    """industry: its code, people: regular employees; nothing for whoever has registered nothing."""
    saved = readers_profile()
    if saved is None:
        return {}
    return {"industry": saved.industry, "people": f"{saved.statement.employees:,}"}
