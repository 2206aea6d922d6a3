"""What the worker makes of a job that somebody wrote as they liked: another's row, one that is gone, anything else.

Every job is asked for as a transaction asks for it, and run by the real worker.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
import trade
from everything import changed, everything
from procrastinate import App
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError

from catalogue.listings import SYNCHRONISE
from marketplace import scheme_draft_queries, scheme_drafts
from marketplace.briefings import services as briefings
from marketplace.quotes import services as quotes
from marketplace.registration import renewal
from search.saved import telling
from tenants import clock, files, jobs, support_view
from tenants.actor import SYSTEM, Actor
from tenants.db import act_as, db
from tenants.notices import delivery
from tenants.notices.models import Notice, Posting
from tenants.notices.service import DELIVER, notify_person
from tenants.notices.templates import TEMPLATES
from tenants.wall_models import AskableJob
from web import worker
from web.tasks import RECONCILE, TASKS

pytestmark = pytest.mark.security

PERSONAL = "山田 花子 hanako@example.jp"


@dataclass(frozen=True)
class Takes:
    """A task's one argument, and a value of it that names what is gone."""

    name: str
    gone: Callable[[], str]


def an_id() -> str:
    return str(uuid.uuid4())


# Every task there is; None where it takes nothing, so nobody's row can be named to it.
TAKES: Mapping[str, Takes | None] = {
    DELIVER: Takes("posting_id", an_id),
    scheme_drafts.COMPARE: Takes("draft_id", an_id),
    files.DISCARD: Takes("key", lambda: f"{an_id()}/{an_id()}"),
    SYNCHRONISE: None,
    RECONCILE: None,
    delivery.SEND: None,
    files.SCAN: None,
    briefings.REMIND: None,
    support_view.CLOSE_PASSED: None,
    renewal.TASK: None,
    quotes.EXPIRE: None,
    telling.TELL: None,
}
NO_NAME_OF_A_ROW = (None, True, 7, 1.5, [], ["x"], {}, {"a": 1}, "", "x", "../..", "/etc/passwd", "a/b", PERSONAL)


@pytest.fixture
def built(app) -> App:
    """The worker of the tests' application, for what was asked for only: not for what a clock asks it."""
    made = worker.build(app)
    made.periodic_registry.periodic_tasks.clear()
    return made


def work(built: App) -> None:
    """Until nothing waits any more; in a thread, for a browser's test may have left a loop running in this one."""
    db.session.remove()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(
            built.run_worker, name=worker.NAME, wait=False, listen_notify=False, install_signal_handlers=False
        ).result()


def asked(actor: Actor, task: str, given: Mapping[str, object]) -> None:
    with act_as(actor):
        jobs.enqueue(task, **given)  # type: ignore[arg-type]  # that is what is tried
        db.session.commit()


def rows(owner: Engine, before: dict[str, str]) -> set[str]:
    """The tables that are not as they were, but for the queue's own."""
    return {table for table in changed(owner, before) if not table.startswith("procrastinate_")}


def ended(owner: Engine) -> list[tuple[str, dict[str, object], str]]:
    with owner.connect() as connection:
        query = "SELECT task_name, args, status::text FROM procrastinate_jobs ORDER BY id"
        return [tuple(row) for row in connection.execute(text(query))]


def test_every_task_that_is_registered_stands_here(built, services):
    """A new one is to say what it takes; what is not ours is asked for by nobody."""
    assert set(TAKES) == set(TASKS)
    others = set(built.tasks) - set(TASKS)
    assert {name for name in others if not name.endswith("remove_old_jobs")} == {"jobs.retry_stalled"}
    with act_as(SYSTEM):
        assert not others & set(db.session.scalars(select(AskableJob.task)))


def wrong(takes: Takes | None) -> list[dict[str, object]]:
    """Payloads that are none of this task's."""
    more: dict[str, object] = {"organisation_id": an_id(), PERSONAL: PERSONAL}
    if takes is None:
        return [{name: value} for name, value in more.items()] + [{"posting_id": an_id()}]
    bad: list[dict[str, object]] = [{takes.name: value} for value in NO_NAME_OF_A_ROW]
    return [{}, *bad, {takes.name: takes.gone()} | more, {f"{takes.name}s": takes.gone()}]


