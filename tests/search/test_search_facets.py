"""Filters and counts against a brute-force count over the documents themselves."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta

import pytest
from search_samples import DAY, FUNCTIONS, INDUSTRIES, random_documents

from search.analyser import fold
from search.documents import Visibility
from search.filters import about
from search.port import Amount, Facet, Group, Period, Range, SearchRequest


def values(document, facet):
    return {
        Facet.CATEGORY: document.categories,
        Facet.FUNCTION: document.functions,
        Facet.INDUSTRY: document.industries,
        Facet.VENDOR: (document.vendor_number,),
        Facet.PREFECTURE: (document.prefecture,) if document.prefecture else (),
        Facet.PRICE_BAND: (document.price_band,),
        Facet.OWN_COST_BAND: (document.own_cost_band,) if document.own_cost_band else (),
        Facet.SECOND_YEAR_BAND: (document.second_year_band,) if document.second_year_band else (),
        Facet.FUNDABLE: (str(document.fundable).lower(),),
        Facet.DEPLOYMENT: document.deployments,
        Facet.LANGUAGE: document.languages,
        Facet.CERTIFICATION: document.certifications,
        Facet.SUPPORT: document.support,
        Facet.AREA: document.areas,
    }[facet]


def holds(document, group):
    if isinstance(group, Period):
        published = document.published_at.replace(microsecond=0)
        return (group.since is None or published >= group.since) and (
            group.until is None or published <= group.until
        )
    if isinstance(group, Range):
        amount = getattr(document, group.amount.value)
        return (group.low is None or amount >= group.low) and (group.high is None or amount <= group.high)
    has = set(values(document, group.facet))
    return set(group.values) <= has if group.mode == "all" else bool(set(group.values) & has)


def has_text(document, text):
    whole = (
        document.name,
        *document.function_words,
        *document.products,
        document.prefecture,
        document.description,
    )
    return any(fold(text) in fold(part) for part in whole)


def expected_counts(documents, groups, facet):
    amounts = {"price_band": "price_yen", "own_cost_band": "own_cost_yen", "second_year_band": "second_year_yen"}
    own = [g for g in groups if isinstance(g, Group) and g.facet is facet and g.mode == "any"]
    own += [g for g in groups if isinstance(g, Range) and g.amount.value == amounts.get(facet.value)]
    rest = [g for g in groups if g not in own]
    counts = Counter()
    for document in documents:
        if all(holds(document, g) for g in rest):
            counts.update(set(values(document, facet)))
    return dict(counts)


def random_groups(chance):
    choices = [
        Group(Facet.CATEGORY, tuple(chance.sample(("front", "middle", "back_office"), 1))),
        Group(Facet.FUNCTION, tuple(chance.sample(FUNCTIONS, 2)), chance.choice(("any", "all"))),
        Group(Facet.INDUSTRY, tuple(chance.sample(INDUSTRIES, 2)), chance.choice(("any", "all"))),
        Group(Facet.VENDOR, ("7000000000001", "7000000000002", "7000000000003", "unknown")),
        Group(Facet.PREFECTURE, ("京都府",)),
        Group(Facet.PRICE_BAND, ("low",)),
        Group(Facet.FUNDABLE, ("true",)),
        Range(Amount.PRICE, chance.randint(0, 100_000), chance.randint(50_000, 200_000)),
        Range(Amount.OWN_COST, None, chance.randint(0, 100_000)),
        Range(Amount.SECOND_YEAR, chance.randint(0, 50_000), None),
        Group(Facet.OWN_COST_BAND, ("small",)),
        Group(Facet.SECOND_YEAR_BAND, ("none", "some")),
        Group(Facet.DEPLOYMENT, ("cloud",), chance.choice(("any", "all"))),
        Group(Facet.LANGUAGE, ("en", "ja"), chance.choice(("any", "all"))),
        Group(Facet.CERTIFICATION, ("isms",)),
        Group(Facet.SUPPORT, ("weekends", "always")),
        Group(Facet.AREA, (chance.choice(("東京都", "京都府")), "all")),
        Period(DAY + timedelta(hours=chance.randint(0, 20)), DAY + timedelta(hours=chance.randint(20, 50))),
        Period(until=DAY + timedelta(hours=chance.randint(0, 50), microseconds=chance.randint(0, 999_999))),
    ]
    chosen = chance.sample(choices, chance.randint(0, 5))
    return tuple({about(each): each for each in chosen}.values())


@pytest.mark.parametrize("seed", range(3))
def test_hits_and_counts_are_those_of_brute_force(engine, seed):
    documents = random_documents(200, seed=100 + seed)
    engine.wait(engine.upsert(documents))
    engine.wait(engine.delete(d.id for d in documents[:20]))
    documents = documents[20:]
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    for _ in range(25):
        groups, text = random_groups(chance), chance.choice(("", "会計", "レジ"))
        result = engine.search(SearchRequest(Visibility.PUBLIC, text, groups, per_page=100, facets=tuple(Facet)))
        alike = [d for d in documents if has_text(d, text)]
        right = {d.id for d in alike if all(holds(d, g) for g in groups)}
        assert result.total == len(right)
        assert {h.id for h in result.hits} <= right
        assert len(result.hits) == min(100, len(right))
        for facet in Facet:
            assert result.facets[facet] == expected_counts(alike, groups, facet), (facet, groups)


def test_counts_are_the_same_on_each_page_and_fresh_after_a_change(engine):
    documents = random_documents(50, seed=9)
    engine.wait(engine.upsert(documents))
    first = engine.search(SearchRequest(Visibility.PUBLIC, "会計", facets=(Facet.FUNCTION,), per_page=5))
    second = engine.search(SearchRequest(Visibility.PUBLIC, "会計", facets=(Facet.FUNCTION,), per_page=5, page=2))
    assert first.facets == second.facets
    engine.wait(engine.delete(d.id for d in documents))
    after = engine.search(SearchRequest(Visibility.PUBLIC, "会計", facets=(Facet.FUNCTION,)))
    assert after.facets == {Facet.FUNCTION: {}}


def test_all_values_of_a_facet(engine):
    documents = random_documents(80, seed=10)
    engine.wait(engine.upsert(documents))
    for facet in Facet:
        assert engine.facet_values(facet, Visibility.PUBLIC) == expected_counts(documents, (), facet)
