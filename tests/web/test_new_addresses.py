"""What the search page asks the engine for: what it shows, and nothing beside it."""

from __future__ import annotations

import pytest

from search import engines
from search.port import Facet, Sort


class Watched:
    """An engine whose questions are noted."""

    def __init__(self, engine):
        self._engine, self.asked = engine, []

    def __getattr__(self, name):
        return getattr(self._engine, name)

    def search(self, request):
        self.asked.append(request)
        return self._engine.search(request)


@pytest.fixture
def asked(shop):
    before = engines.engine()
    watched = Watched(before)
    engines.use(watched)
    yield watched.asked
    engines.use(before)


def test_where_vendors_are_is_counted_only_where_it_is_a_condition(shop, asked):
    shop.get("/packages?q=会計")
    assert set(asked[0].facets) == set(Facet) - {Facet.PREFECTURE}
    del asked[:]
    page = shop.get("/packages?prefecture=京都府&lang=en").text
    assert set(asked[0].facets) == set(Facet)
    assert "Kyoto" in page.split('class="chips"')[1].split("</ul>")[0]


def test_programs_are_told_every_count(shop, asked):
    told = shop.get("/api/v1/packages?q=会計").get_json()
    assert set(asked[-1].facets) == set(Facet)
    assert told["facets"]["prefecture"]


def test_ways_out_are_counted_without_order_marks_and_statements(shop, asked, statements):
    shop.get("/packages?q=会計&price_max=2")
    del asked[:]
    with statements() as seen:
        page = shop.get("/packages?q=会計&price_max=1&industry=retail").text
    assert "条件を1つ外す" in page
    shown, *counted, cheapest = asked
    assert shown.highlight
    assert len(counted) == 6, "without each of three conditions, by the words alone, and twice by functions"
    assert not any(each.highlight for each in counted)
    assert [each.facets for each in counted] == [()] * 4 + [(Facet.FUNCTION,)] * 2
    assert {each.sort for each in counted} == {Sort.NEWEST}
    assert (cheapest.sort, cheapest.per_page, cheapest.facets) == (Sort.PRICE, 1, ())
    assert sum("master_version" in each for each in seen) == 1, "what counts today was read already"


@pytest.mark.parametrize("words", ["魚屋だけど売れ残りを減らしたい", "zzzqqq"])
def test_what_problem_is_meant_is_asked_without_statements(shop, statements, words):
    shop.get(f"/packages?q={words}ので")
    with statements() as seen:
        page = shop.get(f"/packages?q={words}").text
    assert ("こういうお困りごとですか" in page) == (words != "zzzqqq")
    assert sum("master_version" in each for each in seen) == 1, "what counts today was read already"
    assert len(seen) <= 4
