"""What a change to the problems would do to what sentences are understood as, before it is made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from catalogue import offer_terms
from catalogue.offer_terms import OfferGroup
from catalogue.problem_list import ProblemList
from catalogue.problems import Problem
from search.finding import understand
from search.troubles import Understanding

MOST_ELSEWHERE: Final = 10


@dataclass(frozen=True, slots=True)
class SentencePreview:
    """A sentence, and the problems it is understood as, now and with the change: in the problems' own words."""

    sentence: str
    now: tuple[str, ...]
    then: tuple[str, ...]

    @property
    def changes(self) -> bool:
        """Whether it will be understood otherwise."""
        return self.now != self.then


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
    changed = (each for each in _previews(others, before, after) if each.changes)
    return ProblemPreview(
        tuple(_previews(own, before, after)),
        tuple(each for each, _ in zip(changed, range(MOST_ELSEWHERE), strict=False)),
        _packages(concerned[0].functions) if concerned else 0,
    )


def _previews(sentences: Iterable[str], before: ProblemList, after: ProblemList) -> Iterable[SentencePreview]:
    for sentence in sentences:
        yield SentencePreview(
            sentence,
            _said(understand(sentence, problems=before)),
            _said(understand(sentence, problems=after)),
        )


def _said(understood: Understanding) -> tuple[str, ...]:
    return tuple(each.problem.sentence for each in understood.problems)


def _packages(functions: Sequence[str]) -> int:
    wanted = set(functions)
    return sum(
        number for name, number in offer_terms.groups().items() if wanted <= OfferGroup.read(name).functions
    )
