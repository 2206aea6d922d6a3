"""The pieces of a scheme's file: each a rule of the edition with the clause it comes from."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, StrictBool, model_validator

from marketplace.file_parts import Part
from marketplace.subsidy.faults import Fault, fault, faults
from marketplace.subsidy.files import Count, Rate, Said, Sourced, Word, Yen

BusinessSize = Literal["sme", "small"]
OrganisationKind = Literal["union", "medical_corporation", "social_welfare_corporation", "npo"]
IdentityKind = Literal["mirasapo_id", "gbizid_prime"]
Date = Annotated[date, Field(strict=True)]


class Source(Part):
    """A document the scheme rests on; clauses name it."""

    id: Word
    title: Said
    url: Annotated[str, Field(pattern=r"^https://")] | None = None


class Effective(Sourced):
    """The days on which the edition is open, both included, in Japan. `to` is empty while it is not decided."""

    since: Annotated[Date, Field(alias="from")]
    until: Annotated[Date | None, Field(alias="to")] = None

    @model_validator(mode="after")
    def _in_order(self) -> Effective:
        if self.until is not None and self.until < self.since:
            days = f"from: {self.since}, to: {self.until}"
            ja, en = f"to は from 以降の日付が必要です（{days}）", f"`to` must not lie before `from` ({days})"
            raise faults([Fault((key,), ja, en) for key in ("from", "to")])
        return self


class Filing(Sourced):
    """Who files the grant application: the vendor as proxy, or the applicant itself."""

    who: Literal["proxy", "applicant"]


class Rounding(Sourced):
    """Where the amount is cut down to a multiple of `unit_yen`: once on the total, or on each segment's subsidy."""

    at: Literal["total", "segment"]
    direction: Literal["down"]
    unit_yen: Annotated[Yen, Field(ge=1)]


class CostKind(Sourced):
    """One kind of cost (費目): whether it counts, for how many months, and why."""

    label: Said
    aliases: tuple[Word, ...] = ()
    eligible: StrictBool
    months: Annotated[Count, Field(ge=1)] | None = None
    reason: Said


class Condition(Sourced):
    """A fact about the applicant that the edition asks for, as a question answered yes or no.

    required: without it nothing can be granted; otherwise it opens the bands' higher rates that name it.
    """

    question: Said
    required: StrictBool = False


class PackageCondition(Sourced):
    """What the edition asks of the package by its functions; all that is given must hold.

    at_least: so many of the functions (or processes) that are counted. one_of: at least one of these functions.
    all_of: every one of these.
    """

    label: Said
    at_least: Annotated[Count, Field(ge=1)] | None = None
    one_of: tuple[Word, ...] = ()
    all_of: tuple[Word, ...] = ()

    @model_validator(mode="after")
    def _asks_something(self) -> PackageCondition:
        if self.at_least is None and not self.one_of and not self.all_of:
            raise fault(
                "at_least・one_of・all_of のどれかが必要です", "one of at_least, one_of and all_of is expected"
            )
        return self

    def holds(self, functions: Collection[str], count: int) -> bool:
        """Whether a package of these functions, so many of which are counted, meets it."""
        enough = self.at_least is None or count >= self.at_least
        one = not self.one_of or any(code in functions for code in self.one_of)
        return enough and one and all(code in functions for code in self.all_of)


class Evidence(Sourced):
    """A paper that is asked for: with the application, or with the completion report."""

    id: Word
    label: Said
    stage: Literal["application", "completion"]


class Rates(Part):
    """Exact rates by size of business."""

    sme: Rate
    small: Rate


class RaisedRates(Sourced):
    """The rates instead of the band's own for an applicant who meets the condition."""

    when: Word
    rates: Rates


class Band(Sourced):
    """The rate up to an amount *of subsidy*; the last band has no upper end."""

    up_to_subsidy_yen: Annotated[Yen, Field(ge=1)] | None = None
    rates: Rates
    raised: tuple[RaisedRates, ...] = ()

    def rate(self, size: BusinessSize, met: frozenset[str]) -> Fraction:
        """The highest rate open to this size of business with these conditions met."""
        found: list[Fraction] = [getattr(self.rates, size)]
        found += (getattr(each.rates, size) for each in self.raised if each.when in met)
        return max(found)


class Bound(Sourced):
    """An amount that is still inside (inclusive) or already outside (exclusive)."""

    yen: Yen
    bound: Literal["inclusive", "exclusive"]


class Cap(Bound):
    """The most that is granted to packages of `from` to `to` functions or processes (all by default)."""

    at_least: Annotated[Count, Field(alias="from")] = 0
    at_most: Annotated[Count | None, Field(alias="to")] = None


