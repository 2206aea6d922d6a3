"""The whole classification, and what people call their trades: each found, each in its class of businesses."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from marketplace.subsidy.class_table import rules_for
from marketplace.subsidy.classes import (
    DATA,
    _Trades,
    classification,
    find_industries,
    industry_of,
    name_of,
    normalise_jsic,
)
from marketplace.subsidy.eligibility import Applicant, check
from marketplace.subsidy.files import parse
from marketplace.subsidy.scheme import shipped_schemes
from tenants.errors import BadInput

RULES = rules_for(shipped_schemes().get("2017"))
with (Path(__file__).parent / "trades.csv").open(encoding="utf-8") as file:
    TRADES = [(row["trade"], row["group"]) for row in csv.DictReader(file)]


@pytest.mark.parametrize(("edition", "groups"), [("2013", 530), ("2023", 536)])
def test_the_classification_is_whole(edition, groups):
    """As many of each length as the standard counts; every group lies in a major group that is there."""
    names = classification().names(edition)
    found = Counter(len(code) if code.isdigit() else 0 for code in names)
    assert (found[0], found[2], found[3]) == (20, 99, groups)
    majors = {code for code in names if len(code) == 2}
    assert {code[:2] for code in names if len(code) == 3} == majors


def test_editions_that_name_a_group_otherwise():
    old, new = classification().names("2013"), classification().names("2023")
    assert (old["561"].ja, new["561"].ja) == ("百貨店、総合スーパー", "百貨店")
    assert (old["835"].ja, new["835"].ja) == ("療術業", "施術業")
    assert sorted(set(new) - set(old) - {"5811"}) == ["562", "563", "564", "565", "566", "773"]
    assert {code for code in set(old) - set(new) if len(code) == 3} == set()
    assert name_of(normalise_jsic("910")).ja == "管理、補助的経済活動を行う事業所"


def test_there_are_trades_enough_to_say_something():
    assert len(TRADES) >= 120


@pytest.mark.parametrize(("trade", "group"), TRADES)
def test_a_trade_is_found_first_or_second(trade, group):
    codes = [choice.jsic[1:] for choice in find_industries(trade)[:2]]
    assert group in codes, (trade, group, [(each.jsic, each.label.ja) for each in find_industries(trade)[:4]])


@pytest.mark.parametrize(
    ("words", "group"),
    [
        ("うちはパン屋です", "586"),
        ("ラーメン", "762"),
        ("ｸﾘｰﾆﾝｸﾞ", "781"),
        ("さかや", "585"),
        ("まちのでんきや", "593"),
        ("ほげほげや", ""),
    ],
)
def test_sentences_and_other_writing(words, group):
    """Parts of what is typed are found, and readings that are written down; nothing is guessed."""
    codes = [choice.jsic[1:] for choice in find_industries(words)[:3]]
    assert (group in codes) if group else codes == []


@pytest.mark.parametrize(
    ("trade", "size_class"),
    [
        ("酒蔵", "general"),
        ("町工場", "general"),
        ("工務店", "general"),
        ("運送屋", "general"),
        ("農家", "general"),
        ("不動産屋", "general"),
        ("旅行代理店", "general"),
        ("タイヤの製造", "general"),
        ("ゴムホース", "rubber"),
        ("スニーカーの製造", "rubber"),
        ("魚問屋", "wholesale"),
        ("商社", "wholesale"),
        ("八百屋", "retail"),
        ("畳屋", "retail"),
        ("ネットショップ", "retail"),
        ("薬局", "retail"),
        ("タピオカ屋", "retail"),
        ("給食センター", "retail"),
        ("床屋", "service"),
        ("銭湯", "service"),
        ("整骨院", "service"),
        ("駐車場", "service"),
        ("レンタカー", "service"),
        ("動画制作", "service"),
        ("広告制作", "service"),
        ("出版社", "general"),
        ("新聞社", "general"),
        ("ボウリング場", "amusement"),
        ("システム開発会社", "software"),
        ("旅館", "inns_and_hotels"),
        ("民泊", "inns_and_hotels"),
        ("キャンプ場", "service"),
    ],
)
def test_the_class_of_a_trade_by_the_table_of_the_act(trade, size_class):
    exact = next(choice for choice in find_industries(trade) if len(choice.jsic) == 4)
    assert check(Applicant("company", 1, exact.jsic), RULES).size_class == size_class


def test_every_group_has_a_class_and_an_industry():
    for code in classification().names():
        if code.isdigit():
            jsic = normalise_jsic(code)
            assert check(Applicant("company", 1, jsic.code), RULES).size_class
            assert industry_of(jsic)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [('"102":', '"107":', "no groups"), ("[質店, ", "[質店, 八百屋, ", "stands in two groups")],
)
def test_a_list_of_trades_that_does_not_fit_is_refused(old, new, words):
    text = (DATA / "trades.yaml").read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(BadInput) as caught:
        parse(_Trades, text.replace(old, new, 1), "trades.yaml")
    assert words in caught.value.findings[0].message.en
