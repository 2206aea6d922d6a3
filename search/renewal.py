"""After a scheme's change: the index's amounts made anew, a batch at a time, only where they differ.

Pages reckon with the version that counts at that moment; only what the index sorts, filters and counts by has to
follow. Every batch is reckoned under the version before and the one that counts now; documents that differ are
replaced, then how far it has come is written down. So readers are never held up, what is published meanwhile goes
first, and a worker that was killed goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from catalogue.publications import priced_packages
from marketplace import pricing, scheme_impact
from marketplace.scheme_models import IndexFigures
from marketplace.subsidy.scheme import Scheme
from tenants import clock
from tenants.db import db, use_case

BATCH: Final = 5_000
# Documents replaced under one commit of the index: what was published meanwhile waits for no more than these.
_AT_ONCE: Final = 500


def step(apply: Callable[[Sequence[str]], None]) -> int | None:
    """Bring the next batch to the version that counts; how many documents were replaced, None when all are there.

    apply: replaces the documents of these packages.
    """
    scheme = pricing.scheme()
    state = _begun(scheme)
    if state is None:
        return None
    after, from_version = state
    before = pricing.scheme_version(scheme.id, from_version) if from_version is not None else None
    batch = priced_packages(after, BATCH)
    codes = list(scheme_impact.changed_codes(before, scheme, batch))
    if len(codes) > _AT_ONCE:
        # Stop after the last one that fits; the rest of the batch is looked at again.
        codes = codes[:_AT_ONCE]
        batch = [package for package in batch if package.code <= codes[-1]]
    if codes:
        apply(codes)
    _advance(scheme, len(batch), len(codes), batch[-1].code if batch else None)
    return len(codes)


@use_case
def _begun(scheme: Scheme) -> tuple[str, int | None] | None:
    """Where to go on: (after this code, the version the documents are of); None when nothing is left to do."""
    row = db.session.get(IndexFigures, scheme.id, with_for_update=True)
    if row is None:
        # The first version ever: whatever is in the index was reckoned under it.
        db.session.add(IndexFigures(scheme_id=scheme.id, scheme_version=scheme.version, finished_at=clock.now()))
        return None
    if row.scheme_version != scheme.version:
        # Over a change that had not come to its end, documents of several versions are there.
        row.from_version = row.scheme_version if row.finished_at else None
        row.scheme_version, row.after_code, row.seen, row.changed = scheme.version, "", 0, 0
        row.started_at, row.finished_at = clock.now(), None
    return None if row.finished_at else (row.after_code, row.from_version)


@use_case
def _advance(scheme: Scheme, seen: int, changed: int, after: str | None) -> None:
    """Write down how far it has come. after: None when no package was left."""
    row = db.session.get_one(IndexFigures, scheme.id)
    row.seen += seen
    row.changed += changed
    if after is None:
        row.finished_at = clock.now()
    else:
        row.after_code = after


@use_case
def note(scheme: Scheme) -> None:
    """A new index was made under this version, so nothing of an earlier one is left."""
    row = db.session.get(IndexFigures, scheme.id)
    if row is None:
        row = IndexFigures(scheme_id=scheme.id)
        db.session.add(row)
    row.scheme_version, row.from_version, row.after_code = scheme.version, None, ""
    row.finished_at = clock.now()
