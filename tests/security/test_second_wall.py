"""An attacker with SQL of the application's role, as each audience: what no use case gives them, the database refuses.

Each attack here was possible before migration second_wall. Time counts as it does in production: no event and no
submission of any other hour than this one.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import world
from procrastinate.exceptions import ConnectorException
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from catalogue.lifecycle import LISTING
from catalogue.models import LivePublication, Package, PackageItem, Product
from marketplace.applications.lifecycle import APPLICATION
from marketplace.models import GrantApplication
from marketplace.registration.committee_models import CommitteeAssignment, CommitteeScore, CommitteeTurn
from marketplace.registration.models import RegistrationPaper, VendorRegistration
from tenants import clock, jobs
from tenants.actor import SIGN_IN, SYSTEM, Actor
from tenants.audit import AuditEvent
from tenants.db import act_as, db
from tenants.file_models import StoredFile
from tenants.invitations import hash_of
from tenants.member_models import Invitation
from tenants.models import IdentityFacts, Membership, Organisation, Person
from tenants.notices.models import Posting
from tenants.wall_models import AskableJob, WorkflowMove

pytestmark = pytest.mark.security

REFUSED = (
    "permission denied|row-level security|step|to write|written|handed in|begins|not for the org|of the rules"
)


@pytest.fixture
def parties(services, owner) -> Iterator[world.TwoOfEach]:
    made = world.fill(owner)
    with owner.begin() as connection:
        connection.execute(text("UPDATE audit_head SET any_time = false"))
    yield made
    with owner.begin() as connection:
        connection.execute(text("UPDATE audit_head SET any_time = true"))


def refused(actor: Actor, statement: Any) -> None:
    with act_as(actor):
        with pytest.raises(DBAPIError, match=REFUSED):
            db.session.execute(statement)
        db.session.rollback()


def done(actor: Actor, statement: Any) -> int:
    with act_as(actor):
        touched = db.session.execute(statement).rowcount
        db.session.commit()
    return int(touched)


def past_the_walls(owner: Any, statement: Any) -> None:
    with owner.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(statement)


# --- the trail ---


def told(**facts: Any) -> Any:
    known = {
        "at": clock.now().isoformat(),
        "name": "vendor_suspended",
        "actor_name": "x",
        "subject_kind": "organisation",
        "subject_id": "1",
    }
    return text("SELECT append_audit(CAST(:events AS jsonb))").bindparams(events=json.dumps([known | facts]))


def test_nobody_tells_an_event_of_another_organisation(parties):
    other = str(parties.vendor_b.organisation_id)
    for actor in (parties.vendor_a.actor, parties.sme_a.actor, Actor("committee", uuid.uuid4(), uuid.uuid4())):
        refused(actor, told(organisation_id=other))
        done(actor, told())
    refused(Actor("sign_in", person_id=parties.sme_a.person_id), told(organisation_id=other))
    refused(SIGN_IN, told(organisation_id=other, subject_kind="person", subject_id=str(parties.sme_a.person_id)))
    done(parties.vendor_a.actor, told(organisation_id=str(parties.vendor_a.organisation_id)))
    done(SYSTEM, told(organisation_id=other))


def test_both_sides_of_an_application_hear_of_it_and_nobody_else(parties, owner):
    with owner.connect() as connection:
        whose = select(GrantApplication.id).where(GrantApplication.sme_id == parties.sme_a.organisation_id)
        matter = {"subject_kind": "application", "subject_id": str(connection.scalar(whose))}
    done(parties.vendor_a.actor, told(organisation_id=str(parties.sme_a.organisation_id), **matter))
    done(parties.sme_a.actor, told(organisation_id=str(parties.vendor_a.organisation_id), **matter))
    refused(parties.vendor_a.actor, told(organisation_id=str(parties.sme_b.organisation_id), **matter))
    refused(parties.vendor_b.actor, told(organisation_id=str(parties.sme_a.organisation_id), **matter))


def test_signing_in_and_out_is_told_to_the_organisation_one_belongs_to(parties, owner):
    me = {"subject_kind": "person", "subject_id": str(parties.vendor_a.person_id)}
    own = str(parties.vendor_a.organisation_id)
    done(SIGN_IN, told(organisation_id=own, **me))
    past_the_walls(owner, text("DELETE FROM membership"))
    # Who was removed meanwhile still signs out of the session they had there.
    done(SIGN_IN, told(organisation_id=own, **me))
    refused(SIGN_IN, told(organisation_id=str(parties.vendor_b.organisation_id), **me))


@pytest.mark.parametrize("away", [timedelta(days=-400), timedelta(hours=-2), timedelta(minutes=30)])
def test_nobody_chooses_when_it_happened(parties, away):
    for actor in (parties.vendor_a.actor, Actor("secretariat", uuid.uuid4(), uuid.uuid4()), SYSTEM):
        refused(actor, told(at=(clock.now() + away).isoformat()))


def test_a_request_that_took_its_time_is_told_with_its_arrival(parties, owner):
    arrived = clock.now() - timedelta(minutes=20)
    done(parties.vendor_a.actor, told(at=arrived.isoformat(), subject_id="slow"))
    with owner.connect() as connection:
        assert connection.scalar(select(AuditEvent.at).where(AuditEvent.subject_id == "slow")) == arrived


def test_the_application_cannot_free_the_time(parties):
    refused(SYSTEM, text("UPDATE audit_head SET any_time = true"))


# --- jobs ---


def not_to_be_asked_for(task: str, **arguments: str) -> None:
    with pytest.raises(ConnectorException) as raised:
        jobs.enqueue(task, **arguments)
    assert "askable_job" in str(raised.value.__cause__)
    db.session.rollback()


def test_only_what_is_asked_for_can_be_asked_for(parties):
    for actor in (parties.vendor_a.actor, SIGN_IN, Actor("secretariat", uuid.uuid4(), uuid.uuid4())):
        with act_as(actor):
            for task in ("search.rebuild", "backup", "notices.Deliver"):
                not_to_be_asked_for(task)
            jobs.enqueue("notices.deliver", posting_id=str(uuid.uuid4()))
            db.session.rollback()
            not_to_be_asked_for("notices.deliver", posting_id="x" * 2000)
    with act_as(SYSTEM):
        jobs.enqueue("search.rebuild")
        db.session.rollback()
    later = (
        "SELECT procrastinate_defer_jobs_v1(ARRAY[('default', 'notices.send', {priority}, NULL, NULL, '{{}}', {when})"
        "::procrastinate_job_to_defer_v1])"
    )
    refused(parties.vendor_a.actor, text(later.format(priority=9, when="NULL")))
    refused(parties.vendor_a.actor, text(later.format(priority=0, when="now() + interval '9 years'")))


def test_every_job_that_the_code_asks_for_is_one_that_may_be_asked_for(owner):
    root = Path(__file__).parents[2]
    sources = [
        p.read_text() for f in ("tenants", "catalogue", "marketplace", "web") for p in (root / f).rglob("*.py")
    ]
    asked = {name for source in sources for name in re.findall(r"enqueue\(\s*([A-Z_]+)\b", source)}
    assert asked
    named = {
        value
        for source in sources
        for name, value in re.findall(r"^([A-Z_]+)(?:: Final)? = \"([a-z_.]+)\"$", source, re.MULTILINE)
        if name in asked and "." in value
    }
    with owner.connect() as connection:
        assert named == set(connection.scalars(select(AskableJob.task)))


# --- life cycles ---


def test_the_steps_of_organisations_are_those_of_the_tables_in_code(owner):
    with owner.connect() as connection:
        known = {tuple(row) for row in connection.execute(select(WorkflowMove.__table__))}
    assert known == {
        (workflow.name, step.audience, source, step.target)
        for workflow in (LISTING, APPLICATION)
        for step in workflow.steps
        if step.audience != "secretariat"
        for source in step.sources
    }


@pytest.mark.parametrize("model", [Product, Package])
def test_what_was_handed_in_is_not_written_over(parties, owner, model):
    past_the_walls(owner, update(model).values(state="submitted"))
    vendor = parties.vendor_a.actor
    refused(vendor, update(model).values(name="別のもの"))
    refused(vendor, update(model).values(state="submitted", description="x"))
    assert done(vendor, update(model).values(state="draft")) == 1
    refused(vendor, update(model).values(state="submitted", submitted_at=clock.now() - timedelta(days=30)))
    refused(vendor, update(model).values(decided_at=clock.now()))
    refused(vendor, update(model).values(return_reason="事務局が言いました"))
    refused(vendor, update(model).values(submitted_at=clock.now()))
    assert done(vendor, update(model).values(state="submitted", submitted_at=clock.now())) == 1


def test_a_listing_comes_without_a_past(parties):
    whose = {"organisation_id": parties.vendor_a.organisation_id, "state": "draft"}
    package = {"code": "NEW", "name": "x", "industries": ["all"], "cloud_months": 0, "description": ""}
    refused(parties.vendor_a.actor, insert(Package).values(**whose, **package, submitted_at=world.MOMENT))
    refused(parties.vendor_a.actor, insert(Package).values(**whose, **package, decided_at=world.MOMENT))


def test_a_package_is_put_together_in_its_draft_by_a_vendor_that_stands(parties, owner):
    vendor = parties.vendor_a
    more = update(PackageItem).values(quantity=9)
    past_the_walls(owner, update(Package).values(state="draft"))
    assert done(vendor.actor, more) == 1
    past_the_walls(owner, update(Package).values(state="submitted"))
    assert done(vendor.actor, more) == 0
    assert done(vendor.actor, text("DELETE FROM package_item")) == 0
    past_the_walls(owner, update(Package).values(state="draft"))
    past_the_walls(owner, update(Organisation).where(Organisation.kind == "vendor").values(standing="suspended"))
    assert done(vendor.actor, more) == 0
    assert done(vendor.actor, text("DELETE FROM package_item")) == 0
    with act_as(vendor.actor):
        held = db.session.execute(select(PackageItem.package_id, PackageItem.product_id)).one()
    past_the_walls(owner, text("DELETE FROM package_item"))
    row = {"package_id": held.package_id, "product_id": held.product_id, "position": 0, "quantity": 1}
    refused(vendor.actor, insert(PackageItem).values(organisation_id=vendor.organisation_id, **row))


# --- applications ---


def an_application(parties: world.TwoOfEach, publication: uuid.UUID) -> Any:
    with act_as(parties.sme_a.actor):
        known = db.session.scalars(select(GrantApplication)).one()
        db.session.expunge_all()
    kept = {
        c.name: getattr(known, c.name)
        for c in GrantApplication.__table__.columns
        if c.name not in ("id", "number", "created_at", "updated_at")
    }
    return insert(GrantApplication).values(**kept | {"round_id": "other", "publication_id": publication})


def test_only_what_the_public_sees_now_can_be_applied_for(parties, owner):
    live = select(LivePublication.publication_id).where(
        LivePublication.organisation_id == parties.vendor_a.organisation_id
    )
    with owner.connect() as connection:
        publication = connection.scalar(live)
    assert publication is not None
    done(parties.sme_a.actor, an_application(parties, publication))
    past_the_walls(owner, text("DELETE FROM grant_application WHERE round_id = 'other'"))
    past_the_walls(owner, text("DELETE FROM live_publication"))
    refused(parties.sme_a.actor, an_application(parties, publication))


def test_nobody_chooses_when_an_application_was_handed_in(parties, owner):
    agreed = {"confirmed_hash": "x", "confirmed_at": world.MOMENT, "confirmed_by": parties.sme_a.person_id}
    past_the_walls(owner, update(GrantApplication).values(state="confirmed", **agreed))
    vendor = parties.vendor_a.actor
    long_ago = clock.now() - timedelta(days=3)
    refused(vendor, update(GrantApplication).values(state="submitted", submitted_at=long_ago))
    refused(vendor, update(GrantApplication).values(submitted_at=clock.now()))
    assert done(vendor, update(GrantApplication).values(state="submitted", submitted_at=clock.now())) == 1
    # And nobody takes it out of the secretariat's hands again.
    for actor, state in (
        (vendor, "prepared"),
        (parties.sme_a.actor, "withdrawn"),
        (parties.sme_a.actor, "accepted"),
    ):
        refused(actor, update(GrantApplication).values(state=state))


def test_only_the_vendor_s_own_step_writes_what_it_prepared(parties, owner):
    past_the_walls(owner, update(GrantApplication).values(state="prepared"))
    words = {"purpose": "x"}
    refused(parties.sme_a.actor, update(GrantApplication).values(state="accepted", prepared=words))
    assert done(parties.vendor_a.actor, update(GrantApplication).values(state="prepared", prepared=words)) == 1


# --- a vendor's registration ---


@pytest.fixture
def registration(parties, owner) -> VendorRegistration:
    """Vendor A's draft, with its paper."""
    draft = {"state": "draft", "submitted_at": None, "submitted_copy": None, "content": {"company": {"a": "1"}}}
    past_the_walls(owner, update(VendorRegistration).values(**draft, paper=False, paper_received_on=None))
    with act_as(parties.vendor_a.actor):
        row = db.session.scalars(select(VendorRegistration)).one()
        db.session.expunge_all()
    return row


