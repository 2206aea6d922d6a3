"""From the problem to ranked packages, as the API and the command line answer it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from catalogue.problems import Problem
from marketplace.needs.ranking import Ranked
from marketplace.today import Today
from search.finding import Trouble
from search.guided import Asked, Guided, Unsolved, answer
from search.queries import PackageHit, filled
from web.api.answers import Answer as Model
from web.api.answers import PackageHit as ListedPackage
from web.api.answers import Yen
from web.api.views import package_hit
from web.public.unsolved import why
from web.words import say


class KnownProblem(Model):
    """A problem of the list."""

    code: str
    sentence: str = Field(description="In Japanese, as a shop owner would say it.")
    functions: list[str] = Field(description="Core functions that solve it together.")


class ListedProblem(KnownProblem):
    """A problem with what it is recognised by."""

    words: list[str] = Field(description="Words that point to it wherever they are said.")
    examples: list[str] = Field(description="Other ways of saying it.")
    industries: list[str] = Field(description="Industries it is typical of; none for all.")


class KnownProblems(Model):
    """The list of problems that counts today."""

    version: int
    items: list[ListedProblem]


class UnderstoodTrouble(Model):
    """One thing that is to be solved: a problem of the list, or a function that was named."""

    kind: Literal["problem", "function"]
    code: str
    label: str
    functions: list[str] = Field(description="Core functions that solve it together.")
    by: list[str] = Field(description="The words it was recognised by; none where it was chosen.")
    least_own_cost_yen: Yen | None = Field(
        description="The own cost of the cheapest package that solves it by itself, whatever the budget; null where "
        "there is none for this business."
    )


class Understood(Model):
    """What the text, or the choice, was taken to mean."""

    text: str = Field(
        description="What was read for problems: the text without an amount that was read as a budget."
    )
    troubles: list[UnderstoodTrouble]
    functions: list[str] = Field(description="Every function that is needed, each once.")
    near: list[KnownProblem] = Field(description="Problems that may be meant besides.")
    budget_yen: Yen | None = Field(description="The budget that counts, given or read from the text.")
    read_as: str = Field(
        description="What an amount in the text was read as; in 「」 it is mere words. Empty where none was."
    )


class GuidedPackage(ListedPackage):
    """A package at its place. Figures are for the programme's current scheme and this size of business."""

    eligible_cost_yen: Yen = Field(description="What of the total counts for the subsidy.")
    solves: list[str] = Field(
        description="Codes of the problems and functions understood that it solves by itself."
    )
    covers: list[str] = Field(description="The needed functions it has.")
    leaves: list[str] = Field(description="The needed functions it does not have.")


class UnsolvedTrouble(Model):
    """What none of the packages in the answer solves by itself."""

    code: str
    label: str
    reason: Literal["too_dear", "further_down", "other_industries", "not_offered"] = Field(
        description="too_dear: the budget does not reach; further_down: others fill the answer; other_industries: only "
        "packages made for other industries solve it, which this business may buy too; not_offered: nobody offers one."
    )
    says: str = Field(description="The same in words.")
    least_own_cost_yen: Yen | None = Field(
        description="The own cost of the cheapest that solves it, without the budget; null where nobody offers one."
    )


class GuidedAnswer(Model):
    """Single packages: those that solve most come first, then those with more of the functions, then the cheapest."""

    understood: Understood
    items: list[GuidedPackage] = Field(description="At most ten, within the budget.")
    packages_offered: int = Field(
        description="Packages for this business with something needed, whatever they cost."
    )
    unsolved: list[UnsolvedTrouble]
    business_size: Literal["sme", "small"] | None = Field(description="null when no employees were given.")
    may_apply_by_people: bool | None = Field(
        description="Few enough people to apply, whatever the capital; null when that is open or not asked."
    )


def known_problems(version: int, problems: Sequence[Problem]) -> KnownProblems:
    """The list, in its own order."""
    return KnownProblems(
        version=version,
        items=[
            ListedProblem(
                **_named(each),
                words=list(each.words),
                examples=list(each.examples),
                industries=list(each.industries),
            )
            for each in problems
        ],
    )


def answer_from_problem(asked: Asked, now: Today) -> GuidedAnswer:
    """What there is for what is asked. Raises BadInput for problems that are not in the list."""
    found = answer(asked, now)
    hits = filled([(each.package, ()) for each in found.ranking.items], found.buyer.facts, now)
    return guided_answer(asked, found, hits)


def guided_answer(asked: Asked, found: Guided, hits: Sequence[PackageHit]) -> GuidedAnswer:
    """What was found, in the caller's language. hits: the ranked packages with their figures."""
    people = found.people
    return GuidedAnswer(
        understood=_understood(asked, found),
        items=[_package(*pair, found) for pair in zip(found.ranking.items, hits, strict=True)],
        packages_offered=found.ranking.offered,
        unsolved=[_unsolved(each) for each in found.unsolved],
        business_size=people.size if people else None,
        may_apply_by_people=people.by_people if people else None,
    )


def _understood(asked: Asked, found: Guided) -> Understood:
    meant = found.troubles
    return Understood(
        text=asked.text,
        troubles=[_trouble(*pair) for pair in zip(meant.items, found.ranking.least, strict=True)],
        functions=list(meant.functions),
        near=[KnownProblem(**_named(each)) for each in meant.near],
        budget_yen=asked.budget_yen,
        read_as=say(asked.read_as) if asked.read_as else "",
    )


def _named(problem: Problem) -> dict[str, object]:
    return {"code": problem.code, "sentence": problem.sentence, "functions": list(problem.functions)}


def _trouble(each: Trouble, least_yen: int | None) -> UnderstoodTrouble:
    return UnderstoodTrouble(
        kind="problem" if each.problem else "function",
        code=each.code,
        label=say(each.label),
        functions=list(each.functions),
        by=list(each.by),
        least_own_cost_yen=least_yen,
    )


def _package(ranked: Ranked, hit: PackageHit, found: Guided) -> GuidedPackage:
    return GuidedPackage(
        **dict(package_hit(hit)),
        eligible_cost_yen=hit.eligible_cost_yen,
        solves=[found.troubles.items[place].code for place in ranked.solves],
        covers=list(ranked.covers),
        leaves=[code for code in found.troubles.functions if code not in ranked.covers],
    )


def _unsolved(each: Unsolved) -> UnsolvedTrouble:
    return UnsolvedTrouble(
        code=each.trouble.code,
        label=say(each.trouble.label),
        reason=each.why,
        says=say(why(each)),
        least_own_cost_yen=each.least_yen,
    )
