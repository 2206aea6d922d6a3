"""Vendor and applicant are found to be the same people after the application was begun: it stops, and is told so."""

from __future__ import annotations

import threading
import time
import uuid
from dataclasses import replace

import grants
import pytest
from grants import CODE, VENDOR_NUMBER, World, by
from letters import invitation_token, posted
from one_business import WHY, change, join, settle
from sqlalchemy import insert, select, update
from sqlalchemy.exc import ProgrammingError
from together import use_cases_at_once

from marketplace import duplicate_accounts
from marketplace.applications import halts, queries, services
from marketplace.applications import services as application_services
from marketplace.models import GrantApplication
from marketplace.subsidy.classes import normalise_jsic
from tenants import clock, details, duplicate_verdicts, invitations, invited, members
from tenants.actor import SYSTEM, Actor
from tenants.audit import AuditEvent
from tenants.db import act_as, db
from tenants.errors import BadInput, NotPermitted


@pytest.fixture
def world(organisation, actor_of) -> World:
    return grants.build(organisation, actor_of)


@pytest.fixture
def administrator(organisation, actor_of) -> Actor:
    return actor_of(organisation("secretariat"), "secretariat_administrator")


def stopped(administrator: Actor, application_id: uuid.UUID) -> tuple[str, ...]:
    with act_as(administrator):
        why = halts.reasons([application_id]).get(application_id, ())
        assert halts.count() == bool(why)
        # The database's own rule of one pair, and the one asked of all applications at once, say the same.
        assert halts.of_same_people(application_id) == (halts.SAME_PEOPLE in why)
        assert [card.id for card in queries.applications(halted=True).items] == [application_id] * bool(why)
        return tuple(each.en for each in why)


def events(name: str) -> list[tuple[str, uuid.UUID]]:
    with act_as(SYSTEM):
        rows = db.session.execute(
            select(AuditEvent.subject_id, AuditEvent.organisation_id).where(AuditEvent.name == name)
        )
        return [tuple(row) for row in rows]


def test_what_was_submitted_stops_and_goes_on_with_the_verdict_and_both_are_told(world, administrator):
    shop, application_id = world.sme.organisation_id, world.reach("submitted")
    assert stopped(administrator, application_id) == ()
    with by(administrator):
        duplicate_accounts.find_same(shop, world.vendor_id, reason=WHY)
    assert stopped(administrator, application_id) == ("Vendor and applicant are the same",)
    assert {each.organisation_id for each in posted("application_halted")} == {shop, world.vendor_id}
    assert events("application_halted") == [(str(application_id), shop)]
    for party in (world.sme, world.vendor):
        with act_as(party):
            assert halts.of_same_people(application_id)
            with pytest.raises(NotPermitted):
                queries.applications(halted=True)
    with by(administrator):
        duplicate_accounts.reopen(shop, world.vendor_id, reason=WHY)
    assert stopped(administrator, application_id) == ()
    assert {each.organisation_id for each in posted("application_freed")} == {shop, world.vendor_id}
    assert events("application_freed") == [(str(application_id), shop)]


def test_a_number_and_a_person_that_came_later_stop_it_too_and_a_verdict_then_changes_nothing(
    world, administrator
):
    shop, application_id = world.sme.organisation_id, world.reach("submitted")
    change(shop, corporate_number=None, invoice_number=f"T{VENDOR_NUMBER}")
    assert stopped(administrator, application_id)
    change(shop, invoice_number=None)
    assert stopped(administrator, application_id) == ()
    join(world.vendor, shop, "sme_member")
    assert stopped(administrator, application_id)
    with by(administrator):
        duplicate_accounts.find_same(shop, world.vendor_id, reason=WHY)
        duplicate_accounts.reopen(shop, world.vendor_id, reason=WHY)
    assert stopped(administrator, application_id), "the person is in both still"
    assert posted("application_halted") == posted("application_freed") == []


