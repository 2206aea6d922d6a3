"""What row-level security costs on lists, and what the audit chain costs for each event.

    python -m bench.isolation [rows in each table, default 300000] [rounds, default 40]

The statements are the services' own, written down while they run. Each is then asked for again in turn by the
application's role behind its policies and twice by a role that no policy applies to, in an order that changes. Since a
processor's speed changes by half within a minute, each is compared with its neighbour of the same round, and the middle
of these comparisons counts; the second of the free ones is compared like the walled one, and shows how far that can be
known. What is measured is processor time of server and client (Linux tells it), so that a busy machine counts for little;
each statement stays in one process of the server for that, where long lists are read by several otherwise. The chain is
measured beside what it was before migration 0011: three statements and the head within the role's reach.
"""

from __future__ import annotations

import hashlib
import itertools
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import psycopg
from flask import Flask
from psycopg.types.json import Jsonb
from sqlalchemy import event

from catalogue import listing_queries
from marketplace.applications import queries as applications
from migrations import run
from tenants import audit_queries
from tenants.actor import Actor
from tenants.db import act_as, db
from tenants.embedded_postgres import throwaway_server

PLAIN: Final = "bench_without_policies"
ORGANISATIONS: Final = 300
EVENTS: Final = 2_000
# A statement is asked for as often in a row as takes about this long, within bounds.
AT_A_TIME_MS: Final = 10
MOST_IN_A_ROW: Final = 20
Statement = tuple[str, Any]
Connection = psycopg.Connection[Any]

FILL: Final = """
SET session_replication_role = replica;
CREATE TEMP TABLE place AS SELECT n, md5('v' || n)::uuid AS vendor, md5('s' || n)::uuid AS sme
  FROM generate_series(0, %(last)s) n;
INSERT INTO organisation (id, kind, name, name_kana, prefecture, address, standing, version, created_at)
  SELECT vendor, 'vendor', '会社' || n, '', '東京都', '', 'adopted', 1, now() FROM place UNION ALL
  SELECT sme, 'sme', '店' || n, '', '東京都', '', NULL, 1, now() FROM place;
INSERT INTO product (id, organisation_id, code, name, name_kana, description, functions, cost_kind, billing_period,
    billing_unit, standard_price_yen, minimum_price_yen, state, submitted_at, created_at, updated_at, version)
  SELECT gen_random_uuid(), vendor, 'P-' || i, '製品' || i, '', '', '{F1}', 'software', 'once', '式', 1000, 900,
    (ARRAY['draft', 'submitted', 'published', 'published', 'published'])[1 + i %% 5],
    now() - i * interval '1 second', now(), now() - i * interval '1 second', 1
  FROM generate_series(1, %(rows)s) i JOIN place ON n = i %% %(count)s;
INSERT INTO grant_application (id, sme_id, vendor_id, publication_id, round_id, scheme_id, scheme_version,
    package_code, sme_name, vendor_name, chosen, estimate, applicant, state, created_at, updated_at, version)
  SELECT gen_random_uuid(), p.sme, q.vendor, gen_random_uuid(), 'r' || i, '2017', 1, 'D1', '店', '会社',
    '{"name": "会計パック"}', '{"subsidy_yen": 1000, "total_yen": 2000, "own_cost_yen": 1000}', '{}',
    (ARRAY['draft', 'accepted', 'prepared', 'confirmed', 'submitted'])[1 + i %% 5],
    now() - i * interval '1 second', now() - i * interval '1 second', 1
  FROM generate_series(1, %(rows)s) i JOIN place p ON p.n = i %% %(count)s
    JOIN place q ON q.n = (i * 7) %% %(count)s;
INSERT INTO audit_personal (digest, salt, value, person_id, organisation_id)
  SELECT 'digest' || n, 's', '人' || n, md5('p' || n)::uuid, vendor FROM place;
INSERT INTO audit_event (number, at, name, organisation_id, actor_person_id, actor_organisation_id, actor_audience,
    actor_name, actor_digest, subject_kind, subject_id, before, after, previous_hash, hash)
  SELECT i, now() - (%(rows)s - i) * interval '1 second', 'product_' || (ARRAY['submit', 'approve', 'edit'])[1 + i %% 3],
    vendor, md5('p' || n)::uuid, vendor, 'vendor', '', 'digest' || n, 'product', i::text, NULL,
    '{"state": "submitted"}', repeat('0', 64), repeat('0', 64)
  FROM generate_series(1, %(rows)s) i JOIN place ON n = i %% %(count)s;
UPDATE audit_head SET number = %(rows)s;
"""


def _id(letter: str, number: int) -> uuid.UUID:
    return uuid.UUID(hashlib.md5(f"{letter}{number}".encode()).hexdigest())  # noqa: S324  (a name, as in FILL)


