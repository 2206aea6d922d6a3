"""The application that is made of an accepted quote."""

from __future__ import annotations

import pytest
import trade
from grants import World, build, by, package, withdraw
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from catalogue.publications import Gone
from marketplace.applications import queries as applications
from marketplace.applications import services as applying
from marketplace.applications.document import digest
from marketplace.applications.offers import offer_of_quote
from marketplace.applications.services import to_confirm
from marketplace.models import GrantApplication
from tenants.db import db
from tenants.errors import BadInput, IllegalStep, NotFound


@pytest.fixture
def world(organisation, actor_of) -> World:
    return build(organisation, actor_of)


def test_an_accepted_quote_is_what_the_application_freezes(world):
    quote = trade.accepted(world)
    with by(world.sme):
        offered = offer_of_quote(quote)
        assert offered.can_start
        application = applying.start_with_quote(quote)
    view = world.view(application)
    assert view.card.total_yen == 630_000
    assert view.card.subsidy_yen == 360_000 == offered.estimate.subsidy_yen
    assert view.chosen["items"][0]["unit_price_yen"] == 540_000
    assert view.chosen["quote"]["number"] == trade.view(world, quote).card.number
    assert trade.view(world, quote).application_id == application
    world.publish(package("値上げしたパック", price=1_400_000))
    for step in ("accept", "prepare", "confirm", "submit"):
        world.take(step, application)
    after = world.view(application)
    assert after.chosen == view.chosen
    assert after.estimate == view.estimate
    with by(world.sme):
        row = db.session.get_one(GrantApplication, application)
        assert digest(to_confirm(row)) == row.confirmed_hash
        assert to_confirm(row)["chosen"]["quote"]["number"] == after.chosen["quote"]["number"]


@pytest.mark.parametrize("state", ["sent", "declined", "withdrawn", "expired", "replaced"])
def test_no_application_starts_from_a_quote_that_is_not_accepted(world, state):
    quote, moment = trade.in_state(world, state)
    with by(world.sme, moment):
        with pytest.raises(IllegalStep):
            applying.start_with_quote(quote)
        with pytest.raises(IllegalStep):
            offer_of_quote(quote)
        assert applications.applications().total == 0


def test_an_accepted_quote_of_an_old_version_or_a_withdrawn_package_does_not_start(world, owner):
    quote = trade.accepted(world)
    world.publish(package(price=700_000))
    with by(world.sme), pytest.raises(BadInput, match="newer_version"):
        applying.start_with_quote(quote)
    withdraw(owner)
    with by(world.sme), pytest.raises(Gone):
        applying.start_with_quote(quote)


def test_another_business_s_quote_starts_nothing(world, organisation, actor_of):
    quote = trade.accepted(world)
    with by(actor_of(organisation("sme"), "sme_owner")), pytest.raises(NotFound):
        applying.start_with_quote(quote)


def test_the_database_refuses_a_quote_that_was_not_accepted(world):
    quote = trade.sent(world)
    application = world.start()
    with by(world.sme):
        with pytest.raises(DBAPIError, match="row-level security"):
            db.session.execute(
                text(
                    "INSERT INTO grant_application (id, sme_id, vendor_id, publication_id, quote_id, round_id, scheme_id,"
                    " scheme_version, package_code, sme_name, vendor_name, chosen, estimate, applicant, state,"
                    " created_at, updated_at, version) SELECT gen_random_uuid(), sme_id, vendor_id, publication_id, :q,"
                    " 'other', scheme_id, 1, package_code, sme_name, vendor_name, chosen, estimate, applicant, 'draft',"
                    " now(), now(), 1 FROM grant_application WHERE id = :a"
                ),
                {"q": quote, "a": application},
            )
        db.session.rollback()
