"""The synonyms that count now, and changing one: each change is a new version of the whole list."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from catalogue.entry_lists import EDITED, EntryList, KeptList
from catalogue.entry_merge import Merge
from catalogue.masters import Head, MasterDocument
from catalogue.synonyms import KIND, Synonym, parse, read
from tenants.db import use_case
from tenants.errors import BadInput
from tenants.text import Text

SynonymList = EntryList[Synonym]
_KEPT: Final = KeptList(KIND, Text("検索の言い換え", "The list of synonyms"), parse)


def current() -> SynonymList:
    """The list that counts today."""
    return _KEPT.current()


def of_head(head: Head | None) -> SynonymList:
    """The same for whoever has asked which version counts."""
    return _KEPT.of_head(head)


def read_entry(cells: dict[str, str]) -> Synonym:
    """An entry as it was typed. Raises BadInput, all faults at once, their fields the names of the cells."""
    synonym, faults = read({**cells, "source": cells.get("source") or EDITED})
    if faults:
        raise BadInput(*faults)
    return synonym


@use_case
def put(synonym: Synonym, *, instead_of: str = "", read_version: int) -> None:
    """Add an entry, or change the one for the term ``instead_of``, as a new version that counts at once.

    Raises StaleVersion when another version came since ``read_version``, NotFound when the entry to be changed is
    gone, BadInput when another entry has its term.
    """
    _KEPT.put(synonym, instead_of=instead_of, read_version=read_version)


@use_case
def remove(term: str, *, read_version: int) -> None:
    """Take an entry out, as a new version. Raises StaleVersion and NotFound."""
    _KEPT.remove(term, read_version=read_version)


def merge(file: MasterDocument) -> Merge[Synonym]:
    """What a newer file would bring. Raises BadInput for a faulty file."""
    return _KEPT.merge(file)


@use_case
def take_in(file: MasterDocument, chosen: Collection[str], *, read_version: int) -> None:
    """Use what a newer file brings, the changes made here kept, but for the chosen terms that both have changed.

    Raises StaleVersion and BadInput.
    """
    _KEPT.take_in(file, merge(file), chosen, read_version=read_version)
