"""Raw SQL as the application's role: what each side of a matter may write, whatever the code above would allow."""

from __future__ import annotations

import itertools
import uuid
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import attacks
import pytest
import world
from attacks import done
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError

from catalogue.models import IndexChange, LivePublication, Package, PackageItem, Product
from marketplace.applications.lifecycle import APPLICATION
from marketplace.models import ApplicantProfile, ApplicationFigures, ApplicationStep, GrantApplication
from tenants import clock
from tenants.actor import PUBLIC, SIGN_IN, SYSTEM, Actor
from tenants.db import act_as, db
from tenants.invitations import hash_of
from tenants.member_models import Invitation, SupportView
from tenants.models import Membership, Organisation, Person, SignInSession

pytestmark = pytest.mark.security

REFUSED = (
    "row-level security|permission denied|agreed to|consents|only an owner|accepting an invitation|not for the org"
    "|step is not|not the vendor's|own step only"
)
refused = partial(attacks.refused, REFUSED, error=ProgrammingError)


def application_of(party: world.Party) -> GrantApplication:
    with act_as(party.actor):
        found = db.session.scalars(select(GrantApplication)).one()
        db.session.expunge_all()
    return found


def an_application(parties: world.TwoOfEach, **other: Any) -> dict[str, Any]:
    known = application_of(parties.sme_a)
    copied = {
        column.name: getattr(known, column.name)
        for column in GrantApplication.__table__.columns
        if column.name not in ("id", "number", "created_at", "updated_at")
    }
    with act_as(parties.vendor_a.actor):
        live = db.session.scalar(
            select(LivePublication.publication_id).where(
                LivePublication.organisation_id == parties.vendor_a.organisation_id
            )
        )
    return copied | {"round_id": "application-9", "publication_id": live} | other


# --- an application's parties ---


def test_only_the_business_itself_starts_its_application(parties):
    started = insert(GrantApplication).values(**an_application(parties))
    refused(parties.vendor_a.actor, started)
    refused(parties.sme_b.actor, started)
    refused(Actor("secretariat", uuid.uuid4(), uuid.uuid4()), started)
    done(parties.sme_a.actor, started)


@pytest.mark.parametrize(
    "begins",
    [
        {"state": "submitted"},
        {"prepared": {"purpose": "x"}},
        {"confirmed_hash": "x", "confirmed_at": world.MOMENT},
    ],
)
def test_an_application_begins_at_its_beginning(parties, begins):
    refused(parties.sme_a.actor, insert(GrantApplication).values(**an_application(parties, **begins)))


def test_an_application_goes_to_the_vendor_whose_package_it_is(parties):
    aimed = an_application(parties, vendor_id=parties.vendor_b.organisation_id)
    refused(parties.sme_a.actor, insert(GrantApplication).values(**aimed))


@pytest.mark.parametrize(
    "column", ["sme_id", "vendor_id", "publication_id", "chosen", "estimate", "applicant", "round_id", "sme_name"]
)
def test_what_was_chosen_never_changes(parties, column):
    value = {"chosen": {}, "estimate": {"subsidy_yen": 1}, "applicant": {}}.get(column, uuid.uuid4().hex)
    for party in (parties.vendor_a, parties.sme_a):
        refused(party.actor, text(f"UPDATE grant_application SET {column} = {column}"))
        refused(party.actor, update(GrantApplication).values({column: value}))


def test_each_side_reaches_only_the_states_of_its_own_steps(parties, owner):
    """The database's list is the workflow table's list: every pair of states is tried."""
    agreed = {"confirmed_hash": "x", "confirmed_at": world.MOMENT, "confirmed_by": parties.sme_a.person_id}
    for audience, party in (("sme", parties.sme_a), ("vendor", parties.vendor_a)):
        own = {(a, s.target) for s in APPLICATION.steps if s.audience == audience for a in s.sources}
        for before, after in itertools.product((state.code for state in APPLICATION.states), repeat=2):
            with owner.begin() as connection:
                # past the triggers: an application that was agreed to, wherever it is wanted
                connection.execute(text("SET LOCAL session_replication_role = replica"))
                connection.execute(update(GrantApplication).values(state=before, **agreed))
            changed = update(GrantApplication).values(state=after)
            if (before, after) in own:
                assert done(party.actor, changed) == 1, (audience, before, after)
            else:
                refused(party.actor, changed)


def test_a_vendor_cannot_consent_for_the_business(parties):
    consent = {"confirmed_hash": "x", "confirmed_at": world.MOMENT}
    for by in (parties.vendor_a.person_id, parties.sme_a.person_id, None):
        for state in ("prepared", "submitted"):
            refused(
                parties.vendor_a.actor,
                update(GrantApplication).values(**consent, confirmed_by=by, state=state),
            )
    refused(parties.vendor_a.actor, update(GrantApplication).values(state="submitted"))