VENDOR: Final = Actor("vendor", _id("v", 1), _id("p", 1), frozenset({"vendor_owner"}))
SME: Final = Actor("sme", _id("s", 1), _id("q", 1), frozenset({"sme_owner"}))
OFFICE: Final = Actor("secretariat", uuid.uuid4(), uuid.uuid4(), frozenset({"secretariat_administrator"}))
LISTS: Final[dict[str, tuple[Actor, Callable[[], Any]]]] = {
    "a vendor's listings": (VENDOR, lambda: listing_queries.own("product")),
    "a vendor's applications": (VENDOR, applications.applications),
    "a business's applications": (SME, applications.applications),
    "the secretariat's queue": (OFFICE, listing_queries.queue),
    "the secretariat's applications": (OFFICE, applications.applications),
    "the audit page": (OFFICE, lambda: audit_queries.events(audit_queries.Filter())),
    "the audit page, one kind of event": (
        OFFICE,
        lambda: audit_queries.events(audit_queries.Filter(name="product_edit")),
    ),
    "an organisation's own audit page": (
        VENDOR,
        lambda: audit_queries.own_events(audit_queries.Filter()),
    ),
}


def _statements(app: Flask, actor: Actor, ask: Callable[[], Any]) -> list[Statement]:
    """What the service sends to the database."""
    heard: list[Statement] = []

    def hear(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: Any) -> None:
        if "set_config" not in statement:
            heard.append((statement, parameters))

    with app.app_context(), act_as(actor):
        event.listen(db.engine, "before_cursor_execute", hear)
        ask()
        event.remove(db.engine, "before_cursor_execute", hear)
    return heard


def _told_who_acts(connection: Connection, actor: Actor, role: str) -> None:
    connection.execute(
        "SELECT set_config('app.audience', %s, true), set_config('app.organisation_id', %s, true),"
        " set_config('app.person_id', %s, true), set_config('role', %s, true),"
        " set_config('max_parallel_workers_per_gather', '0', true)",
        (actor.audience, str(actor.organisation_id), str(actor.person_id), role),
    )


def _behind_policies(connection: Connection, actor: Actor) -> None:
    _told_who_acts(connection, actor, "hojo_office" if actor.audience == "secretariat" else "none")


def _ran(connection: Connection) -> int:
    """Nanoseconds of processor that the server's process of this connection and this thread have used so far."""
    server = Path(f"/proc/{connection.info.backend_pid}/schedstat").read_text().split()[0]
    return int(server) + time.thread_time_ns()


def _milliseconds(connection: Connection, statement: Statement, in_a_row: int) -> float:
    """Of the processor, for this statement once, out of several times in a row."""
    words, parameters = statement
    before = _ran(connection)
    for _ in range(in_a_row):
        connection.execute(words.encode(), parameters).fetchall()
    return (_ran(connection) - before) / in_a_row / 1e6


@dataclass(frozen=True)
class Rounds:
    """Milliseconds of each round: without policies, again without, behind them."""

    free: list[float]
    again: list[float]
    walled: list[float]

    def more(self, which: list[float]) -> float:
        """The middle of what this took more than the free one of the same round, as a part of it."""
        return statistics.median(one / other - 1 for one, other in zip(which, self.free, strict=True))

    def with_another(self, other: Rounds) -> Rounds:
        """Both statements taken together, round by round."""
        pairs = zip((self.free, self.again, self.walled), (other.free, other.again, other.walled), strict=True)
        return Rounds(*([one + two for one, two in zip(mine, theirs, strict=True)] for mine, theirs in pairs))


