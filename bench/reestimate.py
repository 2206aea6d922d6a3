"""Measure what a scheme's change costs: reckoning every published package anew, and bringing the index up to it.

    python -m bench.reestimate [packages, default 50000] [index: yes|no|copies|bare, default yes]

A lower cap is proposed, compared and used, as the secretariat does it. Beside it one reader keeps asking, before and
meanwhile, to show what readers notice: for estimates of single packages, and for searches while the index follows.

Without the index, and with ``copies``, the catalogue is made in the database itself, from a few hundred generated packages:
every copy has prices of its own, so that no two estimates are alike. With ``copies`` all of them are put into the index:
its texts are as alike as those of so few packages are, which is quicker to build, and no matter to the amounts. With
``bare`` the documents have one word for all of their texts, for sizes at which analysing them takes longer than one wants to wait.
"""

from __future__ import annotations

import functools
import multiprocessing
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from pathlib import Path

import psycopg
from flask import Flask
from sqlalchemy import text

from catalogue import publications
from catalogue.vocabulary import Masters
from marketplace import pricing, programme, scheme_decisions, scheme_draft_queries, scheme_drafts, scheme_impact
from marketplace.subsidy.scheme import Scheme, load_scheme
from search import engines, queries, setting_aside, sync
from search.documents import SearchDocument
from search.parameters import SearchQuery
from search.publishing import amounts_of
from tenants import clock, embedded_postgres
from tenants.actor import PUBLIC, SYSTEM
from tenants.db import act_as, db
from web.app import create_app
from web.console import postgres_folder
from web.demo.bulk import generate_bulk
from web.settings import load

LOWER = ("{yen: 1000000,", "{yen: 900000,")


class Reader:
    """Somebody who asks without pause, in a process of its own as the web server's, and how long each answer took."""

    def __init__(self, asks: str) -> None:
        """asks: the name of one of the functions below. Ready once this returns."""
        spawning = multiprocessing.get_context("spawn")
        self._ended, ready = spawning.Event(), spawning.Event()
        self._taken, given = spawning.Pipe(duplex=False)
        self._process = spawning.Process(target=_ask_until, args=(asks, ready, self._ended, given), daemon=True)
        self._process.start()
        ready.wait()

    def told(self) -> str:
        """End it; how long the answers took."""
        self._ended.set()
        taken: list[float] = self._taken.recv()
        self._process.join()
        p95 = statistics.quantiles(taken, n=20)[18]
        return f"p50 {statistics.median(taken):.0f}, p95 {p95:.0f}, slowest {max(taken):.0f} ms of {len(taken)}"


def _ask_until(asks: str, ready: Event, ended: Event, given: Connection) -> None:
    app, taken = create_app(load()), []
    ask = {"estimate": an_estimate, "search": a_search}[asks]
    with app.app_context(), act_as(PUBLIC):
        ask(), ask()
        ready.set()
        while not ended.is_set() or len(taken) < 2:
            began = time.perf_counter()
            ask()
            db.session.rollback()
            taken.append((time.perf_counter() - began) * 1000)
            time.sleep(0.02)
        db.session.remove()
        db.engine.dispose()
    given.send(taken)


def a_search() -> None:
    """As somebody who looks for the cheapest."""
    queries.find(SearchQuery(q="会計", sort="own_cost"))


def an_estimate() -> None:
    """As the pages of packages do it."""
    code = random.choice(_codes())
    pricing.estimate_package(publications.live_package(code).content, pricing.scheme()).as_json()


@functools.cache
def _codes() -> list[str]:
    rows = db.session.scalars(text("SELECT public_key FROM live_publication WHERE kind = 'package' LIMIT 1000"))
    return list(rows)


def timed(name: str, work: Callable[[], str], packages: int) -> None:
    """One row of the table: by the clock, and what this process took of the processor."""
    began, of_processor = time.perf_counter(), time.process_time()
    result = work()
    seconds, taken = time.perf_counter() - began, time.process_time() - of_processor
    print(f"| {name} | {seconds:.1f} | {taken:.1f} | {packages / seconds:,.0f} | {result} |", flush=True)


def bare() -> str:
    """To compare with: the same rows gone through by the database alone."""
    with act_as(SYSTEM):
        lines = db.session.scalar(
            text("SELECT sum(jsonb_array_length(offer_lines)) / 3 FROM live_publication WHERE kind = 'package'")
        )
    return f"{lines:,} lines"


def measure(app: Flask, packages: int, *, index: bool) -> None:
    """Print a Markdown table."""
    with app.app_context():
        with act_as(SYSTEM):
            before = pricing.scheme()
            written = scheme_draft_queries.text_of("2017")
            changed = written.replace(*LOWER).replace(
                f"version: {before.version}\n", f"version: {before.version + 1}\n", 1
            )
            after = load_scheme(changed)
        reader = Reader("estimate")
        time.sleep(10)
        quiet = reader.told()
        print(f"\nload {os.getloadavg()[0]:.1f}\n")
        print(f"| {packages:,} packages | seconds | processor | packages/s | |\n|---|---:|---:|---:|---|")
        timed("to compare with: counted in the database", bare, packages)
        with act_as(SYSTEM):
            timed(
                "reckoned under both versions",
                lambda: f"{scheme_impact.changes(before, after)[1].changed:,} change",
                packages,
            )
            draft = scheme_drafts.propose(changed, clock.today(), read_version=before.version)
            reader = Reader("estimate")
            timed("the same, written down for the preview", lambda: scheme_drafts.compare(draft) or "", packages)
            meanwhile = reader.told()
            scheme_decisions.decide(draft, read_version=2)
        print(f"\nan estimate before: {quiet}; meanwhile: {meanwhile}\n")
        if index:
            follow(packages)


