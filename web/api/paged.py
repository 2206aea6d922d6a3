"""Lists that come in pages: which page an address asks for, read strictly; an empty value counts as not given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from flask import request

from web.api import faults

MOST_PAGES: Final = 100_000
MOST_PER_PAGE: Final = 100
PER_PAGE: Final = 20


def page_asked() -> tuple[int, int]:
    """page and per_page of the address. Raises Malformed for what is none."""
    return _whole("page", 1, MOST_PAGES), _whole("per_page", PER_PAGE, MOST_PER_PAGE)


def _whole(name: str, default: int, most: int) -> int:
    written = request.args.get(name, "").strip()
    if not written:
        return default
    digits = written.isascii() and written.isdigit() and len(written) <= len(str(most))
    if not digits or not 1 <= int(written) <= most:
        raise faults.bad_query(name, f"1–{most}")
    return int(written)


def one_of(name: str, known: Sequence[str]) -> str | None:
    """A value of the address that is one of these; None when it is not given. Raises Malformed for any other."""
    written = request.args.get(name, "").strip()
    if written and written not in known:
        raise faults.bad_query(name, ", ".join(known))
    return written or None
