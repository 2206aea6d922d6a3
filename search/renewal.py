"""After another version or another scheme has come in use: the index's amounts made anew, batch by batch, where they differ.

Pages reckon with the version that counts at that moment; only what the index sorts, filters and counts by has to
follow. Every batch is reckoned under the version before and the one that counts now, the amounts that differ are
put in the place of those in the index, then how far it has come is written down. So readers are never held up, what is
published meanwhile goes first, and a worker that was killed goes on where it stopped.

Nothing is written to the index under a version that was not written down as begun (:func:`begin`): so when yet another
one comes, it is known whether the index is of one version or may be of several.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from catalogue import offer_terms
from marketplace import pricing, scheme_impact
from marketplace.scheme_impact import Reckoned
from marketplace.scheme_models import INDEX, IndexFigures
from marketplace.subsidy.scheme import Scheme
from search.documents import Amounts
from search.publishing import amounts_of
from tenants import clock
from tenants.db import db, use_case

BATCH: Final = 20_000
"""Packages looked at at once: what was published meanwhile waits for about two seconds, and each commit of the index
costs its readers what they remember of it."""


class Begun(NamedTuple):
    """How far a version has come. earlier: that of the documents that were not looked at; None: of several.

    after: the last package that was looked at; None when the whole index is of this version.
    """

    started_at: datetime
    earlier: tuple[str, int] | None
    after: str | None


def step(
    scheme: Scheme,
    begun: Begun,
    reprice: Callable[[Sequence[Amounts]], None],
    replace: Callable[[Sequence[str]], None],
) -> int | None:
    """Bring the next batch to this version, which has begun; how many documents changed, None when all are there.

    reprice: gives documents their amounts; replace: makes those of these packages anew.
    """
    if begun.after is None:
        return None
    before = pricing.scheme_version(*begun.earlier) if begun.earlier is not None else None
    batch = offer_terms.packages_after(begun.after, BATCH)
    numbers = {terms.code: number for terms, number in batch}
    changed = list(scheme_impact.changed(before, scheme, (terms for terms, _ in batch)))
    # Where one of the two cannot reckon a package, there may be no document.
    anew = [each.code for each in changed if each.before is None or each.after is None]
    amounts = [found for each in changed if (found := _amounts(each, numbers[each.code]))]
    if amounts:
        reprice(amounts)
    if anew:
        replace(anew)
    _advance(len(batch), len(changed), batch[-1][0].code if batch else None)
    return len(changed)


def _amounts(package: Reckoned, number: int) -> Amounts | None:
    if package.before is None or package.after is None:
        return None
    return amounts_of(package.code, number, package.total_yen, package.after)


@use_case
def begin(scheme: Scheme) -> Begun:
    """Write down that the index follows this version from now on, before anything is written under it."""
    row = db.session.get(IndexFigures, INDEX, with_for_update=True)
    if row is None:
        # The first version ever: whatever is in the index was reckoned under it.
        moment = clock.now()
        row = IndexFigures(
            scheme_id=scheme.id, scheme_version=scheme.version, started_at=moment, finished_at=moment
        )
        db.session.add(row)
    elif (row.scheme_id, row.scheme_version) != (scheme.id, scheme.version):
        # Over a change that had not come to its end, documents of several versions are there.
        whole = row.finished_at is not None
        _start(row, scheme, (row.scheme_id, row.scheme_version) if whole else None)
    earlier = None
    if row.from_scheme is not None and row.from_version is not None:
        earlier = row.from_scheme, row.from_version
    return Begun(row.started_at, earlier, None if row.finished_at else row.after_code)


def _start(row: IndexFigures, scheme: Scheme, earlier: tuple[str, int] | None) -> None:
    row.from_scheme, row.from_version = earlier or (None, None)
    row.scheme_id, row.scheme_version = scheme.id, scheme.version
    row.after_code, row.seen, row.changed = "", 0, 0
    row.started_at, row.finished_at = clock.now(), None


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
def end(scheme: Scheme, begun: Begun) -> None:
    """A new index of this version is in use, which had begun before anything was read for it.

    Where another one has begun since, what was brought over may be of either: then all amounts are made anew.
    """
    row = db.session.get_one(IndexFigures, INDEX, with_for_update=True)
    if (row.scheme_id, row.scheme_version, row.started_at) != (scheme.id, scheme.version, begun.started_at):
        row.from_scheme = row.from_version = None
        row.after_code, row.finished_at = "", None
        return
    row.after_code = ""
    row.from_scheme = row.from_version = None
    row.finished_at = clock.now()