def _tier_faults(caps: tuple[Cap, ...]) -> Iterator[Fault]:
    """Tiers follow each other without gap or overlap, and only the last one is open."""
    for number, (cap, following) in enumerate(pairwise(caps)):
        if cap.at_most is None and following.at_least > cap.at_least:
            yield _not_next(number, "to", following.at_least - 1)
        elif cap.at_most is None or following.at_least != cap.at_most + 1:
            yield _not_next(number + 1, "from", (cap.at_least if cap.at_most is None else cap.at_most) + 1)
        if following.yen < cap.yen:
            yield Fault(
                ("caps", number + 1, "yen"),
                f"caps は小さい順に書きます。前の caps（{cap.yen}）以上の金額が必要です",
                f"caps must not fall as functions are added; at least {cap.yen} is expected",
            )
    for number, cap in enumerate(caps):
        if cap.at_most is not None and cap.at_most < cap.at_least:
            ja, en = f"from（{cap.at_least}）以上の数が必要です", f"at least `from` ({cap.at_least}) is expected"
            yield Fault(("caps", number, "to"), ja, en)
    if caps and caps[-1].at_most is not None:
        ja, en = "最後の caps に to は書けません。to を消してください", "the last cap must have no `to`"
        yield Fault(("caps", len(caps) - 1, "to"), ja, en)


def _not_next(number: int, key: str, wanted: int) -> Fault:
    return Fault(
        ("caps", number, key),
        f"caps の from と to は、すき間も重なりもなく続く必要があります。ここは {key}: {wanted} が必要です",
        "`from` and `to` of the caps must follow each other without gap or overlap; "
        f"`{key}: {wanted}` is expected here",
    )


def _band_faults(bands: tuple[Band, ...]) -> Iterator[Fault]:
    """Each band but the last ends, and further up than the one before."""
    below = 0
    for number, band in enumerate(bands[:-1]):
        end = band.up_to_subsidy_yen
        if end is None or end <= below:
            yield Fault(
                ("bands", number, "up_to_subsidy_yen"),
                f"最後のほかの bands の up_to_subsidy_yen は小さい順に必要です。{below}より大きい金額を書いてください",
                f"every band but the last needs up_to_subsidy_yen, in rising order; more than {below} is expected",
            )
        below = max(below, end or 0)
    if bands[-1].up_to_subsidy_yen is not None:
        yield Fault(
            ("bands", len(bands) - 1, "up_to_subsidy_yen"),
            "最後の bands に up_to_subsidy_yen は書けません。消すか、続く bands を加えてください",
            "the last band must be open-ended: take up_to_subsidy_yen away, or add a band",
        )


class Segment(Part):
    """A class of eligible cost with its own rates and, where it has them, its own caps.

    with_software: this cost counts only together with eligible software (with functions, or a cost in the first
    segment). shared: the tool is used by others too, so each line counts only for the part of its accounts that
    small and medium businesses use (a base multiplier).
    """

    id: Word
    label: Said
    kinds: Annotated[tuple[Word, ...], Field(min_length=1)]
    with_software: StrictBool = False
    shared: StrictBool = False
    bands: Annotated[tuple[Band, ...], Field(min_length=1)]
    caps: tuple[Cap, ...] = ()

    @model_validator(mode="after")
    def _ordered(self) -> Segment:
        found = [*_tier_faults(self.caps), *_band_faults(self.bands)]
        if found:
            raise faults(found)
        return self


class Limits(Part):
    """Floor and caps on the sum of all segments. Below the floor nothing can be granted."""

    floor: Bound | None = None
    caps: tuple[Cap, ...] = ()

    @model_validator(mode="after")
    def _floor_below_caps(self) -> Limits:
        found = [*_tier_faults(self.caps), *self._caps_below_floor()]
        if found:
            raise faults(found)
        return self

    def _caps_below_floor(self) -> Iterator[Fault]:
        """At both ends: either may be what was meant otherwise."""
        ja, en = "floor（下限額）が caps（上限額）を超えています。", "the floor lies above a cap; "
        floor = self.floor.yen if self.floor else 0
        low = [(number, cap.yen) for number, cap in enumerate(self.caps) if cap.yen < floor]
        for number, _ in low:
            yield Fault(
                ("caps", number, "yen"), f"{ja}{floor}以上の金額が必要です", f"{en}at least {floor} is expected"
            )
        if low:
            most = min(yen for _, yen in low)
            yield Fault(("floor", "yen"), f"{ja}{most}以下の金額が必要です", f"{en}at most {most} is expected")


class Confirmation(Sourced):
    """What happens when the actual amount falls below the floor at confirmation."""

    below_floor: Literal["refuse", "pay"]


class FollowUp(Sourced):
    """Yearly reports after the payout, and how labour productivity is reckoned in them."""

    years: Count
    productivity: Literal["gross_margin_per_hour", "value_added_per_hour"]


class OrganisationLimit(Sourced):
    """An organisation that may apply by its kind; employees: at most so many, or no limit when empty."""

    employees: Count | None


class Identity(Sourced):
    """What an applicant is registered with before an application is started: a ミラサポ id, or a GビズID Prime account."""

    kind: IdentityKind


class Applicants(Part):
    """Who may apply: the table of classes, and what is particular to the edition. identity: None, where it asks for none."""

    table: Word
    identity: Identity | None = None
    organisations: dict[OrganisationKind, OrganisationLimit]
