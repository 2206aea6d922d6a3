"""What a few typed characters may become: functions, problems, packages, vendors; at most eight, quickly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Final, Literal

from catalogue import problem_list, publications, synonym_list
from catalogue.masters import vocabulary
from catalogue.problems import Problem
from catalogue.public_lists import vendors_named
from catalogue.synonyms import Synonym
from catalogue.vocabulary import CoreFunction, Masters
from search.analyser import fold, fold_reading, reading_of
from search.engines import engine
from search.port import (
    MAX_QUERY_WORDS,
    EngineUnavailable,
    MatchStage,
    SearchRequest,
    Visibility,
    part_read,
)
from tenants.text import Text, same

MOST: Final = 8
_MOST_OF: Final = {"function": 3, "problem": 2, "package": 4, "vendor": 2}
Kind = Literal["function", "problem", "package", "vendor"]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One thing that may be meant. code: the function's or package's code, the vendor's number, the problem's words."""

    kind: Kind
    label: Text
    code: str


@dataclass(frozen=True, slots=True)
class _Entry:
    """A suggestion that is always there, and the folded words and readings it is found by."""

    suggestion: Suggestion
    keys: tuple[str, ...]

    def rank(self, typed: str, sound: str) -> int:
        """0 when a word begins with what was typed, 1 when one has it inside, 2 when none has."""
        if any(key.startswith((typed, sound)) for key in self.keys):
            return 0
        return 1 if any(typed in key for key in self.keys) else 2


def related_functions(text: str, most: int, masters: Masters) -> tuple[Suggestion, ...]:
    """Functions that these words, or one of them, may be about; nothing for nothing."""
    found: dict[str, Suggestion] = {}
    words = part_read(text).split()[:MAX_QUERY_WORDS]
    entries = _functions(masters.functions)
    for word in words:
        typed = fold(word).strip()
        sound = fold_reading(word) or typed
        about = [entry for entry in entries if typed and _concerns(entry, typed, sound)]
        found |= {entry.suggestion.code: entry.suggestion for entry in about}
    return tuple(islice(found.values(), most))


def _concerns(entry: _Entry, typed: str, sound: str) -> bool:
    """The word is part of one of the function's words, or has one of two characters and more in it."""
    return entry.rank(typed, sound) < 2 or any(len(key) > 1 and key in typed for key in entry.keys)


def suggest(text: str) -> tuple[Suggestion, ...]:
    """For what is in the box now; nothing for nothing. Without an index packages are left out.

    Of each kind some, and what one kind leaves free the packages fill.
    """
    cut = part_read(text).strip()
    typed = fold(cut).strip()
    if not typed:
        return ()
    problems = _problems(problem_list.current().entries, synonym_list.current().entries)
    entries = [*_functions(vocabulary().functions), *problems]
    sound = fold_reading(cut) or typed
    ranked = [(rank, entry.suggestion) for entry in entries if (rank := entry.rank(typed, sound)) < 2]
    ranked.sort(key=lambda pair: pair[0])
    fixed = [each for kind in ("function", "problem") for each in _first(kind, (found for _, found in ranked))]
    vendors = [
        Suggestion("vendor", same(name), number) for number, name in vendors_named(cut, limit=_MOST_OF["vendor"])
    ]
    room = max(_MOST_OF["package"], MOST - len(fixed) - len(vendors))
    found = [*fixed[: MOST - 2], *_packages(cut, room)]
    return (*found[: MOST - len(vendors)], *vendors)


def _first(kind: str, found: Iterator[Suggestion]) -> Iterator[Suggestion]:
    return islice((each for each in found if each.kind == kind), _MOST_OF[kind])


@lru_cache(maxsize=4)
def _functions(functions: Sequence[CoreFunction]) -> tuple[_Entry, ...]:
    found = []
    for row in functions:
        words = (row.name.ja, row.name.en, *row.words)
        keys = dict.fromkeys(key for word in words for key in (fold(word), reading_of(word)) if key)
        found.append(_Entry(Suggestion("function", row.name, row.code), tuple(keys)))
    return tuple(found)


@lru_cache(maxsize=4)
def _problems(problems: Sequence[Problem], synonyms: Sequence[Synonym]) -> tuple[_Entry, ...]:
    """Those of the list of problems, then the other words that the synonyms call problems."""
    said: dict[str, tuple[str, ...]] = {each.sentence: (*each.words, *each.examples) for each in problems}
    for each in synonyms:
        if each.problem:
            said.setdefault(each.term, each.texts)
    return tuple(_problem(sentence, words) for sentence, words in said.items())


@lru_cache(maxsize=5_000)
def _problem(sentence: str, words: tuple[str, ...]) -> _Entry:
    """Kept one by one: a new version of a list has a few that are new, and each takes the dictionary."""
    keys = dict.fromkeys((fold(sentence), reading_of(sentence), *map(fold, words)))
    return _Entry(Suggestion("problem", same(sentence), sentence), tuple(keys))


def _packages(text: str, most: int) -> list[Suggestion]:
    request = SearchRequest(Visibility.PUBLIC, text, per_page=most, loosest=MatchStage.READING)
    try:
        codes = [hit.id for hit in engine().search(request).hits]
    except EngineUnavailable:
        return []
    live = publications.live_packages(codes)
    return [Suggestion("package", same(live[code].content["name"]), code) for code in codes if code in live]
