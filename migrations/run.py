"""Bring a database to the newest schema, as its owner, and let the application's role in."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, make_url, text

from migrations import roles


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    return config


def _engine(owner_url: str):
    return create_engine(make_url(owner_url).set(drivername="postgresql+psycopg"))


def upgrade(owner_url: str, *, to: str = "head") -> None:
    """Create the application's roles when missing, then run what has not been run, as far as a revision.

    Two starts at once wait for each other. The roles have no password here: a real server's administrator sets
    one, the embedded server trusts its own socket.
    """
    engine = _engine(owner_url)
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(4030)"))
            roles.make(connection)
            config = _config()
            config.attributes["connection"] = connection
            if MigrationContext.configure(connection).get_current_revision() != _revision(to):
                roles.let_owner_in(connection)
                command.upgrade(config, to)
                roles.keep_owner_out(connection)
            roles.keep_auditors_reading(connection)
            roles.make_alike(connection)
    finally:
        engine.dispose()


def _revision(named: str) -> str | None:
    return ScriptDirectory.from_config(_config()).get_revision(named).revision


def allow_any_time(owner_url: str) -> None:
    """Let what happens be told of any moment: for made-up worlds, whose past is made in a minute.

    Everywhere else the database takes events of the last hour only.
    """
    engine = _engine(owner_url)
    try:
        with engine.begin() as connection:
            connection.execute(text("UPDATE audit_head SET any_time = true"))
    finally:
        engine.dispose()


def check(owner_url: str) -> None:
    """Raise alembic.util.CommandError when the models and the newest migration disagree."""
    engine = _engine(owner_url)
    try:
        with engine.connect() as connection:
            config = _config()
            config.attributes["connection"] = connection
            command.check(config)
    finally:
        engine.dispose()


def revision(owner_url: str, message: str) -> None:
    """Write a new migration from what the models say."""
    engine = _engine(owner_url)
    try:
        with engine.connect() as connection:
            config = _config()
            config.attributes["connection"] = connection
            command.revision(config, message=message, autogenerate=True)
    finally:
        engine.dispose()


def revisions(owner_url: str) -> tuple[str | None, str | None]:
    """The schema's revision in the database (None: no tables yet), and the newest there is."""
    engine = _engine(owner_url)
    try:
        with engine.connect() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()
    return current, ScriptDirectory.from_config(_config()).get_current_head()