def follow(packages: int) -> None:
    """How long until the index's order is the new one, and what readers notice of it."""
    reader = Reader("search")
    time.sleep(20)
    quiet = reader.told()
    reader = Reader("search")
    print(f"load {os.getloadavg()[0]:.1f}\n")
    timed("the index's amounts follow, until all are in", lambda: f"{sync.synchronise():,} documents", packages)
    meanwhile = reader.told()
    timed("index compared with what is published", lambda: f"{len(sync.verify()):,} differ", packages)
    stats = engines.engine().stats()
    print(f"\na search by own cost before: {quiet}; meanwhile: {meanwhile}")
    print(f"{stats.segments} segments, {stats.size_bytes / 2**20:,.0f} MB; load {os.getloadavg()[0]:.1f}")


def bare_document(
    published: publications.Published,
    masters: Masters,  # noqa: ARG001 - stands in for publishing.document_of
    scheme: Scheme,
) -> SearchDocument:
    """A document of a package that has amounts, and texts that are alike in all."""
    figures = pricing.figures_of_package(published.content, scheme)
    document = SearchDocument(
        id=published.code,
        version=published.number,
        name="会計",
        vendor_name="見本",
        vendor_number=published.content["vendor"]["number"],
        published_at=published.published_at,
        price_yen=figures.total_yen,
    )
    return document.repriced(amounts_of(published.code, published.number, figures.total_yen, figures.subsidy_yen))


TEMPLATES = 200
AT_ONCE = 10_000
# Copies of the templates in turn, each item's price its own share of 40 to 160 percent, in hundreds of yen.
COPIES = """
WITH template AS (
  SELECT p.*, row_number() OVER (ORDER BY p.code) - 1 AS place FROM publication p WHERE kind = 'package' AND code !~ '^BX-'
), made AS (
  SELECT t.vendor_number, t.organisation_id, 'BX-' || n AS code, t.content || jsonb_build_object(
    'code', 'BX-' || n, 'items', priced.items,
    'total_yen', (SELECT sum((i->>'amount_yen')::bigint) FROM jsonb_array_elements(priced.items) i)) AS content
  FROM generate_series(CAST(%(first)s AS integer), CAST(%(last)s AS integer)) n
  JOIN template t ON t.place = n %% (SELECT count(*) FROM template)
  CROSS JOIN LATERAL (SELECT jsonb_agg(i || jsonb_build_object('amount_yen',
    ((i->>'amount_yen')::bigint * (400 + (hashint8(n * 100 + at) & 1023) * 1200 / 1023) / 100000) * 100)) AS items
    FROM jsonb_array_elements(t.content->'items') WITH ORDINALITY AS item (i, at)) priced
), added AS (
  INSERT INTO publication (id, kind, code, vendor_number, organisation_id, listing_id, listing_version, content,
    content_hash, published_at)
  SELECT gen_random_uuid(), 'package', code, vendor_number, organisation_id, gen_random_uuid(), 1, content,
    encode(sha256(convert_to(content::text, 'UTF8')), 'hex'), now() FROM made
  RETURNING id, code, organisation_id, listing_id
)
SELECT id, code, organisation_id, listing_id FROM added
"""


def copied(url: str, packages: int) -> None:
    """So many packages made in the database from those that are there."""
    with psycopg.connect(url) as connection:
        for first in range(0, packages, AT_ONCE):
            rows = connection.execute(
                COPIES, {"first": first, "last": min(first + AT_ONCE, packages) - 1}
            ).fetchall()
            with (
                connection.cursor() as cursor,
                cursor.copy(
                    "COPY live_publication (publication_id, public_key, organisation_id, listing_id, kind) FROM STDIN"
                ) as live,
            ):
                for row in rows:
                    live.write_row([*row, "package"])
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE live_publication")


def main() -> None:
    """Make a catalogue, then measure."""
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    packages = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    index = sys.argv[2] if len(sys.argv) > 2 else "yes"
    with (
        tempfile.TemporaryDirectory() as folder,
        embedded_postgres.serving(postgres_folder(Path(folder))) as server,
    ):
        embedded_postgres.create_database(server)
        os.environ |= {
            "HOJO_ENVIRONMENT": "demo",
            "HOJO_DATA": folder,
            "HOJO_SECRET_KEY": "for-measuring-only-0123456789-abcdef",
            "HOJO_COOKIE_SECURE": "false",
            "DATABASE_URL": server.url(embedded_postgres.APP_ROLE),
            "DATABASE_OWNER_URL": server.url(),
        }
        subprocess.run(["hojo", "db", "upgrade"], check=True)
        app = create_app(load())
        with app.app_context():
            with act_as(SYSTEM):
                programme.load_programme()
            copies = 0 if index == "yes" else packages - TEMPLATES
            generate_bulk(packages - copies, seed=1, progress=lambda _: None)
            copied(server.url(), copies)
            if index == "bare":
                setting_aside.document_of = bare_document
            if index != "no":
                began = time.perf_counter()
                print(f"{sync.rebuild():,} indexed in {time.perf_counter() - began:.0f} s", flush=True)
        measure(app, packages, index=index != "no")
        with app.app_context():
            db.engine.dispose()


if __name__ == "__main__":
    main()
