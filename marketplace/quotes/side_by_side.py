"""Quotes side by side, in the rows of a comparison. Pure; money is whole yen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from marketplace.money_rows import money_groups
from marketplace.outlay import Outlay, outlay
from marketplace.quotes.queries import QuoteView
from marketplace.rounds import Round
from marketplace.row_groups import Row, RowGroup, row
from marketplace.subsidy.engine import Estimate
from tenants.notices.facts import in_words
from tenants.text import Text, same


@dataclass(frozen=True, slots=True)
class Column:
    """One quote of the business that reads it. estimate: by the scheme in use."""

    view: QuoteView
    estimate: Estimate
    outlay: Outlay


def outlay_of(view: QuoteView, made: Estimate, *, rounds: Iterable[Round], at: datetime) -> Outlay:
    """What is said beside a quote's estimate: the tax is that of the quote, the days are those ahead."""
    return outlay(view.content["package"], made, rounds=rounds, at=at, priced_at=view.card.sent_at)


def side_by_side(views: Sequence[QuoteView], *, rounds: Sequence[Round], at: datetime) -> tuple[RowGroup, ...]:
    """Every fact of these quotes of the acting business, in rows."""
    columns = [
        Column(view, view.today, outlay_of(view, view.today, rounds=rounds, at=at)) for view in views if view.today
    ]
    return (
        RowGroup("quote", Text("見積書", "Quote"), _quote(columns)),
        *money_groups(columns),
        RowGroup("lines", Text("明細（税抜）", "Lines (before tax)"), _lines(columns)),
    )


def _quote(columns: Sequence[Column]) -> tuple[Row, ...]:
    return (
        row("state", Text("状態", "State"), columns, lambda c: c.view.card.state.label),
        row("valid_until", Text("有効期限", "Valid until"), columns, lambda c: in_words(c.view.card.valid_until)),
    )


def _lines(columns: Sequence[Column]) -> tuple[Row, ...]:
    """A row for each product that any of them has, by its vendor and code: quotes of one package meet in them."""
    names = {
        (_vendor(column), item["product_code"]): item["name"]
        for column in columns
        for item in column.view.content["package"]["items"]
    }
    return (
        *(
            Row(code, same(name), tuple(_line(column, vendor, code) for column in columns))
            for (vendor, code), name in names.items()
        ),
        row("months", Text("クラウド利用の月数", "Months of cloud use"), columns, _months),
    )


def _vendor(column: Column) -> str:
    return str(column.view.content["package"]["vendor"]["number"])


def _line(column: Column, vendor: str, code: str) -> Text | None:
    """What it costs, and at which unit price where there are several."""
    if _vendor(column) != vendor:
        return None
    for item in column.view.content["package"]["items"]:
        if item["product_code"] == code:
            amount, price, quantity = item["amount_yen"], item["unit_price_yen"], item["quantity"]
            return Text(
                f"{amount:,}円（単価 {price:,}円、数量 {quantity:,}）",
                f"¥{amount:,} (¥{price:,} a unit, {quantity:,} of it)",
            )
    return None


def _months(column: Column) -> Text | None:
    months = column.view.content["package"]["cloud_months"]
    return Text(f"{months}か月", f"{months} months") if months else None
