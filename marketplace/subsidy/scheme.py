"""A scheme: one edition of the programme as dated, versioned data. No rate, cap, floor or date lives in code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field, PrivateAttr, StrictBool, model_validator

from marketplace.subsidy.files import Count, Part, Rate, Said, Sourced, Word, Yen, fault, parse
from marketplace.subsidy.tariff import Tariff, compile_tariff
from tenants.errors import NotFound
from tenants.text import Text

BusinessSize = Literal["sme", "small"]
OrganisationKind = Literal["union", "medical_corporation", "social_welfare_corporation", "npo"]
Date = Annotated[date, Field(strict=True)]
SHIPPED = Path(__file__).parent.parent / "schemes"


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
            raise fault("to は from 以降の日付が必要です", "`to` must not lie before `from`")
        return self


class Filing(Sourced):
    """Who files the grant application: the vendor as proxy, or the applicant itself."""

    who: Literal["proxy", "applicant"]


class Rounding(Sourced):
    """Where the amount is cut: once, on the total, down to a multiple of `unit_yen`."""

    at: Literal["total"]
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


def _check_tiers(caps: tuple[Cap, ...]) -> None:
    """Tiers follow each other without gap or overlap, and only the last one is open."""
    for cap, following in pairwise(caps):
        if cap.at_most is None or following.at_least != cap.at_most + 1:
            raise fault(
                "caps の from と to は、すき間も重なりもなく続く必要があります",
                "`from` and `to` of the caps must follow each other without gap or overlap",
            )
        if following.yen < cap.yen:
            raise fault("caps は小さい順に書きます", "caps must not fall as functions are added")
    if caps and caps[-1].at_most is not None:
        raise fault("最後の caps に to は書けません", "the last cap must have no `to`")


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
        _check_tiers(self.caps)
        ends = [band.up_to_subsidy_yen for band in self.bands]
        if ends[-1] is not None:
            raise fault("最後の bands に up_to_subsidy_yen は書けません", "the last band must be open-ended")
        closed = [end for end in ends[:-1] if end is not None]
        if len(closed) != len(ends) - 1 or any(a >= b for a, b in pairwise(closed)):
            raise fault(
                "bands の up_to_subsidy_yen は小さい順に必要です",
                "every band but the last needs up_to_subsidy_yen, in rising order",
            )
        return self


class Limits(Part):
    """Floor and caps on the sum of all segments. Below the floor nothing can be granted."""

    floor: Bound | None = None
    caps: tuple[Cap, ...] = ()

    @model_validator(mode="after")
    def _floor_below_caps(self) -> Limits:
        _check_tiers(self.caps)
        floor = self.floor.yen if self.floor else 0
        if any(cap.yen < floor for cap in self.caps):
            raise fault("floor（下限額）が caps（上限額）を超えています", "the floor lies above a cap")
        return self


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


class Applicants(Part):
    """Who may apply: the table of classes, and what is particular to the edition."""

    table: Word
    organisations: dict[OrganisationKind, OrganisationLimit]


@dataclass(frozen=True, slots=True)
class OpenPoint:
    """A value that no source confirms. path: where it stands (``confirmation``); note: what is not known."""

    path: str
    note: str


class Scheme(Part):
    """One edition, as loaded from its file."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    version: Annotated[Count, Field(ge=1)]
    name: Said
    effective: Effective
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]
    filing: Filing
    rounding: Rounding
    counts: Literal["functions", "processes"]
    cost_kinds: dict[str, CostKind]
    segments: Annotated[tuple[Segment, ...], Field(min_length=1)]
    limits: Limits
    conditions: dict[Word, Condition] = Field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    confirmation: Confirmation
    follow_up: FollowUp
    applicants: Applicants
    notes: tuple[Word, ...] = ()

    _tariffs: dict[tuple[str, int, frozenset[str]], Tariff] = PrivateAttr(default_factory=dict)

    @model_validator(mode="after")
    def _kinds_fit_segments(self) -> Scheme:
        placed = [kind for segment in self.segments for kind in segment.kinds]
        eligible = {kind for kind, entry in self.cost_kinds.items() if entry.eligible}
        if len(placed) != len(set(placed)) or set(placed) != eligible:
            wrong = ", ".join(sorted(set(placed) ^ eligible) or sorted({k for k in placed if placed.count(k) > 1}))
            raise fault(
                f"対象の費目は、ちょうど1つの segments に入れます（{wrong}）",
                f"every eligible cost kind belongs to exactly one segment ({wrong})",
            )
        names = [name for kind, entry in self.cost_kinds.items() for name in (kind, *entry.aliases)]
        if len(names) != len(set(names)):
            twice = ", ".join(sorted({name for name in names if names.count(name) > 1}))
            raise fault(f"費目の名前が重なっています（{twice}）", f"a cost kind's name is used twice ({twice})")
        return self

    @model_validator(mode="after")
    def _conditions_are_known(self) -> Scheme:
        named = {each.when for segment in self.segments for band in segment.bands for each in band.raised}
        unknown = sorted(named - self.raising)
        if unknown:
            raise fault(
                f"raised の when は、required でない conditions のどれかです（{', '.join(unknown)}）",
                f"`when` must name one of the conditions that are not required ({', '.join(unknown)})",
            )
        return self

    @property
    def raising(self) -> frozenset[str]:
        """The conditions that open a higher rate."""
        return frozenset(code for code, condition in self.conditions.items() if not condition.required)

    def tariff(self, size: BusinessSize = "sme", count: int = 0, met: frozenset[str] = frozenset()) -> Tariff:
        """The scheme as integers for one size of business, one number of functions or processes, and the
        conditions that are met; cached.

        Counts in the same tier share one tariff, so the cache stays as small as the scheme's table.
        """
        met &= self.raising
        starts = [cap.at_least for caps in (self.limits.caps, *(s.caps for s in self.segments)) for cap in caps]
        # 1 is a step of its own: from there on the package holds eligible software.
        tier = max((start for start in (0, 1, *starts) if start <= count), default=0)
        tariff = self._tariffs.get((size, tier, met))
        if tariff is None:
            tariff = self._tariffs[size, tier, met] = compile_tariff(self, size, tier, met)
        return tariff

    @property
    def open_points(self) -> tuple[OpenPoint, ...]:
        """Everything in the file that no source confirms, for the secretariat's screen."""
        return tuple(_open_points(self, ""))


