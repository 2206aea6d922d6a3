"""What the demo starts with: whole, the same each time, and kept when it starts again."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
import saved
from conftest import _empty
from registrations import use_memory
from sqlalchemy import Engine, func, select, text

from catalogue import publications
from catalogue.masters import vocabulary
from catalogue.models import Package, Product
from marketplace import pricing, rounds
from marketplace.models import ApplicantProfile, GrantApplication
from marketplace.registration import decisions
from marketplace.registration.models import VendorRegistration
from search import engines, queries, sync
from search.embedded import EmbeddedEngine
from search.parameters import SearchQuery
from search.saved import services
from tenants import audit, clock, files
from tenants.actor import PUBLIC, SYSTEM
from tenants.db import act_as, db
from tenants.models import ExternalIdentity, Membership, Organisation
from tenants.organisations import PREFECTURES
from tenants.permissions import ROLES
from web.demo import load
from web.demo.actors import actor_for
from web.demo.people import PEOPLE, RAMEN_SHOP
from web.demo.searches import make_searches

# One loading of the demo for all of them, which takes longer than they do.
pytestmark = pytest.mark.slow

STATES = {"draft", "accepted", "prepared", "confirmed", "submitted", "declined", "withdrawn"}


def load_all() -> None:
    """The demo's steps, in its order."""
    load.load_programme_and_windows()
    load.load_everybody()
    load.load_tools()
    load.load_applications()
    load.load_registrations()
    load.build_index()
    make_searches(saved.LINKS)


def fingerprint(owner: Engine) -> dict[str, str]:
    """Every row of every table, as a hash of its text."""
    with owner.connect() as connection:
        tables = connection.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        ).all()
        return {
            table: connection.scalar(
                text(f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} t")
            )
            for table in tables
        }


@pytest.fixture(scope="module")
def demo(ground, owner, tmp_path_factory):
    """The whole demo, loaded once for the tests here."""
    before = engines._Chosen.engine
    made = EmbeddedEngine(tmp_path_factory.mktemp("index"))
    engines.use(made)
    filing = files._Chosen.filing
    use_memory()
    with ground.app_context():
        load_all()
        with act_as(SYSTEM):
            yield
        db.session.remove()
        db.engine.dispose()
    made.close()
    engines._Chosen.engine = before
    files._Chosen.filing = filing
    _empty(owner)


