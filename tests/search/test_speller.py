"""What was probably meant: near words of what is published, and nothing for words that are in use or near to none."""

from __future__ import annotations

import re
from functools import cache

import published
import pytest
from hypothesis import given
from hypothesis import strategies as st
from search_samples import a_document
from sqlalchemy import select

from catalogue.models import Package
from catalogue.synonym_list import SynonymList
from catalogue.synonyms import Synonym
from search import queries, sync
from search.analyser import fold
from search.embedded import EmbeddedEngine
from search.meant import KeptVocabulary
from search.nearness import distance
from search.parameters import SearchQuery
from search.port import MatchStage
from search.speller import MOST_WORDS, Vocabulary, labels, words_in_use
from tenants.actor import PUBLIC, SYSTEM
from tenants.db import act_as, db

WORDS = st.text("レジセンタこえabc計", max_size=8)


def plain_distance(one: str, other: str) -> int:
    """The definition, without any shortcut."""

    @cache
    def to(i: int, j: int) -> int:
        if not i or not j:
            return i + j
        steps = [to(i - 1, j) + 1, to(i, j - 1) + 1, to(i - 1, j - 1) + (one[i - 1] != other[j - 1])]
        if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
            steps.append(to(i - 2, j - 2) + 1)
        return min(steps)

    return to(len(one), len(other))


@given(WORDS, WORDS, st.integers(0, 3))
def test_distance_is_the_definition_up_to_its_bound(one, other, most):
    assert distance(one, other, most) == min(plain_distance(one, other), most + 1)


def vocabulary(*texts: str) -> Vocabulary:
    return Vocabulary.of((folded, written, 1) for folded, written in labels(texts).items())


KNOWN = vocabulary(
    "コールセンター支援",
    "security cloud",
    "給与計算クラウド",
    "ホームページ",
    "クレジット決済",
    "勤怠管理",
    "採用管理",
    "KANBAN-Go",
    "レジ",
    "POS",
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("コールセター", "コールセンター"),
        ("ｺｰﾙｾﾀｰ", "コールセンター"),
        ("コールセンンター", "コールセンター"),
        ("こーるせたー", "コールセンター"),
        ("コールンセター", "コールセンター"),
        ("securty", "security"),
        ("ＳＥＣＵＲＴＹ", "security"),
        ("secruity", "security"),
        ("給与系算", "給与計算"),
        ("クレジト決済", "クレジット決済"),
        ("クラウド給与系算", "クラウド給与計算"),
        ("勤怠菅理", "勤怠管理"),
        ("怠勤管理", "勤怠管理"),
        ("彩陽管理", "採用管理"),
        ("カンバンゴー", "KANBAN"),
        ("ホールセンター", "コールセンター"),
        ("きんたいかんい", "勤怠管理"),
        ("きゅうよけいさ", "給与計算"),
        ("クレジト", "クレジット"),
        ("コールセンター", None),
        ("ホームページ", None),
        ("れじ", None),
        ("レシ", None),
        ("ポス", None),
        ("京都", None),
        ("電話の予約で手が離せない", None),
        ("鰻重", None),
        ("", None),
        ("！？", None),
    ],
)
def test_what_was_meant(typed, meant):
    assert KNOWN.correct(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("居酒屋のホールの注文を間違える", None),
        ("ファイブの共有で間違える", None),
        ("ファイラの共有で間違える", "ファイルの共有で間違える"),
        ("ファイブ", None),
        ("ファイブ共有", "ファイル共有"),  # within a name a word of the dictionary may be a slip
        ("shows", None),
        ("orders", None),
        ("farmers", None),  # of a word of English that the dictionary has not
        ("kanbans", None),  # the plural of a word in use alone
        ("ordr", "order"),
        ("kamban", "kanban"),
    ],
)
def test_a_word_of_a_dictionary_is_meant_as_it_is(typed, meant):
    known = Vocabulary.of(
        (fold(word), word, 2) for word in ("ホテル", "ファイル", "shop", "order", "firmers", "kanban")
    )
    assert known.correct(typed) == meant


def test_a_misspelt_name_may_as_well_be_another_but_a_word_in_use_is_meant():
    names = Vocabulary.of([("るのそくす", "ルノソクス", 1), ("るのとくす", "ルノトクス", 1)])
    assert {names.correct("ルノロクス"), *names.as_near("ルノロクス")} == {"ルノソクス", "ルノトクス"}
    assert names.as_near("ルノソクス") == ()
    used = Vocabulary.of([("れせぷと", "レセプト", 40), ("れせすと", "レセスト", 1)])
    assert (used.correct("レセブト"), used.as_near("レセブト")) == ("レセプト", ())


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ルモバスケット", "Rumobasket"),
        ("るもばすけっと", "Rumobasket"),
        ("ルモバスケト", "Rumobasket"),
        ("Tekisapilot", "クラウドテキサパイロット"),  # a part of a longer name
        ("callcentr", "コールセンター"),
        ("ハルカ", "HARUKA"),
        ("きんとま", "kintoma"),
        ("きんたいんかり", "勤怠管理"),
        ("きたいんかんり", "勤怠管理"),
        ("elaerning", "elearning"),
        ("きんたいかn", "勤怠管理"),  # sent off while typing
        ("にゅうきんk", None),
        ("エンターテイメント", "エンターテインメント"),  # less usual, and a word of the dictionary
        ("kintaikarni", "勤怠管理"),
        ("kintaikannri", "勤怠管理"),
        ("kintaigakari", None),
        ("Rumobike", None),
        ("コルセット", None),
    ],
)
def test_a_name_is_known_in_other_letters_and_with_its_kana_in_another_order(typed, meant):
    names = (
        "Rumobasket",
        "クラウドテキサパイロット",
        "コールセンター",
        "HARUKA",
        "kintoma",
        "勤怠管理",
        "elearning",
        "エンターテインメント",
    )
    known = Vocabulary.of((fold(name), name, 2) for name in names)
    assert known.correct(typed) == meant


