"""The best sets against brute force, and that nothing cut could have mattered."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.needs import sets, table
from marketplace.needs.sets import solve
from marketplace.needs.solving import Search, greedy, set_of, without_idle
from marketplace.needs.table import NoTime, Table
from marketplace.needs.time_left import no_hurry
from marketplace.needs.weighing import DEAREST, Weighed, cut, dearest_total, still_possible
from marketplace.subsidy.engine import figures_of
from marketplace.subsidy.lines import CostLine
from marketplace.subsidy.scheme import shipped_schemes

BITS = 4


def over() -> float:
    """No time at all."""
    return 0.0


YEN = st.integers(0, 10**9)


@st.composite
def packages(draw: st.DrawFn, most: int = 7, bits: int = BITS) -> list[Weighed]:
    made = []
    for number in range(draw(st.integers(0, most))):
        total = draw(st.one_of(st.integers(0, 20), YEN))
        own = draw(st.one_of(st.just(total), st.just(total // 3), st.integers(0, total)))
        made.append(Weighed(f"P{number}", draw(st.integers(0, 2**bits - 1)), total, own))
    return made


def minimal_sets(offered: list[Weighed], needed: int) -> list[tuple[int, int]]:
    """(functions covered, own cost) of every set in which no package is idle."""
    useful = [each for each in offered if each.covers & needed]
    found = []
    for size in range(1, len(useful) + 1):
        for some in combinations(useful, size):
            if len(without_idle(some)) == size:
                made = set_of(some)
                found.append(((made.covers & needed).bit_count(), made.own_yen))
    return found


def expected(offered: list[Weighed], needed: int, budget: int | None) -> tuple[list[tuple[int, int]], bool]:
    every = minimal_sets(offered, needed)
    most = max((covered for covered, _ in every), default=0)
    affordable = sorted(
        (each for each in every if each[0] and (budget is None or each[1] <= budget)),
        key=lambda each: (-each[0], each[1]),
    )
    return affordable[:3], bool(affordable) and affordable[0][0] == most


def answer(offered: list[Weighed], needed: int, budget: int | None) -> tuple[list[tuple[int, int]], bool]:
    found = solve(offered, needed, budget_yen=budget, left=no_hurry)
    assert found.proven
    assert all(each.proven for each in found.sets)
    assert found.gap_yen == 0
    return [((each.covers & needed).bit_count(), each.own_yen) for each in found.sets], found.complete


@given(packages(), st.one_of(st.none(), st.integers(0, 40), st.integers(0, 2 * 10**9)))
def test_the_three_best_sets_are_those_of_brute_force(offered, budget):
    needed = 2**BITS - 1
    assert answer(offered, needed, budget) == expected(offered, needed, budget)


@given(packages(bits=3), st.one_of(st.none(), st.integers(0, 10**9)))
def test_the_same_where_packages_are_looked_at_a_few_at_a_time(offered, budget):
    pool, table._POOL = table._POOL, 1
    try:
        assert answer(offered, 7, budget) == expected(offered, 7, budget)
    finally:
        table._POOL = pool


@given(packages(bits=3), st.one_of(st.none(), st.integers(0, 10**9)))
def test_the_same_without_the_table_as_for_many_functions(offered, budget):
    most, sets.MOST_FUNCTIONS = sets.MOST_FUNCTIONS, 0
    try:
        assert answer(offered, 7, budget) == expected(offered, 7, budget)
    finally:
        sets.MOST_FUNCTIONS = most


def test_a_table_that_is_not_filled_in_time_is_done_without(monkeypatch):
    offered = [Weighed("A", 1, 900, 300), Weighed("B", 2, 500, 200), Weighed("C", 3, 1_300, 900)]
    with pytest.raises(NoTime):
        Table(offered, 2, lambda: -1)
    tried = []

    def never_in_time(*arguments):
        tried.append(arguments)
        raise NoTime

    monkeypatch.setattr(sets, "Table", never_in_time)
    assert answer(offered, 3, None) == expected(offered, 3, None)
    assert tried


@given(st.lists(st.tuples(st.integers(1, 2**BITS - 1), st.integers(0, 30)), max_size=12), st.integers(1, 3))
def test_the_reach_is_the_cost_of_the_third_that_does_as_much(known, keep):
    heads = [Weighed(f"P{at}", covers, yen, yen) for at, (covers, yen) in enumerate(known)]
    for covers, reach in still_possible(heads, keep).items():
        as_much = sorted(each.own_yen for each in heads if each.covers & covers == covers)
        assert reach == (as_much[keep - 1] if len(as_much) >= keep else DEAREST)


@given(packages(most=10))
def test_who_was_cut_is_in_no_better_set(offered):
    kept = cut(offered)
    assert set(kept) <= set(offered)
    every, left = sorted(minimal_sets(offered, 15)), sorted(minimal_sets(list(kept), 15))
    most = max((covered for covered, _ in every), default=0)
    for covered in range(1, most + 1):
        costs = [cost for number, cost in every if number >= covered][:1]
        assert costs == [cost for number, cost in left if number >= covered][:1] or len(left) >= 3


@given(packages(), st.integers(1, BITS))
def test_the_table_knows_the_least_cost_of_covering_so_many(offered, level):
    known = Table([each for each in offered if each.covers], BITS, no_hurry)
    costs = [cost for covered, cost in minimal_sets(offered, 2**BITS - 1) if covered >= level]
    if costs:
        assert known.least(level) == min(costs)
        assert known.most(min(costs)) >= level
    else:
        assert known.least(level) > DEAREST
    for pool, beyond in known.pools(level, no_hurry):
        outside = [each for each in offered if each.covers and each not in pool]
        for each in outside:
            with_it = [
                set_of(some).own_yen
                for size in range(1, len(offered) + 1)
                for some in combinations(offered, size)
                if each in some and set_of(some).covers.bit_count() >= level
            ]
            assert min(with_it, default=beyond) >= beyond


class TestOneSubsidy:
    """One business files one application, for one package."""

    def test_the_subsidy_goes_where_it_saves_most(self):
        one, other = Weighed("A", 1, 900, 300), Weighed("B", 2, 500, 200)
        made = set_of([other, one])
        assert made.subsidised == one
        assert made.own_yen == 300 + 500

    def test_a_dearer_package_can_be_the_better_one_to_pay_in_full(self):
        offered = [
            Weighed("A", 1, 600_000, 200_000),
            Weighed("B", 2, 450_000, 150_000),
            Weighed("C", 2, 400_000, 400_000),
        ]
        best = solve(offered, 3, left=no_hurry).sets[0]
        assert {each.code for each in best.packages} == {"A", "C"}
        assert best.own_yen == 600_000

    def test_nothing_fundable_means_no_subsidy(self):
        made = set_of([Weighed("A", 1, 100, 100)])
        assert made.subsidised is None
        assert made.own_yen == made.total_yen == 100


class TestLimits:
    def test_nothing_offered(self):
        found = solve([], 3, left=no_hurry)
        assert (found.sets, found.coverable, found.complete, found.proven, found.gap_yen) == (
            (),
            0,
            False,
            True,
            0,
        )

    def test_what_nobody_has_is_left_and_the_rest_covered(self):
        found = solve([Weighed("A", 2, 10, 10)], 7, left=no_hurry)
        assert found.coverable == 2
        assert found.complete
        assert found.sets[0].covers == 2

    def test_a_budget_that_buys_nothing_says_what_all_would_cost(self):
        found = solve([Weighed("A", 1, 10, 10)], 1, budget_yen=5, left=no_hurry)
        assert found.sets == ()
        assert found.cover_all_yen == 10

    @pytest.mark.parametrize("budget", [None, 400_000])
    def test_where_one_set_alone_has_everything_the_next_leave_something_out(self, budget):
        offered = [
            Weighed("A", 7, 600_000, 386_600),
            Weighed("B", 3, 152_000, 102_000),
            Weighed("C", 1, 90_000, 60_000),
        ]
        found = solve(offered, 7, budget_yen=budget, left=no_hurry)
        assert [(each.covers, each.own_yen) for each in found.sets] == [(7, 386_600), (3, 102_000), (1, 60_000)]
        assert (found.complete, found.proven, found.cover_all_yen) == (True, True, None)
        assert all(each.proven for each in found.sets)

    def test_what_may_have_been_missed_above_makes_the_next_no_proof(self, monkeypatch):
        """The solver goes wrong on the second set with everything: what leaves something out is then not the next best."""
        offered = [Weighed("A", 3, 50, 50), Weighed("B", 3, 60, 60), Weighed("C", 1, 10, 10)]
        real, asked = Search.best, []

        def wrong_once(search, number, budget_yen=None):
            asked.append(number)
            if len(asked) == 2:
                search.cut_short = True
                return None
            return real(search, number, budget_yen)

        monkeypatch.setattr(Search, "best", wrong_once)
        found = solve(offered, 3, left=no_hurry, number=2)
        assert [each.own_yen for each in found.sets] == [50, 10]
        assert [each.proven for each in found.sets] == [True, False]
        assert found.proven

    def test_out_of_time_gives_a_set_and_the_gap(self):
        offered = [Weighed("A", 1, 10, 4), Weighed("B", 2, 10, 10), Weighed("C", 3, 30, 25)]
        found = solve(offered, 3, left=over)
        assert not found.proven
        assert found.complete
        assert found.sets[0].own_yen >= found.sets[0].bound_yen
        assert found.gap_yen == found.sets[0].own_yen
        short = solve(offered, 3, budget_yen=9, left=over)
        assert [each.code for one in short.sets for each in one.packages] == ["A"]
        assert not short.complete

    def test_of_a_part_of_what_there_is_nothing_is_proven(self):
        offered = [Weighed("A", 1, 10, 4), Weighed("B", 2, 10, 10)]
        assert solve(offered, 3, left=no_hurry).proven
        found = solve(offered, 3, left=no_hurry, whole=False)
        assert found.sets[0].own_yen == found.gap_yen == 14
        assert not found.proven
        assert not found.sets[0].proven

    @pytest.mark.parametrize("steps", range(9))
    def test_wherever_the_time_ends_there_is_a_set(self, steps):
        """Between two steps of filling the table, of looking who can be in a good set, or before the solver begins."""
        offered = [Weighed("A", 1, 10, 4), Weighed("B", 2, 10, 10), Weighed("C", 3, 30, 25), Weighed("D", 4, 1, 1)]
        ticks = iter([60.0] * steps)
        found = solve(offered, 7, left=lambda: next(ticks, -1.0))
        assert found.complete
        assert found.sets[0].own_yen >= 15
        assert found.sets[0].bound_yen <= 15

    def test_a_solver_that_is_stopped_at_once_has_nothing(self):
        offered = [
            Weighed(f"P{n:02}", 1 << n % 20 | 1 << n * 7 % 20, 100 + n % 13, 90 + n % 11) for n in range(200)
        ]
        search = Search(offered, [1 << n for n in range(20)], lambda: 1e-9)
        assert search.best(20) is None
        assert search.cut_short

    def test_greedy_stops_where_nothing_helps(self):
        assert greedy([Weighed("A", 1, 1, 1)], [1, 2]) == [Weighed("A", 1, 1, 1)]

    def test_many_functions_out_of_time(self):
        offered = [Weighed(f"P{n:02}", 1 << n | 1 << (n + 1) % 20, 100 + n, 100 + n) for n in range(20)]
        found = solve(offered, 2**20 - 1, budget_yen=500, left=over)
        assert found.sets
        assert not found.proven

    def test_what_the_solver_says_is_checked_again(self, monkeypatch):
        search = Search([Weighed("A", 1, 10, 10)], [1, 2], left=no_hurry)
        monkeypatch.setattr(search, "_run", lambda *_: ([Weighed("A", 1, 10, 10)], 0.0))
        assert search.best(2) is None
        assert search.cut_short


class TestReach:
    scheme = shipped_schemes().get("2017")

    @given(st.integers(0, 10**7), st.integers(0, 10**7))
    def test_no_package_above_the_limit_leaves_so_little(self, total, own):
        tariff = self.scheme.tariff("sme", 2)
        limit = dearest_total(own, tariff)
        if total > limit:
            assert figures_of(tariff, [CostLine("software", total)]).own_cost_yen > own

    def test_without_rate_or_cap_all_is_possible(self):
        tariff = self.scheme.tariff("sme", 2)
        assert dearest_total(300_000, tariff) == 900_000
        assert dearest_total(10**6, tariff) == 2 * 10**6
        assert Fraction(2, 3) == tariff.segments[0].lines[0].rate

    def test_few_to_compare_with_leaves_all_open(self):
        heads = [Weighed("A", 1, 5, 5), Weighed("B", 3, 4, 4)]
        assert still_possible(heads, 2) == {1: 5, 3: DEAREST}


@pytest.mark.parametrize("number", [1, 2])
def test_fewer_answers_when_fewer_are_asked_for(number):
    offered = [Weighed(code, 1, yen, yen) for yen, code in enumerate("ABCDE", 1)]
    assert [each.own_yen for each in solve(offered, 1, number=number, left=no_hurry).sets] == list(
        range(1, number + 1)
    )
