"""What a few typed characters may become: functions, problems, packages, vendors; at most eight, quickly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Final, Literal

from catalogue import publications
from catalogue.problems import Problem
from catalogue.public_lists import vendors_named
from catalogue.synonym_list import SynonymList
from catalogue.synonyms import Synonym
from catalogue.vocabulary import CoreFunction, Masters
from marketplace.today import Today, today
from search.analyser import fold, fold_reading, reading_of, words
from search.engines import engine
from search.english import ENGLISH
from search.meant import corrections, rewritten
from search.port import (
    MAX_QUERY_WORDS,
    EngineUnavailable,
    MatchStage,
    SearchRequest,
    Visibility,
    Wider,
    part_read,
)
from search.romaji import plain_romaji, romaji_of
from search.widening import program_for, stands_for
from tenants.text import Text, same

MOST: Final = 8
_RANKS: Final = 3
_MOST_TOGETHER: Final = 4  # words of one name: オンライン予約受付システム
_FEWEST_LETTERS: Final = 4  # of rōmaji or half a word of English: fewer begin too much
_FEWEST_INSIDE: Final = 5  # of rōmaji: られ is rare
_MOST_BEGUN: Final = 4
_MOST_OF: Final = {"function": 3, "problem": 2, "package": 4, "vendor": 2}
Kind = Literal["function", "problem", "package", "vendor"]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One thing that may be meant. code: the function's, problem's or package's code, the vendor's number."""

    kind: Kind
    label: Text
    code: str


@dataclass(frozen=True, slots=True)
class _Entry:
    """A suggestion that is always there, the folded words it is found by, and their sounds, in kana and in rōmaji, from so
    many kana on."""

    suggestion: Suggestion
    keys: tuple[str, ...]
    sounds: tuple[str, ...]
    shortest_sound: int = 1

    def rank(self, typed: _Typed) -> int:
        """0 when a word begins with what was typed, 1 when one has it inside, 2 when what was typed is about one."""
        heard = self.sounds if len(typed.sound) >= self.shortest_sound else ()
        if _any_begins(self.keys, typed.folded) or _any_begins(heard, typed.sound):
            return 0
        # One character stands inside of almost everything.
        if (len(typed.folded) > 1 and any(typed.folded in key for key in self.keys)) or (
            len(typed.sound) >= typed.fewest_inside and any(typed.sound in each for each in heard)
        ):
            return 1
        return _RANKS if typed.about.isdisjoint((*self.keys, *self.sounds)) else 2


def _any_begins(words_: Iterable[str], typed: str) -> bool:
    return any(each.startswith(typed) for each in words_)


@dataclass(frozen=True, slots=True)
class _Typed:
    """What was typed, folded and by its sound, which is rōmaji in one spelling for Latin letters, and nothing for few of
    them. names: what else it is called, best first. about: the words in all of these, folded, and those that stand
    together."""

    folded: str
    sound: str
    fewest_inside: int
    names: tuple[str, ...]
    about: frozenset[str]

    @classmethod
    def of(cls, text: str, synonyms: SynonymList) -> _Typed:
        """レジシステム is レジ and POS besides, and about both; invo is about invoices."""
        folded = fold(text).strip()
        latin = folded.isascii()
        begun = _begun(folded, synonyms) if latin and len(folded) >= _FEWEST_LETTERS else ()
        said = (text, program_for(text), *begun)
        names = dict.fromkeys(name for each in said if each for name in (each, *stands_for(each, synonyms)))
        about = frozenset(part for name in names for part in _parts(name))
        sound = plain_romaji(folded) if latin else fold_reading(text)
        if latin and len(folded) < _FEWEST_LETTERS:
            sound = ""
        return cls(folded, sound, _FEWEST_INSIDE if latin else 2, tuple(names)[1:], about)


@dataclass(frozen=True, slots=True)
class _Listed:
    """A list told apart by its key alone: to compare the entries would take longer than to look through them."""

    key: str
    entries: tuple[Synonym, ...] = field(compare=False)


def _begun(folded: str, synonyms: SynonymList) -> tuple[str, ...]:
    """The words of English that begin with these letters, the shortest first."""
    known = _latin_words(_Listed(synonyms.key, synonyms.entries))
    return tuple(islice((word for word in known if word.startswith(folded) and word != folded), _MOST_BEGUN))


@lru_cache(maxsize=4)
def _latin_words(synonyms: _Listed) -> tuple[str, ...]:
    entries = (text for each in synonyms.entries for text in (each.term, *each.texts) if text.isascii())
    return tuple(sorted({*map(fold, entries), *ENGLISH}, key=lambda word: (len(word), word)))