def told_since(name: str, application_id: uuid.UUID, world: World, before: int = 0) -> int:
    """How often both parties and the trail have been told by now; it has to be as often. before: known already."""
    parties = {world.sme.organisation_id, world.vendor_id}
    letters = posted(name)
    assert {each.organisation_id for each in letters[before * 2 :]} <= parties
    assert events(name) == [(str(application_id), world.sme.organisation_id)] * (len(letters) // 2)
    return len(letters) // 2


def keep_number(who: Actor, number: str) -> None:
    with by(who):
        known = details.own()
        said = replace(known.details, form="corporation", corporate_number=number, address="千代田区1-1")
        details.save(said, read_version=known.version, require_industry=normalise_jsic)


def invite(world: World, into: Actor, role: str) -> str:
    with by(into):
        address = f"{uuid.uuid4().hex}@example.jp"
        invitations.invite(address, [role])
    return invitation_token(address)


def test_a_number_that_is_entered_stops_it_and_both_are_told_in_the_same_breath(world, administrator):
    application_id = world.reach("submitted")
    keep_number(world.sme, VENDOR_NUMBER)
    assert stopped(administrator, application_id)
    assert told_since("application_halted", application_id, world) == 1
    with act_as(SYSTEM):
        told = select(
            AuditEvent.name,
            AuditEvent.actor_audience,
            AuditEvent.actor_person_id,
            AuditEvent.actor_organisation_id,
            AuditEvent.actor_name,
        ).order_by(AuditEvent.number.desc())
        last, cause = (tuple(row) for row in db.session.execute(told.limit(2)))
    # Neither party hears whose doing it was.
    assert last == ("application_halted", "system", None, None, "system")
    assert cause[:3] == ("organisation_edited", "sme", world.sme.person_id)
    keep_number(world.sme, "9010401052465")
    assert stopped(administrator, application_id) == ()
    assert told_since("application_freed", application_id, world) == 1
    keep_number(world.sme, "9010401052465")
    assert told_since("application_halted", application_id, world) == 1


@pytest.mark.parametrize("side", ["sme", "vendor"])
def test_a_person_who_joins_the_other_side_stops_it_until_they_leave(world, administrator, actor_of, side):
    application_id = world.reach("submitted")
    host, guest_of = (world.sme, world.vendor) if side == "sme" else (world.vendor, world.sme)
    role = {"sme": "sme_member", "vendor": "vendor_viewer"}
    other = "vendor" if side == "sme" else "sme"
    guest = actor_of(guest_of.organisation_id, role[other])
    token = invite(world, host, role[side])
    with clock.at(grants.DURING):
        invited.accept(guest, token)
    assert stopped(administrator, application_id)
    assert told_since("application_halted", application_id, world) == 1
    # Who comes after them changes nothing, nor does one who belongs to one side only.
    second = actor_of(guest_of.organisation_id, role[other])
    for more in (second, actor_of(guest_of.organisation_id)):
        token = invite(world, host, role[side])
        with clock.at(grants.DURING):
            invited.accept(more, token)
    assert told_since("application_halted", application_id, world) == 1
    with by(host):
        members.remove(guest.person_id)
    assert stopped(administrator, application_id), "the second is in both still"
    with by(second):
        members.leave()
    assert stopped(administrator, application_id) == ()
    assert told_since("application_freed", application_id, world) == 1


def test_nothing_is_told_of_a_change_that_does_not_come_about(world, monkeypatch):
    world.reach("submitted")
    monkeypatch.setattr(halts, "_tell", lambda *_: (_ for _ in ()).throw(BadInput()))
    with pytest.raises(BadInput):
        keep_number(world.sme, VENDOR_NUMBER)
    assert posted("application_halted") == events("application_halted") == []
    with by(world.sme):
        assert details.own().details.corporate_number == ""


def test_no_step_but_the_last_is_taken_while_it_is_stopped(world):
    application_id, shop = world.start(), world.sme.organisation_id
    for step in ("accept", "prepare", "ask_correction", "prepare", "prepare", "confirm", "submit"):
        before = world.view(application_id).card.state
        change(shop, corporate_number=VENDOR_NUMBER)
        with pytest.raises(BadInput, match="own_tool"):
            world.take(step, application_id)
        assert world.view(application_id).card.state == before
        change(shop, corporate_number=None)
        world.take(step, application_id)


def refused(who: Actor, application_id: uuid.UUID, state: str) -> None:
    with act_as(who):
        with pytest.raises(ProgrammingError, match="vendor and applicant are the same people"):
            db.session.execute(
                update(GrantApplication).where(GrantApplication.id == application_id).values(state=state)
            )
        db.session.rollback()


def test_the_database_moves_no_application_that_is_stopped_whoever_asks(world, administrator):
    application_id = world.reach("submitted")
    settle(administrator, world)
    # A state that comes after it, whatever it will be called.
    refused(SYSTEM, application_id, "granted")
    refused(SYSTEM, application_id, "prepared")
    with act_as(administrator):
        duplicate_verdicts.reopen(world.sme.organisation_id, world.vendor_id, reason=WHY)
    with act_as(SYSTEM):
        db.session.execute(
            update(GrantApplication).where(GrantApplication.id == application_id).values(state="withdrawn")
        )
        db.session.commit()
    application_id = world.start()
    settle(administrator, world)
    refused(world.vendor, application_id, "accepted")
    with act_as(world.vendor):
        db.session.execute(
            update(GrantApplication).where(GrantApplication.id == application_id).values(state="declined")
        )
        db.session.commit()
    # Nor is another begun past the service.
    with act_as(SYSTEM):
        known = db.session.get_one(GrantApplication, application_id)
        kept = {
            column.name: getattr(known, column.name)
            for column in GrantApplication.__table__.columns
            if column.name not in ("id", "number", "round_id", "state")
        }
        with pytest.raises(ProgrammingError, match="vendor and applicant are the same people"):
            db.session.execute(insert(GrantApplication).values(**kept, round_id="x", state="draft"))
        db.session.rollback()


def test_who_submits_while_it_is_being_found_waits_and_is_refused(services, world, administrator, monkeypatch):
    """The one who finds it has written and not committed yet when the other presses."""
    application_id = world.reach("confirmed")
    found, pressed = threading.Event(), threading.Event()
    tell = halts._tell

    def tell_slowly(row: object, what: str) -> None:
        tell(row, what)
        found.set()
        assert pressed.wait(10)
        time.sleep(0.3)  # the other is at the row by now

    monkeypatch.setattr(halts, "_tell", tell_slowly)
    view = world.view(application_id)

    def submit() -> None:
        assert found.wait(10)
        with by(world.vendor):
            pressed.set()
            application_services.submit(application_id, read_version=view.version)

    outcome = use_cases_at_once(services, lambda: keep_number(world.sme, VENDOR_NUMBER), submit)
    assert outcome[0] is None
    assert isinstance(outcome[1], BadInput)
    assert world.view(application_id).card.state.code == "confirmed"
    assert told_since("application_halted", application_id, world) == 1


def test_who_submits_first_has_submitted_and_it_is_stopped_there(services, world, administrator):
    """Nobody is told to wait: whichever comes first, the application is stopped in the end, and told so once."""
    application_id = world.reach("confirmed")
    version = world.version(application_id)

    def submit() -> None:
        with by(world.vendor):
            application_services.submit(application_id, read_version=version)

    outcome = use_cases_at_once(services, submit, lambda: keep_number(world.sme, VENDOR_NUMBER))
    state = world.view(application_id).card.state.code
    assert state == ("submitted" if outcome[0] is None else "confirmed"), outcome
    assert outcome[1] is None
    assert stopped(administrator, application_id)
    assert told_since("application_halted", application_id, world) == 1


def test_what_has_ended_is_not_stopped(world, administrator):
    application_id = world.start()
    with act_as(world.sme):
        services.withdraw(application_id, reason=WHY, read_version=world.version(application_id))
    settle(administrator, world)
    assert stopped(administrator, application_id) == ()


def test_the_desk_and_the_parties_pages_say_that_it_is_stopped(app, organisation, actor_of, administrator):
    world = grants.build(organisation, actor_of, now=True)
    with act_as(world.sme):
        publication = services.live_package(CODE)
        application_id = services.start(CODE, publication_id=publication.id)
    desk = app.test_client().act_as(administrator)
    said = "ベンダーと申請者が同じ"
    assert said not in desk.get("/secretariat/applications").text
    assert "この状態の申請はありません" in desk.get("/secretariat/applications?halted=1").text
    settle(administrator, world)
    for address in ("/secretariat/applications", "/secretariat/applications?halted=1"):
        assert said in desk.get(address).text
    assert "/secretariat/applications?halted=1" in desk.get("/secretariat/").text
    for party, path in ((world.sme, "my"), (world.vendor, "vendor")):
        page = app.test_client().act_as(party).get(f"/{path}/applications/{application_id}").text
        assert "同じ事業者と確認されたためです" in page