def test_a_consent_stands_as_it_was_given(parties, owner):
    with owner.begin() as connection:
        connection.execute(update(GrantApplication).values(state="prepared"))
    agreed = {"confirmed_hash": "x", "confirmed_at": world.MOMENT, "confirmed_by": parties.sme_a.person_id}
    refused(
        parties.sme_a.actor,
        update(GrantApplication).values(**agreed | {"confirmed_by": uuid.uuid4()}, state="confirmed"),
    )
    assert done(parties.sme_a.actor, update(GrantApplication).values(**agreed, state="confirmed")) == 1
    vendor = parties.vendor_a.actor
    refused(vendor, update(GrantApplication).values(prepared={"purpose": "other"}, state="submitted"))
    refused(vendor, update(GrantApplication).values(confirmed_hash="y", state="submitted"))
    voided = {"confirmed_hash": None, "confirmed_at": None, "confirmed_by": None}
    assert (
        done(vendor, update(GrantApplication).values(**voided, prepared={"purpose": "x"}, state="prepared")) == 1
    )


# --- the history and the figures of an application ---


def a_step(parties: world.TwoOfEach, party: world.Party, **other: Any) -> Any:
    known = application_of(parties.sme_a)
    values = {
        "application_id": known.id,
        "sme_id": known.sme_id,
        "vendor_id": known.vendor_id,
        "step": "accept" if party.kind == "vendor" else "withdraw",
        "from_state": "draft",
        "to_state": "accepted",
        "organisation_name": "x",
        "person_id": party.person_id,
    }
    return insert(ApplicationStep).values(**values | other)


def test_nobody_writes_into_the_history_what_another_did(parties):
    vendor, shop = parties.vendor_a, parties.sme_a
    refused(vendor.actor, a_step(parties, vendor, step="confirm"))
    refused(vendor.actor, a_step(parties, vendor, person_id=shop.person_id))
    refused(shop.actor, a_step(parties, shop, step="submit"))
    # another vendor, naming the shop and itself as the parties of an application it has no part in
    stranger = parties.vendor_b
    refused(stranger.actor, a_step(parties, stranger, vendor_id=stranger.organisation_id))
    refused(parties.sme_b.actor, a_step(parties, parties.sme_b, sme_id=parties.sme_b.organisation_id))
    done(vendor.actor, a_step(parties, vendor))


def test_figures_belong_to_the_business_whose_application_it_is(parties, owner):
    known = application_of(parties.sme_a)
    with owner.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("DELETE FROM application_figures"))
    for party in (parties.sme_b, parties.vendor_a):
        figures = {"application_id": known.id, "organisation_id": party.organisation_id, "content": {}}
        refused(party.actor, insert(ApplicationFigures).values(**figures))


# --- listings ---


@pytest.mark.parametrize("model", [Product, Package])
@pytest.mark.parametrize("state", ["approved", "published", "returned", "withdrawn"])
def test_a_vendor_cannot_approve_or_publish_its_own(parties, model, state):
    refused(parties.vendor_a.actor, update(model).values(state=state))


def test_a_listing_begins_as_a_draft_and_only_vendors_have_them(parties):
    package = {"code": "NEW", "name": "x", "industries": ["all"], "cloud_months": 0}
    vendor, shop = parties.vendor_a, parties.sme_a
    refused(
        vendor.actor,
        insert(Package).values(organisation_id=vendor.organisation_id, state="approved", **package),
    )
    refused(shop.actor, insert(Package).values(organisation_id=shop.organisation_id, **package))


def test_a_package_is_made_of_its_own_vendor_s_products(parties, owner):
    with owner.connect() as connection:
        theirs = connection.execute(
            select(PackageItem.package_id, PackageItem.product_id).where(
                PackageItem.organisation_id == parties.vendor_b.organisation_id
            )
        ).one()
    vendor = parties.vendor_a
    with act_as(vendor.actor):
        mine = db.session.execute(select(PackageItem.package_id, PackageItem.product_id)).one()
    common = {"organisation_id": vendor.organisation_id, "position": 2, "quantity": 1}
    for package, product in ((theirs.package_id, mine.product_id), (mine.package_id, theirs.product_id)):
        refused(vendor.actor, insert(PackageItem).values(package_id=package, product_id=product, **common))
        refused(vendor.actor, update(PackageItem).values(package_id=package, product_id=product))


# --- organisations and people ---


