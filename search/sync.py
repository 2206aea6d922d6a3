"""Keeping the index equal to what is published.

A publication leaves a dirty row in its own transaction. The worker reads the publication anew, replaces the whole
document, waits until it can be found, and only then clears the row, if nobody dirtied it meanwhile. So a worker
killed at any point loses nothing, and doing the work twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, select, tuple_

from catalogue import publications
from catalogue.masters import vocabulary
from catalogue.models import IndexChange
from marketplace import pricing
from search.engines import engine
from search.port import EngineUnavailable
from search.publishing import document_of
from tenants.actor import SYSTEM
from tenants.db import act_as, db, use_case

BATCH: Final = 500
_LOCK: Final = 4031
_Change = tuple[str, int, datetime]


@dataclass(frozen=True, slots=True)
class Difference:
    """A package whose document is not what is published. published, indexed: publication numbers, None for none."""

    code: str
    published: int | None
    indexed: int | None


@dataclass(frozen=True, slots=True)
class State:
    """How far the index has come. waiting: packages that changed and are not in it yet.

    documents: 0 while the index does not answer.
    """

    engine: str
    documents: int
    published: int
    waiting: int
    size_bytes: int


def synchronise() -> int:
    """Bring every changed package into the index; how many. An index that is missing or broken is built anew."""
    done = 0
    with act_as(SYSTEM), _alone():
        if engine().ensure_schema():
            rebuild()
        while changes := _changes():
            _apply([code for code, *_ in changes])
            _clear(changes)
            done += len(changes)
    return done


@contextmanager
def _alone() -> Iterator[None]:
    """One synchronises, others wait: else a slow one could put an older version over a newer one.

    The lock lives in a transaction of its own connection, so it ends with the process however that ends.
    """
    with db.engine.begin() as connection:
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        yield


def _changes() -> list[_Change]:
    rows = db.session.execute(
        select(IndexChange.code, IndexChange.version, IndexChange.changed_at)
        .order_by(IndexChange.changed_at, IndexChange.code)
        .limit(BATCH)
    ).all()
    return [(code, version, changed_at) for code, version, changed_at in rows]


def _apply(codes: Sequence[str]) -> None:
    live = publications.live_packages(codes)
    masters, scheme = vocabulary(), pricing.scheme()
    target = engine()
    documents = [document_of(each, masters, scheme) for each in live.values()]
    if documents:
        target.wait(target.upsert(documents))
    gone = [code for code in codes if code not in live]
    if gone:
        target.wait(target.delete(gone))
    db.session.rollback()  # let go of the snapshot: the next batch must see what was published meanwhile


@use_case
def _clear(changes: Sequence[_Change]) -> None:
    """Time as well as version: a row that somebody else cleared begins at version 1 again."""
    seen = tuple_(IndexChange.code, IndexChange.version, IndexChange.changed_at)
    db.session.execute(delete(IndexChange).where(seen.in_(changes)))


def rebuild() -> int:
    """A new index from every live publication, put in use at once when it is whole; how many documents.

    What is published meanwhile is written to both, or is still waiting as a dirty row: nothing is lost.
    """
    target = engine()
    with act_as(SYSTEM):
        target.ensure_schema()
        building = target.begin_rebuild()
        try:
            masters, scheme = vocabulary(), pricing.scheme()
            target.load(
                building, (document_of(each, masters, scheme) for each in publications.every_live_package())
            )
            target.commit_rebuild(building)
        except BaseException:
            target.abort_rebuild(building)
            raise
    return len(building.ids)


def verify() -> list[Difference]:
    """Where the index and the publications disagree, by code; an empty list: they are equal."""
    with act_as(SYSTEM):
        published = publications.live_versions()
    indexed = dict(engine().iter_versions())
    return [
        Difference(code, published.get(code), indexed.get(code))
        for code in sorted(published.keys() | indexed.keys())
        if published.get(code) != indexed.get(code)
    ]


def status() -> State:
    """The state of the index beside what is published."""
    with act_as(SYSTEM):
        waiting = len(db.session.scalars(select(IndexChange.code)).all())
        published = publications.count_live("package")
    try:
        stats = engine().stats()
    except EngineUnavailable:
        return State(engine().name, 0, published, waiting, 0)
    return State(stats.engine, stats.documents, published, waiting, stats.size_bytes)
