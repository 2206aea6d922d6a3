"""What must hold for every scheme that the language can say, and for every input."""

import pytest
from hypothesis import Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from random_schemes import lines_at_random, schemes_at_random, slowly

from marketplace.subsidy.engine import CostLine, estimate, figures_of, tariff_for
from marketplace.subsidy.inverse import Asked, least_own_cost, price_for
from marketplace.subsidy.lines import MOST_YEN
from tenants.errors import BadInput

# Shrinking a whole scheme takes minutes and shows little: the failing case is printed as it was drawn.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
few = hypothesis_settings(deadline=None, max_examples=80, phases=PHASES)
lists = st.lists(lines_at_random(), max_size=4)
functions = st.lists(st.sampled_from([f"F{n}" for n in range(7)]), max_size=7)
sizes = st.sampled_from(["sme", "small"])
answers = st.dictionaries(st.sampled_from(["grow", "must"]), st.booleans())
grants = st.one_of(st.none(), st.integers(0, 4_000))


def numbers(value):
    """Every number in an answer, however deep."""
    if isinstance(value, dict):
        return [n for each in value.values() for n in numbers(each)]
    if isinstance(value, list | tuple):
        return [n for each in value for n in numbers(each)]
    return [value] if isinstance(value, int | float) and not isinstance(value, bool) else []


@few
@given(schemes_at_random(), lists, functions, sizes, answers, grants)
def test_agrees_with_the_slow_reckoning(scheme, lines, functions, size, answers, granted):
    found = estimate(scheme, lines, functions=functions, size=size, conditions=answers, granted_yen=granted)
    expected = slowly(scheme, lines, size=size, functions=functions, answers=answers, granted=granted)
    assert found.subsidy_yen == expected
    assert found.own_cost_yen == sum(line.amount_yen for line in lines) - expected
    shown = [*numbers(found.as_json("ja")), *numbers(found.as_json("en"))]
    assert all(type(number) is int for number in shown)
    # A band may also pay more than the one before it; all else only takes away.
    assert all(limit.after_yen <= limit.before_yen for limit in found.limits if limit.code != "band")
    assert all(line.cut_yen + line.counted_yen == line.amount_yen for line in found.lines)
    for way in found.raises:
        assert way.subsidy_yen > found.subsidy_yen


@few
@given(schemes_at_random(), lists, functions, sizes, st.randoms(use_true_random=False))
def test_order_and_splitting_change_nothing(scheme, lines, functions, size, random):
    tariff = tariff_for(scheme, functions=functions, size=size)
    shuffled = list(lines)
    random.shuffle(shuffled)
    assert figures_of(tariff, shuffled) == figures_of(tariff, lines)
    split = []
    for line in lines:
        part = random.randint(0, line.amount_yen)
        split += [
            CostLine(line.kind, part, line.months, accounts=line.accounts),
            CostLine(line.kind, line.amount_yen - part, line.months, accounts=line.accounts),
        ]
    assert figures_of(tariff, split) == figures_of(tariff, lines)


@few
@given(schemes_at_random(), lists, functions, sizes, answers)
def test_never_above_the_cost_times_the_highest_rate(scheme, lines, functions, size, answers):
    found = estimate(scheme, lines, functions=functions, size=size, conditions=answers)
    every = [b.rates for s in scheme.segments for b in s.bands]
    every += [r.rates for s in scheme.segments for b in s.bands for r in b.raised]
    highest = max(getattr(rates, size) for rates in every)
    assert found.subsidy_yen <= (found.eligible_cost_yen + 1) * highest
    assert not scheme.limits.caps or found.subsidy_yen <= max(cap.yen for cap in scheme.limits.caps)


@st.composite
def questions(draw):
    line = draw(lines_at_random())
    return Asked(
        draw(schemes_at_random()),
        line.kind,
        line.months,
        line.accounts,
        draw(st.lists(lines_at_random(600), max_size=2)),
        draw(functions),
        size=draw(sizes),
        conditions=draw(answers),
    )


@few
@given(questions(), st.integers(1, 500))
def test_the_smallest_price_for_a_subsidy_is_what_brute_force_finds(asked, wanted):
    brute = next((price for price in range(1_500) if asked.at(price).subsidy_yen >= wanted), None)
    if asked.at(MOST_YEN).subsidy_yen < wanted:
        with pytest.raises(BadInput) as refused:
            price_for(asked, wanted)
        assert refused.value.code == "subsidy_out_of_reach"
        assert brute is None
        return
    found = price_for(asked, wanted)
    assert found.figures.subsidy_yen >= wanted
    assert found.price_yen == brute if brute is not None else found.price_yen >= 1_500


@few
@given(questions(), st.integers(0, 400), st.integers(0, 1_200))
def test_the_least_own_cost_is_what_brute_force_finds(asked, start, width):
    found = least_own_cost(asked, start, start + width)
    costs = [asked.at(price).own_cost_yen for price in range(start, start + width + 1)]
    assert found.figures.own_cost_yen == min(costs)
    assert found.price_yen == start + costs.index(min(costs))
