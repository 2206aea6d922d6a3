"""What the embedded engine finds when nothing is as typed: rōmaji, sentences, several words of which some are nowhere."""

from __future__ import annotations

import pytest
from search_samples import a_document

from search.embedded import EmbeddedEngine
from search.port import MatchStage, SearchRequest, Visibility, Wider

DOCUMENTS = (
    a_document("D1", name="クラウド勤怠", function_words=("勤怠管理",), industry_names=("飲食店",)),
    a_document(
        "D2", name="経費まる", function_words=("経費精算",), description="勤怠管理のソフトとも連携できます"
    ),
    a_document("D3", name="予約台帳", description="電話を減らします", industry_names=("飲食店",)),
    a_document("D4", name="月末くん", description="毎月の手間と時間がかかる大変な作業を減らします"),
    a_document("D5", name="翻訳支援", description="外国語の問い合わせ"),
    a_document("D6", name="請求書の友", function_words=("請求書発行",)),
    a_document("D8", name="きっぷ売り場", description="現金もトンネルの先の休みも"),
    a_document("D7", name="コトリバ", function_words=("セキュリティ対策",)),
)


@pytest.fixture(scope="module")
def engine(filled):
    return filled(DOCUMENTS)


def ask(engine, text, **more):
    result = engine.search(SearchRequest(Visibility.PUBLIC, text, highlight=True, **more))
    return result.stage, [hit.id for hit in result.hits]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("keihi", "D2"),
        ("kintai", "D1"),
        ("kintai管理", "D1"),
        ("ｋｅｉｈｉ ｓｅｉｓａｎ", "D2"),
        ("seikyusho", "D6"),
        ("honyaku", "D5"),
        ("きんたいかんり", "D1"),
    ],
)
def test_by_the_sound_names_and_functions_first(engine, query, first):
    stage, found = ask(engine, query)
    assert (stage, found[0]) == (MatchStage.READING, first)


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("月末の経費精算が大変で困っています", "D2"),
        ("毎月の請求書を送るのに時間がかかる", "D6"),
        ("お店の勤怠管理をなんとかしたい", "D1"),
        ("翻訳の", "D5"),
        ("予約 ロボット三号", "D3"),
        ("飲食店 ロボット三号 勤怠管理", "D1"),
        ("経費清算を楽にしたい", "D2"),
    ],
)
def test_what_has_most_of_what_it_is_about(engine, query, first):
    stage, found = ask(engine, query)
    assert (stage, found[0]) == (MatchStage.ANY, first)


def test_who_asks_is_not_what_is_looked_for_but_comes_first_among_its_like(engine):
    synonyms = (Wider("翻訳会社", ("翻訳",)),)
    assert ask(engine, "翻訳会社です。勤怠管理の手間", synonyms=synonyms) == (MatchStage.ANY, ["D1", "D2"])
    assert ask(engine, "飲食店ですが、電話の予約に困る")[1][0] == "D3"


@pytest.mark.parametrize(("query", "only"), [("勤怠ソフト", "D2"), ("でんわ予約", "D3")])
def test_a_compound_that_is_nowhere_is_what_has_each_of_its_words(engine, query, only):
    assert ask(engine, query) == (MatchStage.SIMILAR, [only])


def test_a_brand_that_no_dictionary_knows_runs_on_into_what_it_does(engine):
    assert ask(engine, "コトリバセキュリティ") == (MatchStage.SIMILAR, ["D7"])


@pytest.mark.parametrize("query", ["勤退ソフト", "勤体連携", "ソフト勤退"])
def test_a_part_of_which_the_kanji_were_chosen_wrongly_is_what_sounds_so(engine, query):
    result = engine.search(SearchRequest(Visibility.PUBLIC, query, highlight=True))
    assert (result.stage, [hit.id for hit in result.hits]) == (MatchStage.SIMILAR, ["D2"])
    (told,) = result.hits[0].highlights
    assert "勤怠" in "".join(text for text, marked in told.pieces if marked)


