"""What public pages rest on today: the scheme in use, the rounds, the catalogue's words, the call centre's hours and
the synonyms. Which versions count is asked in one statement, each is read and parsed once in each process.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from catalogue import masters, synonym_list, synonyms
from catalogue.synonym_list import SynonymList
from catalogue.vocabulary import Masters
from marketplace import pricing, rounds
from marketplace.outlay import Amounts, Outlay, outlay
from marketplace.rounds import CallCentre, Round
from marketplace.subsidy.scheme import Scheme
from tenants import clock
from tenants.errors import NotFound

_BESIDE: Final = (rounds.KIND, rounds.CALL_CENTRE, synonyms.KIND)


@dataclass(frozen=True, slots=True)
class Today:
    """call_centre: None where its hours were never loaded. at: the moment whose windows are those ahead."""

    scheme: Scheme
    rounds: tuple[Round, ...]
    words: Masters
    call_centre: CallCentre | None
    synonyms: SynonymList
    at: datetime

    def outlay(self, content: Mapping[str, Any], amounts: Amounts) -> Outlay:
        """What the pages say beside an estimate that is made today."""
        return outlay(content, amounts, rounds=self.rounds, at=self.at)


def today() -> Today:
    """As of now. NotFound when one of them was never loaded."""
    heads = masters.heads_with_named("scheme", pricing.NAMED, _BESIDE)
    newest = {kind: head.content_hash for kind, head in heads.items()}
    return Today(
        pricing.of_hash(newest.get("scheme")),
        rounds.of_hash(newest.get(rounds.KIND)),
        masters.words_of(heads),
        _call_centre(newest.get(rounds.CALL_CENTRE)),
        synonym_list.of_head(heads.get(synonyms.KIND)),
        clock.now(),
    )


def _call_centre(newest: str | None) -> CallCentre | None:
    try:
        return rounds.call_centre(newest)
    except NotFound:
        return None
