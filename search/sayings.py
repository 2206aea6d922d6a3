"""What a sentence stands for by the problems' sentences of the synonyms, however it is said. Pure.

A problem counts where all its telling words are said. Where none is, all that is known of the same thing counts
together: トラック, 運転 and 居場所 are of one function, in whatever sentences of it they stand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import log
from typing import Final

from catalogue.synonyms import Synonym
from search.analyser import fold
from search.phrases import is_sentence, telling_terms, terms_in

_MOST: Final = 2  # sentences that one query may say
_ENOUGH: Final = 1.3  # more than one term of one thing alone
_SHARE: Final = 0.5  # of all that the query says
_LEAD: Final = 1.25  # before the next thing
_SHORTEST_NAME: Final = 3  # characters: 会計 and レジ stand in sentences about other things
_Texts = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sayings:
    """sentences: the telling terms of each, the fullest first, with what it stands for. things: all terms of what
    stands for the same. telling: how much a term says, by its rarity among things. names: of the things."""

    sentences: tuple[tuple[frozenset[str], _Texts], ...]
    things: Mapping[_Texts, frozenset[str]]
    telling: Mapping[str, float]
    names: frozenset[str]

    def meant_by(self, text: str) -> Iterator[tuple[str, _Texts]]:
        """The stretches of a text that stand for something, and for what."""
        typed = terms_in(text)
        met: list[frozenset[str]] = []
        for terms, texts in self.sentences:
            if terms <= typed.keys() and not any(terms <= other for other in met):
                met.append(terms)
                yield _stretch(text, typed, terms), texts
                if len(met) == _MOST:
                    return
        if not met and is_sentence(text) and not any(name in fold(text) for name in self.names):
            yield from self._together(text, typed)

    def _together(self, text: str, typed: Mapping[str, tuple[int, int]]) -> Iterator[tuple[str, _Texts]]:
        said = telling_terms(text)
        scores = sorted(
            ((sum(self.telling[term] for term in said & terms), texts) for texts, terms in self.things.items()),
            reverse=True,
        )
        whole = sum(self.telling.get(term, 1.0) for term in said)
        (best, texts), (following, _) = [*scores, (0.0, ()), (0.0, ())][:2]
        shared = said & self.things.get(texts, frozenset())
        if len(shared) > 1 and best >= max(_ENOUGH, _SHARE * whole, _LEAD * following):
            yield _stretch(text, typed, shared), texts


def _stretch(text: str, typed: Mapping[str, tuple[int, int]], terms: Iterable[str]) -> str:
    places = [typed[term] for term in terms]
    return text[min(start for start, _ in places) : max(end for _, end in places)]


def sayings_of(synonyms: Iterable[Synonym]) -> Sayings:
    """Made ready once for a list. What has no problem's sentence is no thing that sentences are about."""
    listed = tuple(synonyms)
    sentences = [(telling_terms(each.term), each.texts) for each in listed if each.problem]
    first = {texts[0]: texts for _, texts in reversed(sentences)}
    things: dict[_Texts, set[str]] = {texts: set() for texts in first.values()}
    for each in listed:
        if each.texts[0] in first:
            things[first[each.texts[0]]] |= telling_terms(each.term)
    often = Counter(term for terms in things.values() for term in terms)
    most = log(1 + len(things)) or 1.0
    return Sayings(
        tuple(sorted((pair for pair in sentences if len(pair[0]) > 1), key=lambda pair: -len(pair[0]))),
        {texts: frozenset(terms) for texts, terms in things.items()},
        {term: log((1 + len(things)) / number) / most for term, number in often.items()},
        frozenset(name for texts in things for text in texts if len(name := fold(text)) >= _SHORTEST_NAME),
    )
