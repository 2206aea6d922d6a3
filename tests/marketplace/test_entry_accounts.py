"""Whose account may only look around files nothing, however far others have brought it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import grants
import pytest
import registrations
import reviews

from marketplace.registration import decisions, renewal
from marketplace.registration import services as vendor_registration
from marketplace.registration.steps import fiscal_year_of
from tenants import clock
from tenants.actor import SYSTEM, Actor
from tenants.db import act_as, db
from tenants.identities import EntryAccount
from tenants.models import IdentityFacts

pytestmark = pytest.mark.security


def has_an_entry_account(who: Actor) -> None:
    with act_as(SYSTEM):
        facts = IdentityFacts(
            person_id=who.person_id, provider="gbizid", account_type="entry", verified_at=clock.now()
        )
        db.session.add(facts)
        db.session.commit()


def refused(who: Actor, step: Callable[[], object]) -> None:
    has_an_entry_account(who)
    with act_as(who), pytest.raises(EntryAccount):
        step()


@pytest.mark.parametrize(
    ("before", "step", "whose"), [("prepared", "confirm", "sme"), ("confirmed", "submit", "vendor")]
)
def test_an_application_is_neither_agreed_to_nor_filed(services, organisation, actor_of, before, step, whose):
    world = grants.build(organisation, actor_of)
    made = world.reach(before)
    has_an_entry_account(getattr(world, whose))
    with pytest.raises(EntryAccount):
        world.take(step, made)
    assert world.view(made).card.state.code == before


def test_a_registration_is_not_handed_in(services):
    with registrations.during_round():
        vendor = registrations.vendor()
        with act_as(vendor):
            made = vendor_registration.start()
            registrations.fill(made)
        refused(vendor, lambda: vendor_registration.submit(made, read_version=registrations.row_version(made)))
        assert registrations.row_of(made).state == "draft"


def test_a_registration_is_not_renewed(services, organisation, actor_of):
    registrations.open_round(clock.now() - timedelta(days=1), clock.now() + timedelta(days=30))
    made = organisation("vendor", registered_on=clock.today() - timedelta(days=400))
    registrations.adopted_before(made, fiscal_year=fiscal_year_of(clock.today()) - 1)
    refused(actor_of(made, "vendor_owner"), renewal.start)


def test_a_decision_is_not_appealed_against(services, organisation, actor_of):
    review = reviews.build(organisation, actor_of)
    review.all_in((2, 2, 2, 2), (2, 2, 2, 2))
    review.decide(adopt=False)
    refused(
        review.vendor,
        lambda: decisions.appeal(
            review.registration_id, reason="確認してください", read_version=review.row().version
        ),
    )
