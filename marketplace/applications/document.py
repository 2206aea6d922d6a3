"""The text an SME agrees to: everything that will be filed in its name, in one frozen document with its hash."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Passage = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class Prepared(BaseModel):
    """What the vendor fills in for the business. representative_name, address, phone: personal data."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    representative_name: Line
    address: Line
    phone: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9+() -]{6,20}$")]
    purpose: Passage
    expected_effect: Passage
    introduction_planned_on: date


def document(
    *,
    number: int,
    round_id: str,
    sme_name: str,
    vendor_name: str,
    chosen: dict[str, Any],
    estimate: dict[str, Any],
    applicant: dict[str, Any],
    prepared: dict[str, Any],
) -> dict[str, Any]:
    """The document: the chosen package with its prices, the estimate, the applicant's facts, the vendor's text."""
    return {
        "application": number,
        "round": round_id,
        "sme": sme_name,
        "vendor": vendor_name,
        "chosen": chosen,
        "estimate": estimate,
        "applicant": applicant,
        "prepared": prepared,
    }


def digest(content: dict[str, Any]) -> str:
    """SHA-256 of the document in canonical JSON: the same text, the same hash."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
