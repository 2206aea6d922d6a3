"""Connections are used again by others: what one transaction said of itself is never there for the next."""

from __future__ import annotations

import random
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import create_engine, insert, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from catalogue.models import Product
from tenants.actor import PUBLIC, Actor, acting_as
from tenants.models import Organisation

pytestmark = pytest.mark.security

ORGANISATIONS = 24
THREADS = 16
TURNS = 80


@pytest.fixture
def vendors(services, owner) -> list[uuid.UUID]:
    found = [uuid.uuid4() for _ in range(ORGANISATIONS)]
    facts = {"functions": [], "cost_kind": "software", "billing_period": "once", "billing_unit": "式"}
    with owner.begin() as connection:
        for position, vendor in enumerate(found):
            connection.execute(
                insert(Organisation).values(id=vendor, kind="vendor", name=f"v{position}", standing="adopted")
            )
            connection.execute(
                insert(Product).values(
                    organisation_id=vendor,
                    code="P",
                    name="x",
                    standard_price_yen=1,
                    minimum_price_yen=1,
                    **facts,
                )
            )
    return found


def test_three_connections_sixteen_threads_and_everything_that_goes_wrong(vendors, settings):
    """Commits, rollbacks, errors in the middle, savepoints, sessions left open and connections thrown away."""
    url = settings.database_url.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(url, pool_size=3, max_overflow=0, pool_timeout=120)
    gate = threading.Barrier(THREADS)
    wrong: list[str] = []

    def turn(chance: random.Random) -> None:
        vendor = chance.choice([*vendors, None])
        who = PUBLIC if vendor is None else Actor("vendor", vendor, uuid.uuid4())
        expected = set() if vendor is None else {vendor}
        with acting_as(who), Session(engine) as session:
            for _ in range(chance.randint(1, 3)):
                found = set(session.scalars(select(Product.organisation_id)))
                if found != expected:
                    wrong.append(f"{who.organisation_id} saw {found}")
                _go_wrong(session, chance.choice(("commit", "rollback", "error", "savepoint", "lost", "nothing")))

    def work(seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311  (a test)
        gate.wait()
        for _ in range(TURNS):
            turn(chance)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, range(THREADS)))
    assert wrong == []
    for _ in range(3):
        with engine.connect() as connection:
            said = "SELECT coalesce(string_agg(current_setting('app.' || n, true), ''), '')"
            names = " FROM unnest(ARRAY['audience', 'organisation_id', 'person_id', 'support']) n"
            assert connection.scalar(text(said + names)) == ""
            assert connection.execute(select(Product.id)).all() == []
    engine.dispose()


def _go_wrong(session: Session, how: str) -> None:
    if how == "commit":
        session.commit()
    elif how == "rollback":
        session.rollback()
    elif how == "error":
        with pytest.raises(DBAPIError):
            session.execute(text("SELECT 1 / 0"))
        session.rollback()
    elif how == "savepoint":
        savepoint = session.begin_nested()
        session.execute(text("SELECT set_config('app.audience', 'system', true)"))
        savepoint.rollback()
    elif how == "lost":
        session.connection().invalidate()
        session.rollback()
