"""A search as an address: every bad value names itself, every query survives the way through an address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from catalogue.vocabulary import ALL_INDUSTRIES, CATEGORY_CODES
from catalogue.vocabulary_files import read_default_masters
from search.bands import BANDS, band_of
from search.budgets import budget_in
from search.parameters import (
    DEFAULT_PER_PAGE,
    FIRST_DAY,
    LABELS,
    LAST_DAY,
    MANY,
    MAX_AMOUNT,
    MAX_DAYS,
    RANGES,
    BadQuery,
    SearchQuery,
)
from search.port import MAX_PAGE, MAX_PER_PAGE, MAX_VALUES, Sort
from tenants.organisations import PREFECTURES

MASTERS = read_default_masters()
FUNCTIONS = [row.code for row in MASTERS.functions]
INDUSTRIES = [row.code for row in MASTERS.industries]


def query_of(*pairs: tuple[str, str]) -> SearchQuery:
    query = SearchQuery.from_args(MultiDict(pairs))
    query.check(MASTERS)
    return query


def test_nothing_given_is_the_whole_catalogue():
    assert query_of() == SearchQuery()
    assert query_of(("q", ""), ("function", ""), ("price_min", ""), ("page", ""), ("sort", "")) == SearchQuery()
    assert SearchQuery().to_args() == []


def test_several_values_with_commas_or_given_again_each_once():
    query = query_of(("function", "F1,B1"), ("function", "B1"), ("function", " M1 , ,"))
    assert query.functions == ("F1", "B1", "M1")


def test_everything_at_once():
    query = query_of(
        ("q", " 会計 "),
        ("category", "front"),
        ("industry", "restaurants"),
        ("vendor", "7000012050002"),
        ("prefecture", "東京都"),
        ("price_band", "under_300k"),
        ("fundable", "true"),
        ("function_mode", "all"),
        ("price_min", "100,000"),
        ("price_max", "1000000"),
        ("own_cost_max", "0"),
        ("sort", "own_cost"),
        ("page", "3"),
        ("per_page", "50"),
    )
    assert query.q == "会計"
    assert (query.price_min, query.price_max, query.own_cost_max) == (100_000, 1_000_000, 0)
    assert query.fundable is True
    assert query.selected()["fundable"] == ("true",)
    assert query.selected()["prefecture"] == ("東京都",)


def test_amounts_may_be_written_in_full_width():
    query = query_of(("price_min", "１００，０００"), ("price_max", "２０００００"), ("own_cost_max", "１5000"))
    assert (query.price_min, query.price_max, query.own_cost_max) == (100_000, 200_000, 15_000)


@pytest.mark.parametrize("written", ["30万", "３０万円", "¥300,000", "300000円", "三十万円", "0.003億"])
def test_amounts_may_be_written_as_people_do(written):
    assert query_of(("own_cost_max", written)).own_cost_max == 300_000


@pytest.mark.parametrize("written", ["百万", "百万円", "30万", "1.5万", "３０万円", "1億", "1億5千万円"])
def test_the_fields_take_the_amounts_that_the_words_take(written):
    told = budget_in(f"会計 {written}以下")
    assert query_of(("own_cost_max", written)).own_cost_max == told.high > 0


BAD = {
    "function": ["F9", "f1", "F1;B1", "１", "<script>", "\x00", "ＦＩ"],
    "category": ["frontoffice", "FRONT"],
    "industry": ["pizza", "*"],
    "vendor": ["123", "70000120500021", "abcdefghijklm", "７００００１２０５０００２", "-700001205000"],
    "prefecture": ["東京", "Tokyo", "%"],
    "price_band": ["cheap"],
    "fundable": ["yes", "TRUE", "2", "null"],
    "function_mode": ["none", "ALL"],
    "price_min": [
        "-1",
        "1.5",
        "1e6",
        "abc",
        "－１",
        "0x10",
        "1000000000000",
        "9" * 5000,
        "٣",
        "+5",
        "NaN",
        "円",
        "¥",
        "1.5円",
        "数万",
        "〇" * 5000,
        "万" * 5000,
    ],
    "price_max": ["-1", "∞"],
    "own_cost_min": ["-5", "何万"],
    "own_cost_max": ["-1", "1 000"],
    "second_year_min": ["-1", "1e3"],
    "second_year_max": ["9" * 16, "x"],
    "area": ["東京", "all", "Tokyo"],
    "deployment": ["saas", "CLOUD"],
    "language": ["日本語", "jp"],
    "certification": ["iso", "*"],
    "support": ["24h", "いつも"],
    "updated_since": ["2026-02-30", "yesterday", "20260101", "2026-1-1", "1999-12-31", "3000-01-01", "٢٠٢٦-٠١-٠١"],
    "updated_within": ["0", "-30", "3651", "month"],
    "sort": ["price_desc", "RELEVANCE", "1"],
    "page": ["0", "-1", "1000001", "1.0", "last"],
    "per_page": ["0", "101", "-20", "all"],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in BAD.items() for value in values])
def test_a_bad_value_names_itself_and_what_would_do(name, value):
    with pytest.raises(BadQuery) as caught:
        query_of((name, value))
    assert caught.value.status == 400
    finding = caught.value.findings[0]
    assert finding.field == name
    assert finding.code == "bad_query"
    assert name in finding.message.en or "vendor" in finding.message.en
    assert finding.remedy.ja
    assert finding.remedy.en
    assert len(finding.message.ja) < 200, "a long value is not repeated in full"


def test_all_faults_come_at_once():
    with pytest.raises(BadQuery) as caught:
        query_of(("page", "0"), ("price_min", "x"), ("sort", "x"))
    assert [finding.field for finding in caught.value.findings] == ["price_min", "sort", "page"]
    with pytest.raises(BadQuery) as caught:
        query_of(("function", "X1"), ("function", "X2"), ("industry", "x"), ("vendor", "1"))
    assert [finding.field for finding in caught.value.findings] == ["function", "function", "industry", "vendor"]


@pytest.mark.parametrize("name", RANGES)
def test_no_range_is_the_wrong_way_round(name):
    with pytest.raises(BadQuery) as caught:
        query_of((f"{name}_min", "500"), (f"{name}_max", "499"))
    (finding,) = caught.value.findings
    assert finding.field == f"{name}_min"
    assert "下限の500円が、上限の499円より大きく" in finding.message.ja
    assert finding.remedy.ja == "下限を499円、上限を500円に入れ替えるか、どちらかを直してください。"
    assert query_of((f"{name}_min", "500"), (f"{name}_max", "500")).bounds(name) == (500, 500)


def test_every_parameter_has_words_for_people():
    assert {*MANY, *RANGES, *BAD, "q"} <= LABELS.keys()


def test_fifty_values_of_a_filter_get_an_answer():
    assert len(query_of(("area", ",".join(PREFECTURES))).areas) == 47
    with pytest.raises(BadQuery) as caught:
        query_of(("language", ",".join(f"x{number}" for number in range(50))))
    assert len(caught.value.findings) == 50


def test_the_lowest_price_is_not_above_the_highest():
    with pytest.raises(BadQuery) as caught:
        query_of(("price_min", "500"), ("price_max", "499"))
    assert caught.value.findings[0].field == "price_min"
    assert query_of(("price_min", "500"), ("price_max", "500")).price_max == 500


def test_too_many_values_are_refused_before_they_are_looked_at():
    with pytest.raises(BadQuery) as caught:
        query_of(("function", ",".join(f"X{number}" for number in range(MAX_VALUES + 1))))
    assert caught.value.findings[0].field == "function"
    assert len(caught.value.findings) == 1


def test_limits_are_included():
    query = query_of(("page", str(MAX_PAGE)), ("per_page", str(MAX_PER_PAGE)), ("price_max", str(MAX_AMOUNT)))
    assert (query.page, query.per_page, query.price_max) == (MAX_PAGE, MAX_PER_PAGE, MAX_AMOUNT)
    assert DEFAULT_PER_PAGE <= MAX_PER_PAGE


def test_a_change_goes_back_to_the_first_page_but_turning_the_page_does_not():
    query = SearchQuery(q="会計", page=7)
    assert query.to_args(functions=("F1",)) == [("q", "会計"), ("function", "F1")]
    assert query.to_args(page=8) == [("q", "会計"), ("page", "8")]
    assert query.to_args() == [("q", "会計"), ("page", "7")]


def some(values):
    return st.lists(st.sampled_from(values), unique=True, max_size=5).map(tuple)


amounts = st.none() | st.integers(0, MAX_AMOUNT)
queries = st.builds(
    SearchQuery,
    q=st.text(st.characters(exclude_categories=("C", "Z")) | st.just(" "), max_size=40).map(str.strip),
    functions=some(FUNCTIONS),
    function_mode=st.sampled_from(["any", "all"]),
    categories=some(CATEGORY_CODES),
    industries=some([code for code in INDUSTRIES if code != ALL_INDUSTRIES]),
    vendors=some(["7000012050002", "1000012050008"]),
    prefectures=some(PREFECTURES),
    price_bands=some([band.code for band in BANDS]),
    fundable=st.none() | st.booleans(),
    areas=some(PREFECTURES),
    deployments=some(["cloud", "installed"]),
    languages=some([row.code for row in MASTERS.traits_of("language")]),
    certifications=some([row.code for row in MASTERS.traits_of("certification")]),
    support=some([row.code for row in MASTERS.traits_of("support")]),
    price_min=amounts,
    price_max=st.none(),
    own_cost_min=st.none(),
    own_cost_max=amounts,
    second_year_min=amounts,
    second_year_max=st.none(),
    updated_since=st.none() | st.dates(FIRST_DAY, LAST_DAY),
    updated_within=st.none() | st.integers(1, MAX_DAYS),
    sort=st.sampled_from([each.value for each in Sort]),
    page=st.integers(1, MAX_PAGE),
    per_page=st.integers(1, MAX_PER_PAGE),
)


@given(queries)
def test_a_query_survives_the_way_through_an_address(query):
    assert query_of(*query.to_args()) == query


@given(
    st.lists(
        st.tuples(
            st.sampled_from([*BAD, "q", "unknown"]), st.text(max_size=30) | st.from_regex(r"-?[0-9,.]{1,18}")
        ),
        max_size=8,
    )
)
def test_whatever_an_address_says_is_a_query_or_a_typed_refusal(pairs):
    faults: list[str | None] = []
    query = None
    try:
        query = query_of(*pairs)
    except BadQuery as refused:
        faults = [finding.field for finding in refused.findings]
    assert set(faults) <= set(BAD)
    assert faults or query_of(*query.to_args()) == query


@given(st.integers(0, 10**11))
def test_every_price_lies_in_the_one_band_that_holds_it(price):
    holding = [band for band in BANDS if band.low <= price and (band.high is None or price < band.high)]
    assert holding == [band_of(price)]
