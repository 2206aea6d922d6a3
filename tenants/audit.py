"""The audit trail: every change writes its event in the same transaction, chained so that tampering shows.

Events are collected while a use case runs and written just before it commits: the chain's head is locked only
for that instant, so writers do not queue behind each other's work. The database's own function numbers and chains
them (migration 0011); here they are only checked. Names of people lie beside the chain (AuditPersonal).
"""

from __future__ import annotations

import hashlib
import json
import secrets
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import BigInteger, Index, Row, Text, cast, event, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from tenants import actor, clock
from tenants.db import Base, db
from tenants.text import Text as Words

GENESIS = "0" * 64
FORGOTTEN: Final = "person_forgotten"
# What an event's values hold in place of personal data: {"personal": its digest}.
REFERENCE: Final = "personal"
# Which values are personal data, by the kind of what the event is about; an address of mail always is.
PERSONAL: Final[Mapping[str, frozenset[str]]] = {
    "person": frozenset({"name"}),
    "support_view": frozenset({"name"}),
    "invitation": frozenset({"name"}),
    "organisation": frozenset({"representative"}),
}
_ALWAYS: Final = frozenset({"email"})
_PENDING = "audit_pending"
_BEFORE_ALL = -(2**63)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_WRITE: Final = text("SELECT append_audit(CAST(:events AS jsonb))")


class AuditEvent(Base):
    """One thing that happened. Append-only: rights and a trigger refuse changes, the chain shows them.

    actor_audience: as what the actor acted. actor_name: of a part of the site that acts by itself; a person's name
    is found by actor_digest.
    """

    __tablename__ = "audit_event"

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    name: Mapped[str] = mapped_column(doc="past tense: package_published")
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(doc="whose matter it is")
    actor_person_id: Mapped[uuid.UUID | None]
    actor_organisation_id: Mapped[uuid.UUID | None]
    actor_audience: Mapped[str] = mapped_column(default="")
    actor_name: Mapped[str]
    actor_digest: Mapped[str | None]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    previous_hash: Mapped[str]
    hash: Mapped[str]

    __table_args__ = (
        Index("ix_audit_event_organisation_id_number", "organisation_id", "number"),
        Index("ix_audit_event_subject", "subject_kind", "subject_id"),
        Index("ix_audit_event_name_number", "name", "number"),
        Index("ix_audit_event_actor_digest_number", "actor_digest", "number"),
        Index("ix_audit_event_at", "at", postgresql_using="brin"),
    )


class AuditPersonal(Base):
    """A name or address that events refer to by its digest. Personal data; deleting a row forgets it.

    digest: of the salt and the value, so it says nothing once both are gone. person_id: whose it is, None when not
    known. organisation_id: where the person acted for it; only that organisation and the secretariat read it.
    """

    __tablename__ = "audit_personal"

    digest: Mapped[str] = mapped_column(primary_key=True)
    salt: Mapped[str]
    value: Mapped[str]
    person_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    organisation_id: Mapped[uuid.UUID | None]


class AuditHead(Base):
    """The end of the chain: one row, locked while events are appended; the application only reads it.

    any_time: whether events may tell of any moment: for made-up worlds. Else of the last hour only.
    """

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str]
    any_time: Mapped[bool] = mapped_column(server_default=text("false"))


