"""More attacks with SQL of the application's role: other people's rows while signing in, notices to strangers, an
auditor who writes, and what of a vendor is nobody else's to read. Each was possible before migration narrower_walls.
"""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

import attacks
import pytest
import world
from attacks import done, past_the_walls
from sqlalchemy import Engine, delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from migrations import run
from tenants import jobs
from tenants.actor import PUBLIC, SIGN_IN, Actor
from tenants.db import act_as, db
from tenants.models import ExternalIdentity, IdentityFacts, Membership, MirasapoAccount, Organisation, Person
from tenants.notices.models import Notice, Posting
from tenants.public_vendors import PUBLIC_VENDOR

pytestmark = pytest.mark.security

WALL = "permission denied|row-level security"
refused = partial(attacks.refused, WALL)


# --- a vendor's row ---


def readers(parties: world.TwoOfEach) -> list[Actor]:
    return [
        PUBLIC,
        parties.vendor_b.actor,
        parties.sme_a.actor,
        Actor("committee", uuid.uuid4(), uuid.uuid4()),
    ]


def test_of_another_s_vendor_only_what_is_published_is_read(parties, owner):
    vendor = parties.vendor_a.organisation_id
    secret = {"telephone": "03-1111-2222", "representative": "秘密 太郎", "invoice_number": "T7000012050002"}
    past_the_walls(owner, update(Organisation).where(Organisation.id == vendor).values(address="1-1", **secret))
    for reader in readers(parties):
        with act_as(reader):
            assert db.session.scalar(select(func.count()).where(Organisation.id == vendor)) == 0
            seen = db.session.execute(select(PUBLIC_VENDOR).where(PUBLIC_VENDOR.c.id == vendor)).one()
            assert seen.address == "1-1"
            for column in secret:
                with pytest.raises(DBAPIError, match="does not exist"):
                    db.session.execute(text(f"SELECT {column} FROM public_vendor"))
                db.session.rollback()
    with act_as(parties.vendor_a.actor):
        assert db.session.get_one(Organisation, vendor).telephone == "03-1111-2222"
        db.session.rollback()


@pytest.mark.parametrize("standing", ["suspended", "revoked", "expired"])
def test_of_a_vendor_that_does_not_stand_its_name_is_left(parties, owner, standing):
    vendor = parties.vendor_a.organisation_id
    past_the_walls(
        owner, update(Organisation).where(Organisation.id == vendor).values(address="1-1", standing=standing)
    )
    with act_as(PUBLIC):
        seen = db.session.execute(select(PUBLIC_VENDOR).where(PUBLIC_VENDOR.c.id == vendor)).one()
        assert (seen.address, seen.standing) == ("", standing)


def test_who_only_applies_and_who_is_no_vendor_is_not_shown(parties, owner):
    past_the_walls(
        owner,
        update(Organisation)
        .where(Organisation.id == parties.vendor_a.organisation_id)
        .values(standing="applicant"),
    )
    with act_as(PUBLIC):
        shown = set(db.session.scalars(select(PUBLIC_VENDOR.c.id)))
    assert shown == {parties.vendor_b.organisation_id}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE public_vendor SET name = 'x'",
        "DELETE FROM public_vendor",
        "INSERT INTO public_vendor (name) VALUES ('x')",
    ],
)
def test_nobody_writes_through_the_view(parties, statement):
    for actor in (*readers(parties), parties.vendor_a.actor):
        refused(actor, text(statement))


def test_a_filter_that_tells_what_it_sees_is_not_told_of_hidden_rows(parties, owner):
    """The view filters before it asks what somebody wants to know (security_barrier)."""
    hidden = parties.vendor_a.organisation_id
    past_the_walls(
        owner, update(Organisation).where(Organisation.id == hidden).values(standing="applicant", name="0")
    )
    with act_as(PUBLIC):
        # Dividing by the hidden row's name would fail, were it asked.
        asked = text("SELECT count(*) FROM public_vendor WHERE 1 / (CASE name WHEN '0' THEN 0 ELSE 1 END) = 1")
        assert db.session.scalar(asked) == 1


# --- signing in ---


def proved(person_id: uuid.UUID) -> Any:
    return text("SELECT set_config('app.proved_person', :who, true)").bindparams(who=str(person_id))


def test_signing_in_writes_nobody_s_name_but_of_who_proved_to_be_here(parties):
    victim, me = parties.vendor_a.person_id, parties.sme_a.person_id
    theirs = update(Person).where(Person.id == victim).values(email="me@evil.example")
    for actor, before in ((SIGN_IN, ()), (SIGN_IN, (proved(me),)), (Actor("sign_in", person_id=me), ())):
        assert done(actor, theirs, *before) == 0
    assert done(SIGN_IN, theirs.values(email="new@example.jp"), proved(victim)) == 1
    for actor in (parties.vendor_a.actor, parties.sme_a.actor, PUBLIC):
        assert done(actor, theirs, proved(victim)) == 0


