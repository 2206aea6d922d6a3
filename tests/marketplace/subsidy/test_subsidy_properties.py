"""What must hold for every input, and a second, slow reckoning in Decimal that shares no code."""

from decimal import ROUND_FLOOR, Decimal, localcontext

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from marketplace.subsidy.engine import CostLine, estimate, figures_of
from marketplace.subsidy.scheme import Scheme, shipped_schemes

few = hypothesis_settings(deadline=None, max_examples=150)
schemes = st.sampled_from(shipped_schemes().all())
sizes = st.sampled_from(["sme", "small"])
counts = st.integers(0, 6)
amounts = st.one_of(st.integers(0, 8_000_000), st.integers(0, 10**12))


@st.composite
def cost_lines(draw, kinds=("software", "cloud", "setup", "hardware", "support")):
    months = draw(st.one_of(st.none(), st.integers(1, 36)))
    return CostLine(draw(st.sampled_from(kinds)), draw(amounts), months)


lists = st.lists(cost_lines(), max_size=5)


def subsidy(scheme: Scheme, lines, size="sme", count=2) -> int:
    return figures_of(scheme.tariff(size, count), lines).subsidy_yen


# The first ones meet every edition's condition on the package.
FUNCTIONS = ["B1", "M2", "F5", "F4", *(f"X{number}" for number in range(20))]


def slowly(scheme: Scheme, lines, size: str, count: int) -> int:
    """The rules read off the scheme's file and followed yen by yen, in Decimal."""
    with localcontext() as context:
        context.prec = 120
        total = Decimal(0)
        for number, segment in enumerate(scheme.segments):
            cost = Decimal(0)
            for line in lines:
                kind = scheme.cost_kinds[line.kind]
                if line.kind in segment.kinds:
                    share = Decimal(line.amount_yen)
                    if kind.months and line.months and line.months > kind.months:
                        share = share * kind.months / line.months
                    cost += share
            if number and segment.with_software and not count:
                first = scheme.segments[0].kinds
                cost = cost if any(line.kind in first for line in lines) else Decimal(0)
            total += capped(banded(segment, cost, size), segment.caps, count)
        # Thirds and sevenths do not end in Decimal: the hair makes up for what the 120th digit lost.
        yen = (total + Decimal("1e-40")).to_integral_value(ROUND_FLOOR)
        yen = capped(yen, scheme.limits.caps, count)
        floor = scheme.limits.floor.yen if scheme.limits.floor else 0
        return int(yen) if yen >= floor else 0


def banded(segment, cost: Decimal, size: str) -> Decimal:
    paid, start = Decimal(0), Decimal(0)
    for band in segment.bands:
        rate = getattr(band.rates, size)
        here = cost * rate.numerator / rate.denominator
        room = None if band.up_to_subsidy_yen is None else band.up_to_subsidy_yen - start
        if room is None or here <= room:
            return paid + here
        paid += room
        start = Decimal(band.up_to_subsidy_yen)
        cost -= room * rate.denominator / rate.numerator
    raise AssertionError("the last band is open")


def capped(amount: Decimal, caps, count: int) -> Decimal:
    if not caps:
        return amount
    fitting = [c for c in caps if c.at_least <= count and (c.at_most is None or count <= c.at_most)]
    if not fitting:
        return Decimal(0)
    cap = fitting[0]
    return min(amount, Decimal(cap.yen - (cap.bound == "exclusive")))


@few
@given(schemes, st.data(), sizes, counts)
def test_agrees_with_the_slow_reckoning(scheme, data, size, count):
    kinds = tuple(kind for kind in scheme.cost_kinds)
    lines = data.draw(st.lists(cost_lines(kinds), max_size=5))
    expected = slowly(scheme, lines, size, count)
    assert subsidy(scheme, lines, size, count) == expected
    found = estimate(scheme, lines, functions=FUNCTIONS[:count], size=size)
    assert found.subsidy_yen == expected
    assert found.own_cost_yen == found.total_yen - expected
    for limit in found.limits:
        assert limit.after_yen <= limit.before_yen


