"""What the search page gets: filled from publications, counted over the whole, and kind to every input."""

from __future__ import annotations

from datetime import timedelta

import published
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from catalogue import publications
from catalogue.traits import deployments
from catalogue.vocabulary import CATEGORIES
from marketplace import pricing
from search import engines, queries, sync
from search.bands import BANDS, OWN_COST_BANDS, SECOND_YEAR_BANDS, band_of
from search.embedded import EmbeddedEngine
from search.parameters import BadQuery, SearchQuery
from search.port import MAX_PAGE, EngineUnavailable, MatchStage, Sort
from search.ways_out import ways_out
from tenants import clock
from tenants.actor import PUBLIC, SYSTEM
from tenants.db import act_as, db
from tenants.organisations import PREFECTURES

PACKAGES = 40


@pytest.fixture(scope="module")
def catalogue(ground, owner, tmp_path_factory):
    """One catalogue and one index for all tests here: none of them changes either."""
    from conftest import _empty  # noqa: PLC0415

    before = engines._Chosen.engine
    made = EmbeddedEngine(tmp_path_factory.mktemp("index"))
    engines.use(made)
    with ground.app_context():
        published.publish(PACKAGES, vendors=8)
        sync.synchronise()
        with act_as(SYSTEM):
            live = {each.code: each.content for each in publications.every_live_package()}
        with act_as(PUBLIC):
            yield live
        db.session.remove()
        db.engine.dispose()
    made.close()
    engines._Chosen.engine = before
    _empty(owner)


class Broken:
    """An engine that never answers."""

    name = "broken"

    def search(self, _: object) -> None:
        raise EngineUnavailable("index_missing", "gone")


@pytest.fixture
def without_index(catalogue):
    before = engines.engine()
    engines.use(Broken())  # type: ignore[arg-type]
    yield catalogue
    engines.use(before)


def find(**facts: object) -> queries.SearchPage:
    return queries.find(SearchQuery(**facts))


def test_every_hit_shows_what_is_published_and_what_the_scheme_makes_of_it(catalogue):
    page = find(per_page=100)
    assert page.total == PACKAGES
    assert page.stage is MatchStage.ALL
    scheme = pricing.scheme()
    for hit in page.items:
        content = catalogue[hit.code]
        estimate = pricing.estimate_package(content, scheme)
        assert (hit.name, hit.vendor_name) == (content["name"], content["vendor"]["name"])
        assert (hit.total_yen, hit.subsidy_yen, hit.own_cost_yen, hit.fundable) == (
            content["total_yen"],
            estimate.subsidy_yen,
            estimate.own_cost_yen,
            estimate.fundable,
        )
        assert hit.total_yen == hit.subsidy_yen + hit.own_cost_yen
        assert hit.second_year_yen == content["second_year_yen"]


def test_facets_count_what_a_plain_count_counts_and_show_every_value(catalogue):
    page = find(q="")
    contents = list(catalogue.values())
    for value in page.facets["function"]:
        assert value.count == sum(value.value in content["functions"] for content in contents)
    for value in page.facets["prefecture"]:
        assert value.count == sum(value.value == content["vendor"]["prefecture"] for content in contents)
    for value in page.facets["price_band"]:
        assert value.count == sum(band_of(content["total_yen"]).code == value.value for content in contents)
    for value in page.facets["industry"]:
        assert value.count == sum(
            value.value in content["industries"] or "all" in content["industries"] for content in contents
        )
    assert [value.value for value in page.facets["category"]] == [row.code for row in CATEGORIES]
    assert [value.value for value in page.facets["prefecture"]] == list(PREFECTURES)
    assert "all" not in [value.value for value in page.facets["industry"]]


def _traits(content, kind):
    return content.get("traits", {}).get(kind, [])


def test_facets_of_traits_count_what_is_said_and_what_follows(catalogue):
    page, contents = find(), list(catalogue.values())
    for kind in ("language", "certification", "support"):
        for value in page.facets[kind]:
            assert value.count == sum(value.value in _traits(content, kind) for content in contents), value
    for value in page.facets["area"]:
        served = [_traits(content, "area") or [content["vendor"]["prefecture"]] for content in contents]
        assert value.count == sum(value.value in each or "all" in each for each in served), value
    for value in page.facets["deployment"]:
        runs = [
            _traits(content, "deployment")
            or deployments((), [item["cost_kind"] for item in content["items"] if item["functions"]])
            for content in contents
        ]
        assert value.count == sum(value.value in each for each in runs), value