def handed_in(parties: world.TwoOfEach, row: VendorRegistration, **other: Any) -> dict[str, Any]:
    """The copy as the service makes it."""
    with act_as(parties.vendor_a.actor):
        vendor = db.session.get_one(Organisation, row.organisation_id)
        papers = db.session.execute(
            select(RegistrationPaper, StoredFile)
            .join(StoredFile, StoredFile.id == RegistrationPaper.file_id)
            .where(RegistrationPaper.registration_id == row.id, RegistrationPaper.removed_at.is_(None))
        ).all()
        db.session.expunge_all()
    assert papers
    names = ("name", "corporate_number", "prefecture", "address")
    return {
        "registration": row.number,
        "form_version": row.form_version,
        "round": row.round_id,
        "fiscal_year": row.fiscal_year,
        "received_on": None,
        "vendor": {name: getattr(vendor, name) for name in names},
        "content": row.content,
        "declarations": row.declarations,
        "papers": [
            {
                "paper_id": str(paper.id),
                "file_id": str(file.id),
                "kind": paper.kind,
                "name": file.name,
                "sha256": file.sha256,
                "size": file.size,
            }
            for paper, file in papers
        ],
    } | other


def hand_in(copy: dict[str, Any] | None, **other: Any) -> Any:
    values = {"state": "submitted", "submitted_at": clock.now(), "submitted_copy": copy} | other
    return update(VendorRegistration).values(**values)


