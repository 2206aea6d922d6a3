"""The command line: thin, each command calls one service."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import warnings

import click
from authlib.deprecate import AuthlibDeprecationWarning

from web import console
from web import settings as configuration
from web.commands import SUBJECTS
from web.settings import MissingSettings

# Between a library and its users; nothing that whoever types a command could act on. The tests do see warnings.
warnings.simplefilter("ignore", AuthlibDeprecationWarning)


@click.group(cls=console.Commands, elsewhere=SUBJECTS, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Run and look after Hojo."""


@main.command()
def serve() -> None:
    """Serve the website (gunicorn), as the environment's settings say."""
    settings = configuration.require_servable(configuration.load())
    with console.reading_in():
        from web import server  # noqa: PLC0415

    server.serve(settings)


@main.command()
def worker() -> None:
    """Run the background jobs."""
    settings = configuration.require_servable(configuration.load())
    with console.reading_in():
        from web import worker as job_worker  # noqa: PLC0415

    job_worker.work(settings)


@main.command()
def settings() -> None:
    """Print every setting with its meaning, as in docs/operations.md."""
    click.echo(configuration.table())


@main.group()
def db() -> None:
    """The database: schema, state, address, shell."""


def _owner_url(known: configuration.Settings) -> str:
    if not known.database_owner_url:
        raise MissingSettings("DATABASE_OWNER_URL is not set. Give the PostgreSQL address of the tables' owner.")
    return known.database_owner_url


@db.command()
def upgrade() -> None:
    """Bring the database to the newest schema, as its owner."""
    from migrations import run  # noqa: PLC0415

    with console.with_database() as known:
        run.upgrade(_owner_url(known))
        _show_revision(known)


@db.command()
def status() -> None:
    """Say whether the database answers and which schema it has; exit code 1 when it is not the newest."""
    with console.with_database() as known:
        if not _show_revision(known):
            sys.exit(1)


def _show_revision(known: configuration.Settings) -> bool:
    from migrations import run  # noqa: PLC0415

    current, newest = run.revisions(_owner_url(known))
    click.echo(f"schema {current or 'none'}, newest {newest}")
    return current == newest


_AS_OWNER = click.option("--owner", is_flag=True, help="As the owner of the tables, past row-level security.")


@db.command()
@_AS_OWNER
def url(*, owner: bool) -> None:
    """Print the database's address, with its password if it has one."""
    with console.with_database() as known:
        click.echo(_address(known, owner=owner))


@db.command()
@_AS_OWNER
def shell(*, owner: bool) -> None:
    """Open psql on the database."""
    from tenants import embedded_postgres  # noqa: PLC0415

    with console.with_database() as known:
        psql = embedded_postgres.program("psql")
        sys.exit(subprocess.call([psql, _address(known, owner=owner)]))  # noqa: S603


def _address(known: configuration.Settings, *, owner: bool) -> str:
    if owner:
        return _owner_url(known)
    if not known.database_url:
        raise MissingSettings("DATABASE_URL is not set. Give the PostgreSQL address of the application's role.")
    return known.database_url


@main.group()
def demo() -> None:
    """The demo: made-up people and data on real parts."""


@demo.command("run")
def run_demo() -> None:
    """Start the demo and stop all of it on Ctrl-C (make demo)."""
    from web.demo.supervisor import CannotRun, Supervisor  # noqa: PLC0415

    known = configuration.load()
    try:
        sys.exit(Supervisor(known.data, known.host, known.port, console.language()).run())
    except CannotRun as error:
        raise click.ClickException(str(error)) from error


@demo.command()
def accounts() -> None:
    """Print the demo's address and the people one may sign in as."""
    from web.demo import notes, supervisor  # noqa: PLC0415

    known = notes.read(configuration.load().data)
    if known is None:
        raise click.ClickException("No demo was started on this data folder yet. Start one: make demo")
    click.echo(supervisor.summary(known, console.language()))


@demo.command()
@click.option("--packages", type=click.IntRange(1, 1_000_000), required=True, help="How many packages to publish.")
@click.option("--seed", default=2017, show_default=True, help="The same seed gives the same catalogue.")
def generate(packages: int, seed: int) -> None:
    """Fill an empty catalogue with generated published packages and index them, for benchmarks.

    On a new data folder (HOJO_DATA) it first makes a demo that `make demo` with the same HOJO_DATA then serves.
    """
    from web.demo import bulk, new  # noqa: PLC0415

    new.make_ready(configuration.load(), console.language())
    with console.application():
        made = bulk.generate_bulk(
            packages, seed=seed, progress=lambda number: click.echo(f"\r{number:,}", nl=False, err=True)
        )
        click.echo(f"\r{made:,} packages published, {bulk.build_index():,} indexed")


@demo.command("web", hidden=True)
def demo_web() -> None:
    """Used by `hojo demo run`: once standard input says where the database is, prepare the data, then serve."""
    with console.reading_in():
        from web import server  # noqa: PLC0415
        from web.demo import steps  # noqa: PLC0415

    told = sys.stdin.buffer.read()
    if not told:
        return  # whoever was to tell is gone
    known = configuration.load().model_copy(update=json.loads(told))
    steps.prepare_apart(known, console.language())
    os.dup2(2, 1)  # until here the terminal is told, from here the log
    server.serve(configuration.require_servable(known.model_copy(update={"database_owner_url": ""})))


@demo.command(hidden=True)
def mailbox() -> None:
    """Used by `hojo demo run`: take the demo's mails."""
    from web.demo import mailbox as mail_server  # noqa: PLC0415

    known = configuration.load()
    mail_server.serve(known.data, known.mail_port)


@demo.command("identity-provider", hidden=True)
def identity_provider() -> None:
    """Used by `hojo demo run`: serve the identity provider."""
    with console.reading_in():
        from web.demo import identity_server  # noqa: PLC0415

    identity_server.serve(configuration.load().data)


if __name__ == "__main__":
    main()
