"""What a sentence stands for by the synonyms, however it is said. Pure.

All entries that stand for the same are one thing: its words, tasks, tools and troubles. A sentence is compared with
every thing by the terms they share, each by how rare it is among things and how often the thing has it, and more so
where one of its entries is said nearly whole. What comes out best counts, and what is close to it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from math import log
from typing import Final

from catalogue.synonyms import Synonym
from search.analyser import fold
from search.askers import opening_of
from search.phrases import doing_terms, everyday_terms, says_something, telling_terms, terms_in

_HIRAGANA: Final = re.compile("[ぁ-ゖ]")
_MOST: Final = 2  # things that one query may stand for
_UNKNOWN: Final = 0.7  # what a word says that no thing has
_LEAST: Final = 0.3
_NAMED: Final = 0.5  # where it is called by its name
_SURE: Final = 0.45
_CLOSE: Final = 0.7  # of the best
_EVERYDAY: Final = 0.25  # of what an everyday word would say by its rarity
_DOING: Final = 0.6  # and what is done, of what a thing would
_ASKER: Final = 0.5  # and who asks, of what is asked
_OFTEN: Final = 0.7  # a term that an only entry has; more entries bring it nearer to 1
_MOST_SIGNS: Final = 24
_MOST_TEXTS: Final = 8
_SHORTEST_SIGN: Final = 2  # characters
_Texts = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """part: the stretch of the text. texts: what it stands for. likely: beside the likeliest. signs: words in names of
    what does it."""

    part: str
    likely: float
    texts: _Texts
    signs: _Texts


@dataclass(frozen=True)
class _Thing:
    """What several entries stand for. often: each term of theirs, by how many have it, below 1. name, own: terms of
    its name, and those that tell it alone. entries: the terms of each."""

    texts: _Texts
    signs: _Texts
    name: frozenset[str]
    own: frozenset[str]
    often: Mapping[str, float]
    entries: tuple[frozenset[str], ...]


@dataclass(frozen=True)
class Sayings:
    """The things of a list. telling: how much a term says, by its rarity among them."""

    things: tuple[_Thing, ...]
    telling: Mapping[str, float]

    @cached_property
    def _having(self) -> Mapping[str, tuple[int, ...]]:
        """The things that have each term."""
        found: dict[str, list[int]] = {}
        for number, thing in enumerate(self.things):
            for term in thing.often:
                found.setdefault(term, []).append(number)
        return {term: tuple(numbers) for term, numbers in found.items()}

    def meant_by(self, text: str) -> Iterator[Said]:
        """What a text of several words stands for, the likeliest first; what is no sentence only by a whole entry.

        Who asks (歯科の受付ですが) speaks for what the rest speaks of too, for less; alone only where the rest says nothing.
        """
        typed = terms_in(text)
        begin = opening_of(text)
        asked = frozenset(term for term, (start, _) in typed.items() if start >= begin)
        said = [*self._meant(text, typed, asked)]
        yield from said if said or len(asked) == len(typed) else self._meant(text, typed, frozenset(typed))

    def _meant(self, text: str, typed: Mapping[str, tuple[int, int]], asked: frozenset[str]) -> Iterator[Said]:
        if len(typed) < 2:
            return
        possible = set(chain.from_iterable(self._having.get(term, ()) for term in asked))
        sentence = says_something(text) and bool(_HIRAGANA.search(text))  # 電カ監視 is a misspelt name
        scored = ((self._score(self.things[number], typed, asked), -number) for number in possible)
        scores = sorted(scored, reverse=True)
        for score, number in scores[:_MOST]:
            thing = self.things[-number]
            if score >= max(_SURE, _CLOSE * scores[0][0]) and (sentence or self._says(thing, typed)):
                part = _stretch(text, typed, asked & thing.often.keys())
                yield Said(part, score / scores[0][0] * self._certainty(thing, asked), thing.texts, thing.signs)

    def _score(self, thing: _Thing, typed: Mapping[str, object], asked: frozenset[str]) -> float:
        terms = typed.keys() & thing.often
        if len(terms) == 1 and not any(term in thing.own and len(term) > 1 for term in terms):
            return 0.0  # by one word of one of its sentences alone
        shared = sum(self.telling[term] * thing.often[term] * (1 if term in asked else _ASKER) for term in terms)
        return shared * (1 + self._whole(thing, typed) + (_NAMED if thing.name <= asked else 0.0))

    def _whole(self, thing: _Thing, typed: Mapping[str, object]) -> float:
        """How much of one of its entries is said, at most 1."""
        shared = ((entry, entry & typed.keys()) for entry in thing.entries)
        return max((self._told(both) / self._told(entry) for entry, both in shared if len(both) > 1), default=0.0)

    def _says(self, thing: _Thing, typed: Mapping[str, object]) -> bool:
        """Whether words that are no sentence say an entry whole, other than by its name: 走るトラック."""
        return self._whole(thing, typed) == 1 and not thing.name <= typed.keys()

    def _certainty(self, thing: _Thing, asked: frozenset[str]) -> float:
        """How much of what is said speaks of the thing, from _LEAST to 1; words that no thing has speak of another."""
        everyday = everyday_terms()
        unknown = sum(1 for term in asked if term not in self.telling and term not in everyday)
        said = self._told(asked & self.telling.keys()) + _UNKNOWN * unknown
        return _LEAST + (1 - _LEAST) * self._told(asked & thing.often.keys()) / said

    def _told(self, terms: Iterable[str]) -> float:
        return sum(self.telling[term] for term in terms)


def _stretch(text: str, typed: Mapping[str, tuple[int, int]], terms: Iterable[str]) -> str:
    places = [typed[term] for term in terms]
    return text[min(start for start, _ in places) : max(end for _, end in places)]


def sayings_of(synonyms: Iterable[Synonym]) -> Sayings:
    """Made ready once for a list. What has no problem's sentence is no thing that sentences are about."""
    listed = tuple(synonyms)
    first = {each.texts[0]: each.texts for each in reversed(listed) if each.problem}
    grouped: dict[str, list[Synonym]] = {name: [] for name in first}
    for each in listed:
        if each.texts[0] in grouped:
            grouped[each.texts[0]].append(each)
    told = {name: frozenset(text for each in entries for text in each.texts) for name, entries in grouped.items()}
    things = tuple(_thing(first[name], entries, _strangers(name, told)) for name, entries in grouped.items())
    done = doing_terms(each.term for each in listed if each.problem)
    known = Counter(term for thing in things for term in thing.often)
    most = log(1 + len(things)) or 1.0
    telling = {term: log((1 + len(things)) / number) / most * _share(term, done) for term, number in known.items()}
    return Sayings(things, telling)


