"""Suggestions while typing: functions, problems, packages and vendors, at most eight, for any input."""

from __future__ import annotations

import published
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from catalogue import problem_list
from catalogue.public_lists import vendors
from search import engines, sync
from search.suggestions import MOST, Suggestion, suggest
from tenants.actor import PUBLIC
from tenants.db import act_as, db


@pytest.fixture(scope="module")
def catalogue(ground, owner, tmp_path_factory):
    """One catalogue for all tests here: none of them changes it."""
    from conftest import _empty  # noqa: PLC0415

    before = engines._Chosen.engine
    made = engines.EmbeddedEngine(tmp_path_factory.mktemp("index"))
    engines.use(made)
    with ground.app_context():
        published.publish(20, vendors=4)
        sync.synchronise()
        with act_as(PUBLIC):
            yield made
        db.session.remove()
        db.engine.dispose()
    made.close()
    engines._Chosen.engine = before
    _empty(owner)


def of(kind: str, found: tuple[Suggestion, ...]) -> list[str]:
    return [each.code for each in found if each.kind == kind]


@pytest.mark.parametrize(
    ("typed", "code"),
    [("給", "B3"), ("きゅうよ", "B3"), ("ﾚｼﾞ", "F4"), ("会計", "B1"), ("crm", "M1"), ("HAC", "M7")],
)
def test_functions_by_name_word_and_sound(catalogue, typed, code):
    assert code in of("function", suggest(typed))


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("yoyaku", "F2"),
        ("yoya", "F2"),
        ("kyuyo", "B3"),
        ("kyūyo", "B3"),
        ("zaiko", "M3"),
        ("reji", "F4"),
        ("shifuto", "M6"),
    ],
)
def test_functions_by_their_sound_in_romaji_too(catalogue, typed, code):
    assert code in of("function", suggest(typed))


def test_problems_by_their_sound_in_romaji_and_not_by_the_sound_of_english(catalogue):
    assert of("problem", suggest("yoyaku")) == of("problem", suggest("よやく")) != []
    assert of("problem", suggest("zaiko"))
    assert of("problem", suggest("rare")) == [], "られ is in many sentences"
    assert of("function", suggest("yo")) == of("problem", suggest("yo")) == []


@pytest.mark.parametrize("typed", ["invo", "invoic", "payro", "reserv"])
def test_a_word_of_english_half_typed_suggests_what_it_is_about(catalogue, typed):
    whole = {"invo": "invoice", "invoic": "invoice", "payro": "payroll", "reserv": "reservation"}[typed]
    assert set(of("function", suggest(whole))) <= set(of("function", suggest(typed))) != set()


def test_what_nothing_has_is_taken_as_it_was_meant(catalogue):
    assert suggest("コールセター") == suggest("コールセンター") != ()
    assert suggest("たくさんのなまえ") == ()


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("レジシステム", "F4"),
        ("レジシス", "F4"),
        ("れじしすてむ", "F4"),
        ("給与ソフト", "B3"),
        ("きゅうよそふと", "B3"),
        ("勤怠管理システム", "B4"),
        ("勤怠ア", "B4"),
        ("予約システム", "F2"),
        ("予約シ", "F2"),
        ("会計ソフト", "B1"),
        ("会計 ソフト", "B1"),
        ("payroll software", "B3"),
        ("顧客管理ソフト", "M1"),
        ("シフト管理アプリ", "M6"),
        ("受発注システム", "M2"),
        ("ホームページ作成", "F1"),
        ("クレカ", "F5"),
    ],
)
def test_a_program_s_plain_name_suggests_what_it_is_for_first(catalogue, typed, code):
    assert (suggest(typed)[0].kind, suggest(typed)[0].code) == ("function", code)


@pytest.mark.parametrize("typed", ["会計ソフト", "予約システム", "会計ソ", "予約シス", "かいけいそふと"])
def test_and_packages_that_do_it(catalogue, typed):
    assert of("package", suggest(typed))


@pytest.mark.parametrize("typed", ["マイクロソフト", "クレジットカ", "コンサ", "kubos"])
def test_a_function_s_word_inside_of_another_word_is_not_meant(catalogue, typed):
    assert of("function", suggest(typed)) == []


def test_troubles_are_those_of_the_list_and_not_by_the_sound_of_two_kana(catalogue):
    known = {each.code for each in problem_list.current().entries}
    for typed in ("きんたい", "ｚ", "クレジット", "か", "きん", "勤怠", "電話が鳴りっぱなし", "管理"):
        assert {*of("problem", suggest(typed))} <= known
    assert of("problem", suggest("よや")) == []
    assert of("problem", suggest("よやく"))


@pytest.mark.parametrize("typed", ["ん", "ｚ", "務"])
def test_one_character_inside_of_a_word_is_nothing(catalogue, typed):
    assert not [each for each in suggest(typed) if each.kind in ("function", "problem")]


def test_problems_packages_and_vendors(catalogue):
    assert "payroll" in of("problem", suggest("給与計算"))
    assert (
        next(each.label.ja for each in suggest("電話の") if each.kind == "problem") == "電話の予約で手が離せない"
    )
    vendor, *_ = vendors()
    assert vendor.number in of("vendor", suggest(vendor.name))
    assert of("package", suggest("会計"))


def test_nothing_for_nothing_and_never_too_many(catalogue):
    assert suggest("") == suggest("  ") == suggest("！？") == ()
    for typed in ("会", "給与", "株式会社", "a", "ー"):
        found = suggest(typed)
        assert len(found) <= MOST
        assert len({(each.kind, each.code) for each in found}) == len(found)


def test_few_statements_however_much_is_found(catalogue):
    statements: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    suggest("会計")
    assert len([each for each in statements if "set_config" not in each]) <= 3


def test_without_an_index_the_rest_is_still_there(catalogue, tmp_path):
    engines.use(engines.EmbeddedEngine(tmp_path / "none"))
    try:
        found = suggest("会計")
    finally:
        engines.use(catalogue)
    assert of("function", found)
    assert of("package", found) == []


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=30))
@example("0\0")
def test_any_text_gets_an_answer(catalogue, typed):
    assert len(suggest(typed)) <= MOST
