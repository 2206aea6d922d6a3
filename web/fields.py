"""What forms send: hidden ids, and the findings beside their fields."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from tenants.errors import Finding
from web.lists import broken_form


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
