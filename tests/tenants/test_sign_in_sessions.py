"""Sessions: who holds a token, for how long, for which organisation."""

from __future__ import annotations

import hashlib
import threading
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from tenants import clock, organisations, public_vendors, sign_in
from tenants.actor import PUBLIC, SYSTEM, Actor
from tenants.audit import AuditEvent
from tenants.db import act_as, db
from tenants.duplicates import AlreadyRegistered
from tenants.errors import NotFound, NotPermitted
from tenants.models import ExternalIdentity, Membership, Organisation, Person, SignInSession

START = datetime(2026, 11, 2, 0, 0, tzinfo=UTC)


def enter(subject: str = "s1", moment: datetime = START, name: str = "山田 花子") -> str:
    with clock.at(moment):
        return sign_in.sign_in("demo", subject, name=name, email="hanako@example.jp")


def holder(token: str, moment: datetime = START) -> sign_in.SignedIn | None:
    with clock.at(moment):
        return sign_in.resolve(token)


def join(subject: str, organisation_id: uuid.UUID, *roles: str) -> None:
    with act_as(SYSTEM):
        person_id = db.session.scalar(
            select(ExternalIdentity.person_id).where(ExternalIdentity.subject == subject)
        )
        db.session.add_all(
            Membership(organisation_id=organisation_id, person_id=person_id, role=role) for role in roles
        )
        db.session.commit()


def events() -> list[str]:
    with act_as(SYSTEM):
        return list(db.session.scalars(select(AuditEvent.name).order_by(AuditEvent.number)))


def test_the_first_time_makes_a_person_the_second_time_finds_them(services):
    enter(name="山田 花子")
    enter(name="佐藤 花子")
    with act_as(SYSTEM):
        assert db.session.scalars(select(Person.name)).all() == ["佐藤 花子"]
        assert db.session.scalar(select(func.count()).select_from(SignInSession)) == 2
    assert events() == ["signed_in", "signed_in"]


def test_the_database_holds_the_token_s_hash_only(services):
    token = enter()
    with act_as(SYSTEM):
        stored = db.session.scalars(select(SignInSession.token_hash)).one()
    assert stored == hashlib.sha256(token.encode()).hexdigest()
    assert len(token) >= 43


def test_somebody_without_an_organisation_is_signed_in_as_the_public(services):
    found = holder(enter())
    assert found is not None
    assert found.actor.audience == "public"
    assert found.actor.person_id is not None
    assert found.workplace is None
    assert not found.actor.roles


def test_roles_of_an_organisation_are_those_of_the_session_s_one_only(services, organisation):
    enter()
    mine, other = organisation("vendor", name="い社"), organisation("sme", name="ろ屋")
    join("s1", mine, "vendor_editor", "vendor_applications")
    join("s1", other, "sme_owner")
    token = enter()
    found = holder(token)
    assert [place.name for place in found.workplaces] == ["ろ屋", "い社"]
    assert found.actor.audience == "sme"
    assert found.actor.roles == {"sme_owner"}
    with clock.at(START):
        token = sign_in.switch_organisation(token, mine)
    found = holder(token)
    assert found.actor.roles == {"vendor_editor", "vendor_applications"}
    assert found.actor.audience == "vendor"


@pytest.mark.parametrize("token", ["", "x", "a" * 43, "' OR 1=1 --", "\x00"])
def test_an_unknown_token_is_nobody(services, token):
    enter()
    assert holder(token) is None


def test_an_hour_without_a_page_ends_it(services):
    token = enter()
    assert holder(token, START + timedelta(minutes=60)) is not None
    token = enter()
    assert holder(token, START + timedelta(minutes=60, seconds=1)) is None


def test_every_page_keeps_it_alive_but_not_for_longer_than_half_a_day(services):
    token = enter()
    moment = START
    while moment < START + timedelta(hours=12):
        assert holder(token, moment) is not None, moment
        moment += timedelta(minutes=50)
    assert holder(token, START + timedelta(hours=12, seconds=1)) is None


def test_being_seen_is_written_every_five_minutes_only(services):
    token = enter()

    def seen() -> datetime:
        with act_as(SYSTEM):
            return db.session.scalars(select(SignInSession.seen_at)).one()

    holder(token, START + timedelta(minutes=4))
    assert seen() == START
    holder(token, START + timedelta(minutes=6))
    assert seen() == START + timedelta(minutes=6)


def test_signing_out_ends_it_everywhere_at_once(services):
    token = enter()
    with clock.at(START):
        sign_in.sign_out(token)
        sign_in.sign_out("unknown")
        sign_in.sign_out(token)
    assert holder(token) is None
    assert events() == ["signed_in", "signed_out"]


def test_changing_the_organisation_ends_the_old_token_and_makes_a_new_one(services, organisation):
    enter()
    first, second = organisation("vendor"), organisation("sme")
    join("s1", first, "vendor_owner")
    join("s1", second, "sme_owner")
    token = enter()
    with clock.at(START):
        fresh = sign_in.switch_organisation(token, first)
    assert fresh != token
    assert holder(token) is None
    assert holder(fresh).actor.organisation_id == first
    assert events()[-1] == "organisation_switched"


