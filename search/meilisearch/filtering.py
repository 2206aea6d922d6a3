"""Filters as Meilisearch reads them. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from search.documents import Visibility
from search.filters import Filter, Period, Range, seconds
from search.meilisearch.terms import NEWEST, filter_field


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


def conditions(each: Filter) -> list[str]:
    """What a filter of the port asks for, each of it needed."""
    if isinstance(each, Range):
        return _between(each.amount.value, each.low, each.high)
    if isinstance(each, Period):
        since, until = (seconds(bound) if bound else None for bound in (each.since, each.until))
        return _between(NEWEST, since, until)
    attribute = filter_field(each.facet)
    if each.mode == "any":
        return [one_of(attribute, each.values)]
    return [one_of(attribute, [value]) for value in each.values]