@few
@given(schemes, lists, sizes, counts)
def test_never_above_the_cap_nor_the_highest_rate(scheme, lines, size, count):
    found = figures_of(scheme.tariff(size, count), lines)
    segments = scheme.segments
    highest = max(getattr(band.rates, size) for segment in segments for band in segment.bands)
    # Cost is cut for display: one yen more covers what was cut.
    assert found.subsidy_yen <= (found.eligible_cost_yen + 1) * highest
    caps = [cap.yen for cap in scheme.limits.caps]
    assert not caps or found.subsidy_yen <= max(caps)
    assert found.subsidy_yen == 0 or not scheme.limits.floor or found.subsidy_yen >= scheme.limits.floor.yen
    assert found.fundable is (found.subsidy_yen > 0)


@few
@given(schemes, lists, amounts, sizes, counts)
def test_more_eligible_cost_is_never_less_subsidy(scheme, lines, more, size, count):
    before = subsidy(scheme, lines, size, count)
    assert subsidy(scheme, [*lines, CostLine("software", more)], size, count) >= before


@few
@given(schemes, lists, st.randoms(use_true_random=False), sizes, counts)
def test_the_order_of_lines_is_of_no_matter(scheme, lines, random, size, count):
    shuffled = list(lines)
    random.shuffle(shuffled)
    assert figures_of(scheme.tariff(size, count), shuffled) == figures_of(scheme.tariff(size, count), lines)


@few
@given(schemes, cost_lines(), st.data(), sizes, counts)
def test_splitting_a_line_changes_nothing(scheme, line, data, size, count):
    part = data.draw(st.integers(0, line.amount_yen))
    halves = [
        CostLine(line.kind, part, line.months),
        CostLine(line.kind, line.amount_yen - part, line.months),
    ]
    assert figures_of(scheme.tariff(size, count), halves) == figures_of(scheme.tariff(size, count), [line])


@few
@given(schemes, lists, counts)
def test_what_is_said_to_raise_the_subsidy_does_so_to_the_yen(scheme, lines, count):
    functions = [f"F{n}" for n in range(count)]
    found = estimate(scheme, lines, functions=functions)
    for each in found.raises:
        assert each.subsidy_yen > found.subsidy_yen
        if each.code in ("next_tier", "condition"):
            continue
        kind = scheme.segments[0].kinds[0]
        enough = subsidy(scheme, [*lines, CostLine(kind, each.extra_eligible_yen)], "sme", count)
        short = subsidy(scheme, [*lines, CostLine(kind, each.extra_eligible_yen - 1)], "sme", count)
        assert short < enough == each.subsidy_yen


def test_edges_of_floor_and_cap_to_the_yen():
    edges = {
        ("2017", 0): {
            299_999: 0,
            300_000: 200_000,
            1_499_999: 999_999,
            1_500_000: 1_000_000,
            1_500_001: 1_000_000,
        },
        ("2018", 0): {299_999: 0, 300_000: 150_000, 999_999: 499_999, 1_000_000: 500_000, 1_000_001: 500_000},
        ("2025-normal", 1): {99_999: 0, 100_000: 50_000, 2_999_999: 1_499_999, 3_000_000: 1_499_999},
        ("2025-normal", 4): {8_999_999: 4_499_999, 9_000_000: 4_500_000, 9_000_001: 4_500_000},
        ("2025-invoice", 2): {0: 0, 1: 0, 2: 1, 5_166_666: 3_499_999, 5_166_667: 3_500_000, 5_166_668: 3_500_000},
    }
    for (name, count), expected in edges.items():
        scheme = shipped_schemes().get(name)
        found = {cost: subsidy(scheme, [CostLine("software", cost)], "sme", count) for cost in expected}
        assert found == expected
