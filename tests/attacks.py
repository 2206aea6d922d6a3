"""SQL of the application's role, as somebody: what the walls refuse, and what goes through."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from tenants.actor import Actor
from tenants.db import act_as, db

# What the walls of migration second_wall say.
SECOND_WALL = (
    "permission denied|row-level security|step|to write|written|handed in|begins|not for the org|of the rules"
)


def refused(why: str, actor: Actor, statement: Any, *before: Any, error: type[DBAPIError] = DBAPIError) -> None:
    """The last statement is refused for this reason, a pattern."""
    with act_as(actor):
        for each in before:
            db.session.execute(each)
        with pytest.raises(error, match=why):
            db.session.execute(statement)
        db.session.rollback()


def done(actor: Actor, statement: Any, *before: Any) -> int:
    """All of it goes through; how many rows the last statement touched."""
    with act_as(actor):
        for each in before:
            db.session.execute(each)
        touched = db.session.execute(statement).rowcount
        db.session.commit()
    return int(touched)


def past_the_walls(owner: Engine, *statements: Any) -> None:
    """Written by the database's owner, whom nothing stops."""
    with owner.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            connection.execute(statement)
