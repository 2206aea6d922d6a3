"""Who pays what and when: the business pays everything first, the subsidy comes later. Pure; whole yen.

The subsidy is paid to the business by the secretariat after the confirmation notice (outline: 補助金は、補助対象者に
直接事務局より支払う). Nothing may be ordered or paid before the grant decision.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from marketplace.consumption_tax import TaxRate, rate_on
from marketplace.rounds import Round
from tenants import clock
from tenants.notices.facts import in_words
from tenants.text import Text


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment. kind: ``pay`` to the vendor, ``receive`` the subsidy, ``later`` each further year.

    yen: what changes hands, tax included where there is any. balance_yen: what the business is out of pocket
    afterwards, over all payments so far. not_before, until: the days that are known (a round's), else None.
    """

    kind: str
    yen: int
    balance_yen: int
    not_before: datetime | None = None
    until: datetime | None = None

    @property
    def when(self) -> Text:
        """As people read it, with the days where they are known."""
        return _when(self.kind, _day(self.not_before), _day(self.until))


@dataclass(frozen=True, slots=True)
class CashFlow:
    """The payments in their order. tax_yen: consumption tax within the first one, never subsidised."""

    payments: tuple[Payment, ...]
    tax_rate: TaxRate
    tax_yen: int

    def payment(self, kind: str) -> Payment | None:
        """The one of this kind, if there is any."""
        return next((each for each in self.payments if each.kind == kind), None)

    @property
    def most_out_of_pocket_yen(self) -> int:
        """The most that has to be at hand before the subsidy comes."""
        return self.payments[0].yen


def cash_flow(
    *, total_yen: int, subsidy_yen: int, second_year_yen: int, day: date, rounds: Iterable[Round], now: datetime
) -> CashFlow:
    """When the money flows.

    total_yen, second_year_yen: without consumption tax. day: whose tax rate counts (Japan time). rounds: of the
    edition; the next windows for completion reports and for payout that are not over at ``now`` give the days.
    """
    rate = rate_on(day)
    tax = rate.on(total_yen)
    ahead = [each for each in rounds if each.closes_at >= now]
    report = _first(ahead, "completion_report")
    payout = _first(ahead, "payout")
    paid = total_yen + tax
    payments = [Payment("pay", paid, paid, until=report.closes_at if report else None)]
    if subsidy_yen:
        payments.append(
            Payment(
                "receive",
                subsidy_yen,
                paid - subsidy_yen,
                payout.opens_at if payout else None,
                payout.closes_at if payout else None,
            )
        )
    if second_year_yen:
        later = second_year_yen + rate.on(second_year_yen)
        payments.append(Payment("later", later, payments[-1].balance_yen + later))
    return CashFlow(tuple(payments), rate, tax)


def _first(ahead: Iterable[Round], kind: str) -> Round | None:
    return min((each for each in ahead if each.kind == kind), key=lambda each: each.closes_at, default=None)


def _day(moment: datetime | None) -> date | None:
    return moment.astimezone(clock.JAPAN).date() if moment else None


@lru_cache(maxsize=100)
def _when(kind: str, not_before: date | None, until: date | None) -> Text:
    """A list says the same days of each of its packages."""
    last = in_words(until)
    if kind == "pay":
        by = Text(f"、{last.ja}までに", f", by {last.en}") if until else Text("", "")
        return Text(f"交付決定のあと{by.ja}", f"After the grant decision{by.en}")
    if kind == "later":
        return Text("2年目から毎年", "Every year from the second on")
    if until is None:
        return Text(
            "完了報告と確定通知のあと（時期は事務局がお知らせします）",
            "After the completion report and the confirmation notice; the secretariat will say when",
        )
    first = in_words(not_before)
    return Text(
        f"{first.ja}から{last.ja}のあいだ（確定通知のあと）",
        f"Between {first.en} and {last.en}, after the confirmation notice",
    )
