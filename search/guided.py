"""From the problem to ranked packages: what is asked, what was understood, what there is, and what nothing solves.

One reckoning for the page (/find), the API and the command line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from catalogue.vocabulary import Masters
from marketplace.needs.buyers import buyer_of
from marketplace.needs.offers import Buyer
from marketplace.needs.ranking import Ranking, least_yen, rank
from marketplace.needs.request import business_faults, function_faults
from marketplace.needs.size import PeopleHint
from marketplace.today import Today
from search.budgets import budget_in
from search.finding import Trouble, Troubles, troubles
from tenants.errors import BadInput, Finding
from tenants.text import Text

MOST_CHOSEN: Final = 20
SHOWN: Final = 10
Why = Literal["too_dear", "further_down", "other_industries", "not_offered"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a business says. text: in its own words; problems, functions: codes that were chosen instead of what the text
    is understood as.

    industry: a target industry's code; employees: regular ones; budget_yen: the most to pay oneself for one package.
    None where not said. budget_words: what the budget was read from, empty where it was given as a number.
    """

    text: str = ""
    problems: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    industry: str | None = None
    employees: int | None = None
    budget_yen: int | None = None
    budget_words: str = ""

    @property
    def read_as(self) -> Text | None:
        """What an amount among the words was read as; None where none was."""
        if not self.budget_words or self.budget_yen is None:
            return None
        return Text(
            f"「{self.budget_words}」を、自己負担の予算{self.budget_yen:,}円として読みました。",
            f"“{self.budget_words}” was read as a budget of ¥{self.budget_yen:,} for your part.",
        )


@dataclass(frozen=True, slots=True)
class Unsolved:
    """A trouble that no package shown solves by itself, and why.

    least_yen: the own cost of the cheapest that does; of one made for other industries where these have the only ones;
    None where nobody offers one.
    """

    trouble: Trouble
    why: Why
    least_yen: int | None


@dataclass(frozen=True, slots=True)
class Guided:
    """The answer. people: what the number of people tells; None when it was not told."""

    troubles: Troubles
    buyer: Buyer
    people: PeopleHint | None
    ranking: Ranking
    unsolved: tuple[Unsolved, ...]


def without_budget(text: str) -> tuple[str, int | None, str]:
    """A text without the budget it says, the budget in yen, and the words it was read from; amounts in 「」 are words."""
    told = budget_in(text)
    return (told.rest, told.high, told.words) if told is not None and told.high else (text, None, "")


def checked(
    masters: Masters,
    *,
    text: str = "",
    problems: Sequence[str] = (),
    functions: Sequence[str] = (),
    industry: str | None = None,
    employees: int | None = None,
    budget_yen: int | None = None,
) -> Asked:
    """What is asked; a budget among the words counts unless one is given. Raises BadInput, one finding for each fault.

    Codes of problems that do not exist are told by :func:`search.finding.troubles`.
    """
    faults = [
        *function_faults("functions", functions, masters),
        *business_faults(masters, industry=industry, employees=employees, budget_yen=budget_yen),
    ]
    if not (text.strip() or problems or functions):
        faults.append(_nothing_said())
    if faults:
        raise BadInput(*faults)
    words, told_yen, told_words = without_budget(text.strip())
    found = masters.industry(industry) if industry else None
    return Asked(
        words,
        tuple(dict.fromkeys(problems)),
        tuple(row.code for row in masters.functions_of(functions)),
        found.code if found else None,
        employees,
        budget_yen or told_yen,
        "" if budget_yen else told_words,
    )


def answer(asked: Asked, now: Today, *, number: int = SHOWN) -> Guided:
    """The first ``number`` packages for what is asked. Raises BadInput for problems that are not in the list."""
    meant = troubles(asked.text, asked.problems, asked.functions, asked.industry)
    if meant.unknown:
        raise BadInput(*(replace(each, field="problems") for each in meant.unknown))
    return answer_to(meant, asked, now, number=number)


def answer_to(meant: Troubles, asked: Asked, now: Today, *, number: int = SHOWN) -> Guided:
    """The same for whoever knows what is meant. Of tools restricted to some industries only those for the one said."""
    buyer, people = buyer_of(now.scheme, asked.industry, asked.employees, own_industry=asked.industry is not None)
    wanted = [each.functions for each in meant.items]
    ranking = rank(buyer, wanted, budget_yen=asked.budget_yen, number=number) if wanted else Ranking((), 0, ())
    return Guided(meant, buyer, people, ranking, _unsolved(meant.items, ranking, buyer, asked.budget_yen))


def _unsolved(
    items: Sequence[Trouble], ranking: Ranking, buyer: Buyer, budget_yen: int | None
) -> tuple[Unsolved, ...]:
    solved = {place for each in ranking.items for place in each.solves}
    left = [(each, ranking.least[place]) for place, each in enumerate(items) if place not in solved]
    return tuple(
        _not_for_it(trouble, buyer)
        if least is None
        else Unsolved(
            trouble, "too_dear" if budget_yen is not None and least > budget_yen else "further_down", least
        )
        for trouble, least in left
    )


def _not_for_it(trouble: Trouble, buyer: Buyer) -> Unsolved:
    """What is made for others it may buy too, and is told so before it does."""
    if not buyer.own_industry:
        return Unsolved(trouble, "not_offered", None)
    (least,) = least_yen(replace(buyer, own_industry=False), [trouble.functions])
    return Unsolved(trouble, "not_offered" if least is None else "other_industries", least)


def _nothing_said() -> Finding:
    return Finding(
        "nothing_said",
        Text("困りごとがありません。", "No problem was said."),
        Text(
            "困っていることを文で書くか、困りごと・機能を選んでください。",
            "Say in words what troubles you, or choose problems or functions.",
        ),
        "text",
    )
