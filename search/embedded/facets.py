"""Counting: every facet exactly, from the sets of values that the rows found have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from search.embedded.snapshot import Snapshot
from search.embedded.values import Mask
from search.port import Facet, Filter, others


def under(found: Mask, filters: Iterable[Mask]) -> Mask:
    """What is found and stands in every filter."""
    for each in filters:
        found = found & each
    return found


def count(snapshot: Snapshot, found: Mask, facets: Sequence[Facet]) -> dict[Facet, dict[str, int]]:
    """Value -> documents among those found."""
    values = snapshot.values
    numbers = np.zeros(values.number, np.int64)
    for segment, base, known in zip(snapshot.segments, snapshot.bases, values.numbers, strict=False):
        numbers[known] += segment.values.count(found[base : base + segment.rows], facets)
    counts = {}
    for facet in facets:
        names, places = values.of_facet[facet]
        counted = zip(names, numbers[places].tolist(), strict=True)
        counts[facet] = {name: number for name, number in counted if number}
    return counts


def count_disjunctively(
    snapshot: Snapshot, found: Mask, filters: Mapping[Filter, Mask], facets: Sequence[Facet]
) -> Mapping[Facet, Mapping[str, int]]:
    """Counts as the port defines them: one pass for all facets without a filter of their own, one for each other.

    found: under no filter.
    """
    together = [facet for facet in facets if len(others(facet, tuple(filters))) == len(filters)]
    counts = count(snapshot, under(found, filters.values()), together) if together else {}
    for facet in facets:
        if facet not in together:
            kept = [filters[each] for each in others(facet, tuple(filters))]
            counts |= count(snapshot, under(found, kept), [facet])
    return counts