@pytest.mark.parametrize(
    ("field", "facet"),
    [
        ("areas", "area"),
        ("deployments", "deployment"),
        ("languages", "language"),
        ("certifications", "certification"),
        ("support", "support"),
    ],
)
def test_a_filter_by_trait_gives_what_its_count_says(catalogue, field, facet):
    for value in find().facets[facet]:
        narrow = find(**{field: (value.value,)})
        assert narrow.total == value.count, value
        assert [each.count for each in narrow.facets[facet]] == [each.count for each in find().facets[facet]]


@pytest.mark.parametrize(
    ("name", "bands", "amount"),
    [
        ("price", BANDS, lambda hit: hit.total_yen),
        ("own_cost", OWN_COST_BANDS, lambda hit: hit.own_cost_yen),
        ("second_year", SECOND_YEAR_BANDS, lambda hit: hit.second_year_yen),
    ],
)
def test_the_histogram_shows_all_amounts_whatever_range_is_set(catalogue, name, bands, amount):
    every = [amount(hit) for hit in find(per_page=100).items]
    ranged = find(**{f"{name}_min": sorted(every)[10], f"{name}_max": sorted(every)[20]})
    for page in (find(), ranged):
        assert [value.count for value in page.facets[f"{name}_band"]] == [
            sum(band_of(yen, bands) is band for yen in every) for band in bands
        ]
    for band, value in zip(bands, ranged.facets[f"{name}_band"], strict=True):
        high = None if band.high is None else band.high - 1
        assert find(**{f"{name}_min": band.low, f"{name}_max": high}).total == value.count


def test_since_a_day(catalogue):
    today = clock.today()
    assert find(updated_since=today - timedelta(days=1)).total == PACKAGES
    assert find(updated_since=today + timedelta(days=2)).total == 0


def test_within_so_many_days_goes_on_with_the_days(catalogue, monkeypatch):
    today = clock.today()
    assert find(updated_within=30).total == PACKAGES
    monkeypatch.setattr(clock, "today", lambda: today + timedelta(days=40))
    assert find(updated_within=30).total == 0
    assert find(updated_within=60).total == PACKAGES
    assert find(updated_within=60, updated_since=today + timedelta(days=2)).total == 0, "the later of both"


def test_ways_out_say_what_letting_each_condition_go_would_give(catalogue):
    query = SearchQuery(q="会計", industries=("retail",), price_max=1, fundable=True)
    assert queries.find(query).total == 0
    found = ways_out(query)
    assert [drop.name for drop in found.drops] == ["price"]
    assert found.drops[0].count == queries.find(found.drops[0].query).total > 0
    assert found.unfiltered == find(q="会計").total
    assert [each.code for each in found.related] == ["B1"]


def test_words_alone_that_nothing_has_lead_to_everything(catalogue):
    found = ways_out(SearchQuery(q="ぬぬぬ存在しない語句"))
    assert [(drop.name, drop.count) for drop in found.drops] == [("q", PACKAGES)]
    assert found.unfiltered == 0


def test_ways_out_without_the_index_are_none(without_index):
    assert ways_out(SearchQuery(q="会計", price_max=1)).drops == ()


def test_a_filter_narrows_the_results_but_not_the_counts_of_its_own_group(catalogue):
    wide, narrow = find(), find(functions=("B1",))
    assert narrow.total == next(v.count for v in wide.facets["function"] if v.value == "B1")
    assert [v.count for v in narrow.facets["function"]] == [v.count for v in wide.facets["function"]]
    assert [v.value for v in narrow.facets["function"] if v.selected] == ["B1"]
    assert all("B1" in hit.functions for hit in narrow.items)


def test_a_chosen_vendor_stays_in_the_list_even_without_results(catalogue):
    number = next(iter(catalogue.values()))["vendor"]["number"]
    page = find(vendors=(number,), q="存在しない語句ぬぬぬ")
    assert [value.value for value in page.facets["vendor"] if value.selected] == [number]


def test_amounts_are_filtered_with_their_bounds(catalogue):
    prices = sorted(content["total_yen"] for content in catalogue.values())
    low, high = prices[5], prices[20]
    page = find(price_min=low, price_max=high, per_page=100)
    assert page.total == sum(low <= price <= high for price in prices)
    assert all(low <= hit.total_yen <= high for hit in page.items)
    cheap = find(own_cost_max=300_000, per_page=100)
    assert all(hit.own_cost_yen <= 300_000 for hit in cheap.items)