def _open_points(value: object, path: str) -> Iterator[OpenPoint]:
    if isinstance(value, Sourced) and value.unconfirmed:
        yield OpenPoint(path, value.note or "")
    if isinstance(value, BaseModel):
        children: Iterable[tuple[object, object]] = value
    elif isinstance(value, dict):
        children = value.items()
    elif isinstance(value, tuple):
        children = enumerate(value)
    else:
        return
    for key, child in children:
        yield from _open_points(child, f"{path}.{key}".lstrip("."))


def load_scheme(source: Path | str, name: str = "scheme.yaml") -> Scheme:
    """A scheme from a path, or from YAML text with the name to use in messages. Raises BadInput."""
    if isinstance(source, Path):
        return parse(Scheme, source.read_text(encoding="utf-8"), source.name)
    return parse(Scheme, source, name)


class SchemeBook:
    """All schemes at hand, each in all its versions."""

    def __init__(self, schemes: Iterable[Scheme]) -> None:
        self._schemes = {(s.id, s.version): s for s in sorted(schemes, key=lambda s: (s.id, s.version))}
        self._current = {s.id: s for s in self._schemes.values()}

    @classmethod
    def from_folder(cls, folder: Path = SHIPPED) -> SchemeBook:
        """Every *.yaml of the folder. Raises BadInput naming the file and line of the first bad file."""
        return cls(load_scheme(path) for path in sorted(folder.glob("*.yaml")))

    def get(self, scheme_id: str, version: int | None = None) -> Scheme:
        """The scheme's latest version, or the one asked for (a frozen application's). Raises NotFound."""
        scheme = self._current.get(scheme_id) if version is None else self._schemes.get((scheme_id, version))
        if scheme is None:
            raise NotFound(Text(f"補助制度「{scheme_id}」", f"Scheme {scheme_id}"))
        return scheme

    def all(self) -> tuple[Scheme, ...]:
        """The latest version of each, by id."""
        return tuple(self._current.values())


@cache
def shipped_schemes() -> SchemeBook:
    """The schemes that come with the program, read once."""
    return SchemeBook.from_folder()
