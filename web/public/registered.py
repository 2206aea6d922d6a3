"""What a signed-in business has registered of itself, to begin a form with."""

from __future__ import annotations

from typing import Final

from marketplace.applicants import readers_profile
from tenants.text import Text

HINT: Final = Text("登録した内容から入れました。変えられます。", "From what you registered; you may change it.")


def registered() -> dict[str, str]:
    """industry: its code, people: regular employees; nothing for whoever has registered nothing."""
    saved = readers_profile()
    if saved is None:
        return {}
    return {"industry": saved.industry, "people": f"{saved.statement.employees:,}"}
