"""One page of the hits of a stage, and what is shown of them."""

from __future__ import annotations

from typing import Final

import numpy as np

from search.documents import Visibility
from search.embedded.arrays import Array
from search.embedded.highlights import highlights
from search.embedded.nodes import Between, Query, View
from search.embedded.queries import QueryText, StageQuery, fit_queries
from search.embedded.schema import PUBLISHED, RESTRICTED, SHUFFLE, SHUFFLE_BITS
from search.embedded.snapshot import Snapshot
from search.port import Amount, Hit, MatchStage, SearchRequest, Sort

_COLUMNS: Final = {
    Sort.OWN_COST: (Amount.OWN_COST.value, 1),
    Sort.PRICE: (Amount.PRICE.value, 1),
    Sort.SUBSIDY: (Amount.SUBSIDY.value, -1),
    Sort.NEWEST: (PUBLISHED, -1),
}


def seen_by(snapshot: Snapshot, visibility: Visibility) -> list[Query]:
    """The filter for who asks; none while every document is public, which saves a pass over all of them."""
    if visibility is Visibility.SECRETARIAT or not snapshot.column(RESTRICTED).any():
        return []
    return [Between(RESTRICTED, None, 0)]


def page(view: View, request: SearchRequest, stage: StageQuery, rows: Array) -> list[tuple[float, int]]:
    """(score, row) of the hits of the page asked for, out of all that were found."""
    first = (request.page - 1) * request.per_page
    if first >= len(rows):
        return []
    scored = request.sort is Sort.RELEVANCE and stage.stage is not MatchStage.ALL
    order = -_scores(view, request, stage, rows) if scored else _order(view.snapshot, request.sort, rows)
    best = smallest(order, first, request.per_page)
    scores = -order[best] if scored else np.zeros(len(best))
    return list(zip(scores.tolist(), rows[best].tolist(), strict=True))


def _scores(view: View, request: SearchRequest, stage: StageQuery, rows: Array) -> Array:
    points: Array = view.scores([*stage.ranked, *fit_queries(request.groups)])[rows]
    return points * view.snapshot.fair[rows]


def _order(snapshot: Snapshot, sort: Sort, rows: Array) -> Array:
    if sort is Sort.NAME:
        return snapshot.names_in_order[rows]
    name, direction = _COLUMNS[Sort.NEWEST if sort is Sort.RELEVANCE else sort]
    shuffled: Array = snapshot.column(name)[rows] << SHUFFLE_BITS | snapshot.column(SHUFFLE)[rows]
    return shuffled * direction


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
    made = []
    for score, row in found:
        document = view.snapshot.document(row)
        marks = highlights(document, text.every_text(stage.stage), stage.stage) if request.highlight else ()
        made.append(Hit(document.id, document.version, score, marks))
    return tuple(made)
