"""Bringing a newer file of a list together with what was changed here since the older one, entry by entry. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from catalogue.vocabulary import folded


class Entry(Protocol):
    """One entry of a list."""

    @property
    def handle(self) -> str:
        """What it is found by; one list has each only once, whatever its width and case."""

    def row(self) -> dict[str, str]:
        """What it says, column by column."""


E = TypeVar("E", bound=Entry)


@dataclass(frozen=True, slots=True)
class Step(Generic[E]):
    """An entry as it counts here and as the newer file has it, which are not the same; None: it is not there."""

    ours: E | None
    theirs: E | None

    @property
    def entry(self) -> E:
        """The entry that it is about, as the file has it where it has it."""
        entry = self.theirs or self.ours
        assert entry is not None  # noqa: S101  (one of them is there, or they would be the same)
        return entry

    @property
    def mark(self) -> str:
        """What the file does with it: new, changed or gone."""
        return "gone" if self.theirs is None else "new" if self.ours is None else "changed"


@dataclass(frozen=True)
class Merge(Generic[E]):
    """What a newer file would bring to a list.

    coming: what the file adds, changes or takes out and nobody here has touched. clashing: what both have touched,
    each in its own way. own: how many changes made here the file leaves alone.
    """

    ours: tuple[E, ...]
    coming: tuple[Step[E], ...]
    clashing: tuple[Step[E], ...]
    own: int

    def taken(self, chosen: Collection[str]) -> list[Step[E]]:
        """What comes in: all that nobody here has touched, and what clashes where the file was chosen, by handle."""
        wanted = {folded(handle) for handle in chosen}
        return [*self.coming, *(step for step in self.clashing if folded(step.entry.handle) in wanted)]

    def entries(self, chosen: Collection[str]) -> tuple[E, ...]:
        """The list with what comes in, in its order here, new entries at its end."""
        taken = {folded(step.entry.handle): step.theirs for step in self.taken(chosen)}
        kept = [taken.pop(folded(each.handle), each) for each in self.ours]
        return tuple(each for each in (*kept, *taken.values()) if each is not None)


def merge(base: Iterable[E], ours: Iterable[E], theirs: Iterable[E]) -> Merge[E]:
    """Bring together what counts here (ours) and a newer file (theirs); base: the file that ours began with."""
    before, here, there = ({folded(each.handle): each for each in entries} for entries in (base, ours, theirs))
    coming: list[Step[E]] = []
    clashing: list[Step[E]] = []
    own = 0
    for key in dict.fromkeys((*here, *there, *before)):
        was, now, then = (_said(entries.get(key)) for entries in (before, here, there))
        if now == then:
            continue
        if then == was:
            own += 1
            continue
        (coming if now == was else clashing).append(Step(here.get(key), there.get(key)))
    return Merge(tuple(here.values()), tuple(coming), tuple(clashing), own)


def _said(entry: Entry | None) -> dict[str, str] | None:
    return entry.row() if entry else None
