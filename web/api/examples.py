"""Examples of the documentation, made by the very code that answers: their figures cannot be out of date."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

from catalogue.problems import Problem
from catalogue.publications import Published
from catalogue.snapshots import digest
from catalogue.vocabulary_files import read_default_masters
from marketplace import comparison, pricing
from marketplace.announcement_queries import AnnouncementView
from marketplace.briefings.queries import BriefingView
from marketplace.comparison_rows import Column, side_by_side
from marketplace.needs.offers import Buyer
from marketplace.needs.ranking import Ranked, Ranking
from marketplace.needs.request import Needs
from marketplace.needs.service import BEST, Advice, Answer, Part
from marketplace.outlay import outlay
from marketplace.subsidy.eligibility import Applicant, check, rules_for
from marketplace.subsidy.engine import CostLine, estimate
from marketplace.subsidy.inverse import Asked, least_own_cost
from marketplace.subsidy.scheme import shipped_schemes
from marketplace.today import Money
from search.finding import Trouble, Troubles
from search.guided import Guided, checked
from search.queries import PackageHit
from search.suggestions import Suggestion
from tenants.paging import Page
from tenants.text import Text, same
from web.api import answers, scheme_answers, told_answers, views
from web.api.guided import GuidedAnswer, KnownProblems, guided_answer, known_problems
from web.api.needs import NeedsAnswer
from web.api.needs import needs_answer as told

PACKAGE_CODE: Final = "EX-1"
APPLICANT: Final[dict[str, Any]] = {
    "kind": "company",
    "jsic": "M76",
    "capital_yen": 3_000_000,
    "employees": 4,
}
LINES: Final[list[dict[str, Any]]] = [
    {"kind": "software", "amount_yen": 300_001},
    {"kind": "cloud", "amount_yen": 240_000, "months": 24},
    {"kind": "hardware", "amount_yen": 128_000},
]
FUNCTIONS: Final = ["F4", "B1"]
ESTIMATE: Final[dict[str, Any]] = {
    "scheme": "2017",
    "applicant": APPLICANT,
    "functions": FUNCTIONS,
    "lines": LINES,
}
ESTIMATE_OF_PACKAGE: Final[dict[str, Any]] = {"scheme": "2017", "package": PACKAGE_CODE}
PRICE: Final[dict[str, Any]] = {"scheme": "2017", "functions": FUNCTIONS, "kind": "software", "from_yen": 250_000}
PRICE_FOR: Final[dict[str, Any]] = {"scheme": "2017", "kind": "software", "subsidy_yen": 500_000}
NEEDS: Final[dict[str, Any]] = {
    "functions": ["B1", "B4"],
    "have": ["F4"],
    "industry": "restaurants",
    "employees": 4,
    "budget_yen": 300_000,
}
FIND: Final[dict[str, Any]] = {
    "text": "シフトを組むのが大変、予算は30万円まで",
    "industry": "restaurants",
    "employees": 4,
}
FIND_CHOSEN: Final[dict[str, Any]] = {"problems": ["shift_making"], "budget_yen": 300_000}
ELIGIBILITY: Final[dict[str, Any]] = {"scheme": "2017", "applicant": APPLICANT}


def _item(code: str, name: str, functions: list[str], kind: str, yen: int) -> dict[str, Any]:
    yearly = kind == "cloud"
    return {
        "product_code": code,
        "name": name,
        "name_kana": "",
        "description": "",
        "functions": functions,
        "cost_kind": kind,
        "billing_period": "yearly" if yearly else "once",
        "billing_unit": "式",
        "unit_price_yen": yen,
        "quantity": 1,
        "months": 12 if yearly else None,
        "amount_yen": yen,
    }


_CONTENT: Final[dict[str, Any]] = {
    "code": PACKAGE_CODE,
    "name": "会計と勤怠のパッケージ",
    "description": "日々の仕訳と勤怠の集計を、ひとつにまとめます。",
    "vendor": {"number": "7999900000101", "name": "株式会社みほん", "prefecture": "東京都"},
    "industries": ["all"],
    "restricted": False,
    "functions": ["M6", "B1", "B4"],
    "categories": ["middle", "back_office"],
    "cloud_months": 12,
    "effect": {"hours": 40, "people": 10, "basis": "導入した12社の平均（自社調べ）"},
    "traits": {
        "deployment": ["cloud"],
        "requirement": ["browser", "internet"],
        "language": ["ja"],
        "support": ["weekdays"],
        "area": ["all"],
    },
    "items": [
        _item("EX-A", "みほん会計", ["B1"], "cloud", 96_000),
        _item("EX-B", "みほん勤怠", ["M6", "B4"], "cloud", 72_000),
        _item("EX-C", "導入設定", [], "setup", 200_000),
    ],
    "total_yen": 368_000,
    "second_year_yen": 168_000,
    "second_year_incomplete": False,
    "masters": {"core_functions": 1, "industries": 1, "cost_kinds": 1, "productivity_index": 1, "traits": 2},
}
_PUBLISHED: Final = Published(
    uuid.UUID(int=0),
    1,
    "package",
    PACKAGE_CODE,
    uuid.UUID(int=0),
    _CONTENT,
    digest(_CONTENT),
    datetime(2017, 4, 3, tzinfo=UTC),
)


def needs_answer() -> NeedsAnswer:
    """What NEEDS is answered with, were the package the only one."""
    figures = pricing.figures_of_package(_CONTENT, shipped_schemes().get("2017"))
    part = Part.of(_PUBLISHED, figures, covers=("B1", "B4"), made_for=True, subsidised=True)
    best = Answer((part,), ("B1", "B4"), (), ("M6",), 0, BEST, proven=True)
    return told(Advice(Needs(("B1", "B4")), (best,), True, (), (), None, True, 0, 1, 1, 0, None))  # noqa: FBT003


def guided_example() -> GuidedAnswer:
    """What FIND is answered with, were the package the only one."""
    scheme, asked = shipped_schemes().get("2017"), checked(read_default_masters(), **FIND)
    problem = Problem("shift_making", "シフトを組むのが大変", ("M6",), ("シフト",), (), (), "")
    trouble = Trouble(problem.code, same(problem.sentence), problem.functions, problem=True, by=problem.words)
    figures = pricing.figures_of_package(_CONTENT, scheme)
    money = Money(figures, outlay(_CONTENT, figures, rounds=(), at=_PUBLISHED.published_at))
    ranking = Ranking((Ranked(_PUBLISHED, (0,), ("M6",)),), 1, (figures.own_cost_yen,))
    found = Guided(Troubles((trouble,), ()), Buyer(scheme), None, ranking, ())
    return guided_answer(asked, found, (PackageHit.of(_PUBLISHED, money),))


def problems_answer() -> KnownProblems:
    """One problem."""
    known = ("timecards", "タイムカードの集計に手間がかかる", ("B4",))
    return known_problems(1, [Problem(*known, ("タイムカード", "勤怠"), ("勤怠の集計に時間がかかる",), (), "")])


def estimate_answer() -> answers.EstimateForApplicant:
    """What ESTIMATE is answered with."""
    scheme = shipped_schemes().get("2017")
    checked = check(Applicant(**APPLICANT), rules_for(scheme))
    lines = [CostLine(each["kind"], each["amount_yen"], each.get("months")) for each in LINES]
    result = estimate(scheme, lines, functions=FUNCTIONS, size=checked.business_size)
    return views.estimate(result, checked)


def price_answer() -> answers.PriceAnswer:
    """What PRICE is answered with."""
    scheme = shipped_schemes().get("2017")
    found = least_own_cost(Asked(scheme, PRICE["kind"], functions=FUNCTIONS), PRICE["from_yen"])
    return answers.PriceAnswer.model_validate(
        {"scheme": scheme.id, "scheme_version": scheme.version, **found.as_json("ja")}
    )


def eligibility_answer() -> answers.EligibilityAnswer:
    """What ELIGIBILITY is answered with."""
    return views.eligibility(check(Applicant(**APPLICANT), rules_for(shipped_schemes().get("2017"))))


def package_answer() -> answers.PackageAnswer:
    """A package as it is published, with its estimate."""
    return views.package(_PUBLISHED, pricing.estimate_package(_CONTENT, shipped_schemes().get("2017")))


def comparison_answer() -> answers.Comparison:
    """One package "side by side"."""
    scheme = shipped_schemes().get("2017")
    made = pricing.estimate_package(_CONTENT, scheme)
    column = Column(_PUBLISHED, made, outlay(_CONTENT, made, rounds=(), at=_PUBLISHED.published_at))
    groups = side_by_side((column,), read_default_masters())
    return views.comparison(comparison.Comparison((column,), groups, (), (), scheme=scheme, present=scheme))


def search_answer() -> answers.SearchPage:
    """A page of results that holds the package."""
    shown = package_answer()
    hit = answers.FoundPackage.model_validate(
        {
            **shown.model_dump(include=set(answers.PackageHit.model_fields)),
            "subsidy_yen": shown.estimate.subsidy_yen,
            "own_cost_yen": shown.estimate.own_cost_yen,
            "fundable": shown.estimate.fundable,
            "published_at": shown.publication.published_at,
            "matched_in": ["name"],
        }
    )
    empty: dict[str, list[answers.FacetValue]] = {name: [] for name in answers.Facets.model_fields}
    counted = answers.FacetValue(value="true", label="補助の対象になる", count=1)
    return answers.SearchPage(
        items=[hit],
        total=1,
        page=1,
        per_page=20,
        pages=1,
        sort="relevance",
        read_as="",
        stage="exact",
        widened=[],
        nowhere=[],
        did_you_mean="",
        degraded=False,
        facets=answers.Facets(**{**empty, "fundable": [counted]}),
        vendors_total=1,
    )


def suggestions_answer() -> answers.Suggestions:
    """For two characters: a function and a problem."""
    found = (
        Suggestion("function", Text("給与", "Payroll"), "B3"),
        Suggestion("problem", same("月末の給与計算が大変"), "payroll"),
    )
    addresses = {"B3": "/packages?function=B3"}
    asked = f"/find?q={quote('月末の給与計算が大変')}&problem="
    return views.suggestions(found, lambda each: addresses.get(each.code, asked + each.code))


def schemes_answer() -> scheme_answers.Schemes:
    """The 2017 scheme."""
    return views.schemes([shipped_schemes().get("2017")], "2017")


def announcements_answer() -> told_answers.AnnouncementPage:
    """One that was corrected once."""
    view = AnnouncementView(
        number=12,
        category="programme",
        title=Text("2次公募の受付を始めました", "The second round is open"),
        body=Text("交付申請を受け付けています。", "Applications are taken in."),
        published_at=datetime(2026, 11, 2, 0, 0, tzinfo=UTC),
        edition=2,
        corrected_at=datetime(2026, 11, 4, 3, 0, tzinfo=UTC),
        correction=Text("締切の時刻を直しました。", "The time of the deadline was corrected."),
        state="published",
        version=3,
    )
    return views.announcement_page(Page((view,), 1, 1, 20), lambda number: f"/announcements/{number}")


def briefings_answer() -> told_answers.BriefingPage:
    """One with seats left."""
    begins = datetime(2026, 12, 8, 5, 0, tzinfo=UTC)
    view = BriefingView(
        number=3,
        state="announced",
        standing="open",
        title=Text("登録申請の説明会", "Briefing on registration"),
        description=Text("必要な書類と審査の流れを説明します。", "Papers and the review, explained."),
        audience="vendors",
        starts_at=begins,
        ends_at=begins + timedelta(hours=2),
        booking_closes_at=begins - timedelta(days=1),
        place="見本会館 3階",
        online=False,
        seats=80,
        most_people=2,
        taken=61,
        waiting=0,
        cancelled_reason="",
        sequence=0,
        announced_at=datetime(2026, 11, 10, 0, 0, tzinfo=UTC),
        updated_at=datetime(2026, 11, 10, 0, 0, tzinfo=UTC),
        version=2,
    )
    return views.briefing_page(
        Page((view,), 1, 1, 20), lambda number: (f"/briefings/{number}", f"/briefings/{number}.ics")
    )
