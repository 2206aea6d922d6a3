"""The audit trail: every change writes its event in the same transaction, chained so that tampering shows.

Events are collected while a use case runs and written just before it commits: the chain's head is locked only
for that instant, so writers do not queue behind each other's work.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Index, event, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from tenants import actor, clock
from tenants.db import Base, db

GENESIS = "0" * 64
_PENDING = "audit_pending"
_BEFORE_ALL = -(2**63)


class AuditEvent(Base):
    """One thing that happened. Append-only: rights and a trigger refuse changes, the chain shows them."""

    __tablename__ = "audit_event"

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    name: Mapped[str] = mapped_column(doc="past tense: package_published")
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(doc="whose matter it is")
    actor_person_id: Mapped[uuid.UUID | None]
    actor_organisation_id: Mapped[uuid.UUID | None]
    actor_name: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    previous_hash: Mapped[str]
    hash: Mapped[str]

    __table_args__ = (
        Index("ix_audit_event_organisation_id_number", "organisation_id", "number"),
        Index("ix_audit_event_subject", "subject_kind", "subject_id"),
    )


class AuditHead(Base):
    """The end of the chain: one row, locked while events are appended."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str]


@dataclass(frozen=True, slots=True)
class Broken:
    """Where the chain does not hold, and how it shows."""

    number: int
    reason: str


def record(
    name: str,
    *,
    subject: tuple[str, object],
    organisation_id: uuid.UUID | None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Note that something happened; it is written when, and only if, the running transaction commits.

    name: past tense, ``package_published``. subject: kind and id. organisation_id: whose matter it is (they may
    read it). before, after: the values that changed, JSON-able. Call it after any savepoint, not inside one.
    """
    who = actor.current()
    # An event belongs to a transaction: without one begun, a rollback would not be heard of.
    db.session.connection()
    db.session().info.setdefault(_PENDING, []).append(
        {
            "at": clock.now(),
            "name": name,
            "organisation_id": organisation_id,
            "actor_person_id": who.person_id,
            "actor_organisation_id": who.organisation_id,
            "actor_name": who.name or who.audience,
            "subject_kind": subject[0],
            "subject_id": str(subject[1]),
            "before": before,
            "after": after,
        }
    )


def _digest(row: dict[str, Any], number: int, previous: str) -> str:
    facts = {
        **{key: str(value) if isinstance(value, uuid.UUID) else value for key, value in row.items()},
        "at": row["at"].astimezone(UTC).isoformat(timespec="microseconds"),
        "number": number,
    }
    canonical = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{canonical}".encode()).hexdigest()


@event.listens_for(Session, "before_commit")
def _append(session: Session) -> None:
    if session.in_nested_transaction() or not session.info.get(_PENDING):
        return
    session.flush()
    pending = session.info.pop(_PENDING)
    head = session.execute(
        select(AuditHead.number, AuditHead.hash).where(AuditHead.id == 1).with_for_update()
    ).one()
    number, previous = head.number, head.hash
    rows = []
    for row in pending:
        number += 1
        digest = _digest(row, number, previous)
        rows.append({**row, "number": number, "previous_hash": previous, "hash": digest})
        previous = digest
    session.execute(insert(AuditEvent), rows)
    session.execute(update(AuditHead).where(AuditHead.id == 1).values(number=number, hash=previous))


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop(_PENDING, None)


def verify(batch: int = 10_000) -> Iterator[Broken]:
    """Walk the whole chain and yield each place where it does not hold; nothing yielded: it holds.

    Finds changed, missing, inserted and reordered rows, and a head that is not the last row.
    """
    number, previous = 0, GENESIS
    after = _BEFORE_ALL
    while True:
        rows = db.session.scalars(
            select(AuditEvent).where(AuditEvent.number > after).order_by(AuditEvent.number).limit(batch)
        ).all()
        for row in rows:
            if row.number > number + 1:
                yield Broken(number + 1, f"missing: the next event is {row.number}")
            elif row.number <= number:
                yield Broken(row.number, "inserted before the first event")
            if row.previous_hash != previous:
                yield Broken(row.number, "does not follow the event before it")
            if _digest(_facts(row), row.number, row.previous_hash) != row.hash:
                yield Broken(row.number, "changed after it was written")
            number, previous = row.number, row.hash
            after = number
        db.session.expunge_all()
        if len(rows) < batch:
            break
    head = db.session.execute(select(AuditHead.number, AuditHead.hash).where(AuditHead.id == 1)).one_or_none()
    if head is None:
        yield Broken(number, "the head is missing")
    elif (head.number, head.hash) != (number, previous):
        yield Broken(head.number, f"the head says {head.number}, the last event is {number}")


def _facts(row: AuditEvent) -> dict[str, Any]:
    return {
        key: getattr(row, key)
        for key in (
            "at",
            "name",
            "organisation_id",
            "actor_person_id",
            "actor_organisation_id",
            "actor_name",
            "subject_kind",
            "subject_id",
            "before",
            "after",
        )
    }
