"""Numbers as people type them, read kindly: full-width digits, thousands separators, units, 万. Pure."""

from __future__ import annotations

import re
from typing import Final

from tenants.one_form import in_one_form

_UNITS: Final = re.compile(r"[円人名%¥,]|(?<![0-9])\s+|\s+(?![0-9])")
_MAN: Final = re.compile(r"([0-9]{1,11})(?:[.]([0-9]{1,4}))?万")
_WHOLE: Final = re.compile(r"[0-9]{1,15}")


def whole_number(written: str) -> int | None:
    """１,０００万円, 1.5万円, ¥500,000 and 3人 as whole numbers; None for what is no whole number (or empty)."""
    plain = _UNITS.sub("", in_one_form(written))
    ten_thousands = _MAN.fullmatch(plain)
    if ten_thousands:
        plain = ten_thousands[1] + (ten_thousands[2] or "").ljust(4, "0")
    return int(plain) if _WHOLE.fullmatch(plain) else None