def test_changing_the_organisation_does_not_make_the_day_longer(services, organisation):
    enter()
    mine = organisation("vendor")
    join("s1", mine, "vendor_owner")
    token = enter()
    late = START + timedelta(hours=11, minutes=50)
    moment = START
    while moment < late:
        moment += timedelta(minutes=50)
        holder(token, min(moment, late))
    with clock.at(late):
        token = sign_in.switch_organisation(token, mine)
    assert holder(token, late) is not None
    assert holder(token, START + timedelta(hours=12, minutes=1)) is None


def test_nobody_acts_for_an_organisation_they_do_not_belong_to(services, organisation):
    token = enter()
    other = organisation("vendor")
    with pytest.raises(NotFound), clock.at(START):
        sign_in.switch_organisation(token, other)
    assert holder(token) is not None


def test_a_token_that_has_ended_cannot_be_made_into_a_new_one(services, organisation):
    enter()
    mine = organisation("vendor")
    join("s1", mine, "vendor_owner")
    token = enter()
    with clock.at(START):
        sign_in.sign_out(token)
        with pytest.raises(NotFound):
            sign_in.switch_organisation(token, mine)
    idle = enter()
    with clock.at(START + timedelta(hours=2)), pytest.raises(NotFound):
        sign_in.switch_organisation(idle, mine)


def test_losing_the_membership_loses_the_access_at_once(services, organisation):
    enter()
    mine = organisation("vendor")
    join("s1", mine, "vendor_owner")
    token = enter()
    assert holder(token).actor.organisation_id == mine
    with act_as(SYSTEM):
        db.session.delete(db.session.scalars(select(Membership)).one())
        db.session.commit()
    found = holder(token)
    assert found.actor.audience == "public"
    assert not found.actor.roles


def test_two_first_sign_ins_at_once_make_one_person(services):
    gate = threading.Barrier(4)
    results: list[object] = []

    def run() -> None:
        with services.app_context():
            gate.wait()
            try:
                results.append(enter("twin"))
            except Exception as error:  # noqa: BLE001
                results.append(error)
            db.session.remove()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(isinstance(result, str) for result in results), results
    with act_as(SYSTEM):
        assert db.session.scalar(select(func.count()).select_from(Person)) == 1


# --- registering a business ---


def person(subject: str = "s1") -> Actor:
    return holder(enter(subject)).actor


def register(who: Actor, number: str | None = "7000012050002", **more: object) -> uuid.UUID:
    facts = {"name": "食堂ひまわり", "prefecture": "東京都", "address": "千代田区1-1"} | more
    with act_as(who):
        return organisations.register_business(who, corporate_number=number, **facts)


def test_somebody_signed_in_registers_their_business_and_owns_it(services):
    who = person()
    business = register(who)
    assert holder(enter()).actor.roles == {"sme_owner"}
    assert events() == ["signed_in", "business_registered", "signed_in"]
    with act_as(SYSTEM):
        row = db.session.get_one(Organisation, business)
        assert (row.kind, row.name) == ("sme", "食堂ひまわり")
    with act_as(Actor("sme", business, who.person_id, frozenset({"sme_owner"}))):
        assert organisations.own().corporate_number == "7000012050002"


def test_one_business_has_one_account(services):
    register(person("s1"))
    with pytest.raises(AlreadyRegistered) as caught:
        register(person("s2"), address="千代田区2-2")
    assert caught.value.code == "number_registered"


def test_two_who_register_one_business_at_once(services):
    people = [person("s1"), person("s2")]
    gate = threading.Barrier(2)
    results: list[object] = []

    def run(who: Actor) -> None:
        with services.app_context():
            gate.wait()
            try:
                results.append(register(who))
            except Exception as error:  # noqa: BLE001
                results.append(error)
            db.session.remove()

    threads = [threading.Thread(target=run, args=(who,)) for who in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refused = [result for result in results if isinstance(result, Exception)]
    assert len(refused) == 1
    assert isinstance(refused[0], AlreadyRegistered), refused
    assert refused[0].code == "number_registered"


def test_sole_proprietors_have_no_number_and_do_not_collide(services):
    assert register(person("s1"), None) != register(person("s2"), None, address="千代田区2-2")


def test_the_same_name_and_address_is_another_business_when_the_person_says_so(services):
    first = register(person("s1"), None)
    with pytest.raises(AlreadyRegistered) as caught:
        register(person("s2"), None, name="食堂 ヒマワリ", address="千代田区１丁目１番")
    assert caught.value.code == "business_registered"
    assert register(person("s2"), None, name="食堂 ヒマワリ", another=True) != first


def test_nobody_registers_without_signing_in(services):
    with pytest.raises(NotPermitted):
        register(PUBLIC)


def test_vendors_are_public_by_number_and_nothing_else_is(services, organisation):
    organisation("vendor", corporate_number="7000012050002", name="い社")
    organisation("sme", corporate_number="1000012050008", name="ろ屋")
    with act_as(PUBLIC):
        assert public_vendors.by_number("7000012050002").name == "い社"
        assert public_vendors.names(["7000012050002", "1000012050008"]) == {"7000012050002": "い社"}
        for number in ("1000012050008", "", "x"):
            with pytest.raises(NotFound):
                public_vendors.by_number(number)
