"""What troubles a shop, as master data: a problem in its words and the core functions that help. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from catalogue.entry_rows import cell, fault, parse_rows, several, source_faults, word_faults
from catalogue.vocabulary import ALL_INDUSTRIES, Masters
from tenants.errors import BadInput, Finding

KIND: Final = "problems"
COLUMNS: Final = ("code", "sentence", "functions", "words", "examples", "industries", "source")
MOST: Final = 500
MOST_FUNCTIONS: Final = 5
MOST_WORDS: Final = 20
MOST_EXAMPLES: Final = 10
LONGEST_SENTENCE: Final = 60
LONGEST_WORD: Final = 30
CODE: Final = re.compile(r"[a-z][a-z0-9_]{1,39}")


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem and what helps.

    functions: codes of the core functions that together solve it, the one that matters most first. words: point to
    it wherever they are said; examples: other ways of saying the sentence. industries: codes it is typical of, none
    for all. source: where the row comes from.
    """

    code: str
    sentence: str
    functions: tuple[str, ...]
    words: tuple[str, ...]
    examples: tuple[str, ...]
    industries: tuple[str, ...]
    source: str

    @property
    def handle(self) -> str:
        """What it is found by in the list and in addresses: its code."""
        return self.code

    def said(self) -> tuple[str, ...]:
        """Every sentence that it is known by."""
        return (self.sentence, *self.examples)

    def row(self) -> dict[str, str]:
        """As it is kept and as it stands in a file."""
        return {
            "code": self.code,
            "sentence": self.sentence,
            "functions": ";".join(self.functions),
            "words": ";".join(self.words),
            "examples": ";".join(self.examples),
            "industries": ";".join(self.industries),
            "source": self.source,
        }


def parse(rows: Iterable[Mapping[str, Any]], *, name: str = "problems.csv", first_row: int = 2) -> list[Problem]:
    """The problems of a list. Raises BadInput with one finding for each fault, naming row and column."""
    return parse_rows(rows, read, most=MOST, column="code", name=name, first_row=first_row)


def read(row: Mapping[str, Any]) -> tuple[Problem, list[Finding]]:
    """One row, and what is wrong with it (the findings' fields are its columns)."""
    cells = {name: cell(row, name) for name in COLUMNS}
    lists = {name: several(cells[name]) for name in ("functions", "words", "examples", "industries")}
    problem = Problem(code=cells["code"], sentence=cells["sentence"], source=cells["source"], **lists)
    faults = [
        *word_faults("sentence", [problem.sentence], LONGEST_SENTENCE),
        *word_faults("words", problem.words, LONGEST_WORD),
        *word_faults("examples", problem.examples, LONGEST_SENTENCE),
        *source_faults(problem.source),
    ]
    if not CODE.fullmatch(problem.code):
        faults.append(
            fault(
                "code",
                "コードは英小文字で始まる2文字から40文字の英小文字・数字・_です",
                "a code is 2 to 40 of a-z 0-9 _ and begins with a letter",
            )
        )
    for column, ja, en, most in (
        ("functions", "役立つ機能", "functions", MOST_FUNCTIONS),
        ("words", "手がかりの言葉", "words", MOST_WORDS),
        ("examples", "ほかの言い方", "other ways of saying it", MOST_EXAMPLES),
    ):
        if not 1 <= len(lists[column]) <= most:
            faults.append(fault(column, f"{ja}は1個から{most}個までです", f"give 1 to {most} {en}"))
    return problem, faults


def unknown_codes(problem: Problem, masters: Masters) -> list[Finding]:
    """Functions and industries of a problem that the master data does not have."""
    functions = {row.code for row in masters.functions}
    industries = {row.code for row in masters.industries} - {ALL_INDUSTRIES}
    return [
        fault(column, f"「{code}」という{name}はありません", f"there is no {english} {code!r}")
        for column, name, english, codes, known in (
            ("functions", "機能", "function", problem.functions, functions),
            ("industries", "業種", "industry", problem.industries, industries),
        )
        for code in codes
        if code not in known
    ]


def check(problems: Iterable[Problem], masters: Masters) -> None:
    """Raise BadInput for codes that these masters do not have."""
    faults = [finding for each in problems for finding in unknown_codes(each, masters)]
    if faults:
        raise BadInput(*faults)
