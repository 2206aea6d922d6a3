"""Filters and counts against a brute-force count over the documents themselves."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from search_samples import DAY, FUNCTIONS, INDUSTRIES, a_document, random_documents

from search.analyser import fold
from search.documents import Visibility
from search.embedded import sets
from search.embedded.schema import facet_values
from search.filters import about
from search.port import Amount, DocumentsRefused, Facet, Group, Period, Range, SearchRequest


def values(document, facet):
    return {
        Facet.CATEGORY: document.categories,
        Facet.FUNCTION: document.functions,
        Facet.INDUSTRY: document.industries,
        Facet.VENDOR: (document.vendor_number,),
        Facet.PREFECTURE: (document.prefecture,) if document.prefecture else (),
        Facet.PRICE_BAND: (document.price_band,) if document.price_band else (),
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


CODES = st.text("abcxyz", min_size=1, max_size=2)
SOME = st.lists(CODES, max_size=4, unique=True).map(tuple)


@st.composite
def documents_of_any_kind(draw, most=8):
    """Documents that have or lack any value of any facet."""
    several = (
        "functions",
        "categories",
        "industries",
        "deployments",
        "languages",
        "certifications",
        "support",
        "areas",
    )
    one = ("prefecture", "price_band", "own_cost_band", "second_year_band")
    return [
        a_document(
            f"H-{number}",
            name=draw(st.sampled_from(("会計", "レジ"))),
            vendor_number=draw(CODES),
            fundable=draw(st.booleans()),
            price_yen=draw(st.integers(0, 3)),
            **{name: draw(SOME) for name in several},
            **{name: draw(st.just("") | CODES) for name in one},
        )
        for number in range(draw(st.integers(0, most)))
    ]


@st.composite
def filters_of_any_kind(draw):
    """Filters on any facets, on values that documents have and on others."""
    chosen = draw(st.lists(st.sampled_from(Facet), max_size=4, unique=True))
    groups = [
        Group(facet, tuple(draw(st.lists(CODES, min_size=1, max_size=3))), draw(st.sampled_from(("any", "all"))))
        for facet in chosen
    ]
    if draw(st.booleans()):
        groups.append(
            Range(Amount.PRICE, draw(st.none() | st.integers(0, 3)), draw(st.none() | st.integers(0, 3)))
        )
    return tuple(groups)


class TestCountingColumns:
    """What only the embedded engine does."""

    @pytest.fixture
    def embedded(self, engine):
        if engine.name != "embedded":
            pytest.skip("counting columns are the embedded engine's own")
        return engine

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(documents=documents_of_any_kind(), groups=filters_of_any_kind(), text=st.sampled_from(("", "会計")))
    def test_counts_are_those_of_brute_force(self, embedded, documents, groups, text):
        embedded.delete([f"H-{number}" for number in range(20)])
        embedded.upsert(documents)
        result = embedded.search(SearchRequest(Visibility.PUBLIC, text, groups, facets=tuple(Facet)))
        alike = [d for d in documents if has_text(d, text)]
        assert result.total == sum(all(holds(d, g) for g in groups) for d in alike)
        assert result.facets == {facet: expected_counts(alike, groups, facet) for facet in Facet}

    @given(documents=documents_of_any_kind(most=1))
    def test_every_document_is_in_every_column_and_its_sets_can_be_read_back(self, documents):
        for document in documents:
            known = facet_values(document)
            written = sets.written(known)
            assert tuple(written) == sets.COLUMNS
            assert {sets.meaning(each) for value in written.values() for each in sets.members(value)} == {
                (facet, value) for facet, values in known.items() for value in values
            }

    def test_a_column_has_few_different_sets(self):
        """Functions of the master list and industries: never more sets than their values in one column can make."""
        functions = [f"{letter}{number}" for letter in "FMB" for number in range(1, 8)]
        for facet, known in ((Facet.FUNCTION, functions), (Facet.INDUSTRY, INDUSTRIES)):
            falls = Counter(sets.column_of(facet, value) for value in known)
            assert set(falls) <= set(sets.columns(facet))
            assert max(2**number for number in falls.values()) <= 4_000

    def test_a_value_that_is_no_code_is_refused_by_name(self, embedded):
        with pytest.raises(DocumentsRefused, match="vendor"):
            embedded.upsert([a_document("A", vendor_number="70\x1f1")])
