"""From the problem: what troubles you, which business, how many people, how much at most; then ranked packages.

Every answer is in the address, so that back never loses one and a page can be shared. Each question can be skipped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from catalogue import problem_list
from catalogue.masters import vocabulary
from catalogue.problems import Problem
from catalogue.vocabulary import ALL_INDUSTRIES, Masters
from marketplace import pricing
from marketplace.needs.ranking import Ranked
from marketplace.needs.request import business_faults
from marketplace.subsidy.eligibility import MOST_EMPLOYEES
from marketplace.subsidy.lines import MOST_YEN
from marketplace.today import Today
from search import guided
from search.finding import Trouble, Troubles, troubles
from search.guided import MOST_CHOSEN, SHOWN
from search.troubles import MOST_CHARACTERS
from tenants.errors import Finding
from tenants.text import Text
from tenants.typed_numbers import whole_number
from web.guard import Open, allow
from web.public import cards, money, unsolved
from web.public.blueprint import blueprint, todays
from web.public.registered import HINT, registered

ANY: Final = "any"
BUDGETS: Final = (200_000, 400_000, 700_000, 1_500_000)
EXAMPLES: Final = (
    "電話の予約で手が離せない",
    "月末の給与計算が大変",
    "レジ締めに時間がかかる",
    "在庫が合わない",
    "請求書を手で書いている",
    "シフトを組むのが大変",
)
_NAMES: Final = ("trouble", "industry", "people", "budget")
_UNSAID: Final = Text("指定なし", "Not said")
_CHOOSE: Final = Text("どれかひとつを選んでください。", "Please choose one.")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question by its name."""

    name: str


@dataclass(frozen=True)
class Answers:
    """What the address says. q: as typed; problems, functions: what was chosen instead of what q was understood as.

    industry, people, budget: as written; empty when not answered, ANY when skipped.
    """

    q: str = ""
    problems: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    skipped: bool = False
    industry: str = ""
    people: str = ""
    budget: str = ""

    @classmethod
    def read(cls) -> Answers:
        """The answers of the request. A budget among the words is the answer to its question, unless that has one."""
        q, told, _ = guided.without_budget(_plain("q", MOST_CHARACTERS))
        return cls(
            q,
            _listed("problem"),
            _listed("function"),
            request.args.get("trouble") == ANY,
            _plain("industry"),
            _plain("people"),
            _plain("budget") or (str(told) if told else ""),
        )

    def pairs(self, *, without: str = "") -> list[tuple[str, str]]:
        """As parameters of an address; ``without`` the answer to one question."""
        found: list[tuple[str, str]] = []
        if without != "trouble":
            found += [("q", self.q)] if self.q else []
            found += [("problem", code) for code in self.problems]
            found += [("function", code) for code in self.functions]
            found += [("trouble", ANY)] if self.skipped else []
        single = (("industry", self.industry), ("people", self.people), ("budget", self.budget))
        return found + [(name, value) for name, value in single if value and name != without]

    def asked(self) -> guided.Asked:
        """What they ask."""
        return guided.Asked(
            self.q, self.problems, self.functions, self.known_industry, self.employees, self.budget_yen
        )

    @property
    def known_industry(self) -> str | None:
        """The industry's code; None when none was said."""
        return self.industry if self.industry not in ("", ANY) else None

    @property
    def employees(self) -> int | None:
        """The number of people; None when none was said."""
        return whole_number(self.people)

    @property
    def budget_yen(self) -> int | None:
        """The most to pay oneself, in yen; None when none was said."""
        return whole_number(self.budget)


def _plain(name: str, longest: int = 40) -> str:
    written = request.args.get(name, "")
    return "".join(char if char.isprintable() else " " for char in written).strip()[:longest]


def _listed(name: str) -> tuple[str, ...]:
    values = (value.strip()[:40] for value in request.args.getlist(name))
    return tuple(dict.fromkeys(value for value in values if value))[:MOST_CHOSEN]


def address(answers: Answers, *, ask: str = "", without: str = "") -> str:
    """This search's address with these answers; ask: the question to go back to."""
    parameters: dict[str, Any] = {}
    for name, value in answers.pairs(without=without):
        parameters.setdefault(name, []).append(value)
    return url_for("public.find", **parameters, **({"ask": ask} if ask else {}))


