"""What a change to the problems would do to what sentences are understood as, before it is made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from catalogue import offer_terms, synonym_list
from catalogue.masters import vocabulary
from catalogue.offer_terms import OfferGroup
from catalogue.problem_list import ProblemList
from catalogue.problems import Problem
from catalogue.synonym_list import SynonymList
from search.troubles import Recogniser, Understanding, recogniser
from search.widening import widen

MOST_ELSEWHERE: Final = 10


@dataclass(frozen=True, slots=True)
class SentencePreview:
    """A sentence, and the problems it is understood as, now and with the change: in the problems' own words.

    changes: whether it will be understood otherwise; a problem that is only said in other words is the same.
    """

    sentence: str
    now: tuple[str, ...]
    then: tuple[str, ...]
    changes: bool


@dataclass(frozen=True, slots=True)
class ProblemPreview:
    """own: the problem's sentences. elsewhere: sentences of other problems that would be understood otherwise.

    packages: how many live packages have all its functions.
    """

    own: tuple[SentencePreview, ...]
    elsewhere: tuple[SentencePreview, ...]
    packages: int


def preview(before: ProblemList, after: ProblemList, concerned: Sequence[Problem]) -> ProblemPreview:
    """The preview of a change; concerned: the problem as it would be, and as it was."""
    own = list(dict.fromkeys(sentence for each in concerned for sentence in each.said()))
    others = [sentence for each in before.entries if each not in concerned for sentence in each.said()]
    # Hundreds of sentences: the lists are read once.
    known, functions = synonym_list.current(), tuple(vocabulary().functions)
    now, then = (recogniser(each.entries, functions) for each in (before, after))
    previews = partial(_previews, now, then, known)
    changed = (each for each in previews(others) if each.changes)
    return ProblemPreview(
        tuple(previews(own)),
        tuple(each for each, _ in zip(changed, range(MOST_ELSEWHERE), strict=False)),
        _packages(concerned[0].functions) if concerned else 0,
    )


def _previews(
    now: Recogniser, then: Recogniser, known: SynonymList, sentences: Iterable[str]
) -> Iterable[SentencePreview]:
    for sentence in sentences:
        widened = widen(sentence, known)
        before, after = (each.understand(sentence, widened, None) for each in (now, then))
        yield SentencePreview(sentence, _said(before), _said(after), _codes(before) != _codes(after))


def _codes(understood: Understanding) -> list[str]:
    return [each.problem.code for each in understood.problems]


def _said(understood: Understanding) -> tuple[str, ...]:
    return tuple(each.problem.sentence for each in understood.problems)


def _packages(functions: Sequence[str]) -> int:
    wanted = set(functions)
    return sum(
        number for name, number in offer_terms.groups().items() if wanted <= OfferGroup.read(name).functions
    )
