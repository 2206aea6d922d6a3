"""Counting: every facet exactly, in as few passes over the index as the filters allow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from search.embedded.queries import everything, group_query
from search.embedded.schema import FACET_COLUMNS, SET_SEPARATOR, column
from search.port import Facet, Group, Range

_MOST_SETS = 20_000  # different values in one column; more vendors than the programme could register


def _columns(facets: Iterable[Facet]) -> list[tuple[Facet, str]]:
    return [(f, column(f, n)) for f in facets for n in range(FACET_COLUMNS[f])]


def count(searcher: Any, query: Any, facets: Sequence[Facet]) -> dict[Facet, dict[str, int]]:
    """Value -> documents among those the query finds, in one pass."""
    columns = _columns(facets)
    answer = searcher.aggregate(
        query, {name: {"terms": {"field": name, "size": _MOST_SETS}} for _, name in columns}
    )
    counts: dict[Facet, Counter[str]] = {f: Counter() for f in facets}
    for facet, name in columns:
        for bucket in answer[name]["buckets"]:
            for value in bucket["key"].split(SET_SEPARATOR):
                counts[facet][value] += bucket["doc_count"]
    return {f: dict(c) for f, c in counts.items()}


def count_disjunctively(
    searcher: Any, text: Any, groups: Sequence[Group | Range], facets: Sequence[Facet]
) -> Mapping[Facet, Mapping[str, int]]:
    """Counts as the port defines them: one pass for all facets without an ``any`` filter, one for each with one."""
    filtered = {g.facet for g in groups if isinstance(g, Group) and g.mode == "any"}
    together = [f for f in facets if f not in filtered]
    counts: dict[Facet, dict[str, int]] = {}
    if together:
        counts |= count(searcher, everything([text, *map(group_query, groups)]), together)
    for facet in facets:
        if facet in filtered:
            others = [g for g in groups if not (isinstance(g, Group) and g.facet is facet)]
            counts |= count(searcher, everything([text, *map(group_query, others)]), [facet])
    return counts
