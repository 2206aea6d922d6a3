"""What attacks are made on: a house, shared by the tests of one file, and rows of two of each kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import house as building
import pytest
import world
from flask import Flask
from sqlalchemy import Engine, text

from search import engines
from search.embedded import EmbeddedEngine
from tenants.actor import SYSTEM
from tenants.audit import verify
from tenants.db import act_as, db


@pytest.fixture(scope="module")
def house(
    ground: Flask,
    application: Flask,
    empty_database: Callable[[], None],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[building.House]:
    """Somebody in every room; whatever was tried, the trail holds afterwards."""
    before = engines._Chosen.engine
    made = EmbeddedEngine(tmp_path_factory.mktemp("house") / "index")
    engines.use(made)
    with ground.app_context():
        lived_in = building.build(application)
        made.ensure_schema()
        # That somebody opened an enquiry is told to the other side, the first time: no other page changes anything.
        for place, who in (
            ("/my/enquiries/{enquiry}", "sme_owner"),
            ("/vendor/enquiries/{enquiry}", "vendor_owner"),
        ):
            assert lived_in.browser(lived_in.own[who]).get(lived_in.address(place)).status_code == 200
        yield lived_in
        with act_as(SYSTEM):
            assert list(verify()) == []
        db.session.remove()
        db.engine.dispose()
    with application.app_context():
        db.engine.dispose()
    engines._Chosen.engine = before
    empty_database()


@pytest.fixture
def parties(services: Flask, owner: Engine) -> world.TwoOfEach:
    """Two vendors and two shops, with rows in every table that belongs to somebody."""
    return world.fill(owner)


@pytest.fixture
def time_counts(parties: world.TwoOfEach, owner: Engine) -> Iterator[None]:
    """As in production: no event and no submission of any other hour than this one."""
    with owner.begin() as connection:
        connection.execute(text("UPDATE audit_head SET any_time = false"))
    yield
    with owner.begin() as connection:
        connection.execute(text("UPDATE audit_head SET any_time = true"))
