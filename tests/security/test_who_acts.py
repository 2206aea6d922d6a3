"""Who acts is told to the database for one transaction, and nothing of one actor is left for the next."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, text

from catalogue.models import Product
from tenants.actor import PUBLIC, SYSTEM
from tenants.audit import AuditEvent
from tenants.db import act_as, db, use_case

pytestmark = pytest.mark.security


def test_who_acts_is_forgotten_with_the_transaction(parties):
    with act_as(parties.vendor_a.actor):
        assert db.session.scalar(select(Product.organisation_id)) == parties.vendor_a.organisation_id
    db.session.remove()
    with db.engine.connect() as connection:
        assert connection.scalar(text("SELECT current_setting('app.organisation_id', true)")) in (None, "")
        assert connection.execute(text("SELECT * FROM product")).all() == []


def test_many_threads_that_switch_actors_never_see_through_each_other(parties, services):
    """Few connections, many threads: every transaction gets a connection that somebody else used a moment ago."""
    everybody = [parties.vendor_a.actor, parties.vendor_b.actor, parties.sme_a.actor, PUBLIC, SYSTEM]
    gate = threading.Barrier(12)
    wrong: list[str] = []

    def work(seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311  (a test)
        gate.wait()
        for _ in range(60):
            with services.app_context():
                who = chance.choice(everybody)
                with act_as(who):
                    found = set(db.session.scalars(select(Product.organisation_id)))
                    if chance.random() < 0.3:
                        db.session.commit()
                        found |= set(db.session.scalars(select(Product.organisation_id)))
                expected = {
                    "vendor": {who.organisation_id},
                    "system": {parties.vendor_a.organisation_id, parties.vendor_b.organisation_id},
                }.get(who.audience, set())
                if found != expected:
                    wrong.append(f"{who.audience} saw {found}")
                db.session.remove()

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(work, range(12)))
    assert wrong == []


def test_the_actor_cannot_change_inside_a_use_case(parties):
    @use_case
    def cheat() -> None:
        with act_as(SYSTEM):
            pass

    with act_as(parties.vendor_a.actor), pytest.raises(RuntimeError, match="inside a use case"):
        cheat()


def test_unwritten_changes_are_never_carried_to_another_actor(parties):
    with act_as(parties.vendor_a.actor):
        row = db.session.scalars(select(Product)).one()
        row.name = "書きかけ"
        with pytest.raises(RuntimeError, match="unwritten changes"), act_as(SYSTEM):
            pass
        db.session.rollback()


def test_an_objects_loaded_for_one_actor_is_not_there_for_the_next(parties):
    """The session's identity map must not hand one organisation's rows to another."""
    with act_as(parties.vendor_b.actor):
        row_id = db.session.scalars(select(Product.id)).one()
        assert db.session.get(Product, row_id) is not None
    with act_as(parties.vendor_a.actor):
        assert db.session.get(Product, row_id) is None
        assert db.session.get(AuditEvent, -3) is None
