"""What the API answers of the schemes as they are loaded (see :mod:`web.api.answers`)."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from web.api.answers import Answer


class SourcedAnswer(Answer):
    """A value of a scheme with where it comes from."""

    clause: str
    unconfirmed: str | None = Field(
        description="What of it no source confirms; null where the clause confirms it."
    )


class CostKindAnswer(SourcedAnswer):
    """A cost kind of a scheme."""

    kind: str
    label: str
    eligible: bool
    months: int | None = Field(description="At most so many months count; null for no such limit.")


class OpenPoint(Answer):
    """A value of the scheme that no source confirms."""

    path: str
    note: str


class SchemeCondition(SourcedAnswer):
    """A fact about the applicant that the scheme asks for."""

    code: str
    question: str
    required: bool


class EvidenceAnswer(SourcedAnswer):
    """A paper that is asked for."""

    code: str
    label: str
    stage: Literal["application", "completion"]


class SchemeAnswer(Answer):
    """A scheme in the version that counts today."""

    id: str
    version: int
    name: str
    in_use: bool = Field(description="The pages, and requests that name no scheme, are reckoned with this one.")
    effective_from: date
    effective_to: date | None
    filed_by: Literal["proxy", "applicant"]
    counts: Literal["functions", "processes"] = Field(description="What its tiers count.")
    cost_kinds: list[CostKindAnswer]
    conditions: list[SchemeCondition]
    evidence: list[EvidenceAnswer]
    unconfirmed: list[OpenPoint]


class Schemes(Answer):
    """All schemes that are loaded, by id."""

    items: list[SchemeAnswer]
