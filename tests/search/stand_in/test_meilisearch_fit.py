"""How the fit with the ticks is asked of Meilisearch: levels as filters, which weigh more or come one after another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from meilisearch_engine import found, holds, searches
from search_samples import BY_FIT, TICKS, a_document, ask, fill, of_every_fit

from search.documents import Visibility
from search.fit import ticks
from search.meilisearch.fitting import condition, levels
from search.meilisearch.terms import to_record
from search.port import Facet, Group, SearchRequest, Sort

INDUSTRIES = tuple(f"i{n}" for n in range(8))
FUNCTIONS = tuple(f"B{n}" for n in range(50))


def some_of(values, most):
    return st.lists(st.sampled_from(values), min_size=1, max_size=most, unique=True).map(tuple)


def a_filter(facet, values, most, mode="any"):
    return some_of(values, most).map(lambda chosen: Group(facet, chosen, mode))


GROUPS = st.tuples(
    st.one_of(st.none(), a_filter(Facet.INDUSTRY, INDUSTRIES, 4)),
    st.one_of(st.none(), a_filter(Facet.FUNCTION, FUNCTIONS[:6], 5), a_filter(Facet.FUNCTION, FUNCTIONS, 50)),
).map(lambda groups: tuple(filter(None, groups)))
RECORDS = st.builds(
    lambda industries, functions: {
        "has_industry": industries,
        "has_function": functions,
        "made_for": industries if len(industries) <= 3 else [],
    },
    st.lists(st.sampled_from(INDUSTRIES), max_size=6, unique=True),
    st.lists(st.sampled_from(FUNCTIONS[:8]), min_size=1, max_size=6, unique=True),
)


def passes(groups, record):
    return all(set(group.values) & set(record[f"has_{group.facet.value}"]) for group in groups)


@given(GROUPS, st.lists(RECORDS, max_size=8), st.integers(1, 9))
def test_each_that_passes_the_filters_is_of_one_level(groups, records, most):
    made = levels(groups, most)
    assert len(made) <= most
    assert [level.points for level in made] == sorted({level.points for level in made}, reverse=True)
    for record in records:
        if made and passes(groups, record):
            of = [level for level in made if holds(level.within or "(True)", record)]
            assert len(of) == 1
            reached = [level for level in made if holds(level.at_least or "(True)", record)]
            assert reached == made[made.index(of[0]) :]


@given(
    st.tuples(a_filter(Facet.INDUSTRY, INDUSTRIES, 3), a_filter(Facet.FUNCTION, FUNCTIONS[:6], 4)),
    st.lists(RECORDS, max_size=8),
)
def test_a_level_is_as_many_points_as_the_ticks_that_fit(groups, records):
    made = levels(groups, 100)
    for record in records:
        if passes(groups, record):
            points = sum(tick.points for tick in ticks(groups) if holds(condition(tick), record))
            assert [level.points for level in made if holds(level.within, record)] == [points]


def test_what_is_made_for_many_industries_is_made_for_none():
    made_for = to_record(a_document("A", industries=INDUSTRIES[:3]))["made_for"]
    assert (made_for, to_record(a_document("A", industries=INDUSTRIES[:4]))["made_for"]) == (
        list(INDUSTRIES[:3]),
        [],
    )


def test_fifty_values_make_a_short_filter():
    made = levels((Group(Facet.INDUSTRY, INDUSTRIES), Group(Facet.FUNCTION, FUNCTIONS)), 8)
    assert 2 <= len(made) <= 8
    assert max(len(level.within) for level in made) < 100_000


@pytest.mark.parametrize(
    "groups",
    [
        (),
        (Group(Facet.FUNCTION, ("B1",)),),
        (Group(Facet.FUNCTION, ("B1", "B2"), "all"),),
        (Group(Facet.VENDOR, ("v", "w")),),
    ],
)
def test_where_all_fit_alike_nothing_more_is_asked(engine, server, groups):
    assert levels(groups, 8) == []
    server.answer = lambda _: found(a_document("A"))
    ask(engine, "会計", *groups)
    ask(engine, "", *groups)
    words, without = searches(server)
    assert len(words["queries"]) == 2
    assert len(without["queries"]) == 1


def test_with_words_a_better_fit_weighs_more_and_never_as_much_as_whole_words(engine, server):
    server.answer = lambda _: found(a_document("A"))
    ask(engine, "会計", *TICKS)
    (body,) = searches(server)
    by_way = {}
    for query in body["queries"]:
        weighs = query["federationOptions"]["weight"]
        by_way.setdefault((query["q"], *query["attributesToSearchOn"]), []).append((weighs, query["filter"]))
    whole, parts = by_way.values()
    for asked, way in ((whole, 1.0), (parts, 0.5)):
        weights = [weight for weight, _ in asked]
        assert weights[0] == way == min(weights)
        assert len(set(weights)) == len(weights) == 4
        assert max(weights) == pytest.approx(way * 1.5)
        heaviest = max(asked)[1][-1]
        best = to_record(a_document("B", industries=("i3",), functions=("B1", "B2")))
        assert holds(heaviest, best)
        assert not holds(heaviest, to_record(a_document("B", industries=("i3",), functions=("B1",))))
    assert max(weight for weight, _ in parts) < whole[0][0]
    server.calls.clear()
    ask(engine, "会計", *TICKS, sort=Sort.PRICE)
    assert len(searches(server)[0]["queries"]) == 2, "who sorts by price is told nothing else"


def test_many_ways_and_many_ticks_ask_a_bounded_number_of_queries(engine, server):
    ticked = (Group(Facet.INDUSTRY, INDUSTRIES), Group(Facet.FUNCTION, FUNCTIONS[:5]))
    ask(engine, "予約 会計 在庫 給与", *ticked)
    assert max(len(body["queries"]) for body in searches(server)) <= 48


def test_without_words_levels_come_one_after_another_on_every_page(engine, server):
    there = of_every_fit()
    fill(engine, *there)
    records = {d.id: to_record(d) for d in there}

    def by_filter_and_date(body):
        (query,) = body["queries"]
        if body["federation"]["limit"]:
            assert query["sort"] == ["newest:desc", "shuffle:asc"]
        passing = [d for d in there if all(holds(each, records[d.id]) for each in query["filter"])]
        passing.sort(key=lambda d: d.published_at, reverse=True)
        start = body["federation"]["offset"]
        return found(*passing[start : start + body["federation"]["limit"]], total=len(passing))

    server.answer = by_filter_and_date
    for per_page in (1, 6, 7, 20, 50):
        pages = [ask(engine, "", *TICKS, per_page=per_page, page=n) for n in range(1, 20 // per_page + 3)]
        assert [hit.id for page in pages for hit in page.hits] == BY_FIT
        assert {page.total for page in pages} == {20}
    request = SearchRequest(Visibility.PUBLIC, "", TICKS)
    assert [engine.explain(request, code).rank for code in BY_FIT] == list(range(1, 21))
