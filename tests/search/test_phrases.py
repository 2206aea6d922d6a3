"""What a sentence is about."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.analyser import words
from search.phrases import (
    doing_terms,
    everyday_terms,
    is_sentence,
    phrases,
    says_something,
    telling_terms,
    telling_words,
    term_of,
)


def weights(text):
    return {phrase.text: phrase.weight for phrase in phrases(text)}


def test_what_is_done_to_counts_more_than_everyday_words():
    found = weights("月末の給与計算が大変")
    assert max(found, key=lambda text: found[text]) == "給与計算"
    assert found["月末"] == found["大変"] < found["給与計算"]
    assert "の" not in found
    assert "が" not in found


def test_a_phrase_knows_its_words():
    (phrase,) = phrases("給与計算")
    assert (phrase.text, phrase.words) == ("給与計算", ("給与", "計算"))


def test_verbs_count_less_and_helping_verbs_nothing():
    found = weights("請求書を送っている")
    assert found["送っ"] < found["請求書"]
    assert len(found) == 2


def test_one_character_says_little():
    weights = {phrase.text: phrase.weight for phrase in phrases("輪ゴムの束")}
    assert weights["束"] < weights["輪ゴム"]


def test_a_noun_that_is_done_counts_as_the_verb_it_is():
    found = weights("出勤時間を記録する")
    assert found["記録"] < found["出勤時間"]
    assert weights("給与計算する")["給与計算"] == found["出勤時間"]


def test_each_once_and_affixes_belong_to_their_noun():
    assert list(weights("お客さんとお客さん")) == ["お客さん"]
    assert weights("ます。、!") == {}


def test_politeness_is_no_part_of_what_it_is_about():
    assert list(weights("ご予約の重複")) == ["予約", "重複"]
    assert list(weights("御見積書とお客の声")) == ["見積書", "お客", "声"]


def test_terms_are_compared_as_compounds_are_spelt():
    assert telling_terms("配達の順序を決める") == telling_terms("配送の順番を決めたい")
    assert telling_terms("売り上げが伸びない") == telling_terms("売上を伸ばしたい") == {"売上", "伸"}


@pytest.mark.parametrize(
    ("text", "terms"), [("もうかる", ["もうか"]), ("ねこ", [""]), ("する", [""]), ("売り上げを", ["売上", ""])]
)
def test_of_a_word_in_hiragana_its_beginning_is_compared(text, terms):
    assert [term_of(word, text) for word in words(text)] == terms


def test_what_is_done_and_what_is_said_every_day():
    assert doing_terms(["在庫を数える", "棚が狭い"]) == {"数", "狭"}
    assert doing_terms([]) == frozenset()
    assert {"毎日", "困"} <= everyday_terms()
    assert "在庫" not in everyday_terms()


def test_words_that_stand_beside_any_tool_tell_nothing_but_alone():
    assert telling_words(["会計", "対応"]) == ("会計",)
    assert telling_words(["対応", "ソフト"]) == ("対応", "ソフト")


@pytest.mark.parametrize(
    ("judged", "text", "yes"),
    [
        (is_sentence, "月末の給与計算が大変", True),
        (is_sentence, "京都の", True),
        (is_sentence, "勤怠管理", False),
        (is_sentence, "POSレジ", False),
        (is_sentence, "", False),
        (is_sentence, "の", False),
        (says_something, "原価がわからない", True),
        (says_something, "レジを買う", True),
        # Names with の between them.
        (says_something, "町工場の原価計算", False),
        (says_something, "花屋の予約の台帳", False),
        (says_something, "走るトラック", False),
        (says_something, "レジ 在庫", False),
        (says_something, "の", False),
        (says_something, "", False),
    ],
)
def test_what_is_a_sentence_and_what_says_something(judged, text, yes):
    assert judged(text) is yes


@given(st.text(max_size=60))
def test_any_text_has_phrases_of_itself(text):
    for phrase in phrases(text):
        assert phrase.text in text
        assert 0 < phrase.weight <= 1
        assert all(word in phrase.text for word in phrase.words)
