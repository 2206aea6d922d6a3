"""From a sentence about a trouble to problems, functions and what a shop chose of them: reading the lists that count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from catalogue import problem_list, synonym_list
from catalogue.masters import vocabulary
from catalogue.problem_list import ProblemList
from catalogue.problems import Problem
from catalogue.synonym_list import SynonymList
from catalogue.vocabulary import Masters
from search.troubles import Understanding, recogniser
from search.widening import widen
from tenants.errors import Finding
from tenants.text import Text


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is to be solved: a problem of the list, or a function that was named. by: the words it was
    recognised by, none where it was chosen. functions: codes that solve it together."""

    code: str
    label: Text
    functions: tuple[str, ...]
    problem: bool
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Troubles:
    """What a shop wants solved. near: problems that may be meant besides. unknown: codes that nothing has."""

    items: tuple[Trouble, ...]
    near: tuple[Problem, ...]
    unknown: tuple[Finding, ...] = ()

    @property
    def functions(self) -> tuple[str, ...]:
        """Every function that is needed, each once."""
        return tuple(dict.fromkeys(code for each in self.items for code in each.functions))


def understand(text: str, industry: str | None = None, *, problems: ProblemList | None = None) -> Understanding:
    """What a text speaks of. industry: breaks ties between problems. problems: another list than the one that counts."""
    return understood(text, vocabulary(), problems or problem_list.current(), synonym_list.current(), industry)


def understood(
    text: str, words: Masters, problems: ProblemList, synonyms: SynonymList, industry: str | None = None
) -> Understanding:
    """The same for whoever has asked which lists count."""
    return recogniser(problems.entries, tuple(words.functions)).understand(text, widen(text, synonyms), industry)


def troubles(
    text: str, chosen: Sequence[str] = (), functions: Sequence[str] = (), industry: str | None = None
) -> Troubles:
    """What is to be solved: what was chosen (problems and functions by code); where nothing was, what the text says."""
    masters, known = vocabulary(), problem_list.current()
    read = understand(text, industry) if text else Understanding((), (), ())
    by = {each.problem.code: each.by for each in read.problems}
    if chosen or functions:
        problems = [each for code in chosen if (each := known.find(code)) is not None]
        named = list(functions)
    else:
        problems, named = [each.problem for each in read.problems], list(read.functions)
    items = [
        Trouble(
            each.code, Text(each.sentence, each.sentence), each.functions, problem=True, by=by.get(each.code, ())
        )
        for each in dict.fromkeys(problems)
    ]
    items += [Trouble(row.code, row.name, (row.code,), problem=False) for row in masters.functions_of(named)]
    taken = {each.code for each in items}
    also = [each.problem for each in read.problems] + list(read.near)
    return Troubles(
        tuple(items),
        tuple(each for each in dict.fromkeys(also) if each.code not in taken),
        (
            *(_unknown("problem", code) for code in chosen if known.find(code) is None),
            *(_unknown("function", code) for code in functions if masters.function(code) is None),
        ),
    )


def _unknown(field: str, code: str) -> Finding:
    what = Text("困りごと", "problem") if field == "problem" else Text("機能", "function")
    return Finding(
        f"unknown_{field}",
        Text(f"「{code[:40]}」という{what.ja}はありません。", f"There is no {what.en} {code[:40]!r}."),
        Text("一覧から選び直してください。", "Please choose from the list."),
        field,
    )
