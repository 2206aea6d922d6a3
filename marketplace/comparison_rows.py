"""What stands side by side: one row for each fact, what differs, what is best by a stated rule.

Pure: the columns hold everything. Money is whole yen without consumption tax, which has a row of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from catalogue import effects
from catalogue.differences import trait_words
from catalogue.publications import Published
from catalogue.snapshots import traits_of
from catalogue.traits import KINDS
from catalogue.vocabulary import ALL_INDUSTRIES, CATEGORIES, Masters
from marketplace.outlay import Years, years
from marketplace.subsidy.engine import Estimate
from tenants.organisations import place
from tenants.text import Text, same

Value = int | Text | None


@dataclass(frozen=True, slots=True)
class Column:
    """One package of the comparison. tax_yen: consumption tax on its total, today."""

    package: Published
    estimate: Estimate
    tax_yen: int

    @property
    def content(self) -> Mapping[str, Any]:
        """The publication's content."""
        return self.package.content

    @property
    def years(self) -> Years:
        """What is paid in each of the first years."""
        return years(self.estimate.own_cost_yen, self.content)


@dataclass(frozen=True, slots=True)
class Row:
    """One fact of every package. cells: in the columns' order; an int is yen.

    best: positions of the best value; empty where nothing is better, or all are alike. rule: what best means.
    main: the figure that matters most.
    """

    key: str
    label: Text
    cells: tuple[Value, ...]
    best: tuple[int, ...] = ()
    rule: Text | None = None
    main: bool = False

    @property
    def differs(self) -> bool:
        """Whether not all packages have the same."""
        return len(set(self.cells)) > 1


@dataclass(frozen=True, slots=True)
class RowGroup:
    """Rows of one subject."""

    key: str
    label: Text
    rows: tuple[Row, ...]


LOWEST: Final = Text("いちばん低い", "Lowest")
HIGHEST: Final = Text("いちばん多い", "Highest")
YES: Final = Text("○ あり", "○ Yes")
NO: Final = Text("— なし", "— No")


def side_by_side(columns: Sequence[Column], words: Masters) -> tuple[RowGroup, ...]:
    """Every fact of these packages, in rows."""
    return (
        RowGroup("money", Text("費用と補助金", "Price and subsidy"), _money(columns)),
        RowGroup("years", Text("2年目からの費用", "Later years"), _later_years(columns)),
        *_functions(columns, words),
        RowGroup("effect", Text("導入の効果（ベンダーの申告）", "Effect, as the vendor claims"), _effect(columns)),
        RowGroup("use", Text("使える業種・含まれる製品", "Industries and products"), _use(columns, words)),
        RowGroup("vendor", Text("提供するITベンダー", "Vendor"), _vendor(columns)),
    )


def _row(key: str, label: Text, columns: Sequence[Column], fact: Callable[[Column], Value]) -> Row:
    return Row(key, label, tuple(fact(column) for column in columns))


def _ranked(row: Row, rule: Text, *, comparable: Sequence[bool] | None = None, main: bool = False) -> Row:
    """The row with its best yen amounts marked: lowest, or highest when that is the rule.

    comparable: amounts that are complete. An incomplete one is only a lower bound, so it is never best, and when
    it lies below all complete ones nobody is.
    """
    fair = comparable or [True] * len(row.cells)
    amounts = [cell if isinstance(cell, int) else None for cell in row.cells]
    best = _best(amounts, rule, fair) if row.differs else ()
    return Row(row.key, row.label, row.cells, best, rule, main)


def _best(values: Sequence[int | None], rule: Text, fair: Sequence[bool]) -> tuple[int, ...]:
    """Positions of the best of these values; None is no value."""
    known = [(at, value) for at, value in enumerate(values) if value is not None]
    complete = [value for at, value in known if fair[at]]
    if not complete:
        return ()
    top = min(complete) if rule is LOWEST else max(complete)
    unsure = rule is LOWEST and any(value < top for at, value in known if not fair[at])
    return () if unsure else tuple(at for at, value in known if fair[at] and value == top)


def _money(columns: Sequence[Column]) -> tuple[Row, ...]:
    """Price and subsidy of the first year."""
    return (
        _ranked(
            _row("own_cost", Text("自己負担", "Your cost"), columns, lambda c: c.estimate.own_cost_yen),
            LOWEST,
            main=True,
        ),
        _ranked(
            _row("total", Text("総額（税抜）", "Total (before tax)"), columns, lambda c: c.estimate.total_yen),
            LOWEST,
        ),
        _row(
            "tax",
            Text("消費税（別にかかり、補助の対象外）", "Consumption tax (on top, not subsidised)"),
            columns,
            lambda c: c.tax_yen,
        ),
        _ranked(
            _row(
                "subsidy",
                Text("補助金の見込み", "Estimated subsidy"),
                columns,
                lambda c: c.estimate.subsidy_yen,
            ),
            HIGHEST,
        ),
        _row(
            "eligible",
            Text("補助の対象になる費用", "Cost that counts"),
            columns,
            lambda c: c.estimate.eligible_cost_yen,
        ),
        _row("fundable", Text("補助金が使えるか", "Can be funded"), columns, _fundable),
    )


def _later_years(columns: Sequence[Column]) -> tuple[Row, ...]:
    """What falls due after the first year, and all of it together."""
    complete = [column.years.complete for column in columns]
    return (
        _ranked(
            _row(
                "second_year",
                Text("2年目以降（毎年）", "From year two (yearly)"),
                columns,
                lambda c: c.content["second_year_yen"],
            ),
            LOWEST,
            comparable=complete,
        ),
        _ranked(
            _row(
                "three_years",
                Text("3年間の合計", "Three years together"),
                columns,
                lambda c: c.years.total_yen,
            ),
            LOWEST,
            comparable=complete,
        ),
        *_second_year_notes(columns),
    )