def measure_lists(app: Flask, plain_url: str, app_url: str, rounds: int) -> None:
    """Print each list with and without policies: the count above it, its first page, both together."""
    print("| list | count, ms | behind policies | page, ms | behind policies | both | both, free again |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for name, (actor, ask) in LISTS.items():
        counted, page = _statements(app, actor, ask)
        with (
            psycopg.connect(plain_url) as plain,
            psycopg.connect(plain_url) as again,
            psycopg.connect(app_url) as behind,
        ):
            for connection in (plain, again):
                _told_who_acts(connection, actor, "none")
            _behind_policies(behind, actor)
            found = [_in_turn((plain, again, behind), statement, rounds) for statement in (counted, page)]
            for connection in (plain, again, behind):
                connection.rollback()
        cells = (f"{statistics.median(each.free):.2f} | {each.more(each.walled):+.1%}" for each in found)
        both = found[0].with_another(found[1])
        shown = f"{both.more(both.walled):+.1%} | {both.more(both.again):+.1%}"
        print(f"| {name} | {' | '.join(cells)} | {shown} |", flush=True)


def _in_turn(connections: tuple[Connection, Connection, Connection], statement: Statement, rounds: int) -> Rounds:
    """One statement asked for by each of these in turn, in an order that changes from round to round."""
    found: tuple[list[float], list[float], list[float]] = ([], [], [])
    once = statistics.median(_milliseconds(connection, statement, 3) for connection in connections)
    in_a_row = max(1, min(MOST_IN_A_ROW, round(AT_A_TIME_MS / once)))
    orders = list(itertools.permutations(range(3)))
    for turn in range(rounds + 2):
        for which in orders[turn % len(orders)]:
            found[which].append(_milliseconds(connections[which], statement, in_a_row))
    return Rounds(*(times[2:] for times in found))


_OLD: Final = (
    "SELECT number, hash FROM audit_head WHERE id = 1 FOR UPDATE",
    (
        "INSERT INTO audit_event (number, at, name, organisation_id, actor_person_id, actor_organisation_id,"
        " actor_audience, actor_name, actor_digest, subject_kind, subject_id, after, previous_hash, hash)"
        " VALUES (%s, now(), 'product_edit', %s, %s, %s, 'vendor', '', NULL, 'product', %s, %s, %s, %s)"
    ),
    "UPDATE audit_head SET number = %s, hash = %s WHERE id = 1",
)


def _old_way(connection: Connection, number: int) -> None:
    """As it was done before: the application locks the head, numbers, hashes and moves it."""
    row = connection.execute(_OLD[0]).fetchone()
    last, previous = row or (0, "")
    made = hashlib.sha256(f"{previous}{number}".encode()).hexdigest()
    who = (VENDOR.organisation_id, VENDOR.person_id, VENDOR.organisation_id)
    connection.execute(_OLD[1], (last + 1, *who, str(number), Jsonb({"state": "draft"}), previous, made))
    connection.execute(_OLD[2], (last + 1, made))


def _new_way(connection: Connection, number: int) -> None:
    told: dict[str, Any] = {
        "at": datetime.now(UTC).isoformat(),
        "name": "product_edit",
        "organisation_id": str(VENDOR.organisation_id),
        "actor_name": "人1",
        "subject_kind": "product",
        "subject_id": str(number),
        "before": None,
        "after": {"state": "draft"},
        "personal": [],
    }
    _behind_policies(connection, VENDOR)
    connection.execute("SELECT append_audit(%s)", (Jsonb([told]),))


def measure_chain(owner_url: str, app_url: str) -> None:
    """Print how many events a second are appended, each in a transaction of its own, before and now."""
    spent = {"before": 0.0, "now": 0.0}
    with psycopg.connect(owner_url) as owner, psycopg.connect(app_url) as behind:
        for number in range(EVENTS):
            for name, connection, way in (("before", owner, _old_way), ("now", behind, _new_way)):
                began = time.perf_counter()
                if name == "before":
                    _behind_policies(connection, VENDOR)
                way(connection, number)
                connection.commit()
                spent[name] += time.perf_counter() - began
    rates = {name: EVENTS / seconds for name, seconds in spent.items()}
    print(f"\n| events appended one by one | a second |\n|---|---:|\n| before | {rates['before']:.0f} |")
    print(f"| now | {rates['now']:.0f} ({rates['now'] / rates['before']:.2f} of before) |")


def main() -> None:
    """Print two Markdown tables."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 300_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 40
    with tempfile.TemporaryDirectory() as folder, throwaway_server(Path(folder)) as owner_url:
        run.upgrade(owner_url)
        app_url = owner_url.replace("postgres@", "hojo_app@", 1)
        values = {"rows": rows, "count": ORGANISATIONS, "last": ORGANISATIONS - 1}
        with psycopg.connect(owner_url, autocommit=True, cursor_factory=psycopg.ClientCursor) as owner:
            owner.execute(FILL, values)
            owner.execute(f"CREATE ROLE {PLAIN} LOGIN BYPASSRLS")
            owner.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {PLAIN}")
            owner.execute(f"GRANT EXECUTE ON FUNCTION own_organisation() TO {PLAIN}")
            owner.execute("VACUUM ANALYZE")
        app = Flask("bench", root_path=folder)
        app.config["SQLALCHEMY_DATABASE_URI"] = app_url.replace("postgresql://", "postgresql+psycopg://", 1)
        db.init_app(app)
        print(f"{rows:,} rows in each table, {ORGANISATIONS} vendors, the middle of {rounds} rounds\n", flush=True)
        measure_lists(app, owner_url.replace("postgres@", f"{PLAIN}@", 1), app_url, rounds)
        measure_chain(owner_url, app_url)
        with app.app_context(), suppress(Exception):
            db.engine.dispose()


if __name__ == "__main__":
    main()
