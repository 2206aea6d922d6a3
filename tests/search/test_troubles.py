"""What a shop owner's sentence is understood as."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue import synonyms
from catalogue.entry_lists import EntryList
from catalogue.problems import Problem, parse
from catalogue.vocabulary_files import read_default_masters, read_problems, read_synonyms
from search.port import Wider
from search.troubles import MOST_NEAR, MOST_PROBLEMS, Understanding, recogniser, recogniser_of
from search.widening import widen

PROBLEMS = tuple(parse(read_problems().rows))
FUNCTIONS = tuple(read_default_masters().functions)
SYNONYMS = EntryList(1, "shipped", tuple(synonyms.parse(read_synonyms().rows)))


def understand(text: str, industry: str | None = None) -> Understanding:
    return recogniser(PROBLEMS, FUNCTIONS).understand(text, widen(text, SYNONYMS), industry)


def functions(text: str) -> set[str]:
    found = understand(text)
    return {code for each in found.problems for code in each.problem.functions} | set(found.functions)


def test_every_sentence_of_the_list_leads_to_its_problem_first():
    wrong = []
    for problem in PROBLEMS:
        for sentence in problem.said():
            found = understand(sentence)
            if not found.problems or found.problems[0].problem != problem:
                wrong.append((sentence, problem.code, [each.problem.code for each in found.problems]))
    assert len(wrong) <= 0.02 * sum(len(each.said()) for each in PROBLEMS), wrong


# Nobody wrote these into the list: other words, other endings, two things in one sentence, kana.
UNSEEN = {
    "電話の予約で手が離せず、月末の給与計算も大変": {"F2", "B3"},
    "バイトの給料を計算するのに毎月丸一日かかっています": {"B3"},
    "レジのお金が毎日合わなくて帰りが遅い": {"F4"},
    "棚卸しで店を休まないといけない": {"M3"},
    "請求書をエクセルで一枚ずつ作って郵送している": {"B5"},
    "クレジットカードが使えないかとお客さんによく聞かれる": {"F5"},
    "お客様の連絡先がノートにバラバラに書いてある": {"M1"},
    "ファックスで来た注文を打ち込むのが面倒": {"M2"},
    "アルバイトのシフトがなかなか決まらない": {"M6"},
    "タイムカードを電卓で集計している": {"B4"},
    "ホムペつくりたい": {"F1"},
    "現場に行かないと工事の進み具合がわからない": {"M4"},
    "配車を決めるのに毎朝1時間かかる": {"M6"},
    "ＨＡＣＣＰの記録がめんどう": {"M7"},
    "どのメニューがもうかっているのか分からない": {"M5"},
    "見積もりを作るのに何日もかかる": {"M2"},
    "ネットで野菜を売りたい": {"F4"},
    "常連さんが来なくなった": {"M1"},
    "患者さんの待ち時間が長い": {"F2"},
    "カルテを探すのに時間がかかる": {"M1"},
    "きゅうよけいさんがたいへん": {"B3"},
    "電話が多すぎて仕事が進まない": {"F3"},
    "ﾚｼﾞ締めがつらい": {"F4"},
    "食材を捨てることが多い": {"M3"},
    "人が足りない": {"M6"},
    "税理士さんに渡す資料づくりで徹夜": {"B1"},
    "社会保険の手続きがわからない": {"B4"},
    "会計": {"B1"},
    "予約の台帳が字が汚くて読めない": {"F2"},
    "バイトの子のシフト希望をLINEで集めるのが面倒": {"M6"},
    "お客様にクレジットカードは使えないのかと言われる": {"F5"},
    "請求書の封筒詰めに一日かかってしまう": {"B5"},
    "従業員の残業時間が何時間か分からない": {"B4"},
    "うちの店を若い人に知ってもらいたい": {"F1"},
    "経理の人が辞めてしまって帳簿が溜まっている": {"B1"},
    "現場からの日報が上がってこない": {"M4"},
    "お客さんの名前と前回の内容が思い出せない": {"M1"},
    "料理ごとの儲けが分からない": {"M5"},
    "税務署に行く時間がない": {"B2"},
    "食品の温度チェックを紙に書くのが面倒": {"M7"},
    "トラックの配送ルートを毎朝悩む": {"M6"},
    "外国人の観光客が増えて言葉が通じない": {"F3"},
    "テレワークを始めたい": {"B4"},
    "うちは美容室で、予約の電話とカルテの管理に困っています": {"F2", "M1"},
}
# These were not understood, or as something else, before the list had words for them.
LEARNT = {
    "棚にどれだけ商品が残っているのか把握できない": {"M3"},
    "売上を伸ばしたい": {"F1"},
    "子どもの送り迎えの連絡を電話でしている": {"F3"},
    "仕入先へのFAX注文をやめたい": {"M2"},
    "毎日閉店後に売上を手で計算している": {"F4"},
    "よやくのでんわがおおい": {"F2"},
    "売り上げが伸びない": {"F1"},
    "出勤した時刻を紙に書いてもらっている": {"B4"},
}


@pytest.mark.parametrize(("text", "wanted"), LEARNT.items())
def test_learnt_sentences_lead_there_and_nowhere_else(text, wanted):
    assert functions(text) == wanted


@pytest.mark.parametrize(("text", "wanted"), UNSEEN.items())
def test_unseen_sentences(text, wanted):
    assert wanted <= functions(text)
    assert len(functions(text)) <= len(wanted) + 2


@pytest.mark.parametrize("text", ["", "、、、", "京都", "天気がいい", "\x00", "です", "🦑"])
def test_what_speaks_of_nothing_is_not_forced(text):
    assert understand(text).nothing


def test_a_word_counts_only_where_it_stands_whole():
    """レジ is in クレジット, and that is no trouble with the till."""
    found = understand("クレジットで払いたいと言われる")
    assert [each.problem.code for each in found.problems][:1] == ["cash_only"]
    assert "till_closing" not in {each.problem.code for each in found.problems}


def test_who_asks_is_no_trouble_but_where_nothing_else_is_said():
    assert functions("人材派遣会社です。レジ締めに時間がかかる") == functions("レジ締めに時間がかかる")
    assert functions("採用担当です。よろしく") == functions("採用担当です")


def test_it_says_by_which_words():
    assert understand("レジ締めに時間がかかる").problems[0].by == ("レジ締め",)
    assert understand("人が足りない").problems[0].by


def test_a_function_that_is_named_counts_where_no_problem_needs_it():
    made = recogniser_of([], FUNCTIONS).understand("会計と給与")
    assert made.functions == ("B1", "B3")


def test_the_industry_breaks_a_tie():
    rows = [
        {"code": f"tie_{name}", "sentence": f"紙が多い{name}", "functions": "B1", "words": "紙", "source": "x"}
        for name in ("a", "b")
    ]
    rows[0] |= {"industries": "retail", "examples": "紙がある"}
    rows[1] |= {"industries": "construction", "examples": "紙がある"}
    two = recogniser_of(parse(rows), FUNCTIONS)
    assert two.understand("紙").problems[0].problem.code == "tie_a"
    assert two.understand("紙", industry="construction").problems[0].problem.code == "tie_b"


def test_what_words_also_stand_for_helps():
    made = recogniser(PROBLEMS, FUNCTIONS)
    assert made.understand("おぜぜ").nothing
    assert made.understand("おぜぜ", [Wider("おぜぜ", ("給与計算",))]).problems[0].problem.code == "payroll"


@given(st.text(max_size=600))
def test_anything_typed_is_answered(text):
    found = understand(text)
    assert len(found.problems) <= MOST_PROBLEMS
    assert len(found.near) <= MOST_NEAR
    taken = [each.problem for each in found.problems]
    assert len(set(taken)) == len(taken)
    assert not set(taken) & set(found.near)
    assert all(isinstance(each, Problem) for each in found.near)
