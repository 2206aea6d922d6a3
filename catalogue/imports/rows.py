"""Rows of the three kinds of file as typed drafts, with everything that is wrong with a row by itself. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

from catalogue.effects import Effect
from catalogue.imports import layouts as columns
from catalogue.imports.effect_columns import read_effect
from catalogue.imports.layouts import FileKind, Table, TableRow
from catalogue.imports.values import (
    parse_code,
    parse_count,
    parse_items,
    parse_name,
    parse_yen,
    plain,
    split_list,
    too_long,
)
from catalogue.price_sheets import MOST_MONTHS
from catalogue.pricing_units import UNIT_LIMIT, BillingUnit, parse_billing_unit
from catalogue.traits import NATIONWIDE, Traits
from catalogue.vocabulary import Masters
from tenants.errors import Finding
from tenants.numbers import corporate_number_findings, normalised_number
from tenants.organisations import PREFECTURES
from tenants.text import Text

MOST_NAME: Final = 120
MOST_VENDOR_NAME: Final = 200
MOST_DESCRIPTION: Final = 4_000
MOST_QUANTITY: Final = 10_000
MOST_PRICE_YEN: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class VendorDraft:
    """A vendor as a row describes it."""

    number: str
    name: str
    prefecture: str
    address: str


@dataclass(frozen=True, slots=True)
class ProductDraft:
    """A single product as a row describes it; prices in whole yen, tax excluded."""

    number: str
    code: str
    name: str
    name_kana: str
    functions: tuple[str, ...]
    cost_kind: str
    period: str
    unit: str
    standard_price_yen: int
    minimum_price_yen: int
    description: str


@dataclass(frozen=True, slots=True)
class PackageDraft:
    """A package as a row describes it; items: product code and quantity, industries: codes.

    traits: kind -> codes for each kind that the row speaks of; an empty one says that there is none. effect: what
    is claimed of the work; empty for nothing, None when the row does not speak of it.
    """

    number: str
    code: str
    name: str
    items: tuple[tuple[str, int], ...]
    industries: tuple[str, ...]
    cloud_months: int
    description: str
    traits: Traits = field(default_factory=dict)
    effect: Effect | None = field(default_factory=dict)


Draft = VendorDraft | ProductDraft | PackageDraft
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row as it was understood.

    number: its spreadsheet row; corporate_number, code, name: as far as they are known (a vendor's code is its
    number); draft: None when something is wrong with the row by itself.
    """

    kind: FileKind
    file: str
    number: int
    corporate_number: str
    vendor_name: str
    code: str
    name: str
    draft: Draft | None
    findings: tuple[Finding, ...]


class _Collector:
    """Takes values out of a row and keeps what is wrong with them."""

    def __init__(self, row: TableRow) -> None:
        self.row = row
        self.findings = list(row.findings)
        self._bad = {found.field for found in row.findings}

    def take(self, value: T | Finding, default: T) -> T:
        """The value, or the default and its finding (one finding for a cell is enough)."""
        if not isinstance(value, Finding):
            return value
        self.add(value)
        return default

    def add(self, *found: Finding) -> None:
        """Keep what is wrong, unless the cell is no plain value anyway."""
        self.findings.extend(each for each in found if each.field not in self._bad)

    def text(self, column: str, most: int) -> str:
        """Free text that may be empty."""
        text = self.row[column]
        if len(text) > most:
            self.add(too_long(text, column, most))
        return text


def read_rows(table: Table, masters: Masters) -> list[ReadRow]:
    """Understand every row of a file."""
    return [_read(table, row, masters) for row in table.rows]


def _read(table: Table, row: TableRow, masters: Masters) -> ReadRow:
    taken = _Collector(row)
    taken.add(*corporate_number_findings(row[columns.NUMBER], columns.NUMBER))
    draft = _READERS[table.kind](taken, masters)
    number = normalised_number(row[columns.NUMBER])
    return ReadRow(
        kind=table.kind,
        file=table.filename,
        number=row.number,
        corporate_number=number,
        vendor_name=row[columns.VENDOR],
        code=number if isinstance(draft, VendorDraft) else draft.code,
        name=draft.name,
        draft=None if taken.findings else draft,
        findings=tuple(taken.findings),
    )