def _fundable(column: Column) -> Text:
    if column.estimate.fundable:
        return Text("○ 使えます", "○ Yes")
    findings = column.estimate.findings
    return Text(
        "× 使えません" + (f"：{findings[0].message.ja}" if findings else ""),
        "× No" + (f": {findings[0].message.en}" if findings else ""),
    )


def _second_year_notes(columns: Sequence[Column]) -> tuple[Row, ...]:
    row = _row("second_year_note", Text("2年目以降の注意", "About year two"), columns, _second_year_note)
    return (row,) if any(row.cells) else ()


def _second_year_note(column: Column) -> Text | None:
    if column.years.complete:
        return None
    return Text(
        "更新料金が登録されていない製品があり、これより高くなることがあります",
        "Some renewal prices are not registered; it can be more",
    )


def _functions(columns: Sequence[Column], words: Masters) -> tuple[RowGroup, ...]:
    """One row for each function that any of them has, by category."""
    had = words.functions_of({code for column in columns for code in column.content["functions"]})
    groups = []
    for category in CATEGORIES:
        rows = tuple(
            Row(
                function.code,
                function.name,
                tuple(YES if function.code in column.content["functions"] else NO for column in columns),
            )
            for function in had
            if function.category == category.code
        )
        if rows:
            label = Text(
                f"{category.name.ja}（{category.example.ja}）", f"{category.name.en} ({category.example.en})"
            )
            groups.append(RowGroup(category.code, label, rows))
    return tuple(groups)


def _effect(columns: Sequence[Column]) -> tuple[Row, ...]:
    """What each vendor claims. Hours are compared by person, since the figures are for businesses of different sizes."""
    claims = [effects.effect_of(column.content) for column in columns]
    rows = {
        name: Row(f"effect_{name}", label, tuple(effects.words(name, each) or effects.UNSAID for each in claims))
        for name, label in effects.NAMES.items()
    }
    by_person = [effects.tenths_per_person(each) for each in claims]
    rises = [each.get(effects.PRODUCTIVITY) for each in claims]
    shown = [
        rows[effects.HOURS],
        _claimed(
            "effect_hours_by_person",
            Text("1人あたりの削減時間（月）", "Hours saved a month by each person"),
            tuple(_tenths(each) for each in by_person),
            by_person,
        ),
        _claimed(
            "effect_productivity",
            effects.NAMES[effects.PRODUCTIVITY],
            rows[effects.PRODUCTIVITY].cells,
            [each if isinstance(each, int) else None for each in rises],
        ),
    ]
    return (*shown, *((rows[effects.PEOPLE], rows[effects.BASIS]) if any(claims) else ()))


def _claimed(key: str, label: Text, cells: tuple[Value, ...], values: Sequence[int | None]) -> Row:
    """A row of claims with its highest marked, where the claims differ; what is not stated is never best."""
    known = {value for value in values if value is not None}
    best = _best(values, HIGHEST, [True] * len(values)) if len(known) > 1 else ()
    return Row(key, label, cells, best, HIGHEST)


def _tenths(value: int | None) -> Text:
    if value is None:
        return effects.UNSAID
    whole, tenth = divmod(value, 10)
    return Text(f"{whole:,}.{tenth}時間", f"{whole:,}.{tenth} hours")


def _use(columns: Sequence[Column], words: Masters) -> tuple[Row, ...]:
    return (
        _row("industries", Text("対象の業種", "Industries"), columns, lambda c: _industries(c, words)),
        _row("products", Text("含まれる製品・サービス", "Products and services"), columns, _products),
        _row("months", Text("価格に含むクラウド利用の月数", "Months of cloud use in the price"), columns, _months),
        *_traits(columns, words),
    )


def _traits(columns: Sequence[Column], words: Masters) -> tuple[Row, ...]:
    """A row for each kind of trait that one of them speaks of."""
    said = [traits_of(column.content) for column in columns]
    rows = (
        Row(kind, label, tuple(trait_words(kind, each.get(kind, ()), words) for each in said))
        for kind, label in KINDS.items()
    )
    return tuple(row for row in rows if any(row.cells))


def _industries(column: Column, words: Masters) -> Text:
    codes = column.content["industries"]
    if ALL_INDUSTRIES in codes:
        return Text("すべての業種", "All industries")
    known = [words.industry(code) for code in codes]
    names = [row.name if row else same(code) for row, code in zip(known, codes, strict=True)]
    listed = Text("、".join(name.ja for name in names), ", ".join(name.en for name in names))
    if not column.content["restricted"]:
        return listed
    return Text(f"{listed.ja} だけ", f"{listed.en} only")


def _products(column: Column) -> Text:
    return same("、".join(item["name"] for item in column.content["items"]))


def _months(column: Column) -> Text | None:
    months = column.content["cloud_months"]
    return Text(f"{months}か月", f"{months} months") if months else None


def _vendor(columns: Sequence[Column]) -> tuple[Row, ...]:
    return (
        _row("vendor_name", Text("会社名", "Company"), columns, lambda c: same(c.content["vendor"]["name"])),
        _row(
            "prefecture", Text("所在地", "Prefecture"), columns, lambda c: place(c.content["vendor"]["prefecture"])
        ),
    )