def test_an_identity_is_hung_on_nobody_else(parties, owner):
    victim, me = parties.vendor_a.person_id, parties.sme_a.person_id
    hung = insert(ExternalIdentity).values(provider="demo", subject="evil", person_id=victim)
    refused(SIGN_IN, hung)
    refused(SIGN_IN, hung, proved(me))
    past_the_walls(owner, insert(ExternalIdentity).values(provider="demo", subject="mine", person_id=me))
    moved = update(ExternalIdentity).where(ExternalIdentity.subject == "mine").values(person_id=victim)
    assert done(SIGN_IN, moved) == 0
    refused(SIGN_IN, moved, proved(me))
    taken = delete(ExternalIdentity).where(ExternalIdentity.subject == "mine")
    assert done(SIGN_IN, taken) == 0
    assert done(SIGN_IN, taken, proved(victim)) == 0
    assert done(SIGN_IN, taken, proved(me)) == 1


def test_nothing_is_vouched_for_somebody_who_is_not_here(parties, owner):
    past_the_walls(owner, delete(IdentityFacts), delete(MirasapoAccount))
    victim, me = parties.vendor_a.person_id, parties.sme_a.person_id
    facts = {"provider": "gbizid", "account_type": "prime", "verified_at": func.now()}
    vouched = insert(IdentityFacts).values(
        person_id=victim, name="", name_kana="", prefecture="", address="", **facts
    )
    account = insert(MirasapoAccount).values(
        person_id=victim, mirasapo_id="1234567890", recorded_at=func.now(), verified_at=func.now()
    )
    for statement in (vouched, account):
        refused(SIGN_IN, statement)
        refused(SIGN_IN, statement, proved(me))
        done(SIGN_IN, statement, proved(victim))


# --- telling ---


def a_notice(by: Actor, **to: Any) -> Any:
    words = {"template": "enquiry_asked", "facts": {}, "link": "/", "language": "ja"}
    return insert(Posting).values(**words | {"written_by": by.person_id} | to)


def test_a_notice_reaches_only_those_one_has_to_do_with(parties, owner):
    """Each shop of this world has an application with one vendor; the others are strangers."""
    vendor, shop = parties.vendor_a, parties.sme_a
    for one, other in ((vendor, shop), (shop, vendor)):
        done(one.actor, a_notice(one.actor, organisation_id=other.organisation_id))
        done(one.actor, a_notice(one.actor, organisation_id=one.organisation_id))
        done(one.actor, a_notice(one.actor, organisation_kind="secretariat"))
        refused(one.actor, a_notice(one.actor, organisation_kind="sme"))
    for stranger in (parties.sme_b, parties.vendor_b):
        refused(vendor.actor, a_notice(vendor.actor, organisation_id=stranger.organisation_id))
        refused(vendor.actor, a_notice(vendor.actor, person_id=stranger.person_id))
        refused(
            vendor.actor,
            a_notice(vendor.actor, person_id=stranger.person_id, organisation_id=vendor.organisation_id),
        )
    past_the_walls(owner, text("DELETE FROM enquiry"))
    past_the_walls(owner, text("DELETE FROM grant_application"))
    refused(vendor.actor, a_notice(vendor.actor, organisation_id=shop.organisation_id))


def test_who_signs_in_tells_the_organisations_they_belong_to(parties):
    me = Actor("sign_in", person_id=parties.vendor_a.person_id)
    done(me, a_notice(me, organisation_id=parties.vendor_a.organisation_id))
    refused(me, a_notice(me, organisation_id=parties.sme_a.organisation_id))
    refused(me, a_notice(me, person_id=parties.sme_a.person_id))
    refused(me, a_notice(me, person_id=parties.sme_a.person_id, template="invitation_accepted"))


def test_a_committee_member_tells_no_organisation(parties):
    member = Actor("committee", uuid.uuid4(), uuid.uuid4(), frozenset({"committee_member"}))
    refused(member, a_notice(member, organisation_id=parties.vendor_a.organisation_id))
    refused(member, a_notice(member, person_id=parties.vendor_a.person_id, template="scores_shown"))


def test_only_who_looks_after_people_tells_one_of_a_role(parties, owner):
    manager, stranger = parties.vendor_a, parties.sme_b
    of_a_role = a_notice(manager.actor, person_id=stranger.person_id, template="role_changed")
    past_the_walls(owner, update(Membership).values(role="vendor_viewer"))
    refused(manager.actor, of_a_role)


# --- an auditor ---


