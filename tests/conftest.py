"""What tests stand on: a throw-away PostgreSQL with real migrations, the application, people who sign in."""

from __future__ import annotations

import gc
import itertools
import os
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from desk import asahi, catalogue, office, statements
from flask import Flask
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pages import PageClient
from pydantic import SecretStr
from sqlalchemy import Connection, Engine, create_engine, text
from worked_input import publish_worked_input

from marketplace.programme import load_programme
from migrations import run
from search import engines, meant
from search.embedded import EmbeddedEngine
from tenants.actor import SYSTEM, Actor
from tenants.db import act_as, db
from tenants.embedded_postgres import throwaway_server
from tenants.models import Membership, Organisation, Person
from web.settings import Settings

__all__ = ["asahi", "catalogue", "office", "statements"]

# What tests start (commands, demos, web processes) then reads compiled code, as it does on people's machines.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# No test is timed: machines are noisy, and a slow example is not a wrong one.
hypothesis_settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("house")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow files first: begun last, one would keep one process busy while the other has nothing left to do."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def pytest_collection_finish() -> None:
    """What is there now stays to the end: thousands of tests, every module. Nobody has to look for garbage in it."""
    gc.collect()
    gc.freeze()


KEPT = ("alembic_version", "audit_head", "master_version", "workflow_move", "askable_job")


@pytest.fixture(scope="session")
def owner_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server for this run (one for each worker); gone afterwards."""
    with throwaway_server(tmp_path_factory.mktemp("postgres")) as url:
        run.upgrade(url)
        run.allow_any_time(url)
        yield url


@pytest.fixture(scope="session")
def owner(owner_url: str) -> Iterator[Engine]:
    """The database as its owner sees it: past row-level security, for preparing and for tampering."""
    engine = create_engine(owner_url.replace("postgresql://", "postgresql+psycopg://", 1))
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def settings(owner_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a test application."""
    return Settings(
        environment="test",
        secret_key=SecretStr("a-key-for-tests-only-0123456789abcdef"),
        database_url=owner_url.replace("postgres@", "hojo_app@", 1),
        data=tmp_path_factory.mktemp("data"),
        cookie_secure=False,
        kept_pages_mib=0,
    )


@pytest.fixture(scope="session")
def application(settings: Settings, owner: Engine) -> Flask:
    """One application for the whole run, with the programme loaded."""
    from web.app import create_app  # noqa: PLC0415  (tests of services do without the web)

    app = create_app(settings)
    app.test_client_class = PageClient
    with app.app_context(), act_as(SYSTEM):
        load_programme()
        db.engine.dispose()
    _empty(owner)
    return app


@pytest.fixture
def app(application: Flask, owner: Engine) -> Iterator[Flask]:
    """The application on an empty database that knows the programme; emptied again afterwards."""
    yield from _on_empty_database(application, owner)


@pytest.fixture(scope="session")
def ground(settings: Settings, owner: Engine) -> Flask:
    """What services stand on: the database and a search folder, with the programme loaded; no web."""
    app = Flask("services")
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url.replace(
        "postgresql://", "postgresql+psycopg://", 1
    )
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_size": settings.pool_size}
    db.init_app(app)
    with app.app_context(), act_as(SYSTEM):
        load_programme()
        db.engine.dispose()
    _empty(owner)
    return app


@pytest.fixture
def services(request: pytest.FixtureRequest, owner: Engine) -> Iterator[Flask]:
    """Services on an empty database that knows the programme: the application's when the test uses it."""
    if "app" in request.fixturenames:
        yield request.getfixturevalue("app")
    else:
        yield from _on_empty_database(request.getfixturevalue("ground"), owner)


@pytest.fixture
def index(services: Flask, tmp_path: Path) -> Iterator[EmbeddedEngine]:
    """An empty search index of this test's own, in use for as long as it runs."""
    before = engines._Chosen.engine
    made = EmbeddedEngine(tmp_path / "index")
    engines.use(made)
    # The words of another test's index are kept for half a minute, and would be taken for this one's.
    meant._kept._made_at = float("-inf")
    yield made
    made.close()
    engines._Chosen.engine = before


@pytest.fixture
def worked_input(index: EmbeddedEngine) -> None:
    """The worked input, published; asked for before people are made, its work is done once a process."""
    publish_worked_input()