def test_a_vendor_hands_in_what_lies_there_when_it_does(parties, registration):
    vendor, copy = parties.vendor_a.actor, handed_in(parties, registration)
    refused(vendor, hand_in(copy, submitted_at=clock.now() - timedelta(days=9)))
    refused(vendor, hand_in({}))
    for part, other in (
        ("content", {"company": {"a": "2"}}),
        ("declarations", [{"code": "x"}]),
        ("registration", 1),
        ("round", "another"),
        ("fiscal_year", 1999),
        ("vendor", copy["vendor"] | {"name": "別の会社"}),
        ("papers", []),
        ("papers", [copy["papers"][0] | {"sha256": "f" * 64}]),
    ):
        refused(vendor, hand_in(copy | {part: other}))
    assert done(vendor, hand_in(copy)) == 1
    # Then it stays: also when it is taken back.
    refused(vendor, hand_in(copy, state="withdrawn", submitted_at=clock.now()))
    refused(vendor, hand_in(copy | {"content": {}}, state="withdrawn"))
    assert done(vendor, update(VendorRegistration).values(state="withdrawn")) == 1


def test_a_vendor_writes_no_submission_into_its_draft(parties, registration):
    copy = handed_in(parties, registration)
    refused(parties.vendor_a.actor, hand_in(copy, state="draft"))


