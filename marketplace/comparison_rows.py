"""What stands side by side of packages: one row for each fact. Pure: the columns hold everything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from catalogue import effects
from catalogue.differences import trait_words
from catalogue.publications import Published
from catalogue.snapshots import traits_of
from catalogue.traits import KINDS
from catalogue.vocabulary import ALL_INDUSTRIES, CATEGORIES, Masters
from marketplace.money_rows import money_groups
from marketplace.outlay import Outlay, Years
from marketplace.row_groups import HIGHEST, Row, RowGroup, Value, best_of, row
from marketplace.subsidy.engine import Estimate
from tenants.organisations import place
from tenants.text import Text, same


@dataclass(frozen=True, slots=True)
class Column:
    """One package of the comparison."""

    package: Published
    estimate: Estimate
    outlay: Outlay

    @property
    def content(self) -> Mapping[str, Any]:
        """The publication's content."""
        return self.package.content

    @property
    def years(self) -> Years:
        """What is paid in each of the first years."""
        return self.outlay.years


YES: Final = Text("○ あり", "○ Yes")
NO: Final = Text("— なし", "— No")


def side_by_side(columns: Sequence[Column], words: Masters) -> tuple[RowGroup, ...]:
    """Every fact of these packages, in rows."""
    return (
        *money_groups(columns),
        *_functions(columns, words),
        RowGroup("effect", Text("導入の効果（ベンダーの申告）", "Effect, as the vendor claims"), _effect(columns)),
        RowGroup("use", Text("使える業種・含まれる製品", "Industries and products"), _use(columns, words)),
        RowGroup("vendor", Text("提供するITベンダー", "Vendor"), _vendor(columns)),
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
    best = best_of(values, HIGHEST, [True] * len(values)) if len(known) > 1 else ()
    return Row(key, label, cells, best, HIGHEST)


def _tenths(value: int | None) -> Text:
    if value is None:
        return effects.UNSAID
    whole, tenth = divmod(value, 10)
    return Text(f"{whole:,}.{tenth}時間", f"{whole:,}.{tenth} hours")


def _use(columns: Sequence[Column], words: Masters) -> tuple[Row, ...]:
    return (
        row("industries", Text("対象の業種", "Industries"), columns, lambda c: _industries(c, words)),
        row("products", Text("含まれる製品・サービス", "Products and services"), columns, _products),
        row("months", Text("価格に含むクラウド利用の月数", "Months of cloud use in the price"), columns, _months),
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
        row("vendor_name", Text("会社名", "Company"), columns, lambda c: same(c.content["vendor"]["name"])),
        row(
            "prefecture", Text("所在地", "Prefecture"), columns, lambda c: place(c.content["vendor"]["prefecture"])
        ),
    )
