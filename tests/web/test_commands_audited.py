"""Every command that changes something is run on the database and leaves its event; the others change nothing."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import briefings
import click
import newer_files
import post
import pytest
import registrations
import saved
from click.testing import Result
from everything import changed, everything
from sqlalchemy import Engine, select, text
from worked_input import DATA, FILES

from catalogue import synonym_list
from marketplace.briefings import bookings
from marketplace.briefings import services as briefing_services
from tenants import clock, notices
from tenants.actor import SYSTEM
from tenants.audit import AuditEvent, verify
from tenants.db import act_as, db, use_case
from tenants.models import Person
from tenants.notices.models import OutgoingMail
from web import cli

pytestmark = pytest.mark.security

Hojo = Callable[..., Result]
VENDOR = "7999900000101"
ALL_FILES = [part for kind, name in FILES.items() for part in (f"--{kind}", str(DATA / name))]

# Commands that are not run here, and why.
ELSEWHERE: Mapping[str, str] = {
    "serve": "answers requests, which are walked through as routes",
    "worker": "runs jobs, which are walked through as jobs",
    "settings": "prints settings; no database is needed",
    "db shell": "hands the terminal over to psql",
    "db url": "prints an address; no row is read",
    "db upgrade": "changes the schema as its owner, whose history is alembic's",
    "db status": "reads the schema's number as its owner",
    "demo accounts": "prints the made-up people",
    "demo generate": "a made-up catalogue, with the event of its own that its tests ask for",
    "demo identity-provider": "plays GビズID; no database",
    "demo mailbox": "plays a mail server; no database",
    "demo run": "starts all of the demo's processes",
    "demo web": "answers requests",
    "search judge": "compares engines on an index of its own that is thrown away",
}
# They only look.
LOOKING: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("announcement list", ()),
    ("application list", ()),
    ("audit head", ()),
    ("audit verify", ()),
    ("briefing attendance", ("{briefing}",)),
    ("briefing list", ()),
    ("catalogue list", ()),
    ("mail list", ()),
    ("organisation list", ()),
    ("organisation members", ("{vendor}",)),
    ("people find", ("花子",)),
    ("people show", ("{person}",)),
    ("registration list", ()),
    ("search explain", ("予約", "PK-1")),
    ("search find", ("電話の予約で手が離せない", "--people", "3")),
    ("search needs", ("F2", "B3", "--people", "3")),
    ("search query", ("予約",)),
    ("search status", ()),
    ("search understand", ("電話の予約で手が離せない",)),
    ("search verify", ()),
    ("subsidy check", ()),
    ("subsidy estimate", ("--scheme", "2017", "--package", "PK-1")),
    ("subsidy price", ("--scheme", "2017", "--from", "250000")),
    ("vendor show", ("{number}",)),
)
# What it changes is nobody's matter.
NOTHING_OF_ANYBODY_S: Mapping[str, str] = {"search rebuild": "the index is made anew from what is published"}
CHANGING = {
    "announcement publish",
    "announcement take-back",
    "briefing cancel",
    "briefing remind",
    "catalogue approve",
    "catalogue import",
    "catalogue publish",
    "catalogue return",
    "catalogue submit",
    "catalogue withdraw",
    "mail bounce",
    "mail send",
    "people forget",
    "programme load",
    "programme newer",
    "search saved",
    "subsidy use",
    "vendor reinstate",
    "vendor renewals",
    "vendor suspend",
}


def every_command(found: click.Command = cli.main, path: str = "") -> Iterator[str]:
    """The words of each command that there is."""
    if isinstance(found, click.Group):
        context = click.Context(found)
        for name in found.list_commands(context):
            command = found.get_command(context, name)
            assert command is not None
            yield from every_command(command, f"{path} {name}".strip())
    else:
        yield path


def test_every_command_there_is_stands_here():
    looking = {path for path, _ in LOOKING}
    named = [looking, CHANGING, set(NOTHING_OF_ANYBODY_S), set(ELSEWHERE)]
    assert sum(map(len, named)) == len(set().union(*named))
    assert set(every_command()) == set().union(*named)


class Walk:
    """Runs commands, and notes which wrote which events."""

    def __init__(self, hojo: Hojo, owner: Engine) -> None:
        self.hojo, self.owner = hojo, owner
        self.seen: dict[str, set[str]] = {}

    def events(self) -> list[str]:
        with act_as(SYSTEM):
            return list(db.session.scalars(select(AuditEvent.name).order_by(AuditEvent.number)))

    def run(self, path: str, *arguments: str) -> Result:
        before = len(self.events())
        result = self.hojo(*path.split(), *arguments)
        assert result.exit_code == 0, f"{path}: {result.output}"
        written = set(self.events()[before:])
        assert bool(written) == (path not in NOTHING_OF_ANYBODY_S), f"{path} wrote {written}"
        self.seen.setdefault(path, set()).update(written)
        return result


@pytest.fixture
def walk(hojo: Hojo, owner: Engine, index) -> Walk:
    return Walk(hojo, owner)


@pytest.fixture
def server(monkeypatch) -> Iterator[post.Server]:
    with post.serving() as made:
        for name, value in {
            "SERVER": "127.0.0.1",
            "PORT": made.port,
            "SECURITY": "none",
            "FROM": "a@b.jp",
        }.items():
            monkeypatch.setenv(f"HOJO_MAIL_{name}", str(value))
        yield made


def test_a_command_that_changes_something_leaves_its_event(
    walk: Walk, server, owner: Engine, organisation, actor_of, tmp_path: Path, monkeypatch
):
    office = actor_of(organisation("secretariat"), "secretariat_administrator")
    the_programme_is_loaded(walk, owner)
    the_catalogue_goes_its_way(walk)
    the_office_announces(walk, tmp_path)
    briefings_come_near(walk, office, monkeypatch)
    mails_go_and_come_back(walk, server, monkeypatch)
    somebody_is_forgotten(walk)
    news_of_a_search_is_told(walk, organisation, actor_of)
    vendors_stand_and_fall(walk, organisation)
    walk.run("subsidy use", "2018", "--yes")
    assert set(walk.seen) == CHANGING | set(NOTHING_OF_ANYBODY_S)
    with act_as(SYSTEM):
        assert list(verify()) == []


def the_programme_is_loaded(walk: Walk, owner: Engine) -> None:
    """One scheme is taken out behind the application's back, so that loading has something to do."""
    with owner.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("DELETE FROM master_version WHERE kind = 'scheme' AND key = '2018'"))
    walk.run("programme load")
    with act_as(SYSTEM):
        known = synonym_list.current()
        synonym_list.remove(known.entries[0].term, read_version=known.version)
    with pytest.MonkeyPatch.context() as release:
        newer_files.bring(release, "synonyms", lambda rows: rows[:-1])
        walk.run("programme newer", "synonyms", "--take-in")


