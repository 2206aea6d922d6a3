"""Putting a package aside, asking its vendor, keeping a search: offered to businesses, and to whoever may become one."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import url_for

from search.parameters import SearchQuery
from search.port import MatchStage
from search.saved import services, telling
from tenants import actor
from tenants.permissions import Permission


def may_be_a_business() -> bool:
    """Whether the reader is one, or nobody in particular (who is asked to sign in, and comes back)."""
    return actor.current().audience in ("public", "sme")


def later_href(code: str) -> str | None:
    """Where a package is put aside; None for readers who have no shortlist."""
    return f"/my/shortlist/add/{code}" if may_be_a_business() else None


def ask_href(code: str) -> str | None:
    """Where its vendor is asked; None for readers who do not ask."""
    return url_for("sme.ask_page", code=code) if may_be_a_business() else None


class SaveSearch(NamedTuple):
    """Where a search is kept. saved: whether it is already; signed_in: whether one is asked to sign in first. strict:
    whether what is found now is not what one would be told of (:func:`search.saved.telling.tells`)."""

    href: str
    saved: bool
    signed_in: bool
    strict: bool = False


def save_search(query: SearchQuery, stage: MatchStage) -> SaveSearch | None:
    """For the search that is shown, and how it was found; None for readers who keep none."""
    who = actor.current()
    if not may_be_a_business():
        return None
    if who.may(Permission.SAVE_SEARCHES) and not who.support and services.known(query):
        return SaveSearch(url_for("sme.saved_searches"), saved=True, signed_in=True)
    signed_in, strict = who.person_id is not None, bool(query.q) and not telling.tells(stage)
    return SaveSearch(save_href(query), saved=False, signed_in=signed_in, strict=strict)


def save_href(query: SearchQuery) -> str:
    """The page on which this search is named and kept."""
    found: dict[str, Any] = {}
    for name, value in query.to_args(page=1, per_page=SearchQuery().per_page):
        found.setdefault(name, []).append(value)
    return url_for("sme.save_search_page", **found)
