"""Of a trouble that none of the tools shown solves by itself: why not, and what would, in words and with a link."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from search.finding import Trouble
from search.guided import Unsolved
from tenants.text import Text


@dataclass(frozen=True, slots=True)
class Told:
    """A trouble and what is said of it. href, way: what would bring a tool that solves it; none where there is none."""

    label: Text
    why: Text
    href: str | None = None
    way: Text | None = None


class Alone(Protocol):
    """Where each trouble leads alone."""

    def __call__(self, trouble: Trouble, *, everywhere: bool) -> str:
        """The address of what there is for one trouble; everywhere: also what is made for other industries."""


def why(each: Unsolved) -> Text:
    """Why nothing shown solves it."""
    least = each.least_yen or 0
    return {
        "too_dear": Text(
            f"1つで解決できるITツールは、自己負担{least:,}円からです。予算では足りません。",
            f"A tool that solves it leaves you at least ¥{least:,} to pay, more than your budget.",
        ),
        "further_down": Text(
            f"1つで解決できるITツールは、自己負担{least:,}円からありますが、下の一覧には入っていません。",
            f"A tool that solves it leaves you ¥{least:,} or more to pay, but is not in the list below.",
        ),
        "other_industries": Text(
            f"あなたの業種向けのITツールはまだありません。ほかの業種向けのものなら、自己負担{least:,}円からあります。",
            f"There is none for your industry yet; one that is made for others leaves you at least ¥{least:,} to pay.",
        ),
        "not_offered": Text(
            "1つで解決できるITツールは、まだ公開されていません。",
            "No tool that solves it by itself is published yet.",
        ),
    }[each.why]


def told(each: Unsolved, with_budget: Callable[[int], str], alone: Alone) -> Told:
    """A trouble with what leads on from it.

    with_budget: the address of the same question with this budget. alone: where the tools for one trouble are reckoned.
    """
    label, said, least = each.trouble.label, why(each), each.least_yen
    if least is None:
        return Told(label, said)
    if each.why == "too_dear":
        way = Text(f"予算を{least:,}円にして見る", f"See what there is for ¥{least:,}")
        return Told(label, said, with_budget(least), way)
    if each.why == "further_down":
        # Others that solve more, or cost less, fill the list.
        way = Text("この困りごとだけで見る", "See those for this problem alone")
        return Told(label, said, alone(each.trouble, everywhere=False), way)
    way = Text("ほかの業種向けも含めて見る", "See those made for other industries too")
    return Told(label, said, alone(each.trouble, everywhere=True), way)
