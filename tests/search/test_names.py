"""Names that a query joins: each is looked for, wherever it stands, as with blanks between them."""

from __future__ import annotations

import pytest
from search_samples import a_document, ask, ids

from search.names import names_in
from search.port import MatchStage, Wider


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("予約と決済", ["予約", "決済"]),
        ("予約や決済", ["予約", "決済"]),
        ("予約および決済", ["予約", "決済"]),
        ("会計・給与", ["会計", "給与"]),
        ("レジと会計と在庫", ["レジ", "会計", "在庫"]),
        ("美容室のカルテ", ["美容室", "カルテ"]),
        ("居酒屋・カフェの予約", ["居酒屋", "カフェ", "予約"]),
        ("予約と決済 京都", ["予約", "決済", "京都"]),
        ("予約と予約", ["予約"]),
        ("会計 給与、在庫", ["会計", "給与", "在庫"]),
        # One of them is no name: an everyday word, what is done to the other, one character, nothing.
        ("月末の給与計算", ["月末の給与計算"]),
        ("成績の管理", ["成績の管理"]),
        ("みのりの森", ["みのりの森"]),
        ("会計と", ["会計と"]),
        ("との", ["との"]),
        # A name from another language, a sentence.
        ("クレジット・カード", ["クレジット・カード"]),
        ("受付と会計をまとめたい", ["受付と会計をまとめたい"]),
        ("電話の予約で手が離せない", ["電話の予約で手が離せない"]),
    ],
)
def test_names_are_told_apart(text, names):
    assert names_in(text, most=10) == names


def test_no_more_than_so_many():
    assert names_in("レジと会計と在庫", most=2) == ["レジ", "会計"]


@pytest.fixture(scope="module")
def engine(filled):
    return filled(
        [
            a_document("BOTH", name="みどりパック", function_words=("オンライン予約", "キャッシュレス決済")),
            a_document("ONE", name="予約と決算の友", function_words=("オンライン予約",)),
            a_document("OTHER", name="決済端末", function_words=("キャッシュレス決済",)),
            a_document(
                "HOTEL", name="旅館パック", function_words=("予約受付", "客室予約"), description="宿の予約"
            ),
            a_document("CLINIC", name="白い棚", function_words=("予約受付",), industry_names=("クリニック",)),
        ]
    )


@pytest.mark.parametrize("text", ["予約と決済", "予約や決済", "予約・決済", "決済と予約"])
def test_what_has_both_is_found_and_nothing_else(engine, text):
    result = ask(engine, text)
    assert (ids(result), result.stage) == (["BOTH"], MatchStage.EXACT)


def test_who_it_is_for_and_what_it_does_are_both_needed(engine):
    known = (Wider("予約受付", ("予約", "客室予約")),)
    result = ask(engine, "クリニックの予約受付", synonyms=known)
    assert ids(result) == ids(ask(engine, "クリニック 予約受付", synonyms=known)) == ["CLINIC"]
    assert result.stage in (MatchStage.EXACT, MatchStage.WIDENED)


def test_what_is_marked_is_each_of_them(engine):
    (hit,) = ask(engine, "クリニックの予約受付", highlight=True).hits
    marked = {text for each in hit.highlights for text, is_marked in each.pieces if is_marked}
    assert marked == {"クリニック", "予約受付"}


def test_which_of_them_nothing_has_is_told(engine):
    told = ask(engine, "ヌノビキ屋の決済").told
    assert (told.nowhere, told.somewhere) == (("ヌノビキ屋",), ("決済",))


@pytest.mark.parametrize("text", ["よやく", "クリニック"])
def test_what_synonyms_and_sounds_add_nothing_to_is_told_as_exact(filled, text):
    made = filled([a_document("A", name="よやく帳", industry_names=("クリニック",))])
    known = (Wider(text, ("無いもの",)),)
    assert ask(made, text, synonyms=known).stage is MatchStage.EXACT
    more = filled(
        [a_document("A", name="よやく帳", industry_names=("クリニック",)), a_document("B", name="予約の医院")]
    )
    known = (Wider(text, ("医院",)),)
    assert ask(more, text, synonyms=known).stage is not MatchStage.EXACT
    assert ask(more, text, synonyms=known).total == 2