@pytest.mark.parametrize(
    ("sort", "key"),
    [
        (Sort.PRICE, lambda hit: hit.total_yen),
        (Sort.OWN_COST, lambda hit: hit.own_cost_yen),
        (Sort.SUBSIDY, lambda hit: -hit.subsidy_yen),
    ],
)
def test_orders(catalogue, sort, key):
    items = find(sort=sort.value, per_page=100).items
    assert [key(hit) for hit in items] == sorted(key(hit) for hit in items)


def test_pages_together_are_the_whole_without_doubles(catalogue):
    codes = [hit.code for page in range(1, 6) for hit in find(page=page, per_page=9).items]
    assert sorted(codes) == sorted(catalogue)
    assert find(per_page=9).pages == 5


def test_far_pages_are_empty_and_quick(catalogue):
    for page in (6, 1000, MAX_PAGE):
        found = find(page=page, per_page=9)
        assert found.items == ()
        assert found.total == PACKAGES


def test_every_function_the_master_knows_can_be_asked_for_and_others_are_refused(catalogue):
    with pytest.raises(BadQuery):
        find(functions=("Z9",))
    with pytest.raises(BadQuery):
        find(vendors=("abc",))


def test_a_page_of_results_takes_as_many_statements_as_one_result(catalogue):
    statements: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    find(per_page=1, q="管理")
    few = len(statements)
    statements.clear()
    find(per_page=100, q="管理")
    assert len(statements) == few


STRANGE = {
    "ten thousand characters": "会計" * 5000,
    "ten thousand words": "あ " * 5000,
    "operators": 'AND OR NOT + - ! ( ) { } [ ] ^ " ~ * ? : \\ / && ||',
    "half a phrase": '"会計',
    "only symbols": "！？「」・…—〜",
    "spaces of all kinds": "\u3000 \t\n\u00a0\u200b",
    "control characters": "\x00\x01\x1f\x7f会\x00計",
    "direction overrides": "\u202e会計\u202c",
    "emoji": "👨‍👩‍👧‍👦🏳️‍🌈",
    "half-width kana with marks": "ｶﾞｷﾞｸﾞﾊﾟﾋﾟ",
    "marks alone": "゛゜ﾞﾟ\u3099",
    "beyond the plane": "𠮟𩸽𝟙𝒜",
    "SQL": "'; DROP TABLE publication; --",
    "wildcards": "%_%\\%",
    "a field": "visibility:secretariat id:*",
    "markup": "<script>alert(1)</script>",
    "one character": "会",
    "private use": "\ue000\uf8ff",
}


@pytest.mark.parametrize("q", STRANGE.values(), ids=STRANGE)
def test_strange_words_get_an_answer(catalogue, q):
    page = find(q=q)
    assert not page.degraded
    assert page.total <= PACKAGES


@pytest.mark.parametrize("q", STRANGE.values(), ids=STRANGE)
def test_strange_words_get_an_answer_without_the_index_too(without_index, q):
    page = find(q=q)
    assert page.degraded
    assert page.total in range(PACKAGES + 1)
    if q == STRANGE["wildcards"]:
        assert page.total == 0, "a percent sign is a percent sign"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(q=st.text(max_size=60))
def test_any_text_gets_an_answer(catalogue, q):
    assert find(q=q).total <= PACKAGES


@pytest.mark.parametrize("q", ["<script>alert(1)</script>", "'; DROP TABLE x;--", "qqqqq 7", "7 qqqqq"])
def test_a_letter_or_a_digit_beside_words_that_nothing_has_finds_nothing(catalogue, q):
    page = find(q=q)
    assert (page.total, page.stage, page.did_you_mean) == (0, MatchStage.NONE, "")
    assert find(q="7").total > 0


def test_without_the_index_names_and_codes_are_still_found(without_index):
    code, content = next(iter(without_index.items()))
    page = find(q=content["name"][:6])
    assert page.degraded
    assert code in [hit.code for hit in page.items]
    marked = next(hit for hit in page.items if hit.code == code).highlights["name"]
    assert (content["name"][:6], True) in marked
    (by_code,) = find(q=code).items
    assert by_code.highlights["code"] == ((code, True),)
    first, last = content["name"][:2], content["name"][-2:]
    apart = find(q=f"{last}　{first}", per_page=100)
    assert code in [hit.code for hit in apart.items], "each of the words, in any order"
    assert all(first in hit.name and last in hit.name for hit in apart.items)
    assert find(q="", per_page=7).pages == -(-PACKAGES // 7)
    assert find(page=MAX_PAGE).items == ()
