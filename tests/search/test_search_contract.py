"""What every engine must do: find, loosen by stages, rank, mark, sort, page, forget."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from search_samples import DAY, a_document, random_documents

from search.analyser import fold, query_words
from search.documents import Visibility
from search.name_order import name_key
from search.port import Amount, Facet, Group, MatchStage, Range, SearchRequest, Sort, Wider
from tenants.errors import BadInput


def ask(engine, text="", *groups, **more):
    return engine.search(SearchRequest(Visibility.PUBLIC, text, groups, **more))


def ids(result):
    return [hit.id for hit in result.hits]


def fill(engine, *documents):
    engine.wait(engine.upsert(documents))


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


class TestExplaining:
    @pytest.fixture(autouse=True)
    def _documents(self, engine):
        fill(
            engine,
            a_document("CARD", name="クレジット決済", products=("レジ連携",)),
            a_document("TILL", name="POSレジ"),
            a_document("OTHER", name="勤怠"),
        )

    def explain(self, engine, text, identity, **more):
        return engine.explain(SearchRequest(Visibility.PUBLIC, text, **more), identity)

    def test_reasons_add_up_to_the_order(self, engine):
        hits = ask(engine, "レジ").hits
        told = {hit.id: self.explain(engine, "レジ", hit.id) for hit in hits}
        assert {identity: each.rank for identity, each in told.items()} == {"TILL": 1, "CARD": 2}
        sums = [sum(reason.points for reason in told[hit.id].reasons) for hit in hits]
        assert sums == sorted(sums, reverse=True)
        assert {(r.field, r.text) for r in told["TILL"].reasons} >= {("name", "レジ"), ("name_words", "レジ")}
        assert ("name_words", "レジ") not in {(r.field, r.text) for r in told["CARD"].reasons}

    def test_a_synonym_is_a_reason_of_its_own(self, engine):
        told = self.explain(engine, "キャッシャー", "TILL", synonyms=(Wider("キャッシャー", ("レジ",)),))
        assert told.stage is MatchStage.WIDENED
        assert {reason.text for reason in told.reasons} == {"レジ"}

    def test_what_is_not_found_has_no_reasons(self, engine):
        assert self.explain(engine, "レジ", "OTHER") is None
        assert self.explain(engine, "レジ", "NOBODY") is None
        assert self.explain(engine, "鰻重", "TILL") is None
        assert self.explain(engine, "!!!", "TILL") is None

    def test_without_words_there_is_a_place_but_no_reason(self, engine):
        told = self.explain(engine, "", "TILL")
        assert (told.stage, told.reasons) == (MatchStage.ALL, ())
        places = {each: self.explain(engine, "", each).rank for each in ("CARD", "TILL", "OTHER")}
        assert sorted(places, key=places.get) == ids(ask(engine, ""))

    def test_the_place_is_among_what_the_filters_leave_in_the_order_asked_for(self, engine):
        fill(
            engine,
            a_document("FEW", name="レジ", industries=("retail",), price_yen=3),
            a_document("ALSO", name="レジ締め", industries=("retail",), price_yen=1),
        )
        only = {"groups": (Group(Facet.INDUSTRY, ("retail",)),)}
        assert self.explain(engine, "レジ", "TILL", **only) is None
        for sort in (Sort.RELEVANCE, Sort.PRICE, Sort.NAME):
            found = ids(ask(engine, "レジ", *only["groups"], sort=sort))
            assert len(found) == 2
            told = [self.explain(engine, "レジ", each, **only, sort=sort).rank for each in found]
            assert told == [1, 2]


class TestVocabulary:
    def test_names_and_loan_words_in_descriptions_most_frequent_first(self, engine):
        fill(
            engine,
            a_document("A", name="ｺｰﾙｾﾝﾀｰ支援", products=("Security",), description="会計係のコールセンター"),
            a_document("B", name="コールセンターの友", function_words=("給与計算",)),
        )
        assert list(engine.vocabulary()) == [("コールセンター", 2), ("Security", 1), ("給与計算", 1)]


class TestWidening:
    PAY = (Wider("給料", ("給与計算",)),)

    @pytest.fixture(autouse=True)
    def _documents(self, engine):
        fill(
            engine,
            a_document("SALARY", name="給料明細クラウド"),
            a_document("PAYROLL", name="給与計算システム", description="毎月の計算"),
            a_document("TILL", name="POSレジ"),
            a_document("CARD", name="クレジット決済"),
        )

    def test_a_synonym_finds_too_after_the_word_itself_and_says_so(self, engine):
        assert ids(ask(engine, "給料")) == ["SALARY"]
        result = ask(engine, "給料", synonyms=self.PAY, highlight=True)
        assert (ids(result), result.stage) == (["SALARY", "PAYROLL"], MatchStage.WIDENED)
        assert result.hits[1].highlights[0].pieces == (("給与計算", True), ("システム", False))

    def test_every_word_must_still_be_met(self, engine):
        assert ids(ask(engine, "給料 毎月", synonyms=self.PAY)) == ["PAYROLL"]

    def test_a_synonym_of_a_word_typed_by_its_sound(self, engine):
        result = ask(engine, "きゅうりょう", synonyms=(Wider("きゅうりょう", ("給与計算",)),))
        assert set(ids(result)) == {"SALARY", "PAYROLL"}
        assert result.stage is MatchStage.READING

    def test_traps_stay_below_what_is_meant(self, engine):
        fill(engine, a_document("TOKYO", name="東京都の予約"), a_document("KYOTO", name="京都の予約"))
        assert ids(ask(engine, "京都", synonyms=(Wider("京都", ("京都府",)),)))[0] == "KYOTO"
        assert ids(ask(engine, "レジ", synonyms=(Wider("レジ", ("POS",)),)))[0] == "TILL"

    def test_what_was_probably_meant_is_tried_when_nothing_has_the_words(self, engine):
        meant = (Wider("ポスレゾ", ("POSレジ",)),)
        result = ask(engine, "ポスレゾ", corrections=meant, highlight=True)
        assert (ids(result), result.stage) == (["TILL"], MatchStage.CORRECTED)
        assert ids(ask(engine, "給料", corrections=(Wider("給料", ("POSレジ",)),))) == ["SALARY"]

    def test_counts_know_what_the_text_was_widened_to(self, engine):
        fill(engine, a_document("F", name="給与計算", functions=("B3",)))
        narrow = ask(engine, "給料", facets=(Facet.FUNCTION,))
        wide = ask(engine, "給料", facets=(Facet.FUNCTION,), synonyms=self.PAY)
        assert (narrow.facets[Facet.FUNCTION], wide.facets[Facet.FUNCTION]) == ({}, {"B3": 1})

    def test_who_wants_no_similar_words_gets_none(self, engine):
        result = ask(engine, "給料明紳", loosest=MatchStage.READING)
        assert (ids(result), result.stage) == ([], MatchStage.NONE)
        assert ids(ask(engine, "給料明紳"))


class TestStages:
    @pytest.fixture(autouse=True)
    def _documents(self, engine):
        fill(
            engine,
            a_document("KINTAI", name="クラウド勤怠管理"),
            a_document("CALL", name="コールセンター支援", description="security"),
            a_document("YOYAKU", name="予約台帳", description="電話を減らします"),
            a_document("KEIHI", name="経費精算", name_kana="ケイヒセイサン"),
        )

    @pytest.mark.parametrize(
        ("query", "stage", "found"),
        [
            ("勤怠", MatchStage.EXACT, "KINTAI"),
            ("きんたい", MatchStage.READING, "KINTAI"),
            ("ｷﾝﾀｲ", MatchStage.READING, "KINTAI"),
            ("勤退管理", MatchStage.READING, "KINTAI"),
            ("けいひせいさん", MatchStage.READING, "KEIHI"),
            ("コールセター", MatchStage.SIMILAR, "CALL"),
            ("securty", MatchStage.SIMILAR, "CALL"),
            ("電話の予約で手が離せない", MatchStage.ANY, "YOYAKU"),
            ("鰻重", MatchStage.NONE, None),
            ("!!!", MatchStage.NONE, None),
        ],
    )
    def test_each_stage_is_named(self, engine, query, stage, found):
        result = ask(engine, query)
        assert result.stage is stage
        assert ids(result)[:1] == ([found] if found else [])

    def test_filters_never_loosen(self, engine):
        result = ask(engine, "勤怠", Group(Facet.FUNCTION, ("F9",)), facets=(Facet.FUNCTION,))
        assert (result.stage, result.total) == (MatchStage.EXACT, 0)

    def test_a_kana_name_does_not_hide_the_same_sound(self, engine):
        fill(engine, a_document("KANA", name="きんたいくん"))
        assert set(ids(ask(engine, "きんたい"))) == {"KANA", "KINTAI"}


class TestRanking:
    def test_fields_in_their_order(self, engine):
        fill(
            engine,
            a_document("VENDOR", vendor_name="会計屋"),
            a_document("DESCRIPTION", description="会計"),
            a_document("INDUSTRY", industry_names=("会計",)),
            a_document("PRODUCT", products=("会計",)),
            a_document("FUNCTION", function_words=("会計",)),
            a_document("NAME", name="会計"),
        )
        assert ids(ask(engine, "会計")) == ["NAME", "FUNCTION", "PRODUCT", "INDUSTRY", "DESCRIPTION", "VENDOR"]

    @pytest.mark.parametrize(
        ("query", "trap", "right"),
        [
            ("京都", "東京都の案内", "京都の着物"),
            ("レジ", "クレジット決済", "POSレジ"),
            ("pos", "position", "pos 端末"),
        ],
    )
    def test_a_part_of_another_word_comes_after_the_word(self, engine, query, trap, right):
        fill(
            engine,
            a_document("TRAP", name=trap, function_words=(trap,), products=(trap,), description=trap),
            a_document("RIGHT", description=right),
        )
        assert ids(ask(engine, query)) == ["RIGHT", "TRAP"]

    def test_ties_do_not_follow_the_order_of_loading(self, engine):
        documents = [a_document(f"T-{n}", name="会計") for n in range(30)]
        fill(engine, *documents)
        before = ids(ask(engine, "会計", per_page=100))
        engine.delete([d.id for d in documents])
        fill(engine, *reversed(documents))
        assert ids(ask(engine, "会計", per_page=100)) == before


class TestHighlights:
    def marked(self, engine, query):
        hit = ask(engine, query, highlight=True).hits[0]
        return {h.field: [text for text, matched in h.pieces if matched] for h in hit.highlights}

    def test_exact_in_the_original_text(self, engine):
        fill(
            engine,
            a_document(
                "A", name="安いﾚｼﾞ", description="レジと「サーバー」のＰＯＳレジ", products=("棚", "れじ袋")
            ),
        )
        assert self.marked(engine, "レジ") == {
            "name": ["ﾚｼﾞ"],
            "description": ["レジ", "レジ"],
            "products": ["れじ"],
        }
        assert self.marked(engine, "posレジ サーバ")["description"] == ["サーバ", "ＰＯＳレジ"]
        assert self.marked(engine, "ｻｰﾊﾞｰ")["description"] == ["サーバー"]

    def test_by_reading_whole_words_are_marked(self, engine):
        fill(engine, a_document("A", name="クラウド勤怠管理"))
        assert self.marked(engine, "きんたい") == {"name": ["勤怠"]}

    def test_looser_stages_mark_what_is_there(self, engine):
        fill(engine, a_document("A", name="コールセンター", description="電話を減らす"))
        assert self.marked(engine, "コールセター") == {"name": ["コールセ"]}
        assert self.marked(engine, "電話の予約で手が離せない") == {"description": ["電話"]}

    def test_pieces_together_are_the_text(self, engine):
        documents = {d.id: d for d in random_documents(60, seed=3)}
        fill(engine, *documents.values())
        for query in ("会計", "きゅうよ", "ｸﾚｼﾞ", "計"):
            for hit in ask(engine, query, highlight=True, per_page=100).hits:
                assert hit.highlights
                for mark in hit.highlights:
                    value = getattr(documents[hit.id], mark.field)
                    whole = "".join(text for text, _ in mark.pieces)
                    assert whole == value or whole in value
                    assert any(matched for _, matched in mark.pieces)


class TestOrderAndPages:
    def test_names_are_in_the_order_of_their_sound(self, engine):
        names = ("POSレジ", "あさひ帳簿", "ガイド", "かき", "クリニック", "農園", "会", "美容室", "旅館・ホテル")
        fill(
            engine,
            *(
                a_document(f"N{at}", name=name, name_kana="ノウカイ" if name == "会" else "")
                for at, name in enumerate(names)
            ),
        )
        found = [each for each in ids(ask(engine, sort=Sort.NAME, per_page=100)) if each.startswith("N")]
        assert found == [f"N{at}" for at in range(len(names))]

    @pytest.mark.parametrize(
        ("sort", "key"),
        [
            (Sort.PRICE, lambda d: d.price_yen),
            (Sort.OWN_COST, lambda d: d.own_cost_yen),
            (Sort.SUBSIDY, lambda d: -d.subsidy_yen),
            (Sort.NEWEST, lambda d: -d.published_at.timestamp()),
            (Sort.NAME, lambda d: name_key(d.name)),
        ],
    )
    def test_sorted_by_what_was_asked(self, engine, sort, key):
        documents = {d.id: d for d in random_documents(90, seed=4)}
        fill(engine, *documents.values())
        values = [key(documents[i]) for i in ids(ask(engine, sort=sort, per_page=100))]
        assert len(values) == 90
        assert values == sorted(values)

    @pytest.mark.parametrize("sort", list(Sort))
    def test_pages_put_together_are_the_whole(self, engine, sort):
        fill(engine, *random_documents(55, seed=5))
        whole = ids(ask(engine, "会計", sort=sort, per_page=100))
        pages = [ask(engine, "会計", sort=sort, per_page=7, page=n) for n in range(1, 10)]
        assert [i for page in pages for i in ids(page)] == whole
        assert {page.total for page in pages} == {len(whole)}

    def test_beyond_the_end_is_empty_with_the_total(self, engine):
        fill(engine, a_document("A"), a_document("B"))
        result = ask(engine, page=1_000_000, per_page=100, facets=(Facet.VENDOR,))
        assert (result.hits, result.total, result.total_is_exact) == ((), 2, True)
        assert result.facets == {Facet.VENDOR: {"7000000000001": 2}}

    @pytest.mark.parametrize(
        "wrong",
        [
            lambda: SearchRequest(Visibility.PUBLIC, page=0),
            lambda: SearchRequest(Visibility.PUBLIC, page=1_000_001),
            lambda: SearchRequest(Visibility.PUBLIC, per_page=0),
            lambda: SearchRequest(Visibility.PUBLIC, per_page=101),
            lambda: Group(Facet.VENDOR, ()),
            lambda: Group(Facet.VENDOR, ("1",) * 101),
            lambda: Range(Amount.PRICE, -1),
            lambda: Range(Amount.PRICE, None, 2**64),
            lambda: SearchRequest(Visibility.PUBLIC, groups=(Group(Facet.VENDOR, ("1",)),) * 2),
        ],
    )
    def test_what_is_out_of_range_is_refused(self, wrong):
        with pytest.raises(BadInput):
            wrong()


class TestChanges:
    def test_a_document_is_replaced_whole(self, engine):
        fill(engine, a_document("A", version=1, name="会計"))
        before = ask(engine, "会計").applied_version
        fill(engine, a_document("A", version=2, name="給与"))
        assert ask(engine, "会計").total == 0
        result = ask(engine, "給与")
        assert [(h.id, h.version) for h in result.hits] == [("A", 2)]
        assert result.applied_version != before
        assert result.applied_version == ask(engine).applied_version == engine.stats().applied_version

    def test_deleted_is_gone_and_may_be_deleted_again(self, engine):
        fill(engine, a_document("A"), a_document("B"))
        engine.wait(engine.delete(["A", "never"]))
        engine.wait(engine.delete(["A"]))
        assert ids(ask(engine)) == ["B"]
        assert list(engine.iter_versions()) == [("B", 1)]

    def test_versions_and_statistics(self, engine):
        documents = random_documents(30, seed=6)
        fill(engine, *documents)
        fill(engine, replace(documents[3], version=99))
        assert dict(engine.iter_versions()) == {d.id: d.version for d in documents} | {"R-3": 99}
        assert engine.stats().documents == 30
        assert engine.stats().size_bytes > 0
        assert engine.ensure_schema() is False

    def test_only_those_who_may_see_a_document_find_it(self, engine):
        fill(engine, a_document("OPEN"), a_document("HELD", visibility=Visibility.SECRETARIAT, vendor_number="1"))
        request = SearchRequest(Visibility.SECRETARIAT, sort=Sort.NAME, facets=(Facet.VENDOR,))
        assert ids(ask(engine)) == ["OPEN"]
        assert set(ids(engine.search(request))) == {"OPEN", "HELD"}
        assert engine.facet_values(Facet.VENDOR, Visibility.PUBLIC) == {"7000000000001": 1}
        assert engine.facet_values(Facet.VENDOR, Visibility.SECRETARIAT) == {"7000000000001": 1, "1": 1}
        assert ask(engine, "HELD").total == 0
