"""What every engine must find: the substring truth, whatever field it is in, however it is spelt."""

from __future__ import annotations

from datetime import timedelta

import pytest
from search_samples import DAY, a_document, ask, fill, ids, random_documents

from search.analyser import fold, query_words
from search.port import MatchStage, Wider


def text_of(document):
    """All that a package is found by, as written."""
    return [
        document.name,
        *document.function_words,
        *document.products,
        *document.industry_names,
        document.prefecture,
        document.description,
        document.vendor_name,
        document.vendor_number,
        document.id,
    ]


def truth(documents, query):
    """Ids of the documents that have every word of the query as a part of a text."""
    folded = [fold(w) for w in query_words(query, most=100)]
    return {d.id for d in documents if all(any(w in fold(t) for t in text_of(d)) for w in folded)}


class TestFinding:
    @pytest.mark.parametrize(
        "query",
        [
            "会計",
            "ﾚｼﾞ",
            "計給",
            "サーバ",
            "サーバー",
            "crm",
            "Ａ",
            "会",
            "京都",
            "怠",
            "会計 給与",
            "Ｅtax",
            "在庫 レジ 顧客",
            "データベース",
            "ｸﾚｼﾞ",
            "1",
            "株",
        ],
    )
    def test_exactly_the_substring_truth(self, engine, query):
        documents = random_documents(150, seed=1)
        fill(engine, *documents)
        result = ask(engine, query, per_page=100)
        expected = truth(documents, query)
        assert expected
        assert result.stage is MatchStage.EXACT
        assert result.total == len(expected)
        more = ask(engine, query, per_page=100, page=2)
        assert {*ids(result), *ids(more)} == expected

    def test_every_pair_of_neighbours_that_is_written_is_found(self, engine):
        documents = random_documents(40, seed=2)
        fill(engine, *documents)
        for document in documents:
            for at in range(0, len(document.description) - 1, 5):
                end = at + 3
                while document.description[end : end + 1] in ("ﾞ", "ﾟ"):  # a mark is a part of its kana
                    end += 1
                query = document.description[at:end]
                if query_words(query, most=1):
                    found = ask(engine, query, per_page=100)
                    assert document.id in ids(found), query

    def test_words_may_be_in_different_fields(self, engine):
        fill(
            engine, a_document("A", name="予約台帳", industry_names=("飲食店",)), a_document("B", name="予約台帳")
        )
        assert ids(ask(engine, "予約 飲食店")) == ["A"]

    def test_nothing_matches_over_punctuation_or_from_one_text_to_the_next(self, engine):
        fill(engine, a_document("A", name="請求書", products=("在庫", "庫内"), description="会計。計画"))
        assert ask(engine, "会計計画").stage is not MatchStage.EXACT
        assert ask(engine, "在庫内").stage is not MatchStage.EXACT

    def test_code_and_vendor_number(self, engine):
        fill(engine, a_document("AP-1"), a_document("BQ-2", vendor_number="7999900000101"))
        assert ids(ask(engine, "ap-1")) == ["AP-1"]
        assert ids(ask(engine, "7999900000101")) == ["BQ-2"]

    def test_no_text_gives_everything_newest_first(self, engine):
        fill(engine, a_document("OLD"), a_document("NEW", published_at=DAY + timedelta(days=1)))
        result = ask(engine)
        assert (ids(result), result.stage) == (["NEW", "OLD"], MatchStage.ALL)

    @pytest.mark.parametrize(
        ("query", "first", "found"),
        [
            ("会計 対応", "D2", {"D1", "D2"}),
            ("対応 会計 ソフト", "D2", {"D1", "D2"}),
            ("インボイス対応 会計", "D2", {"D1", "D2"}),
            ("対応", "D4", {"D2", "D3", "D4"}),
            ("対応 ソフト", "D4", {"D4"}),
            ("緊急対応 予約", "D3", {"D3"}),
            ("れじ ソフト", "D5", {"D5"}),
        ],
    )
    def test_a_word_that_says_nothing_of_a_tool_keeps_nothing_out(self, engine, query, first, found):
        fill(
            engine,
            a_document("D1", name="会計帳", description="インボイスを作ります"),
            a_document("D2", name="会計帳 インボイス対応"),
            a_document("D3", name="緊急対応ノート", description="予約"),
            a_document("D4", name="ソフト対応"),
            a_document("D5", name="レジ帳"),
        )
        synonyms = (Wider("インボイス対応", ("インボイス",)),) if "インボイス対応" in query else ()
        result = ask(engine, query, synonyms=synonyms)
        assert set(ids(result)) == found
        assert ids(result)[0] == first


class TestSpellings:
    @pytest.mark.parametrize(
        ("query", "name"),
        [
            ("受発注", "受け発注らくらく"),
            ("受け発注", "受発注らくらく"),
            ("見積り", "見積書メーカー"),
            ("見積", "お見積もりの友"),
            ("問合せ", "問い合わせ窓口"),
            ("会計", "會計の帳面"),
            ("齋藤商店", "斎藤商店レジ"),
            ("3000円", "月3千円プラン"),
            ("１０名", "10名まで"),
        ],
    )
    def test_other_spellings_count_as_written(self, engine, query, name):
        fill(engine, a_document("A", name=name), a_document("B", name="請求書"))
        result = ask(engine, query, highlight=True)
        assert (ids(result), result.stage) == (["A"], MatchStage.EXACT)
        assert any(matched for mark in result.hits[0].highlights for _, matched in mark.pieces)

    def test_a_whole_word_in_another_spelling_comes_before_a_part_of_a_word(self, engine):
        fill(
            engine,
            a_document("PART", name="管理", products=("大受発注書",)),
            a_document("WHOLE", name="受け発注管理"),
        )
        assert ids(ask(engine, "受発注")) == ["WHOLE", "PART"]
