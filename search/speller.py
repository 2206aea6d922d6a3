"""What was probably meant by a word nobody wrote: the nearest of the words that are published. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from search.analyser import fold

MOST_WORDS: Final = 30_000
"""So many of the words in use are compared with, the most frequent first: bounds the time."""

_SHORTEST: Final = 4  # folded characters: of three, too many words are one step away
_TWO_STEPS_FROM: Final = 8
# Words as typing errors happen in them: one script each. Hiragana only where it is the whole word: elsewhere it is
# grammar.
_RUN: Final = re.compile(r"[ァ-ヶー]{3,}|[A-Za-z]{3,}|[\u4e00-\u9fff]{3,}")
_HIRAGANA: Final = re.compile(r"[ぁ-ゖー]{4,}")


def runs(text: str) -> Iterator[tuple[int, int]]:
    """Where the words of one script are in a text that is NFKC already."""
    if _HIRAGANA.fullmatch(text):
        yield 0, len(text)
        return
    for found in _RUN.finditer(text):
        yield found.span()


def labels(texts: Iterable[str]) -> dict[str, str]:
    """The words in these texts that typed ones may be compared with: folded -> as written."""
    found: dict[str, str] = {}
    for text in texts:
        composed = unicodedata.normalize("NFKC", text)
        for start, end in runs(composed):
            folded = fold(composed[start:end])
            if len(folded) >= _SHORTEST:
                found.setdefault(folded, composed[start:end])
    return found


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
class Vocabulary:
    """Words in use by the length of their folded form: (folded, its characters, as written, how often)."""

    known: frozenset[str]
    by_length: dict[int, tuple[tuple[str, frozenset[str], str, int], ...]]

    @classmethod
    def of(cls, counted: Iterable[tuple[str, str, int]]) -> Vocabulary:
        """From (folded, as written, how often), of one folded word the most frequent writing first."""
        by_length: dict[int, list[tuple[str, frozenset[str], str, int]]] = {}
        known: set[str] = set()
        for folded, written, count in counted:
            if folded not in known and len(known) < MOST_WORDS:
                known.add(folded)
                by_length.setdefault(len(folded), []).append((folded, frozenset(folded), written, count))
        return cls(frozenset(known), {length: tuple(entries) for length, entries in by_length.items()})

    def nearest(self, word: str) -> str | None:
        """The published word nearest to this one, as written; None when it is one itself or none is near.

        Of equally near ones that with the same beginning, then the most frequent.
        """
        folded = fold(word)
        if len(folded) < _SHORTEST or folded in self.known:
            return None
        most = 2 if len(folded) >= _TWO_STEPS_FROM else 1
        characters = frozenset(folded)
        found: list[tuple[int, bool, int, str, str]] = []
        for length in range(max(_SHORTEST, len(folded) - most), len(folded) + most + 1):
            for known, its, written, count in self.by_length.get(length, ()):
                if len(characters ^ its) <= 2 * most and (steps := distance(folded, known, most)) <= most:
                    found.append((steps, known[0] != folded[0], -count, known, written))
        return min(found)[-1] if found else None

    def correct(self, word: str) -> str | None:
        """The word with what was probably meant in the place of its misspelt parts; None when it has none."""
        composed = unicodedata.normalize("NFKC", word)
        kept, at = "", 0
        for start, end in runs(composed):
            meant = self.nearest(composed[start:end])
            if meant is not None:
                kept += composed[at:start] + meant
                at = end
        return kept + composed[at:] if at else None