def _vendor(taken: _Collector, _: Masters) -> VendorDraft:
    row = taken.row
    name = taken.take(parse_name(row[columns.VENDOR], columns.VENDOR, most=MOST_VENDOR_NAME), "")
    prefecture, address = taken.take(_place(row[columns.ADDRESS]), ("", ""))
    return VendorDraft(normalised_number(row[columns.NUMBER]), name, prefecture, address)


def _place(written: str) -> tuple[str, str] | Finding:
    text = "".join(written.split())
    prefecture = next((name for name in PREFECTURES if text.startswith(name)), None)
    if prefecture is None or len(text) > MOST_VENDOR_NAME:
        return Finding(
            "no_prefecture",
            Text("所在地が都道府県から始まっていません。", "The address does not begin with a prefecture."),
            Text(
                "「東京都千代田区」のように、都道府県から書いてください。",
                "Begin with the prefecture, as in 東京都千代田区.",
            ),
            columns.ADDRESS,
        )
    return prefecture, text.removeprefix(prefecture)


def _product(taken: _Collector, masters: Masters) -> ProductDraft:
    row = taken.row
    standard = taken.take(parse_yen(row[columns.STANDARD_PRICE], columns.STANDARD_PRICE, most=MOST_PRICE_YEN), -1)
    minimum = taken.take(parse_yen(row[columns.MINIMUM_PRICE], columns.MINIMUM_PRICE, most=MOST_PRICE_YEN), -1)
    if minimum > standard >= 0:
        taken.add(_minimum_above_standard(minimum, standard))
    billing = taken.take(_billing(row[columns.BILLING]), BillingUnit("once", ""))
    return ProductDraft(
        number=normalised_number(row[columns.NUMBER]),
        code=taken.take(parse_code(row[columns.PRODUCT_CODE], columns.PRODUCT_CODE), ""),
        name=taken.take(parse_name(row[columns.PRODUCT_NAME], columns.PRODUCT_NAME, most=MOST_NAME), ""),
        name_kana=taken.text(columns.PRODUCT_KANA, MOST_NAME),
        functions=_functions(taken, masters),
        cost_kind=taken.take(_cost_kind(row[columns.COST_KIND], masters), ""),
        period=billing.period,
        unit=billing.unit,
        standard_price_yen=standard,
        minimum_price_yen=minimum,
        description=taken.text(columns.DESCRIPTION, MOST_DESCRIPTION),
    )


def _minimum_above_standard(minimum: int, standard: int) -> Finding:
    return Finding(
        "minimum_above_standard",
        Text(
            f"最小販売価格（{minimum:,}円）が標準販売価格（{standard:,}円）より高くなっています。",
            f"The minimum price ({minimum:,} yen) is above the standard price ({standard:,} yen).",
        ),
        Text("最小販売価格を標準販売価格以下にしてください。", "Lower it to the standard price or less."),
        columns.MINIMUM_PRICE,
    )


def _functions(taken: _Collector, masters: Masters) -> tuple[str, ...]:
    codes: list[str] = []
    for entry in split_list(taken.row[columns.FUNCTIONS]):
        known = masters.function(plain(entry))
        if known is None:
            taken.add(_unknown_function(entry, masters))
        elif known.code not in codes:
            codes.append(known.code)
    return tuple(codes)


def _unknown_function(entry: str, masters: Masters) -> Finding:
    known = "、".join(f"{row.code} {row.name.ja}" for row in masters.functions)
    known_en = ", ".join(f"{row.code} {row.name.en}" for row in masters.functions)
    return Finding(
        "unknown_function",
        Text(
            f"コア機能「{entry[:40]}」は一覧にありません。",
            f"The core function {entry[:40]!r} is not in the list.",
        ),
        Text(
            f"次のコードから選び、複数なら「;」で区切ってください：{known}",
            f"Choose from these codes, parted by “;”: {known_en}",
        ),
        columns.FUNCTIONS,
    )


def _cost_kind(written: str, masters: Masters) -> str | Finding:
    kind = masters.cost_kind(written)
    if kind is not None:
        return kind.code
    known = "、".join(row.name.ja for row in masters.cost_kinds)
    known_en = ", ".join(row.name.en for row in masters.cost_kinds)
    said = Text(
        f"費目「{written[:40]}」は一覧にありません。", f"The cost kind {written[:40]!r} is not in the list."
    )
    empty = Text("費目がありません。", "The cost kind is missing.")
    return Finding(
        "unknown_cost_kind" if written else "missing_value",
        said if written else empty,
        Text(f"次から選んでください：{known}", f"Choose one of: {known_en}"),
        columns.COST_KIND,
    )


