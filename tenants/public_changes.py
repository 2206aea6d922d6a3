"""Whether anything that the public may see has changed: read off the audit trail, which every change writes to.

Events are appended one transaction after the other, so their numbers are in the order of their commits: whoever
remembers the last one misses none.

What the database told the public of a key is remembered until then too (:class:`Unchanged`), within requests that say so.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Mapping, Sequence
from contextvars import ContextVar
from typing import Final, Generic, TypeVar

from cachetools import LRUCache
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


_K = TypeVar("_K", bound=Hashable)
_V = TypeVar("_V")
_since: Final[ContextVar[object | None]] = ContextVar("since", default=None)


def take_as_of(since: object) -> None:
    """From here to the end of this request, the public is told what stood since this moment: until something public
    changes it is one object."""
    _since.set(since)


class Unchanged(Generic[_K, _V]):
    """What everybody is told of each key, remembered until something public changes. Thread-safe.

    Outside of requests that take it as of a moment, everything is asked each time.
    """

    def __init__(self, most: int) -> None:
        """most: keys; those that nobody asked for the longest go first."""
        self._most = most
        self._lock = threading.Lock()
        self._as_of: object | None = None
        self._known: LRUCache[_K, _V | None] = LRUCache(most)

    def of(self, keys: Sequence[_K], ask: Callable[[Sequence[_K]], Mapping[_K, _V]]) -> Mapping[_K, _V]:
        """What there is of these keys. ask: what there is of those that are not known."""
        since = _since.get()
        if since is None:
            return ask(keys)
        with self._lock:
            if self._as_of is not since:
                self._as_of, self._known = since, LRUCache(self._most)
            known = {key: self._known[key] for key in keys if key in self._known}
        unknown = [key for key in keys if key not in known]
        if unknown:
            found = ask(unknown)
            asked = {key: found.get(key) for key in unknown}
            known |= asked
            with self._lock:
                if self._as_of is since:
                    self._known.update(asked)
        return {key: value for key, value in known.items() if value is not None}