def the_catalogue_goes_its_way(walk: Walk) -> None:
    walk.run("catalogue import", *ALL_FILES)
    walk.run("catalogue submit", "--all")
    walk.run("catalogue return", "--kind", "package", "AP-2", "--reason", "説明を足してください。")
    walk.run("catalogue approve", "--all")
    walk.run("catalogue publish", "--all")
    walk.run("search rebuild")
    walk.run("catalogue withdraw", "--kind", "package", "AP-1", "--reason", "販売を終えたため")


def the_office_announces(walk: Walk, tmp_path: Path) -> None:
    body = tmp_path / "body.txt"
    body.write_text("本文です。", encoding="utf-8")
    words = ("--title", "見出し", "--body", str(body), "--category", "general", "--at", "2190-01-01T09:00")
    number = walk.run("announcement publish", *words).stdout.strip()
    walk.run("announcement take-back", number)


def briefings_come_near(walk: Walk, office, monkeypatch) -> None:
    start = (clock.now() + timedelta(hours=20)).replace(microsecond=0)
    closes = clock.now() + timedelta(hours=1)
    number = briefings.announced(office, briefings.facts(start, booking_closes_at=closes))
    with act_as(briefings.person()):
        bookings.book(number, people=1, name="予約 太郎", organisation_name="")
    monkeypatch.setattr(briefing_services, "REMIND_FROM_HOUR", 0)
    walk.run("briefing remind")
    walk.run("briefing cancel", str(number), "--reason", "講師の都合により")


def tell(address: str) -> None:
    @use_case
    def post_it() -> None:
        person = Person(name="宛先 なし", email=address)
        db.session.add(person)
        db.session.flush()
        notices.notify_person(person.id, "listing_published", link="/vendor", listing="会計くん")

    with act_as(SYSTEM):
        post_it()


def mails_go_and_come_back(walk: Walk, server: post.Server, monkeypatch) -> None:
    """One address is refused at once, a mail to the other is taken and comes back."""
    server.recipient = lambda address: "550 5.1.1 no such user" if address == "nobody@example.jp" else None
    tell("nobody@example.jp")
    tell("gone@example.jp")
    walk.run("mail send")
    with act_as(SYSTEM):
        message = db.session.scalars(
            select(OutgoingMail.message_id).where(OutgoingMail.address == "gone@example.jp")
        ).one()
    report = (
        'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; example.jp\r\n\r\n"
        "Final-Recipient: rfc822; gone@example.jp\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message}\r\n\r\n--b--\r\n"
    )
    came = SimpleNamespace(buffer=io.BytesIO(report.encode()))
    monkeypatch.setattr("web.commands.mail.sys", SimpleNamespace(stdin=came))
    walk.run("mail bounce")


def somebody_is_forgotten(walk: Walk) -> None:
    with act_as(SYSTEM):
        person = Person(name="忘却 太郎", email="taro@example.jp")
        db.session.add(person)
        db.session.commit()
        who = str(person.id)
    walk.run("people forget", who, "--reason", "asked", "--yes")


def news_of_a_search_is_told(walk: Walk, organisation, actor_of) -> None:
    saved.save(actor_of(organisation("sme"), "sme_owner"), clock.now() - timedelta(days=3), q="予約")
    saved.Shop(organisation("vendor")).publish("PK-1", clock.now() - timedelta(days=2))
    walk.run("search saved", "--run")


def vendors_stand_and_fall(walk: Walk, organisation) -> None:
    walk.run("vendor suspend", VENDOR, "--reason", "報告の遅れ")
    walk.run("vendor reinstate", VENDOR, "--reason", "提出された")
    organisation("vendor", registered_on=clock.today())
    with clock.at(clock.now() + timedelta(days=800)):
        walk.run("vendor renewals")


def test_a_command_that_only_looks_changes_nothing(hojo: Hojo, index, owner: Engine, organisation, actor_of):
    vendor = registrations.vendor(standing="adopted")
    office = actor_of(organisation("secretariat"), "secretariat_administrator")
    number = briefings.announced(office)
    saved.Shop(vendor.own_organisation).publish("PK-1", clock.now())
    names = {
        "briefing": str(number),
        "vendor": str(vendor.organisation_id),
        "person": str(vendor.person_id),
        "number": registrations.NUMBER,
    }
    before = everything(owner)
    for path, arguments in LOOKING:
        result = hojo(*path.split(), *(each.format(**names) for each in arguments))
        assert result.exit_code == 0, f"{path}: {result.output}"
        assert changed(owner, before) == set(), path
        assert not re.search("Traceback", result.output), path
