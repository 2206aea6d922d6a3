"""A database with rows in it, brought to the newest schema from each older one, by an owner that is no superuser."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from psycopg.types.json import Jsonb
from sqlalchemy import select

from catalogue.models import Product
from migrations import run
from tenants import audit
from tenants.actor import SYSTEM, Actor
from tenants.audit import AuditEvent, AuditPersonal, verify
from tenants.db import act_as, db
from tenants.embedded_postgres import throwaway_server
from tenants.models import Organisation
from tenants.same_business import match_key

MOMENT = datetime(2026, 4, 1, 0, 0, tzinfo=UTC)
VENDOR, SHOP, PERSON = (uuid.UUID(int=n) for n in (1, 2, 3))
REVISIONS = [each.revision for each in reversed(list(ScriptDirectory.from_config(run._config()).walk_revisions()))]

ROWS = """
INSERT INTO organisation (id, kind, corporate_number, name, name_kana, prefecture, address, version, created_at) VALUES
  (%(vendor)s, 'vendor', '7000012050002', 'さくらシステム', '', '東京都', '千代田区1-1', 1, now()),
  (%(shop)s, 'sme', NULL, 'みなと食堂', '', '東京都', '', 1, now());
INSERT INTO person (id, name, email, created_at) VALUES (%(person)s, '見本 花子', 'hanako@example.jp', now());
INSERT INTO membership (id, organisation_id, person_id, role, created_at) VALUES
  (gen_random_uuid(), %(vendor)s, %(person)s, 'vendor_owner', now());
INSERT INTO sign_in_session (token_hash, person_id, organisation_id, created_at, seen_at) VALUES
  ('x', %(person)s, %(vendor)s, now(), now());
INSERT INTO product (id, organisation_id, code, name, name_kana, description, functions, cost_kind, billing_period,
    billing_unit, standard_price_yen, minimum_price_yen, state, created_at, updated_at, version) VALUES
  (gen_random_uuid(), %(vendor)s, 'P-1', '会計', '', '', '{F1}', 'software', 'once', '式', 1000, 900, 'draft', now(),
    now(), 1);