@pytest.fixture(scope="session")
def empty_database(owner: Engine) -> Callable[[], None]:
    """Empties the database but for the programme: for fixtures that serve many tests."""
    return lambda: _empty(owner)


def _on_empty_database(app: Flask, owner: Engine) -> Iterator[Flask]:
    # What a browser sent off as its page was closed may have come in after the last test was cleared away.
    with owner.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        _keep_what_was_shipped(connection)
    with app.app_context():
        yield app
        db.session.remove()
        # One that is still in use would be found open by whichever test runs when it is collected.
        assert db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
        db.engine.dispose()
    _empty(owner)


def _empty(owner: Engine) -> None:
    with owner.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        tables = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        _keep_what_was_shipped(connection)
        # Not TRUNCATE: master_version is kept and refers to person. All in one journey to the server.
        emptying = [f'DELETE FROM "{name}"' for name in tables if name not in KEPT]
        emptying.append("UPDATE audit_head SET number = 0, hash = repeat('0', 64), any_time = true")
        connection.exec_driver_sql("; ".join(emptying))


# Not the id: a test may take a version out and load it again.
_NAME = "(kind || '/' || key || '/' || version)"
_shipped: list[str] = []


def _keep_what_was_shipped(connection: Connection) -> None:
    """Of master data, the versions loaded with the programme stay; the first call comes right after that."""
    if not _shipped:
        _shipped.extend(connection.scalars(text(f"SELECT {_NAME} FROM master_version")))
    connection.execute(text(f"DELETE FROM master_version WHERE NOT {_NAME} = ANY(:kept)"), {"kept": _shipped})


@pytest.fixture
def client(app: Flask) -> PageClient:
    """A browser without a session; it checks every page it gets."""
    return app.test_client()  # type: ignore[return-value]


@pytest.fixture
def browser(services: Flask, application: Flask) -> Iterator[Callable[..., PageClient]]:
    """Make browsers whose every request runs in a context of its own, as on a server: ``browser(actor)``."""

    def make(actor: Actor | None = None) -> PageClient:
        made: PageClient = application.test_client()  # type: ignore[assignment]
        return made if actor is None else made.act_as(actor)

    yield make
    # What the test itself still reads by comes back to its pool first: later it would find another in its place.
    db.session.remove()
    with application.app_context():
        db.engine.dispose()


@pytest.fixture
def arrive(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """``arrive(moment)``: requests reach the edge at this aware moment from now on. ``clock.at`` holds for what a test
    calls itself; a request has the time of its own arrival."""

    def stand(moment: datetime) -> None:
        class Fixed(datetime):
            @classmethod
            def now(cls, tz=None):
                return moment.astimezone(tz)

        monkeypatch.setattr("web.edge.datetime", Fixed)

    return stand


_numbers = itertools.count(1)


@pytest.fixture
def organisation(services: Flask) -> Callable[..., uuid.UUID]:
    """Make an organisation: ``organisation("vendor", name="…")`` gives its id."""

    def make(kind: str, **facts: object) -> uuid.UUID:
        number = next(_numbers)
        with act_as(SYSTEM):
            standing = "adopted" if kind == "vendor" else None
            usual = {"name": f"{kind} {number}", "prefecture": "東京都", "standing": standing}
            row = Organisation(kind=kind, **usual | facts)
            db.session.add(row)
            db.session.commit()
            return row.id

    return make


@pytest.fixture
def actor_of(services: Flask) -> Callable[..., Actor]:
    """Make a person with roles in an organisation: ``actor_of(organisation_id, "vendor_owner")``."""

    def make(organisation_id: uuid.UUID, *roles: str) -> Actor:
        with act_as(SYSTEM):
            person = Person(name=f"テスト 花子{next(_numbers)}", email="hanako@example.jp")
            db.session.add(person)
            db.session.flush()
            for role in roles:
                db.session.add(Membership(organisation_id=organisation_id, person_id=person.id, role=role))
            kind = db.session.get_one(Organisation, organisation_id).kind
            db.session.commit()
            return Actor(kind, organisation_id, person.id, frozenset(roles), person.name)  # type: ignore[arg-type]

    return make


@pytest.fixture
def data() -> Path:
    """The worked input: vendors, products and packages as vendors send them, and what must come of them."""
    return Path(__file__).parent / "data"
