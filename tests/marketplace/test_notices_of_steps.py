"""Each step of a listing and an application tells the other side, in its own transaction, without a figure."""

from __future__ import annotations

import json

import grants
import pytest
from sqlalchemy import select

from catalogue import listing_queries, listings
from marketplace.applications import services
from marketplace.applications.lifecycle import APPLICATION
from marketplace.applications.telling import TOLD
from tenants.actor import SYSTEM
from tenants.db import act_as, db
from tenants.errors import DomainError
from tenants.notices.models import Posting


@pytest.fixture
def world(organisation, actor_of):
    return grants.build(organisation, actor_of, now=True)


def posted() -> list[dict[str, object]]:
    with act_as(SYSTEM):
        rows = db.session.scalars(select(Posting).order_by(Posting.created_at)).all()
        return [
            {"template": row.template, "to": row.organisation_id, "link": row.link, "facts": row.facts}
            for row in rows
        ]


def test_every_step_but_none_of_the_machine_s_own_is_told():
    assert {step.code for step in APPLICATION.steps if step.audience in ("sme", "vendor")} | {"start"} == set(TOLD)


def test_the_other_side_is_told_and_no_figure_is_in_it(world):
    with act_as(world.sme):
        publication = services.live_package(grants.CODE)
        application = services.start(grants.CODE, publication_id=publication.id)
    with act_as(world.vendor):
        services.accept(application, read_version=1)
    told = [row for row in posted() if str(row["template"]).startswith("application_")]
    assert [(row["template"], row["to"]) for row in told] == [
        ("application_requested", world.vendor.organisation_id),
        ("application_accepted", world.sme.organisation_id),
    ]
    assert told[0]["link"] == f"/vendor/applications/{application}"
    assert set(told[0]["facts"]) == {"number", "sme", "package"}
    assert "円" not in json.dumps([row["facts"] for row in told], ensure_ascii=False)


def test_a_step_that_is_refused_tells_nobody(world):
    with act_as(world.sme):
        publication = services.live_package(grants.CODE)
        application = services.start(grants.CODE, publication_id=publication.id)
    before = posted()
    with act_as(world.vendor), pytest.raises(DomainError):
        services.accept(application, read_version=99)
    assert posted() == before


def listed(kind):
    return {row.id: row.version for row in listing_queries.own(kind, per_page=200).items}


def test_a_vendor_is_told_what_came_back_and_once_what_was_published_together(asahi, office):
    with act_as(asahi):
        products = listed("product")
        listings.submit("product", list(products))
        products = listed("product")
    first, *others = products
    with act_as(office("administrator")):
        listings.send_back("product", first, reason="価格を確かめてください。", read_version=products[first])
        listings.approve("product", others)
        listings.publish("product", others)
    returned, published = posted()
    assert (returned["template"], published["template"]) == ("listing_returned", "listing_published")
    assert returned["to"] == published["to"] == asahi.organisation_id
    assert returned["facts"]["reason"]["ja"] == "価格を確かめてください。"
    assert str(returned["link"]).startswith("/vendor/products/A-00")
    assert published["link"] == "/vendor/products"
    assert "ほか4件" in published["facts"]["listing"]["ja"]
