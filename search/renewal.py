"""After another version or another scheme has come in use: the index's amounts made anew, batch by batch, where they differ.

Pages reckon with the version that counts at that moment; only what the index sorts, filters and counts by has to
follow. Every batch is reckoned under the version before and the one that counts now; documents that differ are
replaced, then how far it has come is written down. So readers are never held up, what is published meanwhile goes
first, and a worker that was killed goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from catalogue import offer_terms
from marketplace import pricing, scheme_impact
from marketplace.scheme_models import INDEX, IndexFigures
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
    after, earlier = state
    before = pricing.scheme_version(*earlier) if earlier is not None else None
    batch = offer_terms.packages_after(after, BATCH)
    codes = list(scheme_impact.changed_codes(before, scheme, batch))
    if len(codes) > _AT_ONCE:
        # Stop after the last one that fits; the rest of the batch is looked at again.
        codes = codes[:_AT_ONCE]
        batch = [package for package in batch if package.code <= codes[-1]]
    if codes:
        apply(codes)
    _advance(len(batch), len(codes), batch[-1].code if batch else None)
    return len(codes)


@use_case
def _begun(scheme: Scheme) -> tuple[str, tuple[str, int] | None] | None:
    """Where to go on: (after this code, the scheme and version the documents are of); None when nothing is left."""
    row = db.session.get(IndexFigures, INDEX, with_for_update=True)
    if row is None:
        # The first version ever: whatever is in the index was reckoned under it.
        db.session.add(IndexFigures(scheme_id=scheme.id, scheme_version=scheme.version, finished_at=clock.now()))
        return None
    if (row.scheme_id, row.scheme_version) != (scheme.id, scheme.version):
        # Over a change that had not come to its end, documents of several versions are there.
        whole = row.finished_at is not None
        row.from_scheme, row.from_version = (row.scheme_id, row.scheme_version) if whole else (None, None)
        row.scheme_id, row.scheme_version = scheme.id, scheme.version
        row.after_code, row.seen, row.changed = "", 0, 0
        row.started_at, row.finished_at = clock.now(), None
    if row.finished_at:
        return None
    earlier = None
    if row.from_scheme is not None and row.from_version is not None:
        earlier = row.from_scheme, row.from_version
    return row.after_code, earlier


@use_case
def _advance(seen: int, changed: int, after: str | None) -> None:
    """Write down how far it has come. after: None when no package was left."""
    row = db.session.get_one(IndexFigures, INDEX)
    row.seen += seen
    row.changed += changed
    if after is None:
        row.finished_at = clock.now()
    else:
        row.after_code = after


@use_case
def note(scheme: Scheme) -> None:
    """A new index was made under this version, so nothing of an earlier one is left."""
    row = db.session.get(IndexFigures, INDEX)
    if row is None:
        row = IndexFigures()
        db.session.add(row)
    row.scheme_id, row.scheme_version, row.after_code = scheme.id, scheme.version, ""
    row.from_scheme = row.from_version = None
    row.finished_at = clock.now()
