"""Why a document is where it is: which of a stage's bonuses it got, and how many documents come before it."""

from __future__ import annotations

from math import log2
from typing import Any, Final

from tantivy import Occur, Query

from search.completeness import FACTS, completeness
from search.documents import from_bytes
from search.embedded.queries import StageQuery, everything
from search.embedded.schema import FAIR, FAIR_FACT, fair, schema
from search.port import Explanation, Reason

_DEEPEST: Final = 1_000


def explain(searcher: Any, stage: StageQuery, limits: list[Any], identity: str) -> Explanation | None:
    """The reasons by weight; None when the stage does not find the document."""
    one = Query.term_query(schema(), "id", identity)
    if not _points(searcher, one, everything([stage.matching, *limits])):
        return None
    reasons: dict[tuple[str, str], float] = {}
    for bonus in stage.bonuses:
        points = _points(searcher, one, bonus.query)
        if points:
            key = (bonus.field, bonus.text)
            reasons[key] = reasons.get(key, 0.0) + points
    found = [Reason(field, text, round(points, 2)) for (field, text), points in reasons.items()]
    found += _told(searcher, one, sum(reasons.values()))
    found.sort(key=lambda reason: (-reason.points, reason.field, reason.text))
    return Explanation(stage.stage, _rank(searcher, stage, limits, identity), tuple(found))


def _told(searcher: Any, one: Any, points: float) -> list[Reason]:
    """What the listing gains, of so many points, by what it says of itself."""
    document = from_bytes(searcher.doc(searcher.search(one, 1, count=False).hits[0][1])["source"][0])
    facts = completeness(document)
    gained = points * (log2(fair(document)) / log2(fair(document) - facts * FAIR_FACT) - 1)
    return [Reason("completeness", f"{facts}/{FACTS}", round(gained, 2))] if facts else []


def _points(searcher: Any, one: Any, query: Any) -> float:
    """What a query gives this one document; 0 when it does not match."""
    alone = Query.boolean_query([(Occur.Must, Query.const_score_query(one, 0.0)), (Occur.Must, query)])
    hits = searcher.search(alone, 1, count=False).hits
    # A match that scores nothing is a match all the same.
    return max(float(hits[0][0]), 1e-9) if hits else 0.0


def _rank(searcher: Any, stage: StageQuery, limits: list[Any], identity: str) -> int | None:
    """Its place in the order by relevance, from 1; None beyond the first thousand."""
    ranked = everything([stage.ranked, *limits])
    hits = searcher.search(ranked, _DEEPEST, count=False, weight_by_field=FAIR).hits
    for place, (_, address) in enumerate(hits, 1):
        if searcher.doc(address)["id"][0] == identity:
            return place
    return None
