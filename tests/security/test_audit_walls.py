"""The audit trail's walls, and the jobs': what the application's role can do to either with SQL of its own."""

from __future__ import annotations

import json
import uuid
from contextlib import suppress
from functools import partial
from typing import Any

import attacks
import pytest
import world
from attacks import done
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from tenants import jobs
from tenants.actor import PUBLIC, SIGN_IN, SYSTEM, Actor
from tenants.audit import AuditEvent
from tenants.db import act_as, db

pytestmark = pytest.mark.security

REFUSED = "permission denied|row-level security"
refused = partial(attacks.refused, REFUSED)


def append(**facts: Any) -> Any:
    """An event as the application asks for it, with whatever else somebody might try to say."""
    told = {
        "at": world.MOMENT.isoformat(),
        "name": "package_published",
        "actor_name": "x",
        "subject_kind": "package",
        "subject_id": "1",
    }
    return text("SELECT append_audit(CAST(:events AS jsonb))").bindparams(events=json.dumps([told | facts]))


def test_an_event_is_written_in_one_s_own_name_and_at_the_end(parties, owner):
    vendor, other = parties.vendor_a, parties.vendor_b
    forged = {
        "number": 1,
        "hash": "0" * 64,
        "previous_hash": "0" * 64,
        "actor_person_id": str(other.person_id),
        "actor_organisation_id": str(other.organisation_id),
        "actor_audience": "secretariat",
        "organisation_id": str(vendor.organisation_id),
        "subject_id": "forged",
    }
    done(vendor.actor, append(**forged))
    with owner.connect() as connection:
        written = connection.execute(select(AuditEvent).where(AuditEvent.subject_id == "forged")).one()
        assert written.number == connection.scalar(text("SELECT number FROM audit_head"))
        assert written.actor_person_id == vendor.person_id
        assert written.actor_organisation_id == vendor.organisation_id
        assert written.actor_audience == "vendor"
        assert written.hash != "0" * 64


def test_who_is_nobody_and_who_only_looks_in_writes_no_event(parties):
    refused(PUBLIC, append())
    # Past the read-only transaction in which they look: by the function's own wall.
    with db.engine.connect() as connection:
        for name, value in (("audience", "vendor"), ("support", str(uuid.uuid4()))):
            connection.execute(text("SELECT set_config(:n, :v, true)"), {"n": f"app.{name}", "v": value})
        with pytest.raises(DBAPIError, match=REFUSED):
            connection.execute(append())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_head SET number = 0",
        "UPDATE audit_head SET hash = repeat('0', 64)",
        "DELETE FROM audit_head",
        "INSERT INTO audit_head VALUES (2, 0, '')",
        "SELECT * FROM audit_head FOR UPDATE",
        "INSERT INTO audit_event SELECT * FROM audit_event",
        "INSERT INTO audit_personal VALUES ('d', 's', 'v', NULL, NULL)",
        "UPDATE audit_personal SET value = 'x'",
        "DELETE FROM audit_personal",
        "SELECT audit_digest('', ARRAY['x'])",
    ],
)
def test_the_chain_s_end_and_the_names_beside_it_are_out_of_reach(parties, statement):
    for actor in (parties.vendor_a.actor, Actor("secretariat", uuid.uuid4(), uuid.uuid4()), SYSTEM):
        refused(actor, text(statement))


def test_only_the_secretariat_forgets_a_person(parties):
    wanted = text("SELECT forget_person(:who)").bindparams(who=parties.sme_b.person_id)
    for actor in (PUBLIC, SIGN_IN, parties.vendor_a.actor, parties.sme_b.actor):
        refused(actor, wanted)


# --- jobs ---

JOB_TABLES = ("jobs", "events", "periodic_defers", "workers")


@pytest.mark.parametrize("table", JOB_TABLES)
def test_jobs_are_asked_for_and_then_out_of_sight(parties, owner, table):
    """Whoever acts may ask for work in its transaction; what waits is for the worker alone."""
    actors = (PUBLIC, SIGN_IN, parties.vendor_a.actor, parties.sme_a.actor, Actor("secretariat", uuid.uuid4()))
    for actor in actors:
        with act_as(actor):
            jobs.enqueue("search.synchronise", lock=f"{actor.audience}")
            jobs.enqueue("search.synchronise", lock=f"{actor.audience}")
            db.session.commit()
            assert db.session.scalar(text(f"SELECT count(*) FROM procrastinate_{table}")) == 0
            db.session.rollback()
            assert db.session.execute(text(f"DELETE FROM procrastinate_{table}")).rowcount == 0
            assert db.session.execute(text("UPDATE procrastinate_jobs SET priority = 9")).rowcount == 0
            db.session.rollback()
            for function in ("cancel_job_v1(1, true, true)", "retry_job_v1(1, now())"):
                with suppress(DBAPIError):
                    db.session.execute(text(f"SELECT procrastinate_{function}"))
                    db.session.commit()
                db.session.rollback()
            taken = db.session.execute(text("SELECT id FROM procrastinate_fetch_job_v2(NULL, 1)")).scalar()
            assert taken is None
            db.session.rollback()
    with owner.connect() as connection:
        waiting = connection.execute(
            text("SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY 1")
        ).all()
        assert [tuple(row) for row in waiting] == [("todo", len(actors))]
    refused(parties.vendor_a.actor, text("INSERT INTO procrastinate_jobs (task_name, priority) VALUES ('x', 0)"))
