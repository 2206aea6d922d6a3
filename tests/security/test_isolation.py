"""The second wall: what the database itself lets an organisation see and do, whatever the code above asks for."""

from __future__ import annotations

import uuid
from collections import Counter
from contextlib import suppress

import pytest
import world
from everything import OWNING_COLUMNS, owned_tables, seen_by
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import ProgrammingError

from catalogue import listing_queries
from catalogue.models import Package, Product, Publication, UploadedFile
from marketplace.applications import queries as applications
from marketplace.applications.queries import OWN_APPLICATION_COUNT
from marketplace.models import ApplicantProfile, ApplicationFigures, GrantApplication
from tenants import audit_queries
from tenants.actor import PUBLIC, SIGN_IN, SYSTEM, Actor
from tenants.db import act_as, db
from tenants.models import (
    ExternalIdentity,
    IdentityFacts,
    Membership,
    MirasapoAccount,
    Organisation,
    Person,
    SignInSession,
)

pytestmark = pytest.mark.security

# What everybody may see of somebody: the public site is made from these.
PUBLIC_TABLES = {"publication", "live_publication", "withdrawal"}
# No organisation's rows, and nothing about anybody: the chain's end.
SHARED_TABLES = {"audit_head", "alembic_version"}
REFUSED = "row-level security|permission denied|append-only|accepting an invitation|only an owner|not for the org"


def owners_of(row: dict[str, object]) -> set[object]:
    return {row[column] for column in OWNING_COLUMNS if row.get(column) is not None}


# --- what the catalogue of the database says: more in test_catalog.py ---


def test_every_other_table_is_known_to_hold_nothing_of_anybody(owner):
    with owner.connect() as connection:
        open_tables = set(
            connection.scalars(
                text(
                    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
                    " AND relkind IN ('r', 'p') AND NOT relrowsecurity"
                )
            )
        )
    assert open_tables <= SHARED_TABLES


# --- what a query sees ---


def test_the_fixture_fills_every_table_that_belongs_to_somebody(parties, owner):
    with owner.connect() as connection:
        for table in owned_tables(owner):
            assert connection.scalar(text(f"SELECT count(*) FROM {table}")), f"no rows in {table}: extend world.py"


def test_a_transaction_that_says_nothing_sees_nothing_private(parties, owner, settings):
    """Not even through Session: a bare connection of the application's role."""
    with db.engine.connect() as connection:
        for table in sorted(owned_tables(owner) - PUBLIC_TABLES):
            assert connection.execute(text(f"SELECT * FROM {table}")).all() == [], table
        assert connection.execute(text("SELECT * FROM person")).all() == []
        assert connection.execute(text("SELECT * FROM organisation")).all() == []
        assert connection.execute(text("SELECT name FROM public_vendor")).all()


def test_the_public_sees_publications_and_vendors_only(parties, owner):
    for table in sorted(owned_tables(owner) - PUBLIC_TABLES):
        assert seen_by(PUBLIC, table) == [], table
    for table in PUBLIC_TABLES:
        assert seen_by(PUBLIC, table), table
    assert seen_by(PUBLIC, "organisation") == []
    assert {row["id"] for row in seen_by(PUBLIC, "public_vendor")} == {
        parties.vendor_a.organisation_id,
        parties.vendor_b.organisation_id,
    }
    assert seen_by(PUBLIC, "person") == []


@pytest.mark.parametrize("mine", ["vendor_a", "vendor_b", "sme_a", "sme_b"])
def test_an_organisation_sees_its_own_rows_and_nobody_else_s(parties, owner, mine):
    me = getattr(parties, mine)
    own = {me.organisation_id, me.person_id}
    # What the other side of an enquiry attached is for both to open.
    attached = {row["file_id"] for row in seen_by(me.actor, "enquiry_attachment")}
    for table in sorted(owned_tables(owner) - PUBLIC_TABLES):
        for row in seen_by(me.actor, table):
            sent = table == "stored_file" and row["id"] in attached
            assert owners_of(row) & own or sent, f"{mine} sees {row} in {table}"
    assert {row["id"] for row in seen_by(me.actor, "person")} == {me.person_id}
    assert {row["id"] for row in seen_by(me.actor, "organisation") if row["kind"] == "sme"} <= {me.organisation_id}


@pytest.mark.parametrize(
    ("mine", "tables"),
    [
        (
            "vendor_a",
            {"product", "package", "package_item", "grant_application", "application_step", "audit_event"},
        ),
        ("sme_a", {"applicant_profile", "application_figures", "grant_application", "application_step"}),
    ],
)
def test_an_organisation_does_see_what_is_its_own(parties, mine, tables):
    for table in tables:
        assert len(seen_by(getattr(parties, mine).actor, table)) == 1, table


