"""Two at once, late by a second, somebody else's: one result, and a clear refusal."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from grants import CLOSES, CODE, DURING, OPENS, SHOP, World, build, by, prepared
from sqlalchemy import func, select, text

from marketplace.applicants import profile, save_profile
from marketplace.applications import queries, services
from marketplace.applications.lifecycle import APPLICATION
from marketplace.models import ApplicationStep, GrantApplication
from tenants import clock
from tenants.actor import PUBLIC, SYSTEM, Actor
from tenants.db import act_as, db
from tenants.errors import BadInput, DomainError, IllegalStep, NotFound, NotPermitted, OutsideWindow


@pytest.fixture
def world(organisation, actor_of) -> World:
    return build(organisation, actor_of)


def at_once(app: Flask, *calls: tuple[Actor, Callable[[], object]]) -> list[object]:
    """Run all calls at the same moment, each in a thread and a session of its own: results, or domain errors."""
    gate = threading.Barrier(len(calls))
    results: list[object] = [None] * len(calls)

    def run(place: int, actor: Actor, call: Callable[[], object]) -> None:
        with app.app_context(), clock.at(DURING), act_as(actor):
            gate.wait()
            try:
                results[place] = call()
            except DomainError as error:
                results[place] = error

    threads = [
        threading.Thread(target=run, args=(place, actor, call)) for place, (actor, call) in enumerate(calls)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def steps_of(application_id, step):
    with by(SYSTEM):
        return db.session.scalar(
            select(func.count())
            .select_from(ApplicationStep)
            .where(ApplicationStep.application_id == application_id, ApplicationStep.step == step)
        )


@pytest.mark.parametrize("run", range(3))
def test_two_tabs_start_at_once(app, world, run):
    publication = world.publish()

    def press():
        return services.start(CODE, publication_id=publication)

    results = at_once(app, (world.sme, press), (world.sme, press), (world.sme, press))
    refused = [result for result in results if isinstance(result, BadInput)]
    assert len(refused) == 2
    assert {error.code for error in refused} == {"already_applied"}
    with by(SYSTEM):
        assert db.session.scalar(select(func.count()).select_from(GrantApplication)) == 1


@pytest.mark.parametrize("run", range(3))
def test_two_tabs_confirm_at_once(app, world, run):
    application_id = world.reach("prepared")
    view = world.view(application_id)

    def press():
        services.confirm(application_id, seen_hash=view.document_hash, read_version=view.version)

    results = at_once(app, (world.sme, press), (world.sme, press))
    refused = [result for result in results if isinstance(result, DomainError)]
    assert [error.status for error in refused] == [409]
    assert steps_of(application_id, "confirm") == 1
    assert world.view(application_id).card.state.code == "confirmed"


@pytest.mark.parametrize("run", range(3))
def test_the_vendor_changes_the_text_while_it_is_confirmed(app, world, run):
    application_id = world.reach("prepared")
    view = world.view(application_id)

    def confirm():
        services.confirm(application_id, seen_hash=view.document_hash, read_version=view.version)

    def change():
        services.prepare(application_id, prepared(purpose="別の目的"), read_version=view.version)

    results = at_once(app, (world.sme, confirm), (world.vendor, change))
    refused = [result for result in results if isinstance(result, DomainError)]
    assert [error.status for error in refused] == [409]
    after = world.view(application_id)
    if results[0] is None:
        assert after.card.state.code == "confirmed"
        assert after.confirmed_hash == view.document_hash
    else:
        assert after.card.state.code == "prepared"
        assert after.prepared is not None
        assert after.prepared["purpose"] == "別の目的"


def test_two_vendor_people_answer_at_once(app, world):
    application_id = world.start()
    version = world.version(application_id)
    results = at_once(
        app,
        (world.vendor, lambda: services.accept(application_id, read_version=version)),
        (world.vendor, lambda: services.decline(application_id, reason="満員です", read_version=version)),
    )
    assert [r.status for r in results if isinstance(r, DomainError)] == [409]
    assert world.view(application_id).card.state.code in ("accepted", "declined")


def test_two_tabs_save_the_first_profile_at_once(app, organisation, actor_of):
    sme = actor_of(organisation("sme"), "sme_owner")

    def press():
        return save_profile(SHOP, read_version=None).version

    results = at_once(app, (sme, press), (sme, press))
    assert sorted(isinstance(result, DomainError) for result in results) == [False, True]
    with by(sme):
        assert profile().version == 1


def test_what_arrives_in_the_closing_second_is_in_time(world):
    application_id = world.reach("confirmed")
    late = CLOSES + timedelta(seconds=1)
    with pytest.raises(OutsideWindow) as refused:
        world.take("submit", application_id, late)
    message = refused.value.findings[0].message
    assert "2026年11月22日 17:00" in message.ja
    assert "2026-11-22 17:00" in message.en
    assert world.view(application_id).card.state.code == "confirmed"
    world.take("submit", application_id, CLOSES + timedelta(microseconds=999_999))
    assert world.view(application_id).card.state.code == "submitted"


@pytest.mark.parametrize(
    ("moment", "opened"),
    [
        (OPENS - timedelta(microseconds=1), False),
        (OPENS, True),
        (CLOSES, True),
        (CLOSES + timedelta(seconds=1), False),
        (datetime(2031, 1, 1, tzinfo=UTC), False),
    ],
)
def test_a_choice_needs_an_open_round(world, moment, opened):
    if opened:
        world.start(moment)
        return
    with pytest.raises(OutsideWindow):
        world.start(moment)


def test_another_round_does_not_let_an_application_through(world):
    from grants import open_window  # noqa: PLC0415

    application_id = world.reach("confirmed")
    open_window(OPENS, DURING)
    with pytest.raises(OutsideWindow):
        world.take("submit", application_id, CLOSES - timedelta(days=1))


def calls_for(application_id, version, seen):
    return {
        "accept": lambda: services.accept(application_id, read_version=version),
        "decline": lambda: services.decline(application_id, reason="x", read_version=version),
        "prepare": lambda: services.prepare(application_id, prepared(), read_version=version),
        "ask_correction": lambda: services.ask_correction(application_id, reason="x", read_version=version),
        "confirm": lambda: services.confirm(application_id, seen_hash=seen, read_version=version),
        "submit": lambda: services.submit(application_id, read_version=version),
        "withdraw": lambda: services.withdraw(application_id, reason="x", read_version=version),
    }


@pytest.mark.parametrize("state", [state.code for state in APPLICATION.states])
def test_every_step_that_the_table_does_not_list_is_refused(world, state):
    application_id = world.reach(state)
    view = world.view(application_id)
    calls = calls_for(application_id, view.version, view.document_hash)
    refused = 0
    for step in APPLICATION.steps:
        for audience, actor in (("sme", world.sme), ("vendor", world.vendor)):
            if audience == step.audience and state in step.sources:
                continue
            with by(actor), pytest.raises((IllegalStep, NotPermitted)):
                calls[step.code]()
            refused += 1
    assert refused >= len(APPLICATION.steps)
    assert world.view(application_id) == view


@pytest.mark.parametrize("role", ["sme_member", "vendor_editor", "vendor_viewer"])
def test_a_role_without_the_permission_is_refused(world, actor_of, role):
    application_id = world.reach("prepared")
    view = world.view(application_id)
    party = world.sme if role.startswith("sme") else world.vendor
    helper = actor_of(party.organisation_id, role)
    for call in calls_for(application_id, view.version, view.document_hash).values():
        with by(helper), pytest.raises(NotPermitted):
            call()


@pytest.mark.parametrize("audience", ["secretariat", "committee"])
def test_offices_do_not_act_for_the_parties(world, organisation, actor_of, audience):
    application_id = world.reach("prepared")
    view = world.view(application_id)
    role = "secretariat_administrator" if audience == "secretariat" else "committee_member"
    officer = actor_of(organisation(audience), role)
    for call in calls_for(application_id, view.version, view.document_hash).values():
        with by(officer), pytest.raises(NotFound):
            call()


def test_others_do_not_find_it(world, organisation, actor_of):
    application_id = world.reach("prepared")
    view = world.view(application_id)
    strangers = [
        actor_of(organisation("sme"), "sme_owner"),
        actor_of(organisation("vendor"), "vendor_owner"),
    ]
    for stranger in strangers:
        with by(stranger):
            with pytest.raises(NotFound):
                queries.application(application_id)
            assert queries.applications().total == 0
            assert queries.board() == ((), {})
        for call in calls_for(application_id, view.version, view.document_hash).values():
            with by(stranger), pytest.raises(NotFound):
                call()


def test_the_public_and_the_committee_list_nothing(world, organisation, actor_of):
    world.start()
    for actor in (PUBLIC, actor_of(organisation("committee"), "committee_member")):
        with by(actor), pytest.raises(NotPermitted):
            queries.applications()


PRIVATE = ("applicant_profile", "application_figures")
SHARED = ("grant_application", "application_step")


@pytest.mark.security
def test_the_vendor_reads_no_figures_even_in_plain_sql(world):
    application_id = world.reach("submitted")
    with by(world.vendor):
        for table in PRIVATE:
            assert db.session.execute(text(f"SELECT * FROM {table}")).all() == []
        seen = queries.application(application_id)
        assert seen.figures is None
        rows = db.session.execute(text("SELECT g::text || s::text FROM grant_application g, application_step s"))
        everything = "".join(rows.scalars())
    assert "capital" not in everything
    assert '"employees"' not in everything
    assert "3000000" not in everything
    with by(world.sme):
        mine = queries.application(application_id)
        assert mine.figures["capital_yen"] == 3_000_000
        assert mine.figures["employees"] == 8


@pytest.mark.security
def test_strangers_read_no_rows_even_in_plain_sql(world, organisation, actor_of):
    world.reach("submitted")
    strangers = [
        actor_of(organisation("sme"), "sme_owner"),
        actor_of(organisation("vendor"), "vendor_owner"),
        actor_of(organisation("committee"), "committee_member"),
        PUBLIC,
    ]
    for stranger in strangers:
        with by(stranger):
            for table in (*PRIVATE, *SHARED):
                assert db.session.execute(text(f"SELECT * FROM {table}")).all() == []


@pytest.mark.security
def test_history_and_figures_cannot_be_rewritten(world):
    world.reach("submitted")
    for table, column in (("application_step", "note"), ("application_figures", "content")):
        with by(world.sme):
            for statement in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
                with pytest.raises(Exception, match="permission denied"):
                    db.session.execute(text(statement))
                db.session.rollback()
