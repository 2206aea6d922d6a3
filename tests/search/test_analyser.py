"""Folding, bigrams, words, readings and the way back to the original text."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.analyser import (
    _fold_clusters,
    _fold_independent,
    bigrams,
    fold,
    fold_with_places,
    folds_by_character,
    is_hiragana,
    query_words,
    reading_of,
    surfaces_and_readings,
    words,
)
from search.clusters import clusters
from search.one_way import in_one_way

JAPANESE = st.text(
    st.one_of(
        st.sampled_from(
            "〜～々ゝゞ\u200b\ufe00\U000e0100éßーｰ゛゜ﾞﾟ・ 　、。-－‐々〇①㈱（株）ｶﾊゕヴぁァッabＺ１２.．%％￥ßİゟヿ\ufdd0"
        ),
        st.characters(min_codepoint=0x3041, max_codepoint=0x30FF),
        st.characters(min_codepoint=0x4E00, max_codepoint=0x4EFF),
        st.characters(min_codepoint=0xFF00, max_codepoint=0xFFEF),
        st.characters(),
    ),
    max_size=30,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ﾚｼﾞ", "レジ"),
        ("レジ", "れじ"),
        ("ｸﾞﾙｰﾌﾟ", "グループ"),
        ("サーバー", "サーバ"),
        ("コンピューター", "コンピュータ"),
        ("キャノン", "キヤノン"),
        ("ＣＲＭ", "crm"),
        ("データ・ベース", "データベース"),
        ("e-Tax", "ETAX"),
        ("カﾞス", "ガス"),
        ("か\u3099", "が"),
        ("12３", "１23"),
        ("サ－バ－", "サーバー"),
        ("サ‐バ‐", "サーバー"),
        ("サ−バ", "サーバ"),
        ("コ―ルセンタ―", "コールセンター"),
        ("ｻ-ﾊﾞ-", "サーバー"),
        ("ﾎ-ﾑﾍﾟ-ｼﾞ", "ホームページ"),
        ("㈱みほん", "株式会社みほん"),
        ("みほん（株）", "みほん株式会社"),
        ("(有)みほん", "有限会社みほん"),
        ("㈲みほん", "有限会社みほん"),
        ("１．５倍", "1.5倍"),
        ("10％", "10%"),
        ("e−Tax", "e-Tax"),
        ("e–Tax", "e-Tax"),
        ("コ～ルセンター", "コールセンター"),
        ("コ〜ヒ〜豆", "コーヒー豆"),
        ("サ─バ─", "サーバー"),
        ("佐佐木", "佐々木"),
        ("すゝめ", "すすめ"),
        ("いすゞ", "イスズ"),
        ("バヾ", "ババ"),
        ("ウヰスキー", "ウイスキー"),
        ("ヱビス", "エビス"),
        ("カ゛ソリン", "ガソリン"),
        ("ハ゜ン", "パン"),
        ("ヴァイオリン", "バイオリン"),
        ("ｳﾞｧｲｵﾘﾝ", "バイオリン"),
        ("ウ゛ァイオリン", "バイオリン"),
        ("ゔぁいおりん", "バイオリン"),
        ("ゔぉいす", "ボイス"),
        ("インタヴュー", "インタビュー"),
        ("ｲﾝﾀｳﾞｭｰ", "インタビュー"),
        ("Café", "cafe"),
        ("Cafe\u0301", "cafe"),
        ("NAÏVE", "naive"),
        ("Straße", "STRASSE"),
        ("(同)みほん", "合同会社みほん"),
        ("（医）みほん", "医療法人みほん"),
        ("（福）みほん", "社会福祉法人みほん"),
        ("〔株〕みほん", "株式会社みほん"),
        ("㊑みほん", "株式会社みほん"),
    ],
)
def test_spellings_of_one_word_are_one(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ノート", "のと"),
        ("カード", "角"),
        ("はし", "ばし"),
        ("会計", "会社"),
        ("1.5", "15"),
        ("1.5", "1 5"),
        ("10%", "10"),
        ("サ－バ", "サバ"),
        ("株式会社", "株"),
        ("プラン〜コース", "プランコース"),
        ("いすゞ", "いす"),
        ("й", "и"),
        ("が", "か"),
    ],
)
def test_different_words_stay_different(one, other):
    assert fold(one) != fold(other)


@pytest.mark.parametrize("text", ["POS-1", "10-20", "e-Tax", "AI-OCR", "クラウド-1", "03-1234-5678", "会計-給与"])
def test_a_hyphen_that_is_none_of_a_katakana_word_joins_as_before(text):
    assert fold(text) == fold(text.replace("-", ""))


def test_points_and_percents_outside_numbers_part_as_before():
    assert query_words("会計.給与 Ver.2 100%.会計 %引き", most=9) == ["会計", "給与", "Ver", "2", "100%", "引き"]
    assert query_words("2.0 1.5万円 10％", most=9) == ["2.0", "1.5万円", "10％"]


def test_what_one_sign_stands_for_has_the_place_of_the_sign():
    mapped = fold_with_places("売る㈱会計")
    assert mapped.text == "売る株式会社会計"
    assert [mapped.span(at, at + 1) for at in (2, 5, 6)] == [(2, 3), (2, 3), (3, 4)]
    mapped = fold_with_places("売る（株）会計")
    assert mapped.text == "売る株式会社会計"
    assert [mapped.span(at, at + 1) for at in (2, 5, 6)] == [(2, 5), (2, 5), (5, 6)]
    assert mapped.span(4, 6) == (2, 5)
    found = {word.surface: (word.start, word.end) for word in words("売る（株）会計")}
    assert found["会計"] == (5, 6 + 1)
    assert found["会社"] == (2, 5)


def test_the_dictionary_reads_a_dash_in_katakana_as_what_was_meant():
    assert reading_of("サ－バ－") == reading_of("サーバー")
    assert surfaces_and_readings("ＰＯＳレジスタ－") == surfaces_and_readings("POSレジスター")
    text = "新しいサ－バ－です"
    assert "サ－バ－" in {text[w.start : w.end] for w in words(text)}


@given(JAPANESE)
def test_the_quick_way_folds_like_the_exact_one(text):
    assert fold(text) == fold_with_places(text).text


@given(st.text("会計ー・ 　、-－〜がガﾚれレサッAｚ１.．%％（）ヴァ〇々ゝゞヰ\t", max_size=20))
def test_the_quick_way_keeps_the_same_places(text):
    one_way = in_one_way(text)
    if folds_by_character(one_way):
        assert _fold_independent(one_way) == _fold_clusters(one_way)


@given(JAPANESE)
def test_places_are_in_order_and_inside_the_text(text):
    mapped = fold_with_places(text)
    assert len(mapped.text) == len(mapped.starts) == len(mapped.ends)
    assert list(mapped.starts) == sorted(mapped.starts)
    assert all(0 <= s < e <= len(text) for s, e in zip(mapped.starts, mapped.ends, strict=True))


@given(JAPANESE, st.data())
def test_a_part_of_a_text_folds_to_a_part_of_it(text, data):
    """The ground of "100 % of the substring truth": what is typed out of a text is found in it."""
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    # Not between a character and what belongs to it: that is another character.
    if {start, end} - {0, len(text), *(place for place, _ in clusters(text))}:
        return
    folded = fold(text)
    assert all(fold(word) in folded for word in query_words(text[start:end], most=100))


def test_half_width_kana_with_its_mark_is_one_character():
    mapped = fold_with_places("安いﾚｼﾞ")
    at = mapped.text.index("れじ")
    assert mapped.span(at, at + 2) == (2, 5)


def test_bigrams():
    assert bigrams("会計ソフト") == ["会計", "計ソ", "ソフ", "フト"]
    assert bigrams("計") == ["計"]


def test_query_words_are_cut_at_spaces_and_signs_and_never_repeated():
    assert query_words("予約　飲食店,ﾚｼﾞ レジ !!! （税）", most=10) == ["予約", "飲食店", "ﾚｼﾞ", "税"]
    assert query_words("（株）みほん (株)みほん", most=10) == ["（株）みほん"]
    assert query_words("a b c d", most=2) == ["a", "b"]
    assert query_words("\x00 ！？", most=10) == []


def test_words_have_exact_places_in_the_original():
    text = "ｸﾚｼﾞｯﾄと勤怠管理、ＰＯＳ"
    found = {text[w.start : w.end]: w for w in words(text)}
    assert found["ｸﾚｼﾞｯﾄ"].reading == "くれじつと"
    assert found["勤怠"].reading == "きんたい"
    assert found["ＰＯＳ"].surface == "pos"
    assert not found["と"].content
    assert found["管理"].content


def test_places_stay_right_over_many_sentences():
    text = "会計です。" * 3000 + "勤怠"
    last = words(text)[-1]
    assert (last.start, last.end) == (len(text) - 2, len(text))


@given(JAPANESE)
def test_any_text_has_words(text):
    found = words(text)
    assert [(w.surface, w.reading) for w in found] == surfaces_and_readings(text)
    assert all(0 <= w.start < w.end <= len(text) for w in found)


def test_readings():
    assert reading_of("勤退管理") == reading_of("きんたいかんり") == "きんたいかんり"
    assert reading_of("サーバーレス") == reading_of("サーバレス")
    assert reading_of("経費精算") == "けいひせいさん"


def test_hiragana():
    assert is_hiragana("きんたい")
    assert is_hiragana("さーばー")
    assert not is_hiragana("レジ")
    assert not is_hiragana("見積り")
    assert not is_hiragana("")


def test_many_threads_read_the_same():
    expected = words("勤怠管理とPOSレジの連携")
    answers = []
    threads = [
        threading.Thread(
            target=lambda: answers.append([words(f"勤怠管理とPOSレジの連携{n}")[:6] for n in range(50)])
        )
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4
    assert all(each == expected[:6] for many in answers for each in many)


def test_a_sound_written_with_two_characters_is_marked_as_one():
    mapped = fold_with_places("弾くヴァ。ヴィオラ")
    assert mapped.text == "弾くば びおら"
    assert [mapped.span(at, at + 1) for at in (2, 4)] == [(2, 4), (5, 7)]
    mapped = fold_with_places("ｳﾞｧとｳﾞｭとカ゛")
    assert mapped.text == "ばとびゆとが"
    assert [mapped.span(at, at + 1) for at in range(6)] == [(0, 3), (3, 4), (4, 6), (6, 7), (7, 8), (8, 10)]


def test_a_sign_that_repeats_nothing_is_left_out():
    """So a part of a text that begins with it is still found: 々木 in 佐々木."""
    assert [fold(text) for text in ("々木", "ゞ", "A々", "堂々々", "様々な")] == [
        "木",
        "",
        "a",
        "堂堂堂",
        "様様な",
    ]


@pytest.mark.parametrize(("text", "yes"), [("会計ソフト", True), ("㍻の元年", False), ("ﾊﾟｿｺﾝ", False), ("", True)])
def test_a_sign_that_stands_for_several_does_not_fold_by_itself(text, yes):
    assert folds_by_character(text) is yes


def test_of_prolonged_sounds_in_a_row_one_stays_beside_signs_that_stand_for_several_too():
    assert fold_with_places("㍻のサーーバーー").text == fold("平成のサーバー") == "平成のさーば"
