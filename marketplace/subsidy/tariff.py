"""A scheme made ready for reckoning: integers only, one object for each size of business and tier of functions.

Within a band the subsidy is a straight line in the eligible cost. All lines are scaled to one common denominator,
so that the amount of an eligible cost in whole yen needs integer arithmetic only, and stays exact with a Fraction
(which arises where some months of a fee do not count). Nothing is cut before :meth:`Tariff.limited`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from marketplace.subsidy.parts import Bound, Cap, CostKind, Segment
    from marketplace.subsidy.scheme import Scheme
    from tenants.text import Language

Exact = int | Fraction


@dataclass(frozen=True, slots=True)
class Line:
    """offset + slope x eligible cost, scaled; valid until `upper` (scaled subsidy; None: without end).

    rates: of the bands up to this one; rates_said: the same as they are written, ``3/4, 2/3``.
    """

    offset: int
    slope: int
    upper: int | None
    rates: tuple[Fraction, ...]
    rates_said: str

    @property
    def rate(self) -> Fraction:
        """This band's rate."""
        return self.rates[-1]


@dataclass(frozen=True, slots=True)
class SegmentTariff:
    """One class of cost. cap: scaled, None without one. with_software: still to be shown by the lines.

    step: the scaled unit, where each segment's subsidy is cut by itself; None where only the total is.
    """

    lines: tuple[Line, ...]
    cap: int | None
    step: int | None
    with_software: bool
    source: Segment
    cap_source: Cap | None

    def line_of(self, cost: Exact) -> Line:
        """The band's line that an eligible cost of so many yen ends on."""
        for line in self.lines[:-1]:
            if line.offset + line.slope * cost <= line.upper:  # type: ignore[operator]  # only the last is open
                return line
        return self.lines[-1]

    def gross(self, cost: Exact) -> Exact:
        """The scaled subsidy before this segment's cap."""
        line = self.line_of(cost)
        return line.offset + line.slope * cost

    def scaled(self, cost: Exact) -> Exact:
        """The scaled subsidy of an eligible cost of so many yen."""
        amount = self.gross(cost)
        if self.cap is not None and amount > self.cap:
            return self.cap
        return amount if self.step is None else amount // self.step * self.step

    def extra_reaching(self, amount: Exact, cost: Exact) -> int:
        """The least whole yen on top of this cost that bring the scaled subsidy to the amount, cap aside."""
        line = next(line for line in self.lines if line.upper is None or amount <= line.upper)
        return int(-((line.offset + line.slope * cost - amount) // line.slope))


@dataclass(frozen=True, slots=True)
class KindTariff:
    """How a kind of cost counts: segment is None when it does not; months: at most so many of a period's fee.

    words: its label and its reason in each language, as an explained line says them.
    """

    code: str
    segment: int | None
    months: int | None
    source: CostKind
    words: Mapping[Language, tuple[str, str]]
    shared: bool = False

    def counted(self, amount_yen: int, months: int | None, accounts: tuple[int, int] | None = None) -> Exact:
        """The exact yen of an eligible kind that count: all, or the part of the fee in the months allowed; of what
        is shared, the part of the accounts that small and medium businesses use.

        accounts: (used by small and medium businesses, all).
        """
        if self.shared and accounts is not None:
            ours, every = accounts
            return Fraction(ours, every) * self.counted(amount_yen, months)
        if months is None or self.months is None or months <= self.months:
            return amount_yen
        whole, rest = divmod(amount_yen * self.months, months)
        # Monthly fees divide without rest as a rule: the integer is the same amount and far faster.
        return Fraction(amount_yen * self.months, months) if rest else whole


@dataclass(frozen=True, slots=True, eq=False)
class Tariff:
    """Everything needed to reckon; a scheme makes each one once, so they are told apart as objects.

    cap, floor: whole yen, the greatest and least amount that can be granted; met: the conditions that open a higher
    rate and hold here.
    """

    scale: int
    unit: int
    kinds: Mapping[str, KindTariff]
    segments: tuple[SegmentTariff, ...]
    cap: int | None
    cap_source: Cap | None
    floor: int
    met: frozenset[str] = frozenset()
    refused: bool = False

    def takes(self, kinds: Iterable[str]) -> bool:
        """Whether it knows these kinds of cost, and none of them counts by accounts, which a price alone does not tell."""
        return all(kind in self.kinds and not self.kinds[kind].shared for kind in kinds)

    def before_limits(self, eligible: Sequence[Exact]) -> Exact:
        """The scaled sum over the segments, given the eligible cost of each in exact yen."""
        total: Exact = 0
        for segment, cost in zip(self.segments, eligible, strict=True):
            total += segment.scaled(cost)
        return total

    def cut(self, scaled: Exact) -> int:
        """Whole yen: the only place where anything is rounded."""
        return int(scaled // (self.scale * self.unit)) * self.unit

    def limited(self, yen: int, *, floor: bool = True) -> int:
        """The cut amount within the cap; 0 when it is below the floor (unless the floor is left aside)."""
        if self.cap is not None and yen > self.cap:
            yen = self.cap
        return 0 if floor and yen < self.floor else yen

    def subsidy(self, eligible: Sequence[Exact]) -> int:
        """The subsidy in whole yen for the eligible cost of each segment."""
        return 0 if self.refused else self.limited(self.cut(self.before_limits(eligible)))


def compile_tariff(scheme: Scheme, size: Literal["sme", "small"], tier: int, met: frozenset[str]) -> Tariff:
    """The scheme for one size of business, a number of functions or processes, and the conditions met."""
    bands = [_straight(segment, size, met) for segment in scheme.segments]
    scale = math.lcm(*(value.denominator for rows in bands for row in rows for value in row[:2]))
    unit = scheme.rounding.unit_yen
    segments = []
    for segment, rows in zip(scheme.segments, bands, strict=True):
        cap_source = _tier(segment.caps, tier)
        yen = _greatest(segment.caps, cap_source, unit)
        segments.append(
            SegmentTariff(
                lines=tuple(
                    Line(
                        int(offset * scale),
                        int(rate * scale),
                        None if end is None else end * scale,
                        reached := tuple(row[1] for row in rows[: number + 1]),
                        ", ".join(map(str, reached)),
                    )
                    for number, (offset, rate, end) in enumerate(rows)
                ),
                cap=None if yen is None else yen * scale,
                step=scale * unit if scheme.rounding.at == "segment" else None,
                with_software=segment.with_software and tier == 0,
                source=segment,
                cap_source=cap_source,
            )
        )
    cap_source = _tier(scheme.limits.caps, tier)
    return Tariff(
        scale=scale,
        unit=unit,
        kinds=_kinds(scheme),
        segments=tuple(segments),
        cap=_greatest(scheme.limits.caps, cap_source, unit),
        cap_source=cap_source,
        floor=_least(scheme.limits.floor, unit),
        met=met,
    )


def _straight(
    segment: Segment, size: Literal["sme", "small"], met: frozenset[str]
) -> list[tuple[Fraction, Fraction, int | None]]:
    """Each band as (offset, rate, upper end): offset carries what the bands below have brought."""
    rows: list[tuple[Fraction, Fraction, int | None]] = []
    cost = Fraction(0)
    below = 0
    for band in segment.bands:
        rate = band.rate(size, met)
        end = band.up_to_subsidy_yen
        rows.append((below - cost * rate, rate, end))
        if end is not None:
            cost += (end - below) / rate
            below = end
    return rows


def _kinds(scheme: Scheme) -> dict[str, KindTariff]:
    """Kinds by code and by alias."""
    place = {kind: index for index, segment in enumerate(scheme.segments) for kind in segment.kinds}
    found: dict[str, KindTariff] = {}
    for code, kind in scheme.cost_kinds.items():
        at = place.get(code)
        words: dict[Language, tuple[str, str]] = {
            "ja": (kind.label.ja, kind.reason.ja),
            "en": (kind.label.en, kind.reason.en),
        }
        entry = KindTariff(code, at, kind.months, kind, words, at is not None and scheme.segments[at].shared)
        found |= dict.fromkeys((code, *kind.aliases), entry)
    return found


def _tier(caps: Sequence[Cap], count: int) -> Cap | None:
    return next((cap for cap in reversed(caps) if cap.at_least <= count), None)


def _greatest(caps: Sequence[Cap], cap: Cap | None, unit: int) -> int | None:
    """The greatest whole amount inside; 0 when there are tiers and the count reaches none of them."""
    if cap is None:
        return 0 if caps else None
    inside = cap.yen if cap.bound == "inclusive" else cap.yen - 1
    return max(0, inside // unit * unit)


def _least(floor: Bound | None, unit: int) -> int:
    """The least whole amount that can be granted."""
    if floor is None:
        return 0
    inside = floor.yen if floor.bound == "inclusive" else floor.yen + 1
    return -(-inside // unit) * unit
