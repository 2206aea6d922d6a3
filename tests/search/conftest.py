"""A filled index, packages that it does not have yet, a worker to kill, and who keeps searches."""

from __future__ import annotations

import subprocess
import sys
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

import published
import pytest
from flask import Flask
from saved import DAY, START, Shop

from search.documents import SearchDocument
from search.embedded import EmbeddedEngine
from search.port import SearchEngine
from tenants.actor import Actor
from web.settings import Settings


@pytest.fixture(scope="module")
def filled(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[Iterable[SearchDocument]], EmbeddedEngine]]:
    """An embedded engine that has these documents, for all tests of a file."""
    with ExitStack() as closing:

        def fill(documents: Iterable[SearchDocument]) -> EmbeddedEngine:
            made = EmbeddedEngine(tmp_path_factory.mktemp("filled") / "index")
            closing.callback(made.close)
            made.ensure_schema()
            made.upsert(documents)
            return made

        yield fill


@pytest.fixture
def packages(index: SearchEngine) -> dict[str, uuid.UUID]:
    """Published packages that the index does not have yet: code -> listing id."""
    return published.publish()


@pytest.fixture(scope="session")
def worker(
    settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Callable[[str], str], Path]]:
    """(kill at this point, folder of the index it works on)."""
    folder = tmp_path_factory.mktemp("killed") / "index"
    url = settings.database_url.replace("postgresql://", "postgresql+psycopg://", 1)
    script = Path(__file__).with_name("killable_worker.py")
    with subprocess.Popen(
        [sys.executable, str(script), url, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as process:
        assert process.stdout.readline() == "ready\n"

        def kill_at(point: str) -> str:
            process.stdin.write(f"{point}\n")
            process.stdin.flush()
            return process.stdout.readline().strip()

        yield kill_at, folder
        process.stdin.close()


@pytest.fixture
def shop(index, organisation) -> Shop:
    """A vendor with one package, published long before."""
    made = Shop(organisation("vendor"))
    made.publish("PK-0", START - 9 * DAY)
    return made


@pytest.fixture
def services_of(request) -> Flask:
    """The application that services stand on; the name services is the module's here."""
    return request.getfixturevalue("services")


@pytest.fixture
def person(organisation, actor_of) -> Actor:
    """Somebody of an SME, who keeps searches."""
    return actor_of(organisation("sme"), "sme_owner")
