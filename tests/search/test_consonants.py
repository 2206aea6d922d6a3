"""Names in Latin letters and in kana are one by the consonants that are heard."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.consonants import consonants


@pytest.mark.parametrize(
    ("latin", "kana"),
    [
        ("Rumobasket", "ルモバスケット"),
        ("Texigarden", "テクシガーデン"),
        ("callcenter", "コールセンター"),
        ("bookforce", "ブックフォース"),
        ("Dropbox", "ドロップボックス"),
        ("Chatwork", "チャットワーク"),
        ("stripe", "ストライプ"),
        ("evernote", "エバーノート"),
        ("evernote", "えゔぁーのーと"),
        ("photobook", "フォトブック"),
        ("numbering", "ナンバリング"),
        ("quickpoint", "クイックポイント"),
        ("nightstation", "ナイトステーション"),
        ("Yorimichi", "ヨリミチ"),
        ("Kyoyaku", "キョヤク"),
        ("ＪＯＢｃａｎ", "ｼﾞｮﾌﾞｶﾝ"),
        ("tsubame", "ツバメ"),
        ("signature", "シグナチャー"),
        ("thankbridge", "サンクブリッジ"),
    ],
)
def test_one_name_in_two_scripts(latin, kana):
    assert set(consonants(latin)) & set(consonants(kana))


def test_what_is_read_in_two_ways_has_both():
    assert consonants("nagisa") == ("ngs", "nzs")
    assert len(consonants("gegegegege")) <= 4


@pytest.mark.parametrize(("one", "other"), [("Rumobasket", "ルモバスター"), ("Yobitan", "オビタン"), ("", "ア")])
def test_other_names_are_others(one, other):
    assert not set(consonants(one)) & set(consonants(other)) - {""}


@given(st.text(max_size=30))
def test_any_text_has_consonants_alone(text):
    for heard in consonants(text):
        assert not set(heard) & set("aeiouwvlqfjcxアー")
