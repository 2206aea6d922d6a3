"""What signing in may see: whose token or identity the transaction was shown, and nobody else (migration 0029)."""

from __future__ import annotations

import uuid

import pytest
import world
from everything import owned_tables, seen_by
from sqlalchemy import delete, func, insert, text, update
from sqlalchemy.exc import DBAPIError

from tenants.actor import PUBLIC, SIGN_IN, SYSTEM, Actor, Shown
from tenants.db import act_as, db
from tenants.invitations import hash_of
from tenants.member_models import Invitation
from tenants.models import Membership, Organisation, Person, SignInSession

pytestmark = pytest.mark.security

# Shop A is the third that world.fill writes: its session is "hash2", its identity ("test", "s2").
OF_THE_PERSON = {"person", "membership", "organisation"}
MORE = {
    "token": OF_THE_PERSON | {"sign_in_session"},
    "identity": OF_THE_PERSON | {"external_identity"},
    "person": OF_THE_PERSON | {"sign_in_session", "external_identity", "identity_facts", "mirasapo_account"},
}
SHOWN = {
    "token": Actor("sign_in", shown=Shown(token_hash="hash2")),
    "identity": Actor("sign_in", shown=Shown(provider="test", subject="s2")),
}


@pytest.fixture
def parties(services, owner) -> world.TwoOfEach:
    return world.fill(owner)


def test_who_shows_nothing_that_is_somebody_s_sees_nobody(parties, owner):
    private = (owned_tables(owner) | {"person", "organisation"}) - {
        "publication",
        "live_publication",
        "withdrawal",
    }
    for actor in (
        SIGN_IN,
        Actor("sign_in", shown=Shown(token_hash="hash9")),
        Actor("sign_in", shown=Shown(provider="other", subject="s2")),
        Actor("sign_in", shown=Shown(provider="test")),
        Actor("sign_in", shown=Shown(subject="s2")),
        Actor("sign_in", person_id=uuid.uuid4()),
        *(Actor(name, shown=Shown("hash2", "test", "s2")) for name in ("public", "vendor", "sme", "committee")),
    ):
        for table in sorted(private):
            assert seen_by(actor, table) == [], (actor, table)


@pytest.mark.parametrize("what", MORE)
def test_what_is_shown_lets_see_whose_it_is_and_nobody_else(parties, owner, what):
    me = parties.sme_a
    actor = SHOWN.get(what) or Actor("sign_in", person_id=me.person_id)
    for table in ("person", "organisation", *sorted(MORE[what] - {"person", "organisation"})):
        [row] = seen_by(actor, table)
        whose = {row.get("person_id"), row.get("organisation_id"), row.get("id")}
        assert whose & {me.person_id, me.organisation_id}, table
    hidden = {"sign_in_session", "external_identity", "identity_facts", "mirasapo_account"} - MORE[what]
    for table in hidden | {"grant_application", "applicant_profile", "product", "uploaded_file", "invitation"}:
        assert seen_by(actor, table) == [], table


def test_a_token_comes_before_an_identity_and_neither_opens_the_other_s_rows(parties):
    both = Actor("sign_in", shown=Shown("hash2", "test", "s0"))
    assert [row["id"] for row in seen_by(both, "person")] == [parties.sme_a.person_id]
    assert [row["subject"] for row in seen_by(both, "external_identity")] == ["s0"]
    assert [row["token_hash"] for row in seen_by(both, "sign_in_session")] == ["hash2"]


def test_an_invitation_that_is_held_shows_the_organisation_and_none_of_its_people(parties, owner):
    with owner.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        theirs = Invitation.organisation_id == parties.vendor_b.organisation_id
        connection.execute(update(Invitation).where(theirs).values(token_hash=hash_of("a letter")))
    with act_as(Actor("sign_in", person_id=parties.sme_a.person_id)):
        db.session.execute(text("SELECT set_config('app.invitation', 'a letter', true)"))
        seen = set(db.session.scalars(text("SELECT id FROM organisation")))
        people = set(db.session.scalars(text("SELECT id FROM person")))
    assert seen == {parties.sme_a.organisation_id, parties.vendor_b.organisation_id}
    assert people == {parties.sme_a.person_id}


# --- writing ---


def test_no_session_is_begun_ended_or_given_to_somebody_else(parties):
    victim, theirs = parties.vendor_a.person_id, SignInSession.token_hash == "hash0"
    person = Actor("sign_in", person_id=parties.sme_a.person_id)
    for actor in (SIGN_IN, *SHOWN.values(), person):
        with act_as(actor):
            ended = update(SignInSession).where(theirs).values(ended_at=func.now())
            for change in (ended, delete(SignInSession).where(theirs)):
                assert db.session.execute(change).rowcount == 0
            with pytest.raises(DBAPIError, match="row-level security"):
                db.session.execute(insert(SignInSession).values(token_hash="mine", person_id=victim))
            db.session.rollback()
    for actor in (SHOWN["token"], person):
        with act_as(actor), pytest.raises(DBAPIError, match="row-level security"):
            db.session.execute(update(SignInSession).values(person_id=victim))
        db.session.rollback()


def test_showing_a_token_is_no_proof_and_writes_no_person(parties):
    for actor in SHOWN.values():
        with act_as(actor):
            assert db.session.execute(update(Person).values(email="x")).rowcount == 0
            db.session.rollback()


def test_nobody_founds_what_another_founded(parties):
    """Found in this very transaction, or not seen at all: so it cannot be joined either."""
    me = parties.sme_a.person_id
    new = {"kind": "sme", "name": "新しい店", "prefecture": "東京都"}
    with act_as(Actor("sign_in", person_id=me)):
        made = uuid.uuid4()
        db.session.execute(insert(Organisation).values(id=made, **new))
        assert made in set(db.session.scalars(text("SELECT id FROM organisation")))
        db.session.commit()
        assert made not in set(db.session.scalars(text("SELECT id FROM organisation")))
        for organisation_id in (made, parties.sme_b.organisation_id):
            joined = insert(Membership).values(organisation_id=organisation_id, person_id=me, role="sme_owner")
            with pytest.raises(DBAPIError, match="row-level security"):
                db.session.execute(joined)
            db.session.rollback()


# --- whether a business is registered ---


def test_whether_a_business_is_known_is_answered_to_those_who_register_one(parties):
    number, nobody = "1000012050002", Actor("sign_in", person_id=uuid.uuid4())
    asked = text("SELECT business_known('vendor', ARRAY[:number], NULL, NULL)").bindparams(number=number)
    placed = text("SELECT business_known('vendor', ARRAY[]::text[], 'here', NULL)")
    with act_as(SYSTEM):
        db.session.execute(update(Organisation).values(match_key="here"))
        db.session.commit()
    for actor, said in (
        (nobody, (True, False)),
        (Actor("secretariat", uuid.uuid4(), uuid.uuid4()), (True, False)),
        (SYSTEM, (True, False)),
        (PUBLIC, (None, None)),
        (parties.vendor_b.actor, (None, None)),
        (parties.sme_a.actor, (None, None)),
        (Actor("committee", uuid.uuid4(), uuid.uuid4()), (None, None)),
    ):
        with act_as(actor):
            assert (db.session.scalar(asked), db.session.scalar(placed)) == said, actor.audience
