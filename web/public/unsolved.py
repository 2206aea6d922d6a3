"""Of a trouble that none of the tools shown solves by itself: why not, and what would."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from marketplace.needs.offers import Buyer
from marketplace.needs.ranking import Ranking, least_yen
from search.finding import Trouble
from tenants.text import Text


@dataclass(frozen=True, slots=True)
class Unsolved:
    """A trouble and what is said of it. href, way: what would bring a tool that solves it; none where there is none."""

    label: Text
    why: Text
    href: str | None = None
    way: Text | None = None


class Alone(Protocol):
    """The address of what there is for one trouble; everywhere: also what is made for other industries."""

    def __call__(self, trouble: Trouble, *, everywhere: bool) -> str: ...


def unsolved(
    troubles: Sequence[Trouble],
    ranking: Ranking,
    buyer: Buyer,
    budget_yen: int | None,
    with_budget: Callable[[int], str],
    alone: Alone,
) -> list[Unsolved]:
    """Those that nothing shown solves: too dear, further down, made for other industries, or not offered.

    with_budget: the address of the same question with this budget. alone: where the tools for one trouble are reckoned.
    """
    solved = {place for each in ranking.items for place in each.solves}
    left = [(each, ranking.least[place]) for place, each in enumerate(troubles) if place not in solved]
    found = []
    for trouble, least in left:
        if least is None:
            found.append(_not_for_it(trouble, buyer, alone))
        elif budget_yen is not None and least > budget_yen:
            found.append(_too_dear(trouble, least, with_budget))
        else:
            found.append(_further_down(trouble, least, alone))
    return found


def _too_dear(trouble: Trouble, least: int, with_budget: Callable[[int], str]) -> Unsolved:
    return Unsolved(
        trouble.label,
        Text(
            f"1つで解決できるITツールは、自己負担{least:,}円からです。予算では足りません。",
            f"A tool that solves it leaves you at least ¥{least:,} to pay, more than your budget.",
        ),
        with_budget(least),
        Text(f"予算を{least:,}円にして見る", f"See what there is for ¥{least:,}"),
    )


def _further_down(trouble: Trouble, least: int, alone: Alone) -> Unsolved:
    """There is one, but others that solve more, or cost less, fill the list."""
    return Unsolved(
        trouble.label,
        Text(
            f"1つで解決できるITツールは、自己負担{least:,}円からありますが、下の一覧には入っていません。",
            f"A tool that solves it leaves you ¥{least:,} or more to pay, but is not in the list below.",
        ),
        alone(trouble, everywhere=False),
        Text("この困りごとだけで見る", "See those for this problem alone"),
    )


def _not_for_it(trouble: Trouble, buyer: Buyer, alone: Alone) -> Unsolved:
    """Made for others: it may buy that too, and is told so before it does."""
    (least,) = (
        least_yen(replace(buyer, own_industry=False), [trouble.functions]) if buyer.own_industry else (None,)
    )
    if least is None:
        why = Text(
            "1つで解決できるITツールは、まだ公開されていません。",
            "No tool that solves it by itself is published yet.",
        )
        return Unsolved(trouble.label, why)
    return Unsolved(
        trouble.label,
        Text(
            f"あなたの業種向けのITツールはまだありません。ほかの業種向けのものなら、自己負担{least:,}円からあります。",
            f"There is none for your industry yet; one that is made for others leaves you at least ¥{least:,} to pay.",
        ),
        alone(trouble, everywhere=True),
        Text("ほかの業種向けも含めて見る", "See those made for other industries too"),
    )
