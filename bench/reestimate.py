"""Measure what a scheme's change costs: reckoning every published package anew, and bringing the index up to it.

    python -m bench.reestimate [packages, default 50000] [index: yes|no, default yes]

A lower cap is proposed, compared and used, as the secretariat does it. Beside it one reader keeps searching, before and
meanwhile, to show what readers notice.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from marketplace import pricing, programme, scheme_decisions, scheme_drafts, scheme_impact
from marketplace.subsidy.scheme import load_scheme
from search import queries, sync
from search.parameters import SearchQuery
from tenants import clock, embedded_postgres
from tenants.actor import PUBLIC, SYSTEM
from tenants.db import act_as, db
from web.app import create_app
from web.console import postgres_folder
from web.demo.bulk import generate_bulk
from web.settings import load

LOWER = ("{yen: 1000000,", "{yen: 900000,")


class Reader(threading.Thread):
    """Searches without pause and notes how long each answer took."""

    def __init__(self, app: Flask) -> None:
        super().__init__(daemon=True)
        self.app = app
        self.taken: list[float] = []
        self.ended = threading.Event()

    def run(self) -> None:
        """Until told to end."""
        while not self.ended.is_set():
            with self.app.app_context(), act_as(PUBLIC):
                began = time.perf_counter()
                queries.find(SearchQuery(q="会計", sort="own_cost"))
                self.taken.append((time.perf_counter() - began) * 1000)
                db.session.remove()
            time.sleep(0.05)

    def p95(self) -> float:
        """In milliseconds."""
        return statistics.quantiles(self.taken, n=20)[18]


@contextmanager
def reading(app: Flask) -> Iterator[Reader]:
    """A reader beside what is done inside."""
    reader = Reader(app)
    reader.start()
    try:
        yield reader
    finally:
        reader.ended.set()
        reader.join()


def timed(name: str, work: object, packages: int) -> None:
    """One row of the table."""
    began = time.perf_counter()
    result = work()  # type: ignore[operator]
    seconds = time.perf_counter() - began
    print(f"| {name} | {seconds:.1f} | {packages / seconds:,.0f} | {result} |", flush=True)


def measure(app: Flask, packages: int, *, index: bool) -> None:
    """Print a Markdown table."""
    with app.app_context():
        with act_as(SYSTEM):
            before = pricing.scheme()
            written = scheme_drafts.text_of("2017")
            changed = written.replace(*LOWER).replace(
                f"version: {before.version}\n", f"version: {before.version + 1}\n", 1
            )
            print(f"\n| {packages:,} packages | seconds | packages/s | |\n|---|---:|---:|---|")
            timed(
                "reckoned under both versions",
                lambda: f"{scheme_impact.changes(before, load_scheme(changed))[1].changed:,} change",
                packages,
            )
            draft = scheme_drafts.propose(changed, clock.today(), read_version=before.version)
            timed("the same, written down for the preview", lambda: scheme_drafts.compare(draft) or "", packages)
            scheme_decisions.decide(draft, read_version=2)
        if not index:
            return
        with reading(app) as quiet:
            time.sleep(20)
        with reading(app) as meanwhile:
            timed("the index's amounts made anew", lambda: f"{sync.synchronise():,} documents", packages)
        print(f"\na search, p95: {quiet.p95():.0f} ms before, {meanwhile.p95():.0f} ms meanwhile")


def main() -> None:
    """Make a catalogue, then measure."""
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    packages = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    index = sys.argv[2:3] != ["no"]
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
            generate_bulk(packages, seed=1, progress=lambda _: None)
            if index:
                sync.rebuild()
        measure(app, packages, index=index)
        with app.app_context():
            db.engine.dispose()


if __name__ == "__main__":
    main()
