"""One page of the hits of a stage, and what is shown of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from search.documents import Visibility
from search.embedded.arrays import Array
from search.embedded.contenders import contenders
from search.embedded.highlights import Marker, fields_of_stored
from search.embedded.nodes import Between, Query
from search.embedded.queries import QueryText, StageQuery, fit_bonuses
from search.embedded.schema import PUBLISHED, RESTRICTED
from search.embedded.snapshot import Snapshot
from search.embedded.viewing import View
from search.port import Amount, Hit, MatchStage, SearchRequest, Sort

_COLUMNS: Final = {
    Sort.OWN_COST: (Amount.OWN_COST.value, 1),
    Sort.PRICE: (Amount.PRICE.value, 1),
    Sort.SUBSIDY: (Amount.SUBSIDY.value, -1),
    Sort.NEWEST: (PUBLISHED, -1),
}


def seen_by(snapshot: Snapshot, visibility: Visibility) -> list[Query]:
    """The filter for who asks; none while every document is public, which saves a pass over all of them."""
    if visibility is Visibility.SECRETARIAT or snapshot.all_public:
        return []
    return [Between(RESTRICTED, None, 0)]


def page(view: View, request: SearchRequest, stage: StageQuery, rows: Array) -> list[tuple[float, int]]:
    """(score, row) of the hits of the page asked for, out of all that were found."""
    return best(view, request, stage, rows, (request.page - 1) * request.per_page, request.per_page)


def best(
    view: View, request: SearchRequest, stage: StageQuery, rows: Array, first: int, number: int
) -> list[tuple[float, int]]:
    """(score, row) of so many hits from the place ``first`` on, in the order asked for."""
    if first >= len(rows):
        return []
    snapshot = view.snapshot
    if request.sort is Sort.NAME:
        named = rows[_by_name(snapshot, rows, first, number)].tolist()
        return [(0.0, row) for row in named]
    scored = request.sort is Sort.RELEVANCE and stage.stage is not MatchStage.ALL
    ticked = [bonus.query for bonus in fit_bonuses(request.groups)]
    if scored:
        questions = [*stage.ranked, *ticked]
        rows = contenders(view, questions, rows, first + number)
        order = -view.scores(questions, rows) * snapshot.fair[rows]
    elif request.sort is Sort.RELEVANCE:
        order = _by_fit(view, ticked, rows)
    else:
        order = _order(snapshot, request.sort, rows)
    places = smallest(order, first, number)
    scores = -order[places] if scored else np.zeros(len(places))
    return list(zip(scores.tolist(), rows[places].tolist(), strict=True))


def _by_fit(view: View, ticked: Sequence[Query], rows: Array) -> Array:
    """Without words: what fits the ticks better first, of equals the newest."""
    newest = _order(view.snapshot, Sort.NEWEST, rows)
    if not ticked:
        return newest
    points = view.scores(ticked, rows)
    level = np.searchsorted(np.unique(points), points)
    # Each level lies below all of the one before: a few dozen of them are far from the end of the numbers.
    by_fit: Array = newest - level * (newest.max() - newest.min() + 1)
    return by_fit


def _order(snapshot: Snapshot, sort: Sort, rows: Array) -> Array:
    name, direction = _COLUMNS[sort]
    shuffled = snapshot.shuffled(name)
    return (shuffled if len(rows) == len(shuffled) else shuffled[rows]) * direction


def _by_name(snapshot: Snapshot, rows: Array, first: int, number: int) -> Array:
    """Where the rows of the page stand that comes when all are sorted by name.

    Each segment knows the order of its own rows; only the first of each, enough for the page, are compared by their names.
    """
    last = first + number
    known = []
    for base, segment in zip(snapshot.bases, snapshot.segments, strict=False):
        start, end = np.searchsorted(rows, (base, base + segment.rows))
        own = rows[start:end] - base
        for place in smallest(segment.place_by_name[own], 0, last).tolist():
            known.append((segment.text("sort_name", int(own[place])), int(start) + place))
    return np.array([place for _, place in sorted(known)[first:last]], np.int64)


def smallest(order: Array, first: int, number: int) -> Array:
    """Where the smallest stand, from the place ``first`` on; of equals the first in the rows, on whichever page."""
    last = min(first + number, len(order))
    if last < len(order):
        bound = np.partition(order, last - 1)[last - 1]
        places = np.flatnonzero(order <= bound)
    else:
        places = np.arange(len(order))
    return places[np.argsort(order[places], kind="stable")][first:last]


def hits(
    view: View, request: SearchRequest, text: QueryText, stage: StageQuery, found: list[tuple[float, int]]
) -> tuple[Hit, ...]:
    """What was found, with what is shown of it."""
    marker = Marker(text.every_text(stage.stage), stage.stage, stage.sounds)
    made = []
    for score, row in found:
        identity, version = view.snapshot.identity(row)
        marks = marker.highlights(fields_of_stored(view.snapshot.source(row))) if request.highlight else ()
        made.append(Hit(identity, version, score, marks))
    return tuple(made)