@dataclass(frozen=True, slots=True)
class Broken:
    """Where the chain does not hold, and how it shows, in English and in Japanese."""

    number: int
    reason: str
    reason_ja: str

    @property
    def words(self) -> Words:
        """How it shows, for people."""
        return Words(self.reason_ja, self.reason)


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
    read it). before, after: the values that changed, JSON-able; what is personal in them (PERSONAL) is kept apart.
    Call it after any savepoint, not inside one.
    """
    who = actor.current()
    # An event belongs to a transaction: without one begun, a rollback would not be heard of.
    db.session.connection()
    personal: list[dict[str, str | None]] = []
    db.session().info.setdefault(_PENDING, []).append(
        {
            "at": clock.now().isoformat(),
            "name": name,
            "organisation_id": str(organisation_id) if organisation_id else None,
            "actor_name": who.name or who.audience,
            "subject_kind": subject[0],
            "subject_id": str(subject[1]),
            "before": _apart(before, subject, personal),
            "after": _apart(after, subject, personal),
            "personal": personal,
        }
    )


def _apart(
    values: dict[str, Any] | None, subject: tuple[str, object], personal: list[dict[str, str | None]]
) -> dict[str, Any] | None:
    """The values with references in place of what is personal, which is added to the list."""
    if values is None:
        return None
    hidden = _ALWAYS | PERSONAL.get(subject[0], frozenset())
    return {
        name: _reference(value, subject, personal)
        if name in hidden and isinstance(value, str) and value
        else value
        for name, value in values.items()
    }


def _reference(value: str, subject: tuple[str, object], personal: list[dict[str, str | None]]) -> dict[str, str]:
    who = actor.current()
    owner = subject[1] if subject[0] == "person" else who.person_id if value == who.name else None
    salt = secrets.token_hex(16)
    personal.append({"salt": salt, "value": value, "person_id": str(owner) if owner else None})
    return {REFERENCE: personal_digest(salt, value)}


def personal_digest(salt: str, value: str) -> str:
    """What stands in the chain for a personal value."""
    return hashlib.sha256(f"{salt}{value}".encode()).hexdigest()


def references(*values: dict[str, Any] | None) -> Iterator[str]:
    """The digests that an event's values refer to."""
    for each in values:
        for value in (each or {}).values():
            if isinstance(value, dict) and isinstance(value.get(REFERENCE), str):
                yield value[REFERENCE]


def personal_values(digests: Iterable[str]) -> dict[str, str]:
    """The personal values behind these digests, as far as they are still there and may be read."""
    wanted = set(digests)
    if not wanted:
        return {}
    found = select(AuditPersonal.digest, AuditPersonal.value).where(AuditPersonal.digest.in_(wanted))
    return {digest: value for digest, value in db.session.execute(found)}  # noqa: C416  (rows become a mapping)


def _digest(previous: str, facts: Iterable[str | None]) -> str:
    """As the database's audit_digest: each fact behind its length, so that no two lists look alike."""
    told = ",".join("-" if fact is None else f"{len(fact)}:{fact}" for fact in facts)
    return hashlib.sha256(f"{previous}\n{told}".encode()).hexdigest()


@event.listens_for(Session, "before_commit")
def _append(session: Session) -> None:
    if session.in_nested_transaction() or not session.info.get(_PENDING):
        return
    session.flush()
    pending = session.info.pop(_PENDING)
    session.execute(_WRITE, {"events": json.dumps(pending, ensure_ascii=False)})


def write_what_was_told() -> None:
    """Write what was changed and noted so far, told by who acts now: before somebody else acts in this transaction."""
    session = db.session()
    session.flush()
    _append(session)


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop(_PENDING, None)


_CHAIN: Final = (
    AuditEvent.number,
    AuditEvent.at,
    AuditEvent.name,
    AuditEvent.organisation_id,
    AuditEvent.actor_person_id,
    AuditEvent.actor_organisation_id,
    AuditEvent.actor_audience,
    AuditEvent.actor_name,
    AuditEvent.actor_digest,
    AuditEvent.subject_kind,
    AuditEvent.subject_id,
    # As the database writes them, for that is what it hashed.
    cast(AuditEvent.before, Text).label("before_text"),
    cast(AuditEvent.after, Text).label("after_text"),
)


@dataclass(frozen=True, slots=True)
class Head:
    """The last event of the trail at some moment: noted elsewhere, it shows later whether the trail still goes by it."""

    number: int
    hash: str


def head() -> Head:
    """The last event as it is noted now; number 0 before the first."""
    row = db.session.execute(select(AuditHead.number, AuditHead.hash).where(AuditHead.id == 1)).one_or_none()
    return Head(row.number, row.hash) if row else Head(0, GENESIS)


