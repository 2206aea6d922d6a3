"""Synonyms and people's words as master data: what a word is also searched as. Pure: rows in, synonyms out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from catalogue.vocabulary import folded
from tenants.errors import BadInput, Finding
from tenants.text import Text

KIND: Final = "synonyms"
MOST: Final = 2_000
MOST_TEXTS: Final = 5
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

    two_way: each of the texts is also searched as the term. problem: a sentence that people describe their trouble
    with, shown among the suggestions. source: where it comes from.
    """

    term: str
    texts: tuple[str, ...]
    two_way: bool
    problem: bool
    source: str

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
    found: list[Synonym] = []
    faults: list[Finding] = []
    seen: dict[str, int] = {}
    for number, row in enumerate(rows, first_row):
        synonym, wrong = read(row)
        earlier = seen.setdefault(folded(synonym.term), number)
        if earlier != number:
            wrong.append(
                _fault("word", f"「{synonym.term}」は{earlier}行目にもあります", f"also in row {earlier}")
            )
        faults += [_in_row(f"{name} {number} {each.field}", each) for each in wrong]
        found.append(synonym)
    if len(found) > MOST:
        faults.append(_fault(name, f"言葉は{MOST:,}件までです", f"at most {MOST:,} words"))
    if faults:
        raise BadInput(*faults)
    return found


def read(row: Mapping[str, Any]) -> tuple[Synonym, list[Finding]]:
    """One row, and what is wrong with it (the findings' fields are its columns)."""
    cells = {name: str(row.get(name) or "").strip() for name in ("word", "texts", "direction", "kind", "source")}
    texts = tuple(dict.fromkeys(text.strip() for text in cells["texts"].split(";") if text.strip()))
    faults = [*_word_faults("word", [cells["word"]]), *_word_faults("texts", texts)]
    if not 1 <= len(texts) <= MOST_TEXTS:
        faults.append(_fault("texts", f"言い換えは1つから{MOST_TEXTS}つまでです", f"give 1 to {MOST_TEXTS} texts"))
    if folded(cells["word"]) in map(folded, texts):
        faults.append(_fault("texts", "もとの言葉と同じ言い換えがあります", "a text is the word itself"))
    for column, known in (("direction", DIRECTIONS), ("kind", KINDS)):
        if cells[column] not in known:
            faults.append(_fault(column, "一覧から選んでください", "choose one of " + ", ".join(known)))
    if not 1 <= len(cells["source"]) <= LONGEST * 5:
        faults.append(_fault("source", "出典がないか、長すぎます", "the source is missing or too long"))
    two_way, problem = cells["direction"] == "two_way", cells["kind"] == "problem"
    return Synonym(cells["word"], texts, two_way, problem, cells["source"]), faults


def _word_faults(column: str, words: Sequence[str]) -> list[Finding]:
    faults = []
    for word in words:
        if not word or len(word) > LONGEST or not word.isprintable():
            said = word[:LONGEST] if word.isprintable() else "?"
            faults.append(
                _fault(
                    column,
                    f"「{said}」は使えません。1文字から{LONGEST}文字で書いてください",
                    f"{said!r}: 1 to {LONGEST} characters",
                )
            )
        elif not any(character.isalnum() for character in word):
            faults.append(_fault(column, f"「{word}」には文字がありません", f"{word!r} holds no letter"))
    return faults


def _fault(column: str, ja: str, en: str) -> Finding:
    remedy = Text("直してから、もう一度お試しください。", "Correct it, then try again.")
    return Finding("bad_synonym", Text(f"{ja}。", f"{en}."), remedy, column)


def _in_row(place: str, finding: Finding) -> Finding:
    message = Text(f"{place}: {finding.message.ja}", f"{place}: {finding.message.en}")
    return Finding(finding.code, message, finding.remedy, place)
