"""What pages reckon with today: the scheme in use and the rounds, which are asked for in one statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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
    at: datetime

    def outlay(self, content: Mapping[str, Any], amounts: Amounts) -> Outlay:
        """What the pages say beside an estimate that is made today."""
        return outlay(content, amounts, rounds=self.rounds, at=self.at)


def today() -> Today:
    """As of now."""
    scheme, newest = pricing.scheme_beside(rounds.WHERE)
    return Today(scheme, rounds.of_hash(newest), clock.now())
