"""What the API takes in: pydantic models. Money is whole yen without consumption tax."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from catalogue.imports.rows import MOST_QUANTITY
from marketplace.needs.request import MOST_FUNCTIONS
from marketplace.subsidy.eligibility import MOST_EMPLOYEES, Applicant
from marketplace.subsidy.lines import MOST_ACCOUNTS, MOST_COUNT, MOST_LINES, MOST_MONTHS, MOST_YEN, CostLine
from search.guided import MOST_CHOSEN
from search.troubles import MOST_CHARACTERS

Yen = Annotated[int, Field(ge=0, le=MOST_YEN, description="Whole yen, consumption tax excluded.")]
Percent = Annotated[
    int,
    Field(ge=0, le=100, description="Whole percent, rounded up: two thirds (66.67) is 67."),
]
SomeYen = Annotated[int, Field(ge=1, le=MOST_YEN)]
FunctionCode = Annotated[str, Field(min_length=1, max_length=40)]
IndustryCode = Annotated[str, Field(min_length=1, max_length=40)]
SchemeId = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
_WHICH_SCHEME = "A scheme's id, as GET /schemes lists them; by default the one in use."
ProblemCode = Annotated[str, Field(min_length=1, max_length=40)]
ConditionCode = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,40}$")]
ApplicantKind = Literal[
    "company", "sole_proprietor", "union", "medical_corporation", "social_welfare_corporation", "npo"
]
Quantity = Annotated[int, Field(ge=0, le=MOST_QUANTITY)]
PACKAGE_CODE = r"^[A-Za-z0-9_-]{1,40}$"


ProductCode = Annotated[str, Field(pattern=PACKAGE_CODE)]


class Strict(BaseModel):
    """No unknown keys, no strings for numbers, nothing rounded."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ApplicantBody(Strict):
    """Who asks. Nothing of it is stored."""

    kind: ApplicantKind = Field(description="The legal form.")
    jsic: str | None = Field(
        default=None,
        max_length=20,
        description="Japan Standard Industrial Classification: a division, two digits or finer, e.g. M, M76, 391. "
        "Of four digits the first three are checked and counted by; the fourth only where a rule names the class. "
        "Required for companies and sole proprietors.",
    )
    capital_yen: Yen | None = Field(default=None, description="Stated capital; null for none, or not known.")
    employees: int = Field(
        ge=0, le=MOST_EMPLOYEES, description="Regular employees, without officers and the proprietor."
    )
    domestic: bool = Field(default=True, description="Head office and place of business are in Japan.")
    largest_large_firm_share: Percent = Field(
        default=0, description="Share held by the one large firm that holds most, whole percent rounded up."
    )
    large_firms_share: Percent = Field(
        default=0, description="Share held by all large firms together, whole percent rounded up."
    )
    large_firm_officers_share: Percent = Field(
        default=0, description="Officers who are a large firm's people, whole percent rounded up."
    )
    already_applied: bool = Field(default=False, description="The business has already applied to this scheme.")

    def applicant(self, conditions: Mapping[str, bool]) -> Applicant:
        """The domain's applicant. conditions: its answers to the scheme's questions."""
        return Applicant(**self.model_dump(), conditions=conditions)


class AccountsBody(Strict):
    """How many accounts of a shared tool there are."""

    ours: int = Field(ge=0, le=MOST_ACCOUNTS, description="Used by small and medium businesses.")
    every: int = Field(ge=1, le=MOST_ACCOUNTS, description="All accounts.")

    def pair(self) -> tuple[int, int]:
        """(used by small and medium businesses, all)."""
        return self.ours, self.every


class LineBody(Strict):
    """One line of a price."""

    kind: str = Field(
        min_length=1, max_length=40, description="A cost kind of the scheme, e.g. software, cloud, hardware."
    )
    amount_yen: Yen = Field(description="The whole line in yen, consumption tax excluded.")
    months: int | None = Field(
        default=None,
        ge=1,
        le=MOST_MONTHS,
        description="How many months amount_yen covers; null when it is not a period's fee.",
    )
    label: str = Field(default="", max_length=120, description="Comes back with the line's answer.")
    accounts: AccountsBody | None = Field(
        default=None, description="For a tool shared with others, where the scheme counts a part by its accounts."
    )

    def line(self) -> CostLine:
        """The domain's cost line."""
        accounts = self.accounts.pair() if self.accounts else None
        return CostLine(self.kind, self.amount_yen, self.months, self.label, accounts)


