"""What pages reckon with today: the scheme in use, the rounds and the catalogue's words, asked for in one statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from catalogue import masters
from catalogue.vocabulary import Masters
from marketplace import pricing, rounds
from marketplace.outlay import Amounts, Outlay, outlay
from marketplace.rounds import Round
from marketplace.subsidy.scheme import Scheme
from tenants import clock


@dataclass(frozen=True, slots=True)
class Today:
    """at: the moment whose windows are those ahead."""

    scheme: Scheme
    rounds: tuple[Round, ...]
    words: Masters
    at: datetime

    def outlay(self, content: Mapping[str, Any], amounts: Amounts) -> Outlay:
        """What the pages say beside an estimate that is made today."""
        return outlay(content, amounts, rounds=self.rounds, at=self.at)


def today() -> Today:
    """As of now. NotFound when one of them was never loaded."""
    heads = masters.heads_with_named("scheme", pricing.NAMED, rounds.KIND)
    newest = {kind: head.content_hash for kind, head in heads.items()}
    return Today(
        pricing.of_hash(newest.get("scheme")),
        rounds.of_hash(newest.get(rounds.KIND)),
        masters.words_of(heads),
        clock.now(),
    )
