"""Which words of a query stand for more; a change to the list counts from the next search on, without a rebuild."""

from __future__ import annotations

import threading

import newer_files
import published
import pytest

from catalogue import synonym_list
from catalogue.synonym_list import SynonymList, current, read_entry
from catalogue.synonyms import Synonym
from marketplace import programme
from search import asking, queries, sync
from search.meant import corrected_by
from search.parameters import SearchQuery
from search.port import MatchStage, SearchRequest, SearchResult, Visibility, Wider
from search.speller import Vocabulary
from search.synonym_preview import preview
from search.widening import other_names, widen
from tenants.actor import PUBLIC, SYSTEM
from tenants.db import act_as, db
from tenants.errors import Conflict, NotPermitted, StaleVersion


def synonym(term: str, *texts: str, two_way: bool = False) -> Synonym:
    return Synonym(term, texts, two_way, problem=False, source="test")


def trouble(sentence: str, *texts: str) -> Synonym:
    return Synonym(sentence, texts, two_way=False, problem=True, source="test")


KNOWN = SynonymList(
    1,
    "",
    (
        synonym("給料", "給与計算"),
        synonym("レジスター", "レジ", two_way=True),
        synonym("レジ", "POS"),
        synonym("お金の管理", "会計"),
        synonym("京都", "京都府"),
        synonym("見積もり", "見積書"),
        synonym("CRM", "顧客管理"),
        synonym("請求", "請求書"),
        synonym("cash register", "レジ"),
        synonym("cash", "現金"),
        synonym("問合せ", "問い合わせ", "窓口"),
    ),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("給料", {"給料": ("給与計算",)}),
        ("きゅうりょう", {}),
        ("レジスター", {"レジスター": ("レジ",)}),
        ("ﾚｼﾞ", {"ﾚｼﾞ": ("レジスター", "POS")}),
        ("れじ 予約", {"れじ": ("レジスター", "POS")}),
        ("給与計算", {}),
        ("お金の管理", {"お金の管理": ("会計",)}),
        ("見積り", {"見積り": ("見積書",)}),
        ("ｃｒｍ", {"ｃｒｍ": ("顧客管理",)}),
        ("給料の計算が大変", {"給料": ("給与計算",)}),
        ("見積書の請求書", {}),
        ("請求書レジスター", {"レジスター": ("レジ",)}),
        ("東京都", {}),
        ("クレジット", {}),
        ("Cash  Register", {"Cash Register": ("レジ",)}),
        ("cash レジ", {"cash": ("現金",), "レジ": ("レジスター", "POS")}),
        ("used cash register", {"cash register": ("レジ",)}),
        ("問合せ", {"問合せ": ("窓口",)}),
        ("問い合わせ対応 予約", {"問い合わせ対応": ("問い合わせ", "窓口")}),
        ("給料対応 予約", {"給料対応": ("給料", "給与計算")}),
        ("予約 給料専用", {"給料専用": ("給料", "給与計算")}),
        ("予約 保育園向け", {"保育園向け": ("保育園",)}),
        ("予約 業務用", {}),  # 業務 says nothing
        ("予約 暦対応", {}),
        ("給料対応", {"給料": ("給与計算",)}),
        ("", {}),
        ("！？", {}),
    ],
)
def test_words_and_what_they_stand_for(text, expected):
    assert {each.word: each.texts for each in widen(text, KNOWN)} == expected


def test_names_of_the_same_all_find_each_other():
    listed = SynonymList(
        1, "", (synonym("立替精算", "経費精算", "経費申請", two_way=True), synonym("経費精算", "旅費"))
    )
    stands_for = {word: widen(word, listed)[0].texts for word in ("経費精算", "立替精算", "経費申請")}
    assert stands_for == {
        "経費精算": ("立替精算", "経費申請", "旅費"),
        "立替精算": ("経費精算", "経費申請"),
        "経費申請": ("立替精算", "経費精算"),
    }
    assert widen("旅費", listed) == ()


@pytest.mark.parametrize(
    ("typed", "trade"),
    [("ラーメン店", "飲食店"), ("花店", "小売店"), ("電気工事屋", "電気工事業"), ("本店", None)],
)
def test_a_shop_is_called_so_or_so(typed, trade):
    trades = (synonym("ラーメン屋", "飲食店"), synonym("花屋", "小売店"), synonym("電気工事店", "電気工事業"))
    found = [each.texts for each in widen(typed, SynonymList(1, "", trades)) if each.word == typed]
    assert found == ([(trade,)] if trade else [])


