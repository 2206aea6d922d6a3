"""Every worked figure, to the yen, over HTTP."""

from __future__ import annotations

import pytest
from pages import PageClient
from worked_input import asked, publish_worked_input, rows

from marketplace.subsidy.scheme import shipped_schemes

EXAMPLES = rows("subsidy_examples.csv")
PACKAGES = rows("packages_expected.csv")


@pytest.mark.parametrize("row", EXAMPLES, ids=lambda row: f"{row['scheme']}-{row['id']}")
def test_example_over_http(client: PageClient, row: dict[str, str]) -> None:
    response = client.post("/api/v1/estimates", json=asked(row))
    found = response.json
    assert response.status_code == 200, response.text
    assert found["subsidy_yen"] == int(row["expected_subsidy_yen"])
    assert found["fundable"] is (row["fundable"] == "true")
    assert found["own_cost_yen"] == found["total_yen"] - found["subsidy_yen"]
    assert found["eligibility"]["business_size"] == row["business_size"]
    assert found["eligibility"]["result"] == "eligible"


def test_every_package_as_expected(index: object, client: PageClient) -> None:
    publish_worked_input()
    accepted = {row["code"]: row for row in PACKAGES if row["accepted"] == "true"}
    for code, row in accepted.items():
        shown = client.get(f"/api/v1/packages/{code}").json
        reckoned = client.post("/api/v1/estimates", json={"scheme": "2017", "package": code}).json
        for found in (shown["estimate"], reckoned):
            assert found["eligible_cost_yen"] == int(row["eligible_cost_yen"]), code
            assert found["subsidy_yen"] == int(row["subsidy_yen"]), code
            assert found["own_cost_yen"] == int(row["own_cost_yen"]), code
            assert found["fundable"] is (row["fundable"] == "true"), code
            assert all(line["reason"] and line["clause"] for line in found["lines"]), code
    for row in PACKAGES:
        if row["accepted"] == "false":
            assert client.get(f"/api/v1/packages/{row['code']}").status_code == 404
    listed = client.get("/api/v1/packages?per_page=100").json
    assert listed["total"] == len(accepted)
    assert not listed["degraded"]
    assert {hit["code"]: (hit["subsidy_yen"], hit["own_cost_yen"]) for hit in listed["items"]} == {
        code: (int(row["subsidy_yen"]), int(row["own_cost_yen"])) for code, row in accepted.items()
    }
    fundable = {each["value"]: each["count"] for each in listed["facets"]["fundable"]}
    assert fundable == {"true": len(accepted) - 2, "false": 2}


def test_filters_compare_and_search(index: object, client: PageClient) -> None:
    publish_worked_input()
    found = client.get(
        "/api/v1/packages", query_string={"q": "会計", "own_cost_max": "209000", "sort": "own_cost"}
    ).json
    costs = [hit["own_cost_yen"] for hit in found["items"]]
    assert costs
    assert costs == sorted(costs)
    assert max(costs) <= 209_000
    assert client.get("/api/v1/packages?fundable=false").json["total"] == 2
    page = client.get("/api/v1/packages?per_page=2&page=2&sort=name").json
    assert (len(page["items"]), page["page"], page["per_page"]) == (2, 2, 2)

    compared = client.get("/api/v1/compare?codes=MP-2,AP-2&codes=NONE").json
    assert [each["code"] for each in compared["packages"]] == ["MP-2", "AP-2"]
    assert compared["unknown"] == ["NONE"]
    own_cost = compared["groups"][0]["rows"][0]
    assert own_cost["values"] == [199_200, 122_667]
    assert own_cost["best"] == [1]


def test_not_eligible_gets_figures_all_the_same(client: PageClient) -> None:
    large = {"kind": "company", "jsic": "M76", "capital_yen": 900_000_000, "employees": 5_000}
    lines = [{"kind": "software", "amount_yen": 300_000}]
    found = client.post("/api/v1/estimates", json={"applicant": large, "lines": lines}).json
    assert found["subsidy_yen"] == 200_000
    assert found["eligibility"]["result"] == "not_eligible"
    alone = client.post("/api/v1/eligibility", json={"applicant": large}).json
    assert alone == found["eligibility"]
    assert [rule["code"] for rule in alone["rules"] if rule["passed"] is False] == ["size"]


def test_schemes_are_those_loaded(client: PageClient) -> None:
    found = client.get("/api/v1/schemes").json["items"]
    assert [each["id"] for each in found] == sorted(scheme.id for scheme in shipped_schemes().all())
    normal = next(each for each in found if each["id"] == "2025-normal")
    assert [each["code"] for each in normal["conditions"]] == ["minimum_wage"]
    assert {each["stage"] for each in normal["evidence"]} == {"application", "completion"}
    kinds = {each["kind"]: each for each in found[0]["cost_kinds"]}
    assert kinds["cloud"]["months"] == 12
    assert kinds["hardware"]["eligible"] is False


def test_what_of_a_scheme_no_source_confirms_is_said_where_it_stands(client: PageClient) -> None:
    found = {each["id"]: each for each in client.get("/api/v1/schemes").json["items"]}
    marked = 0
    for scheme in shipped_schemes().all():
        shown = found[scheme.id]
        papers = {paper.id: paper.note if paper.unconfirmed else None for paper in scheme.evidence}
        kinds = {code: kind.note if kind.unconfirmed else None for code, kind in scheme.cost_kinds.items()}
        asked = {code: each.note if each.unconfirmed else None for code, each in scheme.conditions.items()}
        assert {each["code"]: each["unconfirmed"] for each in shown["evidence"]} == papers
        assert {each["kind"]: each["unconfirmed"] for each in shown["cost_kinds"]} == kinds
        assert {each["code"]: each["unconfirmed"] for each in shown["conditions"]} == asked
        marked += sum(note is not None for note in papers.values())
    assert marked