@pytest.mark.parametrize("query", ["Web予約", "予約アプリ", "予約台帳を作る"])
def test_by_what_and_that_it_is_done_need_not_be_there(engine, query):
    assert "D3" in ask(engine, query)[1]


def test_words_that_stand_for_something_together_are_one_part(engine):
    synonyms = (Wider("立替伝票", ("経費精算",)),)
    assert ask(engine, "立替伝票連携", synonyms=synonyms) == (MatchStage.SIMILAR, ["D2"])


def test_a_sound_that_is_voiced_where_two_words_meet(engine):
    assert ask(engine, "キンタイガンリ") == (MatchStage.SIMILAR, ["D1", "D2"])


def test_a_compound_in_kana_is_what_has_both_of_its_words(engine):
    assert ask(engine, "けいひれんけい") == (MatchStage.SIMILAR, ["D2"])


@pytest.mark.parametrize(
    "query", ["けいひせいさい", "けいせいさん", "経費せいさい", "経費ひせいさん", "経ひせい算"]
)
def test_a_compound_by_its_sound_with_one_kana_wrong(engine, query):
    assert ask(engine, query) == (MatchStage.SIMILAR, ["D2"])


def test_the_short_sound_of_a_word_in_kanji_within_others_is_chance(tmp_path):
    small = EmbeddedEngine(tmp_path / "index")
    small.ensure_schema()
    small.upsert(
        [
            a_document("CHANCE", name="かけはし屋インボイス"),
            a_document("TALK", name="ハナシ", description="打ち合わせの場"),
        ]
    )
    assert ask(small, "社員と打ち合わせしたい") == (MatchStage.ANY, ["TALK"])
    small.close()


def test_a_short_word_whose_kanji_are_all_wrong_is_what_they_may_sound_like(engine):
    assert ask(engine, "誉訳") == (MatchStage.SIMILAR, ["D3"])  # よやく


def test_a_word_of_a_phrase_that_nobody_has_is_looked_for_by_its_synonyms_too(engine):
    assert ask(engine, "バイトの出勤時間をみたい") == (MatchStage.ANY, ["D4"])  # which has 時間
    assert ask(engine, "バイトの出勤時間をみたい", synonyms=(Wider("出勤", ("勤怠管理",)),))[1][0] == "D1"


def test_a_compound_has_a_word_or_a_synonym_of_it(engine):
    assert ask(engine, "立替ソフト", synonyms=(Wider("立替", ("経費",)),)) == (MatchStage.SIMILAR, ["D2"])


@pytest.mark.parametrize(
    ("query", "nowhere", "somewhere"),
    [
        ("弥生経費", ("弥生",), ("経費",)),
        ("経費奉行", ("奉行",), ("経費",)),
        ("弥生請求書発行", ("弥生",), ("請求書発行",)),
        ("勤怠 弥生 経費", ("弥生",), ("勤怠", "経費")),
        ("勤怠ソフト", (), ()),  # each part is somewhere
        ("弥生奉行", (), ()),  # nothing is: there is nothing to show
        ("奉行の経費が大変", (), ()),  # a sentence is no name
        ("勤怠管理", (), ()),
    ],
)
def test_of_a_name_that_nobody_has_it_is_told_which_part_is_nowhere(engine, query, nowhere, somewhere):
    told = engine.search(SearchRequest(Visibility.PUBLIC, query)).told
    assert (told.nowhere, told.somewhere) == (nowhere, somewhere)


def test_what_a_word_stands_for_is_nowhere_either(engine):
    widened = (Wider("コバト対応", ("コバト",)), Wider("ハト対応", ("翻訳",)))
    told = engine.search(SearchRequest(Visibility.PUBLIC, "コバト対応 ハト対応 予約", synonyms=widened)).told
    assert (told.nowhere, told.somewhere) == (("コバト対応",), ("ハト対応", "予約"))