def _billing(written: str) -> BillingUnit | Finding:
    billing = parse_billing_unit(written)
    if billing is not None:
        return billing
    return Finding(
        "unknown_billing_unit" if written else "missing_value",
        Text(
            f"課金単位「{written[:40]}」から支払い方が分かりません。",
            f"The billing unit {written[:40]!r} is not clear.",
        )
        if written
        else Text("課金単位がありません。", "The billing unit is missing."),
        Text(
            f"「月額/1店舗」「年額/20名」「買取」「初年度」「一式」のように{UNIT_LIMIT}文字以内で書いてください。",
            f"Write it like 月額/1店舗, 年額/20名, 買取, 初年度, 一式, in up to {UNIT_LIMIT} characters.",
        ),
        columns.BILLING,
    )


def _package(taken: _Collector, masters: Masters) -> PackageDraft:
    row = taken.row
    items, wrong = parse_items(row[columns.ITEMS], columns.ITEMS, most=MOST_QUANTITY)
    effect, wrong_effect = read_effect(row.cells)
    taken.add(*wrong, *wrong_effect)
    return PackageDraft(
        number=normalised_number(row[columns.NUMBER]),
        code=taken.take(parse_code(row[columns.PACKAGE_CODE], columns.PACKAGE_CODE), ""),
        name=taken.take(parse_name(row[columns.PACKAGE_NAME], columns.PACKAGE_NAME, most=MOST_NAME), ""),
        items=items,
        industries=_industries(taken, masters),
        cloud_months=taken.take(parse_count(row[columns.MONTHS], columns.MONTHS, least=0, most=MOST_MONTHS), 0),
        description=taken.text(columns.DESCRIPTION, MOST_DESCRIPTION),
        traits={
            kind: _traits(taken, kind, masters) for kind in columns.TRAITS if columns.TRAITS[kind] in row.cells
        },
        effect=effect,
    )


def _traits(taken: _Collector, kind: str, masters: Masters) -> tuple[str, ...]:
    """The traits of a kind, in the master's order; 全国 stands for every area."""
    column = columns.TRAITS[kind]
    whole = masters.trait(kind, taken.row[column])
    entries = [taken.row[column]] if whole else split_list(taken.row[column])
    codes: set[str] = set()
    for entry in entries:
        known = masters.trait(kind, entry)
        if known is None:
            taken.add(_unknown_trait(entry, kind, masters))
        else:
            codes.add(known.code)
    if NATIONWIDE in codes:
        return (NATIONWIDE,)
    return tuple(row.code for row in masters.traits_of(kind) if row.code in codes)


def _unknown_trait(entry: str, kind: str, masters: Masters) -> Finding:
    column, rows = columns.TRAITS[kind], masters.traits_of(kind)
    return Finding(
        "unknown_trait",
        Text(f"{column}「{entry[:40]}」は一覧にありません。", f"{entry[:40]!r} is not in the list ({column})."),
        Text(
            f"次から選び、複数なら「;」で区切ってください：{'、'.join(row.name.ja for row in rows)}",
            f"Choose from these, parted by “;”: {', '.join(row.name.en for row in rows)}",
        ),
        column,
    )


def _industries(taken: _Collector, masters: Masters) -> tuple[str, ...]:
    written = taken.row[columns.INDUSTRIES]
    whole = masters.industry(written)
    if whole is not None:
        # 「医療、福祉」 is one industry although a comma stands in it.
        return (whole.code,)
    codes: list[str] = []
    for entry in split_list(written):
        known = masters.industry(entry)
        if known is None:
            taken.add(_unknown_industry(entry, masters))
        elif known.code not in codes:
            codes.append(known.code)
    return tuple(codes)


def _unknown_industry(entry: str, masters: Masters) -> Finding:
    known = "、".join(row.name.ja for row in masters.industries)
    known_en = ", ".join(row.name.en for row in masters.industries)
    return Finding(
        "unknown_industry",
        Text(f"業種「{entry[:40]}」は一覧にありません。", f"The industry {entry[:40]!r} is not in the list."),
        Text(
            f"次から選び、複数なら「;」で区切ってください：{known}",
            f"Choose from these, parted by “;”: {known_en}",
        ),
        columns.INDUSTRIES,
    )


_READERS: Final[Mapping[FileKind, Callable[[_Collector, Masters], Draft]]] = {
    "vendors": _vendor,
    "products": _product,
    "packages": _package,
}
