"""A demo's data folder made by hand, for a catalogue other than the one a demo makes for itself."""

from __future__ import annotations

from migrations.run import allow_any_time, upgrade
from tenants import embedded_postgres
from tenants.db import db
from tenants.text import Language
from web import console
from web.app import create_app
from web.demo import notes, steps
from web.settings import Settings


def make_ready(settings: Settings, language: Language) -> None:
    """Notes, database, programme and people, each where it is missing; nothing where the environment says more.

    An address of a database, or an environment by name, means that somebody has decided what to fill. An
    interrupted start is gone on with.
    """
    if settings.database_url or "environment" in settings.model_fields_set:
        return
    settings.data.mkdir(parents=True, exist_ok=True)
    if notes.read(settings.data) is None:
        # The demo writes its own ports when it starts; these only have to be there.
        notes.begin(settings.data, settings.host, settings.port, settings.port + 1, settings.port + 2).write()
    with embedded_postgres.serving(console.postgres_folder(settings.data)) as server:
        embedded_postgres.create_database(server)
        _prepare(language)


def _prepare(language: Language) -> None:
    """Schema, programme and people on the server that runs."""
    with console.with_database() as known:
        upgrade(known.database_owner_url)
        allow_any_time(known.database_owner_url)
        app = create_app(known)
        with app.app_context():
            try:
                for step in steps.BEFORE_TOOLS:
                    steps.take(step, known, language)
            finally:
                db.session.remove()
                db.engine.dispose()
