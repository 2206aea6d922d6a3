"""What the pages of a list share that is edited entry by entry, each change looked at before it counts.

Synonyms and problems are such lists. Each has its own columns, form and preview; the way through is this one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, TypeVar

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from catalogue.entry_lists import Entry, EntryList
from tenants.errors import BadInput, DomainError, Finding, StaleVersion
from tenants.paging import Page, page_of_sequence
from tenants.text import Text
from web import lists
from web.words import say, t

PER_PAGE: Final = 50
_BETWEEN: Final = re.compile(r"[\n;；、,，]+")
_LONGEST_CELL: Final = 4_000
_MOST_TICKED: Final = 50

E = TypeVar("E", bound=Entry)
Answer = str | tuple[str, int]


class Source(Protocol[E]):
    """The module that keeps the list (:mod:`catalogue.synonym_list`, :mod:`catalogue.problem_list`)."""

    def current(self) -> EntryList[E]:
        """The list that counts now."""

    def read_entry(self, cells: dict[str, str]) -> E:
        """An entry from what was typed, by column. Raises BadInput, all faults at once."""

    def put(self, entry: E, *, instead_of: str, read_version: int) -> None:
        """Add an entry, or change the one called ``instead_of``. Raises StaleVersion, NotFound and BadInput."""

    def remove(self, handle: str, *, read_version: int) -> None:
        """Take an entry out. Raises StaleVersion and NotFound."""


class Draw(Protocol):
    """How a list's form is drawn."""

    def __call__(
        self,
        cells: dict[str, str],
        version: int,
        *,
        instead_of: str,
        step: str = ...,
        seen: Any = ...,
        error: DomainError | None = ...,
        second: Second | None = ...,
    ) -> str:
        """The form, and above it what was seen of the change.

        step: edit, or what follows once the preview was seen: save or remove. second: where another was first.
        """


@dataclass(frozen=True, slots=True)
class Difference:
    """One column of an entry: as it counts now, and as it was typed."""

    label: Text
    before: str
    after: str


Names = Mapping[str, Mapping[str, Text]]  # of the codes that stand in a column


def no_names() -> Names:
    """For lists in which no codes stand."""
    return {}


def differences(
    columns: Mapping[str, Text], names: Names, before: Entry | None, after: Entry | None
) -> tuple[Difference, ...]:
    """Where two versions of an entry are not the same, as people read it."""
    was, then = (each.row() if each else {} for each in (before, after))

    def said(row: Mapping[str, str], column: str) -> str:
        known = names.get(column, {})
        return t("、", ", ").join(say(known.get(part, part)) for part in row.get(column, "").split(";"))

    return tuple(
        Difference(label, said(was, column), said(then, column))
        for column, label in columns.items()
        if was.get(column, "") != then.get(column, "")
    )


@dataclass(frozen=True, slots=True)
class Second:
    """What one is told who comes second. changes: how the entry that counts now differs from what was typed."""

    stale: StaleVersion
    changes: tuple[Difference, ...]


