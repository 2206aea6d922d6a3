"""Synonyms and people's words as master data: what a word is also searched as. Pure: rows in, synonyms out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from catalogue.entry_rows import cell, fault, parse_rows, several, source_faults, word_faults
from catalogue.vocabulary import folded
from tenants.errors import Finding
from tenants.text import Text

KIND: Final = "synonyms"
MOST: Final = 12_000
MOST_TEXTS: Final = 8
LONGEST: Final = 40
DIRECTIONS: Final = {
    "one_way": Text("一方向", "One way"),
    "two_way": Text("双方向", "Both ways"),
}
KINDS: Final = {
    "word": Text("言葉", "Word"),
    "problem": Text("困りごと", "Problem"),
}


@dataclass(frozen=True, slots=True)
class Synonym:
    """A word and what it is also searched as, best first.

    two_way: names of the same; whichever is searched, the others are too. problem: a sentence that people describe their trouble
    with, which others are compared with. source: where it comes from.
    """

    term: str
    texts: tuple[str, ...]
    two_way: bool
    problem: bool
    source: str

    @property
    def handle(self) -> str:
        """What it is found by in the list: its term."""
        return self.term

    def row(self) -> dict[str, str]:
        """As it is kept and as it stands in a file."""
        return {
            "word": self.term,
            "texts": ";".join(self.texts),
            "direction": "two_way" if self.two_way else "one_way",
            "kind": "problem" if self.problem else "word",
            "source": self.source,
        }

    def words(self) -> tuple[str, ...]:
        """The words whose searches it changes."""
        return (self.term, *self.texts) if self.two_way else (self.term,)


def parse(rows: Iterable[Mapping[str, Any]], *, name: str = "synonyms.csv", first_row: int = 2) -> list[Synonym]:
    """The synonyms of a list. Raises BadInput with one finding for each fault, naming row and column."""
    return parse_rows(rows, read, most=MOST, column="word", name=name, first_row=first_row)


def read(row: Mapping[str, Any]) -> tuple[Synonym, list[Finding]]:
    """One row, and what is wrong with it (the findings' fields are its columns)."""
    cells = {name: cell(row, name) for name in ("word", "texts", "direction", "kind", "source")}
    texts = several(cells["texts"])
    faults = [*word_faults("word", [cells["word"]], LONGEST), *word_faults("texts", texts, LONGEST)]
    if not 1 <= len(texts) <= MOST_TEXTS:
        faults.append(fault("texts", f"言い換えは1つから{MOST_TEXTS}つまでです", f"give 1 to {MOST_TEXTS} texts"))
    if folded(cells["word"]) in map(folded, texts):
        faults.append(fault("texts", "もとの言葉と同じ言い換えがあります", "a text is the word itself"))
    for column, known in (("direction", DIRECTIONS), ("kind", KINDS)):
        if cells[column] not in known:
            faults.append(fault(column, "一覧から選んでください", "choose one of " + ", ".join(known)))
    faults += source_faults(cells["source"])
    two_way, problem = cells["direction"] == "two_way", cells["kind"] == "problem"
    return Synonym(cells["word"], texts, two_way, problem, cells["source"]), faults
