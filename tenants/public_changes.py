"""Whether anything that the public may see has changed: read off the audit trail, which every change writes to.

Events are appended one transaction after the other, so their numbers are in the order of their commits: whoever
remembers the last one misses none.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import bindparam, func, not_, or_, select

from tenants.audit import AuditEvent
from tenants.db import db

# What begins like this is between a person, an organisation and the secretariat. All else counts as public, so a
# new kind of event can make pages be rendered once too often, never once too rarely.
PRIVATE: Final = (
    "signed_",
    "organisation_switched",
    "session_",
    "application_",
    "profile_",
    "notice_",
    "scheme_draft_",
    "shortlist_",
    "saved_search",
    "enquiry_",
    "quote_",
)

_SINCE: Final = select(
    func.max(AuditEvent.number),
    func.bool_or(not_(or_(*(AuditEvent.name.startswith(each, autoescape=True) for each in PRIVATE)))),
).where(AuditEvent.number > bindparam("after"))


def newest(after: int | None) -> tuple[int, bool]:
    """The number of the last event, and whether one that may show in public came after this one.

    after: as given by an earlier call; None asks for the first time, and is told that there was a change.
    """
    if after is None:
        return db.session.scalar(select(func.max(AuditEvent.number))) or 0, True
    last, public = db.session.execute(_SINCE, {"after": after}).one()
    return (after, False) if last is None else (last, public)
