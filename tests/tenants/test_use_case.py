"""One use case, one transaction."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tenants import actor, audit, clock, jobs
from tenants.actor import PUBLIC, SYSTEM, Actor
from tenants.db import _CONSTRAINTS as KNOWN
from tenants.db import act_as, constraint, db, use_case
from tenants.errors import BadInput, Conflict, Finding, NotPermitted
from tenants.models import Organisation
from tenants.permissions import Permission
from tenants.text import Text


@pytest.fixture
def system(services):
    with act_as(SYSTEM):
        yield


@pytest.fixture
def commits(system, monkeypatch):
    """How often the session was committed."""
    done: list[int] = []
    real = Session.commit
    monkeypatch.setattr(Session, "commit", lambda self: (done.append(1), real(self))[1])
    return done


def names() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Organisation.name).order_by(Organisation.name)))


@use_case
def add(name: str, kind: str = "sme", number: str | None = None, **more: object) -> uuid.UUID:
    standing = "adopted" if kind == "vendor" else None
    row = Organisation(kind=kind, name=name, corporate_number=number, standing=standing, **more)
    db.session.add(row)
    db.session.flush()
    return row.id


def test_it_commits_once_when_it_returns(commits):
    add("一")
    assert names() == ["一"]
    assert len(commits) == 1


def test_a_use_case_within_another_joins_its_transaction(commits):
    @use_case
    def outer() -> None:
        add("一")
        add("二")

    outer()
    assert names() == ["一", "二"]
    assert len(commits) == 1


def test_when_the_outer_one_fails_the_inner_one_is_undone(commits):
    @use_case
    def outer() -> None:
        add("一")
        raise LookupError

    with pytest.raises(LookupError):
        outer()
    assert names() == []
    assert commits == []


def test_a_domain_error_within_it_rolls_back_even_if_it_was_only_raised(system):
    @use_case
    def outer() -> None:
        add("一")
        raise NotPermitted

    with pytest.raises(NotPermitted):
        outer()
    assert names() == []


def test_being_interrupted_rolls_back_too(system):
    @use_case
    def outer() -> None:
        add("一")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        outer()
    assert names() == []
    add("二")
    assert names() == ["二"]


def taken() -> BadInput:
    return BadInput(
        Finding("taken", Text("使われています。", "Taken."), Text("変えてください。", "Change it."), "番号")
    )


@pytest.fixture
def named(system, monkeypatch):
    """The number's constraint means ``taken`` while the test runs."""
    monkeypatch.setitem(KNOWN, "uq_organisation_kind_corporate_number", Conflict)
    constraint("uq_organisation_kind_corporate_number", taken)


def test_a_named_constraint_becomes_the_error_it_means(named):
    add("一", number="1000012050002")
    with pytest.raises(BadInput) as caught:
        add("二", number="1000012050002")
    assert caught.value.code == "taken"
    assert isinstance(caught.value.__cause__, IntegrityError)
    assert names() == ["一"]


def test_a_constraint_nobody_named_stays_what_it_is(system):
    with pytest.raises(IntegrityError):
        add("一", number="not 13 digits")
    assert names() == []


def test_a_constraint_that_shows_only_at_commit_is_typed_too(named):
    add("一", number="1000012050002")

    @use_case
    def late() -> None:
        db.session.add(Organisation(kind="sme", name="二", corporate_number="1000012050002"))

    with pytest.raises(BadInput):
        late()


def test_a_row_that_somebody_else_changed_meanwhile_is_a_conflict(system, owner):
    organisation_id = add("一")

    @use_case
    def rename() -> None:
        row = db.session.get_one(Organisation, organisation_id)
        with owner.begin() as connection:
            connection.execute(text("UPDATE organisation SET version = version + 1"))
        row.name = "改名"

    with pytest.raises(Conflict) as caught:
        rename()
    assert caught.value.status == 409
    assert names() == ["一"]


