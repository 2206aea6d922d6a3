"""Rōmaji typed for Japanese words, and English left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.analyser import readings_of
from search.romaji import kana_of, latin_of, latin_parts, plain_romaji, romaji_of


@pytest.mark.parametrize(
    ("typed", "kana"),
    [
        ("keihi", "けいひ"),
        ("KINTAI", "きんたい"),
        ("ｋｉｎｔａｉ", "きんたい"),
        ("seikyusho", "せいきゅうしょ"),
        ("seikyuusho", "せいきゅうしょ"),
        ("jūhacchū", "じゅうはっちゅう"),
        ("juhatchu", "じゅはっちゅう"),
        ("honyaku", "ほんやく"),
        ("hon'yaku", "ほんやく"),
        ("sinkoku", "しんこく"),
        ("shimpo", "しんぽ"),
        ("yoyaku", "よやく"),
    ],
)
def test_what_it_may_stand_for(typed, kana):
    assert kana in kana_of(typed)


@pytest.mark.parametrize(
    "typed", ["pos", "crm", "security", "online", "shift", "ec", "x" * 60, "経費", "", "kei hi", "ま"]
)
def test_what_is_no_romaji(typed):
    assert kana_of(typed) == ()


@given(st.text(alphabet="aiueoknstyhm'", max_size=60))
def test_readings_stay_few(typed):
    assert len(kana_of(typed)) <= 16


def test_a_part_of_a_word():
    assert latin_parts("kintai管理") == [("kintai", kana_of("kintai")), ("管理", ())]
    assert latin_parts("管理POS") == [("管理", ()), ("POS", ())]
    assert "きんたいかんり" in readings_of("kintai管理")
    assert readings_of("経費") == ("けいひ",)


@pytest.mark.parametrize(
    ("kana", "latin"), [("ねお", "neo"), ("しふと", "shifuto"), ("ねー", None), ("猫", None), ("", None)]
)
def test_kana_in_latin_letters(kana, latin):
    assert latin_of(kana) == latin


def test_a_brand_in_a_longer_name_is_read_letter_by_letter_too():
    assert readings_of("らくらくめいさいねお") == ("らくらくめいさいねお", "らくらくめいさいえぬいお")
    assert readings_of("ねおらくらくしふと") == ("ねおらくらくしふと", "えぬいおらくらくしふと")
    assert readings_of("ねお") == ("ねお",)
    assert readings_of("らくらくめいさいんん") == ("らくらくめいさいんん",)


@pytest.mark.parametrize(
    ("typed", "sound"),
    [
        ("kyuuyokeisan", "きゆうよけいさん"),
        ("hattyuu", "はつちゆう"),
        ("hacchu", "はつちゆう"),
        ("hatchuu", "はつちゆう"),
        ("juhatchuu", "じゆはつちゆう"),
        ("shinkijinji", "しんきじんじ"),
        ("koujoukanri", "こうじようかんり"),
        ("zaikokannri", "ざいこかんり"),
        ("shushifuji", "しゆしふじ"),
    ],
)
def test_romaji_in_one_spelling(typed, sound):
    assert plain_romaji(typed) == romaji_of(sound)


def test_what_is_no_kana_has_none():
    assert romaji_of("勤怠") == ""
