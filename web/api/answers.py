"""What the API answers: pydantic models that build every answer and document it, so the two cannot differ.

Money is whole yen without consumption tax; labels and sentences are in the caller's language.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

EffectName = Literal["hours", "productivity", "people", "basis"]
TraitKind = Literal["deployment", "requirement", "language", "certification", "support", "area"]
Yen = Annotated[int, Field(ge=0, description="Whole yen, consumption tax excluded.")]


class Answer(BaseModel):
    """What every answer shares."""

    model_config = ConfigDict(frozen=True, strict=True)


class Vendor(Answer):
    """The company that offers a package (IT導入支援事業者)."""

    number: str = Field(description="Corporate number, 13 digits.")
    name: str
    prefecture: str


class PackageHit(Answer):
    """A package in a list of results. Figures are for the programme's current scheme and an sme."""

    code: str
    name: str
    description: str
    vendor: Vendor
    functions: list[str] = Field(description="Core function codes.")
    categories: list[str]
    industries: list[str] = Field(description='Industry codes, or "all".')
    total_yen: Yen
    subsidy_yen: Yen
    own_cost_yen: Yen = Field(description="total_yen - subsidy_yen.")
    second_year_yen: Yen = Field(description="What falls due again in the second year.")
    second_year_incomplete: bool = Field(description="A renewal price is not known.")
    fundable: bool
    published_at: datetime


class FoundPackage(PackageHit):
    """A package that was found by words, with where it has them."""

    matched_in: list[
        Literal[
            "name",
            "function_words",
            "products",
            "industry_names",
            "description",
            "vendor_name",
            "prefecture",
            "vendor_number",
            "code",
        ]
    ] = Field(
        description="Where the words were found, in one of their spellings: prefecture is the vendor's, function_words "
        "and industry_names are also what people call them. Empty without words."
    )


class FacetValue(Answer):
    """A value one may filter by, with how many results it would give."""

    value: str
    label: str
    count: int


class Facets(Answer):
    """The filters, each value counted as if its own filter were not set (bands: nor the range of their amount)."""

    category: list[FacetValue]
    function: list[FacetValue]
    industry: list[FacetValue]
    area: list[FacetValue] = Field(description="Prefectures served; what is offered nationwide counts in each.")
    vendor: list[FacetValue] = Field(
        description="Those asked for and those with most results; vendors_total says how many there are."
    )
    prefecture: list[FacetValue]
    price_band: list[FacetValue]
    own_cost_band: list[FacetValue] = Field(description="How own costs spread; filter by own_cost_min and _max.")
    second_year_band: list[FacetValue] = Field(
        description="How second-year costs spread; filter by second_year_min and _max."
    )
    fundable: list[FacetValue]
    deployment: list[FacetValue]
    language: list[FacetValue]
    certification: list[FacetValue]
    support: list[FacetValue]


class WidenedWord(Answer):
    """A word that was also searched as others."""

    word: str
    texts: list[str]


class SearchPage(Answer):
    """One page of results."""

    items: list[FoundPackage]
    total: int = Field(description="How many packages were found in all.")
    page: int
    per_page: int
    pages: int
    sort: str = Field(description="The order of the results, one of the values of the parameter sort.")
    read_as: str = Field(
        description="What of the words was read instead of being searched: amounts (10万円以下) as limits, which replace "
        "those of the same figure in the address, and wishes such as 安い (cheap) as the order. What stands in 「」 is "
        "searched as words. Empty where nothing was read so."
    )
    stage: Literal["all", "exact", "widened", "reading", "corrected", "similar", "any", "none"] = Field(
        description="How closely the words were matched: all (no words given), exact, widened (a synonym counts too), "
        "reading (same sound), corrected (spelt almost the same), similar, any (one of the words), none."
    )
    widened: list[WidenedWord] = Field(
        description="Which words were also searched as which others, each word once. Of a sentence one entry: word is "
        "all that was read of it, texts name what it was taken to be about."
    )
    nowhere: list[str] = Field(
        description="Parts of the words, where they are a name rather than a sentence, that no package has; what was "
        "found has others."
    )
    did_you_mean: str = Field(description="The words as probably meant, when nothing has them; empty otherwise.")
    degraded: bool = Field(
        description="The index does not answer: only names and codes were looked up, filters were not applied."
    )
    facets: Facets
    vendors_total: int = Field(
        description="How many vendors have any result, under all filters but the vendor's own. facets.vendor lists "
        "those with most; any other can be asked for by the parameter vendor, and its number found by name with "
        "/api/v1/suggestions?kind=vendor."
    )


