"""Of a trouble that none of the tools shown solves by itself: why not, and what would."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import url_for

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


def unsolved(
    troubles: Sequence[Trouble],
    ranking: Ranking,
    buyer: Buyer,
    budget_yen: int | None,
    with_budget: Callable[[int], str],
) -> list[Unsolved]:
    """Those that nothing shown solves: too dear, made for other industries, or not offered.

    with_budget: the address of the same question with this budget.
    """
    solved = {place for each in ranking.items for place in each.solves}
    left = [(each, ranking.least[place]) for place, each in enumerate(troubles) if place not in solved]
    return [
        _too_dear(each, least, with_budget)
        if least is not None and budget_yen is not None and least > budget_yen
        else _not_for_it(each, buyer)
        for each, least in left
    ]


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


def _not_for_it(trouble: Trouble, buyer: Buyer) -> Unsolved:
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
    wanted: dict[str, Any] = {"function": list(trouble.functions), "industry": buyer.industry}
    return Unsolved(
        trouble.label,
        Text(
            f"あなたの業種向けのITツールはまだありません。ほかの業種向けのものなら、自己負担{least:,}円からあります。",
            f"There is none for your industry yet; one that is made for others leaves you at least ¥{least:,} to pay.",
        ),
        url_for("public.needs", **wanted),
        Text("ほかの業種向けも含めて見る", "See those made for other industries too"),
    )
