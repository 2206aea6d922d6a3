"""How near one word is to another, and which of many are near. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from search.analyser import reading_of, readings_of
from search.character_readings import sounds_by_character

SHORTEST: Final = 3  # folded characters
_MOVED_FROM: Final = 6  # characters: in shorter words two of them at another place make another word
_MOST_SOUNDS: Final = 1_000  # of a compound whose characters are read one by one
_MOST_KEPT: Final = 60_000  # how words of a vocabulary sound
_ONLY_KANJI: Final = re.compile(r"[\u4e00-\u9fff]{3,}")


def distance(one: str, other: str, most: int) -> int:
    """How many characters must be put in, left out, changed or swapped with their neighbour; above most: most + 1."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            step = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                step = min(step, earlier[j - 2] + 1)
            row.append(step)
        if min(row) > most and (not before or min(before) > most):
            return most + 1
    return min(row[-1], most + 1)


@dataclass(frozen=True, slots=True)
class Entry:
    """A word in use: its key (folded, or its sound), the key's characters, as written, how often."""

    key: str
    characters: frozenset[str]
    written: str
    count: int


ByLength = Mapping[int, Sequence[Entry]]


@dataclass(frozen=True, slots=True, order=True)
class Candidate:
    """A near word; the least is the best: fewest steps, the same characters, the same sound (物件 for 仏件, not 事件),
    in use, the same beginning, frequent."""

    steps: int
    other_characters: bool
    other_sound: bool
    rare: bool
    other_beginning: bool
    less: int
    written: str

    @property
    def same_characters(self) -> bool:
        """Whether only their order differs."""
        return not self.other_characters

    @property
    def same_beginning(self) -> bool:
        """Whether the first character is right."""
        return not self.other_beginning

    @property
    def count(self) -> int:
        """How many documents have it."""
        return -self.less


def candidate(typed: str, key: str, entry: Entry, steps: int) -> Candidate:
    """A word that is so many steps from what was typed; key: the part of it that was compared."""
    swapped = sorted(typed) == sorted(key)
    other_sound = bool(_ONLY_KANJI.fullmatch(typed)) and sound_of(entry.written) not in possible_sounds(typed)
    rare, other_beginning = entry.count < 2, typed[0] != key[0]
    return Candidate(steps, not swapped, other_sound, rare, other_beginning, -entry.count, entry.written)


def beginning(typed: str, key: str) -> tuple[int, str]:
    """How far the typed word is from the beginning of a longer one, at most 2, and that beginning."""
    lengths = (len(typed), len(typed) + 1, len(typed) - 1)
    return min((distance(typed, key[:length], 1), key[:length]) for length in lengths)


def near(typed: str, by_length: ByLength, most: int) -> list[Candidate]:
    """The words at most so many steps away."""
    characters = frozenset(typed)
    found = []
    for length in range(max(SHORTEST, len(typed) - most), len(typed) + most + 1):
        for entry in by_length.get(length, ()):
            if len(characters ^ entry.characters) <= 2 * most:
                steps = distance(typed, entry.key, most)
                if steps <= most:
                    found.append(candidate(typed, entry.key, entry, steps))
    return found


def moved(typed: str, by_length: ByLength) -> list[Candidate]:
    """Words of the same characters, one or two of them at another place: きたいんかんり."""
    if len(typed) < _MOVED_FROM:
        return []
    characters = frozenset(typed)
    alike = (entry for entry in by_length.get(len(typed), ()) if entry.characters == characters)
    found = (candidate(typed, entry.key, entry, 2) for entry in alike if distance(typed, entry.key, 2) <= 2)
    return [each for each in found if each.same_characters]


def by_length_of(entries: Iterable[Entry]) -> ByLength:
    """The words by the length of their keys."""
    found: dict[int, list[Entry]] = {}
    for entry in entries:
        found.setdefault(len(entry.key), []).append(entry)
    return found


@lru_cache(maxsize=_MOST_KEPT)
def sounds_of(written: str) -> tuple[str, ...]:
    """How a published word may be read, as sounds are compared; of Latin letters several, with long vowels last."""
    return readings_of(written) if written.isascii() else (reading_of(written),)


def sound_of(written: str) -> str:
    """The sound that near ones are compared with."""
    return sounds_of(written)[-1]


@lru_cache(maxsize=16)
def possible_sounds(kanji: str) -> frozenset[str]:
    """How a word that no dictionary has may sound, character by character."""
    return frozenset(sounds_by_character(kanji, most=_MOST_SOUNDS))