class Suggestion(Answer):
    """Something that may be meant."""

    kind: Literal["function", "problem", "package", "vendor"]
    label: str = Field(description="As it is shown.")
    code: str = Field(description="The function's, problem's or package's code, or the vendor's number.")
    href: str = Field(description="Where it leads on this site.")


class Suggestions(Answer):
    """What the typed characters may become, at most eight."""

    suggestions: list[Suggestion]


class PackageItem(Answer):
    """A product in a package, with its line of the price."""

    product_code: str
    name: str
    name_kana: str
    description: str
    functions: list[str]
    cost_kind: str
    billing_period: str = Field(description="once, monthly, yearly or first_year.")
    billing_unit: str
    unit_price_yen: Yen
    quantity: int
    months: int | None = Field(description="How many months amount_yen covers; null when it is no period's fee.")
    amount_yen: Yen


class PublicationFacts(Answer):
    """Which immutable publication this is."""

    number: int
    hash: str = Field(description="SHA-256 of the published content.")
    published_at: datetime


class LineResult(Answer):
    """What became of one line, and why."""

    label: str
    kind: str
    kind_label: str
    amount_yen: Yen
    counted_yen: Yen = Field(description="How much of it counts; 0 for a kind that is not eligible.")
    cut_yen: Yen = Field(description="What of it does not count: amount_yen - counted_yen.")
    months_counted: int | None
    rate: str | None = Field(
        description='"2/3"; "3/4, 2/3" where two bands were reached; null when nothing counts.'
    )
    reason: str
    clause: str = Field(description="Where the rule stands.")


class LimitApplied(Answer):
    """A floor, cap or cut that was applied to the subsidy."""

    code: str = Field(description="band, segment_cap, count_missing, rounding, cap, floor or granted.")
    before_yen: Yen
    after_yen: Yen
    reason: str
    clause: str


class WayUp(Answer):
    """What would raise the subsidy."""

    code: str = Field(description="reach_floor, reach_cap or next_tier.")
    extra_eligible_yen: Yen
    subsidy_yen: Yen
    message: str


class FindingAnswer(Answer):
    """One thing that is wrong, where, and how to mend it."""

    column: str | None = Field(description="The field, parameter or header it is about.")
    code: str
    message: str
    remedy: str


class Rule(Answer):
    """One rule of eligibility."""

    code: str
    passed: bool | None = Field(description="null: papers have to show it.")
    message: str
    clause: str


class EligibilityAnswer(Answer):
    """Whether a business may apply, rule by rule."""

    result: Literal["eligible", "not_eligible", "needs_papers"]
    size_class: str | None
    size_class_label: str | None
    business_size: Literal["sme", "small"]
    rules: list[Rule]
    rules_version: str


class ConditionAnswer(Answer):
    """What the edition asks of the applicant or of the package."""

    code: str
    about: Literal["applicant", "package"]
    question: str
    required: bool = Field(description="Without it nothing can be granted; otherwise it opens a higher rate.")
    met: bool | None = Field(
        description="As answered in the request. null: not answered; what is required is then taken as met, what "
        "raises a rate is not."
    )
    clause: str


class EstimateAnswer(Answer):
    """What is granted, and why."""

    scheme: str
    scheme_version: int
    fundable: bool
    total_yen: Yen
    eligible_cost_yen: Yen
    subsidy_yen: Yen
    own_cost_yen: Yen = Field(description="total_yen - subsidy_yen.")
    lines: list[LineResult]
    limits: list[LimitApplied]
    conditions: list[ConditionAnswer]
    raises: list[WayUp]
    findings: list[FindingAnswer] = Field(description="Why nothing can be granted, with what to do.")


