"""What would raise the subsidy: the nearest threshold that the buyer could reach."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from marketplace.subsidy.lines import Tally
from marketplace.subsidy.scheme import BusinessSize, Scheme
from marketplace.subsidy.tariff import Exact, Tariff
from tenants.text import Language, Text


@dataclass(frozen=True, slots=True)
class Raise:
    """One way up. code: reach_floor, reach_cap or next_tier.

    extra_eligible_yen: how much more eligible cost it takes (0 for next_tier). subsidy_yen: the subsidy then.
    """

    code: str
    extra_eligible_yen: int
    subsidy_yen: int
    message: Text

    def as_json(self, language: Language) -> dict[str, Any]:
        """One entry of the estimate's `raises`."""
        return {
            "code": self.code,
            "extra_eligible_yen": self.extra_eligible_yen,
            "subsidy_yen": self.subsidy_yen,
            "message": self.message.in_language(language),
        }


def raises_of(scheme: Scheme, tariff: Tariff, sums: Tally, size: BusinessSize) -> tuple[Raise, ...]:
    """The ways up from these sums: to the floor when below it, else to the cap; past the cap by more functions."""
    subsidy = tariff.subsidy(sums.eligible)
    found = [*_by_cost(tariff, sums, subsidy), *_by_tier(scheme, tariff, sums, size, subsidy)]
    return tuple(found)


def _by_cost(tariff: Tariff, sums: Tally, subsidy: int) -> Iterator[Raise]:
    """More eligible cost in the first segment (software), if that leads anywhere."""
    reachable = _most(tariff, sums)
    if subsidy == 0 < tariff.floor and (reachable is None or reachable >= tariff.floor):
        extra = _extra(tariff, sums, tariff.floor)
        yield Raise(
            "reach_floor",
            extra,
            _after(tariff, sums, extra),
            Text(
                f"対象になる費用があと{extra:,}円増えると、下限額{tariff.floor:,}円に届きます。",
                f"{extra:,} yen more of eligible cost reaches the floor of {tariff.floor:,} yen.",
            ),
        )
    elif reachable is not None and 0 < subsidy < reachable:
        extra = _extra(tariff, sums, reachable)
        yield Raise(
            "reach_cap",
            extra,
            _after(tariff, sums, extra),
            Text(
                f"対象になる費用があと{extra:,}円増えると、上限の{reachable:,}円になります。",
                f"{extra:,} yen more of eligible cost reaches the most there is, {reachable:,} yen.",
            ),
        )


def _others(tariff: Tariff, sums: Tally) -> Exact:
    """The scaled subsidy of all segments but the first."""
    return tariff.before_limits(sums.eligible) - tariff.segments[0].scaled(sums.eligible[0])


def _most(tariff: Tariff, sums: Tally) -> int | None:
    """The most that more software could bring, in whole yen; None when nothing bounds it."""
    cap = tariff.segments[0].cap
    inside = None if cap is None else tariff.cut(cap + _others(tariff, sums))
    return min((yen for yen in (inside, tariff.cap) if yen is not None), default=None)


def _extra(tariff: Tariff, sums: Tally, target_yen: int) -> int:
    """The least whole yen of further cost in the first segment that reaches the target."""
    target = target_yen * tariff.scale - _others(tariff, sums)
    return tariff.segments[0].extra_reaching(target, sums.eligible[0])


def _after(tariff: Tariff, sums: Tally, extra: int) -> int:
    return tariff.subsidy((sums.eligible[0] + extra, *sums.eligible[1:]))


def _by_tier(scheme: Scheme, tariff: Tariff, sums: Tally, size: BusinessSize, subsidy: int) -> Iterator[Raise]:
    """The first number of functions or processes whose higher cap would let through more."""
    starts = {cap.at_least for caps in (scheme.limits.caps, scheme.segments[0].caps) for cap in caps}
    for start in sorted(starts):
        higher = scheme.tariff(size, start, tariff.met)
        more = higher.subsidy(sums.eligible)
        if more > subsidy and _tops(higher) > _tops(tariff):
            what = Text("業務プロセス", "processes") if scheme.counts == "processes" else Text("機能", "functions")
            yield Raise(
                "next_tier",
                0,
                more,
                Text(
                    f"{what.ja}が{start}つ以上になると上限が上がり、補助額は{more:,}円になります。",
                    f"With {start} or more {what.en} the cap rises, and the subsidy becomes {more:,} yen.",
                ),
            )
            return


def _tops(tariff: Tariff) -> tuple[int, int]:
    """The caps that depend on the count, for comparing two tiers; a cap that is not there counts as none."""
    segment = tariff.segments[0].cap
    return (0 if segment is None else segment, 0 if tariff.cap is None else tariff.cap)
