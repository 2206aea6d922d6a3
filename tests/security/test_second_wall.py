"""An attacker with SQL of the application's role, as each audience: what no use case gives them, the database refuses.

Each attack here was possible before migration second_wall. Time counts as it does in production: no event and no
submission of any other hour than this one.
"""

from __future__ import annotations

import json
import re
import uuid
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import attacks
import pytest
import world
from attacks import SECOND_WALL as WALL
from attacks import done, past_the_walls
from procrastinate.exceptions import ConnectorException
from sqlalchemy import insert, select, text, update

from catalogue.lifecycle import LISTING
from catalogue.models import LivePublication, Package, PackageItem, Product
from marketplace.applications.lifecycle import APPLICATION
from marketplace.models import GrantApplication
from tenants import clock, jobs
from tenants.actor import SIGN_IN, SYSTEM, Actor
from tenants.audit import AuditEvent
from tenants.db import act_as, db
from tenants.models import Membership, Organisation
from tenants.notices.models import Posting
from tenants.wall_models import AskableJob, WorkflowMove

pytestmark = [pytest.mark.security, pytest.mark.usefixtures("time_counts")]

refused = partial(attacks.refused, WALL)


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
