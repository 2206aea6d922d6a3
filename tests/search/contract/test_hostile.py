"""Whatever is typed, the answer is a result, within bounds."""

from __future__ import annotations

import tempfile
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from search_samples import ENGINES, random_documents

from search.documents import Visibility
from search.port import (
    MAX_QUERY_CHARACTERS,
    Amount,
    Facet,
    Group,
    Range,
    SearchRequest,
    SearchResult,
    Sort,
    part_read,
)


@pytest.fixture(scope="module", params=sorted(ENGINES))
def filled(request):
    with tempfile.TemporaryDirectory() as folder:
        engine = ENGINES[request.param](Path(folder))
        engine.wait(engine.upsert(random_documents(60, seed=7)))
        yield engine
        engine.close()


TEXTS = st.one_of(
    st.text(max_size=120),
    st.text(st.characters(codec=None, categories=["Cc", "Cf", "Cs", "Mn", "So", "Zs"]), max_size=40),
    st.text("ーﾞﾟ゛・ 　会計レジれじpos1-_\"'()*:^~[]{}\\/+&|!?.", max_size=120),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=TEXTS,
    value=st.text(st.characters(codec=None), max_size=20),
    sort=st.sampled_from(Sort),
    page=st.sampled_from((1, 2, 999_999)),
    mode=st.sampled_from(("any", "all")),
)
def test_no_input_raises(filled, text, value, sort, page, mode):
    groups = (Group(Facet.VENDOR, (value, "x"), mode), Range(Amount.PRICE, 5, 1)) if len(value) % 2 else ()
    request = SearchRequest(
        Visibility.PUBLIC, text, groups, sort=sort, page=page, facets=tuple(Facet), highlight=True
    )
    assert isinstance(filled.search(request), SearchResult)


@pytest.mark.parametrize(
    "text",
    [
        "会計" * 5000,
        "あ" * 10_000,
        "a b " * 2500,
        "ー" * 10_000,
        "\x00" * 10_000,
        "ﾞ" * 10_000,
        "😀" * 10_000,
        "勤怠 " * 3000,
        "\ufdfa" * 10_000,  # one Arabic character that stands for eighteen
    ],
)
def test_a_very_long_query_takes_little_time(filled, text):
    start = time.process_time()
    filled.search(SearchRequest(Visibility.PUBLIC, text, facets=tuple(Facet), highlight=True))
    assert time.process_time() - start < 2


@given(TEXTS)
@example("㍿" * 40)
@example("\ufdfa" * 10)
@example("a" * 101)
def test_of_a_text_no_more_is_read_than_a_search_reads_whatever_its_characters_stand_for(text):
    read = part_read(text)
    assert text.startswith(read)
    assert len(unicodedata.normalize("NFKC", read)) <= MAX_QUERY_CHARACTERS
    if len(text) + len(unicodedata.normalize("NFKD", text)) <= MAX_QUERY_CHARACTERS:
        assert read == text


def test_fifty_values_in_each_filter(filled):
    groups = tuple(Group(f, tuple(f"v{n}" for n in range(50))) for f in Facet)
    assert filled.search(SearchRequest(Visibility.PUBLIC, "会計", groups, facets=tuple(Facet))).total == 0
