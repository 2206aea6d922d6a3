"""The shortlist: shared inside the business, nobody else's; it tells what changed since."""

from __future__ import annotations

import threading
import uuid

import pytest
from grants import CODE, World, build, by, package, withdraw
from sqlalchemy import select

from catalogue.publications import Gone
from marketplace.shortlists import services
from marketplace.shortlists.models import ShortlistEntry
from marketplace.shortlists.services import StaleNote
from tenants import audit
from tenants.actor import SYSTEM, Actor
from tenants.db import db
from tenants.errors import BadInput, NotFound, NotPermitted, StaleVersion


@pytest.fixture
def world(organisation, actor_of) -> World:
    made = build(organisation, actor_of)
    for number in (2, 3):
        World(made.vendor, made.sme, uuid.uuid4(), made.vendor_id).publish(
            package(f"パック{number}", code=f"PK-{number}")
        )
    return made


def codes(world):
    with by(world.sme):
        return [entry.code for entry in services.entries()]


def test_put_there_once_noted_and_shared_with_who_did_it(world, actor_of):
    colleague = actor_of(world.sme.organisation_id, "sme_member")
    with by(world.sme):
        entry_id = services.add(CODE, " 店長に聞く ")
        assert services.add(CODE, "別のメモ") == entry_id
    with by(colleague):
        [entry] = services.entries()
        assert (entry.note, entry.added_by, entry.noted_by) == ("店長に聞く", world.sme.name, world.sme.name)
        services.write_note(entry.id, "聞いた", read_version=entry.version)
        [entry] = services.entries()
        assert (entry.note, entry.added_by, entry.noted_by) == ("聞いた", world.sme.name, colleague.name)
        assert services.codes() == {CODE}


def test_order_and_taking_off(world):
    with by(world.sme):
        one, two, three = services.add(CODE), services.add("PK-2"), services.add("PK-3")
        services.move(three, "up")
        services.move(three, "up")
        services.move(three, "up")
        services.move(two, "down")
    assert codes(world) == ["PK-3", CODE, "PK-2"]
    with by(world.sme):
        version = next(entry.version for entry in services.entries() if entry.id == one)
        with pytest.raises(StaleVersion):
            services.remove(one, read_version=version + 1)
        services.remove(one, read_version=version)
    assert codes(world) == ["PK-3", "PK-2"]


def test_a_colleague_s_note_is_not_written_over(world):
    with by(world.sme):
        entry_id = services.add(CODE)
        services.write_note(entry_id, "先に書いた", read_version=1)
        with pytest.raises(StaleNote) as refusal:
            services.write_note(entry_id, "あとから書いた", read_version=1)
    assert (refusal.value.theirs, refusal.value.typed) == ("先に書いた", "あとから書いた")


def test_saving_the_same_note_changes_nothing(world):
    with by(world.sme):
        entry_id = services.add(CODE, "同じ")
        services.write_note(entry_id, "同じ", read_version=1)
        assert services.entries()[0].version == 1


def test_it_tells_of_a_new_version_and_what_it_costs(world):
    with by(world.sme):
        entry_id = services.add(CODE)
        assert not services.entries()[0].renewed
        assert services.entries()[0].price_change_yen == 0
    world.publish(package("新しい名前", price=650_000))
    with by(world.sme):
        [entry] = services.entries()
        assert (entry.renewed, entry.price_change_yen, entry.name) == (True, 50_000, "新しい名前")
        services.take_note_of_changes(entry_id)
        assert not services.entries()[0].renewed


def test_it_tells_what_was_withdrawn_and_why(world, owner):
    with by(world.sme):
        entry_id = services.add(CODE)
    withdraw(owner)
    with by(world.sme):
        [entry] = services.entries()
        assert entry.now is None
        assert not entry.renewed
        assert entry.gone is not None
        assert "販売終了" in entry.gone.ja
        with pytest.raises(Gone):
            services.add(CODE)
        with pytest.raises(Gone):
            services.take_note_of_changes(entry_id)


def test_bounds(world, monkeypatch):
    with by(world.sme):
        with pytest.raises(NotFound):
            services.add("NONE")
        with pytest.raises(BadInput):
            services.add(CODE, "あ" * 1001)
        monkeypatch.setattr(services, "MOST", 1)
        services.add(CODE)
        with pytest.raises(BadInput, match="shortlist_full"):
            services.add("PK-2")


def test_nobody_else_s_not_the_vendor_s_nor_the_secretariat_s(world, organisation, actor_of):
    with by(world.sme):
        entry_id = services.add(CODE, "秘密のメモ")
    other = actor_of(organisation("sme"), "sme_owner")
    with by(other):
        assert services.entries() == ()
        with pytest.raises(NotFound):
            services.write_note(entry_id, "x", read_version=1)
    office = Actor("secretariat", organisation("secretariat"), None, frozenset({"secretariat_administrator"}))
    for actor in (world.vendor, office):
        with by(actor):
            with pytest.raises(NotPermitted):
                services.entries()
            assert db.session.scalars(select(ShortlistEntry.id)).all() == []
    with by(SYSTEM):
        events = db.session.scalars(select(audit.AuditEvent.after)).all()
        assert "秘密のメモ" not in str(events)
        assert list(audit.verify()) == []


def test_two_at_once_get_places_of_their_own(world, app):
    start = threading.Barrier(3)

    def press(code: str) -> None:
        with app.app_context(), by(world.sme):
            start.wait()
            services.add(code)
            db.session.remove()

    tabs = [threading.Thread(target=press, args=(code,)) for code in (CODE, CODE, "PK-2")]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    with by(world.sme):
        positions = db.session.scalars(select(ShortlistEntry.position)).all()
    assert sorted(positions) == [1, 2]
