"""The search page over HTTP: every state an address, script or not, and what happens when something is wrong."""

from __future__ import annotations

import gzip
import re
from datetime import date
from html import unescape
from urllib.parse import quote

import pytest
from flask import request, url_for
from werkzeug.datastructures import MultiDict
from worked_input import publish_worked_input

from search import engines
from search.parameters import SearchQuery
from search.port import EngineUnavailable
from web.public.later import later_href
from web.public.search_address import address


@pytest.fixture
def shop(client, index):
    publish_worked_input()
    return client


def codes(page: str) -> list[str]:
    return re.findall(r'class="result__name"><a href="/packages/([\w-]+)"', page)


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


def test_the_form_s_empty_fields_are_not_in_the_address_people_copy(shop):
    sent = "/packages?q=会計&price_min=&price_max=&function_mode=any&updated_since=&sort=relevance"
    part = shop.get(sent, headers={"HX-Request": "true"})
    assert part.headers["HX-Push-Url"] == f"/packages?q={quote('会計')}"
    whole = shop.get(sent)
    assert (whole.status_code, whole.location) == (303, f"/packages?q={quote('会計')}")
    assert "HX-Request" in whole.vary
    assert f'rel="canonical" href="http://localhost/packages?q={quote("会計")}"' in shop.get(whole.location).text


@pytest.mark.parametrize(
    ("asked", "tidy"),
    [
        ("q=&price_min=&vendor_name=&function_mode=any&sort=relevance&page=1&per_page=20", ""),
        ("function=B1&function=&lang=en&sort=name&per_page=5&utm_source=&page=2", None),
        ("price_min=&price_max=xx&own_cost_max=", "price_max=xx"),
        ("sort=&sort=name", ""),
        ("sort=name&sort=&page=2&page=1", None),
    ],
)
def test_without_script_an_address_gets_rid_of_what_says_nothing_and_keeps_the_rest(client, index, asked, tidy):
    """tidy None: but for the empty function, where it stays."""
    answer = client.get(f"/packages?{asked}")
    if tidy is None:
        tidy = asked.replace("function=&", "")
    if tidy != asked:
        assert answer.status_code == 303
        assert answer.location == (f"/packages?{tidy}" if tidy else "/packages")
        answer = client.get(answer.location)
    assert answer.status_code in (200, 400), "no redirect leads to another"


def test_with_script_what_is_wrong_stands_in_the_address_and_empty_fields_do_not(shop):
    sent = "/packages?category=front&price_min=&own_cost_max=xx&sort=relevance"
    part = shop.get(sent, headers={"HX-Request": "true"})
    assert part.headers["HX-Push-Url"] == "/packages?category=front&own_cost_max=xx"


def test_near_functions_keep_the_other_conditions_where_that_finds_something(shop):
    def near(asked: str) -> list[tuple[str, int]]:
        part = shop.get(asked).text.split("近い機能でさがす")[1].split("</ul>")[0]
        return [
            (unescape(href), int(count)) for href, count in re.findall(r'href="([^"]+)".*?count">(\d+)件', part)
        ]

    kept = near("/packages?q=会計&industry=retail&price_max=1&updated_within=30")
    assert kept
    for href, count in kept:
        assert "industry" not in href, "what leaves nothing goes, and it is told"
        assert len(codes(shop.get(href).text)) == count > 0
    counts = shop.get("/api/v1/packages?q=会計&industry=retail").json["facets"]["function"]
    none = next(each["value"] for each in counts if not each["count"])
    strict = f"/packages?q=会計&industry=retail&function={none}"
    assert near(strict)
    for href, count in near(strict):
        assert "industry=retail" in href
        assert len(codes(shop.get(href).text)) == count > 0
    assert "（ほかの条件を外した場合）" in shop.get("/packages?q=会計&price_max=1").text
    assert "（ほかの条件を外した場合）" not in shop.get(strict).text


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


