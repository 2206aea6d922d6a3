"""What is reckoned with: cost lines, checked once at the door."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from marketplace.subsidy.tariff import Exact, Tariff
from tenants.errors import BadInput, Finding
from tenants.text import Text

# Bounds of what a person can mean, not rules of a programme: they keep typing slips and attacks out.
MOST_YEN = 10**12
MOST_MONTHS = 120
MOST_LINES = 500
MOST_COUNT = 1000
MOST_ACCOUNTS = 1_000_000


@dataclass(frozen=True, slots=True)
class CostLine:
    """One line of a price. amount_yen: the whole line without consumption tax.

    kind: a cost kind of the scheme (or its Japanese name). months: how many months the amount covers;
    None when it is not a period's fee. accounts: (used by small and medium businesses, all), for a tool that is
    shared with others.
    """

    kind: str
    amount_yen: int
    months: int | None = None
    label: str = ""
    accounts: tuple[int, int] | None = None


def whole(value: object, least: int, most: int) -> bool:
    """An int (neither bool nor float) within the range."""
    return type(value) is int and least <= value <= most


def check_lines(tariff: Tariff, lines: Sequence[CostLine]) -> None:
    """Raise BadInput with one finding for each fault; fields read ``lines[0].amount_yen``."""
    kinds = tariff.kinds
    for line in lines:
        amount, months = line.amount_yen, line.months
        kind = kinds.get(line.kind) if type(line.kind) is str else None
        if (
            kind is None
            # As whole() says it, without a call for each line: this is half of what checking costs.
            or type(amount) is not int
            or not 0 <= amount <= MOST_YEN
            or (months is not None and (type(months) is not int or not 1 <= months <= MOST_MONTHS))
            or ((line.accounts is not None or kind.shared) and _accounts_wrong(tariff, line))
        ):
            raise BadInput(*_faults(tariff, lines))
    if len(lines) > MOST_LINES:
        raise BadInput(
            Finding(
                "too_many_lines",
                Text(f"明細は{MOST_LINES}行までです。", f"There can be at most {MOST_LINES} lines."),
                Text("明細をまとめてください。", "Please combine lines."),
                "lines",
            )
        )


def _accounts_wrong(tariff: Tariff, line: CostLine) -> bool:
    """Whether a shared tool's accounts are missing, or make no sense."""
    if line.accounts is None:
        return tariff.kinds[line.kind].shared
    ours, every = line.accounts
    return not (whole(every, 1, MOST_ACCOUNTS) and whole(ours, 0, MOST_ACCOUNTS) and ours <= every)


def check_number(value: object, least: int, most: int, field: str) -> None:
    """Raise BadInput unless the value is a whole number in the range."""
    if not whole(value, least, most):
        raise BadInput(_out_of_range(field, least, most))


def _out_of_range(field: str, least: int, most: int) -> Finding:
    return Finding(
        "not_in_range",
        Text(
            f"{least:,}以上{most:,}以下の整数ではありません。",
            f"This is not a whole number from {least:,} to {most:,}.",
        ),
        Text(
            f"{least:,}から{most:,}までの整数を、小数点なしで入力してください。",
            f"Enter a whole number from {least:,} to {most:,}, without a decimal point.",
        ),
        field,
    )


def _faults(tariff: Tariff, lines: Sequence[CostLine]) -> list[Finding]:
    found = []
    known = {kind.code: kind.source.label for kind in tariff.kinds.values()}
    for index, line in enumerate(lines):
        if type(line.kind) is str and line.kind in tariff.kinds and _accounts_wrong(tariff, line):
            found.append(_accounts_needed(index))
        if type(line.kind) is not str or line.kind not in tariff.kinds:
            found.append(
                Finding(
                    "unknown_cost_kind",
                    Text(
                        f"費目「{line.kind}」は、この制度にありません。",
                        f"This scheme has no cost kind {line.kind!r}.",
                    ),
                    Text(
                        "次のどれかを選んでください：" + "、".join(f"{c}（{t.ja}）" for c, t in known.items()),
                        "Choose one of: " + ", ".join(f"{c} ({t.en})" for c, t in known.items()),
                    ),
                    f"lines[{index}].kind",
                )
            )
        if not whole(line.amount_yen, 0, MOST_YEN):
            found.append(_out_of_range(f"lines[{index}].amount_yen", 0, MOST_YEN))
        if line.months is not None and not whole(line.months, 1, MOST_MONTHS):
            found.append(_out_of_range(f"lines[{index}].months", 1, MOST_MONTHS))
    return found


def _accounts_needed(index: int) -> Finding:
    return Finding(
        "accounts_needed",
        Text(
            "取引先と共同で使うツールなので、アカウントの数が必要です。",
            "This tool is shared with others: the numbers of its accounts are needed.",
        ),
        Text(
            f"中小企業が使うアカウント数（0以上）と、全体のアカウント数（1から{MOST_ACCOUNTS:,}まで）を指定してください。",
            "Give the number of accounts that small and medium businesses use (0 or more), and that of all accounts "
            f"(1 to {MOST_ACCOUNTS:,}).",
        ),
        f"lines[{index}].accounts",
    )


class Tally(NamedTuple):
    """The lines added up: total in yen; the exact eligible cost of each segment; segments left out for want of
    the software they belong to."""

    total_yen: int
    eligible: Sequence[Exact]
    left_out: frozenset[int]


_NONE: frozenset[int] = frozenset()


def tally(tariff: Tariff, lines: Sequence[CostLine]) -> Tally:
    """Add up checked lines, uncut."""
    eligible: list[Exact] = [0] * len(tariff.segments)
    total = 0
    has_software = False
    for line in lines:
        kind = tariff.kinds[line.kind]
        total += line.amount_yen
        if kind.segment is not None:
            has_software = has_software or kind.segment == 0
            eligible[kind.segment] += kind.counted(line.amount_yen, line.months, line.accounts)
    left_out = _NONE
    if not has_software:
        left_out = frozenset(index for index, s in enumerate(tariff.segments) if s.with_software)
        for index in left_out:
            eligible[index] = 0
    return Tally(total, eligible, left_out)
