"""Of what the words find, and without words, what fits the ticks better comes first."""

from __future__ import annotations

from search_samples import BY_FIT, KINDS_OF_FIT, TICKS, a_document, ask, fill, ids, of_every_fit

from search.documents import Visibility
from search.port import Facet, Group, SearchRequest, Sort


def order(engine, text, *groups, per_page=50, **more):
    return ids(ask(engine, text, *groups, per_page=per_page, **more))


def test_with_an_industry_ticked_what_is_made_for_it_comes_first(engine):
    every = tuple(f"i{n}" for n in range(12))
    many = [a_document(f"ALL{n}", name="会計パック", industries=every) for n in range(8)]
    few = [a_document(f"FEW{n}", name="会計パック", industries=("i3", "i4")) for n in range(8)]
    fill(engine, *many, *few)
    found = order(engine, "会計", Group(Facet.INDUSTRY, ("i3",)))
    assert [each[:3] for each in found] == ["FEW"] * 8 + ["ALL"] * 8
    mixed = order(engine, "会計")
    assert mixed != sorted(mixed, reverse=True), "without the tick nothing says which is meant"


def test_of_functions_any_of_which_would_do_more_are_better(engine):
    one = [a_document(f"ONE{n}", name="会計パック", functions=("B1",)) for n in range(8)]
    two = [a_document(f"TWO{n}", name="会計パック", functions=("B1", "B2")) for n in range(8)]
    fill(engine, *one, *two)
    wanted = Group(Facet.FUNCTION, ("B1", "B2"))
    assert [each[:3] for each in order(engine, "会計", wanted)] == ["TWO"] * 8 + ["ONE"] * 8


def test_ticks_without_words_rank_by_fit_and_then_by_date(engine):
    fill(engine, *of_every_fit())
    assert order(engine, "", *TICKS) == BY_FIT
    paged = [code for page in range(1, 5) for code in order(engine, "", *TICKS, per_page=6, page=page)]
    assert paged == BY_FIT
    newest = [f"{kind}{n}" for kind in reversed(KINDS_OF_FIT) for n in reversed(range(5))]
    assert order(engine, "", *TICKS, sort=Sort.NEWEST) == newest
    assert order(engine, "") == newest, "who ticks nothing sees the newest"
    request = SearchRequest(Visibility.PUBLIC, "", groups=TICKS)
    told = {code: engine.explain(request, code) for code in BY_FIT}
    assert [told[code].rank for code in BY_FIT] == list(range(1, 21))
    assert [(r.field, r.text) for r in told["BOTH0"].reasons] == [
        ("fit_industry", "i3"),
        ("fit_function", "B1"),
        ("fit_function", "B2"),
    ]
    assert [(r.field, r.text) for r in told["NONE0"].reasons] == [("fit_function", "B2")]
