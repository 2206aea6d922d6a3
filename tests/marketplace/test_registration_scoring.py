"""What the committee's marks come to: exact, whatever the marks."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from marketplace.registration.scoring import missing, result, rules_of, spread, two_places, weighted

SHIPPED = Path("marketplace/programmes/2017/vendor_review.yaml")
HEAD = ("version", "effective_from", "source")


def shipped() -> dict:
    path = Path(__file__).parents[2] / SHIPPED
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {key: value for key, value in content.items() if key not in HEAD}


RULES = rules_of(shipped())
CODES = [each.code for each in RULES.criteria]
MARKS = st.fixed_dictionaries({code: st.sampled_from(RULES.scale) for code in CODES})


def test_the_shipped_criteria_are_whole():
    assert sum(each.share for each in RULES.criteria) == 1
    assert [each.share for each in RULES.criteria] == [
        Fraction(3, 10),
        Fraction(3, 10),
        Fraction(1, 5),
        Fraction(1, 5),
    ]
    for each in RULES.criteria:
        assert all(words.ja and words.en for words in (each.name, each.question, *each.marks.values()))


def test_a_worked_example_comes_out_exactly():
    marks = dict(zip(CODES, (4, 3, 5, 2), strict=True))
    assert weighted(RULES, marks) == Fraction(35, 10)
    other = dict(zip(CODES, (4, 4, 2, 3), strict=True))
    third = dict(zip(CODES, (5, 4, 3, 3), strict=True))
    found = result(RULES, [marks, other, third])
    assert found.by_criterion["capability"].mean == Fraction(13, 3)
    assert two_places(found.by_criterion["capability"].mean) == "4.33"
    assert found.total.mean == (Fraction(35, 10) + Fraction(34, 10) + Fraction(39, 10)) / 3
    assert found.flagged == ("support",)


@given(st.lists(MARKS, min_size=1, max_size=7))
def test_the_total_s_mean_is_the_weighted_mean_of_the_means(members):
    found = result(RULES, members)
    again = sum((each.share * found.by_criterion[each.code].mean for each in RULES.criteria), Fraction(0))
    assert found.total.mean == again
    assert RULES.scale[0] <= found.total.lowest <= found.total.mean <= found.total.highest <= RULES.scale[-1]


@given(st.lists(st.sampled_from(RULES.scale), min_size=1, max_size=9), st.integers(1, 5))
def test_the_spread_does_not_depend_on_the_order_and_is_flagged_from_its_limit_on(values, limit):
    found = spread(values, flag_at=limit)
    assert found == spread(values[::-1], flag_at=limit)
    assert found.flagged == (max(values) - min(values) >= limit)
    assert found.width == max(values) - min(values)


@given(MARKS, st.sampled_from(CODES))
def test_a_better_mark_never_lowers_the_score(marks, code):
    if marks[code] < RULES.scale[-1]:
        assert weighted(RULES, {**marks, code: marks[code] + 1}) > weighted(RULES, marks)


@given(st.fractions(min_value=-10, max_value=10, max_denominator=1000))
def test_two_decimals_are_never_further_off_than_half_of_the_last(value):
    assert abs(Fraction(two_places(value)) - value) <= Fraction(1, 200)


def test_what_is_not_marked_is_named_in_order():
    assert [each.code for each in missing(RULES, {})] == CODES
    assert [each.code for each in missing(RULES, dict.fromkeys(CODES, 3) | {"support": None})] == ["support"]


def _one_without_a_mark(content: dict) -> None:
    del content["criteria"][0]["marks"][3]


def _too_heavy(content: dict) -> None:
    content["criteria"][0]["weight"] = "4/10"


def _twice(content: dict) -> None:
    content["criteria"][1]["code"] = content["criteria"][0]["code"]


def _alone(content: dict) -> None:
    content["quorum"] = 1


def _gap(content: dict) -> None:
    content["scale"] = [1, 2, 4]


@pytest.mark.parametrize("spoil", [_one_without_a_mark, _too_heavy, _twice, _alone, _gap])
def test_criteria_that_are_not_whole_are_refused(spoil):
    content = shipped()
    spoil(content)
    with pytest.raises(ValidationError):
        rules_of(content)
