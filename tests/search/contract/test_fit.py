"""Of what the words find, and without words, what fits the ticks better comes first."""

from __future__ import annotations

from datetime import timedelta

from search_samples import DAY, a_document, ask, fill, ids

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
    every = tuple(f"i{n}" for n in range(12))
    kinds = {
        "BOTH": {"industries": ("i3",), "functions": ("B1", "B2")},
        "MADE": {"industries": ("i3", "i4"), "functions": ("B1",)},
        "MORE": {"industries": every, "functions": ("B1", "B2")},
        "NONE": {"industries": every, "functions": ("B2",)},
    }
    # The less it fits the newer it is, and of one kind the higher number is the newer.
    fill(
        engine,
        *[
            a_document(f"{kind}{n}", published_at=DAY + timedelta(days=10 * age + n), **facts)
            for age, (kind, facts) in enumerate(kinds.items())
            for n in range(5)
        ],
    )
    ticks = (Group(Facet.INDUSTRY, ("i3",)), Group(Facet.FUNCTION, ("B1", "B2")))
    by_fit = [f"{kind}{n}" for kind in kinds for n in reversed(range(5))]
    assert order(engine, "", *ticks) == by_fit
    paged = [code for page in range(1, 5) for code in order(engine, "", *ticks, per_page=6, page=page)]
    assert paged == by_fit
    newest = [f"{kind}{n}" for kind in reversed(kinds) for n in reversed(range(5))]
    assert order(engine, "", *ticks, sort=Sort.NEWEST) == newest
    assert order(engine, "") == newest, "who ticks nothing sees the newest"
    request = SearchRequest(Visibility.PUBLIC, "", groups=ticks)
    told = {code: engine.explain(request, code) for code in by_fit}
    assert [told[code].rank for code in by_fit] == list(range(1, 21))
    assert [(r.field, r.text) for r in told["BOTH0"].reasons] == [
        ("fit_industry", "i3"),
        ("fit_function", "B1"),
        ("fit_function", "B2"),
    ]
    assert [(r.field, r.text) for r in told["NONE0"].reasons] == [("fit_function", "B2")]
