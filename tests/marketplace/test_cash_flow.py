"""Who pays what and when: everything first, the subsidy later, tax on top and never subsidised."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from marketplace.cash_flow import cash_flow
from marketplace.file_parts import Words
from marketplace.rounds import Round

DAY = date(2026, 11, 28)
NOW = datetime(2026, 11, 28, tzinfo=UTC)


def window(kind: str, opens: datetime, closes: datetime) -> Round:
    """A round of one kind."""
    return Round(
        id=f"{kind}-{opens:%Y%m}", kind=kind, name=Words(ja="回", en="round"), opens_at=opens, closes_at=closes
    )


def month(number: int, year: int = 2027) -> datetime:
    """The first of a month."""
    return datetime(year, number, 1, tzinfo=UTC)


ROUNDS = (
    window("completion_report", month(1, 2026), month(6, 2026)),
    window("completion_report", month(1), month(4)),
    window("completion_report", month(5), month(9)),
    window("payout", month(4), month(8)),
)


def flow(total: int = 600_000, subsidy: int = 400_000, later: int = 0, rounds=ROUNDS):
    """The payments for these amounts."""
    return cash_flow(total_yen=total, subsidy_yen=subsidy, second_year_yen=later, day=DAY, rounds=rounds, now=NOW)


def test_all_is_paid_first_with_tax_and_the_subsidy_comes_later():
    found = flow(later=120_000)
    pay, receive, later = found.payments
    assert (pay.kind, pay.yen, pay.balance_yen, pay.until) == ("pay", 660_000, 660_000, month(4))
    assert (receive.kind, receive.yen, receive.balance_yen) == ("receive", 400_000, 260_000)
    assert (receive.not_before, receive.until) == (month(4), month(8))
    assert (later.kind, later.yen, later.balance_yen) == ("later", 132_000, 392_000)
    assert (found.tax_yen, found.most_out_of_pocket_yen) == (60_000, 660_000)


def test_without_subsidy_and_later_fees_there_is_one_payment():
    assert [each.kind for each in flow(subsidy=0).payments] == ["pay"]


def test_days_nobody_has_announced_are_left_open():
    pay, receive = flow(rounds=ROUNDS[:1]).payments
    assert (pay.until, receive.not_before, receive.until) == (None, None, None)


@given(st.integers(0, 10**12), st.integers(0, 10**9), st.integers(0, 10**9))
def test_the_balance_is_the_sum_of_what_went_before(total, subsidy, later):
    found = flow(total, subsidy, later)
    balance = 0
    for each in found.payments:
        balance += -each.yen if each.kind == "receive" else each.yen
        assert each.balance_yen == balance
    assert found.payments[0].yen == total + found.tax_yen
    assert 0 <= total * 10 - found.tax_yen * 100 < 100
