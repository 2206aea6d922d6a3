"""What sounds one kana away from what was typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.embedded.slips import near_sounds, sounds_of
from search.nearness import distance

LABELS = ("だこくあぷり", "ほうりつじむ", "そうげいるうと")


def somewhere(sound: str) -> bool:
    return any(sound in label for label in LABELS)


@pytest.mark.parametrize(
    ("sound", "near"),
    [
        ("だこくあぷい", ["だこくあぷり"]),
        ("だこくぷり", ["だこくあぷり"]),
        ("ほうりじむ", ["ほうりつじむ"]),
        ("ほうりつじじむ", ["ほうりつじむ"]),
        ("ほうつりじむ", ["ほうりつじむ"]),
        ("そうげるうと", ["そうげいるうと"]),
        ("だこくけいひ", []),
        ("けいひせいさん", []),
        ("だこく", []),  # too short
        ("だこくあぷり" * 5, []),
    ],
)
def test_one_kana_wrong_between_parts_that_are_right(sound, near):
    assert near_sounds(sound, somewhere) == near


@given(st.text("だこくあぷりほう", min_size=5, max_size=9))
def test_what_is_near_is_one_step_away_and_there(sound):
    for near in near_sounds(sound, somewhere):
        assert somewhere(near)
        assert distance(sound, near, 2) == 1


def test_how_a_word_may_sound():
    assert sounds_of("だこくあぷい") == ("だこくあぷい",)
    assert "ほうりじむ" in sounds_of("法りじむ")
    assert (
        sounds_of("勤怠管理")
        == sounds_of("ヨヤポン")
        == sounds_of("翻訳の")
        == sounds_of("予約の電話がとても多くて困る")
        == ()
    )
