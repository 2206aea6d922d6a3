"""What is sent to the server for a search, and what its answer says. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Final

from search.documents import SearchDocument, from_bytes
from search.embedded.highlights import Marker, fields_of
from search.embedded.queries import QueryText
from search.filters import Amount, Facet, Filter, others
from search.meilisearch.filtering import conditions, seen_by
from search.meilisearch.fitting import Level, levels
from search.meilisearch.index_settings import LANGUAGE, MOST_HITS
from search.meilisearch.terms import NEWEST, SHUFFLE, SORT_NAME, SOURCE, filter_field
from search.meilisearch.ways import EVERYTHING, Stage
from search.port import EngineUnavailable, Highlight, Hit, MatchStage, SearchRequest, Sort

DEEPEST: Final = 1_000
"""So far down a package's place is told."""
_RAISED: Final = 0.5  # by the best fit: less than what whole words count more than parts
_MOST_LEVELS: Final = 8
_MOST_QUERIES: Final = 48  # of one question, where the fit makes several of each way

_ORDERS: Final[Mapping[Sort, str]] = {
    Sort.OWN_COST: f"{Amount.OWN_COST.value}:asc",
    Sort.PRICE: f"{Amount.PRICE.value}:asc",
    Sort.SUBSIDY: f"{Amount.SUBSIDY.value}:desc",
    Sort.NEWEST: f"{NEWEST}:desc",
    Sort.NAME: f"{SORT_NAME}:asc",
}


