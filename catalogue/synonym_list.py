"""The synonyms that count now, and changing one: each change is a new version of the whole list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from catalogue import masters
from catalogue.masters import EDITION, MasterDocument
from catalogue.models import MasterVersion
from catalogue.synonyms import KIND, Synonym, parse, read
from catalogue.vocabulary import folded
from tenants import actor, clock
from tenants.db import constraint, db, use_case
from tenants.errors import BadInput, Conflict, Finding, NotFound, StaleVersion
from tenants.permissions import Permission
from tenants.text import Text

_WHAT: Final = Text("検索の言い換え", "The list of synonyms")
_EDITED: Final = "事務局による変更"

constraint("uq_master_version_kind_key_version", Conflict)


@dataclass(frozen=True, slots=True)
class SynonymList:
    """A version of the list. key: differs when the content does; version 0 and no key: none was ever loaded."""

    version: int
    key: str
    synonyms: tuple[Synonym, ...]

    def find(self, term: str) -> Synonym | None:
        """The entry for this term, whatever its width and case."""
        return next((each for each in self.synonyms if folded(each.term) == folded(term)), None)

    def put(self, synonym: Synonym, *, instead_of: str = "") -> SynonymList:
        """The list with this entry, in the place of the one for the term ``instead_of``, else at the end.

        Raises BadInput when another entry has its term already.
        """
        others = [each for each in self.synonyms if folded(each.term) != folded(instead_of)]
        if any(folded(each.term) == folded(synonym.term) for each in others):
            raise BadInput(_taken(synonym.term))
        at = next((n for n, e in enumerate(self.synonyms) if folded(e.term) == folded(instead_of)), len(others))
        return SynonymList(self.version, "", (*others[:at], synonym, *others[at:]))

    def without(self, term: str) -> SynonymList:
        """The list without the entry for this term. Raises NotFound when there is none."""
        if self.find(term) is None:
            raise NotFound(Text(f"「{term[:40]}」の言い換え", f"A synonym for {term[:40]!r}"))
        kept = tuple(each for each in self.synonyms if folded(each.term) != folded(term))
        return SynonymList(self.version, "", kept)


def _taken(term: str) -> Finding:
    return Finding(
        "synonym_exists",
        Text(f"「{term}」はすでに登録されています。", f"{term!r} is in the list already."),
        Text("一覧からその言葉を開いて、言い換えを足してください。", "Open that word and add to its texts."),
        "word",
    )


_NONE: Final = SynonymList(0, "", ())
_lists: dict[str, SynonymList] = {}


def current() -> SynonymList:
    """The list that counts today; parsed once for each version, so a search pays one small statement."""
    head = db.session.execute(
        select(MasterVersion.id, MasterVersion.version, MasterVersion.content_hash)
        .where(
            MasterVersion.kind == KIND,
            MasterVersion.key == EDITION,
            MasterVersion.effective_from <= clock.today(),
        )
        .order_by(MasterVersion.version.desc())
        .limit(1)
    ).first()
    if head is None:
        return _NONE
    key = f"{head.version}-{head.content_hash}"
    known = _lists.get(key)
    if known is None:
        rows = db.session.get_one(MasterVersion, head.id).content["rows"]
        known = SynonymList(head.version, key, tuple(parse(rows)))
        _lists.clear()  # of older versions nobody asks again
        _lists[key] = known
    return known


def read_entry(cells: dict[str, str]) -> Synonym:
    """An entry as it was typed. Raises BadInput, all faults at once, their fields the names of the cells."""
    synonym, faults = read({**cells, "source": cells.get("source") or _EDITED})
    if faults:
        raise BadInput(*faults)
    return synonym


@use_case
def put(synonym: Synonym, *, instead_of: str = "", read_version: int) -> None:
    """Add an entry, or change the one for the term ``instead_of``, as a new version that counts at once.

    Raises StaleVersion when another version came since ``read_version``, NotFound when the entry to be changed is
    gone, BadInput when another entry has its term.
    """

    def change(now: SynonymList) -> SynonymList:
        if instead_of:
            now.without(instead_of)
        return now.put(synonym, instead_of=instead_of)

    _save(change, read_version)


@use_case
def remove(term: str, *, read_version: int) -> None:
    """Take an entry out, as a new version. Raises StaleVersion and NotFound."""
    _save(lambda now: now.without(term), read_version)


def _save(change: Callable[[SynonymList], SynonymList], read_version: int) -> None:
    actor.current().require(Permission.EDIT_MASTERS)
    now = current()
    if now.version != read_version:
        raise StaleVersion(_WHAT, yours=read_version, current=now.version)
    rows = [each.row() for each in change(now).synonyms]
    parse(rows)
    note = masters.newest(KIND, EDITION).content["note"] if now.version else ""
    content = {"note": note, "rows": rows}
    try:
        masters.load([MasterDocument(KIND, EDITION, now.version + 1, clock.today(), _EDITED, content)])
    except BadInput as error:  # somebody else's version was saved between our look and now
        raise Conflict from error