class EstimateForApplicant(EstimateAnswer):
    """The estimate; with whether the applicant may apply, when one was given."""

    eligibility: EligibilityAnswer | None = Field(
        description="null when no applicant was given. The figures stand even if the result is not_eligible."
    )


class PriceAnswer(Answer):
    """A price of the line asked for, with the numbers of all lines together."""

    scheme: str
    scheme_version: int
    price_yen: Yen
    total_yen: Yen
    eligible_cost_yen: Yen
    subsidy_yen: Yen
    own_cost_yen: Yen
    reason: str


class PackageAnswer(Answer):
    """One published package, with its estimate under the current scheme for an sme."""

    code: str
    name: str
    description: str
    vendor: Vendor
    industries: list[str] = Field(description='Industry codes, or "all".')
    restricted: bool = Field(description="Covers one category only, so only these industries may buy it.")
    functions: list[str]
    categories: list[str]
    cloud_months: int = Field(description="Months of cloud fees in the price.")
    items: list[PackageItem]
    traits: dict[TraitKind, list[str]] = Field(
        default={},
        description="What its vendor says it is like: kind to codes of the master data. Areas are prefectures, or "
        '"all". Of what nothing is said there is no kind.',
    )
    effect: dict[EffectName, int | str] = Field(
        default={},
        description="What its vendor claims it does to the work, which nobody has tested: hours saved a month by all "
        "people together, productivity in percent, people of the business that both are for, and the basis. Empty when "
        "nothing is claimed.",
    )
    total_yen: Yen
    second_year_yen: Yen
    second_year_incomplete: bool
    masters: dict[str, int] = Field(description="The versions of the master data it was judged with.")
    publication: PublicationFacts
    estimate: EstimateAnswer


class ComparedPackage(Answer):
    """One column of a comparison."""

    code: str
    name: str
    vendor: Vendor
    estimate: EstimateAnswer
    cost_by_year_yen: list[int] = Field(description="Own cost of the first year, then what falls due each year.")
    three_years_yen: int
    three_years_complete: bool = Field(description="False: renewal prices are missing; it may be more.")


class ComparedFact(Answer):
    """One fact of every package: values in the packages' order, whole yen where they are numbers."""

    key: str
    label: str
    values: list[int | str | None]
    differs: bool
    best: list[int] = Field(description="Positions of the best value by the rule; empty when there is none.")
    rule: str | None = Field(description="What best means.")


class ComparedGroup(Answer):
    """Facts of one subject: money, a category's functions, use, vendor."""

    key: str
    label: str
    note: str | None = Field(description="What holds for all of its rows: on which days money flows.")
    rows: list[ComparedFact]


class ComparedUnder(Answer):
    """The scheme whose version the estimates follow."""

    id: str
    version: int


class Comparison(Answer):
    """Up to six packages side by side, in the order asked for; a pinned one first."""

    scheme: ComparedUnder
    in_use: ComparedUnder = Field(
        description="The scheme in use now: another one only where the address named one."
    )
    packages: list[ComparedPackage]
    groups: list[ComparedGroup]
    unknown: list[str] = Field(description="Codes under which nothing is published now.")
    pinned: str | None = Field(description="The code that was asked to stand first.")


class Problem(Answer):
    """An RFC 9457 problem."""

    type: str = Field(description="Address of the code's explanation, or about:blank.")
    title: str
    status: int
    instance: str
    errors: list[FindingAnswer] = Field(description="Every fault found, each with its place and remedy.")
    detail: str | None = Field(default=None, description="The first fault's message.")
    code: str | None = Field(default=None, description="The first fault's code.")


class Alive(Answer):
    """The process answers."""

    status: Literal["ok"]


class Readiness(Answer):
    """Whether requests can be served. Without the search index they can, more simply."""

    status: Literal["ok", "unavailable"]
    database: Literal["ok", "unreachable"]
    search: str = Field(
        description="ok, late (changes wait for more than two minutes), or what is wrong with the index."
    )
    search_waiting: int | None = Field(
        description="Packages that changed and are not in the index yet; null without the database."
    )
    search_set_aside: int | None = Field(
        description="Packages whose documents the index does not take; null without the database."
    )