@pytest.mark.parametrize("table", ["applicant_profile", "application_figures"])
def test_a_vendor_never_reads_a_shop_s_figures_not_even_its_customer_s(parties, table):
    assert seen_by(parties.vendor_a.actor, table) == []
    assert len(seen_by(parties.sme_a.actor, table)) == 1


@pytest.mark.parametrize("table", ["shortlist_entry"])
def test_a_vendor_never_reads_what_a_shop_notes(parties, table):
    assert seen_by(parties.vendor_a.actor, table) == []
    assert len(seen_by(parties.sme_a.actor, table)) == 1


@pytest.mark.parametrize("table", ["enquiry", "enquiry_message", "enquiry_attachment", "quote"])
def test_an_enquiry_and_its_quotes_are_between_two(parties, table):
    for mine in ("vendor_a", "sme_a"):
        [row] = seen_by(getattr(parties, mine).actor, table)
        assert (row["sme_id"], row["vendor_id"]) == (
            parties.sme_a.organisation_id,
            parties.vendor_a.organisation_id,
        )


@pytest.mark.parametrize("table", ["product", "package", "package_item", "publication_minimum"])
def test_a_shop_sees_no_drafts(parties, table):
    assert seen_by(parties.sme_a.actor, table) == []


@pytest.mark.parametrize("mine", ["vendor_a", "vendor_b", "sme_a", "sme_b"])
def test_an_organisation_is_told_the_number_of_its_own_applications_only(parties, mine):
    me = getattr(parties, mine)
    states = Counter(row["state"] for row in seen_by(me.actor, "grant_application"))
    assert seen_by(me.actor, "own_application_count") == [
        {"organisation_id": me.organisation_id, "state": state, "number": number}
        for state, number in states.items()
    ]
    assert states.total() == 1


def test_nobody_else_is_told_a_number_of_applications(parties):
    posing = Actor("sme", parties.vendor_a.organisation_id, parties.vendor_a.person_id, frozenset())
    in_between = Actor(
        "committee", parties.vendor_a.organisation_id, uuid.uuid4(), frozenset({"committee_member"})
    )
    for reader in (PUBLIC, SIGN_IN, posing, in_between, SYSTEM):
        assert seen_by(reader, "own_application_count") == []
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT * FROM own_application_count")).all() == []


def test_a_setting_of_another_organisation_shows_its_reader_nothing(parties):
    """The services' own scope does not rest on what the database was told."""
    other = {"other": str(parties.vendor_b.organisation_id)}
    with act_as(parties.vendor_a.actor):
        assert listing_queries.own("product").total > 0
        assert audit_queries.own_names()
        assert applications.applications(page=2).counts
        db.session.execute(text("SELECT set_config('app.organisation_id', :other, true)"), other)
        assert db.session.scalars(select(Product.organisation_id)).first() == parties.vendor_b.organisation_id
        assert listing_queries.own("product").total == 0
        assert audit_queries.own_names() == []
        assert db.session.scalars(select(OWN_APPLICATION_COUNT.c.number)).all() == [1]
        assert applications.applications(page=2).counts == {}


def test_another_person_of_the_same_organisation_does_not_read_an_upload(parties):
    colleague = Actor("vendor", parties.vendor_a.organisation_id, uuid.uuid4(), frozenset({"vendor_owner"}))
    assert seen_by(parties.vendor_a.actor, "uploaded_file")
    assert seen_by(colleague, "uploaded_file") == []


def test_the_committee_sees_nothing_that_was_not_given_to_it(parties, owner):
    member = Actor("committee", uuid.uuid4(), uuid.uuid4(), frozenset({"committee_member"}))
    for table in sorted(owned_tables(owner) - PUBLIC_TABLES):
        assert seen_by(member, table) == [], table


def test_the_secretariat_sees_all_but_sessions_identities_and_uploads(parties, owner):
    office = Actor("secretariat", uuid.uuid4(), uuid.uuid4(), frozenset({"secretariat_reviewer"}))
    hidden = {"sign_in_session", "external_identity", "uploaded_file"}
    hidden |= {"notice_posting", "notice", "notice_preference"}
    # What a business notes, asks and is offered: to help, the secretariat looks in as the organisation.
    hidden |= {"shortlist_entry", "saved_search", "enquiry", "enquiry_message", "enquiry_attachment", "quote"}
    for table in sorted(owned_tables(owner)):
        assert bool(seen_by(office, table)) == (table not in hidden), table


# --- what a write may do ---


