"""What a shop owner means by a sentence: the problems it speaks of and the functions it names. Pure.

A problem is recognised by its words (each whole, so that レジ is not in クレジット) and by the sentences it is known by,
which share telling words with what was typed. What one problem explains is set aside before the next is looked for,
so a sentence may hold several.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from catalogue.problems import Problem
from catalogue.vocabulary import CoreFunction
from search.analyser import fold, fold_with_places, is_hiragana, reading_of, words
from search.askers import opening_of
from search.phrases import term_of
from search.port import Wider, part_read

MOST_CHARACTERS: Final = 400
MOST_PROBLEMS: Final = 5
MOST_NEAR: Final = 6
_WORD: Final = 2.0  # a word of the problem counts so many times a shared word of its sentences
_MEANT: Final = 0.5  # and as a synonym of what was typed, so much of that
_ALIKE: Final = 0.5  # without a word of its own: so much of one of its sentences must be there
_MOSTLY: Final = 0.6  # or so much of what was typed in all of them together
_WHOLE: Final = 4.0  # a problem one of whose sentences was said counts so many times
_FURTHER: Final = 0.34  # a second problem must explain so much as the first, for it is not the subject
_NEAR: Final = 0.2  # what is offered besides must score so much of the best
_SHORTEST_SOUND: Final = 4  # characters of hiragana that are looked for by their sound alone
_SHORTEST_APART: Final = 3  # or so many between particles
_PARTICLES: Final = "がをはのにでともや"


@dataclass(frozen=True, slots=True)
class Recognised:
    """A problem, and the parts of the text it was recognised by."""

    problem: Problem
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a text was understood as. near: problems that may be meant as well, the nearest first.

    functions: codes of functions that are named and that no recognised problem needs.
    """

    problems: tuple[Recognised, ...]
    functions: tuple[str, ...]
    near: tuple[Problem, ...]

    @property
    def nothing(self) -> bool:
        """Whether nothing at all was understood."""
        return not self.problems and not self.functions


@dataclass(frozen=True, slots=True)
class _Known:
    """A problem made ready: its words folded, the terms of each of its sentences, all of these together."""

    problem: Problem
    words: Mapping[str, str]
    sentences: tuple[frozenset[str], ...]
    terms: frozenset[str]


