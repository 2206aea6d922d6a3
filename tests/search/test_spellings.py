"""Spellings of one word find each other: old characters, kana that may be left out, amounts; places stay exact."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from search_samples import a_document

from search.amounts import amounts
from search.analyser import fold, fold_with_places, query_words, reading_of, words
from search.character_forms import TODAYS_FORM, in_todays_form
from search.embedded.highlights import Marker, fields_of
from search.embedded.schema import FINGERPRINT
from search.port import MatchStage
from search.spellings import (
    MOST_FULL,
    plain,
    plain_with_places,
    run_together,
    spellings,
    with_endings,
    without_endings,
)

FAMILIES = [
    ("受け発注", "受発注"),
    ("見積もり", "見積り", "見積"),
    ("見積もり書", "見積り書", "見積書"),
    ("申し込み", "申込み", "申込"),
    ("取り引き", "取引"),
    ("問い合わせ", "問合せ", "問合わせ", "問い合せ"),
    ("売り上げ管理", "売上げ管理", "売上管理"),
    ("買い掛け金", "買掛金"),
    ("引き落とし", "引落とし", "引落し", "引落"),
    ("立て替え払い", "立替払い", "立替払"),
    ("受け付け", "受付け", "受付"),
    ("振り込み", "振込み", "振込"),
    ("棚卸し", "棚卸"),
    ("締め切り", "締切り", "締切"),
    ("3千円", "３千円", "3000円", "3,000円", "３，０００円"),
    ("1万5千円", "15,000円"),
    ("10万円", "100000円", "十万円", "１０万円", "100,000円"),
    ("1.5万円", "1万5千円", "１．５万円", "一万五千円", "15000円"),
    ("2億円", "二億円", "200,000,000円"),
    ("1億2千万円", "1.2億円", "120000000円"),
    ("3百万円", "300万円", "三百万円", "3000000円"),
    ("2千5百円", "2,500円", "二千五百円"),
    ("10%", "10％", "１０％", "10パーセント", "十パーセント", "10ﾊﾟｰｾﾝﾄ"),
    ("1.5%", "1.5パーセント"),
    ("20名", "二十名", "２０名"),
    ("三社", "3社"),
    ("二〇二六年", "2026年"),
    ("六か月", "6ヶ月", "六ヶ月"),
    ("一時間", "1時間"),
    ("サーバー", "サ－バ－", "サ‐バ‐", "ｻ-ﾊﾞ-"),
    ("㈱みほん", "株式会社みほん", "（株）みほん", "(株)みほん"),
    ("10名", "１０名"),
    ("3ヶ月", "3か月", "3カ月", "3ヵ月", "3ケ月", "３ｹ月"),
    ("数ヶ所", "数か所"),
    ("茅ヶ崎", "茅ケ崎"),
    ("ヴァイオリン教室", "バイオリン教室", "ばいおりん教室"),
    ("サーヴィス", "サービス"),
    ("會社", "会社"),
    ("廣告", "広告"),
    ("齋藤", "斎藤"),
    ("髙﨑", "高崎"),
    ("國際會計", "国際会計"),
    ("賣上", "売り上げ"),
    ("並べ替え", "並替え", "並替"),
    ("文字起こし", "文字起し"),
    ("売れ筋", "売筋"),
    ("引っ越し", "引越し", "引越"),
    ("立ち会い", "立会い", "立会"),
    ("向かい合わせ", "向い合わせ", "向かい合せ"),
    ("片付け", "片づけ"),
    ("紐付け管理", "紐づけ管理"),
    ("サーバー", "サ一バ一", "サ〜バ〜", "サ━バ━"),
    ("サーバー管理", "サ一バー管理"),
    ("ラーメン", "らぁめん", "ラァメン", "ら〜めん"),
    ("3か月", "3箇月", "3個月", "三箇月"),
    ("3箇所", "3か所", "三ヶ所"),
    ("茅ヶ崎", "茅が崎", "茅ｹ崎"),
    ("八ヶ岳", "八が岳"),
    ("第2倉庫", "第二倉庫", "第２倉庫"),
    ("第12回", "第十二回"),
    ("2割引", "二割引"),
    ("3次元", "三次元", "３次元"),
    ("100キロ", "百キロ", "100㌔", "百㌔"),
    ("5本指", "五本指"),
    ("10本", "十本"),
    ("2分の1", "二分の一"),
    ("佐々木", "佐佐木"),
    ("いすゞ", "いすず", "イスズ"),
    ("〆切", "締切", "締め切り"),
]
PAIRS = [pair for family in FAMILIES for pair in permutations(family, 2)]
TEXT = st.text(
    st.one_of(
        st.sampled_from("受け発注見積もり申し込みを引きの取問い合わせ會社国萬千万円名,，、.。0３1ー ガﾞｶﾞ・髙﨑々"),
        st.sampled_from("一二〇十百億．%％-－サバ年㈱（株）パセント第分次元箇ヶ〜ぁァ々ゞ\u200b\ufe00"),
        st.characters(min_codepoint=0x3041, max_codepoint=0x30FF),
        st.characters(),
    ),
    max_size=30,
)


def finds(query: str, text: str) -> bool:
    return any(form in written for form in spellings(query) for written in spellings(text))


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_each_spelling_finds_the_others_also_inside_a_sentence(one, other):
    assert finds(one, other)
    assert finds(one, f"毎月の{other}を、すぐに。")


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("見る", "見積り"),
        ("受け", "受注"),
        ("1.5万円", "50,000円"),
        ("15万円", "1.5万円"),
        ("5万円", "5万件"),
        ("十万円", "十万件"),
        ("10%", "10分"),
        ("10%", "10円"),
        ("10-20万円", "1020件"),
        ("1人", "同一人物"),
        ("1000円", "数千円"),
        ("1社", "統一社会"),
        ("10分", "十分な"),
        ("4日", "四日市"),
        ("サバ", "サ－バ－"),
        ("さば", "サ‐バ‐"),
        ("会計", "会社"),
        ("斎藤", "斉藤"),
        ("勤め", "勤怠"),
        ("値上がり", "値上げ"),
        ("行き方", "行方"),
        ("電話した", "電話で"),
        ("押さえ付け", "押し付け"),
        ("1本", "一本化"),
        ("1覧", "次第一覧"),
        ("2階", "二階堂"),
        ("10分の", "十分の用意"),
        ("3が年", "3ヶ年"),
        ("申す", "申込"),
    ],
)
def test_different_words_stay_different(query, text):
    words_of_it = query_words(query, most=5)
    assert not all(finds(word, text) for word in words_of_it)


def test_a_stem_that_stands_alone_keeps_its_ending():
    assert plain("受け") == "受け"
    assert plain("引きがある") == "引きがある"
    assert plain("お取り引き") == "お取引"


def test_old_forms_are_single_characters_and_lead_nowhere_further():
    assert len(TODAYS_FORM) > 300
    assert all(len(today) == 1 and ord(today) not in TODAYS_FORM for today in TODAYS_FORM.values())
    assert in_todays_form("廣國會社") == "広国会社"


def test_the_dictionary_reads_old_forms_as_todays():
    assert reading_of("會計") == "かいけい"
    text = "國際會計ソフト"
    assert {text[w.start : w.end] for w in words(text)} >= {"會計", "ソフト"}


def test_commas_in_numbers_join_and_others_part():
    assert fold("1,000円") == fold("1000円")
    assert fold("会計,給与") != fold("会計給与")
    assert query_words("1,000円,会計", most=5) == ["1,000円", "会計"]


@given(TEXT)
def test_places_are_in_order_and_inside_the_text(text):
    mapped = plain_with_places(text)
    assert len(mapped.text) == len(mapped.starts) == len(mapped.ends)
    assert list(mapped.starts) == sorted(mapped.starts)
    assert all(0 <= s < e <= len(text) for s, e in zip(mapped.starts, mapped.ends, strict=True))


@given(TEXT)
def test_what_is_marked_reads_as_what_was_found(text):
    """A place of plain text, cut out of the original and folded, begins with the character that stands there."""
    mapped = plain_with_places(text)
    exact = fold_with_places(text)
    for at, character in enumerate(mapped.text):
        start, end = mapped.span(at, at + 1)
        held = {c for c, s, e in zip(exact.text, exact.starts, exact.ends, strict=True) if start <= s and e <= end}
        assert character in held or character.isdigit() or (character == "%" and "ぱ" in held)


@given(TEXT)
def test_nothing_is_left_out_but_kana_after_kanji(text):
    """What stays is what was there, in its order; leaving out twice leaves out no less."""
    rest = iter(text)
    assert all(character in rest for character in without_endings(text))


@given(TEXT, st.data())
def test_a_part_of_a_text_is_still_found_in_it(text, data):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    if any(fold(text[:cut]) != fold(text)[: len(fold(text[:cut]))] for cut in (start, end)):
        return  # between a character and the mark or the prolonged sound that belongs to it
    assert all(fold(word) in fold(text) for word in query_words(text[start:end], most=100))


@given(TEXT)
def test_written_out_in_full_it_is_the_same_in_plain_form(text):
    """What is put in is what may be left out, so both are found by one another."""
    ways = list(with_endings(text))
    assert len(ways) <= MOST_FULL
    for way in ways:
        rest = iter(way)
        assert all(character in rest for character in text)
    if text == plain(text):
        assert all(plain(way) == text for way in ways)


def test_a_range_is_not_one_number():
    assert plain("10-20万円") == "10 200000円"
    assert plain("1020万円") == "10200000円"
    assert finds("20万円", "10-20万円")
    assert finds("200,000円", "10-20万円")
    assert not finds("10,200,000円", "10-20万円")


def test_the_kana_that_compounds_leave_out():
    assert list(with_endings("受発注")) == ["受け発注"]
    assert list(with_endings("取引先")) == ["取引き先", "取り引先", "取り引き先"]
    assert list(with_endings("給与")) == []
    assert without_endings("請求の売リ上ゲ") == "請求の売上"
    assert without_endings("売上") == "売上"
    assert without_endings("取けば上") == "取けば上", "an ending of another stem is none"


def test_only_latin_words_run_together():
    assert run_together("Call Center") == "CallCenter"
    assert run_together("給与 Cloud") == "給与 Cloud"


def test_highlights_cover_the_kana_that_the_query_left_out():
    document = a_document(
        "A",
        name="申し込みと受け発注",
        description="會社の３千円プラン、約１．５万円、十パーセント引き、サ－バ－代",
        vendor_name="（株）みほん",
    )
    marked = {
        query: [
            text
            for field in Marker([query], MatchStage.EXACT).highlights(fields_of(document))
            for text, on in field.pieces
            if on
        ]
        for query in ("申込", "受発注", "會社の", "3,000円", "15000円", "10%", "サーバー", "株式会社みほん")
    }
    assert marked == {
        "申込": ["申し込み"],
        "受発注": ["受け発注"],
        "會社の": ["會社の"],
        "3,000円": ["３千円"],
        "15000円": ["１．５万円"],
        "10%": ["十パーセント"],
        "サーバー": ["サ－バ"],
        "株式会社みほん": ["（株）みほん"],
    }


def test_an_index_made_before_is_built_anew():
    assert FINGERPRINT.split("-")[1] == "5"


@given(st.integers(1, 10**12), st.sampled_from(("円", "件", "名", "%", "年", "か月")))
def test_every_number_in_words_is_the_same_in_digits(number, unit):
    assert plain(f"{_in_words(number)}{unit}") == f"{number}{unit}"
    assert plain(f"約{_in_words(number)}{unit}") == f"約{number}{unit}"
    thousands = f"{number // 10_000}万" if number % 10_000 == 0 and number < 10**8 else str(number)
    assert plain(f"{thousands}{unit}") == f"{number}{unit}"


def _in_words(number: int) -> str:
    """As people write it: 一億二千三百万."""
    digits = "〇一二三四五六七八九"
    written = ""
    for size, large in ((10**12, "兆"), (10**8, "億"), (10**4, "万"), (1, "")):
        part, number = divmod(number, size)
        below = ""
        for small, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
            digit, part = divmod(part, small)
            if digit:
                below += ("" if digit == 1 and name else digits[digit]) + name
        written += below + large if below else ""
    return written


@given(st.lists(st.sampled_from(list("0123456789.一二〇十百千万億兆円年数同%-")), max_size=14).map("".join))
def test_amounts_stay_where_they_are_and_are_numbers(text):
    """Whatever runs of digits and signs there are: places are right, and an amount is in digits."""
    folded = fold(text)
    end = 0
    for each in amounts(folded):
        assert end <= each.start < each.end <= len(folded)
        assert each.digits.removesuffix("%").replace(".", "", 1).isdigit()
        end = each.end
    mapped = plain_with_places(text)
    assert all(0 <= s < e <= len(text) for s, e in zip(mapped.starts, mapped.ends, strict=True))
    assert plain(text) == mapped.text


@pytest.mark.parametrize(
    "text", ["万円", "十分", "二三人", "1万2万円", "三千百万億円", "0.00001万円", "1.2.3万円", "百千円", ""]
)
def test_what_is_no_number_stays_as_written(text):
    assert amounts(fold(text)) == []
