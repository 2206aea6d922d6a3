"""Readings of kanji one by one: what they are in compounds counts, and a long text costs nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.character_readings import sounds_by_character


@pytest.mark.parametrize(
    ("written", "sound"),
    [("星球書", "せいきゆうしよ"), ("彩陽", "さいよう"), ("容接", "ようせつ"), ("請急", "せいきゆう")],
)
def test_a_wrong_choice_sounds_like_the_word_that_was_meant(written, sound):
    assert sound in sounds_by_character(written, most=100)


@given(st.text(max_size=12), st.integers(1, 20))
def test_any_text_has_at_most_so_many(text, most):
    assert len(list(sounds_by_character(text, most=most))) <= most


@pytest.mark.parametrize("text", ["", "請", "請求の", "レジ", "abc", "請求書発行管理"])
def test_another_text_than_a_short_compound_has_none(text):
    assert list(sounds_by_character(text, most=9)) == []
