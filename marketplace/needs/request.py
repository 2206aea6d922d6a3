"""What a business says it needs, checked: functions it needs and has, industry, people, budget. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from catalogue.vocabulary import ALL_INDUSTRIES, Masters
from marketplace.subsidy.eligibility import MOST_EMPLOYEES
from marketplace.subsidy.lines import MOST_YEN, whole
from tenants.errors import BadInput, Finding
from tenants.text import Text

MOST_FUNCTIONS: Final = 50
_NAMED: Final = 5  # of many unknown codes only so many are named


@dataclass(frozen=True, slots=True)
class Needs:
    """What is needed. functions, have: codes in the master's order; none is in both.

    industry: a target industry's code; None when not said, and then packages restricted to industries are left out.
    employees: regular employees, None when not said. budget_yen: the most that the whole set may cost after the
    subsidy. can_apply: False for a business that has applied already, which pays everything in full.
    own_industry: only packages whose vendor names this industry, or all, as its target.
    """

    functions: tuple[str, ...]
    have: tuple[str, ...] = ()
    industry: str | None = None
    employees: int | None = None
    budget_yen: int | None = None
    can_apply: bool = True
    own_industry: bool = False


def checked(
    masters: Masters,
    functions: Iterable[str],
    *,
    have: Iterable[str] = (),
    industry: str | None = None,
    employees: int | None = None,
    budget_yen: int | None = None,
    can_apply: bool = True,
    own_industry: bool = False,
) -> Needs:
    """The needs, codes in any width or case. Raises BadInput, one finding for each fault with its field."""
    needed, owned = list(dict.fromkeys(functions)), list(dict.fromkeys(have))
    faults = [
        *function_faults("functions", needed, masters),
        *function_faults("have", owned, masters),
        *business_faults(masters, industry=industry, employees=employees, budget_yen=budget_yen),
    ]
    if own_industry and not industry:
        faults.append(_whose_industry())
    wanted = tuple(row.code for row in masters.functions_of(needed[:MOST_FUNCTIONS]))
    there = tuple(row.code for row in masters.functions_of(owned[:MOST_FUNCTIONS]))
    if not needed:
        faults.append(_nothing_needed())
    faults += [_both(masters, code) for code in wanted if code in there]
    if faults:
        raise BadInput(*faults)
    found = masters.industry(industry) if industry else None
    return Needs(wanted, there, found.code if found else None, employees, budget_yen, can_apply, own_industry)


def business_faults(
    masters: Masters, *, industry: str | None = None, employees: int | None = None, budget_yen: int | None = None
) -> list[Finding]:
    """What is wrong with what a business tells of itself, None where it tells nothing; each names its field."""
    return [
        *_industry_faults(industry, masters),
        *_number_faults("employees", employees, 0, MOST_EMPLOYEES),
        *_number_faults("budget_yen", budget_yen, 1, MOST_YEN),
    ]


def function_faults(field: str, codes: Sequence[str], masters: Masters) -> list[Finding]:
    """Too many functions, or such as do not exist."""
    if len(codes) > MOST_FUNCTIONS:
        return [
            Finding(
                "too_many_functions",
                Text(
                    f"機能は{MOST_FUNCTIONS}個までです（{len(codes)}個）。", f"At most {MOST_FUNCTIONS} functions."
                ),
                Text("機能を減らしてください。", "Give fewer functions."),
                field,
            )
        ]
    unknown = [code for code in codes if masters.function(code) is None]
    known = ", ".join(row.code for row in masters.functions)
    return [
        Finding(
            "unknown_function",
            Text(f"「{code[:40]}」という機能はありません。", f"There is no function {code[:40]!r}."),
            Text(f"使える機能：{known}", f"Possible functions: {known}"),
            field,
        )
        for code in unknown[:_NAMED]
    ]


def _industry_faults(industry: str | None, masters: Masters) -> list[Finding]:
    found = masters.industry(industry) if industry else None
    if not industry or (found is not None and found.code != ALL_INDUSTRIES):
        return []
    known = ", ".join(row.code for row in masters.industries if row.code != ALL_INDUSTRIES)
    return [
        Finding(
            "unknown_industry",
            Text(f"「{industry[:40]}」という業種はありません。", f"There is no industry {industry[:40]!r}."),
            Text(f"使える業種：{known}", f"Possible industries: {known}"),
            "industry",
        )
    ]


def _number_faults(field: str, value: int | None, least: int, most: int) -> list[Finding]:
    if value is None or whole(value, least, most):
        return []
    return [
        Finding(
            "number_out_of_range",
            Text(
                f"{least:,}から{most:,}までの整数ではありません。",
                f"Not a whole number from {least:,} to {most:,}.",
            ),
            Text("整数で入力するか、空のままにしてください。", "Give a whole number, or leave it out."),
            field,
        )
    ]


def _whose_industry() -> Finding:
    return Finding(
        "industry_not_said",
        Text(
            "業種を選ばないと、自分の業種向けのITツールだけで計算することはできません。",
            "Only tools made for one's industry: of which industry was not said.",
        ),
        Text("業種を選んでください。", "Choose an industry."),
        "industry",
    )


def _nothing_needed() -> Finding:
    return Finding(
        "nothing_needed",
        Text("必要な機能が選ばれていません。", "No function is needed."),
        Text("必要な機能を1つ以上選んでください。", "Choose at least one function."),
        "functions",
    )


def _both(masters: Masters, code: str) -> Finding:
    row = masters.function(code)
    name = row.name if row else Text(code, code)
    return Finding(
        "needed_and_had",
        Text(
            f"「{name.ja}」が、必要な機能とすでにある機能の両方にあります。",
            f"{name.en} is both needed and there.",
        ),
        Text("どちらか一方にしてください。", "Keep it in one of the two."),
        "have",
    )
