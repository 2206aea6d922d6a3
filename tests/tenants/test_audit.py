"""The audit trail: in the same transaction or not at all, without gaps, and tampering shows."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import ProgrammingError

from catalogue.models import Product
from tenants import audit, clock
from tenants.actor import SYSTEM, Actor
from tenants.audit import AuditEvent, AuditHead, Broken
from tenants.audit_queries import SHOWN_FAULTS, Filter, check, events, export, history_of, names
from tenants.db import act_as, db, use_case
from tenants.errors import NotPermitted


@use_case
def happen(*names: str, organisation_id: uuid.UUID | None = None, fail: bool = False) -> None:
    for name in names:
        audit.record(name, subject=("test", name), organisation_id=organisation_id, after={"値": "あ"})
    if fail:
        raise LookupError


@pytest.fixture
def system(services):
    with act_as(SYSTEM):
        yield


def broken() -> list[Broken]:
    db.session.rollback()
    return list(audit.verify())


def test_events_say_who_did_what_when_and_whose_matter_it_is(services, organisation, actor_of):
    vendor = organisation("vendor")
    actor = actor_of(vendor, "vendor_owner")
    with act_as(actor):
        happen("first", "second", organisation_id=vendor)
        rows = db.session.scalars(select(AuditEvent).order_by(AuditEvent.number)).all()
        assert [(row.number, row.name) for row in rows] == [(1, "first"), (2, "second")]
        assert rows[0].actor_person_id == actor.person_id
        assert rows[0].actor_organisation_id == rows[0].organisation_id == vendor
        assert rows[0].actor_audience == "vendor"
        assert rows[0].actor_name == "", "names lie beside the chain"
        assert [event.actor_name for event in history_of("test", "first")] == [actor.name]
        assert rows[0].after == {"値": "あ"}
        assert rows[1].previous_hash == rows[0].hash
    with act_as(SYSTEM):
        assert broken() == []


def test_nothing_happened_nothing_is_written(system):
    happen()
    assert db.session.scalar(select(AuditHead.number)) == 0


def test_what_is_rolled_back_leaves_no_event_and_no_gap(system):
    happen("kept")
    with pytest.raises(LookupError):
        happen("lost", fail=True)
    happen("kept_too")
    assert db.session.scalars(select(AuditEvent.name).order_by(AuditEvent.number)).all() == ["kept", "kept_too"]
    assert broken() == []


def test_an_event_that_cannot_be_written_takes_the_change_with_it(services, organisation, owner):
    """No change without its event: the trail is full, so to say."""
    with owner.begin() as connection:
        connection.execute(text("UPDATE audit_head SET id = 2"))
    vendor = organisation("vendor")

    @use_case
    def change() -> None:
        db.session.add(
            Product(
                organisation_id=vendor,
                code="X",
                name="x",
                functions=[],
                cost_kind="software",
                billing_period="once",
                billing_unit="式",
                standard_price_yen=1,
                minimum_price_yen=1,
            )
        )
        audit.record("product_created", subject=("product", "X"), organisation_id=vendor)

    with act_as(SYSTEM):
        with pytest.raises(Exception, match="query returned no rows"):
            change()
        assert db.session.scalar(select(func.count()).select_from(Product)) == 0
    with owner.begin() as connection:
        connection.execute(text("UPDATE audit_head SET id = 1"))


def test_a_savepoint_that_is_rolled_back_does_not_lose_the_events_of_the_use_case(system):
    @use_case
    def nested() -> None:
        audit.record("before", subject=("test", 1), organisation_id=None)
        savepoint = db.session.begin_nested()
        savepoint.rollback()
        with db.session.begin_nested():
            db.session.execute(text("SELECT 1"))
        audit.record("after", subject=("test", 1), organisation_id=None)

    nested()
    assert db.session.scalars(select(AuditEvent.name).order_by(AuditEvent.number)).all() == ["before", "after"]
    assert broken() == []


def test_many_threads_at_once_make_one_chain_without_a_gap(services):
    gate = threading.Barrier(10)

    def work(who: int) -> None:
        gate.wait()
        for turn in range(15):
            with services.app_context(), act_as(SYSTEM):
                if turn % 5 == 4:
                    with pytest.raises(LookupError):
                        happen(f"lost_{who}_{turn}", fail=True)
                else:
                    happen(f"a_{who}_{turn}", f"b_{who}_{turn}")
                db.session.remove()

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(work, range(10)))
    with act_as(SYSTEM):
        rows = db.session.execute(select(AuditEvent.number, AuditEvent.name).order_by(AuditEvent.number)).all()
        assert [row.number for row in rows] == list(range(1, 10 * 12 * 2 + 1))
        found = [row.name for row in rows]
        assert not any(name.startswith("lost") for name in found)
        for first, second in zip(found[::2], found[1::2], strict=True):
            assert (first[0], second[0], first[1:]) == ("a", "b", second[1:]), (
                "one transaction's events stay together"
            )
        assert broken() == []


# --- tampering, by somebody who may do everything ---

TAMPERING = {
    "changed text": ('UPDATE audit_event SET after = \'{"値": "い"}\' WHERE number = 3', {3}),
    "changed time": ("UPDATE audit_event SET at = at + interval '1 second' WHERE number = 3", {3}),
    "changed actor": ("UPDATE audit_event SET actor_name = 'だれか' WHERE number = 3", {3}),
    "changed part": ("UPDATE audit_event SET actor_audience = 'sme' WHERE number = 3", {3}),
    "another's name": ("UPDATE audit_event SET actor_digest = repeat('c', 64) WHERE number = 3", {3}),
    "name gone": ("DELETE FROM audit_personal", {1, 2, 3, 4, 5}),
    "name changed": ("UPDATE audit_personal SET value = 'だれか'", {1, 2, 3, 4, 5}),
    "changed owner": (f"UPDATE audit_event SET organisation_id = '{uuid.UUID(int=1)}' WHERE number = 3", {3}),
    "deleted in the middle": ("DELETE FROM audit_event WHERE number = 3", {3, 4}),
    "deleted at the start": ("DELETE FROM audit_event WHERE number = 1", {1, 2}),
    "deleted at the end": ("DELETE FROM audit_event WHERE number = 5", {5}),
    "all deleted": ("DELETE FROM audit_event", {5}),
    "swapped": (
        (
            "UPDATE audit_event SET number = -number WHERE number IN (2, 3);"
            "UPDATE audit_event SET number = 5 + number WHERE number IN (-2, -3)"
        ),
        {2, 3, 4},
    ),
    "inserted at the end": (
        (
            "INSERT INTO audit_event SELECT (jsonb_populate_record(e, jsonb_build_object('number', 6,"
            "'previous_hash', hash, 'hash', repeat('a', 64)))).* FROM audit_event e WHERE number = 5"
        ),
        {5, 6},
    ),
    "inserted before the first": (
        (
            "INSERT INTO audit_event SELECT (jsonb_populate_record(e, jsonb_build_object('number', 0))).*"
            " FROM audit_event e WHERE number = 1"
        ),
        {0, 1},
    ),
    "head turned back": ("UPDATE audit_head SET number = 4", {4}),
    "head's hash": ("UPDATE audit_head SET hash = repeat('b', 64)", {5}),
    "no head": ("DELETE FROM audit_head", {5}),
}


@pytest.mark.parametrize("how", TAMPERING)
def test_tampering_shows_where_it_happened(services, auditor, owner, how):
    with act_as(auditor):
        for number in range(5):
            happen(f"event_{number}")
        assert broken() == []
        tampered(owner, how)


def tampered(owner, how: str) -> None:
    statements, places = TAMPERING[how]
    with owner.begin() as connection:
        kept = connection.execute(text("SELECT id, number, hash FROM audit_head")).one()
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements.split(";"):
            connection.exec_driver_sql(statement)
    try:
        found = broken()
        assert {each.number for each in found} == places, found
        assert [each.number for each in list(audit.verify(batch=2))] == [each.number for each in found]
    finally:
        with owner.begin() as connection:
            connection.execute(text("DELETE FROM audit_head"))
            connection.execute(
                text("INSERT INTO audit_head (id, number, hash) VALUES (:id, :number, :hash)"), kept._asdict()
            )


def test_an_end_cut_off_with_its_head_shows_by_a_head_that_was_kept(services, auditor, owner):
    with act_as(auditor):
        for number in range(3):
            happen(f"event_{number}")
        kept = audit.head()
        happen("event_3")
        assert list(audit.verify(noted=kept)) == [], "what was added since does not matter"
        for cut, why in ((4, ""), (3, "missing: it was noted as the last event")):
            with owner.begin() as connection:
                connection.execute(text("SET LOCAL session_replication_role = replica"))
                connection.execute(text("DELETE FROM audit_event WHERE number = :n"), {"n": cut})
                connection.execute(
                    text(
                        "UPDATE audit_head SET (number, hash) ="
                        " (SELECT number, hash FROM audit_event ORDER BY number DESC LIMIT 1)"
                    )
                )
            assert broken() == [], "the trail itself cannot tell"
            assert [each.reason for each in audit.verify(noted=kept)] == [why][: bool(why)]
        happen("another_in_its_place")
        assert [each.reason for each in audit.verify(noted=kept)] == ["not the event that was noted"]


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_event SET name = 'x'", "DELETE FROM audit_event", "TRUNCATE audit_event"],
)
def test_the_application_may_not_change_what_was_written(system, statement):
    happen("first")
    with pytest.raises(ProgrammingError, match="permission denied"):
        db.session.execute(text(statement))
    db.session.rollback()


@pytest.mark.parametrize(
    "table",
    ["audit_event", "publication", "master_version", "application_figures", "application_step", "withdrawal"],
)
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE", "TRUNCATE"])
def test_not_even_the_owner_changes_what_is_append_only(services, owner, table, verb):
    import world  # noqa: PLC0415

    world.fill(owner)
    with owner.connect() as connection:
        column = connection.scalar(
            text(
                "SELECT attname FROM pg_attribute WHERE attrelid = :t ::regclass AND attnum > 0"
                " AND attidentity = '' LIMIT 1"
            ),
            {"t": table},
        )
        statement = {
            "UPDATE": f"UPDATE {table} SET {column} = {column}",
            "DELETE": f"DELETE FROM {table}",
            "TRUNCATE": f"TRUNCATE {table} CASCADE",
        }[verb]
        with pytest.raises(ProgrammingError, match="is append-only"):
            connection.execute(text(statement))
        connection.rollback()


# --- reading ---


@pytest.fixture
def auditor(organisation, actor_of) -> Actor:
    return actor_of(organisation("secretariat"), "secretariat_auditor")


def test_the_trail_is_read_filtered_and_newest_first(services, organisation, auditor):
    vendor = organisation("vendor", name="会社い")
    with act_as(SYSTEM):
        happen("package_published", organisation_id=vendor)
        happen("signed_in")
    with act_as(auditor):
        assert [event.name for event in events(Filter()).items] == ["signed_in", "package_published"]
        assert [event.organisation for event in events(Filter(name="package_published")).items] == ["会社い"]
        assert [event.name for event in export(Filter(organisation_id=vendor))] == ["package_published"]
        assert [event.name for event in events(Filter(organisation="社い")).items] == ["package_published"]
        assert events(Filter(organisation="100%")).items == ()
        assert len(events(Filter(who="system")).items) == 2
        assert events(Filter(who="花子")).items == ()
        today = clock.today()
        assert len(events(Filter(since=today, until=today)).items) == 2
        assert events(Filter(until=today.replace(year=2020))).items == ()
        assert events(Filter(subject_id="signed_in")).items[0].name == "signed_in"
        assert names() == ["package_published", "signed_in"]
        assert check() == []


def test_a_vendor_reads_the_history_of_its_own_things_only(services, organisation, actor_of):
    mine, other = organisation("vendor"), organisation("vendor")
    thing = uuid.uuid4()
    with act_as(SYSTEM):

        @use_case
        def both() -> None:
            audit.record("seen", subject=("product", thing), organisation_id=mine)
            audit.record("hidden", subject=("product", thing), organisation_id=other)

        both()
    with act_as(actor_of(mine, "vendor_viewer")):
        assert [event.name for event in history_of("product", thing)] == ["seen"]
        for read in (lambda: events(Filter()), lambda: export(Filter()), names, check):
            with pytest.raises(NotPermitted):
                read()


def test_only_the_first_faults_are_shown(services, auditor, owner):
    with act_as(SYSTEM):
        happen(*(f"e{number}" for number in range(30)))
    with owner.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("UPDATE audit_event SET actor_name = 'x'"))
    with act_as(auditor):
        assert len(check()) == SHOWN_FAULTS
