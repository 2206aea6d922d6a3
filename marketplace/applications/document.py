"""The text an SME agrees to: everything that will be filed in its name, in one frozen document with its hash."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, ValidationError

from tenants.errors import BadInput, Finding
from tenants.hidden import in_lines, on_one_line
from tenants.one_form import in_one_form
from tenants.text import Text

LINE_LIMIT: Final = 200
PASSAGE_LIMIT: Final = 2000
# What the business agrees to reads as it looks.
Line = Annotated[str, BeforeValidator(on_one_line), StringConstraints(min_length=1, max_length=LINE_LIMIT)]
Passage = Annotated[str, BeforeValidator(in_lines), StringConstraints(min_length=1, max_length=PASSAGE_LIMIT)]

# Hyphens, minus signs and the long-vowel mark that Japanese keyboards put where a hyphen is meant.
_HYPHENS: Final = re.compile("[‐‑‒–—―−ー]")


def _half_width(written: str) -> str:
    return _HYPHENS.sub("-", in_one_form(written))


Phone = Annotated[
    str,
    BeforeValidator(_half_width),
    StringConstraints(strip_whitespace=True, pattern=r"^[0-9+() -]{6,20}$"),
]


class Prepared(BaseModel):
    """What the vendor fills in for the business. representative_name, address, phone: personal data."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    representative_name: Line
    address: Line
    phone: Phone
    purpose: Passage
    expected_effect: Passage
    introduction_planned_on: date


PREPARED_LABELS: Final[dict[str, Text]] = {
    "representative_name": Text("代表者の氏名", "Name of the representative"),
    "address": Text("事業所の住所", "Address of the place of business"),
    "phone": Text("電話番号", "Telephone"),
    "purpose": Text("導入の目的（いまの困りごと）", "Purpose: the problem of today"),
    "expected_effect": Text("期待される効果", "Expected effect"),
    "introduction_planned_on": Text("導入予定日", "Planned day of introduction"),
}


def prepared_from(values: Mapping[str, str]) -> Prepared:
    """What people typed, as Prepared. Raises BadInput, one finding for each field that is missing or malformed."""
    known = {name: values.get(name, "") for name in PREPARED_LABELS}
    try:
        return Prepared.model_validate(known)
    except ValidationError as error:
        wrong = dict.fromkeys(str(fault["loc"][0]) for fault in error.errors())
        raise BadInput(*(_fault(name, in_lines(known[name])) for name in wrong)) from error


def _fault(name: str, value: str) -> Finding:
    label = PREPARED_LABELS[name]
    if not value:
        return Finding(
            "missing",
            Text(f"{label.ja}が入力されていません。", f"{label.en} is missing."),
            Text(f"{label.ja}を入力してください。", "Please enter it."),
            name,
        )
    if name == "phone":
        remedy = Text(
            "例：03-1234-5678 のように、数字とハイフンで入力してください。", "Enter it like 03-1234-5678."
        )
    elif name == "introduction_planned_on":
        remedy = Text("例：2026-12-01 のように、ある日付を入力してください。", "Enter a date like 2026-12-01.")
    else:
        limit = PASSAGE_LIMIT if name in {"purpose", "expected_effect"} else LINE_LIMIT
        return Finding(
            "too_long",
            Text(f"{label.ja}が長すぎます（{len(value):,}文字）。", f"{label.en} is too long ({len(value):,})."),
            Text(f"{limit:,}文字以内にまとめてください。", f"Please keep it within {limit:,} characters."),
            name,
        )
    return Finding(
        "malformed", Text(f"{label.ja}の形が正しくありません。", f"{label.en} cannot be read."), remedy, name
    )


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


@dataclass(frozen=True, slots=True)
class Change:
    """One item that reads otherwise than before."""

    label: Text
    before: str
    after: str


def changes(before: dict[str, Any], after: dict[str, Any]) -> tuple[Change, ...]:
    """What the vendor's text says differently, in the order of the form. The rest of a document is frozen."""
    old, new = before["prepared"], after["prepared"]
    return tuple(
        Change(label, str(old.get(name, "")), str(new.get(name, "")))
        for name, label in PREPARED_LABELS.items()
        if old.get(name) != new.get(name)
    )
