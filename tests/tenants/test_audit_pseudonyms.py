"""A person is forgotten and the chain holds; names stand in no event."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, select, text

from tenants import audit
from tenants.actor import SYSTEM, Actor
from tenants.audit import AuditEvent, AuditPersonal
from tenants.audit_pseudonyms import forget
from tenants.audit_queries import FORGOTTEN, Filter, events, export, own_events
from tenants.db import act_as, db, use_case
from tenants.errors import DomainError, NotFound, NotPermitted
from tenants.models import ExternalIdentity, Membership, Person

NAME, EMAIL = "忘却 太郎", "taro.bokyaku@example.jp"


@use_case
def happen(name: str = "something_done", **facts: object) -> None:
    facts = {"subject": ("test", "1"), "organisation_id": None} | facts
    audit.record(name, **facts)  # type: ignore[arg-type]


@pytest.fixture
def vendor(organisation) -> uuid.UUID:
    return organisation("vendor", name="会社い")


@pytest.fixture
def taro(services, vendor) -> Actor:
    with act_as(SYSTEM):
        person = Person(name=NAME, email=EMAIL)
        db.session.add(person)
        db.session.flush()
        db.session.add(Membership(organisation_id=vendor, person_id=person.id, role="vendor_owner"))
        db.session.add(ExternalIdentity(provider="test", subject="taro", person_id=person.id))
        db.session.commit()
        return Actor("vendor", vendor, person.id, frozenset({"vendor_owner"}), NAME)


@pytest.fixture
def administrator(organisation, actor_of) -> Actor:
    return actor_of(organisation("secretariat"), "secretariat_administrator")


@pytest.fixture
def lived(taro, vendor, administrator) -> Actor:
    """Taro did things, others did things to him, and he has left."""
    with act_as(taro):
        happen(organisation_id=vendor)
        happen(organisation_id=vendor, subject=("person", taro.person_id), before={"name": NAME, "roles": ["x"]})
    with act_as(administrator):
        happen("member_invited", organisation_id=vendor, subject=("invitation", "1"), after={"email": EMAIL})
        happen("support_view_opened", organisation_id=vendor, subject=("support_view", "1"), after={"name": "x"})
    with act_as(SYSTEM):
        db.session.execute(delete(Membership).where(Membership.person_id == taro.person_id))
        db.session.commit()
    return taro


def everywhere(owner) -> str:
    """All that the database holds, as text."""
    with owner.connect() as connection:
        tables = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        rows = [connection.scalar(text(f'SELECT json_agg(t)::text FROM "{name}" t')) for name in tables]
    return "\n".join(row for row in rows if row)


def test_a_name_stands_beside_the_chain_and_once(taro, vendor):
    with act_as(taro):
        for _ in range(3):
            happen(organisation_id=vendor)
        assert db.session.scalars(select(AuditPersonal.value)).all() == [NAME]
        found = db.session.scalars(select(AuditEvent)).all()
        assert {event.actor_name for event in found} == {""}
        assert len({event.actor_digest for event in found}) == 1
        assert {event.actor_name for event in own_events(Filter(who="太郎")).items} == {NAME}


def test_many_at_once_are_named_once_each(services, vendor, taro):
    gate = threading.Barrier(6)

    def work(_: int) -> None:
        gate.wait()
        with services.app_context(), act_as(taro):
            happen(organisation_id=vendor)
            db.session.remove()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    with act_as(SYSTEM):
        assert db.session.scalars(select(AuditPersonal.value)).all() == [NAME]
        assert list(audit.verify()) == []


def test_forgetting_takes_the_name_out_and_the_chain_holds(lived, administrator, owner):
    assert NAME in everywhere(owner)
    assert EMAIL in everywhere(owner)
    with act_as(administrator):
        before = [(event.number, event.name) for event in events(Filter()).items]
        assert events(Filter(name="member_invited")).items[0].after == {"email": EMAIL}
        assert forget(lived.person_id) == 3
        assert list(audit.verify()) == []
        after = events(Filter()).items
        assert [(event.number, event.name) for event in after][1:] == before
        assert after[0].name == audit.FORGOTTEN
        assert {event.actor_name for event in after if event.number <= 2} == {FORGOTTEN}
        assert events(Filter(name="member_invited")).items[0].after == {"email": None}
        told = str([(event.actor_name, event.before, event.after) for event in export(Filter())])
    assert NAME not in told
    assert EMAIL not in told
    left = everywhere(owner)
    assert NAME not in left
    assert EMAIL not in left


def test_forgetting_again_or_nobody_is_not_found(lived, administrator):
    with act_as(administrator):
        forget(lived.person_id)
        for gone in (lived.person_id, uuid.uuid4()):
            with pytest.raises(NotFound):
                forget(gone)


def test_somebody_who_still_belongs_somewhere_is_not_forgotten(taro, administrator):
    with act_as(administrator):
        with pytest.raises(DomainError, match="still_member"):
            forget(taro.person_id)
        assert list(audit.verify()) == []


def test_only_the_secretariat_s_administrator_forgets(lived, organisation, actor_of, vendor):
    office = organisation("secretariat")
    others = [actor_of(office, f"secretariat_{role}") for role in ("auditor", "reviewer", "publisher")]
    for who in (*others, actor_of(vendor, "vendor_owner"), lived):
        with act_as(who), pytest.raises(NotPermitted):
            forget(lived.person_id)


def test_a_name_that_is_only_deleted_shows(lived, administrator, owner):
    with owner.begin() as connection:
        connection.execute(text("DELETE FROM audit_personal WHERE value = :name"), {"name": NAME})
    with act_as(administrator):
        assert {fault.reason for fault in audit.verify()} == {"a name in it is gone without having been forgotten"}
        # Saying so afterwards, of another digest, does not mend it.
        happen(audit.FORGOTTEN, subject=("person", lived.person_id), after={"digests": ["x"]})
        assert {fault.number for fault in audit.verify()} == {1, 2}


def test_people_of_the_secretariat_stand_in_others_trails_by_their_office(lived, administrator, actor_of, vendor):
    with act_as(actor_of(vendor, "vendor_owner")):
        shown = {event.name: event.actor_name for event in own_events(Filter()).items}
        assert shown["member_invited"] == "secretariat"
        assert own_events(Filter(who=administrator.name)).items == ()
        values = db.session.scalars(select(AuditPersonal.value)).all()
    assert administrator.name not in values
    with act_as(administrator):
        assert events(Filter(name="member_invited")).items[0].actor_name == administrator.name


def test_an_organisation_s_own_trail_is_its_own_whatever_is_asked_for(lived, organisation, actor_of, vendor):
    other = organisation("sme")
    with act_as(SYSTEM):
        happen("theirs", organisation_id=other)
    with act_as(actor_of(vendor, "vendor_owner")):
        for wanted in (Filter(organisation_id=other), Filter(organisation="sme"), Filter()):
            assert {event.name for event in own_events(wanted).items} == {
                "something_done",
                "member_invited",
                "support_view_opened",
            }
    for role in ("vendor_editor", "vendor_viewer"):
        with act_as(actor_of(vendor, role)), pytest.raises(NotPermitted):
            own_events(Filter())
