"""Lists of entries that the secretariat edits one by one: each change is a new version of the whole list.

Synonyms and problems are such lists. The versions are master data, so an old one can always be looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import select

from catalogue import masters
from catalogue.entry_merge import Entry, Merge, merge
from catalogue.masters import EDITION, Head, MasterDocument
from catalogue.models import MasterVersion
from catalogue.vocabulary import folded
from tenants import actor, clock
from tenants.db import constraint, db
from tenants.errors import BadInput, Conflict, Finding, NotFound, StaleVersion
from tenants.permissions import Permission
from tenants.text import Text

EDITED: Final = "事務局による変更"
DECIDED: Final = "事務局による決定"

constraint("uq_master_version_kind_key_version", Conflict)


E = TypeVar("E", bound=Entry)


@dataclass(frozen=True)
class EntryList(Generic[E]):
    """A version of a list. key: differs when the content does; version 0 and no key: none was ever loaded."""

    version: int
    key: str
    entries: tuple[E, ...]

    def find(self, handle: str) -> E | None:
        """The entry with this handle, whatever its width and case."""
        return next((each for each in self.entries if folded(each.handle) == folded(handle)), None)

    def put(self, entry: E, *, instead_of: str = "") -> EntryList[E]:
        """The list with this entry, in the place of ``instead_of``, else at the end.

        Raises BadInput when another entry has its handle already.
        """
        others = [each for each in self.entries if folded(each.handle) != folded(instead_of)]
        if any(folded(each.handle) == folded(entry.handle) for each in others):
            raise BadInput(_taken(entry))
        at = next((n for n, e in enumerate(self.entries) if folded(e.handle) == folded(instead_of)), len(others))
        return EntryList(self.version, "", (*others[:at], entry, *others[at:]))

    def without(self, handle: str) -> EntryList[E]:
        """The list without this entry. Raises NotFound when there is none."""
        if self.find(handle) is None:
            raise NotFound(Text(f"「{handle[:40]}」の登録", f"An entry {handle[:40]!r}"))
        return EntryList(
            self.version, "", tuple(each for each in self.entries if folded(each.handle) != folded(handle))
        )


def _taken(entry: Entry) -> Finding:
    column = next(iter(entry.row()))  # the handle stands first
    return Finding(
        "entry_exists",
        Text(f"「{entry.handle}」はすでに登録されています。", f"{entry.handle!r} is in the list already."),
        Text("一覧からそれを開いて、直してください。", "Open it from the list and change it."),
        column,
    )


def edited(kinds: Iterable[str]) -> frozenset[str]:
    """Those of these kinds of master data that the secretariat has changed: they are its own from then on."""
    found = select(MasterVersion.kind).where(
        MasterVersion.kind.in_(tuple(kinds)),
        MasterVersion.key == EDITION,
        MasterVersion.source.in_((EDITED, DECIDED)),
    )
    return frozenset(db.session.scalars(found.distinct()))


class KeptList(Generic[E]):
    """One kind of list as it is kept: what counts now, and changing it."""

    def __init__(self, kind: str, what: Text, parse: Callable[[Iterable[Mapping[str, Any]]], list[E]]) -> None:
        """kind: of the master data. parse: rows to entries; raises BadInput."""
        self._kind, self._what, self._parse = kind, what, parse
        self._known: dict[str, EntryList[E]] = {}

    def current(self) -> EntryList[E]:
        """The list that counts today; parsed once for each version, so a page pays one small statement."""
        return self.of_head(masters.newest_head(self._kind, EDITION))

    def of_head(self, head: Head | None) -> EntryList[E]:
        """The same for whoever has asked which version counts; None when none was ever loaded."""
        if head is None:
            return EntryList(0, "", ())
        key = f"{head.version}-{head.content_hash}"
        known = self._known.get(key)
        if known is None:
            rows = db.session.get_one(MasterVersion, head.id).content["rows"]
            known = EntryList(head.version, key, tuple(self._parse(rows)))
            self._known.clear()  # of older versions nobody asks again
            self._known[key] = known
        return known

    def put(self, entry: E, *, instead_of: str, read_version: int) -> None:
        """Add the entry, or put it in the place of ``instead_of``, within the use case that calls.

        Raises StaleVersion when another version came since ``read_version``, NotFound when the entry to be changed is
        gone, BadInput when another has its handle.
        """

        def change(now: EntryList[E]) -> EntryList[E]:
            if instead_of:
                now.without(instead_of)
            return now.put(entry, instead_of=instead_of)

        self._save(change, read_version)

    def remove(self, handle: str, *, read_version: int) -> None:
        """Take the entry out, within the use case that calls. Raises StaleVersion and NotFound."""
        self._save(lambda now: now.without(handle), read_version)

    def merge(self, file: MasterDocument) -> Merge[E]:
        """What a newer file would bring, by the file that this list began with. Raises BadInput for a faulty file."""
        began = masters.newest_but(self._kind, EDITION, source=EDITED)
        base = self._parse(began["rows"]) if began else []
        return merge(base, self.current().entries, self._parse(file.content["rows"]))

    def take_in(
        self, file: MasterDocument, found: Merge[E], chosen: Collection[str], *, read_version: int
    ) -> None:
        """Use what a newer file brings, within the use case that calls; the file itself becomes a version before it,
        from which the next one is told apart.

        found: what :meth:`merge` says of it. chosen: handles of entries that both have changed, for which the file
        counts. Raises StaleVersion and BadInput.
        """
        now = self._read(read_version)
        rows = [each.row() for each in found.entries(chosen)]
        self._parse(rows)
        self._load(now.version + 1, file.source, file.content)
        self._load(now.version + 2, EDITED, {**file.content, "rows": rows})

    def _save(self, change: Callable[[EntryList[E]], EntryList[E]], read_version: int) -> None:
        now = self._read(read_version)
        rows = [each.row() for each in change(now).entries]
        self._parse(rows)
        note = masters.newest(self._kind, EDITION).content["note"] if now.version else ""
        self._load(now.version + 1, EDITED, {"note": note, "rows": rows})

    def _read(self, read_version: int) -> EntryList[E]:
        """The list that counts, for whoever changes it; StaleVersion when it is not the one that was read."""
        actor.current().require(Permission.EDIT_MASTERS)
        now = self.current()
        if now.version != read_version:
            raise StaleVersion(self._what, yours=read_version, current=now.version)
        return now

    def _load(self, version: int, source: str, content: dict[str, Any]) -> None:
        try:
            masters.load([MasterDocument(self._kind, EDITION, version, clock.today(), source, content)])
        except BadInput as error:  # somebody else's version was saved between our look and now
            raise Conflict from error
