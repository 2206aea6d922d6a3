"""What is said of money side by side, alike for packages and for quotes. Pure; whole yen.

Before consumption tax, which has a row of its own, but for the payments.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from marketplace.outlay import Outlay
from marketplace.row_groups import HIGHEST, LOWEST, Row, RowGroup, ranked, row
from marketplace.subsidy.engine import Estimate
from tenants.text import Text


class Priced(Protocol):
    """One column: what is compared, reckoned."""

    @property
    def estimate(self) -> Estimate:
        """What it costs after the subsidy."""

    @property
    def outlay(self) -> Outlay:
        """What is said beside that."""


def money_groups(columns: Sequence[Priced]) -> tuple[RowGroup, ...]:
    """The first year, when its money flows, and the later years."""
    return (
        RowGroup("money", Text("費用と補助金", "Price and subsidy"), _money(columns)),
        _flow(columns),
        RowGroup("years", Text("2年目からの費用", "Later years"), _later_years(columns)),
    )


def _money(columns: Sequence[Priced]) -> tuple[Row, ...]:
    """Price and subsidy of the first year."""
    return (
        ranked(
            row("own_cost", Text("自己負担", "Your cost"), columns, lambda c: c.estimate.own_cost_yen),
            LOWEST,
            main=True,
        ),
        ranked(
            row("total", Text("総額（税抜）", "Total (before tax)"), columns, lambda c: c.estimate.total_yen),
            LOWEST,
        ),
        row(
            "tax",
            Text("消費税（別にかかり、補助の対象外）", "Consumption tax (on top, not subsidised)"),
            columns,
            lambda c: c.outlay.flow.tax_yen,
        ),
        ranked(
            row(
                "subsidy",
                Text("補助金の見込み", "Estimated subsidy"),
                columns,
                lambda c: c.estimate.subsidy_yen,
            ),
            HIGHEST,
        ),
        row(
            "eligible",
            Text("補助の対象になる費用", "Cost that counts"),
            columns,
            lambda c: c.estimate.eligible_cost_yen,
        ),
        row("fundable", Text("補助金が使えるか", "Can be funded"), columns, _fundable),
    )


def _later_years(columns: Sequence[Priced]) -> tuple[Row, ...]:
    """What falls due after the first year, and all of it together."""
    complete = [column.outlay.years.complete for column in columns]
    return (
        ranked(
            row(
                "second_year",
                Text("2年目以降（毎年）", "From year two (yearly)"),
                columns,
                lambda c: c.outlay.second_year_yen,
            ),
            LOWEST,
            comparable=complete,
        ),
        ranked(
            row(
                "three_years",
                Text("3年間の合計", "Three years together"),
                columns,
                lambda c: c.outlay.years.total_yen,
            ),
            LOWEST,
            comparable=complete,
        ),
        *_second_year_notes(columns),
    )


def _fundable(column: Priced) -> Text:
    if column.estimate.fundable:
        return Text("○ 使えます", "○ Yes")
    findings = column.estimate.findings
    return Text(
        "× 使えません" + (f"：{findings[0].message.ja}" if findings else ""),
        "× No" + (f": {findings[0].message.en}" if findings else ""),
    )


def _second_year_notes(columns: Sequence[Priced]) -> tuple[Row, ...]:
    note = row("second_year_note", Text("2年目以降の注意", "About year two"), columns, _second_year_note)
    return (note,) if any(note.cells) else ()


def _second_year_note(column: Priced) -> Text | None:
    if column.outlay.years.complete:
        return None
    return Text(
        "更新料金が登録されていない製品があり、これより高くなることがあります",
        "Some renewal prices are not registered; it can be more",
    )


_PAY: Final = Text("先にベンダーに支払う", "You pay the vendor first")
_RECEIVE: Final = Text("あとで補助金を受け取る", "You receive the subsidy later")


def _flow(columns: Sequence[Priced]) -> RowGroup:
    """The payments. Their days are those of the windows ahead, the same for all, so they are said once."""
    named = {"pay": _PAY, "receive": _RECEIVE}
    made = {kind: [column.outlay.flow.payment(kind) for column in columns] for kind in named}
    known = [(named[kind], next((each.when for each in some if each), None)) for kind, some in made.items()]
    days = [(label, when) for label, when in known if when]
    return RowGroup(
        "flow",
        Text("お金の流れ（税込）", "When the money flows (tax included)"),
        tuple(
            Row(f"flow_{kind}", named[kind], tuple(each.yen if each else 0 for each in some))
            for kind, some in made.items()
        ),
        Text(
            "。".join(f"{label.ja}：{when.ja}" for label, when in days),
            "; ".join(f"{label.en}: {when.en}" for label, when in days),
        ),
    )
