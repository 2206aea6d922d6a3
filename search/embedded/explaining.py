"""Why a document is where it is: which of a stage's bonuses and of the ticks' it got, and how many come before it."""

from __future__ import annotations

from math import log2
from typing import Final

import numpy as np

from search.completeness import FACTS, completeness
from search.documents import SearchDocument
from search.embedded.answering import best, seen_by
from search.embedded.queries import StageQuery, everything, fit_bonuses, group_query
from search.embedded.schema import FAIR_FACT, fair
from search.embedded.viewing import View
from search.port import Explanation, MatchStage, Reason, SearchRequest

_DEEPEST: Final = 1_000


def explain(view: View, stage: StageQuery, request: SearchRequest, identity: str) -> Explanation | None:
    """The reasons by weight; None when the stage under the filters does not find the document."""
    row = view.snapshot.row_of(identity)
    limits = [*seen_by(view.snapshot, request.visibility), *map(group_query, request.groups)]
    found = view.mask(everything([stage.matching, *limits]))
    if row is None or not found[row]:
        return None
    reasons: dict[tuple[str, str], float] = {}
    for bonus in (*stage.bonuses, *fit_bonuses(request.groups)):
        points = float(view.scores([bonus.query], np.array([row]))[0])
        if points:
            key = (bonus.field, bonus.text)
            reasons[key] = reasons.get(key, 0.0) + points
    told = [Reason(field, text, round(points, 2)) for (field, text), points in reasons.items()]
    if stage.stage is not MatchStage.ALL:
        told += _told(view.snapshot.document(row), sum(reasons.values()))
    told.sort(key=lambda reason: (-reason.points, reason.field, reason.text))
    before = [each for _, each in best(view, request, stage, np.flatnonzero(found), 0, _DEEPEST)]
    return Explanation(stage.stage, before.index(row) + 1 if row in before else None, tuple(told))


def _told(document: SearchDocument, points: float) -> list[Reason]:
    """What the listing gains, of so many points, by what it says of itself."""
    facts = completeness(document)
    gained = points * (log2(fair(document)) / log2(fair(document) - facts * FAIR_FACT) - 1)
    return [Reason("completeness", f"{facts}/{FACTS}", round(gained, 2))] if facts else []
