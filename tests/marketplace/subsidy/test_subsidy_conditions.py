"""What an edition asks of the applicant: rates opened by an answer, grants shut by one, tools shared with others."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from marketplace.subsidy.engine import CostLine, count_of, estimate, figures_of, tariff_for
from marketplace.subsidy.scheme import SHIPPED, load_scheme, shipped_schemes
from tenants.errors import BadInput

NORMAL = shipped_schemes().get("2025-normal")
WAGES = shipped_schemes().get("2020-b")
few = hypothesis_settings(max_examples=100)


def test_the_editions_that_are_shipped():
    assert {scheme.id for scheme in shipped_schemes().all()} == {
        "2017",
        "2018",
        "2019-a",
        "2019-b",
        "2020-a",
        "2020-b",
        "2022-digital",
        "2025-invoice",
        "2025-normal",
        "2025-security",
    }


def test_what_no_source_confirms_is_marked():
    for name in ("2019-a", "2019-b", "2020-a", "2020-b", "2022-digital", "2025-security"):
        paths = {point.path for point in shipped_schemes().get(name).open_points}
        assert {"limits.floor", "limits.caps.0"} & paths or "segments.0.caps.0" in paths, name
        assert any(path.startswith("segments.0.bands.0") for path in paths), name


def test_an_open_condition_is_named_as_a_way_up_with_the_amount():
    found = estimate(NORMAL, [CostLine("software", 600_000)], processes=4)
    assert [(each.code, each.met, each.required) for each in found.conditions] == [("minimum_wage", None, False)]
    way = next(each for each in found.raises if each.code == "condition")
    assert (way.extra_eligible_yen, way.subsidy_yen) == (0, 400_000)
    assert "最低賃金" in way.message.ja
    assert "400,000 yen" in way.message.en
    answered = estimate(NORMAL, [CostLine("software", 600_000)], processes=4, conditions={"minimum_wage": False})
    assert "condition" not in [each.code for each in answered.raises]
    assert answered.conditions[0].met is False


def test_the_next_tier_is_reckoned_with_the_conditions_that_are_met():
    found = estimate(NORMAL, [CostLine("software", 3_000_000)], processes=3, conditions={"minimum_wage": True})
    assert next(each for each in found.raises if each.code == "next_tier").subsidy_yen == 2_000_000


def test_a_required_condition_answered_with_no():
    found = estimate(WAGES, [CostLine("software", 4_000_000)], processes=4, conditions={"wage_raise": False})
    assert (found.fundable, found.subsidy_yen, found.own_cost_yen) == (False, 0, 4_000_000)
    assert found.findings[0].code == "condition_not_met"
    assert found.findings[0].field == "conditions.wage_raise"
    assert found.raises == ()
    assert found.as_json()["conditions"][0]["met"] is False


@pytest.mark.parametrize(
    ("answers", "code"),
    [({"no_such": True}, "unknown_condition"), ({"minimum_wage": "yes"}, "not_yes_or_no")],
)
def test_a_wrong_answer_is_named(answers, code):
    with pytest.raises(BadInput) as caught:
        estimate(NORMAL, [CostLine("software", 600_000)], conditions=answers)
    assert [finding.code for finding in caught.value.findings] == [code]
    assert caught.value.findings[0].field.startswith("conditions.")


def test_a_rate_that_names_an_unknown_condition_is_refused_with_its_name():
    text = (SHIPPED / "2025-normal.yaml").read_text(encoding="utf-8").replace("when: minimum_wage", "when: wages")
    with pytest.raises(BadInput) as caught:
        load_scheme(text, "test.yaml")
    assert "wages" in caught.value.findings[0].message.ja
    required = (SHIPPED / "2025-normal.yaml").read_text(encoding="utf-8")
    with pytest.raises(BadInput):
        load_scheme(required.replace("\n    question:\n", "\n    required: true\n    question:\n"), "test.yaml")


@few
@given(st.integers(0, 20_000_000), st.integers(0, 6), st.booleans(), st.sampled_from(["sme", "small"]))
def test_meeting_a_condition_never_costs_and_numbers_and_words_agree(amount, count, met, size):
    lines = [CostLine("software", amount)]
    functions = [f"F{n}" for n in range(count)]
    held = frozenset({"minimum_wage"} if met else ())
    with_words = estimate(NORMAL, lines, functions=functions, size=size, conditions={"minimum_wage": met})
    numbers = figures_of(tariff_for(NORMAL, functions=functions, size=size, met=held), lines)
    assert with_words.subsidy_yen == numbers.subsidy_yen
    without = figures_of(tariff_for(NORMAL, functions=functions, size=size), lines)
    assert numbers.subsidy_yen >= without.subsidy_yen
    assert numbers.subsidy_yen <= amount * Fraction(2, 3)


def shared_scheme():
    """A scheme for one test: 2017's, for a tool that is shared with business partners."""
    text = (SHIPPED / "2017.yaml").read_text(encoding="utf-8")
    return load_scheme(text.replace("    bands:\n", "    shared: true\n    bands:\n", 1), "test.yaml")


