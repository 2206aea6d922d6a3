"""The problems that count now, and changing one: each change is a new version of the whole list."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from catalogue import masters
from catalogue.entry_lists import EDITED, EntryList, KeptList
from catalogue.entry_merge import Merge
from catalogue.masters import Head, MasterDocument
from catalogue.problems import KIND, Problem, parse, read, unknown_codes
from tenants.db import use_case
from tenants.errors import BadInput, Finding
from tenants.text import Text

ProblemList = EntryList[Problem]
_KEPT: Final = KeptList(KIND, Text("困りごとの一覧", "The list of problems"), parse)
_LOAD_FIRST: Final = Text(
    "先に「マスタと制度」のページで、新しい版を読み込んでください。",
    "Load the new versions of the master data first.",
)


def current() -> ProblemList:
    """The list that counts today."""
    return _KEPT.current()


def of_head(head: Head | None) -> ProblemList:
    """The same for whoever has asked which version counts."""
    return _KEPT.of_head(head)


def read_entry(cells: dict[str, str]) -> Problem:
    """A problem as it was typed. Raises BadInput, all faults at once, their fields the names of the cells."""
    problem, faults = read({**cells, "source": cells.get("source") or EDITED})
    faults += unknown_codes(problem, masters.vocabulary())
    if faults:
        raise BadInput(*faults)
    return problem


@use_case
def put(problem: Problem, *, instead_of: str = "", read_version: int) -> None:
    """Add a problem, or change the one with the code ``instead_of``, as a new version that counts at once.

    Raises StaleVersion when another version came since ``read_version``, NotFound when the one to be changed is
    gone, BadInput when another has its code.
    """
    _KEPT.put(problem, instead_of=instead_of, read_version=read_version)


@use_case
def remove(code: str, *, read_version: int) -> None:
    """Take a problem out, as a new version. Raises StaleVersion and NotFound."""
    _KEPT.remove(code, read_version=read_version)


def merge(file: MasterDocument) -> Merge[Problem]:
    """What a newer file would bring. Raises BadInput for a faulty file, or one of functions that are not loaded."""
    found, known = _KEPT.merge(file), masters.vocabulary()
    brought = [step.theirs for step in (*found.coming, *found.clashing) if step.theirs]
    faults = [_of(each, fault) for each in brought for fault in unknown_codes(each, known)]
    if faults:
        raise BadInput(*faults)
    return found


def _of(problem: Problem, fault: Finding) -> Finding:
    said = Text(f"{problem.sentence}：{fault.message.ja}", f"{problem.sentence}: {fault.message.en}")
    return Finding(fault.code, said, _LOAD_FIRST, fault.field)


@use_case
def take_in(file: MasterDocument, chosen: Collection[str], *, read_version: int) -> None:
    """Use what a newer file brings, the changes made here kept, but for the chosen codes that both have changed.

    Raises StaleVersion and BadInput.
    """
    _KEPT.take_in(file, merge(file), chosen, read_version=read_version)