@pytest.fixture
def audits(services, organisation, actor_of) -> Actor:
    return actor_of(organisation("secretariat", name="事務局"), "secretariat_auditor")


def written_tables(owner: Engine) -> dict[str, set[str]]:
    """The tables behind walls, with the verbs the application's role has on them."""
    with owner.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT c.relname, v.verb FROM pg_class c, (VALUES ('INSERT'), ('UPDATE'), ('DELETE')) v (verb)"
                " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relrowsecurity"
                " AND (has_table_privilege('hojo_app', c.oid, v.verb)"
                " OR (v.verb <> 'DELETE' AND has_any_column_privilege('hojo_app', c.oid, v.verb)))"
            )
        ).all()
    found: dict[str, set[str]] = {}
    for table, verb in rows:
        found.setdefault(table, set()).add(verb)
    return found


def test_every_table_that_is_written_has_a_wall_against_auditors(owner):
    with owner.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT polrelid::regclass::text, upper(split_part(polname, '_auditor_', 2)), polpermissive, polroles"
                " = ARRAY['hojo_app'::regrole, 'hojo_office'::regrole]::oid[] FROM pg_policy"
                " WHERE polname LIKE '%\\_auditor\\_%'"
            )
        ).all()
    assert not any(row[2] for row in rows)
    assert all(row[3] for row in rows)
    held = {(table, verb) for table, verb, _, _ in rows}
    wanted = {(table, verb) for table, verbs in written_tables(owner).items() for verb in verbs}
    assert wanted - held == {("notice", verb) for table, verb in wanted if table == "notice"}


def test_whoever_only_audits_reads_all_and_writes_nothing(parties, audits, owner):
    """Every row of every table, as it stands: none is changed, and none goes."""
    for table, verbs in sorted(written_tables(owner).items()):
        if table == "notice":
            continue
        with owner.connect() as connection:
            column = connection.scalar(
                text(
                    "SELECT attname FROM pg_attribute WHERE attrelid = CAST(:t AS regclass) AND attnum > 0 AND NOT"
                    " attisdropped AND attidentity = '' AND has_column_privilege('hojo_office', attrelid, attnum, 'UPDATE') LIMIT 1"
                ),
                {"t": table},
            )
        with act_as(audits):
            if "UPDATE" in verbs:
                changed = db.session.execute(text(f"UPDATE {table} SET {column} = {column}"))
                assert changed.rowcount == 0, table
            if "DELETE" in verbs:
                but = " WHERE person_id <> :me" if table == "membership" else ""
                gone = db.session.execute(text(f"DELETE FROM {table}{but}"), {"me": audits.person_id})
                assert gone.rowcount == 0, table
            db.session.rollback()
    refused(audits, insert(Organisation).values(kind="sme", name="x"))
    refused(audits, a_notice(audits, organisation_id=parties.sme_a.organisation_id))
    with act_as(audits):
        with pytest.raises(Exception, match=r"ConnectorException|Database error"):
            jobs.enqueue("notices.deliver", posting_id=str(uuid.uuid4()))
        db.session.rollback()
        assert db.session.scalar(select(func.count()).select_from(Organisation)) >= 4


def test_what_is_an_auditor_s_own_is_theirs_to_do(audits, owner):
    note = {"template": "x", "category": "x", "facts": {}, "link": "/", "created_at": func.now()}
    past_the_walls(owner, insert(Notice).values(person_id=audits.person_id, **note))
    assert done(audits, update(Notice).values(read_at=func.now())) == 1
    assert done(audits, delete(Membership).where(Membership.person_id == audits.person_id)) == 1


@pytest.mark.parametrize("more", ["secretariat_reviewer", "secretariat_administrator"])
def test_who_audits_and_does_other_things_does_them(services, organisation, actor_of, more):
    both = actor_of(organisation("secretariat", name="事務局"), "secretariat_auditor", more)
    made = insert(Organisation).values(kind="sme", name="x", created_at=func.now(), version=1)
    done(both, made)


def test_a_table_that_comes_later_gets_its_wall_too(owner_url, owner, audits):
    """Said once for all tables after every change of the schema, not by each migration."""
    with owner.begin() as connection:
        connection.execute(text("CREATE TABLE later (organisation_id uuid)"))
        connection.execute(text("ALTER TABLE later ENABLE ROW LEVEL SECURITY"))
        connection.execute(text("CREATE POLICY later_all ON later TO hojo_app, hojo_office USING (true)"))
        connection.execute(text("GRANT SELECT, INSERT ON later TO hojo_app"))
    try:
        run.upgrade(owner_url)
        refused(audits, text("INSERT INTO later VALUES (NULL)"))
    finally:
        with owner.begin() as connection:
            connection.execute(text("DROP TABLE later"))