def test_nothing_found_says_which_condition_to_let_go(shop):
    page = shop.get("/packages?q=会計&price_max=1&industry=retail").text
    assert codes(page) == []
    assert "「総額（税抜）」の条件を外す" in page
    href, count = re.search(
        r'<li><a href="([^"]+)">「総額（税抜）」の条件を外す</a><span class="ways__count">(\d+)件', page
    ).groups()
    assert len(codes(shop.get(href.replace("&amp;", "&")).text)) == int(count) > 0
    assert "言葉を使わず、ほかの条件だけでさがす" in shop.get("/packages?q=zzzz&industry=retail").text
    assert "近い機能でさがす" in page
    assert "/find" in page
    assert "/contact" in page


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


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("function=ZZ", "「できること（機能）」に「ZZ」は使えません"),
        ("category=side", "category"),
        ("industry=mars", "industry"),
        ("vendor=1", "事業者の番号"),
        ("prefecture=東", "prefecture"),
        ("price_band=x", "「総額（税抜）」に「x」"),
        ("fundable=maybe", "fundable"),
        ("price_min=-1", "price_min"),
        ("price_max=1.5", "price_max"),
        ("own_cost_max=99999999999999999", "「自己負担の上限」に「99999999999999999」"),
        ("price_min=5&price_max=1", "「総額（税抜）」の範囲が逆です。下限の5円が、上限の1円より大きく"),
        ("industries=retail", "「業種」でさがすときは、アドレスの「industries」を「industry」に"),
        ("Own-Cost-Max=5", "「own_cost_max」に直してください"),
        ("sort=best", "「並べ替え」に「best」"),
        ("page=0", "page"),
        ("per_page=1000", "per_page"),
    ],
)
def test_a_bad_parameter_is_named_with_its_remedy(client, index, query, named):
    answer = client.get(f"/packages?{query}")
    assert answer.status_code == 400
    assert "検索の条件に誤りがあります" in answer.text
    assert named in answer.text
    assert "findings__remedy" in answer.text


def test_what_is_wrong_is_said_in_the_words_of_the_form_and_much_of_it_folds(shop):
    page = shop.get("/packages?own_cost_max=たくさん").text
    assert "「自己負担の上限」に「たくさん」は使えません。" in page
    assert "300000 や 30万円 のように入力してください。" in page
    two = shop.get("/packages?own_cost_max=たくさん&price_min=すこし").text
    notice = two[two.index("検索の条件に誤りがあります") : two.index("この条件は外してさがしました")]
    assert notice.count("は使えません") == 2
    assert notice.count("のように入力してください") == 1, "what mends both is said once"
    many = shop.get("/packages?" + "&".join(f"function=Z{number}" for number in range(9))).text
    assert '<details class="disclosure"><summary>ほか6件</summary>' in many, "to be seen as something to press"
    assert "“x” cannot be used for “Function”." in shop.get("/packages?function=x&lang=en").text


def test_a_bad_parameter_leaves_the_others_standing(shop):
    answer = shop.get("/packages?q=会計&function=B1&own_cost_max=たくさん")
    assert answer.status_code == 400
    assert codes(answer.text) == codes(shop.get("/packages?q=会計&function=B1").text) != []
    assert 'name="own_cost_max" type="text" inputmode="numeric" autocomplete="off" value="たくさん"' in answer.text
    assert "chip__group" in answer.text


def test_a_reversed_range_stays_in_its_fields_and_filters_nothing(shop):
    answer = shop.get("/packages?q=会計&own_cost_min=500000&own_cost_max=100000")
    assert answer.status_code == 400
    assert codes(answer.text) == codes(shop.get("/packages?q=会計").text) != []
    for name, value in (("own_cost_min", "500000"), ("own_cost_max", "100000")):
        assert f'name="{name}" type="text" inputmode="numeric" autocomplete="off" value="{value}"' in answer.text
    assert "下限を100,000円、上限を500,000円に入れ替えるか" in answer.text
    assert "Exchange them (from ¥1 to ¥5)" in shop.get("/packages?lang=en&price_min=5&price_max=1").text


def test_what_others_hang_on_an_address_is_no_fault(shop):
    others = "utm_source=mail&utm_medium=x&gclid=1&fbclid=2&yclid=3&_ga=4&ref=top&lang=ja"
    assert shop.get(f"/packages?q=会計&{others}").status_code == 200


def test_words_beyond_what_is_searched_stand_in_no_link(shop):
    short, long = (shop.get("/packages", query_string={"q": "会" * length}) for length in (100, 2_700))
    assert (short.status_code, long.status_code) == (200, 200)
    assert "はじめの100文字だけでさがしました" in long.text
    assert "はじめの100文字" not in short.text
    assert "Only the first 100 characters" in shop.get(f"/packages?lang=en&q={'x' * 101}").text
    assert "会" * 101 not in long.text
    # What repeats the whole address are the switches of language alone, above and in the menu.
    assert len(long.data) < len(short.data) + 2 * len(quote("会" * 2_700))
    assert codes(shop.get("/packages", query_string={"q": "会計" + " " * 200}).text), "spaces are no words"


def test_several_bad_parameters_are_all_named(shop):
    page = shop.get("/packages?price_min=9&price_max=1&industry=mars").text
    assert "「総額（税抜）」の範囲が逆です" in page
    assert "「業種」に「mars」は使えません" in page


