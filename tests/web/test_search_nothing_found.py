"""Where a search finds nothing, or has no index to look in: what the page offers instead."""

from __future__ import annotations

import re
from html import unescape

from results_page import codes

from search import engines
from search.port import EngineUnavailable


def test_nothing_found_helps_on(shop):
    page = shop.get("/packages?q=zzzqqqxxx&function=B1").text
    assert codes(page) == []
    assert "条件に合うITツールが見つかりませんでした" in page
    assert "条件をすべて外してさがす" in page


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
