"""Single packages for what troubles a business, ranked: who solves most comes first, then who costs least."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from catalogue.publications import Published, live_packages
from marketplace.needs.offers import Buyer, market
from marketplace.needs.weighing import Weighed


@dataclass(frozen=True, slots=True)
class Ranked:
    """A package at its place. solves: places of the troubles it solves whole; covers: needed functions it has."""

    package: Published
    solves: tuple[int, ...]
    covers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """The first packages. offered: how many have something of what is needed, whatever they cost.

    least: for each trouble the own cost of the cheapest package that solves it whole, whatever the budget; None where
    there is none.
    """

    items: tuple[Ranked, ...]
    offered: int
    least: tuple[int | None, ...]


def rank(
    buyer: Buyer, troubles: Sequence[Sequence[str]], *, budget_yen: int | None = None, number: int = 10
) -> Ranking:
    """The first ``number`` packages for these troubles, each the codes of the functions that solve it, the one that
    matters most first.

    By troubles solved, troubles of which it has the function that matters most, needed functions covered, own cost, code:
    what does half of it does the better half. Restricted packages only for their industries.
    """
    functions = tuple(dict.fromkeys(code for each in troubles for code in each))
    there = market(buyer, functions)
    wanted = [there.covers(frozenset(each)) for each in troubles]
    foremost = [there.covers(frozenset(each[:1])) for each in troubles]

    def key(each: Weighed) -> tuple[int, int, int, int, str]:
        solved = sum(1 for bits in wanted if each.covers & bits == bits)
        begun = sum(1 for bit in foremost if each.covers & bit)
        return -solved, -begun, -each.covers.bit_count(), each.own_yen, each.code

    weighed = there.weighed(number)[0]
    affordable = [each for each in weighed if budget_yen is None or each.own_yen <= budget_yen]
    first = sorted(affordable, key=key)[:number]
    live = live_packages([each.code for each in first])
    return Ranking(
        tuple(
            Ranked(
                live[each.code],
                tuple(place for place, bits in enumerate(wanted) if each.covers & bits == bits),
                tuple(code for code in functions if each.covers & there.bits[code]),
            )
            for each in first
            if each.code in live
        ),
        there.offered,
        _least(weighed, wanted),
    )


def least_yen(buyer: Buyer, troubles: Sequence[Sequence[str]]) -> tuple[int | None, ...]:
    """As :attr:`Ranking.least`, for another buyer."""
    there = market(buyer, tuple(dict.fromkeys(code for each in troubles for code in each)))
    return _least(there.weighed(1)[0], [there.covers(frozenset(each)) for each in troubles])


def _least(weighed: Sequence[Weighed], wanted: Sequence[int]) -> tuple[int | None, ...]:
    return tuple(
        min((each.own_yen for each in weighed if each.covers & bits == bits), default=None) for bits in wanted
    )
