"""All that the database holds, in a word for each table: what changed is another word."""

from __future__ import annotations

from sqlalchemy import Engine, text


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
