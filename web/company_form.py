"""A company as it is typed when a vendor applies or the secretariat enters one that applied on paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Self

from tenants.errors import BadInput, Finding
from tenants.hidden import on_one_line
from tenants.identities import IdentityFacts
from tenants.numbers import corporate_number_findings, normalised_number
from tenants.organisations import ADDRESS_LIMIT, NAME_LIMIT, PREFECTURES
from tenants.text import Text

NAMES: Final = ("name", "corporate_number", "prefecture", "address")


@dataclass(frozen=True, slots=True)
class Company:
    """What was typed, kept as it was until every item is right."""

    name: str = ""
    corporate_number: str = ""
    prefecture: str = ""
    address: str = ""

    @classmethod
    def sent(cls, values: Mapping[str, str]) -> Self:
        """As it was sent."""
        return cls(**{name: on_one_line(values.get(name, "")) for name in NAMES})

    def vouched_for(self, facts: IdentityFacts | None, fields: frozenset[str]) -> Self:
        """With these fields as the provider says them."""
        if facts is None:
            return self
        told = {name: getattr(facts, name) or "" for name in NAMES if name in fields}
        return replace(self, **told)

    def checked(self) -> dict[str, str]:
        """Its facts by name, the number in half width; BadInput with one finding for each field that is wrong."""
        findings = [
            *_length("name", Text("会社名", "The company's name"), self.name, NAME_LIMIT),
            *corporate_number_findings(self.corporate_number, "corporate_number"),
            *_length("address", Text("住所", "The address"), self.address, ADDRESS_LIMIT),
        ]
        if self.prefecture not in PREFECTURES:
            findings.append(
                Finding(
                    "prefecture_missing",
                    Text("都道府県が選ばれていません。", "No prefecture is chosen."),
                    Text("本店のある都道府県を選んでください。", "Choose the one of the head office."),
                    "prefecture",
                )
            )
        if findings:
            raise BadInput(*findings)
        return {
            "name": self.name,
            "corporate_number": normalised_number(self.corporate_number),
            "prefecture": self.prefecture,
            "address": self.address,
        }


def _length(field: str, label: Text, value: str, limit: int) -> list[Finding]:
    if 1 <= len(value) <= limit:
        return []
    return [
        Finding(
            f"{field}_missing",
            Text(f"{label.ja}が入力されていないか、長すぎます。", f"{label.en} is missing or too long."),
            Text(f"1〜{limit}文字で入力してください。", f"Enter 1 to {limit} characters."),
            field,
        )
    ]
