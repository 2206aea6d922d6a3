"""From what the public asks, with its filters, to the engine's answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from catalogue import synonym_list
from catalogue.publications import count_live
from catalogue.synonym_list import SynonymList
from catalogue.traits import NATIONWIDE
from search.asking import Answer, ask
from search.engines import engine
from search.meant import corrections
from search.parameters import RANGES, SearchQuery
from search.port import (
    EngineUnavailable,
    Explanation,
    Facet,
    Filter,
    Group,
    MatchStage,
    Period,
    Range,
    SearchRequest,
    SearchResult,
    Sort,
    Visibility,
    Wider,
)
from search.widening import widen
from tenants import clock

EVERY_FACET: Final = tuple(Facet)


@dataclass(frozen=True, slots=True)
class Answered:
    """What the engine answered. synonyms, meant: what the words were widened to, and what was probably meant."""

    result: SearchResult
    synonyms: tuple[Wider, ...]
    meant: tuple[Wider, ...]


def answer_to(
    query: SearchQuery,
    *,
    facets: tuple[Facet, ...] = EVERY_FACET,
    published: Period | None = None,
    synonyms: SynonymList | None = None,
    marked: bool = True,
) -> Answered:
    """The engine's answer to the public. published: only what was published then. synonyms: those that count, where
    they are known. marked: whether hits say where the words are in them. Raises EngineUnavailable."""
    answer = _asked(query, facets, published, synonyms, marked=marked)
    if answer.result.stage is MatchStage.NONE and not engine().stats().documents and count_live("package"):
        # What was lost is empty until it is built anew: that nothing is found in it says nothing.
        raise EngineUnavailable("index_unfilled", "the index is being built")
    return Answered(answer.result, answer.request.synonyms, answer.meant)


def explanation_of(query: SearchQuery, code: str) -> Explanation | None:
    """Why the public finds this package where it does; None when it does not. Raises EngineUnavailable."""
    return engine().explain(_asked(query).request, code)


def _asked(
    query: SearchQuery,
    facets: tuple[Facet, ...] = (),
    published: Period | None = None,
    synonyms: SynonymList | None = None,
    *,
    marked: bool = True,
) -> Answer:
    known = synonyms or synonym_list.current()
    request = SearchRequest(
        visibility=Visibility.PUBLIC,
        text=query.q,
        groups=tuple(filters_of(query, published)),
        sort=Sort(query.sort),
        page=query.page,
        per_page=query.per_page,
        facets=facets,
        highlight=marked and bool(query.q),
        synonyms=widen(query.q, known),
    )
    return ask(engine(), request, lambda text: corrections(text, known))


def filters_of(query: SearchQuery, published: Period | None = None) -> list[Filter]:
    """A query's filters. What is offered nationwide is offered in each prefecture. published: only then."""
    chosen: list[tuple[Facet, Sequence[str]]] = [
        (Facet.CATEGORY, query.categories),
        (Facet.FUNCTION, query.functions),
        (Facet.INDUSTRY, query.industries),
        (Facet.AREA, (*query.areas, NATIONWIDE) if query.areas else ()),
        (Facet.VENDOR, query.vendors),
        (Facet.PREFECTURE, query.prefectures),
        (Facet.PRICE_BAND, query.price_bands),
        (Facet.DEPLOYMENT, query.deployments),
        (Facet.LANGUAGE, query.languages),
        (Facet.CERTIFICATION, query.certifications),
        (Facet.SUPPORT, query.support),
        (Facet.FUNDABLE, () if query.fundable is None else (str(query.fundable).lower(),)),
    ]
    filters: list[Filter] = [
        Group(facet, tuple(values), "all" if facet is Facet.FUNCTION and query.function_mode == "all" else "any")
        for facet, values in chosen
        if values
    ]
    for name, amount in RANGES.items():
        low, high = query.bounds(name)
        if low is not None or high is not None:
            filters.append(Range(amount, low, high))
    period = _period(query, published)
    return [*filters, period] if period else filters


def _period(query: SearchQuery, published: Period | None) -> Period | None:
    days = [] if query.updated_since is None else [query.updated_since]
    if query.updated_within is not None:
        days.append(clock.today() - timedelta(days=query.updated_within))
    if not days:
        return published
    since = datetime.combine(max(days), time(), clock.JAPAN)
    if published is None:
        return Period(since)
    return Period(max(since, published.since) if published.since else since, published.until)
