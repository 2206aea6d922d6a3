"""What a package costs its business in the end: now, when the money flows, in later years. Pure; whole yen.

The one way from an estimate's figures to what every page says beside them. Before consumption tax, except the payments.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from marketplace.cash_flow import CashFlow, cash_flow
from marketplace.rounds import Round
from tenants import clock

# The years that are reckoned with: the first, and two more of use.
YEARS: Final = 3


class Amounts(Protocol):
    """The figures of an estimate, made now or frozen."""

    @property
    def total_yen(self) -> int:
        """All of the first year."""

    @property
    def subsidy_yen(self) -> int:
        """What comes back."""

    @property
    def own_cost_yen(self) -> int:
        """What stays with the business."""


@dataclass(frozen=True, slots=True)
class Years:
    """by_year: own cost first, then what falls due every year. complete: False when renewal prices are missing, so
    that the total is a lower bound."""

    by_year: tuple[int, ...]
    complete: bool

    @property
    def total_yen(self) -> int:
        """All :data:`YEARS` together."""
        return sum(self.by_year)


def years(own_cost_yen: int, content: Mapping[str, Any]) -> Years:
    """The first :data:`YEARS` of a package's content as it is published, quoted or frozen."""
    later = (content["second_year_yen"],) * (YEARS - 1)
    return Years((own_cost_yen, *later), complete=not content["second_year_incomplete"])


@dataclass(frozen=True, slots=True)
class Outlay:
    """What the pages show. second_year_yen: of each later year."""

    total_yen: int
    subsidy_yen: int
    own_cost_yen: int
    second_year_yen: int
    years: Years
    flow: CashFlow

    def __hash__(self) -> int:
        """Of the amounts, which tell most of them apart: an outlay is part of many keys."""
        return hash((self.total_yen, self.subsidy_yen, self.own_cost_yen, self.second_year_yen))

    @property
    def fundable(self) -> bool:
        """Whether anything comes back."""
        return self.subsidy_yen > 0


def outlay(
    content: Mapping[str, Any],
    amounts: Amounts,
    *,
    rounds: Iterable[Round],
    at: datetime,
    priced_at: datetime | None = None,
) -> Outlay:
    """The outlay for a package's content and an estimate of it.

    at: the windows for completion reports and payout that are not over then give the days; for what is frozen, the
    moment it was. priced_at: whose day's rate of consumption tax counts, by default that of the quote in the content,
    else of ``at``.
    """
    priced = priced_at or _quoted_at(content) or at
    return Outlay(
        amounts.total_yen,
        amounts.subsidy_yen,
        amounts.own_cost_yen,
        content["second_year_yen"],
        years(amounts.own_cost_yen, content),
        cash_flow(
            total_yen=amounts.total_yen,
            subsidy_yen=amounts.subsidy_yen,
            second_year_yen=content["second_year_yen"],
            day=priced.astimezone(clock.JAPAN).date(),
            rounds=rounds,
            now=at,
        ),
    )


def _quoted_at(content: Mapping[str, Any]) -> datetime | None:
    sent_at = content.get("quote", {}).get("sent_at")
    return datetime.fromisoformat(sent_at) if sent_at else None
