"""What public pages rest on today: the scheme in use, the rounds, the catalogue's words, the call centre's hours,
the synonyms and the problems. Which versions count is asked in one statement, each is read and parsed once in each process.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any, Final, NamedTuple

from catalogue import masters, problem_list, problems, publications, synonym_list, synonyms
from catalogue.problem_list import ProblemList
from catalogue.publications import Published
from catalogue.synonym_list import SynonymList
from catalogue.vocabulary import Masters
from marketplace import pricing, rounds
from marketplace.outlay import Amounts, Outlay, outlay
from marketplace.rounds import CallCentre, Round
from marketplace.subsidy.engine import Figures
from marketplace.subsidy.scheme import Scheme
from marketplace.subsidy.tariff import Tariff
from tenants import clock
from tenants.errors import NotFound
from tenants.public_changes import Unchanged

_BESIDE: Final = (rounds.KIND, rounds.CALL_CENTRE, synonyms.KIND, problems.KIND)


@dataclass(frozen=True, slots=True, eq=False)
class Ahead:
    """What of time an outlay rests on: the windows that are not over, and the day in Japan. The same are one object."""

    rounds: tuple[Round, ...]
    day: date


_ahead: Final = lru_cache(maxsize=100)(Ahead)


class Money(NamedTuple):
    """What lists say of a package's money: its figures, and what stands beside them."""

    figures: Figures
    outlay: Outlay


@dataclass(frozen=True, slots=True)
class Today:
    """call_centre: None where its hours were never loaded. at: the moment whose windows are those ahead."""

    scheme: Scheme
    rounds: tuple[Round, ...]
    words: Masters
    call_centre: CallCentre | None
    synonyms: SynonymList
    problems: ProblemList
    at: datetime
    ahead: Ahead

    def outlay(self, content: Mapping[str, Any], amounts: Amounts) -> Outlay:
        """What the pages say beside an estimate that is made today."""
        return outlay(content, amounts, rounds=self.rounds, at=self.at)

    def money_of(self, package: Published, facts: pricing.Facts | None) -> Money:
        """What lists say of a publication's money, by these facts of a business. Reckoned once for all it rests on."""
        tariff = pricing.tariff_of(package.content["functions"], self.scheme, facts)
        return _reckoned(package, tariff, self.ahead)


@lru_cache(maxsize=publications.MOST_KEPT)
def _reckoned(package: Published, tariff: Tariff, ahead: Ahead) -> Money:
    figures = pricing.figures_under(package.content, tariff)
    midnight = datetime.combine(ahead.day, time(), clock.JAPAN)
    return Money(figures, outlay(package.content, figures, rounds=ahead.rounds, at=midnight))


_heads: Final[Unchanged[date, masters.Heads]] = Unchanged(2)  # around midnight


def _ask_heads(days: Sequence[date]) -> dict[date, masters.Heads]:
    return {day: masters.heads_with_named("scheme", pricing.NAMED, _BESIDE, on=day) for day in days}


def today() -> Today:
    """As of now. NotFound when one of them was never loaded."""
    day = clock.today()
    heads = _heads.of([day], _ask_heads)[day]
    newest = {kind: head.content_hash for kind, head in heads.items()}
    every_round, now = rounds.of_hash(newest.get(rounds.KIND)), clock.now()
    return Today(
        pricing.of_hash(newest.get("scheme")),
        every_round,
        masters.words_of(heads),
        _call_centre(newest.get(rounds.CALL_CENTRE)),
        synonym_list.of_head(heads.get(synonyms.KIND)),
        problem_list.of_head(heads.get(problems.KIND)),
        now,
        _ahead(tuple(each for each in every_round if each.closes_at >= now), day),
    )


def _call_centre(newest: str | None) -> CallCentre | None:
    try:
        return rounds.call_centre(newest)
    except NotFound:
        return None
