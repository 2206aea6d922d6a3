"""What is told of how a query was read: each word once, a sentence by what it is about."""

from __future__ import annotations

import pytest

from search.port import MatchStage, Wider
from search.told import told_of

DENTIST = "歯科の受付ですが電話の予約で手が離せません"


def told(text: str, stage: MatchStage, *synonyms: Wider) -> list[tuple[str, tuple[str, ...], bool]]:
    return [(each.word, each.texts, bool(each.likely)) for each in told_of(synonyms, text, stage)]


@pytest.mark.parametrize("stage", [MatchStage.WIDENED, MatchStage.READING, MatchStage.CORRECTED])
def test_of_one_word_all_is_told_once_and_never_the_word_itself(stage):
    assert told(
        "会計ソフト ﾚｼﾞ",
        stage,
        Wider("会計ソフト", ("会計", "帳簿")),
        Wider("ﾚｼﾞ", ("POSレジ", "レジ")),
        Wider("会計ソフト", ("会計", "仕訳"), called=True),
        Wider("会計", ("経理",)),  # a part of a word that has to be there whole
    ) == [("会計ソフト", ("会計", "帳簿", "仕訳"), False), ("ﾚｼﾞ", ("POSレジ",), False)]


def test_what_only_a_sentence_would_stand_for_was_not_looked_for_where_each_word_is_met():
    likely = Wider("タイムカード", ("チャット",), 1.0)
    assert told("タイムカード", MatchStage.WIDENED, likely) == []
    assert told("タイムカード", MatchStage.WIDENED, likely, Wider("タイムカード", ("勤怠",))) == [
        ("タイムカード", ("勤怠",), False)
    ]


def test_names_are_told_as_they_stand_their_own_entries_first():
    assert told(
        "在庫 レジ",
        MatchStage.ANY,
        Wider("レジ", ("POSレジ", "会計"), 1.0),
        Wider("レジ", ("レジスター", "レジ")),
        Wider("在庫", ("在庫",)),
    ) == [("レジ", ("レジスター", "POSレジ"), False)]


def test_a_sentence_is_told_once_by_what_it_is_about_and_whole():
    assert told(
        DENTIST,
        MatchStage.ANY,
        Wider("電話の予約", ("予約管理", "予約"), 1.0),
        Wider("電話の予約で手が離せ", ("オンライン予約", "予約"), 0.8),
        Wider("電話の予約で手が離せません", ("予約管理", "電話")),  # an entry itself
        Wider("歯科", ("医療",)),
        Wider("予約", ("ブッキング",)),
    ) == [(DENTIST, ("予約管理", "オンライン予約"), True), ("歯科", ("医療",), False)]


def test_a_sentence_that_is_an_entry_is_told_as_a_sentence():
    entry = Wider("レジ締めに時間がかかる", ("POSレジ", "レジ"))
    assert told(entry.word, MatchStage.WIDENED, entry) == [(entry.word, ("POSレジ",), True)]


def test_of_the_whole_that_nothing_has_only_its_parts_are_told():
    synonyms = (Wider("成績の管理", ("成績管理",)), Wider("成績", ("実績",)))
    assert told("成績の管理", MatchStage.ANY, *synonyms) == [("成績", ("実績",), False)]
    assert told("成績の管理", MatchStage.SIMILAR, *synonyms) == []