def test_an_english_page_marks_what_people_wrote_in_japanese(shop):
    page = shop.get("/packages?lang=en").text
    assert re.search(r'class="result__name"><a href="[^"]+"><span lang="ja">', page)
    assert "Tokyo" in page
    assert "東京都</" not in page
    assert '<span lang="ja">' not in shop.get("/packages?lang=ja").text


def test_nothing_found_helps_on(shop):
    page = shop.get("/packages?q=zzzqqqxxx&function=B1").text
    assert codes(page) == []
    assert "条件に合うITツールが見つかりませんでした" in page
    assert "条件をすべて外してさがす" in page


def test_a_refresh_by_script_gets_the_results_alone(shop):
    whole = shop.get("/packages?q=会計")
    part = shop.get("/packages?q=会計", headers={"HX-Request": "true"})
    assert part.text.lstrip().startswith("<title>")
    assert 'id="search"' in part.text
    assert codes(part.text) == codes(whole.text)
    assert "HX-Request" in part.headers["Vary"]
    back = shop.get("/packages?q=会計", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert back.text == whole.text


class Broken:
    """An engine that is not there."""

    def search(self, _):
        raise EngineUnavailable("no_index", "nothing there")


def test_without_an_index_names_and_codes_are_still_found(shop, index):
    engines.use(Broken())
    page = shop.get("/packages?q=AP-1&function=B1&own_cost_max=500000&area=東京都&sort=own_cost").text
    engines.use(index)
    assert codes(page) == ["AP-1"]
    assert "検索の一部が一時的に使えません" in page
    assert "絞り込みと並び順は、まだ効いていません" in page
    kept = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))
    assert kept == {"function": "B1", "own_cost_max": "500000", "area": "東京都"}


def test_an_index_that_is_still_to_be_filled_says_so_and_not_that_there_is_nothing(shop, index):
    index.wait(index.delete([code for code, _ in index.iter_versions()]))
    for path in ("/packages?q=AP-1", "/packages"):
        page = shop.get(path).text
        assert "AP-1" in codes(page)
        assert "検索の一部が一時的に使えません" in page
    assert "この言葉が名前かコードにあるITツールはありません" in shop.get("/packages?q=ほげほげ").text


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


@pytest.mark.parametrize("words", ["\x00", "\x1b[31m会計", "\ud800", "a" * 5000, "会計 " * 200, '"OR"', "*", "\\"])
def test_strange_words_do_no_harm(client, index, words):
    asked = "/packages?q=" + quote(words, errors="surrogatepass")
    assert client.get(asked, follow_redirects=True).status_code in (200, 400)


def test_words_are_escaped(client, index):
    assert "<script>alert" not in client.get("/packages", query_string={"q": "<script>alert(1)</script>"}).text


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


def test_a_budget_that_leaves_nothing_says_what_to_let_go(shop):
    page = shop.get("/packages", query_string={"q": "会計 1円以下"}).text
    assert not codes(page)
    assert "「自己負担」の条件を外す" in page


def test_a_name_that_nobody_has_leads_to_what_tools_do(shop):
    page = shop.get("/packages?q=freee").text
    assert not codes(page)
    assert "できること（機能）でさがす" in page
    assert 'class="example example--quiet" href="/packages?function=B1"' in page
    assert "言葉を使わず" not in page, "that would be all tools, which are offered below"
    assert "By what it should do" in shop.get("/packages?q=freee&lang=en").text


def test_with_script_the_address_that_is_pushed_has_the_limit(shop):
    response = shop.get("/packages", query_string={"q": "会計 30万円以下"}, headers={"HX-Request": "true"})
    assert response.headers["HX-Push-Url"] == f"/packages?q={quote('会計')}&own_cost_max=300000"
    assert 'id="search" data-words="会計"' in response.text


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
    english = shop.get("/packages?q=payroll&lang=en").text
    assert (
        '“payroll” was also searched as “<span lang="ja">給与計算</span>”, “<span lang="ja">給与</span>”'
        in english
    )


@pytest.mark.parametrize(
    "query",
    [
        SearchQuery(),
        SearchQuery(q="会計 & レジ=?#%'\"<>;:@!$()*,/+~", functions=("B1", "F 1"), function_mode="all"),
        SearchQuery(
            industries=("retail",), areas=("東京都",), fundable=False, own_cost_max=0, page=3, sort="name"
        ),
        SearchQuery(updated_since=date(2026, 11, 22), per_page=50, price_min=1),
    ],
)
def test_addresses_are_as_the_router_writes_and_reads_them(app, query):
    with app.test_request_context():
        given = MultiDict(query.to_args()).to_dict(flat=False)
        assert address(query) == url_for("public.packages", **given)
        assert later_href("AP-1") == url_for("sme.shortlist_page", code="AP-1")
    with app.test_request_context(address(query)):
        assert SearchQuery.from_args(request.args) == query
