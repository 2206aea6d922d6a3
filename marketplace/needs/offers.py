"""Live packages weighed for a business: the few that can be among the cheapest, read from the database.

The cheapest by total are the head of each group. The cheapest by own cost may lie further down, but only as far as
the highest rate and the cap let them (weighing.dearest_total): so far is read, and no further.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Final

from catalogue import offer_terms
from catalogue.offer_terms import Offer, OfferGroup
from marketplace import pricing
from marketplace.needs.time_left import Left, no_hurry
from marketplace.needs.weighing import Weighed, dearest_total, still_possible
from marketplace.subsidy.scheme import Scheme
from marketplace.subsidy.tariff import Tariff

_HEAD: Final = 3


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who buys, under which scheme. facts: what its estimates rest on. can_apply: nothing is subsidised for one that
    cannot.

    own_industry: only packages made for the industry. Where no industry is known, packages restricted to some are
    left out.
    """

    scheme: Scheme
    facts: pricing.Facts = field(default_factory=pricing.Told)
    industry: str | None = None
    can_apply: bool = True
    own_industry: bool = False

    def may_buy(self, group: OfferGroup) -> bool:
        """Whether packages of this group are for it."""
        return group.may_be_sold_to(self.industry) and (not self.own_industry or group.made_for(self.industry))


@dataclass(frozen=True, slots=True)
class Market:
    """What there is to choose from: the groups this buyer may have that cover something needed.

    bits: function code -> bit. offered: how many packages they hold; left_out: how many have something needed but
    are restricted to other industries.
    """

    buyer: Buyer
    bits: Mapping[str, int]
    groups: Mapping[str, OfferGroup] = field(repr=False)
    offered: int
    left_out: int

    def covers(self, functions: frozenset[str]) -> int:
        """The needed ones among these functions, as bits."""
        return sum(self.bits[code] for code in functions if code in self.bits)

    def weighed(self, keep: int, left: Left = no_hurry) -> tuple[list[Weighed], bool]:
        """Every package that can be among the ``keep`` cheapest, by total or own cost, for what it covers; and True.

        Where the time is over once each group's head is read, what was weighed by then, and False.
        """
        kinds = {name: self._kind(group) for name, group in self.groups.items()}
        found = {each.code: each for each in offer_terms.cheapest(list(kinds), min(keep, _HEAD))}
        heads = [self._weigh(each, *kinds[each.group]) for each in found.values()]
        if left() < 0:
            return heads, False
        reach = still_possible(heads, keep)
        limits = {name: self._limit(reach[covers], tariff) for name, (covers, tariff) in kinds.items()}
        further = [each for each in offer_terms.up_to(limits) if each.code not in found]
        weighed = takewhile(lambda _: left() >= 0, (self._weigh(each, *kinds[each.group]) for each in further))
        every = [*heads, *weighed]
        return every, len(every) == len(heads) + len(further)

    def _kind(self, group: OfferGroup) -> tuple[int, Tariff]:
        """What its packages cover, and the tariff that counts for them."""
        return self.covers(group.functions), pricing.tariff_of(
            group.functions, self.buyer.scheme, self.buyer.facts
        )

    def _weigh(self, offer: Offer, covers: int, tariff: Tariff) -> Weighed:
        own = (
            pricing.figures_of_terms(offer.lines, tariff).own_cost_yen if self.buyer.can_apply else offer.total_yen
        )
        return Weighed(offer.code, covers, offer.total_yen, own)

    def _limit(self, own_yen: int, tariff: Tariff) -> int:
        return dearest_total(own_yen, tariff) if self.buyer.can_apply else own_yen


def market(buyer: Buyer, functions: tuple[str, ...]) -> Market:
    """The market for these functions, in one statement."""
    bits = {code: 1 << place for place, code in enumerate(functions)}
    known = [(name, OfferGroup.read(name), number) for name, number in offer_terms.groups().items()]
    useful = [each for each in known if not each[1].functions.isdisjoint(bits)]
    return Market(
        buyer,
        bits,
        {name: group for name, group, _ in useful if buyer.may_buy(group)},
        sum(number for _, group, number in useful if buyer.may_buy(group)),
        sum(number for _, group, number in useful if not group.may_be_sold_to(buyer.industry)),
    )
