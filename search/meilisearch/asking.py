"""What is sent to the server for a search, and what its answer says. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from search.documents import Visibility
from search.filters import Amount, Facet, Filter, Period, Range, others, seconds
from search.meilisearch.index_settings import LANGUAGE, MOST_HITS
from search.meilisearch.terms import NEWEST, SHUFFLE, SORT_NAME, SOURCE, filter_field
from search.meilisearch.ways import Stage
from search.port import MatchStage, SearchRequest, Sort

DEEPEST: Final = 1_000
"""So far down a package's place is told."""

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


# --- filters ---


def _quoted(value: str) -> str:
    clean = value.encode("utf-8", "replace").decode().replace("\\", "\\\\").replace('"', '\\"')
    return f'"{clean}"'


def one_of(attribute: str, values: Iterable[str]) -> str:
    """The filter for at least one of these values."""
    return f"{attribute} IN [{', '.join(map(_quoted, values))}]"


def seen_by(visibility: Visibility) -> list[str]:
    """The filter for who asks."""
    return [] if visibility is Visibility.SECRETARIAT else [one_of("visibility", [visibility.value])]


def _between(attribute: str, low: int | None, high: int | None) -> list[str]:
    bounds = ((">=", low), ("<=", high))
    return [f"{attribute} {sign} {bound}" for sign, bound in bounds if bound is not None]


def _filter(each: Filter) -> list[str]:
    if isinstance(each, Range):
        return _between(each.amount.value, each.low, each.high)
    if isinstance(each, Period):
        since, until = (seconds(bound) if bound else None for bound in (each.since, each.until))
        return _between(NEWEST, since, until)
    attribute = filter_field(each.facet)
    if each.mode == "any":
        return [one_of(attribute, each.values)]
    return [one_of(attribute, [value]) for value in each.values]


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
) -> Question:
    queries: list[dict[str, Any]] = []
    for way in stage.ways:
        query: dict[str, Any] = {
            "indexUid": index,
            "q": way.q,
            "matchingStrategy": "all",
            "locales": [LANGUAGE],
            "attributesToRetrieve": list(fields),
            "federationOptions": {"weight": way.weight},
        }
        if way.attributes:
            query["attributesToSearchOn"] = list(way.attributes)
        if filters:
            query["filter"] = list(filters)
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
    return [*seen_by(request.visibility), *(part for each in groups for part in _filter(each))]


def _own_filter(request: SearchRequest) -> list[Facet]:
    """The facets that are counted as if their own filter were absent."""
    return [facet for facet in request.facets if len(others(facet, request.groups)) < len(request.groups)]


def page(index: str, request: SearchRequest, stage: Stage) -> Question:
    """The page asked for with all counts that heed every filter."""
    offset = (request.page - 1) * request.per_page
    beyond = offset >= MOST_HITS
    apart = _own_filter(request)
    return _question(
        index,
        stage,
        narrowed_by(request),
        order=_order(request.sort, stage),
        fields=("id", "version", *((SOURCE,) if request.highlight else ())),
        facets=[filter_field(facet) for facet in request.facets if facet not in apart],
        limit=0 if beyond else request.per_page,
        offset=0 if beyond else offset,
    )


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
        index, stage, narrowed_by(request), order=_order(request.sort, stage), fields=("id",), limit=DEEPEST
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
