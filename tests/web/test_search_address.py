"""A search's address: written and read alike, kept tidy, and what is wrong in it named while the rest still holds."""

from __future__ import annotations

from datetime import date
from urllib.parse import quote

import pytest
from flask import request, url_for
from results_page import codes
from werkzeug.datastructures import MultiDict

from search.parameters import SearchQuery
from web.public.later import later_href
from web.public.search_address import address


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
        ("own_cost_max=３０万円&price_min=¥1,000", "own_cost_max=300000&price_min=1000"),
        ("own_cost_max=百万&price_max=9999999999999", "own_cost_max=1000000&price_max=9999999999999"),
        ("sort=name&sort=&page=2&page=1", None),
    ],
)
def test_without_script_an_address_gets_rid_of_what_says_nothing_has_amounts_in_digits_and_keeps_the_rest(
    client, index, asked, tidy
):
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


def test_with_script_the_address_that_is_pushed_has_the_limit(shop):
    response = shop.get("/packages", query_string={"q": "会計 30万円以下"}, headers={"HX-Request": "true"})
    assert response.headers["HX-Push-Url"] == f"/packages?q={quote('会計')}&own_cost_max=300000"


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


def test_several_bad_parameters_are_all_named(shop):
    page = shop.get("/packages?price_min=9&price_max=1&industry=mars").text
    assert "「総額（税抜）」の範囲が逆です" in page
    assert "「業種」に「mars」は使えません" in page


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
