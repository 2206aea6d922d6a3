"""One thing that a text is about: what finds it, how much it says, and what gives points for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import log
from typing import Final

from search.analyser import readings_of
from search.embedded.nodes import AnyOf, Points, Query
from search.embedded.queries import (
    SYNONYM,
    Bonus,
    anything,
    exact_bonuses,
    exact_match,
    falling,
    label_match,
    label_sounds,
    sound_queries,
    whole_sound,
)
from search.embedded.viewing import View
from search.port import Wider

_HAS: Final = 60.0  # for having a unit at all: more than all its fields together
_CALLED: Final = ("name", "products")
_CALLED_SO: Final = 60.0  # for its name or a product's that tells what a sentence stands for
_OWN: Final = 20.0  # and more for what it is first, or a word of its own: the others are wider
_TWICE: Final = 15.0
_DOES: Final = 40.0  # for a function that does: these have many words of their own
_MENTIONS: Final = 15.0  # for what a sentence stands for where no name and no function tells it
_SENTENCE: Final = 2.0  # of what a sentence stands for: however many have it, more than any single word of it
SHORTEST_SOUND: Final = 5  # kana
SAYS_SOMETHING: Final = 0.25  # from this weight on a unit alone may find documents
_HAS_KANJI: Final = re.compile(r"[一-鿿]")


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing the text is about. texts: as typed, then what else it may be; query: one of them is there.

    readings: of what is meant by its sound only. tells: what gives points, in place of the query, of what
    a sentence stands for.
    """

    texts: tuple[str, ...]
    weight: float
    query: Query
    count: int
    readings: tuple[str, ...] = ()
    tells: tuple[tuple[Query, float], ...] = ()


def bonuses_of(unit: Unit) -> Iterator[Bonus]:
    """What gives points for it: that it is there at all, then where."""
    for query, points in unit.tells or ((unit.query, _HAS),):
        yield Bonus("unit", unit.texts[0], Points(query, points * unit.weight))
    for number, each in enumerate(unit.texts):
        yield from exact_bonuses(each, unit.weight * (SYNONYM * falling(number - 1) if number else 1.0))
    for reading in unit.readings:
        yield from label_sounds(reading)


def unit_of_sentence(said: Wider, view: View) -> Unit | None:
    """What a sentence stands for, by what packages are called and do; what only mentions it comes after."""
    called, own, does = (
        label_match(texts, fields)
        for texts, fields in (
            ((*said.texts, *said.signs), _CALLED),
            ((said.texts[0], *said.signs), _CALLED),
            (said.texts, ("functions",)),
        )
    )
    query = anything([called, does, exact_match(said.texts)])
    number = view.count(query)
    if not number:
        return None
    tells = (
        (called, _CALLED_SO),
        (own, _OWN),
        (AnyOf(called.parts, 2), _TWICE),
        (does, _DOES),
        (query, _MENTIONS),
    )
    return Unit(
        said.texts, weight_of(_SENTENCE * said.likely, number, view.snapshot.documents), query, number, tells=tells
    )


def unit_of(texts: tuple[str, ...], weight: float, view: View) -> Unit | None:
    """What has one of these texts, as written or else as the first of them sounds; None where nothing has."""
    query = exact_match(texts)
    number = view.count(query)
    if not number:
        sounds = [
            q for reading in readings_of(texts[0]) if len(reading) > 2 for q in _sounds_of(texts[0], reading)
        ]
        query = anything(sounds) if sounds else query
        number = view.count(query) if sounds else 0
    if not number:
        return None
    return Unit(texts, weight_of(weight, number, view.snapshot.documents), query, number)


def _sounds_of(text: str, reading: str) -> list[Query]:
    """The short sound of a word in kanji (社員) must be a word's: within others it stands by chance (はし屋インボイス)."""
    by_chance = len(reading) < SHORTEST_SOUND and _HAS_KANJI.search(text)
    return [whole_sound(reading)] if by_chance else sound_queries(reading)


def weight_of(weight: float, number: int, documents: int) -> float:
    """The more, the fewer have it."""
    rarity = log((documents + 1) / number) / log(documents + 2)
    return weight * (0.5 + 0.5 * max(0.0, rarity))
