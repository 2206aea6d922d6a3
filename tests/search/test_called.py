"""A program for something: who does that comes before who only mentions such programs (会計ソフトと連携)."""

from __future__ import annotations

import pytest
from search_samples import a_document

from catalogue.synonym_list import SynonymList
from catalogue.synonyms import Synonym
from search.port import MatchStage, SearchRequest, Visibility
from search.widening import widen

KNOWN = SynonymList(
    1,
    "",
    (
        Synonym("会計", ("帳簿",), two_way=False, problem=False, source="test"),
        Synonym("決済端末", ("キャッシュレス",), two_way=False, problem=False, source="test"),
    ),
)
MENTION = "お使いの会計ソフト・在庫管理システム・予約システム・決済端末とデータを連携できます"
DOCUMENTS = (
    a_document("BOOKS", name="数字くん", function_words=("会計",), description="月次の数字が分かります"),
    a_document("LEDGER", name="元帳くん", function_words=("帳簿",), description="月次の数字が分かります"),
    a_document("STOCK", name="くらもり", function_words=("在庫管理",), description="数が分かります"),
    a_document("ROOMS", name="あきいろ", function_words=("予約管理",), description="空きが分かります"),
    a_document("PAY", name="ぴっと", function_words=("キャッシュレス",), description="お支払いに"),
    *(
        a_document(f"ELSE{n}", name=f"連絡{n}", function_words=("社内連絡",), description=MENTION)
        for n in range(3)
    ),
)


@pytest.fixture(scope="module")
def engine(filled):
    return filled(DOCUMENTS)


def ask(engine, text):
    result = engine.search(SearchRequest(Visibility.PUBLIC, text, synonyms=widen(text, KNOWN), highlight=True))
    return result.stage, [hit.id for hit in result.hits]


@pytest.mark.parametrize(
    ("query", "stage", "first"),
    [
        ("会計ソフト", MatchStage.WIDENED, ["BOOKS", "LEDGER"]),
        ("会計soft", MatchStage.WIDENED, ["BOOKS", "LEDGER"]),
        ("予約システム", MatchStage.WIDENED, ["ROOMS"]),
        ("在庫管理 システム", MatchStage.EXACT, ["STOCK"]),
        ("ざいこ管理システム", MatchStage.READING, ["STOCK"]),
        ("zaiko システム", MatchStage.READING, ["STOCK"]),
        ("決済端末", MatchStage.WIDENED, ["PAY"]),
    ],
)
def test_who_does_it_comes_before_who_mentions_it(engine, query, stage, first):
    found_in, ids = ask(engine, query)
    assert (found_in, ids[: len(first)]) == (stage, first)


def test_who_mentions_it_is_found_too_where_it_is_written_so(engine):
    assert {"ELSE0", "ELSE1", "ELSE2"} <= {*ask(engine, "会計ソフト")[1]}


def test_what_it_is_a_program_for_is_found_by_name_and_function_alone(engine):
    assert ask(engine, "予約システム")[1][0] == "ROOMS"
    assert ask(engine, "空きシステム")[0] is MatchStage.SIMILAR  # 空きが分かります is no program for 空き


def test_a_name_that_ends_so_is_left_whole():
    assert not [each for each in widen("マイクロソフト", KNOWN) if each.called]


def test_the_reason_says_what_it_is_called(engine):
    request = SearchRequest(Visibility.PUBLIC, "会計ソフト", synonyms=widen("会計ソフト", KNOWN))
    reasons = {(each.field, each.text) for each in engine.explain(request, "BOOKS").reasons}
    assert ("called", "会計") in reasons
