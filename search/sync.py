"""Keeping the index equal to what is published.

A publication leaves a dirty row in its own transaction. The worker reads the publication anew, replaces the whole
document, waits until it can be found, and only then clears the row, if nobody dirtied it meanwhile. So a worker
killed at any point loses nothing, and doing the work twice changes nothing. A scheme's new version is brought in
beside that, a batch at a time and amounts only (search/renewal.py).

Everything else that documents are made from (the masters) is written down when the index is built: when it is no
longer what counts, or another engine is in use, the index is built anew.
"""

from __future__ import annotations

import itertools
import json
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from functools import partial
from typing import Final

from sqlalchemy import delete, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from catalogue import publications
from catalogue.listings import note_index_change
from catalogue.masters import vocabulary
from catalogue.models import IndexChange, IndexFailure, IndexState
from catalogue.vocabulary import Masters
from marketplace import pricing
from marketplace.subsidy.scheme import Scheme
from search import renewal, setting_aside
from search.comparing import Difference, State, status, verify
from search.documents import Amounts
from search.engines import engine
from search.port import EngineBusy, EngineUnavailable
from search.setting_aside import Outcome
from tenants import audit, clock
from tenants.actor import SYSTEM, current
from tenants.db import act_as, db, use_case
from tenants.permissions import Permission

__all__ = ["Difference", "State", "rebuild", "reconcile", "status", "synchronise", "try_set_aside_again", "verify"]

BATCH: Final = 500
_BULK: Final = 1_000
_LITTLE_LEFT_OVER: Final = 10_000
_OF_DOCUMENTS: Final = 5  # more than one left over for so many documents is much
_LOCK: Final = 4031
_REBUILD_LOCK: Final = 4032
_INDEX: Final = "packages"
_CHANGES, _REBUILD = "changes", "rebuild"
_Change = tuple[str, int, datetime]
_log = logging.getLogger(__name__)


def synchronise() -> int:
    """Bring every changed package into the index; how many. An index that is missing or broken is built anew."""
    done = 0
    with act_as(SYSTEM), _failing_aloud(_CHANGES), _alone():
        if engine().ensure_schema() or _built_with() != (engine().name, _basis(vocabulary())):
            try:
                _rebuild(nullcontext)
            except EngineBusy:
                _log.info("the index is being built anew by somebody else")
                return 0
        while True:
            scheme = pricing.scheme()
            begun = renewal.begin(scheme)
            # What was published goes first: a scheme's change for the whole catalogue must not hold it up.
            if changes := _changes():
                _clear(changes, _apply([code for code, *_ in changes], scheme))
                done += len(changes)
                continue
            renewed = renewal.step(scheme, begun, partial(_reprice, scheme), partial(_renew, scheme))
            if renewed is None:
                return done
            done += renewed


def _reprice(scheme: Scheme, amounts: Sequence[Amounts]) -> None:
    """Give documents these amounts; one whose amounts are refused is replaced whole, or set aside."""
    target, outcome = engine(), Outcome()
    setting_aside.halving(amounts, lambda some: target.wait(target.reprice(some)), outcome)
    if outcome.refused:
        _renew(scheme, list(outcome.refused))


def _renew(scheme: Scheme, codes: Sequence[str]) -> None:
    """Replace the documents of these packages."""
    for at in range(0, len(codes), BATCH):
        some = codes[at : at + BATCH]
        _settle(some, _apply(some, scheme))


@contextmanager
def _alone() -> Iterator[None]:
    """One synchronises, others wait: else a slow one could put an older version over a newer one.

    The lock lives in a transaction of its own connection, so it ends with the process however that ends.
    """
    with db.engine.begin() as connection:
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        yield


@contextmanager
def _rebuilding() -> Iterator[None]:
    """One rebuilds; EngineBusy for a second one, on whichever machine."""
    with db.engine.begin() as connection:
        if not connection.scalar(select(func.pg_try_advisory_xact_lock(_REBUILD_LOCK))):
            raise EngineBusy("index_busy", "a rebuild is running")
        yield


@contextmanager
def _failing_aloud(what: str) -> Iterator[None]:
    """Why the index could not be written is kept for those who run it, until the same succeeds: that there is room for
    changes, or nothing to change, says nothing of the room for a rebuild."""
    try:
        yield
    except EngineBusy:
        raise
    except EngineUnavailable as error:
        db.session.rollback()
        _note_failure(what, error.code)
        raise
    _note_failure(what, None)


@use_case
def _note_failure(what: str, code: str | None) -> None:
    if code is None:
        db.session.execute(delete(IndexFailure).where(IndexFailure.name == what))
        return
    statement = insert(IndexFailure).values(name=what, code=code)
    db.session.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"code": code}))


def _changes() -> list[_Change]:
    rows = db.session.execute(
        select(IndexChange.code, IndexChange.version, IndexChange.changed_at)
        .order_by(IndexChange.changed_at, IndexChange.code)
        .limit(BATCH)
    ).all()
    return [(code, version, changed_at) for code, version, changed_at in rows]


