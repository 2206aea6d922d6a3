"""What the pages of a list share that is edited entry by entry, each change looked at before it counts.

Synonyms and problems are such lists. Each has its own columns, form and preview; the way through is this one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, TypeVar

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from catalogue.entry_lists import Entry, EntryList
from tenants.errors import BadInput, DomainError, Finding, StaleVersion
from tenants.paging import Page
from tenants.text import Text
from web import lists
from web.words import say

PER_PAGE: Final = 50
_BETWEEN: Final = re.compile(r"[\n;；、,，]+")
_LONGEST_CELL: Final = 4_000
_MOST_TICKED: Final = 50

E = TypeVar("E", bound=Entry)
Answer = str | tuple[str, int]


class Source(Protocol[E]):
    """The module that keeps the list (:mod:`catalogue.synonym_list`, :mod:`catalogue.problem_list`)."""

    def current(self) -> EntryList[E]: ...
    def read_entry(self, cells: dict[str, str]) -> E: ...
    def put(self, entry: E, *, instead_of: str, read_version: int) -> None: ...
    def remove(self, handle: str, *, read_version: int) -> None: ...


class Draw(Protocol):
    """Draw the form, and above it what was seen of the change.

    step: edit, or what follows once the preview was seen: save or remove.
    """

    def __call__(
        self,
        cells: dict[str, str],
        version: int,
        *,
        instead_of: str,
        step: str = ...,
        seen: Any = ...,
        error: DomainError | None = ...,
    ) -> str: ...


@dataclass(frozen=True)
class EntryPages(Generic[E]):
    """One list's pages.

    what: the list's name, for who comes second. nothing_chosen: said when an entry is taken out and none is named.
    several: columns with one text a line; ticked: columns of boxes; columns: all of them.
    look: what a change would do, from the list now, the list then and the entries concerned.
    endpoint: the list's own page.
    """

    source: Source[E]
    what: Text
    nothing_chosen: Finding
    columns: Sequence[str]
    several: Sequence[str]
    ticked: Sequence[str]
    look: Callable[[EntryList[E], EntryList[E], list[E]], Any]
    draw: Draw
    endpoint: str

    def edit(self, handle: str, fresh: dict[str, str]) -> str:
        """The form for this entry, or with ``fresh`` for a new one. Raises NotFound."""
        known = self.source.current()
        entry = known.find(handle) if handle else None
        if handle and entry is None:
            known.without(handle)  # says that there is none
        return self.draw(entry.row() if entry else fresh, known.version, instead_of=entry.handle if entry else "")

    def preview(self) -> Answer:
        """What the change in the form would do; nothing is changed yet."""
        version, instead_of = lists.read_version(), _instead_of()
        known = self.source.current()
        if version != known.version:
            raise StaleVersion(self.what, yours=version, current=known.version)
        earlier = known.find(instead_of) if instead_of else None
        before = [earlier] if earlier else []
        if "remove" in request.form:
            seen = self.look(known, known.without(instead_of), before)
            cells = earlier.row() if earlier else {}
            return self.draw(cells, version, instead_of=instead_of, step="remove", seen=seen)
        cells = self._cells()
        try:
            entry = self.source.read_entry(cells)
            after = known.put(entry, instead_of=instead_of)
        except BadInput as error:
            return self.draw(cells, version, instead_of=instead_of, error=error), 422
        seen = self.look(known, after, [entry, *before])
        return self.draw(entry.row(), version, instead_of=instead_of, step="save", seen=seen)

    def save(self, said: Callable[[E], Text]) -> Response | tuple[str, int]:
        """Use the entry in the form from now on, as a new version of the list."""
        version, cells, instead_of = lists.read_version(), self._cells(), _instead_of()
        try:
            entry = self.source.read_entry(cells)
            self.source.put(entry, instead_of=instead_of, read_version=version)
        except BadInput as error:
            return self.draw(cells, version, instead_of=instead_of, error=error), 422
        return self._back(said(entry))

    def remove(self, said: Callable[[str], Text]) -> Response:
        """Take the entry out, as a new version of the list."""
        version, handle = lists.read_version(), _instead_of()
        if not handle:
            raise BadInput(self.nothing_chosen)
        self.source.remove(handle, read_version=version)
        return self._back(said(handle))

    def _back(self, said: Text) -> Response:
        flash(say(said), "success")
        return redirect(url_for(self.endpoint))

    def _cells(self) -> dict[str, str]:
        """The form's fields; several texts in any of the ways people separate them."""
        typed = {
            name: request.form.get(name, "").replace("\x00", "").strip()[:_LONGEST_CELL] for name in self.columns
        }
        for name in self.several:
            typed[name] = ";".join(part.strip() for part in _BETWEEN.split(typed[name]) if part.strip())
        for name in self.ticked:
            # Ticked in the form; as one cell where the preview sends it on.
            ticked = request.form.getlist(name)[:_MOST_TICKED]
            typed[name] = ";".join(value.replace("\x00", "")[:200] for value in ticked)
        return typed


def _instead_of() -> str:
    return request.form.get("instead_of", "").replace("\x00", "")[:200]


def page_of_entries(found: Sequence[E]) -> Page[E]:
    """The page ?page= of these entries."""
    pages = max(1, -(-len(found) // PER_PAGE))
    number = min(lists.page_number(), pages)
    return Page(tuple(found[(number - 1) * PER_PAGE : number * PER_PAGE]), len(found), number, PER_PAGE)
