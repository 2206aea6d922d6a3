"""Names in an address that no search has: programs are told of each, people of those that look misspelt. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from search.parameters import LABELS, NAMES
from tenants.errors import Finding
from tenants.text import Text

KNOWN: Final = ("q", *NAMES)
LANGUAGE: Final = "lang"  # of every page and answer, not of a search
_NEAR: Final = 0.75  # of the characters: industries is industry, utm_source nothing
_SHORTEST_BEGINNING: Final = 4


def unknown(names: Iterable[str]) -> list[Finding]:
    """One finding for each name that is no parameter of a search."""
    return [_finding(name, _near(name)) for name in dict.fromkeys(names) if name not in (*KNOWN, LANGUAGE)]


def misspelt(names: Iterable[str]) -> list[Finding]:
    """Of these only names that look like one of a search: what else stands in an address is others' (utm_source, gclid)."""
    return [_finding(name, near) for name in dict.fromkeys(names) if (near := _near(name)) and name not in KNOWN]


def _near(name: str) -> str | None:
    written = name.lower().replace("-", "_").removesuffix("[]")
    if name == LANGUAGE or len(name) > max(map(len, KNOWN)) * 2:
        return None
    if written in KNOWN:
        return written
    begun = [known for known in KNOWN if len(written) >= _SHORTEST_BEGINNING and known.startswith(written)]
    return next(iter(begun or get_close_matches(written, KNOWN, 1, _NEAR)), None)


def _finding(name: str, near: str | None) -> Finding:
    shown = "".join(char if char.isprintable() else " " for char in name[:40])
    message = Text(f"「{shown}」という条件はありません。", f"There is no parameter “{shown}”.")
    if near is None:
        remedy = Text(f"使える名前：{', '.join(KNOWN)}", f"Possible names: {', '.join(KNOWN)}")
    else:
        label = LABELS[near]
        remedy = Text(
            f"「{label.ja}」でさがすときは、アドレスの「{shown}」を「{near}」に直してください。",
            f"For “{label.en}”, write “{near}” instead of “{shown}” in the address.",
        )
    return Finding("unknown_parameter", message, remedy, shown)
