"""Two ways of writing one business."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.hidden import on_one_line
from tenants.same_business import address_key, bare_name, match_key, name_key, person_key, telephone_key

WRITTEN = st.text(alphabet="丸の内ノ一二十丁目番地号１-ー−0123 　㈱（株）ヶケひヒﾋABab・", max_size=30)


@pytest.mark.parametrize(
    "written",
    [
        "㈱ひまわり商店",
        "株式会社ひまわり商店",
        "ひまわり商店株式会社",
        "(株)ヒマワリ商店",
        "（株） ﾋﾏﾜﾘ 商店",
        "ヒマワリ・商店（株）",
        "ヒマワリ-商店（株）",
        "ヒマワリー商店株式会社",
        "一般社団法人ひまわり商店",
        "医療法人社団 ひまわり商店",
        "特定非営利活動法人ひまわり商店",
    ],
)
def test_one_name_in_many_spellings(written):
    assert name_key(written) == "ヒマワリ商店"


@pytest.mark.parametrize(
    ("one", "other"),
    [("ひまわり商店", "ひまわり食堂"), ("第一システム", "第二システム"), ("ABC", "ABCD"), ("株木建設", "木建設")],
)
def test_different_names_stay_different(one, other):
    assert name_key(one) != name_key(other)


def test_a_name_that_is_only_a_form_stays():
    assert name_key("株式会社") == "株式会社"
    assert bare_name("株式会社") == ""


@given(st.text(max_size=40))
def test_spaces_around_a_name_do_not_matter_and_a_bare_name_stays(name):
    bare = bare_name(name)
    assert bare_name(f" {name} ") == bare


@pytest.mark.parametrize(
    "written",
    [
        "千代田区丸の内1-9-1",
        "千代田区丸ノ内１丁目９番１号",
        "千代田区丸の内一丁目9番地の1 第一ビル3階",
        "東京都 千代田区 丸の内 一丁目 九番 一号",
        "千代田区丸の内1ー9ー1",
        "千代田区丸の内１−９−１ ビル2F",
        "千代田区丸の内一－九－一",
        "千代田区丸の内1-9-1 3階",
    ],
)
def test_one_place_in_many_spellings(written):
    assert address_key("東京都", written) == address_key("東京都", "千代田区丸の内1-9-1")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("丸の内1-9-1", "丸の内1-9-2"),
        ("丸の内1-9-1", "丸の内1-91"),
        ("丸の内11-1", "丸の内1-11"),
        ("三番町5", "二番町5"),
        ("一丁目20番", "一丁目2番"),
    ],
)
def test_neighbours_are_not_one_place(one, other):
    assert address_key("東京都", one) != address_key("東京都", other)


def test_kanji_numbers_count():
    assert address_key("京都府", "東山区二十三番地") == address_key("京都府", "東山区23")
    assert address_key("京都府", "東山区百二番地") == address_key("京都府", "東山区102")


@pytest.mark.parametrize(
    "written",
    [
        "髙橋 一郎",
        "高橋一郎",
        "代表取締役　髙橋　一郎",
        "代表取締役社長 高橋一郎",
        "代表取締役 兼 社長 高橋・一郎",
        "代表取締役社長（高橋一郎）",
    ],
)
def test_a_person_is_one_with_any_title(written):
    assert person_key(written) == person_key("高橋 一郎")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("高橋 一郎", "高橋 二郎"),
        ("代表取締役 兼子 一郎", "子 一郎"),
        ("兼子 一郎", "子 一郎"),
        ("代表取締役 見本太郎", "見本太"),
    ],
)
def test_another_name_is_another_person(one, other):
    assert person_key(one) != person_key(other)


@pytest.mark.parametrize(
    "written",
    [
        "03-1234-5678",
        "０３ー１２３４ー５６７８",
        "(03) 1234-5678",
        "+81 3-1234-5678",
        "+81 (0)3 1234 5678",
        "0081312345678",
    ],
)
def test_a_telephone_is_one_however_it_is_written(written):
    assert telephone_key(written) == "0312345678"


def test_a_number_that_begins_like_the_country_is_left_alone():
    assert telephone_key("0812345678") == "0812345678"
    assert telephone_key("") == telephone_key("なし") == ""


@given(WRITTEN)
def test_keys_of_people_and_telephones_are_their_own_keys(written):
    assert person_key(person_key(written)) == person_key(written)
    assert telephone_key(telephone_key(written)) == telephone_key(written)


def test_too_little_is_no_match():
    assert match_key("ひまわり商店", "東京都", "") is None
    assert match_key("", "東京都", "千代田区1-1") is None
    assert match_key("ひまわり", "東京都", "港区1-1") != match_key("ひまわり", "大阪府", "港区1-1")


@given(WRITTEN, WRITTEN)
def test_keys_are_stable(name, address):
    """A key is its own key, and width or spaces never matter."""
    assert address_key("", address_key("", address)) == address_key("", address)
    assert name_key(name.replace(" ", "　")) == name_key(name)


def test_a_name_is_kept_as_it_is_seen_on_one_line():
    assert on_one_line(" あさひ\u200bIT\u202e\r\n株式会社\t") == "あさひIT 株式会社"
    assert on_one_line("👨\u200d👩\u200d👧") == "👨\u200d👩\u200d👧", "joined pictures stay what they are"