def _parts(name: str) -> Iterator[str]:
    """Its words, and those that stand together, folded: レジ is no part of クレジット."""
    found = words(name)
    for start, first in enumerate(found):
        for last in found[start : start + _MOST_TOGETHER]:
            yield fold(name[first.start : last.end])


def related_functions(text: str, most: int, masters: Masters, synonyms: SynonymList) -> tuple[Suggestion, ...]:
    """Functions that these words, or one of them, may be about; nothing for nothing."""
    found: dict[str, Suggestion] = {}
    for word in part_read(text).split()[:MAX_QUERY_WORDS]:
        found |= {each.code: each for each in _ranked(_functions(masters.functions), _Typed.of(word, synonyms))}
    return tuple(islice(found.values(), most))


def _ranked(entries: Sequence[_Entry], typed: _Typed) -> list[Suggestion]:
    """Those that may be meant, what begins with what was typed first."""
    if not typed.folded:
        return []
    ranked = [(rank, entry.suggestion) for entry in entries if (rank := entry.rank(typed)) < _RANKS]
    return [each for _, each in sorted(ranked, key=lambda pair: pair[0])]


def suggest(text: str) -> tuple[Suggestion, ...]:
    """For what is in the box now; nothing for nothing. Without an index packages are left out.

    Of each kind some, and what one kind leaves free the packages fill. What nothing has is taken as it was meant.
    """
    cut = part_read(text).strip()
    if not fold(cut).strip():
        return ()
    now = today()
    return _suggested(cut, now) or _as_meant(cut, now)


def _as_meant(cut: str, now: Today) -> tuple[Suggestion, ...]:
    """Of what nothing begins with or has, as it was probably meant: コールセンター for コールセター."""
    meant = rewritten(cut, corrections(cut, now.synonyms))
    return _suggested(meant, now) if meant != cut else ()


def _suggested(cut: str, now: Today) -> tuple[Suggestion, ...]:
    typed = _Typed.of(cut, now.synonyms)
    functions = _ranked(_functions(now.words.functions), typed)[: _MOST_OF["function"]]
    problems = _ranked(_problems(now.problems.entries), typed)[: _MOST_OF["problem"]]
    vendors = _vendors(cut, _MOST_OF["vendor"])
    fixed = [*functions, *problems]
    room = max(_MOST_OF["package"], MOST - len(fixed) - len(vendors))
    found = [*fixed, *_packages(cut, typed.names, room)]
    return (*found[: MOST - len(vendors)], *vendors)


def suggest_vendors(text: str) -> tuple[Suggestion, ...]:
    """Vendors whose name or its reading has what is in the box now, at most eight; nothing for nothing."""
    cut = part_read(text).strip()
    return tuple(_vendors(cut, MOST)) if fold(cut).strip() else ()


def _vendors(text: str, most: int) -> list[Suggestion]:
    return [Suggestion("vendor", same(name), number) for number, name in vendors_named(text, limit=most)]


@lru_cache(maxsize=4)
def _functions(functions: Sequence[CoreFunction]) -> tuple[_Entry, ...]:
    found = []
    for row in functions:
        called = (row.name.ja, row.name.en, *row.name.ja.split("・"), *row.words)
        keys = dict.fromkeys(map(fold, called))
        found.append(
            _Entry(Suggestion("function", row.name, row.code), tuple(filter(None, keys)), _sounds(called))
        )
    return tuple(found)


@lru_cache(maxsize=4)
def _problems(problems: Sequence[Problem]) -> tuple[_Entry, ...]:
    """Those of the list alone: the sentences among the synonyms are for comparing, and lead nowhere by themselves."""
    return tuple(map(_problem, problems))


@lru_cache(maxsize=500)
def _problem(problem: Problem) -> _Entry:
    """Kept one by one: a new version of the list has a few that are new, and each takes the dictionary."""
    keys = dict.fromkeys(map(fold, (problem.sentence, *problem.words, *problem.examples)))
    found = Suggestion("problem", same(problem.sentence), problem.code)
    return _Entry(found, tuple(keys), _sounds((problem.sentence,)), shortest_sound=3)


def _sounds(called: Iterable[str]) -> tuple[str, ...]:
    kana = dict.fromkeys(map(reading_of, called))
    return tuple(filter(None, (*kana, *map(romaji_of, kana))))


def _packages(text: str, names: tuple[str, ...], most: int) -> list[Suggestion]:
    synonyms = (Wider(text, names, called=True),) if names else ()
    request = SearchRequest(Visibility.PUBLIC, text, per_page=most, loosest=MatchStage.READING, synonyms=synonyms)
    try:
        codes = [hit.id for hit in engine().search(request).hits]
    except EngineUnavailable:
        return []
    live = publications.live_packages(codes)
    return [Suggestion("package", same(live[code].content["name"]), code) for code in codes if code in live]