@dataclass(frozen=True, slots=True)
class Recogniser:
    """A list of problems and functions made ready for recognising. telling: how much a term says, by its rarity."""

    known: tuple[_Known, ...]
    telling: Mapping[str, float]
    functions: tuple[tuple[str, tuple[str, ...]], ...]

    def understand(self, text: str, wider: Sequence[Wider] = (), industry: str | None = None) -> Understanding:
        """What this text speaks of. wider: what its words are also searched as. industry: breaks ties.

        Of who asks (歯科の受付ですが) only where the rest speaks of nothing.
        """
        cut = part_read(text, MOST_CHARACTERS)
        begin = opening_of(cut)
        others = [each for each in wider if each.word not in cut[:begin]] if begin else wider
        rest = self._understand(cut[begin:], others, industry)
        return self._understand(cut, wider, industry) if begin and rest.nothing else rest

    def _understand(self, text: str, wider: Sequence[Wider], industry: str | None) -> Understanding:
        read = _Read.of(text, wider)
        scored = sorted(
            ((score, known) for known in self.known if (score := self._score(known, read, read.terms)) > 0),
            key=lambda pair: (-pair[0], _unusual(pair[1].problem, industry)),
        )
        found: list[Recognised] = []
        left = set(read.terms)
        first = 0.0
        while len(found) < MOST_PROBLEMS:
            best = self._best(scored, read, left, first, {each.problem.code for each in found}, industry)
            if best is None:
                break
            score, known = best
            first = first or score
            found.append(Recognised(known.problem, self._by(known, read)))
            left -= self._explained(known, read)
        taken = {each.problem.code for each in found}
        needed = {code for each in found for code in each.problem.functions}
        named = tuple(
            code
            for code, names in self.functions
            if code not in needed and any(read.has(name) & left for name in names)
        )
        least = _NEAR * scored[0][0] if scored else 0.0
        near = tuple(each.problem for score, each in scored if score >= least and each.problem.code not in taken)
        return Understanding(tuple(found), named, near[:MOST_NEAR])

    def _best(
        self,
        scored: Iterable[tuple[float, _Known]],
        read: _Read,
        left: set[str],
        first: float,
        taken: set[str],
        industry: str | None,
    ) -> tuple[float, _Known] | None:
        """The problem that explains most of what is left, if it says enough."""
        options = [
            (self._score(known, read, left), known)
            for _, known in scored
            if known.problem.code not in taken and self._enough(known, read, left)
        ]
        options = [each for each in options if each[0] > 0 and each[0] >= first * _FURTHER]
        if not options:
            return None
        return max(options, key=lambda pair: (pair[0], -_unusual(pair[1].problem, industry)))

    def _score(self, known: _Known, read: _Read, left: Iterable[str]) -> float:
        """How much of what is left speaks of this problem."""
        among = set(left)
        by_words = sum(
            _WORD * self._weight(covered & among) for word in known.words if (covered := read.has(word)) & among
        )
        by_meaning = _WORD * _MEANT * any(word in read.meant for word in known.words)
        shared = self._weight(known.terms & among)
        alike = max(
            (len(sentence & among) / len(sentence) for sentence in known.sentences if sentence), default=0.0
        )
        # Of two that share as much, the one of which a sentence was said; a whole one leaves no doubt.
        return (by_words + by_meaning + shared) * (_WHOLE if alike == 1 else 1 + alike)

    def _weight(self, terms: Iterable[str]) -> float:
        return sum(self.telling.get(term, self.telling[""]) for term in terms)

    def _enough(self, known: _Known, read: _Read, left: set[str]) -> bool:
        """Whether a word of its own was said, or most of one of its sentences."""
        if any(read.has(word) & left for word in known.words) or any(word in read.meant for word in known.words):
            return True
        # Never by one word of a sentence alone: half of one sentence, or most of what was typed.
        shared = known.terms & left
        if len(shared) > 1 and self._weight(shared) >= _MOSTLY * self._weight(left):
            return True
        return any(
            shared == sentence or (len(shared) > 1 and self._weight(shared) >= _ALIKE * self._weight(sentence))
            for sentence in known.sentences
            if (shared := sentence & left)
        )

    def _explained(self, known: _Known, read: _Read) -> set[str]:
        """The terms of the text that need no other problem once this one is recognised."""
        return set(known.terms & read.terms).union(*(read.has(word) for word in known.words))

    def _by(self, known: _Known, read: _Read) -> tuple[str, ...]:
        """Its words that were said, as its list writes them; without any, the shared words of its sentences."""
        said = [written for word, written in known.words.items() if read.has(word)]
        if not said:
            said = [read.written[term] for term in read.written if term in known.terms]
        longest = [each for each in said if not any(each != other and each in other for other in said)]
        return tuple(dict.fromkeys(longest))[:3]


def _unusual(problem: Problem, industry: str | None) -> int:
    """0 when typical of the industry, 1 when of all, 2 when of others."""
    if not problem.industries:
        return 1
    return 0 if industry in problem.industries else 2