def test_two_at_once_never_both_win(services):
    with act_as(SYSTEM):
        organisation_id = add("一")
    gate = threading.Barrier(2)
    results: list[str] = []

    def rename(name: str) -> None:
        @use_case
        def run() -> None:
            row = db.session.get_one(Organisation, organisation_id)
            gate.wait()
            row.name = name

        with services.app_context(), act_as(SYSTEM):
            try:
                run()
                results.append("won")
            except Conflict:
                results.append("lost")
            db.session.remove()

    threads = [threading.Thread(target=rename, args=(name,)) for name in ("甲", "乙")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["lost", "won"]


# --- who acts ---


def test_nobody_said_who_acts_so_it_is_the_public(services):
    assert actor.current() is PUBLIC
    assert db.session.scalar(text("SELECT current_setting('app.audience')")) == "public"


def test_the_database_is_told_of_every_new_transaction(services):
    organisation_id, person_id = uuid.uuid4(), uuid.uuid4()
    with act_as(Actor("vendor", organisation_id, person_id)):
        for _ in range(2):
            told = db.session.execute(
                text(
                    "SELECT current_setting('app.audience'), current_setting('app.organisation_id'),"
                    " current_setting('app.person_id')"
                )
            ).one()
            assert tuple(told) == ("vendor", str(organisation_id), str(person_id))
            db.session.commit()
    assert db.session.scalar(text("SELECT current_setting('app.organisation_id')")) == ""


def test_acting_ends_with_the_block_even_after_an_error(services):
    with pytest.raises(LookupError), act_as(SYSTEM):
        raise LookupError
    assert actor.current() is PUBLIC


def test_what_an_actor_may_do_follows_from_the_roles():
    viewer = Actor("vendor", uuid.uuid4(), uuid.uuid4(), frozenset({"vendor_viewer"}))
    viewer.require(Permission.VIEW_LISTINGS)
    with pytest.raises(NotPermitted):
        viewer.require(Permission.EDIT_LISTINGS)
    with pytest.raises(NotPermitted):
        _ = PUBLIC.own_organisation
    assert SYSTEM.may(Permission.EDIT_MASTERS)
    assert not Actor("vendor", roles=frozenset({"no_such_role"})).may(Permission.VIEW_LISTINGS)


# --- jobs ---


def waiting(owner) -> list[str]:
    with owner.connect() as connection:
        return list(connection.scalars(text("SELECT task_name FROM procrastinate_jobs ORDER BY id")))


def test_a_job_is_there_when_and_only_when_its_transaction_commits(system, owner):
    @use_case
    def work(*, fail: bool) -> None:
        jobs.enqueue("test.task", code="A")
        add("一")
        assert waiting(owner) == []
        if fail:
            raise LookupError

    with pytest.raises(LookupError):
        work(fail=True)
    assert waiting(owner) == []
    work(fail=False)
    assert waiting(owner) == ["test.task"]


def test_asking_twice_under_one_lock_adds_nothing_and_loses_nothing(system, owner):
    @use_case
    def work(name: str) -> None:
        add(name)
        jobs.enqueue("test.task", lock="only one")
        jobs.enqueue("test.task", lock="only one")
        audit.record("worked", subject=("test", name), organisation_id=None)

    work("一")
    work("二")
    assert waiting(owner) == ["test.task"]
    assert names() == ["一", "二"]
    assert db.session.scalar(select(func.count()).select_from(audit.AuditEvent)) == 2


def test_two_who_ask_at_the_same_moment_both_finish(services, owner):
    """The second waits for the first one's commit, then finds the lock taken: no error, no abort."""
    asked, go_on = threading.Event(), threading.Event()
    results: list[str] = []

    @use_case
    def work(name: str, first: bool) -> None:  # noqa: FBT001
        add(name)
        jobs.enqueue("test.task", lock="only one")
        if first:
            asked.set()
            go_on.wait(10)

    def run(name: str, first: bool) -> None:  # noqa: FBT001
        with services.app_context(), act_as(SYSTEM):
            work(name, first)
            results.append(name)
            db.session.remove()

    one = threading.Thread(target=run, args=("一", True))
    two = threading.Thread(target=run, args=("二", False))
    one.start()
    asked.wait(10)
    two.start()
    two.join(0.3)
    assert results == [], "the second waits until the first has decided"
    go_on.set()
    one.join()
    two.join()
    assert sorted(results) == ["一", "二"]
    assert waiting(owner) == ["test.task"]


def test_who_acts_is_still_known_after_a_job_was_refused(services, owner, organisation):
    """The refused job rolls back to a savepoint; what the database was told must survive that."""
    vendor = organisation("vendor")
    with act_as(SYSTEM):
        jobs.enqueue("notices.send", lock="only one")
        db.session.commit()

    @use_case
    def work() -> str:
        jobs.enqueue("notices.send", lock="only one")
        return db.session.scalar(text("SELECT current_setting('app.organisation_id')"))

    with act_as(Actor("vendor", vendor, uuid.uuid4())):
        assert work() == str(vendor)


# --- time ---


def test_the_clock_stands_still_inside_a_moment_and_needs_a_zone():
    moment = clock.now()
    with clock.at(moment):
        assert clock.now() == moment
        with clock.at(moment + timedelta(days=1)):
            assert clock.now() == moment + timedelta(days=1)
        assert clock.now() == moment
    with pytest.raises(ValueError, match="time zone"), clock.at(moment.replace(tzinfo=None)):
        pass


def test_the_day_is_japan_s():
    late = clock.now().replace(year=2026, month=11, day=1, hour=15, minute=0)
    with clock.at(late):
        assert (clock.today().month, clock.today().day) == (11, 2)


def test_constraints_the_application_names_exist_in_the_database(services, owner):
    """A typed error for a constraint that was renamed would silently become a 500."""
    import catalogue.imports.service  # noqa: PLC0415
    import catalogue.listings  # noqa: F401, PLC0415
    import marketplace.applications.services  # noqa: F401, PLC0415

    with owner.connect() as connection:
        known = set(connection.scalars(text("SELECT conname FROM pg_constraint")))
        known |= set(connection.scalars(text("SELECT relname FROM pg_class WHERE relkind = 'i'")))
        # A rule that a trigger keeps says its own name.
        named = r"SELECT (regexp_matches(prosrc, 'CONSTRAINT = ''(\w+)', 'g'))[1] FROM pg_proc"
        known |= set(connection.scalars(text(named)))
    assert set(KNOWN) <= known


def test_the_models_and_the_migrations_agree(owner_url):
    from migrations import run  # noqa: PLC0415

    run.check(owner_url)
    current, newest = run.revisions(owner_url)
    assert current == newest
    run.upgrade(owner_url)
