"""Putting a package aside and asking its vendor: offered to businesses, and to whoever may become one."""

from __future__ import annotations

from flask import url_for

from tenants import actor


def may_be_a_business() -> bool:
    """Whether the reader is one, or nobody in particular (who is asked to sign in, and comes back)."""
    return actor.current().audience in ("public", "sme")


def later_href(code: str) -> str | None:
    """Where a package is put aside; None for readers who have no shortlist."""
    return url_for("sme.shortlist_page", code=code) if may_be_a_business() else None


def ask_href(code: str) -> str | None:
    """Where its vendor is asked; None for readers who do not ask."""
    return url_for("sme.ask_page", code=code) if may_be_a_business() else None