@dataclass(frozen=True, slots=True)
class _Read:
    """A text as it is compared: its terms, how they were written, its folded words' places, what else it stands for."""

    folded: str
    spans: tuple[tuple[int, int, str], ...]
    terms: frozenset[str]
    written: Mapping[str, str]
    meant: frozenset[str]
    sound: str

    @classmethod
    def of(cls, text: str, wider: Sequence[Wider]) -> _Read:
        mapped = fold_with_places(text)
        parts = words(text)
        at = {start: n for n, start in reversed(list(enumerate(mapped.starts)))}
        ends = {end: n + 1 for n, end in enumerate(mapped.ends)}
        spans = tuple(
            (at[word.start], _end(ends, word.end), term_of(word, text))
            for word in parts
            if word.start in at and _end(ends, word.end) > at[word.start]
        )
        content = [(term, word) for word in parts if (term := term_of(word, text))]
        return cls(
            mapped.text,
            spans,
            frozenset(term for term, _ in content),
            {term: text[word.start : word.end] for term, word in content},
            frozenset(fold(each) for one in wider for each in one.texts),
            reading_of(text) if is_hiragana("".join(text.split())) else "",
        )

    def has(self, word: str) -> frozenset[str]:
        """The terms of the text that a folded word covers where it stands whole; empty when it does not."""
        return _covered(self, word)


def _end(ends: Mapping[int, int], end: int) -> int:
    """Where a word ends in the folded text; a long vowel at its end folds away."""
    return next((ends[each] for each in (end, end - 1) if each in ends), 0)


@lru_cache(maxsize=20_000)
def _covered_in(folded: str, spans: tuple[tuple[int, int, str], ...], word: str) -> frozenset[str]:
    starts = {start for start, _, _ in spans}
    ends = {end for _, end, _ in spans}
    found: set[str] = set()
    at = folded.find(word)
    while at >= 0:
        stop = at + len(word)
        if at in starts and stop in ends:
            found |= {term for start, end, term in spans if at <= start and end <= stop and term} or {word}
        at = folded.find(word, at + 1)
    return frozenset(found)


def _covered(read: _Read, word: str) -> frozenset[str]:
    # Most words are not there: looked for before what is remembered, whose key takes longer.
    found: frozenset[str] = _covered_in(read.folded, read.spans, word) if word in read.folded else frozenset()
    if not found and read.sound:
        sound = reading_of(word)
        if sound in read.sound and (len(sound) >= _SHORTEST_SOUND or _stands_apart(sound, read.sound)):
            return read.terms
    return found


@lru_cache(maxsize=2_000)
def _stands_apart(sound: str, sentence: str) -> bool:
    """Whether a short sound stands between particles: よやく in よやくのでんわがおおい."""
    return len(sound) == _SHORTEST_APART and bool(
        re.search(f"(?:^|[{_PARTICLES}]){re.escape(sound)}(?=[{_PARTICLES}]|$)", sentence)
    )


def _sentences(problem: Problem) -> Iterator[frozenset[str]]:
    for sentence in problem.said():
        yield frozenset(term for word in words(sentence) if (term := term_of(word, sentence)))


def recogniser_of(problems: Sequence[Problem], functions: Sequence[CoreFunction]) -> Recogniser:
    """Made ready once for a list; kept by :func:`recogniser`."""
    known = []
    for problem in problems:
        sentences = tuple(_sentences(problem))
        own = {folded: word for word in problem.words if (folded := fold(word))}
        known.append(_Known(problem, own, sentences, frozenset().union(*sentences)))
    often: dict[str, int] = {}
    for each in known:
        for term in each.terms:
            often[term] = often.get(term, 0) + 1
    most = math.log(1 + len(known)) or 1.0
    telling = {term: math.log((1 + len(known)) / count) / most for term, count in often.items()}
    names = tuple(
        (
            row.code,
            tuple(dict.fromkeys(fold(name) for name in (row.name.ja, *row.name.ja.split("・"), *row.words))),
        )
        for row in functions
    )
    return Recogniser(tuple(known), {**telling, "": 1.0}, names)


@lru_cache(maxsize=4)
def recogniser(problems: tuple[Problem, ...], functions: tuple[CoreFunction, ...]) -> Recogniser:
    """The recogniser of these problems and functions, made once."""
    return recogniser_of(problems, functions)
