"""What the demo makes once: noted in the trail when all of it is there, so that an interrupted start goes on."""

from __future__ import annotations

from sqlalchemy import select

from tenants import audit
from tenants.actor import SYSTEM
from tenants.audit import AuditEvent
from tenants.db import act_as, db, use_case


def is_made(event: str) -> bool:
    """Whether this was noted before."""
    with act_as(SYSTEM):
        return db.session.scalar(select(AuditEvent.number).where(AuditEvent.name == event).limit(1)) is not None


def note_made(event: str, part: str) -> None:
    """That this part of the demo is whole now."""
    with act_as(SYSTEM):
        _note(event, part)


@use_case
def _note(event: str, part: str) -> None:
    audit.record(event, subject=("demo", part), organisation_id=None)
