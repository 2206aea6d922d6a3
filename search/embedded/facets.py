"""Counting: every facet exactly, in as few passes over the index as the filters allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from search.embedded import sets
from search.embedded.queries import everything, group_query
from search.embedded.schema import filter_field
from search.port import Facet, Filter, others

_MOST_SETS: Final = 4_000
"""Different sets of one column that are read in one answer: beyond, its facets are counted value by value."""
_MOST_VALUES: Final = 60_000
"""Different values of one facet; tantivy answers with at most 65,000 of anything."""


def count(searcher: Any, query: Any, facets: Sequence[Facet]) -> dict[Facet, dict[str, int]]:
    """Value -> documents among those the query finds, in one pass."""
    names = dict.fromkeys(name for facet in facets for name in sets.columns(facet))
    answer = _terms(searcher, query, names, _MOST_SETS)
    numbers: dict[str, int] = {}
    for found in answer.values():
        for bucket in found["buckets"]:
            number = bucket["doc_count"]
            for member in sets.members(bucket["key"]):
                numbers[member] = numbers.get(member, 0) + number
    counts: dict[Facet, dict[str, int]] = {facet: {} for facet in Facet}
    for member, number in numbers.items():
        facet, value = sets.meaning(member)
        counts[facet][value] = number
    cut = {name for name, found in answer.items() if found["sum_other_doc_count"]}
    for facet in facets:
        if not cut.isdisjoint(sets.columns(facet)):
            counts[facet] = _value_by_value(searcher, query, facet)
    return {facet: counts[facet] for facet in facets}


def _value_by_value(searcher: Any, query: Any, facet: Facet) -> dict[str, int]:
    """The same without sets: slower, and as exact however many sets there are."""
    name = filter_field(facet)
    found = _terms(searcher, query, [name], _MOST_VALUES)[name]["buckets"]
    return {bucket["key"]: bucket["doc_count"] for bucket in found}


def _terms(searcher: Any, query: Any, names: Sequence[str] | dict[str, None], most: int) -> dict[str, Any]:
    wanted = {name: {"terms": {"field": name, "size": most, "segment_size": most}} for name in names}
    answer: dict[str, Any] = searcher.aggregate(query, wanted)
    return answer


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
