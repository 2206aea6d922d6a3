"""One estimate, wherever it is shown: results, the package's page, the comparison, the application, the API."""

from __future__ import annotations

import grants
import pytest
from price_boxes import of, on_page
from worked_input import publish_worked_input

from catalogue.public_lists import newest_packages
from catalogue.publications import Published
from marketplace.applicants import Statement, save_profile
from marketplace.applications import queries, services
from marketplace.comparison import MOST
from tenants import clock
from tenants.actor import SYSTEM
from tenants.db import act_as

# A business of each industry that a restricted package of the worked input is for.
BUSINESSES = {"retail": "jsic_I58", "manufacturing": "jsic_E09", "inns_and_hotels": "jsic_M751", "all": "jsic_M76"}


@pytest.fixture
def published(client, index) -> list[Published]:
    """All packages of the worked input, while a round is open."""
    publish_worked_input()
    grants.open_window()
    with act_as(SYSTEM):
        return newest_packages(100)


def test_all_published_packages_cost_the_same_everywhere(published, client, organisation, actor_of):
    listed = client.get("/api/v1/packages?per_page=100").json["items"]
    expected = {hit["code"]: of(hit) for hit in listed}
    assert set(expected) == {each.code for each in published}
    assert len(expected) == 11
    for code, figures in expected.items():
        assert of(client.get(f"/api/v1/packages/{code}").json["estimate"]) == figures
        assert on_page(client.get(f"/packages/{code}").text)[0] == figures
        asked = client.post("/api/v1/estimates", json={"scheme": "2017", "package": code}).json
        assert of(asked) == figures
    assert sorted(on_page(client.get("/packages?per_page=100").text)) == sorted(expected.values())

    codes = list(expected)
    for at in range(0, len(codes), MOST):
        compared = client.get(f"/api/v1/compare?codes={','.join(codes[at : at + MOST])}").json["packages"]
        assert {each["code"]: of(each["estimate"]) for each in compared} == {
            code: expected[code] for code in codes[at : at + MOST]
        }

    started = 0
    for package in published:
        if not expected[package.code][1]:
            continue
        industry = package.content["industries"][0] if package.content["restricted"] else "all"
        shop = actor_of(organisation("sme", address="1-1"), "sme_owner")
        with clock.at(grants.DURING), act_as(shop):
            save_profile(
                Statement("company", BUSINESSES[industry], 3_000_000, 4, domestic=True), read_version=None
            )
            application = services.start(package.code, publication_id=package.id)
            assert of(queries.application(application).estimate) == expected[package.code]
        started += 1
    assert started == 9
