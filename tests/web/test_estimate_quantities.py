"""A package in other quantities: the API and the command line reckon what its page shows."""

from __future__ import annotations

import json

import pytest
from price_boxes import of, on_page
from worked_input import publish_worked_input

from catalogue.public_lists import newest_packages
from marketplace.variants import may_be_left_out
from tenants.actor import SYSTEM
from tenants.db import act_as

GIVEN = {"lines": [{"kind": "software", "amount_yen": 300_000}], "functions": ["F1", "B1"]}
WHO = {"kind": "company", "jsic": "M76", "employees": 4}


@pytest.fixture
def published(client, index):
    publish_worked_input()
    with act_as(SYSTEM):
        return newest_packages(100)


def ask(client, **body):
    return client.post("/api/v1/estimates", json=body)


def test_api_command_and_page_agree_for_every_package(published, client, hojo):
    """Each product once more, and every service that may be left out left out."""
    asked = 0
    for package in published:
        items = package.content["items"]
        more = {item["product_code"]: item["quantity"] + 1 for item in items}
        fewer = {item["product_code"]: 0 for item in items if may_be_left_out(item)}
        for quantities in (more, fewer):
            query = {
                f"quantity-{at}": quantities[item["product_code"]]
                for at, item in enumerate(items)
                if item["product_code"] in quantities
            }
            page = on_page(client.get(f"/packages/{package.code}", query_string=query).text)[0]
            answer = ask(client, package=package.code, quantities=quantities)
            assert answer.status_code == 200
            assert of(answer.json) == page, (package.code, quantities)
            asked += 1
    assert asked == 2 * len(published)
    options = [f"--quantity={code}={number}" for code, number in more.items()]
    told = hojo("subsidy", "estimate", "--package", package.code, *options, "--json")
    assert told.exit_code == 0, told.output
    assert json.loads(told.output) == ask(client, package=package.code, quantities=more).json


def test_without_quantities_it_is_the_published_package(published, client, hojo):
    code = published[0].code
    plain = ask(client, package=code).json
    assert ask(client, package=code, quantities={}).json == plain
    assert json.loads(hojo("subsidy", "estimate", "--package", code, "--json").output) == plain


def test_what_cannot_be_is_told_by_product(published, client, hojo):
    package = next(each for each in published if any(not may_be_left_out(item) for item in each.content["items"]))
    core = next(item["product_code"] for item in package.content["items"] if not may_be_left_out(item))

    def refused(**body):
        answer = ask(client, **body)
        assert answer.status_code == 422
        return [(each["code"], each["column"]) for each in answer.json["errors"]]

    assert refused(package=package.code, quantities={core: 0}) == [("quantity_out_of_range", f"quantities.{core}")]
    assert refused(package=package.code, quantities={core: 1000}) == [
        ("quantity_out_of_range", f"quantities.{core}")
    ]
    assert refused(package=package.code, quantities={"NOPE": 1}) == [("not_of_the_package", "quantities.NOPE")]
    assert refused(lines=[{"kind": "software", "amount_yen": 1}], quantities={core: 1}) == [
        ("quantities_without_package", "quantities")
    ]
    for wrong in (-1, 1.5, "2", None, True, 10**9):
        assert ask(client, package=package.code, quantities={core: wrong}).status_code == 422
    assert ask(client, package=package.code, quantities={"<b>": 1}).status_code == 422
    assert hojo("subsidy", "estimate", "--package", package.code, f"--quantity={core}=0").exit_code == 1
    for wrong in ("", "=3", f"{core}=x", f"{core}=-1", f"{core}=²"):
        assert hojo("subsidy", "estimate", "--package", package.code, f"--quantity={wrong}").exit_code == 2
    assert hojo("subsidy", "estimate").exit_code == 2
    assert hojo("subsidy", "estimate", "--package", "NOPE").exit_code == 1


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    ("body", "number"),
    [(GIVEN, 1), (GIVEN | {"scheme": "2018"}, 2), ({"package": "AP-1"}, 2), (GIVEN | {"applicant": WHO}, 1)],
)
def test_an_estimate_asks_the_database_once_or_twice(client, statements, body, number):
    """Which versions count, and what is published: schemes, class table and words are parsed once for each version."""
    assert client.post("/api/v1/estimates", json=body).status_code == 200
    with statements() as seen:
        client.post("/api/v1/estimates", json=body)
    assert len(seen) == number