@few
@given(st.integers(0, 3_000_000), st.integers(1, 500), st.data())
def test_of_a_shared_tool_the_part_counts_that_small_businesses_use(amount, every, data):
    ours = data.draw(st.integers(0, every))
    found = estimate(shared_scheme(), [CostLine("software", amount, accounts=(ours, every))])
    exact = Fraction(amount * ours, every)
    assert found.lines[0].counted_yen == found.eligible_cost_yen == int(exact)
    expected = min(int(exact * Fraction(2, 3)), 1_000_000)
    assert found.subsidy_yen == (expected if expected >= 200_000 else 0)


@pytest.mark.parametrize("accounts", [None, (2, 1), (-1, 3), (0, 0), (1.0, 2)])
def test_accounts_that_are_missing_or_wrong_are_named(accounts):
    with pytest.raises(BadInput) as caught:
        estimate(shared_scheme(), [CostLine("software", 900_000, accounts=accounts)])
    assert caught.value.findings[0].code == "accounts_needed"
    assert caught.value.findings[0].field == "lines[0].accounts"


def test_accounts_where_nothing_is_shared_change_nothing():
    scheme = shipped_schemes().get("2017")
    plain = estimate(scheme, [CostLine("software", 900_000)])
    assert estimate(scheme, [CostLine("software", 900_000, accounts=(1, 2))]).subsidy_yen == plain.subsidy_yen


BOOKS = """
package:
  books:
    label: {ja: 会計・受発注・決済のどれかがある, en: has accounting or ordering or payment}
    one_of: [B1, M2, F5]
    clause: 公募要領 補助対象
  enough:
    label: {ja: 機能が2つ以上ある, en: has two functions}
    at_least: 2
    all_of: [B3]
    clause: 公募要領 補助対象
counted_functions: [B1, M2, F5, B3]
"""


def package_scheme():
    """A scheme for one test: 2017's, with conditions on the package."""
    return load_scheme((SHIPPED / "2017.yaml").read_text(encoding="utf-8") + BOOKS, "test.yaml")


@pytest.mark.parametrize(
    ("functions", "subsidy", "missed"),
    [
        ((), 400_000, []),
        (("B1", "B3"), 400_000, []),
        (("B1", "B3", "F1"), 400_000, []),
        (("B3", "F1"), 0, ["books", "enough"]),
        (("F1", "F2"), 0, ["books", "enough"]),
        (("B1",), 0, ["enough"]),
        (("B1", "M2"), 0, ["enough"]),
    ],
)
def test_conditions_on_the_package(functions, subsidy, missed):
    scheme = package_scheme()
    lines = [CostLine("software", 600_000)]
    found = estimate(scheme, lines, functions=functions)
    assert found.subsidy_yen == subsidy
    assert found.fundable is (subsidy > 0)
    assert [each.code for each in found.conditions if each.met is False] == missed
    refusals = [each for each in found.findings if each.code == "package_condition_not_met"]
    assert len(refusals) == len(missed)
    assert all(each.field == "functions" and each.remedy.ja for each in refusals)
    assert {each.about for each in found.conditions} == {"package"}
    # Lists and the index, which ask for numbers alone, say the same.
    assert figures_of(tariff_for(scheme, functions=functions), lines).subsidy_yen == subsidy


def test_only_the_functions_that_the_edition_names_are_counted():
    scheme = package_scheme()
    assert count_of(scheme, ["B1", "F1", "F2"]) == 1
    assert count_of(scheme, ["F1"], 4) == 0
    assert count_of(scheme, (), 4) == 4


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("    at_least: 2\n    all_of: [B3]\n", "", "one of at_least, one_of and all_of"),
        ("at_least: 2", "at_least: 5", "at most 4 is expected"),
    ],
)
def test_a_condition_on_the_package_that_cannot_be_is_refused(old, new, words):
    text = (SHIPPED / "2017.yaml").read_text(encoding="utf-8") + BOOKS
    with pytest.raises(BadInput) as caught:
        load_scheme(text.replace(old, new), "test.yaml")
    assert words in caught.value.findings[0].message.en
    assert "package.enough" in caught.value.findings[0].field


def test_each_segment_may_be_cut_by_itself():
    text = (SHIPPED / "2025-invoice.yaml").read_text(encoding="utf-8").replace("  at: total", "  at: segment", 1)
    apart = load_scheme(text, "test.yaml")
    lines = [CostLine("software", 100_001), CostLine("pc", 100_001)]
    whole = estimate(shipped_schemes().get("2025-invoice"), lines, functions=["B1"])
    cut = estimate(apart, lines, functions=["B1"])
    assert (whole.subsidy_yen, cut.subsidy_yen) == (125_001, 125_000)
    assert [limit.code for limit in cut.limits] == ["rounding", "rounding"]
    assert "ソフトウエア" in cut.limits[0].reason.ja
