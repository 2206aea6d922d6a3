"""Counting: every facet exactly, in as few passes over the index as the filters allow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from search.embedded.queries import everything, group_query
from search.embedded.schema import OF_FACET, SET_SEPARATOR, columns
from search.port import Facet, Filter, others

_MOST_SETS = 20_000  # different values in one column; more vendors than the programme could register


def count(searcher: Any, query: Any, facets: Sequence[Facet]) -> dict[Facet, dict[str, int]]:
    """Value -> documents among those the query finds, in one pass."""
    names = dict.fromkeys(name for facet in facets for name in columns(facet))
    answer = searcher.aggregate(query, {name: {"terms": {"field": name, "size": _MOST_SETS}} for name in names})
    found: Counter[str] = Counter()
    for name in names:
        for bucket in answer[name]["buckets"]:
            number = bucket["doc_count"]
            for member in bucket["key"].split(SET_SEPARATOR):
                found[member] += number
    counts: dict[str, dict[str, int]] = {facet.value: {} for facet in Facet}
    for member, number in found.items():
        facet, _, value = member.partition(OF_FACET)
        counts[facet][value] = number
    return {facet: counts[facet.value] for facet in facets}


def count_disjunctively(
    searcher: Any, text: Any, filters: Sequence[Filter], facets: Sequence[Facet]
) -> Mapping[Facet, Mapping[str, int]]:
    """Counts as the port defines them: one pass for all facets without a filter of their own, one for each other."""
    together = [facet for facet in facets if len(others(facet, filters)) == len(filters)]
    counts: dict[Facet, dict[str, int]] = {}
    if together:
        counts |= count(searcher, everything([text, *map(group_query, filters)]), together)
    for facet in facets:
        if facet not in together:
            counts |= count(searcher, everything([text, *map(group_query, others(facet, filters))]), [facet])
    return counts
