"""What the search page and the API tell of how words were read: loosened, widened, as a budget, as a wish."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from results_page import codes


@pytest.mark.parametrize(
    ("typed", "stage", "marked"),
    [
        ("会計", None, "会計"),
        ("きんたい", "読み方", "勤怠"),
        ("オンラン予約", "近いつづり", "オンライン予約"),
        ("会計勤怠", "似た言葉", "勤怠"),
    ],
)
def test_how_it_was_found_is_said_and_marked(shop, typed, stage, marked):
    page = shop.get("/packages", query_string={"q": typed}).text
    said = re.findall(r'<p class="stage">([^<]+)</p>', page)
    assert [stage in each for each in said] == [True] if stage else said == []
    assert f"<mark>{marked}</mark>" in page


def test_what_may_have_been_meant_is_one_press_away(shop):
    page = shop.get("/packages", query_string={"q": "オンラン予約"}).text
    [(href, words)] = re.findall(r'stage--meant">もしかして：<a href="([^"]+)">([^<]+)</a>', page)
    assert words == "オンライン予約"
    assert codes(shop.get(href.replace("&amp;", "&")).text) == codes(page)


def test_of_a_name_with_an_unknown_part_it_is_said_which(shop):
    page = shop.get("/packages?q=弥生会計").text
    assert codes(page)
    assert "「弥生」を含むITツールはありません。「会計」でさがした結果を表示しています" in page
    assert shop.get("/api/v1/packages?q=弥生会計").json["nowhere"] == ["弥生"]
    english = shop.get("/packages?q=弥生会計&lang=en").text
    assert (
        'no tool has “<span lang="ja">弥生</span>”; shown is what was found for “<span lang="ja">会計</span>”'
        in english
    )


def test_a_sentence_is_told_by_what_it_is_about_and_not_quoted(shop):
    asked = {"q": "電話の予約で手が離せない"}
    page = shop.get("/packages", query_string=asked).text
    assert "この文を「オンライン予約」のことと読みました。" in page
    assert "電話の予約で手が離せ」" not in page
    english = shop.get("/packages", query_string={**asked, "lang": "en"}).text
    assert 'Your sentence was read as being about “<span lang="ja">オンライン予約</span>”.' in english
    (told,) = shop.get("/api/v1/packages", query_string=asked).json["widened"]
    assert told == {"word": "電話の予約で手が離せない", "texts": ["オンライン予約"]}


def test_what_is_nowhere_with_its_kind_is_looked_for_without(shop):
    page = shop.get("/packages?q=勤怠アプリ").text
    assert codes(page)
    assert "「勤怠アプリ」を「勤怠」「出退勤」「打刻」としてもさがしました" in page
    english = shop.get("/packages?q=salary&lang=en").text
    assert (
        '“salary” was also searched as “<span lang="ja">給与計算</span>”, “<span lang="ja">給与</span>”' in english
    )


def test_a_budget_among_the_words_is_a_limit_that_says_so(shop):
    page = shop.get("/packages", query_string={"q": "会計 30万円以下"}).text
    assert 'value="会計"' in page
    assert "「30万円以下」を、自己負担（補助金を引いたあとに払う金額）の条件として読みました。" in page
    assert codes(page) == codes(shop.get("/packages?q=会計&own_cost_max=300000").text)
    assert re.search(r'class="chip" href="/packages\?q=[%\w]+#found"', page)
    links = re.search(r'stage--read">.*?</div>', page, re.S)[0].replace("&amp;", "&")
    other, as_words = re.findall(r'href="([^"]+)"', links)
    assert "price_max=300000" in other
    assert "own_cost" not in other
    assert "stage--read" not in shop.get(as_words).text
    assert "30万円以下" in shop.get(as_words).text
    english = shop.get("/packages", query_string={"lang": "en", "q": "会計 30万円以下"}).text
    assert "was read as a limit on “Own cost” (what is left to pay after the subsidy)" in english


def test_programs_get_the_limits_that_people_get(shop):
    asked = {"q": "会計 30万円以下", "lang": "ja"}
    page = shop.get("/packages", query_string=asked).text
    told = shop.get("/api/v1/packages", query_string=asked).json
    assert [hit["code"] for hit in told["items"]] == codes(page) != []
    assert told["read_as"] == "「30万円以下」を、自己負担の条件（own_cost_max=300000）として読みました。"
    both = shop.get("/api/v1/packages", query_string={"q": "安い会計 1万円以上30万円以下", "lang": "en"}).json
    assert both["read_as"].startswith(
        "“1万円以上30万円以下” was read as a limit on “Own cost” (own_cost_min=10000, "
    )
    assert both["read_as"].endswith("lowest own cost first.")
    newest = shop.get("/api/v1/packages", query_string={"q": "会計 30万円以下", "own_cost_max": 1}).json
    assert newest["items"] == told["items"]
    words = shop.get("/api/v1/packages", query_string={"q": "会計 「30万円以下」"}).json
    assert (words["read_as"], words["stage"]) == ("", "any")


def test_a_wish_for_a_cheap_tool_is_the_order_and_says_so(shop):
    page = shop.get("/packages", query_string={"q": "安い会計"}).text
    assert 'value="会計"' in page
    assert "「安い」を値段の希望として読み、自己負担が低い順に並べました。" in page
    assert codes(page) == codes(shop.get("/packages?q=会計&sort=own_cost").text) != []
    links = re.search(r'stage--read">.*?</div>', page, re.S)[0].replace("&amp;", "&")
    usual, as_words = re.findall(r'href="([^"]+)"', links)
    assert usual == f"/packages?q={quote('会計')}"
    assert "stage--read" not in shop.get(as_words).text
    assert "無料のものがあるとはかぎりません" in shop.get("/packages", query_string={"q": "無料の会計"}).text
    loosened = shop.get("/packages", query_string={"q": "安い会計と存在しない語句"}).text
    assert "言葉のそろうものがないため、合う順に並べました" in loosened
    told = shop.get("/api/v1/packages", query_string={"q": "cheap 会計", "lang": "en"}).json
    assert (told["sort"], told["read_as"]) == (
        "own_cost",
        "“cheap” was read as a wish for a low price: lowest own cost first.",
    )
    assert [hit["code"] for hit in told["items"]] == codes(page)
