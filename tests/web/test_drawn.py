"""Parts that are drawn once: for equal things only, in the reader's language, and never more than there is room for."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from published import publish_again, withdraw
from sqlalchemy import select

from catalogue import publications, snapshots
from catalogue.models import Package
from search.facet_values import FacetValue
from tenants.actor import SYSTEM
from tenants.db import act_as, db
from tenants.text import Text
from web import drawn, ticks, words
from web.public import cards
from web.public.blueprint import todays

# Parts of a search page beside its cards: four of its frame, six of its form, two amounts (the third is not empty).
AROUND = 12
LISTS = (
    "/packages",
    "/packages?q=会計",
    "/compare?codes=AP-1,AP-2",
    "/packages/AP-1?quantity-0=2",
    "/needs?function=B1",
)


def names_on(page: str) -> int:
    return page.count('class="result__name"')


def test_the_same_cards_under_another_address_are_drawn_once(shop):
    first = shop.get("/packages?price_max=90000001").text
    draw = shop.application.extensions["hojo_drawn"]
    before = draw.cache_info()
    second = shop.get("/packages?price_max=90000002").text
    after = draw.cache_info()
    assert after.misses == before.misses
    assert after.hits == before.hits + 2 * names_on(second) + AROUND
    assert names_on(first) == names_on(second) > 0


@pytest.fixture
def card(shop):
    """The card of AP-1 and how it is drawn, within a request."""
    with shop.application.test_request_context("/packages"):
        shop.application.preprocess_request()
        made = cards.from_publication(publications.live_package("AP-1"), todays())
        yield made, shop.application.jinja_env.globals["drawn"]


def money_of(draw, money, *, compare=True):
    return draw("packages.card_money", money, compare)


def test_another_amount_another_language_and_another_match_are_drawn_anew(card):
    made, draw = card
    plain = money_of(draw, made.money)
    dearer = made.money._replace(outlay=replace(made.money.outlay, own_cost_yen=1_234_567))
    assert "1,234,567" in money_of(draw, dearer)
    assert "1,234,567" not in money_of(draw, made.money)
    assert "/my/shortlist/add/AP-1" not in money_of(draw, made.money._replace(later_href=None))
    assert "compare-tick" not in money_of(draw, made.money, compare=False)
    matched = made.words._replace(name_matched=(("<b>", False), ("会計", True)))
    assert "&lt;b&gt;<mark>会計</mark>" in draw("packages.card_words", matched, 3)
    assert "<mark>" not in draw("packages.card_words", made.words, 3)
    words.speak("en")
    english = money_of(draw, made.money)
    words.speak("ja")
    assert "Your cost" in english
    assert money_of(draw, made.money) == plain


def test_ticks_say_what_others_wrote_as_text_and_count_in_thousands(shop):
    hostile = FacetValue('a"b', Text("<b>甲&乙", "A"), 0, selected=False)
    with shop.application.test_request_context("/packages"):
        drawn_once = ticks.ticks("vendor", [hostile, hostile._replace(count=1234, selected=True)], 7)
    assert "&lt;b&gt;甲&amp;乙" in drawn_once
    assert 'id="facet-vendor-7" type="checkbox" name="vendor" value="a&#34;b">' in drawn_once
    assert 'id="facet-vendor-8" type="checkbox" name="vendor" value="a&#34;b" checked>' in drawn_once
    assert drawn_once.count("facet__option--none") == 1
    assert '<span class="facet__count">1,234<' in drawn_once


def test_there_is_room_for_so_many_and_no_more(shop):
    assert shop.application.extensions["hojo_drawn"].cache_info().maxsize == drawn.MOST
    assert publications._kept.by_code.maxsize == publications.MOST_KEPT


def test_what_is_changed_or_withdrawn_shows_at_once(shop):
    assert shop.get("/packages/AP-1").status_code == 200
    assert "AP-1" in shop.get("/packages?price_max=90000001").text
    with act_as(SYSTEM):
        listing_id = db.session.scalar(select(Package.id).where(Package.code == "AP-1"))
    publish_again(listing_id, name="名前の変わったツール")
    for address in ("/packages/AP-1", "/packages?price_max=90000001", "/compare?codes=AP-1,AP-2"):
        assert "名前の変わったツール" in shop.get(address).text, address
    withdraw(listing_id)
    assert shop.get("/packages/AP-1").status_code == 410
    assert "名前の変わったツール" not in shop.get("/packages?price_max=90000001").text
    assert publications.live_packages(["AP-1"]) == {}


def test_one_statement_reads_what_is_known_and_what_is_not(shop, statements):
    publications._kept.by_code.clear()
    for codes in (["AP-1"], ["AP-1", "AP-2", "none"], ["AP-1", "AP-2"], []):
        publications.live_packages(["AP-2"])
        with statements() as seen:
            found = publications.live_packages(codes)
        assert len([each for each in seen if "set_config" not in each]) == 1
        assert set(found) == set(codes) - {"none"}
    assert publications.live_packages(["AP-1"])["AP-1"] is publications.live_packages(["AP-1"])["AP-1"]


def test_pages_change_nothing_in_the_publications_that_are_kept(shop):
    publications._kept.by_code.clear()  # other tests make publications up, hash and all
    for address in LISTS:
        assert shop.get(address).status_code in (200, 422), address
    kept = list(publications._kept.by_code.values())
    assert kept
    for each in kept:
        assert snapshots.digest(each.content) == each.content_hash, each.code


def test_more_than_there_is_room_for_is_let_go_and_read_again(shop, monkeypatch):
    monkeypatch.setattr(publications, "_kept", publications._Kept(1))
    both = ["AP-1", "AP-2"]
    for _ in range(2):
        assert set(publications.live_packages(both)) == set(both)
        assert len(publications._kept.by_code) == 1


def test_many_threads_keep_and_find_at_once(shop):
    one = publications.live_package("AP-1")
    kept = publications._Kept(8)

    def use(number: int) -> bool:
        own = replace(one, id=uuid.uuid4(), code=f"T-{number % 20}")
        kept.keep([own])
        return all(each.code.startswith("T-") for each in kept.of([f"T-{n}" for n in range(20)]).values())

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(use, range(400)))
    assert len(kept.by_code) == 8