@pytest.mark.parametrize(
    "query",
    [
        "freee",
        "kintone",
        "スクエア",
        "ヨヤポン",
        "キントーン",
        "将棋",
        "しょうぎ",
        "けんどう",
        "しんかんせん",
        "鈴木",
        "ビール",
    ],
)
def test_a_name_that_nobody_has_finds_nothing(engine, query):
    """A pair of letters or kana in common says nothing: 492 packages were no help to who looked for one brand."""
    assert ask(engine, query) == (MatchStage.NONE, [])


def test_a_synonym_inside_a_sentence_stands_for_its_word(engine):
    synonyms = (Wider("給料日の立替", ("経費精算",)),)
    assert ask(engine, "給料日の立替が面倒", synonyms=synonyms)[1][0] == "D2"


def test_a_misspelt_word_inside_a_sentence_counts_as_meant(engine):
    meant = (Wider("経費精箏が追いつかない", ("経費精算が追いつかない",)),)
    stage, found = ask(engine, "経費精箏が追いつかない 飲食店", corrections=meant)
    assert stage is MatchStage.ANY
    assert "D2" in found


def test_many_things_at_once_are_bounded(engine):
    stage, found = ask(engine, "の".join(["勤怠", "経費", "予約", "翻訳", "請求書", "電話", "問い合わせ", "連携"]))
    assert stage is MatchStage.ANY
    assert found


def test_who_asks_is_not_found_where_what_is_asked_for_is_nowhere(engine):
    shop = (Wider("魚屋", ("飲食店",)),)
    assert ask(engine, "魚屋だけど棚卸しが苦痛だ", synonyms=shop) == (MatchStage.NONE, [])
    assert ask(engine, "魚屋なんですが", synonyms=shop)[1] != []


@pytest.mark.parametrize(
    ("query", "found"),
    [("ネット予やく", ["D3"]), ("予やくシステム", ["D3"]), ("クラウド予やく", []), ("セキュリティ予やく", [])],
)
def test_a_compound_of_two_scripts_with_a_part_half_in_kana(engine, query, found):
    stage, ids = ask(engine, query)
    assert (ids if stage is MatchStage.SIMILAR else []) == found


def test_a_short_word_in_kana_is_not_what_it_would_be_without_its_long_vowel(filled):
    small = filled([a_document("MAP", name="地図ナビ"), a_document("TILL", name="レジスター")])
    assert ask(small, "チーズ") == (MatchStage.NONE, [])
    assert ask(small, "ちず") == (MatchStage.READING, ["MAP"])
    assert ask(small, "れーじすた")[1] == ["TILL"]


def test_without_readings_nothing_is_found_by_its_sound(tmp_path):
    deaf = EmbeddedEngine(tmp_path / "index", readings=False)
    deaf.ensure_schema()
    deaf.upsert(DOCUMENTS)
    assert ask(deaf, "けいひ")[0] is not MatchStage.READING
    assert ask(deaf, "経費")[0] is MatchStage.EXACT
    deaf.close()


def test_the_reason_says_what_it_has(engine):
    told = engine.explain(SearchRequest(Visibility.PUBLIC, "月末の経費精算が大変"), "D2")
    assert told is not None
    assert ("unit", "経費精算") in {(reason.field, reason.text) for reason in told.reasons}
    assert told.reasons[0].field == "unit"


@pytest.mark.parametrize(
    ("query", "first"), [("らくらくめいさいねお", "D8"), ("ねおらくらくしふと", "D9"), ("らくらくめいさい", "D8")]
)
def test_a_brand_in_kana_whose_letters_the_dictionary_spells(query, first, tmp_path):
    made = EmbeddedEngine(tmp_path / "index")
    made.ensure_schema()
    made.upsert([*DOCUMENTS, a_document("D8", name="らくらく明細NEO"), a_document("D9", name="NEOらくらくシフト")])
    stage, found = ask(made, query)
    made.close()
    assert (stage, found) == (MatchStage.READING, [first])