def test_nobody_renames_or_renumbers_an_organisation_from_inside(parties, owner):
    """A vendor in the register keeps its name and number; a shop's number is fixed once it was verified."""
    vendor, shop = parties.vendor_a, parties.sme_a
    own = update(Organisation).where(Organisation.id == vendor.organisation_id)
    refused(vendor.actor, own.values(name="別の会社"))
    refused(vendor.actor, own.values(corporate_number="9000012050002"))
    refused(vendor.actor, own.values(standing="suspended"))
    with owner.begin() as connection:
        connection.execute(text("UPDATE organisation SET number_verified_at = now() WHERE kind = 'sme'"))
    own = update(Organisation).where(Organisation.id == shop.organisation_id)
    refused(shop.actor, own.values(corporate_number="9000012050002"))
    refused(shop.actor, own.values(number_verified_at=None))
    assert done(shop.actor, own.values(name="別の店")) == 1
    other = update(Organisation).where(Organisation.id == parties.sme_b.organisation_id)
    assert done(shop.actor, other.values(name="乗っ取り")) == 0


def test_nobody_lets_people_in_from_inside(parties):
    """Not even an owner: people come in by accepting an invitation. And the last owner stays."""
    for party in (parties.vendor_a, parties.sme_a):
        role = "vendor_viewer" if party.kind == "vendor" else "sme_member"
        stranger = {"organisation_id": party.organisation_id, "person_id": parties.vendor_b.person_id}
        refused(party.actor, insert(Membership).values(**stranger, role=role))
        assert done(party.actor, update(Membership).values(role=role)) == 0
        with act_as(party.actor):
            with pytest.raises(IntegrityError, match="last owner"):
                db.session.execute(text("DELETE FROM membership"))
            db.session.rollback()


def test_only_an_owner_touches_people_and_details(parties, owner):
    """Whatever the application takes somebody for, the database looks up who owns the organisation."""
    for party in (parties.vendor_a, parties.sme_a):
        role = "vendor_viewer" if party.kind == "vendor" else "sme_member"
        with owner.begin() as connection:
            new = {"organisation_id": party.organisation_id, "role": role, "id": uuid.uuid4()}
            person = connection.execute(
                insert(Person).values(name="見るだけ", email="v@example.jp").returning(Person.id)
            ).scalar_one()
            connection.execute(insert(Membership).values(**new, person_id=person))
        viewer = Actor(party.kind, party.organisation_id, person, frozenset({f"{party.kind}_owner"}))
        raised = {"organisation_id": party.organisation_id, "person_id": person, "role": f"{party.kind}_owner"}
        refused(viewer, insert(Membership).values(**raised))
        refused(viewer, text("DELETE FROM membership WHERE person_id <> :me").bindparams(me=person))
        refused(viewer, update(Organisation).where(Organisation.id == party.organisation_id).values(address="x"))
        letter = {"email": "x@example.jp", "roles": [role], "token_hash": "x", "inviter_name": "x"}
        refused(
            viewer,
            insert(Invitation).values(
                **letter, organisation_id=party.organisation_id, invited_by=person, expires_at=world.MOMENT
            ),
        )
        assert done(viewer, text("DELETE FROM membership WHERE person_id = :me").bindparams(me=person)) == 1


def test_an_invitation_is_seen_and_taken_by_whoever_holds_its_token(parties, owner):
    guest = Actor("sign_in", person_id=parties.vendor_b.person_id)
    row = {"organisation_id": parties.sme_a.organisation_id, "person_id": guest.person_id, "role": "sme_owner"}
    hold = text("SELECT set_config('app.invitation', 'secret2', true)")
    with owner.begin() as connection:
        taken_in_time = {"token_hash": hash_of("secret2"), "expires_at": clock.now() + timedelta(days=7)}
        connection.execute(update(Invitation).where(Invitation.token_hash == "token2").values(**taken_in_time))
    with act_as(guest):
        assert db.session.scalars(select(Invitation)).all() == []
        db.session.execute(hold)
        assert [each.token_hash for each in db.session.scalars(select(Invitation))] == [hash_of("secret2")]
        with pytest.raises(ProgrammingError, match=REFUSED):  # not taken yet
            db.session.execute(insert(Membership).values(**row))
        db.session.rollback()
        db.session.execute(hold)
        with pytest.raises(ProgrammingError, match=REFUSED):  # in somebody else's name
            db.session.execute(
                update(Invitation).values(accepted_at=world.MOMENT, accepted_by=parties.sme_b.person_id)
            )
        db.session.rollback()
        db.session.execute(hold)
        taken = update(Invitation).values(accepted_at=world.MOMENT, accepted_by=guest.person_id)
        assert db.session.execute(taken).rowcount == 1
        for wrong in (
            {"role": "sme_member"},
            {"person_id": parties.sme_b.person_id},
            {"organisation_id": parties.sme_b.organisation_id},
        ):
            with pytest.raises(ProgrammingError, match=REFUSED), db.session.begin_nested():
                db.session.execute(insert(Membership).values(**row | wrong))
        db.session.execute(insert(Membership).values(**row))
        db.session.rollback()