@given(st.text(max_size=40))
def test_any_text_gets_an_answer_that_is_not_itself(text):
    assert KNOWN.correct(text) is None or KNOWN.correct(text) != text


def test_the_most_frequent_of_equally_near_words():
    known = Vocabulary.of([("せんたく", "センタク", 1), ("せんたけ", "センタケ", 9)])
    assert known.nearest("センタコ") == "センタケ"


def test_words_in_use_come_before_rare_ones_and_swaps_before_changes():
    known = Vocabulary.of([("客様管理", "客様管理", 1), ("顧客管理", "顧客管理", 9), ("顧各管理", "顧各管理", 9)])
    assert known.nearest("客顧管理") == "顧客管理"


def test_of_words_as_near_the_one_that_sounds_so():
    known = Vocabulary.of([("事件管理", "事件管理", 9), ("物件管理", "物件管理", 2)])
    assert known.nearest("仏件管理") == "物件管理"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("こてい管理", "工程管理"),
        ("応募しゃか管理", "応募者管理"),
        ("工ていを見たい", None),
    ],
)
def test_a_word_half_in_kana_that_is_misspelt(typed, meant):
    known = Vocabulary.of((word, word, 2) for word in ("工程管理", "応募者管理"))
    assert known.correct(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("受発住", "受発注"), ("シトフ", "シフト"), ("受花注文", None), ("返発注", None), ("受発", None)],
)
def test_of_three_characters_the_first_must_be_right(typed, meant):
    known = Vocabulary.of([("受発注", "受発注", 5), ("しふと", "シフト", 1)])
    assert known.nearest(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("受けはっちゅう", "受発注"),
        ("うけはっちゅう", "受発注"),
        ("売りかけきん", "売掛金"),
        ("もうし込みしょ", "申込書"),
        ("受けはっちう", None),
        ("受けはっちゅうを", None),
        ("打ち合わせのあと", None),
    ],
)
def test_a_compound_half_in_kana_with_the_endings_it_leaves_out(typed, meant):
    known = Vocabulary.of((word, word, 2) for word in ("受発注", "売掛金", "申込書", "打合"))
    assert known.correct(typed) == meant


def test_the_beginning_of_a_name_that_runs_on():
    known = Vocabulary.of([("るみかのすたと", "ルミカノスタート", 1)])
    assert known.nearest("ルミカロ") == "ルミカノスタート"
    assert known.nearest("ミルカノ") == "ルミカノスタート"
    assert known.nearest("ソラカロ") is None


def test_words_in_use_are_names_and_the_loan_words_of_sentences():
    found = words_in_use(["勤怠管理"], ["会計係とコールセンター、kintai。レジ"])
    assert sorted(found) == ["kintai", "コールセンター", "勤怠管理"]


def test_so_many_words_and_no_more():
    assert len(Vocabulary.of((f"word{n}", f"word{n}", 1) for n in range(MOST_WORDS + 5)).known) == MOST_WORDS


@pytest.fixture
def shop(services, index):
    published.publish(30, vendors=4)
    sync.synchronise()
    return index


def published_word(index: EmbeddedEngine) -> str:
    """A long word in katakana that stands in the names of what is published."""
    return next(word for word, _ in index.vocabulary() if re.fullmatch("[ァ-ヶー]{7,}", word))


def ask(q: str) -> queries.SearchPage:
    with act_as(PUBLIC):
        return queries.find(SearchQuery(q=q))


def test_a_misspelt_search_finds_what_was_meant_and_says_so(shop):
    word = published_word(shop)
    right, wrong = ask(word), ask(word[:3] + word[4:])
    assert (wrong.stage, wrong.did_you_mean) == (MatchStage.CORRECTED, word)
    assert {hit.code for hit in wrong.items} <= {hit.code for hit in right.items}
    assert wrong.total > 0
    assert right.did_you_mean == ""


def test_of_names_for_what_nobody_offers_none_was_meant(filled):
    engine = filled([a_document("A", name="予約台帳プロ"), a_document("B", name="メルノート")])

    def listed(*texts: str) -> SynonymList:
        return SynonymList(1, "", (Synonym("ミルシート", texts, two_way=True, problem=False, source="test"),))

    nobody = KeptVocabulary().get(engine, listed("鋼材検査証明書", "材料証明書"))
    assert nobody.correct("ミルシイト") is None
    somebody = KeptVocabulary().get(engine, listed("鋼材検査証明書", "予約台帳"))
    assert somebody.correct("ミルシイト") == "ミルシート"


def test_the_rest_of_the_query_stays(shop):
    word = published_word(shop)
    assert ask(f"会計 {word[:3]}{word[4:]}").did_you_mean == f"会計 {word}"
    assert ask("存在しない語句ぬぬぬ").did_you_mean == ""


def test_a_new_name_is_known_after_the_index_changed(shop, monkeypatch):
    monkeypatch.setattr("search.meant._KEPT_SECONDS", 0.0)
    assert ask("ザラマンデ").did_you_mean == ""
    with act_as(PUBLIC):
        first = queries.find(SearchQuery(q="")).items[0].code
    with act_as(SYSTEM):
        listing = db.session.scalars(select(Package.id).where(Package.code == first)).one()
    published.publish_again(listing, "ザラマンダー会計")
    sync.synchronise()
    assert ask("ザラマンデー").did_you_mean == "ザラマンダー"
