"""Who buys: what a business tells of itself, and what it has registered where it is signed in."""

from __future__ import annotations

from marketplace import pricing
from marketplace.applicants import Profile, readers_profile
from marketplace.needs import size
from marketplace.needs.offers import Buyer
from marketplace.needs.size import PeopleHint
from marketplace.subsidy.eligibility import rules_for
from marketplace.subsidy.scheme import Scheme


def buyer_of(
    scheme: Scheme,
    industry: str | None,
    employees: int | None,
    *,
    can_apply: bool = True,
    own_industry: bool = False,
) -> tuple[Buyer, PeopleHint | None]:
    """Who buys under this scheme, and what the number of people tells (None when it is not told).

    Figures are by what the reader has registered, as everywhere else, unless another size of business is told here.
    """
    people = size.hint(industry, employees, rules_for(scheme))
    facts = _facts(readers_profile(), industry, employees, people)
    return Buyer(scheme, facts, industry, can_apply, own_industry), people


def _facts(
    saved: Profile | None, industry: str | None, employees: int | None, people: PeopleHint | None
) -> pricing.Facts:
    if saved is None:
        return pricing.Told(people.size if people else "sme")
    registered = employees == saved.statement.employees and industry in (None, saved.industry)
    return saved if people is None or registered else pricing.Told(people.size, saved.conditions)
