"""What belongs to a character stays with it: marks, however many, and what nobody sees."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from search_samples import a_document

from search.analyser import fold, fold_with_places, is_hiragana, query_words, reading_of, words
from search.clusters import clusters
from search.embedded.highlights import Marker, fields_of
from search.port import MatchStage

UNSEEN = ["\U000e0100", "\ufe00", "\ufe0f", "\u200b", "\u00ad", "\u200d", "\u2060", "\ufeff", "\u202e", "\x00"]


@pytest.mark.parametrize("sign", UNSEEN)
def test_what_nobody_sees_parts_no_word_and_belongs_to_the_character_before(sign):
    text = f"東京の葛{sign}飾区"
    assert fold(text) == fold("東京の葛飾区")
    assert query_words(f"葛{sign}飾 {sign}葛飾", most=5) == [f"葛{sign}飾"]
    assert fold_with_places(text).span(3, 4) == (3, 5)
    assert "葛飾" in "".join(word.surface for word in words(text))
    marked = [
        piece
        for query in ("葛", "葛飾", f"葛{sign}飾")
        for field in Marker([query], MatchStage.EXACT).highlights(fields_of(a_document("A", name=text)))
        for piece, on in field.pieces
        if on
    ]
    assert marked == [f"葛{sign}", f"葛{sign}飾", f"葛{sign}飾"]


@given(st.text("葛飾区かがﾊﾟ會Aé・ー。", min_size=1, max_size=12), st.sampled_from(UNSEEN))
def test_a_text_with_what_nobody_sees_behind_each_character_reads_as_without(text, sign):
    assert fold("".join(character + sign for character in text)) == fold(text)


@pytest.mark.parametrize("sign", UNSEEN)
def test_a_sign_that_stands_for_several_does_so_with_what_nobody_sees_behind_it(sign):
    assert fold(f"㈱{sign}みほん") == "株式会社みほん"
    assert fold(f"10%{sign}引き") == "10%引き"
    mapped = fold_with_places(f"㈱{sign}会計")
    assert mapped.span(0, 4) == (0, 2)


@pytest.mark.parametrize("letter", ["a", "か", "漢", "ﾊ"])
def test_marks_piled_on_a_letter_are_cut(letter):
    """Sorted, a hundred thousand of them took half a minute: the places of all stay the letter's."""
    text = letter + "\u0301\u3099\u0316" * 40_000 + "後"
    mapped = fold_with_places(text)
    assert re.fullmatch(".後", mapped.text)
    assert mapped.span(0, 1) == (0, len(text) - 1)
    assert words(text)[-1].end == len(text)


def test_the_dictionary_reads_what_is_seen():
    assert reading_of("Café") == reading_of("cafe")
    assert reading_of("勤\u200b怠") == "きんたい"
    assert is_hiragana("きん\u200bたい")
    assert is_hiragana("ら〜めん")
    assert not is_hiragana("\u200b")


def test_there_are_as_many_clusters_as_characters_that_stand_alone():
    assert clusters("") == []
    assert clusters("\u200bｶﾞ會") == [(0, 1), (1, 3), (3, 4)]
