"""The measures of found documents against those that should be found. Pure.

recall@10: hits among the first ten / min(10, relevant). MRR: 1 / the place of the first relevant one (0 below ten).
nDCG@10: the sum of 1 / log2(place + 1) of the relevant ones / the highest it could be.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from math import ceil, log2
from typing import Final

DEPTH: Final = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """How one query did. milliseconds: of the search alone."""

    group: str
    text: str
    stage: str
    found: tuple[str, ...]
    relevant: int
    recall: float
    reciprocal_rank: float
    ndcg: float
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Figures:
    """The means of the measures over some queries, and the times of half and of 95% of them in milliseconds."""

    queries: int
    recall: float
    mrr: float
    ndcg: float
    p50_ms: float
    p95_ms: float

    def as_dict(self) -> dict[str, float]:
        """For programs, rounded."""
        return {
            "queries": self.queries,
            "recall_at_10": round(self.recall, 4),
            "mrr": round(self.mrr, 4),
            "ndcg_at_10": round(self.ndcg, 4),
            "p50_ms": round(self.p50_ms, 3),
            "p95_ms": round(self.p95_ms, 3),
        }


def judge(
    group: str, text: str, stage: str, found: Sequence[str], relevant: AbstractSet[str], milliseconds: float
) -> Judged:
    """One query's measures; ``relevant`` is not empty. Only the first DEPTH of what was found count."""
    first = tuple(found[:DEPTH])
    places = [place for place, code in enumerate(first, 1) if code in relevant]
    best = min(DEPTH, len(relevant))
    ideal = sum(1 / log2(place + 1) for place in range(1, best + 1))
    return Judged(
        group,
        text,
        stage,
        first,
        len(relevant),
        len(places) / best,
        1 / places[0] if places else 0.0,
        sum(1 / log2(place + 1) for place in places) / ideal,
        milliseconds,
    )


def figures(judged: Sequence[Judged]) -> Figures:
    """The figures of at least one query."""
    times = sorted(each.milliseconds for each in judged)
    return Figures(
        len(judged),
        statistics.fmean(each.recall for each in judged),
        statistics.fmean(each.reciprocal_rank for each in judged),
        statistics.fmean(each.ndcg for each in judged),
        _percentile(times, 50),
        _percentile(times, 95),
    )


def by_group(judged: Sequence[Judged]) -> dict[str, Figures]:
    """The figures of each group, in the order in which they first come."""
    groups: dict[str, list[Judged]] = {}
    for each in judged:
        groups.setdefault(each.group, []).append(each)
    return {group: figures(some) for group, some in groups.items()}


def _percentile(ordered: Sequence[float], percent: int) -> float:
    """The smallest value that so many percent do not exceed."""
    return ordered[max(0, ceil(len(ordered) * percent / 100) - 1)]
