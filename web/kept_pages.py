"""Pages that everybody sees alike are rendered once and kept until something public changes.

Kept for anonymous readers only, in the memory of each web process, by address, language and what the browser
understands. A kept page is let go when an audit event says that something public may have changed, when the search
index has, and with each minute (days left, "open now").
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Final, TypeVar

from cachetools import LRUCache
from flask import Flask, Response, current_app, g, request, session

from search import engines
from tenants import clock, public_changes
from tenants.actor import SYSTEM
from tenants.db import act_as, db
from web import words

View = TypeVar("View", bound=Callable[..., object])

_ATTRIBUTE: Final = "hojo_kept"
_ALIKE: Final = "hojo_alike"
# Of an address with the headers that are part of the key: the room is counted by bodies, so keys must not be long.
_LONGEST_KEY: Final = 1500
# What an entry costs beside its body, its key included.
_OVERHEAD: Final = 6000
_HEADERS: Final = (
    "HX-Request",
    "HX-History-Restore-Request",
    "Accept-Encoding",
    "Accept",
    "Accept-Language",
)


def kept(view: View) -> View:
    """Mark a page as the same for everybody who is not signed in."""
    setattr(view, _ATTRIBUTE, True)
    return alike(view)


def alike(view: View) -> View:
    """Mark what everybody is told alike: it may be as old as a kept page, whether it is kept itself or not."""
    setattr(view, _ALIKE, True)
    return view


class Pages:
    """The pages of one process."""

    def __init__(self, most_bytes: int, look_every: float) -> None:
        """most_bytes: what all pages together may take. look_every: seconds between looks for changes."""
        self._pages: LRUCache[tuple[Any, ...], Response] = LRUCache(
            most_bytes, getsizeof=lambda response: len(response.data) + _OVERHEAD
        )
        self._lock = threading.Lock()
        self._look_every = look_every
        self._looked_at = float("-inf")
        self._last_event: int | None = None
        self._generation = 0
        self.since = object()
        """The moment of the last public change that was seen."""

    def stamp(self) -> tuple[int, str, str]:
        """What was shown under this stamp is what would be shown now."""
        with self._lock:
            if time.monotonic() - self._looked_at >= self._look_every:
                self._look()
            generation = self._generation
        return generation, engines.version(), f"{clock.now():%Y%m%d%H%M}"

    def _look(self) -> None:
        with act_as(SYSTEM):
            self._last_event, changed = public_changes.newest(self._last_event)
        db.session.remove()
        if changed:
            self._generation += 1
            self.since = object()
        self._looked_at = time.monotonic()

    def get(self, key: tuple[Any, ...]) -> Response | None:
        """The page kept under this key, as a response of its own."""
        with self._lock:
            page = self._pages.get(key)
        if page is None:
            return None
        return Response(page.data, page.status, list(page.headers))

    def keep(self, key: tuple[Any, ...], response: Response) -> None:
        """Keep this page; one that is larger than all room is not."""
        page = Response(response.data, response.status, list(response.headers))
        with self._lock:
            if len(page.data) + _OVERHEAD <= self._pages.maxsize:
                self._pages[key] = page


def install(app: Flask, *, most_bytes: int, look_every: float) -> None:
    """Keep pages in this application; most_bytes 0 keeps none."""
    app.extensions["hojo_pages"] = Pages(most_bytes, look_every) if most_bytes else None


def find() -> Response | None:
    """Before each request: the page, if it was kept; otherwise note under which key it may be.

    What everybody is told alike is told as of the last public change, also where no page is kept.
    """
    g.page_key, g.page_was_kept = None, False
    pages: Pages | None = current_app.extensions["hojo_pages"]
    view = current_app.view_functions.get(request.endpoint or "")
    if pages is None or not getattr(view, _ALIKE, False) or _for_one_reader():
        return None
    stamp = pages.stamp()
    public_changes.take_as_of(pages.since)
    if request.method != "GET" or not getattr(view, _ATTRIBUTE, False):
        return None
    asked_for = (request.url, *(request.headers.get(name) for name in _HEADERS))
    if sum(len(each or "") for each in asked_for) > _LONGEST_KEY:
        return None
    g.page_key = (*stamp, words.language(), *asked_for)
    page = pages.get(g.page_key)
    g.page_was_kept = page is not None
    return page


def _for_one_reader() -> bool:
    # Whoever has been here may carry a message of their own, which the page would say.
    return g.get("signed_in") is not None or bool(session)


def keep(response: Response) -> None:
    """After each request: keep a page that everybody sees alike."""
    key = g.get("page_key")
    if key is None or g.get("page_was_kept") or response.status_code != 200 or "Set-Cookie" in response.headers:
        return
    current_app.extensions["hojo_pages"].keep(key, response)