def test_only_the_first_person_of_an_organisation_founds_it(parties):
    guest = Actor("sign_in", person_id=parties.vendor_b.person_id)
    row = {"organisation_id": parties.sme_a.organisation_id, "person_id": guest.person_id, "role": "sme_owner"}
    refused(guest, insert(Membership).values(**row))


def test_who_looks_in_to_help_changes_nothing_in_any_table(parties, owner):
    # Jobs and the trail's own tables are nobody's rows: for those the read-only transaction below has to do.
    with owner.connect() as connection:
        walled = set(
            connection.scalars(
                text(
                    "SELECT relname FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relrowsecurity"
                    " AND relname !~ '^(procrastinate|audit)_' AND EXISTS (SELECT 1"
                    " FROM information_schema.role_table_grants g WHERE g.grantee = 'hojo_app'"
                    " AND g.table_name = c.relname AND g.privilege_type IN ('INSERT', 'DELETE'))"
                )
            )
        )
        refusing = set(
            connection.scalars(
                text(
                    "SELECT c.relname FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE NOT"
                    " p.polpermissive AND p.polname = c.relname || '_support_' || CASE p.polcmd WHEN 'a' THEN"
                    " 'insert' WHEN 'w' THEN 'update' ELSE 'delete' END GROUP BY 1 HAVING count(*) = 3"
                )
            )
        )
    assert walled
    assert walled <= refusing
    shop = parties.sme_a
    # By row-level security alone, without the read-only transaction.
    with db.engine.connect() as connection:
        for name, value in (
            ("audience", "sme"),
            ("organisation_id", shop.organisation_id),
            ("person_id", shop.person_id),
            ("support", uuid.uuid4()),
        ):
            connection.execute(text("SELECT set_config(:n, :v, true)"), {"n": f"app.{name}", "v": str(value)})
        assert connection.execute(update(ApplicantProfile).values(employees=1)).rowcount == 0
        with pytest.raises(ProgrammingError, match=REFUSED):
            connection.execute(
                insert(SupportView).values(
                    organisation_id=shop.organisation_id,
                    person_id=shop.person_id,
                    person_name="x",
                    reason="xxxxx",
                    expires_at=world.MOMENT,
                )
            )
        connection.rollback()
    # And by the transaction, which cannot be talked out of it.
    with act_as(replace(shop.actor, support=uuid.uuid4())):
        db.session.execute(text("SELECT 1"))
        for attempt in ("UPDATE audit_head SET hash = 'x'", "SET TRANSACTION READ WRITE"):
            with pytest.raises(DBAPIError, match=r"read-only|read-write"):
                db.session.execute(text(attempt))
            db.session.rollback()


@pytest.mark.parametrize(("kind", "role"), [("vendor", "vendor_owner"), ("sme", "sme_member")])
def test_registering_makes_a_business_and_oneself_its_owner_nothing_else(parties, kind, role):
    someone = Actor("sign_in", person_id=parties.sme_a.person_id)
    place = getattr(parties, f"{kind}_b").organisation_id
    refused(someone, insert(Membership).values(organisation_id=place, person_id=someone.person_id, role=role))
    other = {"organisation_id": parties.sme_b.organisation_id, "person_id": parties.vendor_a.person_id}
    refused(someone, insert(Membership).values(**other, role="sme_owner"))
    for foreign in ("vendor", "secretariat", "committee"):
        refused(SIGN_IN, insert(Organisation).values(kind=foreign, name="x"))


def test_sessions_are_seen_and_made_by_signing_in_alone(parties):
    shop = parties.sme_a
    with act_as(shop.actor):
        assert db.session.scalar(select(func.count()).select_from(SignInSession)) == 0
    refused(shop.actor, insert(SignInSession).values(token_hash="x", person_id=shop.person_id))


# --- what waits to be indexed ---


def test_the_public_and_vendors_leave_the_index_alone(parties):
    for actor in (PUBLIC, parties.vendor_a.actor, parties.sme_a.actor):
        refused(actor, insert(IndexChange).values(code="X", version=1, changed_at=world.MOMENT))
        assert done(actor, text("DELETE FROM index_change")) == 0


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TEMPORARY TABLE membership (id int)",
        "CREATE TABLE public.x (id int)",
        "CREATE FUNCTION public.x() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "SET session_replication_role = replica",
        "ALTER TABLE product NO FORCE ROW LEVEL SECURITY",
        "TRUNCATE audit_event",
        "COPY product TO PROGRAM 'true'",
    ],
)
def test_the_application_s_role_makes_nothing_that_outlives_its_transaction(services, statement):
    for actor in (PUBLIC, SYSTEM):
        with act_as(actor):
            with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
                db.session.execute(text(statement))
            db.session.rollback()