def test_the_example_files_call_the_demo_s_vendors_as_the_demo_does():
    named = {vendor.corporate_number: vendor.name for vendor in (person.organisation for person in PEOPLE)}
    with (Path(__file__).parents[2] / "data" / "vendors.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [(row["法人番号"], row["事業者名"]) for row in csv.DictReader(file)]
    assert rows
    assert {number: name for number, name in rows if named.get(number, name) != name} == {}


def test_six_hundred_packages_are_public_and_some_wait_at_every_desk(demo):
    assert publications.count_live("package") == load.PUBLISHED == 600
    states = dict(db.session.execute(select(Package.state, func.count()).group_by(Package.state)).all())
    assert states == {"published": 600, **dict(load.WAITING)}
    vendors = set(db.session.scalars(select(Package.organisation_id)))
    assert 100 <= len(vendors) <= 140
    assert 700 <= db.session.scalar(select(func.count()).select_from(Product)) <= 1100
    reasons = db.session.scalars(select(Package.return_reason).where(Package.state == "returned")).all()
    assert all(reasons)


def test_all_functions_industries_prefectures_and_price_bands_appear(demo):
    with act_as(PUBLIC):
        facets = queries.find(SearchQuery()).facets
    for name in ("category", "function", "prefecture"):
        missing = [value.value for value in facets[name] if value.count == 0]
        assert missing == [], name
    masters = vocabulary()
    named = {code for each in publications.every_live_package() for code in each.content["industries"]}
    assert len(named & {row.code for row in masters.industries}) >= 10
    with act_as(PUBLIC):
        empty = [value.value for value in facets["industry"] if value.count == 0]
        assert empty == []
        assert sum(value.count > 0 for value in facets["price_band"]) >= 4
    assert {each.content["vendor"]["prefecture"] for each in publications.every_live_package()} == set(PREFECTURES)


def test_every_published_figure_is_the_same_by_every_way(demo):
    """The full estimate, the quick one for lists, and what the search page shows."""
    scheme = pricing.scheme()
    shown = {}
    with act_as(PUBLIC):
        for page in range(1, 7):
            shown |= {hit.code: hit for hit in queries.find(SearchQuery(page=page, per_page=100)).items}
    with act_as(SYSTEM):
        live = list(publications.every_live_package())
        assert len(shown) == len(live) == 600
        for each in live:
            estimate = pricing.estimate_package(each.content, scheme)
            figures = pricing.figures_of_package(each.content, scheme)
            hit = shown[each.code]
            assert (
                (estimate.total_yen, estimate.subsidy_yen, estimate.own_cost_yen, estimate.fundable)
                == (figures.total_yen, figures.subsidy_yen, figures.own_cost_yen, figures.fundable)
                == (hit.total_yen, hit.subsidy_yen, hit.own_cost_yen, hit.fundable)
            ), each.code
            assert each.content["total_yen"] == estimate.total_yen
        fundable = sum(hit.fundable for hit in shown.values())
        assert 100 < fundable < 600, "both kinds must be there to be seen"


def test_names_are_unique_within_a_vendor_and_every_text_is_there(demo):
    names = Counter(
        (each.content["vendor"]["number"], each.content["name"]) for each in publications.every_live_package()
    )
    assert max(names.values()) == 1
    for each in publications.every_live_package():
        assert each.content["description"]
        assert len(each.content["items"]) >= 2
        assert each.content["vendor"]["number"][1:5] == "9999", "numbers no corporation has"


def test_applications_stand_at_every_point_of_the_way(demo):
    rows = db.session.scalars(select(GrantApplication.state)).all()
    assert set(rows) == STATES
    assert len(rows) == 13
    waiting = db.session.scalars(
        select(GrantApplication.state)
        .join(Organisation, Organisation.id == GrantApplication.sme_id)
        .where(Organisation.name == "有限会社つばき製作所")
    ).all()
    assert waiting == ["prepared"]


def test_vendors_that_apply_stand_at_several_points_of_the_way(demo):
    rows = db.session.scalars(select(VendorRegistration.state)).all()
    assert {"draft", "submitted", "returned", "in_committee", "withdrawn"} <= set(rows)
    mine = db.session.scalars(
        select(VendorRegistration.state)
        .join(Organisation, Organisation.id == VendorRegistration.organisation_id)
        .where(Organisation.name == "株式会社かえで業務システム")
    ).all()
    assert mine == ["draft"]
    assert rounds.open_round("vendor_registration") is not None


def test_two_vendors_renew_one_late_and_one_with_something_to_correct(demo):
    rows = db.session.execute(
        select(Organisation.name, Organisation.standing, VendorRegistration.state)
        .join(VendorRegistration, VendorRegistration.organisation_id == Organisation.id)
        .where(VendorRegistration.renews_id.is_not(None))
    ).all()
    assert sorted(map(tuple, rows)) == [
        ("みなと情報サービス株式会社", "adopted", "returned"),
        ("株式会社ふたば業務支援", "expired", "submitted"),
    ]
    waiting = decisions.unpublished()
    assert waiting
    assert [each.decided_at <= clock.now() for each in waiting] == [True] * len(waiting)


def test_everybody_on_the_sign_in_list_has_their_place(demo):
    assert db.session.scalar(select(func.count()).select_from(ExternalIdentity)) == len(PEOPLE)
    held = set(db.session.scalars(select(Membership.role)))
    assert {role for person in PEOPLE for role in person.roles} <= held <= set(ROLES)
    profiles = db.session.scalar(select(func.count()).select_from(ApplicantProfile))
    assert profiles >= 3


def test_a_window_is_open_and_the_trail_holds(demo):
    assert rounds.open_round("grant_application") is not None
    assert rounds.next_round("completion_report") is not None
    assert rounds.next_round("payout") is not None
    assert list(audit.verify()) == []
    assert sync.verify() == []
    assert sync.status().waiting in (0, 600)


def test_a_second_start_changes_nothing(demo, owner):
    with act_as(SYSTEM):
        sync.synchronise()
    before = fingerprint(owner)
    load_all()
    assert fingerprint(owner) == before


def test_a_second_start_keeps_what_people_did(demo, owner):
    """The workshop's owner asked for a correction: it is not prepared a second time in the vendor's name."""
    from marketplace.applications import queries as views  # noqa: PLC0415
    from marketplace.applications import services  # noqa: PLC0415
    from web.demo.actors import actor_for  # noqa: PLC0415
    from web.demo.people import WORKSHOP  # noqa: PLC0415

    owner_of_workshop = actor_for(WORKSHOP)
    with act_as(owner_of_workshop):
        application_id = db.session.scalars(select(GrantApplication.id)).one()
        version = views.application(application_id).version
        services.ask_correction(application_id, reason="番地が違います", read_version=version)
    before = fingerprint(owner)
    load_all()
    assert fingerprint(owner) == before


def test_the_ramen_shop_s_searches_are_saved_and_one_has_news(demo):
    with act_as(actor_for(RAMEN_SHOP)):
        told = {each.name: each.told_at for each in services.mine()}
    assert set(told) == {"席の予約", "3万円までのレジ"}
    assert told["席の予約"] is not None
    assert told["3万円までのレジ"] is None
