"""Starts of the demo that were interrupted, and windows that have closed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from catalogue.models import Package
from marketplace import rounds
from marketplace.models import GrantApplication
from search import sync
from tenants import audit, clock
from tenants.actor import SYSTEM
from tenants.db import act_as, db
from web.demo import applications, load

STATES = {"draft", "accepted", "prepared", "confirmed", "submitted", "declined", "withdrawn"}


class Interrupted(BaseException):
    """Ctrl-C in the middle."""


def interrupt_at(monkeypatch, target: object, name: str, call: int) -> None:
    real = getattr(target, name)
    calls = iter(range(1, 10**6))

    def sometimes(*args: object, **kwargs: object) -> object:
        if next(calls) == call:
            raise Interrupted
        return real(*args, **kwargs)

    monkeypatch.setattr(target, name, sometimes)


@pytest.fixture
def small(monkeypatch, index):
    """Room for a start of 50 packages."""
    monkeypatch.setattr(load, "WAITING", (("submitted", 4), ("returned", 2), ("draft", 2), ("approved", 2)))


def start() -> None:
    load.load_programme_and_windows()
    load.load_everybody()
    load.load_tools(packages=50, vendors=9)
    load.load_applications()
    load.build_index()


@pytest.mark.parametrize(
    ("target", "name", "call"),
    [
        (load.listings, "approve", 2),
        (load.listings, "publish", 2),
        (applications.services, "start", 1),
        (applications.services, "start", 4),
        (applications.services, "confirm", 1),
        (load.sync, "rebuild", 1),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_interrupted_start_is_made_whole_by_the_next_one(small, services, monkeypatch, target, name, call):
    with monkeypatch.context() as patched:
        interrupt_at(patched, target, name, call)
        with pytest.raises(Interrupted):
            start()
    db.session.remove()
    start()
    with act_as(SYSTEM):
        states = dict(db.session.execute(select(Package.state, func.count()).group_by(Package.state)).all())
        assert states == {"published": 40, "submitted": 4, "returned": 2, "draft": 2, "approved": 2}
        rows = db.session.scalars(select(GrantApplication.state)).all()
        assert set(rows) == STATES
        assert len(rows) == 13
        assert list(audit.verify()) == []
    assert sync.verify() == []


def test_a_round_that_has_closed_is_followed_by_a_new_window(services):
    load.load_programme_and_windows()
    first = rounds.open_round("grant_application")
    for days in (50, 100):
        with clock.at(clock.now() + timedelta(days=days)):
            load.load_programme_and_windows()
            found = rounds.open_round("grant_application")
            assert found is not None
            assert found.closes_at > clock.now()
    assert first is not None
