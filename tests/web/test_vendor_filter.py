"""The filter by vendor: what the list leaves out is said, and any vendor can be had by its name."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import published
import pytest
from results_page import codes, counts

from catalogue.publications import every_live_package
from search import engines, sync
from search.embedded import EmbeddedEngine
from search.facet_values import MOST_VENDORS_SHOWN
from tenants.actor import SYSTEM
from tenants.db import act_as, db


@pytest.fixture(scope="module")
def market(application, empty_database, tmp_path_factory):
    """(a browser, vendor's number -> its name and its packages) with more vendors than the list shows."""
    before = engines._Chosen.engine
    engines.use(EmbeddedEngine(tmp_path_factory.mktemp("index")))
    offers: dict[str, tuple[str, list[str]]] = {}
    with application.app_context():
        published.publish(40, vendors=20)
        sync.synchronise()
        with act_as(SYSTEM):
            for each in every_live_package():
                vendor = each.content["vendor"]
                offers.setdefault(vendor["number"], (vendor["name"], []))[1].append(each.code)
        db.session.remove()
    assert len(offers) > MOST_VENDORS_SHOWN
    yield application.test_client(), offers
    with application.app_context():
        db.engine.dispose()
    engines._Chosen.engine = before
    empty_database()


def ask(shop, **asked):
    return shop.get(f"/packages?{urlencode({**asked, 'per_page': 100})}", follow_redirects=True)


def address(**asked) -> str:
    return f"/packages?{urlencode(asked)}"


def live(shop, **asked):
    """What is answered to the page's script."""
    return shop.get(address(**asked), headers={"HX-Request": "true"})


def everything(offers) -> int:
    return sum(len(packages) for _, packages in offers.values())


def chosen(page: str) -> list[str]:
    return re.findall(r'type="checkbox" name="vendor" value="(\d+)" checked', page)


def field(page: str) -> str:
    return re.search(r'<input class="input[^"]*" id="f-vendor_name"[^>]*>', page)[0]


def test_that_the_list_is_cut_is_said_with_how_many_there_are(market):
    shop, offers = market
    page = shop.get("/packages").text
    assert len(counts(page, "vendor")) == MOST_VENDORS_SHOWN
    assert f"結果の多い順に{MOST_VENDORS_SHOWN}社です（全{len(offers)}社）" in page
    number = next(iter(offers))
    few = shop.get(f"/packages?q={offers[number][1][0]}").text
    assert "全" not in re.search(r'id="f-vendor_name-hint">([^<]*)<', few)[1]


def test_every_vendor_can_be_had_by_its_name(market):
    shop, offers = market
    listed = counts(shop.get("/packages").text, "vendor")
    assert offers.keys() - listed.keys()
    for number, (name, packages) in offers.items():
        page = ask(shop, vendor_name=name).text
        assert chosen(page) == [number]
        assert sorted(codes(page)) == sorted(packages)
        assert counts(page, "vendor")[number] == len(packages)
        assert 'value=""' in field(page), "what was typed became a tick"


def test_a_name_that_became_a_tick_is_no_part_of_the_address(market):
    shop, offers = market
    number, (name, _) = next(iter(offers.items()))
    answer = shop.get(f"/packages?{urlencode({'vendor_name': name, 'function': 'B1', 'lang': 'ja'})}")
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/packages?function=B1&lang=ja&vendor={number}"
    assert shop.get(answer.headers["Location"]).status_code == 200


def test_a_part_of_a_name_lists_who_has_it_with_counts_and_ticks_nobody(market):
    shop, offers = market
    part = "株式会社"
    called = {number: packages for number, (name, packages) in offers.items() if part in name}
    assert 1 < len(called) <= MOST_VENDORS_SHOWN
    page = ask(shop, vendor_name="（株）").text
    assert counts(page, "vendor") == {number: len(packages) for number, packages in called.items()}
    assert f"がある会社は{len(called)}社あります" in page
    assert 'value="（株）"' in field(page)
    assert chosen(page) == []
    assert len(codes(page)) == everything(offers)
    one = next(iter(called))
    ticked = live(shop, vendor_name=part, vendor=one).text
    assert chosen(ticked) == [one]
    assert counts(ticked, "vendor") == counts(page, "vendor"), "a second one can be ticked"


def test_that_several_have_a_name_is_told_above_the_results_until_one_is_chosen(market):
    shop, offers = market
    part = "株式会社"
    called = [number for number, (name, _) in offers.items() if part in name]
    other = next(number for number in offers if number not in called)
    told = f"名前に「{part}」がある会社は、{len(called)}社あります"
    unclear = live(shop, vendor_name=part, vendor=other, q="会計", sort="")
    for page in (ask(shop, vendor_name=part), unclear):
        assert page.status_code == 200
        above = page.text.split('id="search-wrong"')[1].split('class="results-head"')[0]
        assert told in above
        assert '<a href="#f-vendor_name">' in above
    assert unclear.headers["HX-Push-Url"] == address(q="会計", vendor=other, vendor_name=part)
    settled = live(shop, vendor_name=part, vendor=called[0])
    assert told not in settled.text
    assert settled.headers["HX-Push-Url"] == address(vendor=called[0])


def test_a_name_of_several_of_which_one_is_ticked_is_no_part_of_the_address(market):
    shop, offers = market
    part = "株式会社"
    one = next(number for number, (name, _) in offers.items() if part in name)
    answer = shop.get(address(vendor_name=part, vendor=one, q="会計"))
    assert answer.status_code == 303
    assert answer.location == address(vendor=one, q="会計")
    assert shop.get(answer.location).status_code == 200


def test_in_either_kana(market):
    shop, offers = market
    number, name = next((n, name) for n, (name, _) in offers.items() if re.search("[ぁ-ん]{3}", name))
    brand = re.search("[ぁ-ん]{3,}", name)[0]
    in_katakana = "".join(chr(ord(each) + 0x60) if "ぁ" <= each <= "ゖ" else each for each in brand)
    assert number in counts(ask(shop, vendor_name=in_katakana).text, "vendor")


def test_more_than_can_be_shown_says_so(market):
    shop, offers = market
    part = next(
        c for c in "ーソフトシステムス会社" if sum(c in name for name, _ in offers.values()) > MOST_VENDORS_SHOWN
    )
    page = ask(shop, vendor_name=part).text
    assert len(counts(page, "vendor")) == MOST_VENDORS_SHOWN
    assert f"がある会社のうち、{MOST_VENDORS_SHOWN}社です" in page
    assert f"名前に「{part}」がある会社は、{MOST_VENDORS_SHOWN}社より多くあります" in page


@pytest.mark.parametrize("name", ["ぬぬぬ商会", "%", "_", "\\", "<b>", "\u0007ぬ"])
def test_a_name_that_nobody_has_is_told_at_the_field_and_the_search_goes_on(market, name):
    shop, offers = market
    page = ask(shop, vendor_name=name)
    assert page.status_code == 400
    assert len(codes(page.text)) == everything(offers)
    said = page.text.split('id="f-vendor_name-error"')[1].split("</div>")[0]
    assert "がある会社は見つかりませんでした" in said
    assert "<b>" not in said
    assert 'aria-invalid="true"' in field(page.text)
    assert '<li><a href="#f-vendor_name">' in page.text.split('id="search-wrong"')[1]


def test_an_empty_field_is_nothing_and_no_address_keeps_it(market):
    shop, offers = market
    assert shop.get("/packages?vendor_name=+&per_page=100").location == "/packages?per_page=100"
    name = next(iter(offers.values()))[0]
    part = shop.get(f"/packages?{urlencode({'vendor_name': name})}", headers={"HX-Request": "true"})
    assert part.headers["HX-Push-Url"] == f"/packages?vendor={next(iter(offers))}"


def test_a_vendor_s_page_leads_to_the_search_among_its_packages(market):
    shop, offers = market
    number, (_, packages) = next(iter(offers.items()))
    href = re.search(r'href="([^"]+)">[^\n]*この会社のITツールを絞り込む', shop.get(f"/vendors/{number}").text)[1]
    page = shop.get(href).text
    assert sorted(codes(page)) == sorted(packages)
    assert chosen(page) == [number]


def test_the_api_says_how_many_vendors_there_are_and_finds_any_by_name(market):
    shop, offers = market
    answer = shop.get("/api/v1/packages").json
    assert len(answer["facets"]["vendor"]) == MOST_VENDORS_SHOWN
    assert answer["vendors_total"] == len(offers)
    for number, (name, packages) in offers.items():
        found = shop.get("/api/v1/suggestions", query_string={"q": name, "kind": "vendor"}).json["suggestions"]
        assert [(each["kind"], each["code"]) for each in found] == [("vendor", number)]
        narrowed = shop.get("/api/v1/packages", query_string={"vendor": number}).json
        assert narrowed["total"] == len(packages)
        assert narrowed["vendors_total"] == len(offers), "its own filter does not narrow its count"
    assert shop.get("/api/v1/suggestions?q=a&kind=product").status_code == 400
    assert shop.get("/api/v1/suggestions?q=+&kind=vendor").json == {"suggestions": []}