TROUBLES = SynonymList(
    1,
    "",
    tuple(
        Synonym(term, texts, two_way=False, problem=True, source="test")
        for term, texts in (
            ("トラックがどこを走っているか", ("動態管理",)),
            ("機械が止まる", ("IoT",)),
            ("雷で機械が止まる", ("遠隔監視",)),
            ("機械の故障を早く知る", ("IoT",)),
            ("仕事が大変", ("何か",)),
        )
    ),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("うちのトラックは今どのへんを走ってるの", {"トラックは今どのへんを走っ": ("動態管理",)}),
        ("走るトラック", {"走るトラック": ("動態管理",)}),
        ("トラックを買いたい", {}),
        ("機械がよく止まって困る", {"機械がよく止まっ": ("IoT",)}),
        ("機械が雷で止まった", {"機械が雷で止まっ": ("遠隔監視",)}),
        ("仕事がとても大変", {"仕事がとても大変": ("何か",)}),
        ("大変", {}),
        ("故障して止まった", {"故障して止まっ": ("IoT",)}),
        ("故障したトラック", {}),
        ("IoTの故障が止まらない", {"IoTの故障が止まら": ("IoT",)}),
    ],
)
def test_a_sentence_that_says_a_trouble_otherwise_stands_for_what_that_does(text, expected):
    assert {each.word: each.texts for each in widen(text, TROUBLES)} == expected


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("整備工場です。機械が止まって困る", "IoT"),  # not what stands for 整備工場
        ("運送会社ですが、機械の故障が多い", "IoT"),
        ("整備工場です。連絡が多い", "車検"),  # nothing else says what is meant
    ],
)
def test_by_who_asks_only_where_the_rest_means_nothing(text, means):
    said = SynonymList(
        1, "", (*TROUBLES.entries, trouble("整備工場の連絡", "車検"), trouble("整備工場で車を預かる", "車検"))
    )
    assert next(each for each in widen(text, said) if each.likely).texts[0] == means


def test_words_of_one_thing_count_together_and_what_is_as_likely_counts_too():
    said = SynonymList(
        1,
        "",
        (
            *(synonym(word, "賃貸管理") for word in ("大家", "空室")),
            *(trouble(term, "賃貸管理") for term in ("空室を埋める", "大家に報告する")),
            *(trouble(term, "宿泊管理") for term in ("部屋を二重に売る", "布団を干す")),
        ),
    )
    (only,) = [each for each in widen("うちの部屋が二重に売れていた", said) if each.likely]
    assert (only.texts, only.likely) == (("宿泊管理",), 1.0)
    found = [each for each in widen("空室を埋めたいし布団も干したい", said) if each.likely]
    assert {each.texts[0]: each.signs for each in found} == {"賃貸管理": ("大家", "空室"), "宿泊管理": ()}
    assert all(each.likely < 1 for each in found)  # each has only some of the words
    for name in ("布団を買いたい", "大ヤ管理", "空室カ管理"):  # one word of one sentence, names misspelt
        assert not [each for each in widen(name, said) if each.likely]


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("町工場の看板", ["サイネージ"]),  # an entry, whole
        ("町工場の原価", []),  # names that share one with an entry
        ("町工場のにぎわいの原価", []),  # or two
        ("町工場をにぎやかに見せたい", ["サイネージ"]),
    ],
)
def test_names_beside_each_other_stand_for_what_an_entry_says_whole(text, means):
    said = SynonymList(
        1, "", (trouble("町工場の看板", "サイネージ"), trouble("町工場の入口のにぎわいを見せる", "サイネージ"))
    )
    assert [each.texts[0] for each in widen(text, said) if each.likely] == means


