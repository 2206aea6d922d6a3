"""Every filter of the search page: its counts, zeros included, and what it leaves, against a count over the publications."""

from __future__ import annotations

from itertools import product
from urllib.parse import urlencode

import published
import pytest
from results_page import codes, counts

from catalogue.masters import vocabulary
from catalogue.publications import every_live_package
from catalogue.traits import deployments
from marketplace import pricing
from search import engines, sync
from search.embedded import EmbeddedEngine
from tenants.actor import SYSTEM
from tenants.db import act_as, db

PACKAGES = 40
FILTERS = (
    "category",
    "function",
    "industry",
    "fundable",
    "area",
    "deployment",
    "support",
    "language",
    "certification",
    "vendor",
)


@pytest.fixture(scope="module")
def market(application, empty_database, tmp_path_factory):
    """(a browser, every live package with what each filter takes it for)."""
    before = engines._Chosen.engine
    engines.use(EmbeddedEngine(tmp_path_factory.mktemp("index")))
    with application.app_context():
        published.publish(PACKAGES, vendors=8)
        sync.synchronise()
        with act_as(SYSTEM):
            masters, scheme = vocabulary(), pricing.scheme()
            live = {each.code: _values(each.content, masters, scheme) for each in every_live_package()}
        db.session.remove()
    yield application.test_client(), live
    with application.app_context():
        db.engine.dispose()
    engines._Chosen.engine = before
    empty_database()


def _values(content, masters, scheme) -> dict[str, set[str]]:
    traits = content.get("traits", {})
    industries = {row.code for row in masters.industries} - {"all"}
    return {
        "category": set(masters.categories_of(content["functions"])),
        "function": set(content["functions"]),
        "industry": industries if "all" in content["industries"] else set(content["industries"]),
        "fundable": {str(pricing.figures_of_package(content, scheme).fundable).lower()},
        "area": set(traits.get("area") or [content["vendor"]["prefecture"]]),
        "deployment": set(
            traits.get("deployment")
            or deployments((), [item["cost_kind"] for item in content["items"] if item["functions"]])
        ),
        "support": set(traits.get("support", ())),
        "language": set(traits.get("language", ())),
        "certification": set(traits.get("certification", ())),
        "vendor": {content["vendor"]["number"]},
    }


def _has(values: dict[str, set[str]], name: str, value: str) -> bool:
    return value in values[name] or (name == "area" and "all" in values[name])


@pytest.mark.parametrize("name", FILTERS)
def test_each_value_shows_how_many_have_it_and_leaves_just_those(market, name):
    shop, live = market
    shown = counts(shop.get("/packages").text, name)
    assert shown == {value: sum(_has(each, name, value) for each in live.values()) for value in shown}
    assert set().union(*(each[name] for each in live.values())) - {"all"} <= shown.keys()
    for value in [*shown][:12]:
        page = shop.get(f"/packages?{urlencode({name: value, 'per_page': 100})}").text
        assert sorted(codes(page)) == sorted(code for code, each in live.items() if _has(each, name, value))
        assert counts(page, name) == shown, "a filter does not narrow its own counts"


def test_values_that_nothing_has_are_shown_with_their_zero(market):
    """Under the smallest industry most functions and certificates are left with nothing."""
    shop, live = market
    industry = min(
        (value for value in counts(shop.get("/packages").text, "industry")),
        key=lambda value: sum(value in each["industry"] for each in live.values()),
    )
    page = shop.get(f"/packages?industry={industry}").text
    for name in ("certification", "function", "language", "support"):
        shown = counts(page, name)
        assert shown.keys() == counts(shop.get("/packages").text, name).keys()
        assert shown == {
            value: sum(_has(each, name, value) and industry in each["industry"] for each in live.values())
            for value in shown
        }
    assert 0 in counts(page, "function").values()


@pytest.mark.parametrize(
    ("one", "other"), [("certification", "vendor"), ("vendor", "function"), ("area", "support")]
)
def test_two_filters_together_count_each_under_the_other(market, one, other):
    shop, live = market
    first, second = counts(shop.get("/packages").text, one), counts(shop.get("/packages").text, other)
    chosen = list(product([v for v, n in first.items() if n][:3], [v for v, n in second.items() if n][:3]))
    assert chosen
    for value, also in chosen:
        page = shop.get(f"/packages?{urlencode({one: value, other: also, 'per_page': 100})}").text
        right = {c for c, each in live.items() if _has(each, one, value) and _has(each, other, also)}
        assert set(codes(page)) == right
        assert counts(page, one) == {
            v: sum(_has(each, one, v) and _has(each, other, also) for each in live.values())
            for v in counts(page, one)
        }