def attempts(parties: world.TwoOfEach):
    """Writes of vendor A (and a shop) into what is not theirs."""
    a, b, shop = parties.vendor_a, parties.vendor_b, parties.sme_a
    product = {
        "code": "X",
        "name": "x",
        "functions": [],
        "cost_kind": "software",
        "billing_period": "once",
        "billing_unit": "式",
        "standard_price_yen": 1,
        "minimum_price_yen": 1,
    }
    yield a.actor, insert(Product).values(organisation_id=b.organisation_id, **product)
    yield (
        a.actor,
        insert(Membership).values(organisation_id=b.organisation_id, person_id=a.person_id, role="vendor_owner"),
    )
    yield a.actor, insert(Organisation).values(kind="vendor", name="x")
    yield (
        a.actor,
        insert(UploadedFile).values(
            upload_id=uuid.uuid4(),
            part="products",
            organisation_id=b.organisation_id,
            person_id=a.person_id,
            name="x",
            content=b"",
            expires_at=world.MOMENT,
        ),
    )
    yield (
        a.actor,
        insert(Publication).values(
            kind="package",
            code="X",
            vendor_number="1",
            organisation_id=a.organisation_id,
            listing_id=uuid.uuid4(),
            listing_version=1,
            content={},
            content_hash="",
        ),
    )
    yield a.actor, update(Product).values(organisation_id=b.organisation_id)
    yield (
        a.actor,
        insert(ApplicationFigures).values(
            application_id=uuid.uuid4(), organisation_id=shop.organisation_id, content={}
        ),
    )
    yield (
        a.actor,
        update(GrantApplication).values(sme_id=parties.sme_b.organisation_id, vendor_id=b.organisation_id),
    )
    yield (
        shop.actor,
        insert(ApplicantProfile).values(
            organisation_id=parties.sme_b.organisation_id,
            kind="company",
            jsic="7620",
            employees=1,
            answers={},
            eligibility={},
            rules_version="1",
            checked_on=world.MOMENT.date(),
        ),
    )
    yield shop.actor, insert(Product).values(organisation_id=a.organisation_id, **product)
    yield PUBLIC, insert(Person).values(name="x", email="x")
    yield PUBLIC, insert(Organisation).values(kind="sme", name="x")
    yield SIGN_IN, insert(Product).values(organisation_id=a.organisation_id, **product)
    yield shop.actor, insert(SignInSession).values(token_hash="x", person_id=parties.sme_b.person_id)
    verified = {"verified_at": world.MOMENT}
    yield (
        shop.actor,
        insert(IdentityFacts).values(person_id=shop.person_id, provider="x", account_type="prime", **verified),
    )
    yield (
        shop.actor,
        insert(MirasapoAccount).values(person_id=parties.sme_b.person_id, mirasapo_id="not-mine"),
    )
    yield shop.actor, update(MirasapoAccount).values(**verified)
    yield (
        shop.actor,
        insert(ExternalIdentity).values(provider="test", subject="mine too", person_id=shop.person_id),
    )


def test_writes_into_another_organisation_are_refused(parties):
    for actor, statement in attempts(parties):
        with act_as(actor):
            with pytest.raises(ProgrammingError, match=REFUSED):
                db.session.execute(statement)
            db.session.rollback()


def test_changing_or_deleting_another_s_rows_touches_none(parties):
    b = parties.vendor_b
    for statement in (
        update(Product).where(Product.organisation_id == b.organisation_id).values(name="乗っ取り"),
        update(Package).where(Package.organisation_id == b.organisation_id).values(name="乗っ取り"),
        update(Organisation).where(Organisation.id == b.organisation_id).values(name="乗っ取り"),
        update(Person).where(Person.id == b.person_id).values(email="x"),
        update(GrantApplication).where(GrantApplication.vendor_id == b.organisation_id).values(state="submitted"),
    ):
        with act_as(parties.vendor_a.actor):
            assert db.session.execute(statement).rowcount == 0
            db.session.rollback()
    with act_as(parties.vendor_a.actor):
        deleted = db.session.execute(
            text("DELETE FROM membership WHERE organisation_id = :o"), {"o": b.organisation_id}
        )
        assert deleted.rowcount == 0


def test_an_organisation_cannot_call_itself_the_secretariat(parties, owner):
    """Refused, or without effect: what it is and which roles it gives stay as they were."""

    def known() -> list[object]:
        with owner.connect() as connection:
            query = "SELECT o.id, o.kind, m.role FROM organisation o JOIN membership m ON m.organisation_id = o.id"
            return list(connection.execute(text(f"{query} ORDER BY o.id")))

    before = known()
    me = parties.vendor_a
    for statement in (
        update(Organisation).where(Organisation.id == me.organisation_id).values(kind="secretariat"),
        insert(Membership).values(
            organisation_id=me.organisation_id, person_id=me.person_id, role="secretariat_administrator"
        ),
        update(Membership).values(role="committee_member"),
    ):
        with act_as(me.actor):
            with suppress(ProgrammingError):
                db.session.execute(statement)
                db.session.commit()
            db.session.rollback()
    assert known() == before
