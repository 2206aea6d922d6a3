"""Packages for my needs, as the API and the command line answer it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from marketplace.needs.service import Advice, Answer, Part
from web.api.answers import Answer as Model
from web.api.answers import Vendor, Yen
from web.words import say


class NeedsPart(Model):
    """One package of a set."""

    code: str
    name: str
    vendor: Annotated[Vendor, Field(description="The company that offers it.")]
    functions: list[str]
    covers: list[str] = Field(description="The needed functions it has.")
    industries: list[str]
    made_for_industry: bool = Field(description="Its vendor names this industry, or all, as its target.")
    subsidised: bool = Field(description="The one package of the set that the application is for.")
    total_yen: Yen
    subsidy_yen: Yen = Field(description="0 unless subsidised.")
    own_cost_yen: Yen
    second_year_yen: Yen
    second_year_incomplete: bool


class NeedsSet(Model):
    """A set of packages, and how it differs from the first."""

    packages: list[NeedsPart]
    covers: list[str]
    leaves: list[str] = Field(description="Needed functions it does not have.")
    also: list[str] = Field(description="Functions it brings that are neither needed nor there already.")
    total_yen: Yen
    subsidy_yen: Yen
    own_cost_yen: Yen
    second_year_yen: Yen
    second_year_incomplete: bool
    more_yen: int = Field(description="Own cost above that of the first set; negative where it costs less.")
    differs: str = Field(description="How it differs from the first set, in yen and in functions.")
    proven: bool = Field(description="Nothing better was left out between it and the set before.")


class NeedsAnswer(Model):
    """The best sets, best first: those that cover most, of these the cheapest."""

    answers: list[NeedsSet]
    complete: bool = Field(description="The first set has every needed function that is offered at all.")
    not_offered: list[str] = Field(description="Needed functions that no package for this business has.")
    cover_all_yen: Yen | None = Field(
        description="Least own cost of everything offered, where the budget does not reach; else null."
    )
    proven: bool = Field(description="No set can be better than the first.")
    gap_yen: Yen = Field(description="How much cheaper one could be at most, where it is not proven.")
    packages_offered: int = Field(description="Packages for this business that have something needed.")
    packages_weighed: int = Field(description="Those left after cutting what cannot matter.")
    packages_left_out: int = Field(description="Packages restricted to other industries.")
    business_size: Literal["sme", "small"] | None = Field(description="null when no employees were given.")
    may_apply_by_people: bool | None = Field(
        description="Few enough people to apply, whatever the capital; null when that is open or not asked."
    )


def needs_answer(advice: Advice) -> NeedsAnswer:
    """The advice in the caller's language."""
    people = advice.people
    return NeedsAnswer(
        answers=[_set(each) for each in advice.answers],
        complete=advice.complete,
        not_offered=list(advice.not_offered),
        cover_all_yen=advice.cover_all_yen,
        proven=advice.proven,
        gap_yen=advice.gap_yen,
        packages_offered=advice.offered,
        packages_weighed=advice.weighed,
        packages_left_out=advice.left_out,
        business_size=people.size if people else None,
        may_apply_by_people=people.by_people if people else None,
    )


def _set(each: Answer) -> NeedsSet:
    return NeedsSet(
        packages=[_part(part) for part in each.parts],
        covers=list(each.covers),
        leaves=list(each.leaves),
        also=list(each.also),
        total_yen=each.total_yen,
        subsidy_yen=each.subsidy_yen,
        own_cost_yen=each.own_cost_yen,
        second_year_yen=each.second_year_yen,
        second_year_incomplete=each.second_year_incomplete,
        more_yen=each.more_yen,
        differs=say(each.differs),
        proven=each.proven,
    )


def _part(part: Part) -> NeedsPart:
    return NeedsPart(
        code=part.code,
        name=part.name,
        vendor=Vendor(number=part.vendor_number, name=part.vendor_name, prefecture=part.prefecture),
        functions=list(part.functions),
        covers=list(part.covers),
        industries=list(part.industries),
        made_for_industry=part.made_for,
        subsidised=part.subsidised,
        total_yen=part.total_yen,
        subsidy_yen=part.subsidy_yen,
        own_cost_yen=part.own_cost_yen,
        second_year_yen=part.second_year_yen,
        second_year_incomplete=part.second_year_incomplete,
    )
