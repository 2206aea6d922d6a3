"""Rows that cannot be on the page are passed over: the page must be the one that giving all rows their points would make."""

import random
from datetime import UTC, datetime

import numpy as np
import pytest

from search.documents import SearchDocument
from search.embedded import EmbeddedEngine, answering, contenders
from search.embedded.contenders import contenders as the_contenders
from search.port import Facet, Group, MatchStage, SearchRequest, Visibility

WORDS = (
    "会計",
    "給与",
    "給与計算",
    "勤怠",
    "請求",
    "在庫",
    "予約",
    "レジ",
    "顧客",
    "ソフト",
    "管理",
    "クラウド",
    "経費精算",
    "コールセンター",
)
ROWS, PER_PAGE = 900, 5
ASKED = (
    "会計",
    "給与計算",
    "勤怠管理",
    "勤退管理",
    "きんたい",
    "コールセター",
    "予約 顧客",
    "在庫 給与 レジ",
    "電話の予約で手が離せない",
    "ソフト",
)


def a_document(number: int, chance: random.Random) -> SearchDocument:
    some = [chance.choice(WORDS) for _ in range(6)]
    return SearchDocument(
        id=f"C-{number:04d}",
        version=1,
        name=f"{some[0]}{some[1]}{number % 7}",
        vendor_name="見本",
        vendor_number="7000012050002",
        published_at=datetime(2026, 1, 1, tzinfo=UTC),
        description="。".join(f"{chance.choice(some)}と{word}" for word in some * chance.randint(1, 3)),
        products=(some[2],) if chance.random() < 0.5 else (),
        functions=("F1", "B1") if chance.random() < 0.5 else ("B3",),
        function_words=(some[3], some[4]),
        industries=("retail",) if chance.random() < 0.3 else ("retail", "restaurants", "hotels", "medical"),
    )


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    made = EmbeddedEngine(tmp_path_factory.mktemp("contenders") / "index", remembered=0)
    made.ensure_schema()
    chance = random.Random(7)  # noqa: S311 - made-up packages
    made.upsert(a_document(number, chance) for number in range(ROWS))
    made.delete(f"C-{number:04d}" for number in range(0, ROWS, 50))
    return made


@pytest.fixture
def left(monkeypatch):
    """Pass over rows also among few; what was given and what was left of it, each time."""
    monkeypatch.setattr(contenders, "_WORTH", 64)
    monkeypatch.setattr(contenders, "_SAMPLE", 64)
    monkeypatch.setattr(contenders, "_AT_ONCE", 100)
    monkeypatch.setattr(contenders, "_MANY_RUNS", 0)
    seen = []

    def watched(view, questions, rows, number):
        kept = the_contenders(view, questions, rows, number)
        assert np.all(np.diff(kept) > 0), "in order, each once"
        seen.append((len(rows), len(kept)))
        return kept

    monkeypatch.setattr(answering, "contenders", watched)
    return seen


@pytest.mark.parametrize(
    "ticked", [(), (Group(Facet.INDUSTRY, ("retail",)),), (Group(Facet.FUNCTION, ("F1", "B3")),)]
)
@pytest.mark.parametrize("text", ASKED)
def test_the_page_is_the_one_that_all_points_would_make(engine, text, ticked, left, monkeypatch):
    requests = [
        SearchRequest(Visibility.PUBLIC, text, ticked, page=page, per_page=PER_PAGE, loosest=MatchStage.ANY)
        for page in (1, 2, 3)
    ]
    quickly = [engine.search(request).hits for request in requests]
    assert any(quickly), "a text that finds something"
    monkeypatch.setattr(answering, "contenders", lambda _view, _questions, rows, _number: rows)
    assert [engine.search(request).hits for request in requests] == quickly


def test_most_rows_are_passed_over_where_some_are_better_than_others(engine, left):
    engine.search(SearchRequest(Visibility.PUBLIC, "管理", per_page=PER_PAGE))
    ((given, kept),) = left
    assert given > 200
    assert PER_PAGE <= kept < given / 2


def test_a_page_far_behind_is_made_of_all_rows(engine, left):
    engine.search(SearchRequest(Visibility.PUBLIC, "会計", page=10, per_page=PER_PAGE))
    ((given, kept),) = left
    assert kept == given
