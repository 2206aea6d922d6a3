"""Rows of lists that people edit (synonyms, problems): every fault found at once, each with its row and column. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Protocol, TypeVar

from catalogue.vocabulary import folded
from tenants.errors import BadInput, Finding
from tenants.text import Text

LONGEST_SOURCE: Final = 200


class Handled(Protocol):
    """What a row becomes; the handle is what it is found by."""

    @property
    def handle(self) -> str:
        """Each only once in a list, whatever its width and case."""


H = TypeVar("H", bound=Handled)
Row = Mapping[str, Any]


def parse_rows(
    rows: Iterable[Row],
    read: Callable[[Row], tuple[H, list[Finding]]],
    *,
    most: int,
    column: str,
    name: str,
    first_row: int,
) -> list[H]:
    """The entries of a list. column: the handle's. Raises BadInput, one finding for each fault, naming row and column."""
    found: list[H] = []
    faults: list[Finding] = []
    seen: dict[str, int] = {}
    for number, row in enumerate(rows, first_row):
        entry, wrong = read(row)
        earlier = seen.setdefault(folded(entry.handle), number)
        if earlier != number:
            wrong.append(fault(column, f"「{entry.handle}」は{earlier}行目にもあります", f"also in row {earlier}"))
        faults += [_in_row(f"{name} {number} {each.field}", each) for each in wrong]
        found.append(entry)
    if len(found) > most:
        faults.append(fault(name, f"登録は{most:,}件までです", f"at most {most:,} entries"))
    if faults:
        raise BadInput(*faults)
    return found


def cell(row: Row, column: str) -> str:
    """One cell without what surrounds it."""
    return str(row.get(column) or "").strip()


def several(written: str) -> tuple[str, ...]:
    """The parts between semicolons, each once."""
    return tuple(dict.fromkeys(part.strip() for part in written.split(";") if part.strip()))


def word_faults(column: str, words: Sequence[str], longest: int) -> list[Finding]:
    """What is wrong with these words: empty, too long, unprintable, without any letter."""
    faults = []
    for word in words:
        if not word:
            faults.append(fault(column, "何も書かれていません。言葉を書いてください", "Nothing is written here"))
        elif len(word) > longest or not word.isprintable():
            said = word[:longest] if word.isprintable() else "?"
            faults.append(
                fault(
                    column,
                    f"「{said}」は使えません。1文字から{longest}文字で書いてください",
                    f"{said!r}: 1 to {longest} characters",
                )
            )
        elif not any(character.isalnum() for character in word):
            faults.append(fault(column, f"「{word}」には文字がありません", f"{word!r} holds no letter"))
    return faults


def source_faults(source: str) -> list[Finding]:
    """What is wrong with where an entry is said to come from."""
    if 1 <= len(source) <= LONGEST_SOURCE and source.isprintable():
        return []
    return [fault("source", "出典がないか、長すぎます", "the source is missing or too long")]


def fault(column: str, ja: str, en: str) -> Finding:
    """A finding about a column; the sentences come without their full stop."""
    remedy = Text("直してから、もう一度お試しください。", "Correct it, then try again.")
    return Finding("bad_entry", Text(f"{ja}。", f"{en}."), remedy, column)


def _in_row(place: str, finding: Finding) -> Finding:
    message = Text(f"{place}: {finding.message.ja}", f"{place}: {finding.message.en}")
    return Finding(finding.code, message, finding.remedy, place)