def test_a_returned_registration_stays_in_its_round(parties, registration, owner):
    returned = {"state": "returned", "returned": {}, "corrections_due_at": world.MOMENT}
    past_the_walls(owner, update(VendorRegistration).values(**returned))
    for column, value in (("round_id", "next"), ("fiscal_year", 2030), ("form_version", "9")):
        refused(parties.vendor_a.actor, update(VendorRegistration).values({column: value}))


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
        with pytest.raises(DBAPIError, match=REFUSED):
            db.session.execute(take(invited, **bent))
        db.session.rollback()


def test_an_invitation_that_has_run_out_is_not_taken(parties, invited, owner):
    past_the_walls(owner, update(Invitation).values(expires_at=clock.now() - timedelta(minutes=2)))
    with act_as(invited):
        db.session.execute(show(SECRET))
        with pytest.raises(DBAPIError, match=REFUSED):
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


# --- telling ---


def test_nobody_mails_strangers_in_the_site_s_name(parties, owner):
    common = {"facts": {}, "link": "/", "language": "ja"}
    mail = {"template": "listing_published", "address": "victim@example.jp"}
    for party in (parties.vendor_a, parties.sme_a):
        refused(party.actor, insert(Posting).values(**common, **mail, written_by=party.person_id))
    owner_letter = {
        "template": "invitation",
        "address": "new@example.jp",
        "written_by": parties.vendor_a.person_id,
    }
    done(parties.vendor_a.actor, insert(Posting).values(**common, **owner_letter))
    past_the_walls(owner, update(Membership).where(Membership.role == "vendor_owner").values(role="vendor_viewer"))
    refused(parties.vendor_a.actor, insert(Posting).values(**common, **owner_letter))
    nowhere = Actor("public", person_id=parties.sme_a.person_id)
    own = {"template": "x", "written_by": nowhere.person_id}
    refused(nowhere, insert(Posting).values(**common, **own, organisation_id=parties.sme_b.organisation_id))
    done(nowhere, insert(Posting).values(**common, **own, person_id=nowhere.person_id))