@dataclass(frozen=True)
class EntryPages(Generic[E]):
    """One list's pages.

    what: the list's name, for who comes second. nothing_chosen: said when an entry is taken out and none is named.
    several: columns with one text a line; ticked: columns of boxes; columns: all of them, with their labels.
    names: of the codes in them.
    look: what a change would do, from the list now, the list then and the entries concerned.
    endpoint: the list's own page.
    """

    source: Source[E]
    what: Text
    nothing_chosen: Finding
    columns: Mapping[str, Text]
    several: Sequence[str]
    ticked: Sequence[str]
    look: Callable[[EntryList[E], EntryList[E], list[E]], Any]
    draw: Draw
    endpoint: str
    names: Callable[[], Names] = no_names

    def edit(self, handle: str, fresh: dict[str, str]) -> str:
        """The form for this entry, or with ``fresh`` for a new one. Raises NotFound."""
        known = self.source.current()
        entry = known.find(handle) if handle else None
        if handle and entry is None:
            known.without(handle)  # says that there is none
        return self.draw(entry.row() if entry else fresh, known.version, instead_of=entry.handle if entry else "")

    def preview(self) -> Answer:
        """What the change in the form would do; nothing is changed yet."""
        known = self.source.current()
        version = lists.read_version()
        stale = None if version == known.version else self._stale(version, known)
        return self._removal(known, stale) if "remove" in request.form else self._change(known, stale)

    def save(self, said: Callable[[E], Text]) -> Response | tuple[str, int]:
        """Use the entry in the form from now on, as a new version of the list."""
        version, cells, instead_of = lists.read_version(), self._cells(), _instead_of()
        try:
            entry = self.source.read_entry(cells)
            self.source.put(entry, instead_of=instead_of, read_version=version)
        except BadInput as error:
            return self.draw(cells, version, instead_of=instead_of, error=error), 422
        except StaleVersion as stale:
            return self._change(self.source.current(), stale)
        return self._back(said(entry))

    def remove(self, said: Callable[[str], Text]) -> Response | tuple[str, int]:
        """Take the entry out, as a new version of the list."""
        version, handle = lists.read_version(), _instead_of()
        if not handle:
            raise BadInput(self.nothing_chosen)
        try:
            self.source.remove(handle, read_version=version)
        except StaleVersion as stale:
            return self._removal(self.source.current(), stale)
        return self._back(said(handle))

    def _change(self, known: EntryList[E], stale: StaleVersion | None) -> tuple[str, int]:
        """What putting the form's entry into the list would do. stale: another was first; shown are both versions of
        the entry and what the change would do now, and from there it can be made."""
        cells, instead_of = self._cells(), _instead_of()
        try:
            entry = self.source.read_entry(cells)
            if stale:
                there = known.find(instead_of) or known.find(entry.handle)
                instead_of = there.handle if there else ""
            after = known.put(entry, instead_of=instead_of)
        except BadInput as error:
            return self.draw(cells, known.version, instead_of=instead_of, error=error), 422
        earlier = known.find(instead_of) if instead_of else None
        seen = self.look(known, after, [entry, *([earlier] if earlier else [])])
        second = Second(stale, self._differences(earlier, entry)) if stale else None
        html = self.draw(entry.row(), known.version, instead_of=instead_of, step="save", seen=seen, second=second)
        return html, stale.status if stale else 200

    def _removal(self, known: EntryList[E], stale: StaleVersion | None) -> tuple[str, int]:
        """What the list would be without the entry. Raises NotFound when another has taken it out."""
        handle = _instead_of()
        after, earlier = known.without(handle), known.find(handle)
        rows = [earlier] if earlier else []
        html = self.draw(
            rows[0].row() if rows else {},
            known.version,
            instead_of=handle,
            step="remove",
            seen=self.look(known, after, rows),
            second=Second(stale, ()) if stale else None,
        )
        return html, stale.status if stale else 200

    def _stale(self, version: int, known: EntryList[E]) -> StaleVersion:
        return StaleVersion(self.what, yours=version, current=known.version)

    def _differences(self, theirs: E | None, mine: E) -> tuple[Difference, ...]:
        """Where the entry as it counts and as it was typed are not the same."""
        return differences(self.columns, self.names(), theirs, mine) if theirs else ()

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
        known = self.source.current().find(_instead_of()) if self.ticked else None
        for name in self.ticked:
            # Ticked in the form; as one cell where the preview sends it on.
            ticked = [value.replace("\x00", "")[:200] for value in request.form.getlist(name)[:_MOST_TICKED]]
            # Boxes come in their own order; what was ticked before keeps its place: the first matters most.
            before = known.row()[name].split(";") if known else []
            typed[name] = ";".join(sorted(ticked, key=lambda each: _place(each, before)))
        return typed


def _place(value: str, before: Sequence[str]) -> int:
    return before.index(value) if value in before else len(before)


def _instead_of() -> str:
    return request.form.get("instead_of", "").replace("\x00", "")[:200]


def page_of_entries(found: Sequence[E]) -> Page[E]:
    """The page ?page= of these entries."""
    return page_of_sequence(tuple(found), number=lists.page_number(), per_page=PER_PAGE)
