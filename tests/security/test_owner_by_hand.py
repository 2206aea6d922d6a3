"""A PostgreSQL set up by hand, as docs/operations.md says: the tables' owner is no superuser, and walls hold for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import world
from flask import Flask
from sqlalchemy import create_engine, func, select, text

from migrations import run
from tenants import audit
from tenants.actor import PUBLIC, Actor
from tenants.audit import AuditEvent
from tenants.db import act_as, db, use_case
from tenants.embedded_postgres import throwaway_server
from tenants.models import Organisation
from tenants.public_vendors import PUBLIC_VENDOR

pytestmark = pytest.mark.security

OWNING = ("organisation_id", "sme_id", "vendor_id")
# The public site is made from these. A stored file is the other side's too where it is attached (test_isolation.py).
OPEN_TO_ALL = {"publication", "live_publication", "withdrawal"}


def driver(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, str, world.TwoOfEach]]:
    """Services on such a database with two of each in it, its owner's address, and who they are."""
    folder: Path = tmp_path_factory.mktemp("by-hand")
    with throwaway_server(folder / "postgres") as superuser:
        with psycopg.connect(superuser, autocommit=True) as connection:
            connection.execute("CREATE ROLE hojo_owner LOGIN CREATEROLE")
            connection.execute("CREATE DATABASE used OWNER hojo_owner")
        owner = superuser.replace("postgres@/hojo", "hojo_owner@/used")
        run.upgrade(owner)
        run.allow_any_time(owner)
        past_the_walls = create_engine(driver(owner.replace("hojo_owner@", "postgres@")))
        parties = world.fill(past_the_walls)
        with past_the_walls.begin() as connection:
            connection.execute(text("UPDATE audit_head SET number = (SELECT max(number) FROM audit_event)"))
        past_the_walls.dispose()
        app = Flask("by-hand", root_path=str(folder))
        app.config["SQLALCHEMY_DATABASE_URI"] = driver(owner.replace("hojo_owner@", "hojo_app@"))
        db.init_app(app)
        with app.app_context():
            yield app, owner, parties
            db.session.remove()
            db.engine.dispose()


def test_neither_the_owner_nor_the_application_is_above_the_walls(by_hand):
    _, owner, _ = by_hand
    with psycopg.connect(owner) as connection:
        above = connection.execute(
            "SELECT rolname FROM pg_roles WHERE (rolsuper OR rolbypassrls)"
            " AND rolname IN ('hojo_owner', 'hojo_app', 'hojo_office')"
        ).fetchall()
        foreign = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relowner <> 'hojo_owner'::regrole"
        ).fetchall()
        open_to_owner = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relrowsecurity"
            " AND NOT relforcerowsecurity AND relname NOT LIKE 'procrastinate%'"
        ).fetchall()
    assert (above, foreign, open_to_owner) == ([], [], [])


def test_the_owner_itself_reads_only_what_its_functions_and_its_view_are_for(by_hand):
    _, owner, parties = by_hand
    with psycopg.connect(owner) as connection:
        tables = [
            row[0]
            for row in connection.execute(
                "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relrowsecurity"
                " AND relkind = 'r' AND relname NOT LIKE 'procrastinate%'"
            )
        ]
        seen = {
            table
            for table in tables
            if connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() is not None
        }
        named = {
            row[0]
            for row in connection.execute(
                "SELECT polrelid::regclass::text FROM pg_policy WHERE 'hojo_owner'::regrole = ANY (polroles)"
                " AND polcmd IN ('r', '*') UNION SELECT polrelid::regclass::text FROM pg_policy"
                " WHERE polroles = '{0}'"
            )
        }
        shown = {row[0] for row in connection.execute("SELECT id FROM organisation")}
    assert "applicant_profile" in tables
    assert shown == {parties.vendor_a.organisation_id, parties.vendor_b.organisation_id}
    assert "applicant_profile" not in seen
    assert "grant_application" in seen
    # All else that it reads stands in a policy for it by name: what its triggers and functions are for.
    assert seen <= named


def test_an_organisation_sees_its_own_rows_and_no_other_s(by_hand):
    _, _, parties = by_hand
    for mine, other in ((parties.vendor_a, parties.vendor_b), (parties.sme_b, parties.sme_a)):
        with act_as(mine.actor):
            own = 0
            for table in db.metadata.sorted_tables:
                columns = [table.c[name] for name in OWNING if name in table.c]
                if table.name in OPEN_TO_ALL | {"stored_file"} or not columns:
                    continue
                for row in db.session.execute(select(*columns)):
                    assert mine.organisation_id in row, table.name
                    assert len(columns) > 1 or other.organisation_id not in row
                    own += 1
            assert own > 0
            assert db.session.scalars(select(Organisation.id)).all() == [mine.organisation_id]


def test_what_is_public_of_a_vendor_is_shown_and_no_more(by_hand):
    _, _, parties = by_hand
    vendors = {parties.vendor_a.organisation_id, parties.vendor_b.organisation_id}
    for reader in (PUBLIC, parties.sme_a.actor, parties.vendor_b.actor):
        with act_as(reader):
            assert set(db.session.scalars(select(PUBLIC_VENDOR.c.id))) == vendors
            others = vendors - {reader.organisation_id}
            assert db.session.scalar(select(func.count()).where(Organisation.id.in_(others))) == 0


def test_nobody_is_nobody_and_the_office_sees_all(by_hand):
    with act_as(PUBLIC):
        assert db.session.scalar(select(func.count()).select_from(Organisation)) == 0
    with act_as(Actor("secretariat", None, None, frozenset({"secretariat_administrator"}))):
        assert db.session.scalar(select(func.count()).select_from(Organisation)) == 4


def test_the_trail_is_written_by_the_owner_s_function(by_hand):
    _, _, parties = by_hand
    who = parties.vendor_a.actor

    @use_case
    def touch() -> Any:
        return audit.record("listing_looked_at", subject=("product", "1"), organisation_id=who.organisation_id)

    with act_as(who):
        touch()
        written = db.session.scalars(select(AuditEvent).order_by(AuditEvent.number.desc()).limit(1)).one()
        assert written.name == "listing_looked_at"
