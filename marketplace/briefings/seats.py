"""Who gets a seat. Pure: first come, first served; a freed seat goes to the first who waits and fits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Answer = Literal["booked", "waiting"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """One booking on the waiting list. turn: its place in the order of arrival. people: the seats it needs."""

    turn: int
    people: int


def answer(people: int, *, seats: int, taken: int) -> Answer:
    """A seat when all these people fit, the waiting list otherwise.

    Whoever waits does not fit (or would have been moved up), so nobody is overtaken who could have come.
    """
    return "booked" if people <= seats - taken else "waiting"


def moved_up(waiting: Iterable[Waiting], *, seats: int, taken: int) -> list[int]:
    """The turns of those who get a seat now: in the order of arrival, each who fits into what is left."""
    free = seats - taken
    found = []
    for each in sorted(waiting, key=lambda one: one.turn):
        if each.people <= free:
            free -= each.people
            found.append(each.turn)
    return found
