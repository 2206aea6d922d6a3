"""Every kind of job is run on the database where it has something to do, and leaves its event."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import briefings
import grants
import post
import pytest
import registrations
import saved
import trade
from everything import changed, everything
from letters import OF_JOBS, all_posted, misread, names_that_people_gave
from sqlalchemy import Engine, select

from catalogue.listings import SYNCHRONISE
from marketplace import scheme_draft_queries, scheme_drafts
from marketplace.briefings import bookings
from marketplace.briefings import services as briefing_services
from marketplace.quotes import services as quotes
from marketplace.registration import renewal
from marketplace.registration.renewal import last_day
from marketplace.registration.steps import fiscal_year_of
from search.saved import telling
from tenants import clock, files, support_view
from tenants.actor import SYSTEM
from tenants.audit import AuditEvent, verify
from tenants.db import act_as, db, use_case
from tenants.notices import delivery, notify_person
from tenants.notices.models import Posting
from tenants.notices.service import DELIVER
from tenants.scanning import Verdict
from web import post_office
from web.tasks import RECONCILE, TASKS

pytestmark = pytest.mark.security

# What it changes is nobody's matter, or follows from something whose own event was written with it.
NOTHING_OF_ANYBODY_S: Mapping[str, str] = {
    SYNCHRONISE: "the index follows what was published, which has its event",
    RECONCILE: "the index is made equal to what is published",
    DELIVER: "who is told of what: the cause was written with the posting",
    files.DISCARD: "the bytes of a file that is forgotten; forgetting it was the event",
}


@pytest.fixture
def tell(services) -> Callable[[uuid.UUID], None]:
    @use_case
    def post_it(person_id: uuid.UUID) -> None:
        notify_person(person_id, "listing_published", link="/vendor", listing="会計くん")

    def do(person_id: uuid.UUID) -> None:
        with act_as(SYSTEM):
            post_it(person_id)

    return do


def a_package(request: pytest.FixtureRequest) -> dict[str, object]:
    shop = saved.Shop(request.getfixturevalue("organisation")("vendor"))
    shop.publish("PK-1", clock.now(), index=False)
    return {}


def a_posting(request: pytest.FixtureRequest) -> dict[str, object]:
    request.getfixturevalue("tell")(somebody(request))
    with act_as(SYSTEM):
        return {"posting_id": db.session.scalars(select(Posting.id)).one()}


def somebody(request: pytest.FixtureRequest) -> uuid.UUID:
    organisation, actor_of = (request.getfixturevalue(name) for name in ("organisation", "actor_of"))
    return actor_of(organisation("vendor"), "vendor_owner").person_id


def a_mail_to_nobody(request: pytest.FixtureRequest) -> dict[str, object]:
    """The server says that there is no such address."""
    server = request.getfixturevalue("server")
    server.recipient = lambda _: "550 5.1.1 no such user"
    request.getfixturevalue("tell")(somebody(request))
    return {}


def a_file_with_a_virus(request: pytest.FixtureRequest) -> dict[str, object]:
    request.getfixturevalue("scanner")
    owner = registrations.vendor()
    with act_as(owner):
        files.keep(owner.own_organisation, name="登記.pdf", content=trade.PDF)
    return {}


def a_forgotten_file(request: pytest.FixtureRequest) -> dict[str, object]:
    owner = registrations.vendor()
    with act_as(owner):
        kept = files.keep(owner.own_organisation, name="登記.pdf", content=trade.PDF)
        key = db.session.scalars(select(files.StoredFile.key).where(files.StoredFile.id == kept.id)).one()
        files.forget(kept.id)
    return {"key": key}


def a_briefing_of_tomorrow(request: pytest.FixtureRequest) -> dict[str, object]:
    organisation, actor_of = (request.getfixturevalue(name) for name in ("organisation", "actor_of"))
    office = actor_of(organisation("secretariat"), "secretariat_administrator")
    start = (clock.now() + timedelta(hours=20)).replace(microsecond=0)
    number = briefings.announced(
        office, briefings.facts(start, booking_closes_at=clock.now() + timedelta(hours=1))
    )
    with act_as(briefings.person()):
        bookings.book(number, people=1, name="予約 太郎", organisation_name="")
    # By nine in the morning of the day before it is time, whatever hour it is now.
    request.getfixturevalue("monkeypatch").setattr(briefing_services, "REMIND_FROM_HOUR", 0)
    return {}


def a_view_whose_hour_is_over(request: pytest.FixtureRequest) -> dict[str, object]:
    organisation, actor_of = (request.getfixturevalue(name) for name in ("organisation", "actor_of"))
    reviewer = actor_of(organisation("secretariat"), "secretariat_reviewer")
    with clock.at(clock.now() - timedelta(hours=2)), act_as(reviewer):
        support_view.open_view(organisation("sme"), "お電話でのご相談のため")
    return {}


def a_registration_that_runs_out(request: pytest.FixtureRequest) -> dict[str, object]:
    request.getfixturevalue("organisation")("vendor", registered_on=clock.today())
    return {}


def a_draft_of_a_scheme(request: pytest.FixtureRequest) -> dict[str, object]:
    organisation, actor_of = (request.getfixturevalue(name) for name in ("organisation", "actor_of"))
    with act_as(actor_of(organisation("secretariat"), "secretariat_administrator")):
        number = scheme_draft_queries.newest_version("2018").version
        written = scheme_draft_queries.text_of("2018").replace(
            f"version: {number}\n", f"version: {number + 1}\n", 1
        )
        return {"draft_id": scheme_drafts.propose(written, clock.today(), read_version=number)}


def a_quote_out_of_time(request: pytest.FixtureRequest) -> dict[str, object]:
    organisation, actor_of = (request.getfixturevalue(name) for name in ("organisation", "actor_of"))
    trade.sent(grants.build(organisation, actor_of))
    return {}


def a_search_with_news(request: pytest.FixtureRequest) -> dict[str, object]:
    organisation, actor_of = (request.getfixturevalue(name) for name in ("organisation", "actor_of"))
    saved.save(actor_of(organisation("sme"), "sme_owner"), clock.now() - timedelta(days=3), q="予約")
    saved.Shop(organisation("vendor")).publish("PK-1", clock.now() - timedelta(days=2))
    return {}


WAITING: Mapping[str, Callable[[pytest.FixtureRequest], dict[str, object]]] = {
    SYNCHRONISE: a_package,
    RECONCILE: a_package,
    DELIVER: a_posting,
    delivery.SEND: a_mail_to_nobody,
    files.SCAN: a_file_with_a_virus,
    briefing_services.REMIND: a_briefing_of_tomorrow,
    files.DISCARD: a_forgotten_file,
    support_view.CLOSE_PASSED: a_view_whose_hour_is_over,
    renewal.TASK: a_registration_that_runs_out,
    scheme_drafts.COMPARE: a_draft_of_a_scheme,
    quotes.EXPIRE: a_quote_out_of_time,
    telling.TELL: a_search_with_news,
}

# When the job runs, where what it is for is not due at once: reminded twenty days before the end, expired long after.
LATER: Mapping[str, Callable[[], tuple[datetime, ...]]] = {
    quotes.EXPIRE: lambda: (clock.now() + timedelta(days=60),),
    renewal.TASK: lambda: (
        clock.now() + (last_day(fiscal_year_of(clock.today())) - clock.today()) - timedelta(days=20),
        clock.now() + timedelta(days=800),
    ),
}
# What people wrote in what is brought about here.
TYPED = {
    "予約の検索",
    "会計くん",
    "登録の説明会",
    "Registration briefing",
    "見本会館 3階",
    "さくらシステム株式会社",
    "お電話でのご相談のため",
}
AUDIT = {"audit_event", "audit_head", "audit_personal"}


@pytest.fixture
def server(monkeypatch) -> Iterator[post.Server]:
    with post.serving() as made:
        monkeypatch.setattr(post_office, "of_app", lambda _: post.office(made))
        yield made


@pytest.fixture
def scanner() -> Iterator[None]:
    class FindsSomething:
        def scan(self, _: bytes) -> Verdict:
            return Verdict(clean=False, said="Eicar-Signature FOUND")

    before = files.filing()
    files.use(replace(before, scanner=FindsSomething()))
    yield
    files.use(before)


def events() -> list[str]:
    with act_as(SYSTEM):
        return list(db.session.scalars(select(AuditEvent.name).order_by(AuditEvent.number)))


def test_every_job_there_is_stands_here():
    assert set(WAITING) == set(TASKS)
    assert set(NOTHING_OF_ANYBODY_S) <= set(TASKS)


@pytest.mark.parametrize("task", WAITING)
def test_a_job_leaves_its_event(app, index, owner: Engine, request, task):
    given = WAITING[task](request)
    for moment in LATER[task]() if task in LATER else (clock.now(),):
        before, told = everything(owner), len(events())
        with clock.at(moment):
            TASKS[task](**given)
        written = events()[told:]
        touched = {table for table in changed(owner, before) if not table.startswith("procrastinate_")}
        if task in NOTHING_OF_ANYBODY_S:
            assert written == [], f"{task} does write {written}: it need not be named here"
        else:
            assert written, f"{task} changed {sorted(touched)} and wrote no event"
            assert touched - AUDIT, f"{task} wrote {written} and changed nothing"
    with act_as(SYSTEM):
        assert list(verify()) == []
    the_letters_can_be_read(task)


def the_letters_can_be_read(task: str) -> None:
    """In both languages; and every letter that only a job tells is told here."""
    letters = all_posted()
    given = names_that_people_gave() | TYPED
    assert [wrong for each in letters for wrong in misread(each, given)] == []
    assert {each.template for each in letters} >= {code for code, by in OF_JOBS.items() if by == task}
