"""Counting: every facet exactly, from the sets of values that the rows found have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from search.embedded.snapshot import Mask, Snapshot
from search.port import Facet, Filter, others


def under(found: Mask, filters: Iterable[Mask]) -> Mask:
    """What is found and stands in every filter."""
    for each in filters:
        found = found & each
    return found


def count(snapshot: Snapshot, found: Mask, facets: Sequence[Facet]) -> dict[Facet, dict[str, int]]:
    """Value -> documents among those found."""
    sets = np.take(snapshot.sets, np.flatnonzero(found), axis=0)
    of_sets = np.bincount(sets.reshape(-1), minlength=snapshot.set_count)
    numbers = np.bincount(snapshot.of_value, weights=of_sets[snapshot.of_set], minlength=snapshot.value_count)
    counts = {}
    for facet in facets:
        values, known = snapshot.values[facet]
        counts[facet] = {
            name: int(number) for name, number in zip(values, numbers[known].tolist(), strict=True) if number
        }
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
