"""What a package must be and what it costs: every rule, its edges and its words."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.package_rules import MOST_ITEMS, assess_package
from catalogue.price_sheets import Component, price_sheet
from catalogue.vocabulary import CATEGORY_CODES, ProductivityIndex
from catalogue.vocabulary_files import read_default_masters

MASTERS = read_default_masters()


def item(*functions, code="P-1", kind="software", period="once", price=100, quantity=1):
    return Component(code, f"製品{code}", functions, kind, period, "", price, quantity)


def judge(*functions, industries=("all",), months=0, masters=MASTERS):
    return assess_package([item(*functions)], industries, months, masters)


def codes(outcome):
    return [found.code for found in outcome.findings]


def with_share(industry, category, share):
    shares = dict.fromkeys(CATEGORY_CODES, (100 - share) / 2) | {category: share}
    return replace(MASTERS, indexes={**MASTERS.indexes, industry: ProductivityIndex(industry, shares)})


@pytest.mark.parametrize("functions", [("F1", "M1", "B1"), ("M1", "B1"), ("F1", "B1"), ("F1", "M1")])
def test_two_or_three_categories_may_be_sold_to_all(functions):
    outcome = judge(*functions)
    assert outcome.accepted
    assert outcome.restriction == ()
    assert outcome.functions == functions
    assert "登録要件を満たしています" in outcome.reason.ja


def test_functions_of_all_items_count_together():
    outcome = assess_package(
        [item("B1", code="A"), item("F1", code="B"), item(code="C")], ["services"], 0, MASTERS
    )
    assert outcome.accepted
    assert outcome.functions == ("F1", "B1")
    assert outcome.categories == ("front", "back_office")


@pytest.mark.parametrize(
    ("functions", "said"), [((), "0つです（なし）"), (("F2",), "1つです（予約・受付）"), (("F2", "F2"), "1つです")]
)
def test_one_core_function_is_not_enough(functions, said):
    outcome = judge(*functions, industries=("restaurants",))
    assert not outcome.accepted
    assert codes(outcome) == ["too_few_functions"]
    assert said in outcome.reason.ja
    assert outcome.restriction == ()


def test_one_category_is_restricted_to_its_industries():
    outcome = judge("M4", "M7", industries=("manufacturing", "construction", "manufacturing"))
    assert outcome.accepted
    assert outcome.restriction == ("manufacturing", "construction")
    assert outcome.categories == ("middle",)
    assert "製造業 60%、建設業 58%" in outcome.reason.ja
    assert "Manufacturing 60%" in outcome.reason.en


def test_exactly_half_fails():
    outcome = judge("F1", "F3", industries=("education",))
    assert codes(outcome) == ["work_ratio"]
    assert "教育 50%" in outcome.findings[0].message.ja
    assert "小売業 58%" in outcome.findings[0].remedy.ja


@pytest.mark.parametrize(
    ("share", "accepted"), [(Fraction(50), False), (Fraction(501, 10), True), (Fraction(499, 10), False)]
)
def test_the_limit_is_exact(share, accepted):
    masters = with_share("education", "front", share)
    assert judge("F1", "F3", industries=("education",), masters=masters).accepted is accepted


def test_one_industry_that_fails_refuses_the_package():
    outcome = judge("M2", "M3", industries=("manufacturing", "wholesale"))
    (found,) = outcome.findings
    assert "卸売業 46%" in found.message.ja
    assert "製造業 60%、建設業 58%、運輸業 56%" in found.remedy.ja
    assert "製造業" not in found.message.ja
    assert found.field == "対象業種"


def test_one_category_for_all_industries_is_refused():
    outcome = judge("F1", "F3")
    (found,) = outcome.findings
    assert "全業種向けには登録できません" in found.message.ja
    assert "小売業 58%、飲食サービス業 62%、宿泊業 52%" in found.remedy.ja


def test_all_swallows_the_other_industries():
    assert codes(judge("F1", "F3", industries=("retail", "all"))) == ["work_ratio"]


def test_no_industry_at_all_passes_back_office_alone():
    (found,) = judge("B1", "B3", industries=("retail",)).findings
    assert "50%を超える業種はありません" in found.remedy.ja
    assert "フロント業務かミドル業務のコア機能" in found.remedy.ja


def test_an_industry_without_an_index_cannot_carry_one_category():
    (found,) = judge("F1", "F2", industries=("beauty",)).findings
    assert "美容業 指数なし" in found.message.ja
    assert "Beauty (no index)" in found.message.en


def test_words_that_left_the_masters_are_named():
    outcome = assess_package([item("F1", "M1", "Z9", kind="gifts")], ["space"], 0, MASTERS)
    assert codes(outcome) == ["unknown_function", "unknown_cost_kind", "unknown_industry"]


def test_an_unknown_industry_is_named_in_the_work_ratio_too():
    outcome = judge("F1", "F2", industries=("space",))
    assert codes(outcome) == ["unknown_industry", "work_ratio"]
    assert "space 指数なし" in outcome.findings[1].message.ja


def test_nothing_in_it_is_said_at_once():
    outcome = assess_package([], [], 0, MASTERS)
    assert codes(outcome) == ["no_items", "no_industries", "too_few_functions"]


def test_bounds_of_items_months_and_total():
    many = [item("F1", "B1", code=f"P-{n}") for n in range(MOST_ITEMS + 1)]
    assert codes(assess_package(many, ["all"], 0, MASTERS)) == ["too_many_items"]
    assert codes(judge("F1", "B1", months=121)) == ["months_out_of_range"]
    assert codes(judge("F1", "B1", months=-1)) == ["months_out_of_range"]
    dear = item("F1", "B1", price=1_000_000_000, quantity=101)
    assert codes(assess_package([dear], ["all"], 0, MASTERS)) == ["total_too_large"]


def test_fees_need_months():
    monthly = item("F1", "B1", kind="cloud", period="monthly")
    outcome = assess_package([monthly], ["all"], 0, MASTERS)
    assert codes(outcome) == ["months_missing"]
    assert outcome.findings[0].field == "クラウド計上月数"
    support = item("F1", "B1", kind="support", period="yearly")
    assert assess_package([support], ["all"], 0, MASTERS).accepted


LINES = [
    # kind, period, months of the package -> periods, months of the line
    ("cloud", "monthly", 12, 12, 12),
    ("cloud", "monthly", 24, 24, 24),
    ("cloud", "yearly", 12, 1, 12),
    ("cloud", "yearly", 13, 2, 24),
    ("cloud", "yearly", 1, 1, 12),
    ("cloud", "once", 0, 1, 12),
    ("cloud", "once", 24, 1, 24),
    ("cloud", "monthly", 0, 0, None),
    ("website", "first_year", 24, 1, 12),
    ("software", "once", 24, 1, None),
    ("software", "yearly", 24, 2, 24),
    ("support", "yearly", 0, 1, 12),
    ("support", "yearly", 24, 1, 12),
    ("support", "monthly", 0, 12, 12),
    ("hardware", "once", 12, 1, None),
]


@pytest.mark.parametrize(("kind", "period", "months", "periods", "covered"), LINES)
def test_a_lines_periods_and_months(kind, period, months, periods, covered):
    sheet = price_sheet([item(kind=kind, period=period, price=1_000, quantity=3)], months, MASTERS)
    (line,) = sheet.lines
    assert (line.periods, line.months) == (periods, covered)
    assert line.amount_yen == sheet.total_yen == 3_000 * periods


def test_a_later_year_costs_what_recurs():
    sheet = price_sheet(
        [
            item(code="A", kind="cloud", period="monthly", price=9_800, quantity=2),
            item(code="B", kind="support", period="yearly", price=60_000),
            item(code="C", kind="software", price=300_000),
            item(code="D", kind="website", period="first_year", price=180_000),
        ],
        24,
        MASTERS,
    )
    assert sheet.second_year_yen == 9_800 * 2 * 12 + 60_000
    assert sheet.without_renewal_price == ("D",)


def test_an_unknown_kind_is_priced_as_it_stands():
    assert price_sheet([item(kind="gifts", price=7)], 12, MASTERS).total_yen == 7


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([kind.code for kind in MASTERS.cost_kinds]),
            st.sampled_from(["once", "monthly", "yearly", "first_year"]),
            st.integers(0, 10**9),
            st.integers(1, 10_000),
        ),
        max_size=8,
    ),
    st.integers(0, 120),
)
def test_totals_are_whole_yen_and_the_sum_of_the_lines(rows, months):
    items = [item(kind=kind, period=period, price=price, quantity=n) for kind, period, price, n in rows]
    sheet = price_sheet(items, months, MASTERS)
    assert sheet.total_yen == sum(line.amount_yen for line in sheet.lines)
    for line in sheet.lines:
        assert type(line.amount_yen) is int
        assert line.amount_yen == line.unit_price_yen * line.quantity * line.periods
        assert line.months is None or line.months > 0


@settings(deadline=None)
@given(
    st.lists(st.sampled_from([row.code for row in MASTERS.functions]), max_size=6),
    st.lists(st.sampled_from([row.code for row in MASTERS.industries]), max_size=4),
)
def test_accepted_means_the_rule_holds(functions, industries):
    outcome = judge(*functions, industries=industries)
    assert outcome.accepted is not bool(outcome.findings)
    if outcome.accepted:
        assert len(set(functions)) >= 2
        if len(outcome.categories) == 1:
            category = outcome.categories[0]
            assert outcome.restriction
            assert all(MASTERS.indexes[code].shares[category] > 50 for code in outcome.restriction)
        else:
            assert outcome.restriction == ()
