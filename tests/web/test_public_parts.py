"""Small parts of the public pages: words shortened, matches shown, hours and terms in words."""

from __future__ import annotations

import re
from datetime import time
from pathlib import Path

import pytest
import yaml

from marketplace import pricing, rounds
from marketplace.rounds import CallCentre
from marketplace.subsidy.scheme import SHIPPED, load_scheme, shipped_schemes
from search.queries import SearchQuery
from tenants.errors import NotFound
from tenants.text import Text
from web import public
from web.public import blueprint, cards, money, search

SENTENCES = "レジと在庫がつながります。" * 10


class TestSummary:
    def test_short_ones_stay(self):
        assert cards.summary("レジ。") == "レジ。"

    def test_long_ones_end_with_a_sentence(self):
        short = cards.summary(SENTENCES)
        assert short.endswith("。")
        assert len(short) <= cards.SUMMARY_LENGTH

    def test_one_long_sentence_is_cut(self):
        assert cards.summary("あ" * 200) == "あ" * cards.SUMMARY_LENGTH + "…"


class TestMatches:
    def test_a_match_that_the_card_shows_is_not_told_again(self):
        found = {"name": (("会計", True),), "products": (("会計君", True),)}
        assert cards.why(found) == ()

    def test_a_match_in_a_product_is_told(self):
        pieces = (("はるか", False), ("会計", True))
        assert cards.why({"products": pieces}) == (cards.Match(None, pieces),)

    def test_a_fact_that_no_card_shows_is_told_beside_other_matches_with_what_it_is(self):
        name, prefecture = (("京都", True), ("会計", False)), (("京都", True), ("府", False))
        told = (cards.Match(Text("ベンダーの所在地", "Vendor's prefecture"), prefecture),)
        assert cards.why({"prefecture": prefecture}) == told
        assert cards.why({"name": (("会計", True),), "prefecture": prefecture}) == told
        assert cards.why({"name": name, "prefecture": prefecture}) == ()
        assert [each.of.en for each in cards.why({"vendor_number": name, "code": prefecture})] == [
            "Vendor's corporate number",
            "Tool code",
        ]

    def test_nothing_matched(self):
        assert cards.why({}) == ()

    def test_pieces_are_cut_to_what_is_around_the_first_match(self):
        pieces = (("あ" * 50, False), ("会計", True), ("い" * 50, False), ("会計", True), ("う" * 50, False))
        shown = cards.pieces_around(pieces)
        assert shown[0] == ("…" + "あ" * 30, False)
        assert shown[1] == ("会計", True)
        assert shown[2] == ("い" * 30 + "…", False)
        assert sum(len(text) for text, _ in shown) < 110

    def test_a_long_description_is_shown_around_its_match(self, shop_hit):
        hit = shop_hit(SENTENCES, {"description": (("…" * 80, False), ("レジ", True), ("。", False))})
        assert ("レジ", True) in cards._matched_summary(hit)
        assert cards._matched_summary(shop_hit(SENTENCES, {})) == cards.summary(SENTENCES)


@pytest.fixture
def shop_hit():
    class Hit:
        def __init__(self, description, highlights):
            self.description, self.highlights = description, highlights

    return Hit


@pytest.mark.parametrize(
    ("weekdays", "holidays", "ja", "en"),
    [
        (
            (1, 2, 3, 4, 5),
            True,
            "平日 9:30〜17:30（祝日を除く）",
            "Monday to Friday 9:30–17:30 except public holidays, Japan time",
        ),
        ((6, 7), False, "土・日 9:30〜17:30", "Sat, Sun 9:30–17:30, Japan time"),
    ],
)
def test_hours_in_words(weekdays, holidays, ja, en):
    centre = CallCentre(
        telephone="0", opens=time(9, 30), closes=time(17, 30), weekdays=weekdays, closed_on_holidays=holidays
    )
    assert blueprint.hours(centre) == Text(ja, en)


def test_pages_do_without_a_call_centre(client, index, monkeypatch):
    def nothing(_newest):
        raise NotFound(Text("窓口", "The call centre"))

    monkeypatch.setattr(rounds, "call_centre", nothing)
    page = client.get("/")
    assert page.status_code == 200
    assert "0570" not in page.text
    assert client.get("/contact").status_code == 404


class TestTerms:
    def test_money_in_words(self):
        assert money.short(1_000_000) == Text("100万円", "¥1,000,000")
        assert money.short(1_234_567).ja == "1,234,567円"
        assert money.short(5_000).ja == "5,000円"

    def test_a_scheme_without_limits(self):
        file = yaml.safe_load((SHIPPED / "2017.yaml").read_text(encoding="utf-8"))
        scheme = load_scheme(yaml.safe_dump(file | {"limits": {}}, allow_unicode=True))
        terms = money.terms(scheme)
        assert (terms["cap"], terms["floor"], terms["cap_clause"], terms["floor_clause"]) == (None,) * 4
        content = {
            "items": [{"cost_kind": "software", "amount_yen": 9, "months": None, "name": "a"}],
            "functions": ["B1", "F1"],
        }
        panel = money.panel(pricing.estimate_package(content, scheme), scheme, 0, incomplete=False)
        assert panel["limits"] == []

    @pytest.mark.parametrize(("functions", "cap"), [(2, 1_499_999), (4, 4_500_000)])
    def test_the_cap_is_the_one_for_so_many_functions(self, functions, cap):
        scheme = load_scheme((SHIPPED / "2025-normal.yaml").read_text(encoding="utf-8"))
        content = {
            "items": [{"cost_kind": "software", "amount_yen": 900_000, "months": None, "name": "a"}],
            "functions": ["B1", "B2", "F1", "F2"][:functions],
        }
        panel = money.panel(pricing.estimate_package(content, scheme), scheme, 0, incomplete=False)
        assert [limit["value"] for limit in panel["limits"]] == [50_000, cap]

    def test_rates_that_depend_and_caps_that_exclude_their_end(self):
        for scheme in shipped_schemes().all():
            assert money.rate(scheme)
            cap = money.cap_yen(scheme)
            assert cap is None or cap % 10_000 in (0, 9_999)

    def test_all_chosen_functions_is_a_condition_too(self, client, index):
        index.ensure_schema()
        page = client.get("/packages?function=B1&function=F1&function_mode=all&per_page=5").text
        assert re.search(r'name="function_mode"[^>]*value="all" checked', page)
        assert 'type="hidden" name="per_page" value="5"' in page
        assert "選んだ機能をすべて含む" in page


def test_an_address_says_only_what_is_set(app):
    with app.test_request_context():
        assert search.address(SearchQuery()) == "/packages"
        assert search.address(SearchQuery(functions=("B1", "F1"))) == "/packages?function=B1&function=F1"


def test_every_icon_that_a_template_names_is_drawn():
    """The browser says nothing of one that is not: there is a gap."""
    web = Path(public.__file__).parents[1]
    drawn = set(re.findall(r'<symbol[^>]* id="([\w-]+)"', (web / "static/img/icons.svg").read_text("utf-8")))
    named = {
        name
        for path in web.rglob("templates/**/*.html")
        for name in re.findall(r"""(?:icon\(|icon_name=)["']([\w-]+)["']""", path.read_text("utf-8"))
    }
    assert named
    assert named <= drawn
