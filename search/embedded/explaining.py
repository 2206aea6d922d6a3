"""Why a document is where it is: which of a stage's bonuses it got, and how many documents come before it."""

from __future__ import annotations

from math import log2
from typing import Final

import numpy as np

from search.completeness import FACTS, completeness
from search.documents import SearchDocument
from search.embedded.answering import smallest
from search.embedded.nodes import Query, View
from search.embedded.queries import StageQuery, everything
from search.embedded.schema import FAIR_FACT, fair
from search.port import Explanation, Reason

_DEEPEST: Final = 1_000


def explain(view: View, stage: StageQuery, limits: list[Query], identity: str) -> Explanation | None:
    """The reasons by weight; None when the stage does not find the document."""
    row = view.snapshot.row_of(identity)
    found = view.mask(everything([stage.matching, *limits]))
    if row is None or not found[row]:
        return None
    reasons: dict[tuple[str, str], float] = {}
    for bonus in stage.bonuses:
        points = float(view.scores([bonus.query], np.array([row]))[0])
        if points:
            key = (bonus.field, bonus.text)
            reasons[key] = reasons.get(key, 0.0) + points
    told = [Reason(field, text, round(points, 2)) for (field, text), points in reasons.items()]
    told += _told(view.snapshot.document(row), sum(reasons.values()))
    told.sort(key=lambda reason: (-reason.points, reason.field, reason.text))
    rows = np.flatnonzero(found)
    best = rows[smallest(-view.scores(stage.ranked, rows) * view.snapshot.fair[rows], 0, _DEEPEST)].tolist()
    return Explanation(stage.stage, best.index(row) + 1 if row in best else None, tuple(told))


def _told(document: SearchDocument, points: float) -> list[Reason]:
    """What the listing gains, of so many points, by what it says of itself."""
    facts = completeness(document)
    gained = points * (log2(fair(document)) / log2(fair(document) - facts * FAIR_FACT) - 1)
    return [Reason("completeness", f"{facts}/{FACTS}", round(gained, 2))] if facts else []