def _apply(codes: Sequence[str], scheme: Scheme) -> Outcome:
    live = publications.live_packages(codes)
    target, outcome = engine(), Outcome()
    setting_aside.put(
        live.values(),
        vocabulary(),
        scheme,
        lambda documents: target.wait(target.upsert(documents)),
        outcome,
    )
    gone = [code for code in codes if code not in live]
    if gone:
        target.wait(target.delete(gone))
    db.session.rollback()  # let go of the snapshot: the next batch must see what was published meanwhile
    return outcome


@use_case
def _clear(changes: Sequence[_Change], outcome: Outcome) -> None:
    """Time as well as version: a row that somebody else cleared begins at version 1 again."""
    seen = tuple_(IndexChange.code, IndexChange.version, IndexChange.changed_at)
    db.session.execute(delete(IndexChange).where(seen.in_(changes)))
    setting_aside.note(engine().name, outcome.refused, settled=[code for code, *_ in changes])


@use_case
def _settle(codes: Sequence[str], outcome: Outcome) -> None:
    """Remember what the engine did not take of these."""
    setting_aside.note(engine().name, outcome.refused, settled=codes)


# --- building it anew ---


def rebuild() -> int:
    """A new index from every live publication, put in use at once when it is whole; how many documents.

    What is published meanwhile is written to both, or is still waiting as a dirty row: nothing is lost.
    EngineBusy while another rebuild runs. EngineUnavailable (rebuild_refused) when the engine takes too few of the
    documents; the index in use stays.
    """
    with act_as(SYSTEM), _failing_aloud(_REBUILD):
        return _rebuild(_alone)


def _rebuild(alone: Callable[[], AbstractContextManager[None]]) -> int:
    """alone: keeps others from writing as it begins, and while the new index takes the place of the old."""
    target = engine()
    with _rebuilding():
        target.ensure_schema()
        with alone():
            scheme = pricing.scheme()
            begun = renewal.begin(scheme)
            building = target.begin_rebuild()
        try:
            masters, outcome = vocabulary(), Outcome()
            live = publications.every_live_package()
            with setting_aside.ahead(lambda documents: target.load(building, documents), outcome) as send:
                while chunk := list(itertools.islice(live, _BULK)):
                    send(setting_aside.made(chunk, masters, scheme, outcome))
            outcome.check()
            with alone():
                target.commit_rebuild(building)
                renewal.end(scheme, begun)
        except BaseException:
            target.abort_rebuild(building)
            raise
        _note_built(target.name, _basis(masters), outcome)
    return len(building.ids)


def _basis(masters: Masters) -> str:
    versions = {part: each.version for part, each in masters.versions.items()}
    return json.dumps(versions, sort_keys=True)


def _built_with() -> tuple[str, str] | None:
    row = db.session.execute(
        select(IndexState.engine, IndexState.basis).where(IndexState.name == _INDEX)
    ).one_or_none()
    return None if row is None else (row.engine, row.basis)


@use_case
def _note_built(engine_name: str, basis: str, outcome: Outcome) -> None:
    facts = {"engine": engine_name, "basis": basis, "built_at": clock.now()}
    statement = insert(IndexState).values(name=_INDEX, **facts)
    db.session.execute(statement.on_conflict_do_update(index_elements=["name"], set_=facts))
    db.session.execute(delete(IndexFailure))
    setting_aside.note(engine_name, outcome.refused, settled=None)


# --- comparing, and making equal ---


def reconcile() -> list[Difference]:
    """Compare both ways and mend what differs, whoever caused it; what was found.

    What is set aside is tried once more. An index that holds much of what was replaced is built anew.
    """
    synchronise()
    try:
        differences = verify()
    except EngineUnavailable:  # found damaged as it was read through
        synchronise()
        differences = verify()
    if differences:
        with act_as(SYSTEM):
            try_again([each.code for each in differences])
        synchronise()
    stats = engine().stats()
    if stats.left_over > max(_LITTLE_LEFT_OVER, stats.documents // _OF_DOCUMENTS):
        try:
            rebuild()
        except EngineBusy:
            _log.info("the index is being built anew by somebody else")
    else:
        with act_as(SYSTEM):
            _note_failure(_REBUILD, None)  # none is needed
    return differences


@use_case
def try_again(codes: Sequence[str]) -> None:
    """Have the documents of these packages made anew."""
    note_index_change(codes)


@use_case
def try_set_aside_again() -> int:
    """Have everything that is set aside tried once more; how many. Forbidden without the right to publish."""
    current().require(Permission.PUBLISH_LISTINGS)
    codes = [each.code for each in setting_aside.listed()]
    if codes:
        note_index_change(codes)
    audit.record("index_tried_again", subject=("index", _INDEX), organisation_id=None, after={"count": len(codes)})
    return len(codes)
