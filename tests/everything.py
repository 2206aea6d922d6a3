"""All that the database holds: in a word for each table, so that what changed is another word; and what one sees of it."""

from __future__ import annotations

from sqlalchemy import Engine, text

from tenants.actor import Actor
from tenants.db import act_as, db

OWNING_COLUMNS = ("organisation_id", "sme_id", "vendor_id", "person_id")


def everything(owner: Engine) -> dict[str, str]:
    """A word for all rows of each table, without the note of when a session was seen."""
    told = {}
    with owner.connect() as connection:
        names = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        for name in names:
            if name != "sign_in_session":
                rows = f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {name} t"
                told[name] = connection.scalar(text(rows)) or ""
    return told


def changed(owner: Engine, before: dict[str, str]) -> set[str]:
    """The tables in which something is not as it was."""
    after = everything(owner)
    return {name for name, word in after.items() if before.get(name) != word}


def owned_tables(owner: Engine) -> set[str]:
    """Every table with a column that says whose a row is."""
    with owner.connect() as connection:
        return set(
            connection.scalars(
                text(
                    "SELECT DISTINCT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
                    " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"
                    " AND a.attname = ANY(:columns) AND NOT a.attisdropped"
                ),
                {"columns": list(OWNING_COLUMNS)},
            )
        )


def seen_by(actor: Actor, table: str) -> list[dict[str, object]]:
    """All rows of a table that this actor gets without asking for any in particular."""
    with act_as(actor):
        return [dict(row) for row in db.session.execute(text(f"SELECT * FROM {table}")).mappings()]
