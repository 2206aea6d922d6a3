"""The second wall around people and organisations: who comes in, who founds one, who vouches for a number."""

from __future__ import annotations

import uuid
from datetime import timedelta
from functools import partial
from typing import Any

import attacks
import pytest
import world
from attacks import SECOND_WALL as WALL
from attacks import done, past_the_walls
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError

from tenants import clock
from tenants.actor import Actor
from tenants.db import act_as, db
from tenants.invitations import hash_of
from tenants.member_models import Invitation
from tenants.models import IdentityFacts, Membership, Organisation

pytestmark = [pytest.mark.security, pytest.mark.usefixtures("time_counts")]

refused = partial(attacks.refused, WALL)


# --- joining ---

SECRET = "the secret of the letter"


@pytest.fixture
def invited(parties, owner) -> Actor:
    """Vendor B's person, who holds the letter that invites into shop A as its owner."""
    past_the_walls(
        owner,
        update(Invitation)
        .where(Invitation.organisation_id == parties.sme_a.organisation_id)
        .values(token_hash=hash_of(SECRET), expires_at=clock.now() + timedelta(days=1)),
    )
    return Actor("sign_in", person_id=parties.vendor_b.person_id)


def show(secret: str) -> Any:
    return text("SELECT set_config('app.invitation', :held, true)").bindparams(held=secret)


def take(who: Actor, **other: Any) -> Any:
    return update(Invitation).values(**{"accepted_at": clock.now(), "accepted_by": who.person_id} | other)


def membership(parties: world.TwoOfEach, who: Actor) -> Any:
    return insert(Membership).values(
        organisation_id=parties.sme_a.organisation_id, person_id=who.person_id, role="sme_owner"
    )


def join(parties: world.TwoOfEach, who: Actor) -> None:
    with act_as(who):
        db.session.execute(show(SECRET))
        assert db.session.execute(take(who)).rowcount == 1
        db.session.execute(membership(parties, who))
        db.session.commit()


def test_an_invitation_lets_in_once(parties, invited, owner):
    join(parties, invited)
    past_the_walls(owner, text("DELETE FROM membership WHERE person_id = :p").bindparams(p=invited.person_id))
    with act_as(invited):
        db.session.execute(show(SECRET))
        with pytest.raises(DBAPIError, match="row-level security"):
            db.session.execute(membership(parties, invited))
        db.session.rollback()


def test_what_the_table_holds_of_a_token_opens_nothing(parties, invited):
    """A colleague who reads the invitations of their organisation cannot take one."""
    with act_as(invited):
        db.session.execute(show(hash_of(SECRET)))
        assert db.session.scalars(select(Invitation)).all() == []
        assert db.session.execute(take(invited)).rowcount == 0
        db.session.rollback()


@pytest.mark.parametrize(
    "bent",
    [
        {"expires_at": world.MOMENT + timedelta(days=4000)},
        {"inviter_name": "社長"},
        {"token_hash": hash_of("another")},
        {"accepted_at": world.MOMENT - timedelta(days=400)},
    ],
)
def test_a_guest_takes_an_invitation_as_it_is(parties, invited, bent):
    with act_as(invited):
        db.session.execute(show(SECRET))
        with pytest.raises(DBAPIError, match=WALL):
            db.session.execute(take(invited, **bent))
        db.session.rollback()


def test_an_invitation_that_has_run_out_is_not_taken(parties, invited, owner):
    past_the_walls(owner, update(Invitation).values(expires_at=clock.now() - timedelta(minutes=2)))
    with act_as(invited):
        db.session.execute(show(SECRET))
        with pytest.raises(DBAPIError, match=WALL):
            db.session.execute(take(invited))
        db.session.rollback()


@pytest.mark.parametrize("kind", ["sme", "vendor"])
def test_nobody_founds_an_organisation_that_lies_there(parties, owner, kind):
    """Such as a vendor that applied on paper, and has no people yet."""
    deserted = uuid.uuid4()
    standing = "applicant" if kind == "vendor" else None
    past_the_walls(
        owner, insert(Organisation).values(id=deserted, kind=kind, name="書面の会社", standing=standing)
    )
    someone = Actor("sign_in", person_id=parties.sme_a.person_id)
    row = {"organisation_id": deserted, "person_id": someone.person_id, "role": f"{kind}_owner"}
    refused(someone, insert(Membership).values(**row))
    with act_as(someone):  # but what one makes is one's own
        made = Organisation(kind=kind, name="新しい会社", standing=standing)
        db.session.add(made)
        db.session.flush()
        db.session.execute(insert(Membership).values(**row | {"organisation_id": made.id}))
        db.session.commit()


# --- organisations ---


def test_nobody_vouches_for_their_own_number(parties, owner):
    past_the_walls(owner, text("DELETE FROM identity_facts"))
    shop = parties.sme_a
    verified = update(Organisation).where(Organisation.id == shop.organisation_id)
    refused(shop.actor, verified.values(number_verified_at=clock.now()))
    facts = {"provider": "gbizid", "account_type": "prime", "verified_at": clock.now()}
    past_the_walls(
        owner,
        insert(IdentityFacts).values(person_id=shop.person_id, corporate_number="9000012050009", **facts),
    )
    refused(shop.actor, verified.values(number_verified_at=clock.now()))
    number = {"corporate_number": "9000012050009", "number_verified_at": clock.now()}
    assert done(shop.actor, verified.values(**number)) == 1
    someone = Actor("sign_in", person_id=shop.person_id)
    for column in ("number_verified_at", "registered_on"):
        refused(someone, insert(Organisation).values(kind="sme", name="x", **{column: clock.now()}))
