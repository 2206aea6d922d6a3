"""The table of SME classes and the thresholds around it, as one versioned file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated

from pydantic import Field, model_validator

from marketplace.file_parts import Part
from marketplace.subsidy.classes import DATA
from marketplace.subsidy.faults import fault
from marketplace.subsidy.files import Count, Rate, Said, Sourced, Word, Yen, parse
from marketplace.subsidy.parts import Applicants, Condition, Source
from marketplace.subsidy.scheme import Scheme
from tenants.errors import BadInput, Finding
from tenants.text import Text


class SizeClass(Sourced):
    """One row of the table: at most so much capital or so many regular employees."""

    id: Word
    label: Said
    capital_yen: Yen
    employees: Count
    small_employees: Count
    jsic: tuple[Word, ...]


class DeemedLarge(Sourced):
    """A share at or above one of these makes a deemed large enterprise (みなし大企業)."""

    largest_large_firm_share: Rate
    large_firms_share: Rate
    large_firm_officers_share: Rate


class ClassTable(Part):
    """Classes, thresholds and clauses, as one versioned file."""

    id: Word
    version: Annotated[Count, Field(ge=1)]
    sources: tuple[Source, ...]
    classes: tuple[SizeClass, ...]
    default_class: Word
    deemed_large: DeemedLarge
    domestic: Sourced
    once: Sourced

    @model_validator(mode="after")
    def _codes_once(self) -> ClassTable:
        keys = [key for row in self.classes for key in row.jsic]
        if len(keys) != len(set(keys)):
            raise fault("同じ分類番号が2つの classes にあります", "a JSIC code stands in two classes")
        if self.default_class not in {row.id for row in self.classes}:
            raise fault("default_class が classes にありません", "default_class is none of the classes")
        return self


@dataclass(frozen=True, slots=True)
class EligibilityRules:
    """The table together with what is particular to one edition. conditions: what it asks of the applicant, by code."""

    table: ClassTable
    applicants: Applicants
    conditions: Mapping[str, Condition] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """``sme-classes 1``, to be kept with a result."""
        return f"{self.table.id} {self.table.version}"


@cache
def class_table() -> ClassTable:
    """The table that comes with the program, read once."""
    name = "eligibility.yaml"
    return parse(ClassTable, (DATA / name).read_text(encoding="utf-8"), name)


def rules_for(scheme: Scheme) -> EligibilityRules:
    """The rules of a scheme's edition. Raises BadInput when it names a table that is not there."""
    table = class_table()
    if scheme.applicants.table != table.id:
        raise BadInput(
            Finding(
                "unknown_class_table",
                Text(
                    f"業種区分の表「{scheme.applicants.table}」がありません。",
                    f"There is no table of classes {scheme.applicants.table!r}.",
                ),
                Text(f"「{table.id}」を指定してください。", f"Name {table.id!r}."),
                "applicants.table",
            )
        )
    return EligibilityRules(table, scheme.applicants, scheme.conditions)
