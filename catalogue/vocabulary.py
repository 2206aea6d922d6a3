"""The words of the catalogue as master data: core functions, industries, cost kinds, the productivity index.

Pure: documents in, `Masters` out. Where the documents come from (files, versioned rows) is somebody else's matter.
Source: the programme's outline (コア機能, 業務区分, 生産性向上指数); which entries are unconfirmed says each document.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final, TypeVar

from catalogue.traits import AREAS, KINDS, LISTED_KINDS, Trait
from tenants.errors import BadInput, Finding
from tenants.one_form import in_one_form
from tenants.text import Text

ALL_INDUSTRIES: Final = "all"
PARTS: Final = ("core_functions", "industries", "cost_kinds", "productivity_index", "traits")
LATER_PARTS: Final = frozenset({"traits"})
"""Parts that a programme loaded by an earlier release may lack: there are no words of theirs then."""
TERMS: Final = ("cloud_months", "one_year", "none")
HUNDRED: Final = Fraction(100)
_SEVERAL: Final = re.compile("[・、（(]")


@dataclass(frozen=True, slots=True)
class Category:
    """A business category (業務区分). example: what it is in a shop's words."""

    code: str
    name: Text
    example: Text


CATEGORIES: Final = (
    Category("front", Text("フロント業務", "Front"), Text("接客・販売", "Serving and selling")),
    Category("middle", Text("ミドル業務", "Middle"), Text("在庫・納期・原価の管理", "Stock, delivery and cost")),
    Category("back_office", Text("バックオフィス業務", "Back office"), Text("会計・給与", "Accounts and payroll")),
)
CATEGORY_CODES: Final = tuple(category.code for category in CATEGORIES)


@dataclass(frozen=True, slots=True)
class CoreFunction:
    """A core function (コア機能) of one category. words: what people call it when they search."""

    code: str
    category: str
    name: Text
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Industry:
    """A target industry (対象業種). aliases: as vendors write it."""

    code: str
    name: Text
    aliases: tuple[str, ...]

    @property
    def known_as(self) -> tuple[str, ...]:
        """What people look for it by: its name, and the aliases that name nothing beside it (持ち帰り・配達飲食サービス業)."""
        return (self.name.ja, *(alias for alias in self.aliases if not _SEVERAL.search(alias)))


@dataclass(frozen=True, slots=True)
class CostKind:
    """A kind of cost (費目). term: how long a recurring fee is in a package's price, one of TERMS."""

    code: str
    name: Text
    term: str
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProductivityIndex:
    """How an industry's working time divides over the categories (作業比率), in exact percent adding up to 100."""

    industry: str
    shares: Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class Document:
    """One part of the masters as it was written down.

    name: the file (or row) it came from, for messages; first_row: the number its first row has there.
    rows: column -> cell, JSON-able. note: what is unconfirmed about it.
    """

    part: str
    edition: str
    version: int
    effective_from: date
    source: str
    rows: tuple[Mapping[str, Any], ...]
    note: str = ""
    name: str = ""
    first_row: int = 1

    def content(self) -> dict[str, Any]:
        """What to keep of it as versioned master data: {note, rows}."""
        return {"note": self.note, "rows": [dict(row) for row in self.rows]}


@dataclass(frozen=True, slots=True)
class PartVersion:
    """Which edition and version of a part counts, and where it comes from."""

    part: str
    edition: str
    version: int
    effective_from: date
    source: str
    note: str


def folded(word: str) -> str:
    """A word as it is compared: full and half width, case and spaces make no difference."""
    return "".join(in_one_form(word).casefold().split())