@dataclass(frozen=True, slots=True)
class Question:
    """One federated search: the results of all queries united."""

    queries: list[dict[str, Any]]
    federation: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. facets: attribute -> value -> number of hits."""

    hits: Sequence[Mapping[str, Any]] = ()
    total: int = 0
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


NOTHING: Final = Answer()


# --- questions ---


def _question(
    index: str,
    stage: Stage,
    filters: Sequence[str],
    *,
    order: Sequence[str] = (),
    fields: Sequence[str] = ("id", "version"),
    facets: Sequence[str] = (),
    limit: int = 0,
    offset: int = 0,
    fits: Sequence[Level] = (),
) -> Question:
    """One query for each way to find a package, and one more for each level of fit, which counts more."""
    raised = [(1 + _RAISED * level.points / fits[0].points, level.at_least) for level in fits if level.at_least]
    queries: list[dict[str, Any]] = []
    for (share, fit), way in product([(1.0, ""), *raised], stage.ways):
        query: dict[str, Any] = {
            "indexUid": index,
            "q": way.q,
            "matchingStrategy": "all",
            "locales": [LANGUAGE],
            "attributesToRetrieve": list(fields),
            "federationOptions": {"weight": way.weight * share},
        }
        if way.attributes:
            query["attributesToSearchOn"] = list(way.attributes)
        if filters or fit:
            query["filter"] = [*filters, *([fit] if fit else [])]
        if order:
            query["sort"] = list(order)
        queries.append(query)
    federation: dict[str, Any] = {"limit": limit, "offset": offset}
    if facets:
        federation["facetsByIndex"] = {index: list(facets)}
    return Question(queries, federation)


def narrowed_by(request: SearchRequest) -> list[str]:
    """What a document must be to be found at all: for whom it is visible, and what was ticked."""
    return _under(request, request.groups)


def _under(request: SearchRequest, groups: Sequence[Filter]) -> list[str]:
    return [*seen_by(request.visibility), *(part for each in groups for part in conditions(each))]


def _own_filter(request: SearchRequest) -> list[Facet]:
    """The facets that are counted as if their own filter were absent."""
    return [facet for facet in request.facets if len(others(facet, request.groups)) < len(request.groups)]


def place(request: SearchRequest) -> tuple[int, int]:
    """Where the page begins, and how many are on it: none so far down that no server would say."""
    offset = (request.page - 1) * request.per_page
    return (offset, request.per_page) if offset < MOST_HITS else (0, 0)


def page(index: str, request: SearchRequest, stage: Stage) -> Question:
    """The page asked for with all counts that heed every filter; no hits where they are asked for level by level."""
    offset, limit = (0, 0) if levels_apart(request, stage) else place(request)
    apart = _own_filter(request)
    return _question(
        index,
        stage,
        narrowed_by(request),
        order=_order(request.sort, stage),
        fields=_fields(request),
        facets=[filter_field(facet) for facet in request.facets if facet not in apart],
        limit=limit,
        offset=offset,
        fits=_fits(request, stage),
    )


def _fields(request: SearchRequest) -> tuple[str, ...]:
    return ("id", "version", *((SOURCE,) if request.highlight else ()))


def _fits(request: SearchRequest, stage: Stage) -> list[Level]:
    """What raises one package over another that the words find as well."""
    if request.sort is not Sort.RELEVANCE or stage.stage is MatchStage.ALL or not stage.ways:
        return []
    return levels(request.groups, min(_MOST_LEVELS, _MOST_QUERIES // len(stage.ways)))


def levels_apart(request: SearchRequest, stage: Stage) -> list[Level]:
    """The levels of fit whose packages come one level after another: without words nothing else is compared first.

    A federated search puts what was sorted by an attribute before what it weighs, so it cannot do this in one.
    """
    if request.sort is not Sort.RELEVANCE or stage.stage is not MatchStage.ALL:
        return []
    return levels(request.groups, _MOST_LEVELS)


def of_level(index: str, request: SearchRequest, level: Level, *, limit: int, offset: int) -> Question:
    """So many of one level, the newest first, from this place in it on."""
    only = [*narrowed_by(request), *([level.within] if level.within else [])]
    order = _order(request.sort, EVERYTHING)
    return _question(index, EVERYTHING, only, order=order, fields=_fields(request), limit=limit, offset=offset)


def without_own_filter(index: str, request: SearchRequest, stage: Stage) -> Iterator[tuple[Facet, Question]]:
    """For each facet with a filter of its own the question that counts what choosing another value would give."""
    for facet in _own_filter(request):
        alone = _under(request, others(facet, request.groups))
        yield facet, _question(index, stage, alone, facets=[filter_field(facet)])


def counts(index: str, stage: Stage, filters: Sequence[str], attributes: Sequence[str]) -> Question:
    """How many there are, and how often each value of these attributes is."""
    return _question(index, stage, filters, facets=attributes)


def ranking(index: str, request: SearchRequest, stage: Stage) -> Question:
    """The ids in the order asked for."""
    return _question(
        index,
        stage,
        narrowed_by(request),
        order=_order(request.sort, stage),
        fields=("id",),
        limit=DEEPEST,
        fits=_fits(request, stage),
    )


def _order(sort: Sort, stage: Stage) -> list[str]:
    """Nothing for the server's own order, by how well the words match; without words the newest come first."""
    if sort is Sort.RELEVANCE and stage.stage is not MatchStage.ALL:
        return []
    return [_ORDERS[Sort.NEWEST if sort is Sort.RELEVANCE else sort], f"{SHUFFLE}:asc"]


# --- answers ---


def read(answer: Mapping[str, Any], index: str) -> Answer:
    """What the server says to a question. Raises KeyError or TypeError for what is no answer."""
    told = (answer.get("facetsByIndex") or {}).get(index) or {}
    return Answer(answer["hits"], int(answer["estimatedTotalHits"]), told.get("distribution") or {})


def hits(request: SearchRequest, text: QueryText, stage: Stage, answer: Answer) -> tuple[Hit, ...]:
    """What was found, with what is shown of it. Raises EngineUnavailable for documents of another version."""
    scored = request.sort is Sort.RELEVANCE and stage.stage is not MatchStage.ALL
    marker = Marker(text.every_text(stage.stage), stage.stage)
    made = []
    for found in answer.hits:
        marks: tuple[Highlight, ...] = ()
        if request.highlight:
            marks = marker.highlights(fields_of(_published(found)))
        score = float(found["_federation"]["weightedRankingScore"]) if scored else 0.0
        made.append(Hit(found["id"], int(found["version"]), score, marks))
    return tuple(made)


def _published(found: Mapping[str, Any]) -> SearchDocument:
    try:
        return from_bytes(found[SOURCE].encode("utf-8"))
    except (KeyError, TypeError, ValueError) as error:
        raise EngineUnavailable("index_outdated", "the index was made by another version") from error
