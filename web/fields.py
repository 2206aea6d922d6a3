"""What people type into forms, read kindly: full-width digits, thousands separators, units."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Final

from tenants.errors import Finding
from tenants.one_form import in_one_form
from web.lists import broken_form

_UNITS: Final = re.compile(r"(円|人|名|%|¥|,|\s)")
_MAN: Final = re.compile(r"(\d+)万")
_WHOLE: Final = re.compile(r"\d{1,15}")


def whole_number(written: str) -> int | None:
    """１,０００万円, ¥500,000 and 3人 as whole numbers; None for what is no number (or empty)."""
    plain = _UNITS.sub("", in_one_form(written))
    ten_thousands = _MAN.fullmatch(plain)
    if ten_thousands:
        plain = ten_thousands[1] + "0000"
    return int(plain) if _WHOLE.fullmatch(plain) else None


def read_id(form: Mapping[str, str], name: str) -> uuid.UUID:
    """A hidden id of a form; BadInput when it was left out or tampered with."""
    try:
        return uuid.UUID(form.get(name, ""))
    except ValueError:
        raise broken_form() from None


def by_field(findings: tuple[Finding, ...]) -> dict[str, list[Finding]]:
    """Findings beside their fields."""
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.field:
            found.setdefault(finding.field, []).append(finding)
    return found