@dataclass(frozen=True, slots=True, eq=False)
class Masters:
    """All words of the catalogue, in their official order, found by code or by what people write.

    Those of one set of versions are made once in a process (catalogue/masters.py), so they are told apart as objects.
    """

    functions: tuple[CoreFunction, ...]
    industries: tuple[Industry, ...]
    cost_kinds: tuple[CostKind, ...]
    indexes: Mapping[str, ProductivityIndex]
    traits: tuple[Trait, ...]
    versions: Mapping[str, PartVersion]
    _functions: Mapping[str, CoreFunction] = field(repr=False)
    _industries: Mapping[str, Industry] = field(repr=False)
    _cost_kinds: Mapping[str, CostKind] = field(repr=False)
    _traits: Mapping[str, Mapping[str, Trait]] = field(repr=False)

    @classmethod
    def from_documents(cls, documents: Iterable[Document]) -> Masters:
        """Masters of one document for each of PARTS, of which LATER_PARTS may be missing.

        Raises BadInput with one finding for each fault, its field reading ``core_functions.csv 3 category``.
        """
        given = {document.part: document for document in documents}
        missing = [part for part in PARTS if part not in given and part not in LATER_PARTS]
        if missing:
            raise BadInput(*(_fault(part, "この部分がありません", "this part is missing") for part in missing))
        faults: list[Finding] = []
        functions = _parse(given["core_functions"], _function, faults)
        industries = _parse(given["industries"], _industry, faults)
        cost_kinds = _parse(given["cost_kinds"], _cost_kind, faults)
        indexes = _parse(
            given["productivity_index"], _index_of({row.code for row in industries}), faults, key="industry"
        )
        source = {part: document.name or part for part, document in given.items()}
        traits = (*_traits(given.get("traits"), faults), *AREAS)
        words = (
            _by_word(source["core_functions"], functions, lambda row: (row.code,), faults),
            _by_word(source["industries"], industries, _words_of, faults),
            _by_word(source["cost_kinds"], cost_kinds, _words_of, faults),
            {
                kind: _by_word(
                    source.get("traits", ""), (row for row in traits if row.kind == kind), _words_of, faults
                )
                for kind in KINDS
            },
        )
        if faults:
            raise BadInput(*faults)
        return cls(
            tuple(functions),
            tuple(industries),
            tuple(cost_kinds),
            MappingProxyType({row.industry: row for row in indexes}),
            traits,
            MappingProxyType({part: _version(given[part]) for part in PARTS if part in given}),
            *words,
        )

    def function(self, code: str) -> CoreFunction | None:
        """The core function with this code (any width or case), None when there is none."""
        return self._functions.get(folded(code))

    def industry(self, word: str) -> Industry | None:
        """The industry with this code, name or alias; None when nobody knows the word."""
        return self._industries.get(folded(word))

    def cost_kind(self, word: str) -> CostKind | None:
        """The cost kind with this code, name or alias; None when nobody knows the word."""
        return self._cost_kinds.get(folded(word))

    def trait(self, kind: str, word: str) -> Trait | None:
        """The trait of this kind with this code, name or alias; None when nobody knows the word."""
        return self._traits[kind].get(folded(word))

    def traits_of(self, kind: str) -> tuple[Trait, ...]:
        """All traits of a kind, in the master's order."""
        return tuple(row for row in self.traits if row.kind == kind)

    def category(self, code: str) -> Category:
        """The category with this code; KeyError for a code that is not one of the three."""
        return _CATEGORY_OF[code]

    def functions_of(self, codes: Iterable[str]) -> tuple[CoreFunction, ...]:
        """The known functions among these codes: each once, in the master's order."""
        known = (self.function(code) for code in codes)
        wanted = {row.code for row in known if row}
        return tuple(row for row in self.functions if row.code in wanted)

    def categories_of(self, codes: Iterable[str]) -> tuple[str, ...]:
        """The categories that these functions belong to: each once, front to back."""
        found = {row.category for row in self.functions_of(codes)}
        return tuple(code for code in CATEGORY_CODES if code in found)


_CATEGORY_OF: Final = {category.code: category for category in CATEGORIES}
Row = TypeVar("Row", CoreFunction, Industry, CostKind, ProductivityIndex, Trait)
Word = TypeVar("Word", CoreFunction, Industry, CostKind, Trait)


class _Bad(Exception):
    """A cell that does not fit: column, and what is wrong in both languages."""

    def __init__(self, column: str, ja: str, en: str) -> None:
        super().__init__(en)
        self.column, self.ja, self.en = column, ja, en


def _version(document: Document) -> PartVersion:
    return PartVersion(
        document.part,
        document.edition,
        document.version,
        document.effective_from,
        document.source,
        document.note,
    )


def _fault(place: str, ja: str, en: str) -> Finding:
    return Finding(
        "bad_master",
        Text(f"{place}: {ja}。", f"{place}: {en}."),
        Text("マスタを直してから、もう一度読み込んでください。", "Correct the master data, then load it again."),
        place,
    )


def _parse(
    document: Document, parse: Callable[[Mapping[str, Any]], Row], faults: list[Finding], *, key: str = "code"
) -> list[Row]:
    """Every row that fits; what does not fit, and a code written twice, is added to the faults."""
    rows: list[Row] = []
    seen: set[str] = set()
    if not document.rows:
        faults.append(_fault(document.name or document.part, "行が1つもありません", "there is no row"))
    for number, cells in enumerate(document.rows, document.first_row):
        place = f"{document.name or document.part} {number}"
        try:
            rows.append(parse(cells))
            _once(cells[key], key, seen)
        except _Bad as bad:
            faults.append(_fault(f"{place} {bad.column}", bad.ja, bad.en))
    return rows