@dataclass(frozen=True)
class Finder:
    """Where one stands among the questions; drawn by the same form as the self-check."""

    answers: Answers
    masters: Masters
    wanted: str = ""
    just_asked: str = ""
    asked: tuple[Asked, ...] = field(default=tuple(map(Asked, _NAMES)))

    @cached_property
    def troubles(self) -> Troubles:
        """What is to be solved."""
        told = self.answers
        return troubles(told.q, told.problems, told.functions, told.known_industry)

    @cached_property
    def question(self) -> Asked | None:
        """The one to ask now; None when all are answered."""
        if self.wanted in _NAMES:
            return Asked(self.wanted)
        return next((each for each in self.asked if not self._answered(each.name)), None)

    def _answered(self, name: str) -> bool:
        if name == "trouble":
            return self.answers.skipped or (bool(self.troubles.items) and not self.troubles.unknown)
        return bool(getattr(self.answers, name)) and not self._faults(name)

    def _faults(self, name: str) -> list[Finding]:
        if name == "trouble":
            return list(self.troubles.unknown)
        written, remedy = getattr(self.answers, name), _REMEDIES[name]
        if not written or written == ANY or self._fits(name, written):
            return []
        message = Text("この答えは受け付けられません。", "This answer cannot be used.")
        return [Finding("bad_answer", message, remedy, name)]

    def _fits(self, name: str, written: str) -> bool:
        if name == "industry":
            return written in {row.code for row in self.masters.industries} - {ALL_INDUSTRIES}
        number = whole_number(written)
        if number is None:
            return False
        if name == "people":
            return not business_faults(self.masters, employees=number)
        return not business_faults(self.masters, budget_yen=number)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with the answer to the question that is asked now."""
        if self.question is None:
            return ()
        name = self.question.name
        faults = self._faults(name)
        told = self.answers
        given = (told.q or told.problems or told.functions) if name == "trouble" else getattr(told, name)
        if not given and self.just_asked == name:
            message = Text("答えが入っていません。", "There is no answer.")
            return (Finding("no_answer", message, _REMEDIES[name], "q" if name == "trouble" else name),)
        return tuple(faults)

    @property
    def number(self) -> int:
        """The position of the question, from 1."""
        return _NAMES.index(self.question.name) + 1 if self.question else len(_NAMES)

    @property
    def previous(self) -> Asked | None:
        """The question before this one."""
        return self.asked[self.number - 2] if self.number > 1 else None

    @property
    def carried(self) -> list[tuple[str, str]]:
        """The answers to the other questions."""
        return self.answers.pairs(without=self.question.name if self.question else "")

    def back_to(self, name: str) -> str:
        """The address of a question, every answer kept."""
        return address(self.answers, ask=name)

    @property
    def skip_href(self) -> str:
        """The address with this question skipped."""
        assert self.question is not None  # noqa: S101  (only asked for where a question is)
        name = self.question.name
        if name == "trouble":
            told = replace(self.answers, q="", problems=(), functions=(), skipped=True)
        else:
            told = replace(self.answers, **{name: ANY})
        return address(told)


_REMEDIES: Final = {
    "trouble": Text(
        "困っていることを、ふだんの言葉で書いてください。", "Say in your own words what troubles you."
    ),
    "industry": _CHOOSE,
    "people": Text(
        f"0から{MOST_EMPLOYEES:,}までの人数を入力してください。", f"Enter a number from 0 to {MOST_EMPLOYEES:,}."
    ),
    "budget": Text("1円以上の金額を選んでください。", "Choose an amount of at least one yen."),
}


@blueprint.get("/find")
@allow(Open.EVERYBODY)
def find() -> Response | AnyResponse:
    """One question a page, then what was understood and the packages that solve most of it."""
    masters = vocabulary()
    state = Finder(Answers.read(), masters, request.args.get("ask", ""), request.args.get("asked", ""))
    if state.question is None and not state.troubles.items:
        return redirect(_search_for(state.answers))
    if state.question is None:
        return make_response(_results(state, masters))
    html = render_template(
        "public/find.html",
        state=state,
        address=state.back_to,
        troubles=state.troubles,
        examples=[(example, url_for("public.find", q=example)) for example in EXAMPLES],
        groups=_all_problems(masters) if state.question.name == "trouble" else (),
        industries=[row for row in masters.industries if row.code != ALL_INDUSTRIES],
        budgets=_budgets(state.answers.budget),
        registered=registered() if not getattr(state.answers, state.question.name, True) else {},
        registered_hint=HINT,
        any_value=ANY,
        longest=MOST_CHARACTERS,
        search_href=url_for("public.packages", q=state.answers.q[:100] or None),
    )
    return make_response(html, 422 if state.findings else 200)


def _budgets(written: str) -> list[tuple[str, Text]]:
    """The amounts to choose from, and the one in the address."""
    amounts = set(BUDGETS)
    given = whole_number(written)
    if given and given <= MOST_YEN:
        amounts.add(given)
    return [(str(amount), money.short(amount)) for amount in sorted(amounts)]


def _all_problems(masters: Masters) -> list[dict[str, Any]]:
    """Every problem under its first function, category by category."""
    by_function: dict[str, list[Problem]] = {}
    for each in problem_list.current().entries:
        by_function.setdefault(each.functions[0], []).append(each)
    return [
        {
            "code": category["code"],
            "problems": [one for row in category["functions"] for one in by_function.get(row.code, ())],
        }
        for category in money.categories(masters)
    ]


def _search_for(answers: Answers) -> str:
    wanted = {"industry": answers.known_industry, "own_cost_max": answers.budget_yen}
    parameters: dict[str, Any] = {name: value for name, value in wanted.items() if value is not None}
    return url_for("public.packages", **parameters)


def _results(state: Finder, masters: Masters) -> str:
    told, solved = state.answers, state.troubles
    now = todays()
    found = guided.answer_to(solved, told.asked(), now, number=SHOWN)
    ranking, people = found.ranking, found.people
    industry = masters.industry(told.industry) if told.known_industry else None
    return render_template(
        "public/found.html",
        state=state,
        troubles=[_trouble(each, state, masters) for each in solved.items],
        near=[{"sentence": each.sentence, "href": _with(each, state)} for each in solved.near[:4]],
        functions=cards.functions(solved.functions, masters),
        facts=_facts(told, industry.name if industry else None),
        unsaid=_UNSAID,
        back_to=state.back_to,
        people=people,
        eligibility_href=url_for("public.eligibility") if people else None,
        cards=[_card(each, solved, found.buyer.facts, now, masters) for each in ranking.items],
        offered=ranking.offered,
        all_shown=len(ranking.items) < SHOWN,
        unsolved=[
            unsolved.told(
                each,
                lambda least: address(replace(told, budget=str(least))),
                lambda trouble, *, everywhere: _needs(told, trouble.functions, everywhere=everywhere),
            )
            for each in found.unsolved
        ],
        needs_href=_needs(told, state.troubles.functions),
        search_href=_search(state),
        again_href=url_for("public.find"),
    )


def _facts(told: Answers, industry: Text | None) -> list[tuple[str, Text, Text]]:
    """Question, its label, its answer."""
    employees, budget = told.employees, told.budget_yen
    people = _UNSAID if employees is None else Text(f"{employees:,}人", f"{employees:,} people")
    amount = _UNSAID
    if budget is not None:
        short = money.short(budget)
        amount = Text(f"{short.ja}まで", f"up to {short.en}")
    return [
        ("industry", Text("業種", "Industry"), industry or _UNSAID),
        ("people", Text("従業員数", "Employees"), people),
        ("budget", Text("自己負担の予算", "Budget for your part"), amount),
    ]


def _chosen(state: Finder) -> Answers:
    """The answers with what was understood written out, so that it can be added to and taken from."""
    items = state.troubles.items
    return replace(
        state.answers,
        problems=tuple(each.code for each in items if each.problem),
        functions=tuple(each.code for each in items if not each.problem),
    )


def _with(problem: Problem, state: Finder) -> str:
    told = _chosen(state)
    return address(replace(told, problems=(*told.problems, problem.code)))


def _trouble(each: Trouble, state: Finder, masters: Masters) -> dict[str, Any]:
    told = _chosen(state)
    left = replace(
        told,
        problems=tuple(code for code in told.problems if code != each.code),
        functions=tuple(code for code in told.functions if code != each.code),
    )
    return {
        "label": each.label,
        "by": each.by,
        "functions": cards.functions(each.functions, masters),
        "without_href": address(left) if len(state.troubles.items) > 1 else None,
    }


def _card(each: Ranked, solved: Troubles, facts: pricing.Facts, now: Today, masters: Masters) -> cards.Card:
    solves = tuple(solved.items[place].label for place in each.solves)
    helps = () if solves else tuple(row.name for row in masters.functions_of(each.covers))
    return cards.from_publication(each.package, now, facts, solves=solves, helps=helps)


def _needs(told: Answers, functions: Sequence[str], *, everywhere: bool = False) -> str:
    """Where sets of tools with these functions are reckoned; everywhere: also what is made for other industries."""
    wanted = {"industry": told.known_industry, "people": told.employees, "budget": told.budget_yen}
    parameters: dict[str, Any] = {name: value for name, value in wanted.items() if value is not None}
    if told.known_industry and not everywhere:
        parameters["own"] = "1"
    return url_for("public.needs", function=list(functions), **parameters)


def _search(state: Finder) -> str:
    told = state.answers
    wanted = {"industry": told.known_industry, "own_cost_max": told.budget_yen, "sort": "own_cost"}
    parameters: dict[str, Any] = {name: value for name, value in wanted.items() if value is not None}
    return url_for("public.packages", function=list(state.troubles.functions), **parameters)
