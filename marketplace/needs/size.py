"""What an industry and a number of people say of a business: whether it may apply by its people, and its size. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from marketplace.subsidy.class_table import EligibilityRules
from marketplace.subsidy.classes import IndustryChoice, industry_choices
from marketplace.subsidy.eligibility import Applicant, check
from marketplace.subsidy.parts import BusinessSize
from tenants.text import Text


@dataclass(frozen=True, slots=True)
class PeopleHint:
    """What the number of people alone tells. by_people: enough to be a small or medium business, whatever the capital;
    None: in some lines of the industry only; False: the capital decides. size: small only where it is in each line.
    """

    by_people: bool | None
    size: BusinessSize
    message: Text


def hint(industry: str | None, employees: int | None, rules: EligibilityRules) -> PeopleHint | None:
    """The hint for a target industry (None: not said); None without a number of people."""
    if employees is None:
        return None
    answers = [
        # A sole proprietor has no capital, so that people alone decide.
        check(Applicant("sole_proprietor", employees, jsic=choice.jsic), rules)
        for choice in _lines_of(industry)
    ]
    passed = {rule.passed for answer in answers for rule in answer.rules if rule.code == "size"}
    by_people = next(iter(passed)) if len(passed) == 1 else None
    small = all(answer.business_size == "small" for answer in answers)
    return PeopleHint(by_people, "small" if small else "sme", _message(by_people=by_people, small=small))


def _lines_of(industry: str | None) -> Iterable[IndustryChoice]:
    choices = industry_choices()
    return [choice for choice in choices if choice.industry == industry] or choices


def _message(*, by_people: bool | None, small: bool) -> Text:
    if by_people:
        ja, en = (
            "人数からみて、中小企業・小規模事業者として申請できる見込みです。",
            "By its people this business may apply.",
        )
        if small:
            ja += "小規模事業者にあたります。"
            en += " It counts as a small business."
        return Text(ja, en)
    if by_people is None:
        return Text(
            "申請できる人数の上限は、くわしい業種によって違います。質問に答えると確かめられます。",
            "How many people a business that applies may have differs within this industry; the check tells more.",
        )
    return Text(
        "申請できる人数の上限を超えています。ただし会社なら、資本金が基準以下であれば申請できます。",
        "There are more people than a business that applies may have; a company may still apply if its capital is low enough.",
    )
