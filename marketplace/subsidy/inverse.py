"""The other way round: which price brings a given subsidy, and at which price the own cost is least.

Exact, by halving over whole yen: as the price of a line rises, the subsidy never falls. The own cost does not keep
to that. It falls by the whole floor where the floor is reached, and by the unit where amounts are cut to more than
one yen; from one such step to the next it never gets less, since no rate is above 1.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from marketplace.subsidy.conditions import Answers, check_answers
from marketplace.subsidy.engine import Figures, count_of, figures_of
from marketplace.subsidy.lines import MOST_YEN, CostLine, check_lines, check_number
from marketplace.subsidy.parts import BusinessSize
from marketplace.subsidy.scheme import Scheme
from marketplace.subsidy.tariff import Tariff
from tenants.errors import BadInput, Finding
from tenants.text import Language, Text


@dataclass(frozen=True)
class Asked:
    """One line whose price is looked for, beside the lines whose prices are known.

    kind, months, accounts: of that line, as in a :class:`CostLine`. The rest: as for :func:`engine.estimate`.
    """

    scheme: Scheme
    kind: str
    months: int | None = None
    accounts: tuple[int, int] | None = None
    beside: Sequence[CostLine] = ()
    functions: Collection[str] = ()
    processes: int | None = None
    size: BusinessSize = "sme"
    conditions: Answers = field(default_factory=dict)

    @cached_property
    def tariff(self) -> Tariff:
        """The scheme for these facts. Raises BadInput."""
        count = count_of(self.scheme, self.functions, self.processes)
        shut = any(self.conditions.get(code) is False for code, c in self.scheme.conditions.items() if c.required)
        refused = shut or self.scheme.refuses(self.functions, count)
        met = check_answers(self.scheme, self.conditions)
        tariff = self.scheme.tariff(self.size, count, met, refused=refused)
        check_lines(tariff, [*self.beside, CostLine(self.kind, 0, self.months, accounts=self.accounts)])
        return tariff

    def at(self, price_yen: int) -> Figures:
        """The numbers when the line costs so much."""
        line = CostLine(self.kind, price_yen, self.months, accounts=self.accounts)
        return figures_of(self.tariff, [*self.beside, line])

    def first_above(self, subsidy_yen: int, low: int, high: int) -> int | None:
        """The least price of low to high that brings more than this subsidy; None when none of them does."""
        if self.at(high).subsidy_yen <= subsidy_yen:
            return None
        while low < high:
            middle = (low + high) // 2
            if self.at(middle).subsidy_yen > subsidy_yen:
                high = middle
            else:
                low = middle + 1
        return low


@dataclass(frozen=True, slots=True)
class Price:
    """A price of the line asked for, in whole yen, with the numbers of all lines together, and why it is this one."""

    price_yen: int
    figures: Figures
    reason: Text

    def as_json(self, language: Language) -> dict[str, object]:
        """For the API and the command line."""
        return {
            "price_yen": self.price_yen,
            "total_yen": self.figures.total_yen,
            "eligible_cost_yen": self.figures.eligible_cost_yen,
            "subsidy_yen": self.figures.subsidy_yen,
            "own_cost_yen": self.figures.own_cost_yen,
            "reason": self.reason.in_language(language),
        }


def price_for(asked: Asked, subsidy_yen: int) -> Price:
    """The smallest price that brings at least this subsidy (whole yen).

    Raises BadInput: subsidy_out_of_reach with the most there is, and as :func:`engine.estimate`.
    """
    check_number(subsidy_yen, 1, MOST_YEN, "subsidy_yen")
    price = asked.first_above(subsidy_yen - 1, 0, MOST_YEN)
    if price is None:
        raise BadInput(_out_of_reach(subsidy_yen, asked.at(MOST_YEN).subsidy_yen))
    figures = asked.at(price)
    return Price(
        price,
        figures,
        Text(
            f"補助額が{subsidy_yen:,}円以上になる、いちばん小さい金額です（補助額{figures.subsidy_yen:,}円）。",
            f"The smallest price with a subsidy of {subsidy_yen:,} yen or more ({figures.subsidy_yen:,} yen).",
        ),
    )


def least_own_cost(asked: Asked, from_yen: int, to_yen: int = MOST_YEN) -> Price:
    """The price of from_yen to to_yen (both included, whole yen) with the least own cost; the lowest of equal ones.

    Raises BadInput as :func:`engine.estimate`, and when the range is empty.
    """
    check_number(from_yen, 0, MOST_YEN, "from_yen")
    check_number(to_yen, from_yen, MOST_YEN, "to_yen")
    here = asked.at(from_yen)
    # Own costs at the steps never fall from one to the next, and rise in between: only the first step can be better.
    step = asked.first_above(here.subsidy_yen, from_yen, to_yen)
    there = here if step is None else asked.at(step)
    if step is None or there.own_cost_yen >= here.own_cost_yen:
        return Price(
            from_yen,
            here,
            Text(
                "金額を増やしても、自己負担はこれより少なくなりません。",
                "No higher price in the range brings a lower own cost.",
            ),
        )
    less = here.own_cost_yen - there.own_cost_yen
    return Price(
        step,
        there,
        Text(
            f"{step - from_yen:,}円増やすと補助額が{there.subsidy_yen:,}円になり、自己負担は{less:,}円減ります。",
            f"{step - from_yen:,} yen more brings the subsidy to {there.subsidy_yen:,} yen, and the own cost falls by "
            f"{less:,} yen.",
        ),
    )


def _out_of_reach(subsidy_yen: int, most: int) -> Finding:
    return Finding(
        "subsidy_out_of_reach",
        Text(
            f"補助額{subsidy_yen:,}円には、いくらにしても届きません。",
            f"No price brings a subsidy of {subsidy_yen:,} yen.",
        ),
        Text(
            f"{most:,}円以下の補助額を指定してください（この条件での最大です）。",
            f"Ask for at most {most:,} yen, which is the most there is here.",
        ),
        "subsidy_yen",
    )