def test_what_a_word_may_be_about_as_well_is_no_other_name_of_a_thing():
    said = SynonymList(
        1,
        "",
        (
            trouble("打刻を忘れて帰る", "勤怠"),
            synonym("テレワーク", "勤怠", "チャット", "打刻", "シフト"),
            trouble("伝言が相手に届かない", "チャット"),
            trouble("人手の割り振りに悩む", "シフト"),
            synonym("当番", "シフト", "勤怠"),  # one that stands for it in turn
        ),
    )
    (found,) = [each for each in widen("打刻するのを忘れて帰った", said) if each.likely]
    assert found.texts == ("勤怠", "打刻", "シフト")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "安否check",
            {"安否check": ("安否確認", "安否チェック", "安否点検", "無事"), "check": ("確認", "チェック", "点検")},
        ),
        (
            "無事check",
            {"無事check": ("無事確認", "無事チェック", "無事点検"), "check": ("確認", "チェック", "点検")},
        ),
        ("cow 安否", {"cow": ("牛", "牛群", "家畜")}),
        ("waiting time 無事", {"waiting time": ("待ち時間",)}),
        ("cows 無事", {"cows": ("牛", "牛群", "家畜")}),
        ("Deliveries", {"Deliveries": ("配送", "納品", "配達")}),
        ("business", {}),
        ("調剤system", {"調剤system": ("調剤",)}),
        ("kintai管理", {}),
    ],
)
def test_words_of_english_are_read_in_japanese(text, expected):
    known = SynonymList(1, "", (synonym("安否確認", "無事"),))
    assert {each.word: each.texts for each in widen(text, known)} == expected


def test_a_name_of_two_latin_words_may_be_run_together():
    known = SynonymList(1, "", (synonym("call center", "コールセンター"),))
    assert [each.texts for each in widen("callcenter", known)] == [("コールセンター",)]
    assert [each.texts for each in widen("call center", known)] == [("コールセンター",)]


@pytest.mark.parametrize(
    ("text", "texts"),
    [
        ("お花屋さん", ("花屋", "生花店")),
        ("花屋さん", ("花屋", "生花店")),
        ("大工さん", ("大工",)),
        ("お客さん", None),
    ],
)
def test_who_is_called_politely_is_looked_for_by_the_plain_name(text, texts):
    known = SynonymList(1, "", (synonym("花屋", "生花店"),))
    assert [each.texts for each in widen(text, known)] == ([texts] if texts else [])


def test_what_stands_for_itself_is_not_widened():
    said = SynonymList(
        1, "", (Synonym("経費の精算が大変", ("経費精算",), two_way=False, problem=True, source="test"),)
    )
    assert all("経費精算" not in each.texts for each in widen("経費精算", said))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("勤怠ソフト", {"勤怠ソフト": ("勤怠",)}),
        ("給料ソフトウェア", {"給料ソフトウェア": ("給料", "給与計算")}),
        ("給料system", {"給料system": ("給料", "給与計算")}),
        ("POSシステム 予約アプリ", {"POSシステム": ("POS",), "予約アプリ": ("予約",)}),
        ("マイクロソフト", {}),
        ("ソフト", {}),
        ("ソフト会計", {}),
        ("給料の計算をするソフト", {}),
        ("成績の管理", {"成績の管理": ("成績管理",)}),
        ("給料の計算 暦", {"給料の計算": ("給料計算",)}),
        ("お金の管理", {}),  # an entry itself
        ("社員の給料", {}),  # an everyday word is no part of a name
        ("成績の管理の記録", {}),
    ],
)
def test_what_is_nowhere_is_looked_for_by_other_names(text, expected):
    assert {each.word: each.texts for each in other_names(text, widen(text, KNOWN))} == expected


def test_what_a_sentence_stands_for_does_not_hide_its_name():
    said = (Wider("成績の管理", ("学習塾管理",), likely=1.0),)
    assert other_names("成績の管理", said) == (Wider("成績の管理", ("成績管理",)),)


def test_what_was_meant_stands_for_its_synonyms_too():
    vocabulary = Vocabulary.of([("payroll", "payroll", 1)])
    meant = corrected_by(vocabulary, "payrol 予約", SynonymList(1, "", (synonym("payroll", "給与計算"),)))
    assert meant == (Wider("payrol", ("payroll", "給与計算")),)


def test_without_a_list_nothing_is_widened():
    assert widen("給料", SynonymList(0, "", ())) == ()


@pytest.fixture
def shop(services, index):
    published.publish(30, vendors=4)
    sync.synchronise()
    return index


ENTRY = read_entry({"word": "ぬりかべ帳", "texts": "会計", "direction": "one_way", "kind": "word"})


def ask(q: str) -> queries.SearchPage:
    with act_as(PUBLIC):
        return queries.find(SearchQuery(q=q))