def _shortest(words: Sequence[str]) -> _Texts:
    """The words but the first, without those that have another of them as a part: where they stand, that stands too."""
    written = {fold(word): word for word in words}
    return tuple(
        word
        for folded, word in [*written.items()][1:]
        if not any(other in folded for other in written if other != folded)
    )


def _share(term: str, done: frozenset[str]) -> float:
    if term in everyday_terms():
        return _EVERYDAY
    return _DOING if term in done else 1.0


def _strangers(name: str, told: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The names of the other things that do not stand for this one in turn: チャット, beside 勤怠, of テレワーク."""
    return frozenset(other for other, texts in told.items() if name not in texts)


def _thing(texts: _Texts, entries: Iterable[Synonym], strangers: frozenset[str]) -> _Thing:
    """What these entries stand for; of words, without what is another thing that a word may be about as well."""
    listed = tuple(entries)
    terms = [telling_terms(each.term) for each in listed]
    words = [each for each, entry in zip(terms, listed, strict=True) if not entry.problem]
    names = [frozenset(terms_in(text)) for text in texts]
    counted = Counter(term for each in (*terms, *names) for term in each)
    called = (each.term for each in listed if not each.problem and len(fold(each.term)) >= _SHORTEST_SIGN)
    others = dict.fromkeys(text for each in listed for text in each.texts if each.problem or text not in strangers)
    return _Thing(
        tuple(dict.fromkeys((*texts, *others)))[:_MOST_TEXTS],
        _shortest([texts[0], *called])[:_MOST_SIGNS],
        names[0],
        frozenset(chain.from_iterable(each for each in (*words, *names) if len(each) == 1)).union(
            term for term, number in counted.items() if number > 1
        ),
        {term: 1 - (1 - _OFTEN) / number for term, number in counted.items()},
        tuple(each for each in terms if len(each) > 1),
    )
