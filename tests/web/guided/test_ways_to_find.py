"""What leads to the guided search, what a small catalogue lacks, what a page costs, and the commands."""

from __future__ import annotations

import json

import published
import pytest
from guided import BOTH, END
from pages import links
from worked_input import publish_worked_input

from search import queries
from search.parameters import SearchQuery
from tenants.actor import PUBLIC
from tenants.db import act_as


@pytest.mark.usefixtures("index")
def test_home_and_an_empty_search_lead_there(client):
    home = client.get("/").text
    assert links(home, "/find?q=")
    assert links(client.get("/packages?q=ぬぬぬ").text, "/find?q=")


def test_statements_do_not_grow(client, statements):
    published.publish(packages=8, vendors=2)
    client.get("/find", query_string={"q": BOTH, **END})
    with statements() as seen:
        client.get("/find", query_string={"q": BOTH, **END})
    assert len(seen) <= 12, seen


@pytest.mark.parametrize(("name", "figure", "label"), [("own_cost", "own_cost_yen", "自己負担"), ("price", "total_yen", "総額（税抜）")])  # fmt: skip
def test_nothing_under_a_limit_says_what_the_cheapest_costs(client, index, statements, name, figure, label):
    publish_worked_input()
    with act_as(PUBLIC):
        cheapest = min(getattr(hit, figure) for hit in queries.find(SearchQuery(q="会計")).items)
    said = f"いちばん安いものは{label} {cheapest:,}円"
    page = client.get(f"/packages?q=会計&{name}_max=10").text
    dropped = page[page.index(f"「{label}」の条件を外す") :].split("</li>")[0]
    assert said in dropped
    assert f"¥{cheapest:,}" in client.get(f"/packages?q=会計&{name}_max=10&lang=en").text
    # With a lower end the cheapest of all may be below that: nothing that answers the question.
    assert "いちばん安い" not in client.get(f"/packages?q=会計&{name}_min=5&{name}_max=10&lang=ja").text
    with statements() as without:
        client.get(f"/packages?q=会計&{name}_min=6&{name}_max=10")
    with statements() as seen:
        client.get(f"/packages?q=会計&{name}_max=11")
    assert len(seen) <= len(without) + 1, seen


def test_what_nobody_offers_is_said(client):
    published.publish(packages=2, vendors=1)
    page = client.get("/needs", query_string={"function": [f"B{n}" for n in range(1, 6)]}).text
    assert "公開中のITツールにない機能があります" in page


def test_the_commands(hojo, services):
    published.publish(packages=12, vendors=4)
    found = json.loads(hojo("search", "needs", "B1", "F2,M3", "--employees", "4", "--json").stdout)
    assert found["answers"]
    assert found["milliseconds"] >= 0
    written = hojo("search", "needs", "B1", "--have", "M6", "--budget", "1")
    assert "この条件でそろえられるITツールはありません" in written.output
    assert "これより良い組み合わせ" not in written.output
    assert "すべてそろえるには" in written.output
    told = hojo("search", "needs", "B1", "F2", "--applied", "--industry", "retail", "--own-industry")
    assert "これより良い組み合わせはありません" in told.output
    assert hojo("search", "needs", "ZZ").exit_code != 0
    typed, plain = (hojo("search", "needs", "B1", "--budget", budget).stdout for budget in ("１.５万円", "15000"))
    assert typed == plain
    refused = hojo("search", "needs", "B1", "--budget", "30x")
    assert (refused.exit_code, "「30x」は使えません" in refused.output) == (2, True)
    ranked = json.loads(hojo("search", "find", BOTH, "--people", "4", "--budget", "３０万円", "--json").stdout)
    assert (ranked["understood"]["budget_yen"], ranked["business_size"]) == (300_000, "small")
    meant = json.loads(hojo("search", "understand", BOTH, "--json").stdout)
    assert {each["code"] for each in meant["problems"]} == {"phone_bookings", "payroll"}
    assert "phone_bookings" in hojo("search", "understand", "電話の予約で手が離せない").output