# --- the committee ---


@pytest.mark.parametrize(("criterion", "points"), [("support", 99), ("support", 0), ("made_up", 3)])
def test_a_mark_is_one_of_the_rules(parties, owner, criterion, points):
    person = uuid.uuid4()
    rules = {"scale": [1, 2, 3, 4, 5], "criteria": [{"code": "support"}]}
    with owner.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(update(CommitteeTurn).values(rules=rules, waiting=1, opened_at=None))
        turn = connection.execute(select(CommitteeTurn.id, CommitteeTurn.registration_id).limit(1)).one()
        connection.execute(insert(Person).values(id=person, name="委員", email="c@example.jp"))
        assignment = connection.execute(
            insert(CommitteeAssignment)
            .values(
                turn_id=turn.id,
                registration_id=turn.registration_id,
                registration_number=300001,
                person_id=person,
                person_name="委員",
                parties=[],
                declared="none",
            )
            .returning(CommitteeAssignment.id)
        ).scalar_one()
    member = Actor("committee", uuid.uuid4(), person, frozenset({"committee_member"}))
    mark = {"assignment_id": assignment, "turn_id": turn.id, "person_id": person}
    refused(member, insert(CommitteeScore).values(**mark, criterion=criterion, points=points))
    done(member, insert(CommitteeScore).values(**mark, criterion="support", points=5))
    refused(member, update(CommitteeScore).where(CommitteeScore.person_id == person).values(points=points * 100))
    with act_as(member):
        assert db.session.scalar(select(func.count()).select_from(CommitteeScore)) == 1