"""


@pytest.fixture
def old(tmp_path: Path) -> Iterator[str]:
    """A database of an owner who may make roles and nothing else, at the first schema that was ever in use."""
    with throwaway_server(tmp_path / "postgres") as superuser:
        with psycopg.connect(superuser, autocommit=True) as connection:
            connection.execute("CREATE ROLE hojo_owner LOGIN CREATEROLE")
            connection.execute("CREATE DATABASE used OWNER hojo_owner")
        owner = superuser.replace("postgres@/hojo", "hojo_owner@/used")
        run.upgrade(owner, to="0002")
        yield owner


def filled(owner: str, names: int = 5) -> str:
    """The rows of a small house and a chain as it was written then; the superuser's address, past all walls."""
    superuser = owner.replace("hojo_owner@", "postgres@")
    with psycopg.connect(superuser, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute(ROWS, {"vendor": VENDOR, "shop": SHOP, "person": PERSON})
        previous = "0" * 64
        for number in range(1, names + 1):
            previous = _event(connection, number, previous)
        connection.execute("UPDATE audit_head SET number = %s, hash = %s", (names, previous))
    return superuser


def _event(connection: Any, number: int, previous: str) -> str:
    by_itself = number % 3 == 0
    facts: dict[str, Any] = {
        "number": number,
        "at": MOMENT + timedelta(seconds=number),
        "name": "product_edited",
        "organisation_id": VENDOR,
        "actor_person_id": None if by_itself else PERSON,
        "actor_organisation_id": None if by_itself else VENDOR,
        "actor_name": "system" if by_itself else "見本 花子",
        "subject_kind": "product",
        "subject_id": str(number),
        "before": None,
        "after": {"name": "会計", "price": number},
    }
    told = {name: str(value) if isinstance(value, uuid.UUID) else value for name, value in facts.items()}
    told["at"] = facts["at"].isoformat(timespec="microseconds")
    canonical = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    made = hashlib.sha256(f"{previous}\n{canonical}".encode()).hexdigest()
    row = facts | {"after": Jsonb(facts["after"]), "previous_hash": previous, "hash": made}
    columns = ", ".join(f'"{name}"' for name in row)
    places = ", ".join(["%s"] * len(row))
    connection.execute(f"INSERT INTO audit_event ({columns}) VALUES ({places})", list(row.values()))
    return made


@pytest.fixture
def site(old: str, tmp_path: Path) -> Iterator[Flask]:
    app = Flask("upgraded", root_path=str(tmp_path))
    application = old.replace("hojo_owner@", "hojo_app@").replace("postgresql://", "postgresql+psycopg://", 1)
    app.config["SQLALCHEMY_DATABASE_URI"] = application
    db.init_app(app)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("step", ["each", "all at once"])
def test_rows_of_every_version_come_along(old, site, step):
    filled(old)
    for revision in REVISIONS[2:] if step == "each" else ["head"]:
        run.upgrade(old, to=revision)
    assert run.revisions(old)[0] == REVISIONS[-1]
    with act_as(SYSTEM):
        vendor, shop = db.session.get_one(Organisation, VENDOR), db.session.get_one(Organisation, SHOP)
        assert (vendor.standing, vendor.form, shop.standing, shop.form) == (
            "adopted",
            "corporation",
            None,
            "sole_proprietor",
        )
        assert vendor.match_key
        # The chain was made anew, without the names that were in it, and holds.
        assert list(verify()) == []
        events = db.session.scalars(select(AuditEvent).order_by(AuditEvent.number)).all()
        assert [(each.actor_audience, each.actor_name) for each in events] == [
            ("system", "system") if number % 3 == 0 else ("vendor", "") for number in range(1, 6)
        ]
        assert db.session.scalars(select(AuditPersonal.value)).all() == ["見本 花子"]
        db.session.rollback()
    with act_as(Actor("vendor", VENDOR, PERSON, frozenset({"vendor_owner"}), "見本 花子")):
        row = db.session.scalars(select(Product)).one()
        row.name = "会計の新しい名前"
        audit.record("product_edited", subject=("product", row.id), organisation_id=VENDOR)
        db.session.commit()
    with act_as(SYSTEM):
        assert list(verify()) == []
        assert db.session.scalar(select(AuditEvent.number).order_by(AuditEvent.number.desc())) == 6


@pytest.mark.parametrize(
    "tampered",
    [
        "UPDATE audit_event SET name = 'nothing' WHERE number = 3",
        "DELETE FROM audit_event WHERE number = 3",
        "UPDATE audit_head SET hash = repeat('0', 64)",
    ],
)
def test_a_chain_that_does_not_hold_is_not_made_to_hold(old, tampered):
    """Making it anew would hide what was done to it: nothing is changed, and the message says where to look."""
    with psycopg.connect(filled(old)) as connection:
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute(tampered)
    with pytest.raises(RuntimeError, match="audit chain"):
        run.upgrade(old)
    assert run.revisions(old)[0] == "0002"


def test_the_owner_is_held_by_the_walls_again_afterwards(old):
    filled(old)
    run.upgrade(old)
    with psycopg.connect(old) as connection:
        assert connection.execute("SELECT count(*) FROM product").fetchone() == (0,)
        unforced = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relrowsecurity"
            " AND NOT relforcerowsecurity AND relname NOT LIKE 'procrastinate%'"
        ).fetchall()
        assert unforced == []


def test_keys_of_names_are_made_anew_by_today_s_rule(old, site):
    superuser = filled(old)
    run.upgrade(old, to="0032")
    with psycopg.connect(superuser) as connection:
        connection.execute("UPDATE organisation SET match_key = '古い|鍵' WHERE id = %s", (VENDOR,))
    run.upgrade(old)
    with act_as(SYSTEM):
        vendor = db.session.get_one(Organisation, VENDOR)
        assert vendor.match_key == match_key(vendor.name, vendor.prefecture, vendor.address)