def _once(code: str, column: str, seen: set[str]) -> None:
    if folded(code) in seen:
        raise _Bad(column, f"「{code}」が2回書かれています", f"{code!r} is written twice")
    seen.add(folded(code))


def _cell(cells: Mapping[str, Any], column: str) -> str:
    value = cells.get(column)
    if not isinstance(value, str) or not value.strip():
        raise _Bad(column, "文字がありません", "text is missing")
    return value.strip()


def _name(cells: Mapping[str, Any]) -> Text:
    return Text(_cell(cells, "name_ja"), _cell(cells, "name_en"))


def _aliases(cells: Mapping[str, Any]) -> tuple[str, ...]:
    value = cells.get("aliases", [])
    if not isinstance(value, list) or not all(isinstance(word, str) and word.strip() for word in value):
        raise _Bad("aliases", "言葉の一覧ではありません", "this is not a list of words")
    return tuple(value)


def _one_of(cells: Mapping[str, Any], column: str, known: Iterable[str]) -> str:
    value = _cell(cells, column)
    if value not in known:
        expected = ", ".join(sorted(known))
        raise _Bad(column, f"「{value}」はありません（{expected}）", f"{value!r} is not one of {expected}")
    return value


def _function(cells: Mapping[str, Any]) -> CoreFunction:
    words = str(cells.get("words_people_use") or "")
    return CoreFunction(
        _cell(cells, "code"),
        _one_of(cells, "category", CATEGORY_CODES),
        _name(cells),
        tuple(word.strip() for word in words.split(";") if word.strip()),
    )


def _industry(cells: Mapping[str, Any]) -> Industry:
    return Industry(_cell(cells, "code"), _name(cells), _aliases(cells))


def _cost_kind(cells: Mapping[str, Any]) -> CostKind:
    return CostKind(_cell(cells, "code"), _name(cells), _one_of(cells, "term", TERMS), _aliases(cells))


def _trait(cells: Mapping[str, Any]) -> Trait:
    kind = _one_of(cells, "kind", LISTED_KINDS)
    return Trait(kind, _cell(cells, "code"), _name(cells), _aliases(cells))


def _traits(document: Document | None, faults: list[Finding]) -> list[Trait]:
    return _parse(document, _trait, faults) if document else []


def _index_of(industries: set[str]) -> Callable[[Mapping[str, Any]], ProductivityIndex]:
    def parse(cells: Mapping[str, Any]) -> ProductivityIndex:
        industry = _one_of(cells, "industry", industries - {ALL_INDUSTRIES})
        shares = {code: _percent(cells, code) for code in CATEGORY_CODES}
        total = sum(shares.values(), Fraction(0))
        if total != HUNDRED:
            shown = percent(total)
            raise _Bad(
                "front, middle, back_office",
                f"合計が100%ではなく{shown}です",
                f"the row adds up to {shown}, not 100%",
            )
        return ProductivityIndex(industry, MappingProxyType(shares))

    return parse


def _percent(cells: Mapping[str, Any], column: str) -> Fraction:
    text = _cell({column: str(cells.get(column, ""))}, column)
    whole, point, decimals = text.partition(".")
    if not (whole + decimals).isdecimal() or not whole or (point and not decimals) or len(text) > 10:
        raise _Bad(column, f"「{text}」は百分率ではありません", f"{text!r} is not a percentage")
    return Fraction(text)


def percent(value: Fraction) -> str:
    """An exact percentage as people read it: 58%, 50.5%."""
    tenths = value * 10
    if value.denominator == 1:
        return f"{value.numerator}%"
    if tenths.denominator == 1:
        return f"{tenths.numerator // 10}.{tenths.numerator % 10}%"
    return f"{value.numerator}/{value.denominator}%"


def _words_of(row: Industry | CostKind | Trait) -> tuple[str, ...]:
    return (row.code, row.name.ja, row.name.en, *row.aliases)


def _by_word(
    source: str, rows: Iterable[Word], words_of: Callable[[Word], tuple[str, ...]], faults: list[Finding]
) -> Mapping[str, Word]:
    """Rows by each of their words; a word that two rows claim is a fault."""
    found: dict[str, Word] = {}
    for row in rows:
        for word in words_of(row):
            owner = found.setdefault(folded(word), row)
            if owner.code != row.code:
                faults.append(
                    _fault(
                        f"{source} {row.code}",
                        f"「{word}」は {owner.code} でも使われています",
                        f"{word!r} also stands for {owner.code}",
                    )
                )
    return MappingProxyType(found)
