"""What the search page shows: cards with their money, filters, chips, titles, pages; whole, or its results alone."""

from __future__ import annotations

import gzip
import re
from urllib.parse import quote

import pytest
from results_page import codes


def test_everything_with_money_on_every_card(shop):
    page = shop.get("/packages").text
    assert len(codes(page)) == 11
    assert page.count("自己負担</dt>") == 11
    for said in ("2年目以降", "3年間の合計", "補助の対象額", "消費税（10%・対象外）"):
        assert page.count(f"<dt>{said}</dt>") == 11
    assert len(re.findall(r"先に支払う（税込）</dt>.*?brief__when\">交付決定のあと", page)) == 11
    assert "全<strong>11</strong>件中" in page


@pytest.mark.parametrize("words", ["会計", "ﾚｼﾞ", "きんたい", "予約"])
def test_words_as_people_type_them(shop, words):
    page = shop.get("/packages", query_string={"q": words}).text
    assert codes(page)
    assert f'value="{words}"' in page


@pytest.mark.parametrize(
    ("words", "field", "told"),
    [
        ("大阪", "prefecture", "ベンダーの所在地 <mark>大阪</mark>府"),
        ("5999900000103", "vendor_number", "ベンダーの法人番号 <mark>5999900000103</mark>"),
        ("mp-2", "code", "ITツールコード <mark>MP-2</mark>"),
    ],
)
def test_a_card_says_why_it_is_there_where_no_text_of_the_listing_does(shop, words, field, told):
    page = shop.get("/packages", query_string={"q": words}).text
    assert (
        page.count(f'<span class="result__why-label">一致した箇所：</span>{told}</span>') == len(codes(page)) > 0
    )
    found = shop.get("/api/v1/packages", query_string={"q": words}).json["items"]
    assert {tuple(each["matched_in"]) for each in found} == {(field,)}


def test_filters_chips_and_counts(shop):
    page = shop.get("/packages?function=B1&fundable=true&sort=own_cost").text
    found = codes(page)
    assert found
    assert 'name="function" value="B1" checked' in page
    assert "chips" in page
    own = [int(each.replace(",", "")) for each in re.findall(r"自己負担</dt><dd><span[^>]*>([\d,]+)<", page)]
    assert own == sorted(own)
    # Values without results are shown with their zero.
    assert re.search(r'facet__count">0<', shop.get("/packages?q=レジ").text)


def test_a_chip_takes_off_its_own_condition_only(shop):
    page = shop.get("/packages?function=B1&function=F4&own_cost_max=500000&q=会計").text
    hrefs = [href.replace("&amp;", "&") for href in re.findall(r'class="chip" href="([^"]+)"', page)]
    assert len(hrefs) == 3
    assert sorted(href.count("function=") for href in hrefs) == [1, 1, 2]
    assert [href for href in hrefs if "own_cost_max" not in href]


def test_every_filter_is_on_the_page_and_carried_by_the_form(shop):
    page = shop.get("/packages?prefecture=東京都&price_band=300k_600k&per_page=50").text
    for name in ("category", "function", "industry", "fundable", "area", "deployment", "support", "language"):
        assert f'type="checkbox" name="{name}"' in page
    for name in ("own_cost", "price", "second_year"):
        assert f'name="{name}_min"' in page
        assert f'name="{name}_max"' in page
    assert 'type="date"' in page
    assert 'type="radio" name="function_mode" value="all"' in page
    for name, value in (("prefecture", "東京都"), ("price_band", "300k_600k"), ("per_page", "50")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in page


def test_a_histogram_bar_is_a_link_to_its_range_and_back(shop):
    page = shop.get("/packages").text
    bars = re.findall(
        r'<th scope="row"><a href="([^"]+)">(\d+万〜\d+万円)</a></th>.*?class="number">(\d+)<', page, re.S
    )
    href, _, count = next(bar for bar in bars if "own_cost" in bar[0])
    narrowed = shop.get(href.replace("&amp;", "&")).text
    assert len(codes(narrowed)) == int(count)
    assert 'aria-current="true"' in narrowed
    back = re.search(r'<a href="([^"]+)" aria-current="true">', narrowed)[1]
    assert back == "/packages#found"


def test_within_a_month_is_said_so_in_address_chip_and_form_and_needs_no_day(shop):
    page = shop.get("/packages?updated_within=30").text
    assert "1か月以内" in re.search(r'<a class="chip" href="/packages#found">.*?</a>', page, re.S)[0]
    assert re.search(r'name="updated_within" value="30" checked', page)
    assert "updated_since=" not in page
    other = shop.get("/packages?updated_within=45").text
    assert re.search(r'name="updated_within" value="45" checked>.*?45日以内', other), "what no box says stays"
    assert len(codes(page)) == shop.get("/api/v1/packages?updated_within=30").json["total"] > 0


def test_each_state_has_a_title_of_its_own(shop):
    def title(asked: str, **headers: str) -> str:
        text = shop.get(f"/packages?{asked}", headers=headers).text
        return re.search("<title>(.*?)｜", text)[1]

    assert title("") == "ITツールをさがす"
    assert title("per_page=5&page=2") == "ITツールをさがす（2ページ）"
    some = "q=会計&category=front&own_cost_max=100000"
    assert title(some) == "「会計」の検索結果：フロント業務・自己負担 100,000円以下"
    assert title(f"{some}&industry=retail&fundable=true").endswith("　ほか1件")
    assert title(some, **{"HX-Request": "true"}) == title(some)
    assert "Own cost up to ¥100,000" in shop.get(f"/packages?{some}&lang=en").text


def test_the_page_is_light(shop):
    page = shop.get("/packages")
    assert len(gzip.compress(page.data)) < 30_000


def test_paging_keeps_the_rest(shop):
    page = shop.get("/packages?per_page=5&sort=name").text
    assert len(codes(page)) == 5
    assert 'href="/packages?sort=name&amp;page=2&amp;per_page=5"' in page
    beyond = shop.get("/packages?per_page=5&page=50").text
    assert "このページには結果がありません" in beyond
    assert re.search(r'class="results-count" role="status"[^>]*>全11件<', beyond), (
        "there are some, though not here"
    )
    assert 'href="/packages?page=3&amp;per_page=5"' in beyond


def test_an_english_page_marks_what_people_wrote_in_japanese(shop):
    page = shop.get("/packages?lang=en").text
    assert re.search(r'class="result__name"><a href="[^"]+"><span lang="ja">', page)
    assert "Tokyo" in page
    assert "東京都</" not in page
    assert '<span lang="ja">' not in shop.get("/packages?lang=ja").text


def test_a_refresh_by_script_gets_the_results_alone(shop):
    whole = shop.get("/packages?q=会計")
    part = shop.get("/packages?q=会計", headers={"HX-Request": "true"})
    assert part.text.lstrip().startswith("<title>")
    assert 'id="search"' in part.text
    assert codes(part.text) == codes(whole.text)
    assert "HX-Request" in part.headers["Vary"]
    back = shop.get("/packages?q=会計", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert back.text == whole.text


@pytest.mark.parametrize("words", ["\x00", "\x1b[31m会計", "\ud800", "a" * 5000, "会計 " * 200, '"OR"', "*", "\\"])
def test_strange_words_do_no_harm(client, index, words):
    asked = "/packages?q=" + quote(words, errors="surrogatepass")
    assert client.get(asked, follow_redirects=True).status_code in (200, 400)


def test_words_are_escaped(client, index):
    assert "<script>alert" not in client.get("/packages", query_string={"q": "<script>alert(1)</script>"}).text
