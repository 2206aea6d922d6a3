"""One page of the hits of a stage, and what is shown of them."""

from __future__ import annotations

from typing import Any, Final

from tantivy import Occur, Order, Query

from search.documents import Visibility, from_bytes
from search.embedded.highlights import highlights
from search.embedded.queries import QueryText, StageQuery, everything, fit_queries
from search.embedded.reader import Snapshot
from search.embedded.schema import FAIR, schema
from search.port import Hit, MatchStage, SearchRequest, Sort

_ORDERS: Final = {
    Sort.OWN_COST: ("sort_own_cost", Order.Asc),
    Sort.PRICE: ("sort_price", Order.Asc),
    Sort.SUBSIDY: ("sort_subsidy", Order.Desc),
    Sort.NEWEST: ("sort_newest", Order.Desc),
    Sort.NAME: ("sort_name", Order.Asc),
}


def seen_by(snapshot: Snapshot, visibility: Visibility) -> list[Any]:
    """The filter for who asks; none while every document is public, which saves a pass over all of them."""
    if visibility is Visibility.SECRETARIAT:
        return []
    if not snapshot.searcher.doc_freq("visibility", Visibility.SECRETARIAT.value):
        return []
    return [Query.const_score_query(Query.term_query(schema(), "visibility", visibility.value), 0.0)]


def page(
    searcher: Any, request: SearchRequest, stage: StageQuery, filters: list[Any]
) -> tuple[list[tuple[Any, Any]], int]:
    """(score, address) of the hits of the page asked for, and the total."""
    offset = (request.page - 1) * request.per_page
    matching = everything([stage.matching, *filters])
    if request.page > 1:
        # tantivy sets memory aside for offset + limit hits, so a far page is looked at only if it exists.
        total = searcher.search(matching, 1).count
        if offset >= total:
            return [], total
    sort = request.sort
    if sort is Sort.RELEVANCE and stage.stage is MatchStage.ALL:
        sort = Sort.NEWEST
    if sort is Sort.RELEVANCE:
        needed = [(Occur.Must, q) for q in (stage.ranked, *filters)]
        ranked = Query.boolean_query([*needed, *((Occur.Should, q) for q in fit_queries(request.groups))])
        found = searcher.search(ranked, request.per_page, offset=offset, weight_by_field=FAIR)
    else:
        column, order = _ORDERS[sort]
        found = searcher.search(matching, request.per_page, offset=offset, order_by_field=column, order=order)
    return found.hits, found.count


def hits(
    searcher: Any, request: SearchRequest, text: QueryText, stage: StageQuery, found: list[tuple[Any, Any]]
) -> tuple[Hit, ...]:
    """What was found, with what is shown of it."""
    scored = request.sort is Sort.RELEVANCE and stage.stage is not MatchStage.ALL
    made = []
    for score, address in found:
        document = from_bytes(searcher.doc(address)["source"][0])
        marks = highlights(document, text.every_text(stage.stage), stage.stage) if request.highlight else ()
        made.append(Hit(document.id, document.version, float(score) if scored else 0.0, marks))
    return tuple(made)
