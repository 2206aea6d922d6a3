"""What the commands of `hojo` stand on: settings, a database that is there, the application around them."""

from __future__ import annotations

import gc
import importlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tenants import embedded_postgres
from tenants.errors import DomainError
from tenants.text import Language
from web import settings as configuration
from web.settings import MissingSettings, Settings

if TYPE_CHECKING:
    from flask import Flask

_EMBEDDED = "postgres"


class Commands(click.Group):
    """Commands whose expected failures are one message and exit code 1, never a traceback.

    elsewhere: groups by name, each the ``commands`` of a module that is loaded when it is asked for.
    """

    def __init__(self, *args: Any, elsewhere: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.elsewhere = dict(elsewhere or {})

    def list_commands(self, context: click.Context) -> list[str]:
        """click's own hook."""
        return sorted([*super().list_commands(context), *self.elsewhere])

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """click's own hook."""
        if name not in self.elsewhere:
            return super().get_command(context, name)
        group: click.Group = importlib.import_module(self.elsewhere[name]).commands
        return group

    def invoke(self, context: click.Context) -> Any:
        """click's own hook."""
        try:
            return super().invoke(context)
        except (MissingSettings, embedded_postgres.CannotStart) as error:
            raise click.ClickException(str(error)) from error
        except DomainError as error:
            lines = [
                f"{finding.message.in_language(language())} {finding.remedy.in_language(language())}"
                for finding in error.findings
            ]
            raise click.ClickException("\n".join(lines)) from error


@contextmanager
def reading_in() -> Iterator[None]:
    """Around imports of all the house: nothing of a module is garbage, and looking for it, then and later among what
    stays, took a seventh of the time.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def language() -> Language:
    """The terminal's language: Japanese, unless the locale is an English one."""
    wanted = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "en" if wanted.startswith("en") else "ja"


def postgres_folder(data: Path) -> Path:
    """Where the embedded server's data lies in a data folder."""
    return data / _EMBEDDED


def has_database() -> bool:
    """Whether the settings name a database, or there is a demo's to start."""
    settings = configuration.load_beside_demo()
    return bool(settings.database_url) or postgres_folder(settings.data).is_dir()


@contextmanager
def with_database() -> Iterator[Settings]:
    """Settings whose database is there for as long as the block lasts.

    Beside a demo that is its embedded server, started for the while when it does not run. In production it is
    what DATABASE_URL and DATABASE_OWNER_URL say, possibly nothing.
    """
    settings = configuration.load_beside_demo()
    if settings.database_url or settings.environment == "production":
        yield settings
        return
    with embedded_postgres.serving(postgres_folder(settings.data)) as server:
        yield settings.model_copy(
            update={
                "database_url": server.url(embedded_postgres.APP_ROLE),
                "database_owner_url": settings.database_owner_url or server.url(),
            }
        )


@contextmanager
def application() -> Iterator[Flask]:
    """The application with its database, ready for a command's services; raises MissingSettings."""
    from tenants.db import db  # noqa: PLC0415  (commands that need no database start quicker)
    from web.app import create_app  # noqa: PLC0415

    with with_database() as settings:
        app = create_app(configuration.require_servable(settings))
        with app.app_context():
            try:
                yield app
            finally:
                db.session.remove()
                db.engine.dispose()