def test_the_next_search_uses_a_new_entry_and_the_index_stays(shop):
    before = ask("ぬりかべ帳")
    assert before.stage in (MatchStage.NONE, MatchStage.SIMILAR, MatchStage.ANY)
    version = shop.version()
    with act_as(SYSTEM):
        synonym_list.put(ENTRY, read_version=current().version)
    page = ask("ぬりかべ帳")
    assert (page.stage, page.widened) == (MatchStage.WIDENED, (Wider("ぬりかべ帳", ("会計",)),))
    assert page.total == ask("会計").total > 0
    assert shop.version() == version
    with act_as(SYSTEM):
        synonym_list.remove("ぬりかべ帳", read_version=current().version)
    assert ask("ぬりかべ帳").widened == ()


def test_what_a_sentence_stands_for_is_told_once(shop):
    sentence = "電話が鳴りっぱなしで接客できない"
    told = [(each.word, bool(each.likely)) for each in ask(sentence).widened if "予約管理" in each.texts]
    assert told == [(sentence, True)]


def test_a_preview_tells_now_from_then_and_changes_nothing(shop):
    with act_as(SYSTEM):
        known = current()
        (found,) = preview(known, known.put(ENTRY), [ENTRY])
        assert current() is known
    assert (found.word, found.then_total) == ("ぬりかべ帳", ask("会計").total)
    assert len(found.then) == min(10, found.then_total)
    assert {place.mark for place in found.then} == {"new"}
    with act_as(SYSTEM):
        (same,) = preview(known, known, [synonym("会計", "経理")])
    assert {place.mark for place in (*same.now, *same.then)} == {"same"}


def test_only_who_edits_masters_and_only_the_version_they_saw(services):
    with act_as(PUBLIC), pytest.raises(NotPermitted):
        synonym_list.put(ENTRY, read_version=current().version)
    with act_as(SYSTEM):
        seen = current().version
        synonym_list.put(ENTRY, read_version=seen)
        with pytest.raises(StaleVersion):
            synonym_list.remove("給料", read_version=seen)
        assert current().find("給料")


def test_two_at_once_one_is_told(services):
    with act_as(SYSTEM):
        seen = current().version
    barrier, told = threading.Barrier(2), []

    def save(word: str) -> None:
        entry = read_entry({"word": word, "texts": "会計", "direction": "one_way", "kind": "word"})
        with services.app_context():
            try:
                with act_as(SYSTEM):
                    barrier.wait()
                    synonym_list.put(entry, read_version=seen)
                told.append("saved")
            except (StaleVersion, Conflict):
                told.append("told")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=save, args=(word,)) for word in ("ぬりかべ", "からかさ")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["saved", "told"]
    with act_as(SYSTEM):
        assert current().version == seen + 1


class Widening:
    """An engine that has no word as typed, and each as its synonym."""

    def search(self, request):
        stage = MatchStage.NONE if request.loosest is MatchStage.READING else MatchStage.WIDENED
        return SearchResult(
            hits=(), total=0, total_is_exact=True, facets={}, stage=stage, engine="none", applied_version="1"
        )


def test_nothing_else_was_meant_by_what_its_synonym_finds():
    request = SearchRequest(visibility=Visibility.PUBLIC, text="予約システム")
    answer = asking.ask(Widening(), request, lambda _: (Wider("予約システム", ("予約システムズ",)),))
    assert answer.meant == ()
    assert answer.request.synonyms == (Wider("予約システム", ("予約",)),)


def test_a_list_that_the_secretariat_has_changed_no_file_touches_any_more(shop, monkeypatch):
    """The next release brings another version under the number that the change has taken, and then a later one."""
    with act_as(SYSTEM):
        assert programme.newer_lists() == []
        synonym_list.put(ENTRY, read_version=current().version)
        assert programme.newer_lists() == [], "the same file as before is no news"
        taken = current().version
        for number in (taken, taken + 5):
            with monkeypatch.context() as release:
                newer_files.bring(release, "synonyms", lambda rows: rows[1:], version=number)
                assert "synonyms" not in [document.kind for document, _ in programme.load_programme()]
                assert [(each.kind, each.version) for each in programme.newer_lists()] == [("synonyms", number)]
            assert (current().version, current().find("ぬりかべ帳") is not None) == (taken, True)
