"""Packages for my needs: the best sets of live packages for a business, each with what it leaves and what it costs.

Nothing is stored. What is shown is reckoned from the publications themselves (marketplace/pricing.py).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Self

from catalogue.masters import vocabulary
from catalogue.publications import Published, live_packages
from catalogue.vocabulary import ALL_INDUSTRIES, Masters
from marketplace import pricing
from marketplace.needs import sets
from marketplace.needs.buyers import buyer_of
from marketplace.needs.offers import Buyer, Market, market
from marketplace.needs.request import Needs
from marketplace.needs.size import PeopleHint
from marketplace.needs.solving import PackageSet
from marketplace.needs.time_left import but_for, limited
from marketplace.needs.weighing import KEEP, Weighed
from marketplace.outlay import Years, years
from marketplace.subsidy.engine import Figures
from tenants.errors import Conflict
from tenants.text import Text

SECONDS: Final = 0.8
# Of all the time, and the least there is of it however long reading took: a set without a proof takes a fraction of it.
_FOR_LOOKING: Final = 3 / 8
_LEAST_FOR_LOOKING: Final = 1 / 8
_TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class Part:
    """One package of a set, in whole yen. covers: the needed functions it has.

    subsidy_yen: 0 unless it is the one that is subsidised. made_for: whether its vendor names the buyer's industry.
    """

    code: str
    name: str
    vendor_name: str
    vendor_number: str
    prefecture: str
    functions: tuple[str, ...]
    covers: tuple[str, ...]
    industries: tuple[str, ...]
    made_for: bool
    subsidised: bool
    total_yen: int
    subsidy_yen: int
    own_cost_yen: int
    second_year_yen: int
    second_year_incomplete: bool

    @classmethod
    def of(
        cls, published: Published, figures: Figures, *, covers: tuple[str, ...], made_for: bool, subsidised: bool
    ) -> Self:
        """A publication with its figures, as a part of a set."""
        content = published.content
        subsidy = figures.subsidy_yen if subsidised else 0
        return cls(
            code=published.code,
            name=content["name"],
            vendor_name=content["vendor"]["name"],
            vendor_number=content["vendor"]["number"],
            prefecture=content["vendor"]["prefecture"],
            functions=tuple(content["functions"]),
            covers=covers,
            industries=tuple(content["industries"]),
            made_for=made_for,
            subsidised=subsidised,
            total_yen=figures.total_yen,
            subsidy_yen=subsidy,
            own_cost_yen=figures.total_yen - subsidy,
            second_year_yen=content["second_year_yen"],
            second_year_incomplete=content["second_year_incomplete"],
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """A set of packages. leaves: needed functions it does not have. also: functions neither needed nor there yet.

    more_yen: how much more of one's own than the first answer (less where negative). differs: in words. proven: that
    nothing better was left out between it and the one before.
    """

    parts: tuple[Part, ...]
    covers: tuple[str, ...]
    leaves: tuple[str, ...]
    also: tuple[str, ...]
    more_yen: int
    differs: Text
    proven: bool

    @property
    def total_yen(self) -> int:
        """What is paid to the vendors at first."""
        return sum(part.total_yen for part in self.parts)

    @property
    def subsidy_yen(self) -> int:
        """What comes back."""
        return sum(part.subsidy_yen for part in self.parts)

    @property
    def own_cost_yen(self) -> int:
        """What is left to pay."""
        return self.total_yen - self.subsidy_yen

    @property
    def second_year_yen(self) -> int:
        """What falls due each year from the second on."""
        return sum(part.second_year_yen for part in self.parts)

    @property
    def second_year_incomplete(self) -> bool:
        """Whether some renewal prices are not registered."""
        return any(part.second_year_incomplete for part in self.parts)

    @property
    def years(self) -> Years:
        """The first year and the later ones."""
        later = {"second_year_yen": self.second_year_yen, "second_year_incomplete": self.second_year_incomplete}
        return years(self.own_cost_yen, later)


@dataclass(frozen=True, slots=True)
class Advice:
    """The answers, best first, and how sure they are.

    complete: whether the first has every function that is offered at all. not_offered: needed functions that no package
    for this business has; elsewhere: those of them that packages made for other industries have, which it may buy all
    the same. cover_all_yen: the own cost of having everything offered, where the budget does not reach.
    proven: whether nothing better than the first can exist; else gap_yen is how much cheaper something could be at most.
    offered: packages that have something needed; weighed: those left after cutting. left_out: packages that are
    restricted to other industries.
    """

    needs: Needs
    answers: tuple[Answer, ...]
    complete: bool
    not_offered: tuple[str, ...]
    elsewhere: tuple[str, ...]
    cover_all_yen: int | None
    proven: bool
    gap_yen: int
    offered: int
    weighed: int
    left_out: int
    people: PeopleHint | None


class _Changed(Exception):
    """A package was published anew while we were looking."""


def advise(needs: Needs, *, seconds: float = SECONDS) -> Advice:
    """The best sets for these needs. seconds: how long reading and looking may take; what is found by then is given, and said to be unproven.

    Raises Conflict when packages kept changing meanwhile.
    """
    for _ in range(_TRIES):
        try:
            return _advise(needs, seconds)
        except _Changed:
            continue
    raise Conflict


def _advise(needs: Needs, seconds: float) -> Advice:
    left = limited(time.monotonic, seconds)
    masters = vocabulary()
    buyer, people = buyer_of(
        pricing.scheme(),
        needs.industry,
        needs.employees,
        can_apply=needs.can_apply,
        own_industry=needs.own_industry,
    )
    there = market(buyer, needs.functions)
    needed = sum(there.bits.values())
    weighed, whole = there.weighed(KEEP, but_for(left, seconds * _FOR_LOOKING))
    looking = limited(time.monotonic, max(left(), seconds * _LEAST_FOR_LOOKING))
    found = sets.solve(weighed, needed, budget_yen=needs.budget_yen, left=looking, whole=whole)
    live = live_packages([each.code for one in found.sets for each in one.packages])
    answers = [_answer(one, needs, there, live, masters) for one in found.sets]
    best = answers[0] if answers else None
    told = [_compared(each, best, masters, proven=found.proven) for each in answers if best]
    missing = tuple(code for code, bit in there.bits.items() if not found.coverable & bit)
    return Advice(
        needs,
        tuple(told),
        found.complete,
        missing,
        _elsewhere(missing, buyer),
        found.cover_all_yen,
        found.proven,
        found.gap_yen,
        there.offered,
        found.considered,
        there.left_out,
        people,
    )


def _elsewhere(missing: tuple[str, ...], buyer: Buyer) -> tuple[str, ...]:
    if not missing or not buyer.own_industry:
        return ()
    groups = market(replace(buyer, own_industry=False), missing).groups.values()
    return tuple(code for code in missing if any(code in group.functions for group in groups))


def _answer(
    one: PackageSet, needs: Needs, there: Market, live: Mapping[str, Published], masters: Masters
) -> Answer:
    parts = tuple(_part(each, one, there, live) for each in one.packages)
    functions = {code for part in parts for code in part.functions}
    return Answer(
        parts,
        tuple(code for code in needs.functions if code in functions),
        tuple(code for code in needs.functions if code not in functions),
        tuple(row.code for row in masters.functions_of(functions - {*needs.functions, *needs.have})),
        0,
        Text("", ""),
        one.proven,
    )


def _part(each: Weighed, one: PackageSet, there: Market, live: Mapping[str, Published]) -> Part:
    published = live.get(each.code)
    if published is None:
        raise _Changed
    content, buyer = published.content, there.buyer
    subsidised = one.subsidised is not None and one.subsidised.code == each.code
    figures = pricing.figures_of_package(content, buyer.scheme, buyer.facts)
    own = figures.own_cost_yen if buyer.can_apply else figures.total_yen
    if (figures.total_yen, own, there.covers(frozenset(content["functions"]))) != (
        each.total_yen,
        each.own_yen,
        each.covers,
    ):
        raise _Changed
    return Part.of(
        published,
        figures,
        covers=tuple(code for code in there.bits if code in content["functions"]),
        made_for=ALL_INDUSTRIES in content["industries"] or buyer.industry in content["industries"],
        subsidised=subsidised,
    )


def _compared(each: Answer, best: Answer, masters: Masters, *, proven: bool) -> Answer:
    """The answer with how it differs from the best one, in yen and in functions."""
    more = each.own_cost_yen - best.own_cost_yen
    if each is best:
        return replace(each, differs=BEST if proven else BEST_FOUND)
    ja, en = _more(more)
    for codes, said in (
        ([code for code in best.covers if code not in each.covers], _LACKS),
        ([code for code in each.also if code not in best.also], _ALSO),
        ([code for code in best.also if code not in each.also], _NOT_ALSO),
    ):
        if codes:
            names_ja, names_en = _names(codes, masters)
            ja += said.ja.format(names_ja)
            en += said.en.format(names_en)
    later = each.second_year_yen - best.second_year_yen
    if later:
        ja += f"2年目からは毎年{abs(later):,}円{'高く' if later > 0 else '安く'}なります。"
        en += f" From year two it is {abs(later):,} yen a year {'more' if later > 0 else 'less'}."
    return replace(each, more_yen=more, differs=Text(ja, en))


BEST: Final = Text(
    "まかなえる機能がいちばん多く、その中で自己負担がいちばん低い組み合わせです。",
    "It covers most, and of all that do it leaves the least to pay.",
)
BEST_FOUND: Final = Text(
    "時間内に見つかった中で、まかなえる機能がいちばん多く、自己負担がいちばん低い組み合わせです。",
    "Of what was found in time it covers most, and of that leaves the least to pay.",
)
_LACKS: Final = Text("1番目にある「{}」がありません。", " It lacks {}, which the first has.")
_ALSO: Final = Text("「{}」もできます。", " It also has {}.")
_NOT_ALSO: Final = Text(
    "1番目に付いている「{}」は付きません。", " It comes without {}, which the first brings along."
)


def _more(yen: int) -> tuple[str, str]:
    if yen == 0:
        return "自己負担は1番目と同じです。", "It costs as much as the first."
    word, english = ("高い", "more") if yen > 0 else ("安い", "less")
    return f"自己負担が1番目より{abs(yen):,}円{word}です。", f"It costs {abs(yen):,} yen {english} than the first."


def _names(codes: Iterable[str], masters: Masters) -> tuple[str, str]:
    rows: Sequence[Text] = [row.name for row in masters.functions_of(codes)]
    return "」「".join(name.ja for name in rows), ", ".join(name.en for name in rows)
