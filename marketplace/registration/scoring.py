"""Scoring, pure: criteria as data, one member's weighted score, and how far the members are apart. All exact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Self

from pydantic import model_validator

from marketplace.file_parts import Part, Words


class Criterion(Part):
    """One thing that is scored. weight: its exact share, written as a fraction; marks: what each mark means."""

    code: str
    weight: str
    name: Words
    question: Words
    marks: dict[int, Words]

    @property
    def share(self) -> Fraction:
        """The weight as a number."""
        return Fraction(self.weight)


class Renewal(Part):
    """Days before the fiscal year's end at which a vendor is reminded, and days after it until it expires."""

    remind_days_before: tuple[int, ...]
    grace_days: int


class ReviewRules(Part):
    """How vendor registrations are reviewed, one version.

    quorum: how many members must have scored. flag_spread_at: a criterion is flagged when its marks are this far
    apart. scoring_days: days a member has to score. appeal_days: days to appeal after the decision, the last one
    included.
    """

    quorum: int
    flag_spread_at: int
    scoring_days: int
    appeal_days: int
    renewal: Renewal
    scale: tuple[int, ...]
    criteria: tuple[Criterion, ...]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if sum(each.share for each in self.criteria) != 1:
            raise ValueError("the criteria's weights must add up to 1")
        if len({each.code for each in self.criteria}) != len(self.criteria):
            raise ValueError("a criterion's code is used twice")
        if any(each.share <= 0 or tuple(sorted(each.marks)) != self.scale for each in self.criteria):
            raise ValueError("each criterion needs a weight above 0 and a meaning for each mark of the scale")
        if self.scale != tuple(range(self.scale[0], self.scale[-1] + 1)):
            raise ValueError("the scale must be whole numbers in order")
        if self.quorum < 2 or self.flag_spread_at < 1:
            raise ValueError("quorum must be at least 2 and flag_spread_at at least 1")
        return self

    def criterion(self, code: str) -> Criterion | None:
        """The criterion with this code; None when there is none."""
        return next((each for each in self.criteria if each.code == code), None)


def rules_of(content: Mapping[str, Any]) -> ReviewRules:
    """The rules as a master document keeps them."""
    return ReviewRules.model_validate(content)


def missing(rules: ReviewRules, points: Mapping[str, int | None]) -> list[Criterion]:
    """The criteria that have no mark yet, in the rules' order."""
    return [each for each in rules.criteria if points.get(each.code) is None]


def weighted(rules: ReviewRules, points: Mapping[str, int]) -> Fraction:
    """One member's score on the rules' own scale: each mark times its weight, added up."""
    return sum((each.share * points[each.code] for each in rules.criteria), Fraction(0))


@dataclass(frozen=True, slots=True)
class Spread:
    """How several members marked the same thing."""

    lowest: Fraction
    highest: Fraction
    mean: Fraction
    flagged: bool

    @property
    def width(self) -> Fraction:
        """How far apart the members are."""
        return self.highest - self.lowest


def spread(values: Sequence[int | Fraction], *, flag_at: int) -> Spread:
    """The spread of at least one mark; flagged when lowest and highest are flag_at or more apart."""
    exact = [Fraction(value) for value in values]
    lowest, highest = min(exact), max(exact)
    return Spread(lowest, highest, sum(exact, Fraction(0)) / len(exact), highest - lowest >= flag_at)


@dataclass(frozen=True, slots=True)
class Result:
    """All members' marks together: by criterion, and of their weighted scores."""

    by_criterion: Mapping[str, Spread]
    total: Spread

    @property
    def flagged(self) -> tuple[str, ...]:
        """The criteria on which the members are far apart."""
        return tuple(code for code, each in self.by_criterion.items() if each.flagged)


def result(rules: ReviewRules, marks: Sequence[Mapping[str, int]]) -> Result:
    """What the members' complete marks say together; marks: one mapping for each member, at least one."""
    return Result(
        {
            each.code: spread([member[each.code] for member in marks], flag_at=rules.flag_spread_at)
            for each in rules.criteria
        },
        spread([weighted(rules, member) for member in marks], flag_at=rules.flag_spread_at),
    )


def two_places(value: Fraction) -> str:
    """The number with two decimals, half up, as it is shown; worked out in whole numbers."""
    hundredths = (abs(value.numerator) * 200 + value.denominator) // (2 * value.denominator)
    sign = "-" if value < 0 and hundredths else ""
    return f"{sign}{hundredths // 100}.{hundredths % 100:02d}"