def verify(batch: int = 10_000, noted: Head | None = None) -> Iterator[Broken]:
    """Walk the whole chain and yield each place where it does not hold; nothing yielded: it holds.

    Finds changed, missing, inserted and reordered rows, a head that is not the last row, and personal values that
    were changed, or are gone without an event that says they were forgotten. noted: a head that was written down
    before, outside the database; with it, also a trail that was cut off or written anew with its head.
    """
    yield from _walk(batch)
    if noted is not None and noted.number:
        found = db.session.scalar(select(AuditEvent.hash).where(AuditEvent.number == noted.number))
        if found != noted.hash:
            yield Broken(
                noted.number,
                "not the event that was noted" if found else "missing: it was noted as the last event",
                "控えておいた記録と違います" if found else "控えておいた末尾の記録がありません",
            )


def _walk(batch: int) -> Iterator[Broken]:
    number, previous = 0, GENESIS
    after = _BEFORE_ALL
    forgotten = _forgotten()
    query = select(
        *_CHAIN, AuditEvent.previous_hash, AuditEvent.hash, AuditEvent.before, AuditEvent.after
    ).order_by(AuditEvent.number)
    while True:
        rows = db.session.execute(query.where(AuditEvent.number > after).limit(batch)).all()
        kept = _kept(rows)
        for row in rows:
            if row.number > number + 1:
                yield Broken(
                    number + 1,
                    f"missing: the next event is {row.number}",
                    f"この記録がありません。次の記録は{row.number}番です",
                )
            elif row.number <= number:
                yield Broken(row.number, "inserted before the first event", "最初の記録より前に差し込まれています")
            if row.previous_hash != previous:
                yield Broken(row.number, "does not follow the event before it", "前の記録とつながっていません")
            if _digest(row.previous_hash, _facts(row)) != row.hash:
                yield Broken(row.number, "changed after it was written", "書かれた後に変えられています")
            yield from _personal_faults(row, kept, forgotten)
            number, previous = row.number, row.hash
            after = number
        if len(rows) < batch:
            break
    head = db.session.execute(select(AuditHead.number, AuditHead.hash).where(AuditHead.id == 1)).one_or_none()
    if head is None:
        yield Broken(number, "the head is missing", "末尾の控えがありません")
    elif (head.number, head.hash) != (number, previous):
        yield Broken(
            head.number,
            f"the head says {head.number}, the last event is {number}",
            f"末尾の控えは{head.number}番、最後の記録は{number}番で、合っていません",
        )


def _facts(row: Row[*tuple[Any, ...]]) -> list[str | None]:
    told = list(row[: len(_CHAIN)])
    told[1] = (row.at - _EPOCH) // timedelta(microseconds=1)
    return [None if fact is None else str(fact) for fact in told]


def _forgotten() -> dict[str, int]:
    """Each digest that was forgotten, with the number of the event that says so."""
    rows = db.session.execute(
        select(AuditEvent.number, AuditEvent.after).where(AuditEvent.name == FORGOTTEN).order_by(AuditEvent.number)
    )
    return {digest: number for number, after in rows for digest in (after or {}).get("digests", ())}


def _mentioned(row: Row[*tuple[Any, ...]]) -> list[str]:
    by = [row.actor_digest] if row.actor_digest else []
    return [*by, *references(row.before, row.after)]


def _kept(rows: Iterable[Row[*tuple[Any, ...]]]) -> dict[str, bool]:
    """Whether each personal value that these events mention is as it was; without those that are gone."""
    wanted = {digest for row in rows for digest in _mentioned(row)}
    found = select(AuditPersonal).where(AuditPersonal.digest.in_(wanted))
    kept = {
        each.digest: personal_digest(each.salt, each.value) == each.digest for each in db.session.scalars(found)
    }
    db.session.expunge_all()
    return kept


def _personal_faults(
    row: Row[*tuple[Any, ...]], kept: Mapping[str, bool], forgotten: Mapping[str, int]
) -> Iterator[Broken]:
    for digest in _mentioned(row):
        if digest not in kept and forgotten.get(digest, 0) < row.number:
            yield Broken(
                row.number,
                "a name in it is gone without having been forgotten",
                "消去の手続きなしに、名前が失われています",
            )
        elif not kept.get(digest, True):
            yield Broken(row.number, "a name in it was changed", "名前が変えられています")
