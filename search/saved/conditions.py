"""A search's conditions as they are kept: the query of its address, in one order, so that the same is the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from werkzeug.datastructures import MultiDict

from search.parameters import MANY, SearchQuery
from search.port import part_read

_PLAIN: Final = SearchQuery()


def plain(query: SearchQuery) -> SearchQuery:
    """The query on its first page, its values sorted and its words cut to what a search reads."""
    values: dict[str, Any] = {field: tuple(sorted(getattr(query, field))) for field in MANY.values()}
    return replace(query, q=part_read(query.q).strip(), page=_PLAIN.page, per_page=_PLAIN.per_page, **values)


def written(query: SearchQuery) -> str:
    """The conditions alone, as they stand in an address; the order of results is none."""
    return urlencode(plain(replace(query, sort=_PLAIN.sort)).to_args())


def read(conditions: str, sort: str = _PLAIN.sort) -> SearchQuery:
    """The inverse of :func:`written`. BadQuery for conditions that no search has any more."""
    return SearchQuery.from_args(MultiDict([*parse_qsl(conditions), ("sort", sort)]))