def test_what_a_task_does_not_take_fails_and_changes_nothing(parties, built, owner, caplog):
    before = everything(owner)
    for task, takes in TAKES.items():
        for given in wrong(takes):
            asked(SYSTEM, task, given)
    with caplog.at_level(logging.INFO):
        work(built)
    told = ended(owner)
    assert [each for each in told if each[2] != "failed"] == []
    assert len(told) == sum(len(wrong(takes)) for takes in TAKES.values())
    assert rows(owner, before) == set()
    for task in TAKES:
        assert f"Job {task}[" in caplog.text
    assert "deliver takes (posting_id), and was given something else" in caplog.text
    for word in ("花子", "hanako", "/etc/passwd"):
        assert word not in caplog.text
        assert not [r for r in caplog.records if word in str(vars(r))], word


def test_a_row_that_is_gone_ends_cleanly_and_changes_nothing(parties, built, owner):
    """Gone, or of another table: an id of an organisation and of a person is no posting's and no draft's."""
    before = everything(owner)
    for task, takes in TAKES.items():
        if takes is not None:
            asked(parties.vendor_a.actor, task, {takes.name: takes.gone()})
            if takes.name != "key":
                for other in (parties.sme_b.organisation_id, parties.sme_b.person_id):
                    asked(parties.vendor_a.actor, task, {takes.name: str(other)})
    work(built)
    assert {status for _, _, status in ended(owner)} == {"succeeded"}
    assert rows(owner, before) == set()


# --- another's row ---


def test_another_s_posting_is_told_to_whom_it_was_meant_for_alone(parties, built, owner):
    person, words = parties.sme_b.person_id, dict.fromkeys(TEMPLATES["listing_returned"].facts, "x")
    with owner.connect() as connection:
        waited = set(connection.scalars(select(Posting.id)))
        noticed = set(connection.scalars(select(Notice.id)))
    with act_as(parties.sme_b.actor):
        notify_person(person, "listing_returned", link="/my/", **words)
        db.session.commit()
    with owner.connect() as connection:
        theirs = connection.scalar(select(Posting.id).where(Posting.id.not_in(waited)))
    asked(parties.vendor_a.actor, DELIVER, {"posting_id": str(theirs)})
    asked(parties.vendor_a.actor, DELIVER, {"posting_id": str(theirs)})
    before = everything(owner)
    work(built)
    assert rows(owner, before) <= {"notice_posting", "notice", "outgoing_mail", "outgoing_mail_body"}
    with owner.connect() as connection:
        new = connection.execute(select(Notice.person_id).where(Notice.id.not_in(noticed))).all()
        waits = set(connection.scalars(select(Posting.id)))
    assert [tuple(row) for row in new] == [(person,)]
    assert waits == waited


def test_another_s_file_keeps_its_bytes(parties, built, owner):
    with act_as(parties.sme_b.actor):
        kept = files.keep(parties.sme_b.organisation_id, name="図面.pdf", content=trade.PDF)
        key = db.session.scalars(select(files.StoredFile.key).where(files.StoredFile.id == kept.id)).one()
    before = everything(owner)
    asked(parties.vendor_a.actor, files.DISCARD, {"key": key})
    work(built)
    assert {status for _, _, status in ended(owner)} == {"succeeded"}
    assert rows(owner, before) == set()
    with act_as(parties.sme_b.actor):
        assert files.content_of(kept.id)[1] == trade.PDF


def test_a_draft_that_was_reckoned_is_not_reckoned_again_for_anybody(
    parties, built, owner, organisation, actor_of
):
    office = actor_of(organisation("secretariat"), "secretariat_administrator")
    with act_as(office):
        written = scheme_draft_queries.text_of("2018").replace("version: 4\n", "version: 5\n", 1)
        draft = scheme_drafts.propose(written, clock.today(), read_version=4)
    work(built)
    before = everything(owner)
    asked(parties.vendor_a.actor, scheme_drafts.COMPARE, {"draft_id": str(draft)})
    work(built)
    assert {status for _, _, status in ended(owner)} == {"succeeded"}
    assert rows(owner, before) == set()


# --- the log ---


def test_a_statement_that_fails_does_not_tell_the_log_what_people_wrote(app):
    with pytest.raises(DBAPIError) as raised:
        db.session.execute(text("SELECT CAST(:who AS text), 1 / 0"), {"who": PERSONAL})
    db.session.rollback()
    assert "division by zero" in str(raised.value)
    assert PERSONAL not in str(raised.value)
