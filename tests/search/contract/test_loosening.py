"""How every engine finds what is not written so: by synonyms, by stages, each named."""

from __future__ import annotations

import pytest
from search_samples import a_document, ask, fill, ids

from search.port import Facet, Group, MatchStage, Wider


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