class FactsBody(Strict):
    """Under which scheme, for whom, and what the package covers."""

    scheme: SchemeId | None = Field(default=None, description=_WHICH_SCHEME)
    applicant: ApplicantBody | None = Field(
        default=None,
        description="Decides the size of business (sme, or small), which some schemes' rates depend on. An applicant "
        "who is not eligible gets its figures all the same; an estimate's `eligibility` says so.",
    )
    size: Literal["sme", "small"] | None = Field(
        default=None, description="The size of business where no applicant is given; without both it is sme."
    )
    functions: list[FunctionCode] | None = Field(
        default=None, max_length=100, description="Core function codes that the lines cover, e.g. F1, M3, B5."
    )
    processes: int | None = Field(
        default=None,
        ge=0,
        le=MOST_COUNT,
        description="Business processes, for schemes that count them; by default the number of functions.",
    )
    conditions: dict[ConditionCode, bool] = Field(
        default={},
        max_length=20,
        description="The applicant's answers to the scheme's conditions, as GET /schemes lists them, by code.",
    )


class EstimateBody(FactsBody):
    """Either a published package's code, or lines with the functions they cover."""

    package: str | None = Field(
        default=None,
        pattern=PACKAGE_CODE,
        description="Code of a published package. Excludes lines and functions.",
    )
    quantities: dict[ProductCode, Quantity] | None = Field(
        default=None,
        max_length=MOST_LINES,
        description="With a package: other quantities, by product code. What is not there stays as published; 0 leaves "
        "out a service that brings no function.",
    )
    lines: list[LineBody] | None = Field(
        default=None, min_length=1, max_length=MOST_LINES, description="The lines of the price."
    )
    granted_yen: Yen | None = Field(
        default=None,
        description="The amount granted earlier: makes the answer a confirmation of actual cost, "
        "min(actual eligible cost x rate, granted).",
    )


class PriceBody(FactsBody):
    """Which price of one line: the smallest for a subsidy (`subsidy_yen`), or that of least own cost (`from_yen`)."""

    kind: str = Field(min_length=1, max_length=40, description="The cost kind whose price is looked for.")
    months: int | None = Field(default=None, ge=1, le=MOST_MONTHS, description="How many months the price covers.")
    accounts: AccountsBody | None = Field(default=None, description="For a tool shared with others.")
    lines: list[LineBody] = Field(default=[], max_length=MOST_LINES - 1, description="Lines beside it.")
    subsidy_yen: SomeYen | None = Field(
        default=None, description="Asks for the smallest price that brings at least this subsidy."
    )
    from_yen: Yen | None = Field(
        default=None, description="Asks for the price, from here up, at which the own cost is least."
    )
    to_yen: Yen | None = Field(default=None, description="With from_yen: the highest price that is looked at.")


class NeedsBody(Strict):
    """What is needed, for whom, for how much."""

    functions: list[FunctionCode] = Field(
        min_length=1, max_length=MOST_FUNCTIONS, description="Core function codes that are needed."
    )
    have: list[FunctionCode] = Field(
        default=[],
        max_length=MOST_FUNCTIONS,
        description="Functions that are there already; none of those needed.",
    )
    industry: IndustryCode | None = Field(
        default=None,
        description="A target industry's code, e.g. restaurants. Without it packages restricted to industries are left "
        "out.",
    )
    employees: int | None = Field(
        default=None, ge=0, le=MOST_EMPLOYEES, description="Regular employees; decides the size of business."
    )
    budget_yen: SomeYen | None = Field(
        default=None, description="The most that the whole set may cost after the subsidy, in the first year."
    )
    can_apply: bool = Field(
        default=True, description="false for a business that has applied already: everything is paid in full."
    )
    own_industry: bool = Field(
        default=False,
        description="Only packages whose vendor names this industry, or all, as the target. Needs an industry.",
    )


class FindBody(Strict):
    """What troubles a business: a text, or problems and functions that were chosen instead; one of them is needed."""

    text: str = Field(
        default="",
        max_length=MOST_CHARACTERS,
        description="In the business's own words, in Japanese. An amount (30万円まで) is read as the budget, unless one is "
        "given; in 「」 it is mere words.",
    )
    problems: list[ProblemCode] = Field(
        default=[], max_length=MOST_CHOSEN, description="Codes of GET /problems, instead of what the text means."
    )
    functions: list[FunctionCode] = Field(
        default=[], max_length=MOST_CHOSEN, description="Core function codes, instead of what the text means."
    )
    industry: IndustryCode | None = Field(
        default=None,
        description="A target industry's code: only packages made for it, or for all. Without it those restricted to "
        "industries are left out.",
    )
    employees: int | None = Field(
        default=None, ge=0, le=MOST_EMPLOYEES, description="Regular employees; decides the size of business."
    )
    budget_yen: SomeYen | None = Field(
        default=None, description="The most that one package may cost after the subsidy."
    )


class EligibilityBody(Strict):
    """Who asks, for which scheme."""

    scheme: SchemeId | None = Field(default=None, description=_WHICH_SCHEME)
    applicant: ApplicantBody = Field(description="The business that asks.")
    conditions: dict[ConditionCode, bool] = Field(
        default={},
        max_length=20,
        description="Its answers to the scheme's conditions, as GET /schemes lists them, by code. One that is required "
        "and not answered makes the result needs_papers.",
    )
