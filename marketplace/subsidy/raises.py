"""What would raise the subsidy: the nearest threshold that the buyer could reach."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from marketplace.subsidy.lines import Tally
from marketplace.subsidy.parts import BusinessSize
from marketplace.subsidy.scheme import Scheme
from marketplace.subsidy.tariff import Exact, Tariff
from tenants.text import Language, Text


class Raise(NamedTuple):
    """One way up. code: reach_floor, reach_cap, next_tier or condition.

    extra_eligible_yen: how much more eligible cost it takes (0 for next_tier and condition). subsidy_yen: the
    subsidy then. words: says it, once somebody asks.
    """

    code: str
    extra_eligible_yen: int
    subsidy_yen: int
    words: Callable[[], Text]

    @property
    def message(self) -> Text:
        """The way up in a sentence."""
        return self.words()

    def as_json(self, language: Language) -> dict[str, Any]:
        """One entry of the estimate's `raises`."""
        return {
            "code": self.code,
            "extra_eligible_yen": self.extra_eligible_yen,
            "subsidy_yen": self.subsidy_yen,
            "message": self.message.in_language(language),
        }


def raises_of(
    scheme: Scheme, tariff: Tariff, sums: Tally, size: BusinessSize, count: int, exact: Exact
) -> Iterator[Raise]:
    """The ways up from these sums: to the floor when below it, else to the cap; past the cap by more functions.

    exact: the scaled sum before limits, as the estimate has reckoned it.
    """
    subsidy = tariff.limited(tariff.cut(exact))
    yield from _by_cost(tariff, sums, subsidy, exact)
    yield from _by_tier(scheme, tariff, sums, size, count, subsidy)


def _by_cost(tariff: Tariff, sums: Tally, subsidy: int, exact: Exact) -> Iterator[Raise]:
    """More eligible cost in the first segment (software), if that leads anywhere."""
    first = tariff.segments[0]
    others = exact - first.scaled(sums.eligible[0])
    inside = None if first.cap is None else tariff.cut(first.cap + others)
    reachable = min((yen for yen in (inside, tariff.cap) if yen is not None), default=None)
    if subsidy == 0 < tariff.floor and (reachable is None or reachable >= tariff.floor):
        yield _reaching("reach_floor", tariff, sums, others, tariff.floor, _to_floor)
    elif reachable is not None and 0 < subsidy < reachable:
        yield _reaching("reach_cap", tariff, sums, others, reachable, _to_cap)


def _reaching(
    code: str, tariff: Tariff, sums: Tally, others: Exact, target_yen: int, say: Callable[[int, int], Text]
) -> Raise:
    """The least whole yen of further cost in the first segment that reach the target."""
    first = tariff.segments[0]
    extra = first.extra_reaching(target_yen * tariff.scale - others, sums.eligible[0])
    after = tariff.limited(tariff.cut(first.scaled(sums.eligible[0] + extra) + others))
    return Raise(code, extra, after, partial(say, extra, target_yen))


def _to_floor(extra: int, floor: int) -> Text:
    return Text(
        f"対象になる費用があと{extra:,}円増えると、下限額{floor:,}円に届きます。",
        f"{extra:,} yen more of eligible cost reaches the floor of {floor:,} yen.",
    )


def _to_cap(extra: int, most: int) -> Text:
    return Text(
        f"対象になる費用があと{extra:,}円増えると、上限の{most:,}円になります。",
        f"{extra:,} yen more of eligible cost reaches the most there is, {most:,} yen.",
    )


def _by_tier(
    scheme: Scheme, tariff: Tariff, sums: Tally, size: BusinessSize, count: int, subsidy: int
) -> Iterator[Raise]:
    """The first number of functions or processes whose higher cap would let through more."""
    for start in scheme.steps:
        if start <= count:
            continue
        higher = scheme.tariff(size, start, tariff.met)
        more = higher.subsidy(sums.eligible)
        if more > subsidy and _tops(higher) > _tops(tariff):
            yield Raise("next_tier", 0, more, partial(_more_of, scheme, start, more))
            return


def _more_of(scheme: Scheme, start: int, more: int) -> Text:
    what = Text("業務プロセス", "processes") if scheme.counts == "processes" else Text("機能", "functions")
    return Text(
        f"{what.ja}が{start}つ以上になると上限が上がり、補助額は{more:,}円になります。",
        f"With {start} or more {what.en} the cap rises, and the subsidy becomes {more:,} yen.",
    )


def _tops(tariff: Tariff) -> tuple[int, int]:
    """The caps that depend on the count, for comparing two tiers; a cap that is not there counts as none."""
    segment = tariff.segments[0].cap
    return (0 if segment is None else segment, 0 if tariff.cap is None else tariff.cap)
