"""The letters that were written: what only their receivers get to read."""

from __future__ import annotations

from sqlalchemy import select

from tenants.actor import SYSTEM
from tenants.db import act_as, db
from tenants.notices.models import Posting


def posted(template: str) -> list[Posting]:
    """What is to be told by this template, the oldest first."""
    with act_as(SYSTEM):
        query = select(Posting).where(Posting.template == template).order_by(Posting.created_at)
        rows = list(db.session.scalars(query))
        for row in rows:
            db.session.expunge(row)
        return rows


def invitation_token(address: str, template: str = "invitation") -> str:
    """The token in the newest invitation's letter to this address."""
    links = [each.link for each in posted(template) if each.address == address]
    return links[-1].partition("#")[2]
