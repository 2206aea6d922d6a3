"""What the index has of what is published: what is found, what waits, what was set aside."""

from __future__ import annotations

from sqlalchemy import select

from catalogue.models import IndexChange
from search import queries, setting_aside
from search.parameters import SearchQuery
from tenants.actor import PUBLIC, SYSTEM
from tenants.db import act_as, db


def found(q: str = "") -> set[str]:
    """The codes that a search finds, by an index that answers."""
    with act_as(PUBLIC):
        page = queries.find(SearchQuery(q=q, per_page=100))
        assert not page.degraded
        return {hit.code for hit in page.items}


def dirty() -> dict[str, int]:
    """The codes that wait, with how often each has changed."""
    with act_as(SYSTEM):
        return {row.code: row.version for row in db.session.scalars(select(IndexChange))}


def refused() -> dict[str, str]:
    """The codes that were set aside, with the reasons."""
    with act_as(SYSTEM):
        return {each.code: each.reason for each in setting_aside.listed()}
