"""A business's figures, asked for by the back door: no statement tells them to a vendor, nor an error, nor a plan."""

from __future__ import annotations

import uuid

import pytest
import world
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tenants.actor import Actor
from tenants.db import act_as, db

pytestmark = pytest.mark.security

SECRET = "987654321"


@pytest.fixture
def figures(parties, owner) -> world.TwoOfEach:
    with owner.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(f"""UPDATE application_figures SET content = '{{"sales_yen": {SECRET}}}'"""))
        connection.execute(text(f"UPDATE applicant_profile SET capital_yen = {SECRET}"))
        connection.execute(text("ANALYZE"))
    return parties


PROBES = {
    "join": "SELECT f.content::text FROM grant_application a LEFT JOIN application_figures f ON f.application_id = a.id",
    "join of the profile": (
        "SELECT p.capital_yen FROM grant_application a LEFT JOIN applicant_profile p ON p.organisation_id = a.sme_id"
    ),
    "subquery": "SELECT (SELECT content::text FROM application_figures f WHERE f.application_id = a.id) FROM grant_application a",
    "whole row": "SELECT to_jsonb(a), row_to_json(f) FROM grant_application a LEFT JOIN application_figures f ON true",
    "the application's own row": "SELECT * FROM grant_application",
    "its steps": "SELECT * FROM application_step",
    "the trail": "SELECT * FROM audit_event",
    "error by cast": "SELECT (content->>'sales_yen')::uuid FROM application_figures",
    "error by division": "SELECT 1 / (capital_yen - 987654321) FROM applicant_profile",
    "a cheap function of one's own operators": "SELECT * FROM applicant_profile WHERE capital_yen::text::date IS NOT NULL",
    "statistics": "SELECT most_common_vals::text, histogram_bounds::text FROM pg_stats WHERE tablename IN ('applicant_profile', 'application_figures')",
    "explain": "EXPLAIN (ANALYZE, VERBOSE) SELECT * FROM applicant_profile WHERE capital_yen > 5",
    "update returning": "UPDATE applicant_profile SET version = version RETURNING capital_yen",
    "returning through a join": (
        "UPDATE grant_application a SET updated_at = a.updated_at FROM application_figures f"
        " WHERE f.application_id = a.id RETURNING f.content::text"
    ),
    "on conflict": (
        "INSERT INTO applicant_profile (organisation_id, kind, jsic, employees, answers, eligibility,"
        " rules_version, checked_on, version) SELECT sme_id, 'company', '7620', 1, '{}', '{}', '1', now(), 1"
        " FROM grant_application ON CONFLICT (organisation_id) DO UPDATE SET version = 2 RETURNING capital_yen"
    ),
    "on conflict, figures": (
        "INSERT INTO application_figures (application_id, organisation_id, content) SELECT id, sme_id, '{}'"
        " FROM grant_application ON CONFLICT (application_id) DO NOTHING RETURNING content::text"
    ),
    "lock": "SELECT capital_yen FROM applicant_profile FOR UPDATE",
    "as json": "SELECT json_agg(f) FROM application_figures f",
}


@pytest.mark.parametrize("probe", PROBES)
def test_no_statement_of_a_vendor_s_tells_a_business_s_figures(figures, probe):
    """Neither in what comes back, nor in an error, nor in a plan: its own customer's included."""
    for party in (figures.vendor_a, figures.vendor_b):
        with act_as(party.actor):
            try:
                told = str(db.session.execute(text(PROBES[probe])).all())
            except Exception as error:  # noqa: BLE001  (whatever the database says is read)
                told = str(getattr(error, "orig", error))
            db.session.rollback()
        assert SECRET not in told
        assert "division by zero" not in told


def test_a_plan_tells_a_vendor_how_many_rows_it_sees_itself(figures):
    with act_as(figures.vendor_a.actor):
        plan = "\n".join(
            db.session.scalars(text("EXPLAIN (ANALYZE, TIMING OFF, COSTS OFF) SELECT * FROM applicant_profile"))
        )
        db.session.rollback()
    assert "rows=0" in plan


def test_the_probes_do_tell_those_who_may_read(figures):
    """So that a probe that is silent for another reason does not count."""
    with act_as(figures.sme_a.actor):
        assert SECRET in str(db.session.execute(text(PROBES["join"])).all())
    with act_as(Actor("secretariat", uuid.uuid4(), uuid.uuid4())):
        assert SECRET in str(db.session.execute(text(PROBES["as json"])).all())


def test_a_key_that_is_taken_says_nothing_of_whose_it_is(figures):
    """A number that another business has: refused as a duplicate or by the wall, without its row."""
    with act_as(figures.vendor_a.actor):
        with pytest.raises(DBAPIError) as refusal:
            db.session.execute(
                text(
                    "INSERT INTO application_figures (application_id, organisation_id, content)"
                    " SELECT id, sme_id, '{}' FROM grant_application"
                )
            )
        db.session.rollback()
    assert "row-level security" in str(refusal.value.orig)
    assert SECRET not in str(refusal.value.orig)
