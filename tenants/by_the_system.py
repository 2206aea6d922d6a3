"""What follows for others from what somebody does: read and told by the system, in the same transaction.

The actor may not see the others' rows nor tell of their matters, and they do not hear whose doing it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from tenants import audit
from tenants.actor import SYSTEM, acting_as, current
from tenants.db import db, tell_database

_OFFICE: Final = ("secretariat", "system")


@contextmanager
def by_the_system() -> Iterator[None]:
    """Inside, the system acts; on behalf of whoever acts for the secretariat, who answers for it by name.

    Part of a use case, which an error inside must end: only its end takes the system's rights away then.
    """
    who = current()
    audit.write_what_was_told()
    acting = replace(who, audience="system") if who.audience in _OFFICE else SYSTEM
    tell_database(db.session.connection(), acting)
    with acting_as(acting):
        yield
        audit.write_what_was_told()
    tell_database(db.session.connection(), who)
