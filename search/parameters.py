"""A search as an address says it: every state is a plain URL that can be shared. Bad values name themselves."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final, Literal, Protocol, Self

from catalogue.vocabulary import CATEGORY_CODES, Masters
from search.bands import BANDS
from search.port import MAX_PAGE, MAX_PER_PAGE, MAX_VALUES, Sort
from tenants.errors import BadInput, Finding
from tenants.organisations import PREFECTURES
from tenants.text import Text

MAX_AMOUNT: Final = 10**12 - 1
DEFAULT_PER_PAGE: Final = 20
_NUMBER_LENGTH: Final = 13


class BadQuery(BadInput):
    """The address asks for something that does not exist or is out of range."""

    status: ClassVar[int] = 400


class Parameters(Protocol):
    """Query parameters, each possibly given several times; werkzeug's MultiDict is one."""

    def getlist(self, key: str) -> list[str]:
        """Every value of a parameter."""


# parameter -> field of the query
_MANY: Final = {
    "function": "functions",
    "category": "categories",
    "industry": "industries",
    "vendor": "vendors",
    "prefecture": "prefectures",
    "price_band": "price_bands",
}


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What was asked. Amounts are whole yen without tax, bounds included."""

    q: str = ""
    functions: tuple[str, ...] = ()
    function_mode: Literal["any", "all"] = "any"
    categories: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    vendors: tuple[str, ...] = ()
    prefectures: tuple[str, ...] = ()
    price_bands: tuple[str, ...] = ()
    fundable: bool | None = None
    price_min: int | None = None
    price_max: int | None = None
    own_cost_max: int | None = None
    sort: str = Sort.RELEVANCE.value
    page: int = 1
    per_page: int = DEFAULT_PER_PAGE

    @classmethod
    def from_args(cls, args: Parameters) -> Self:
        """Read an address's parameters; empty ones count as not given. Raises BadQuery, all faults at once."""
        faults: list[Finding] = []
        many = {field: _values(args, name, faults) for name, field in _MANY.items()}
        query = cls(
            q=_first(args, "q"),
            function_mode=_mode(args, faults),
            fundable=_truth(_first(args, "fundable"), faults),
            price_min=_number(args, "price_min", 0, MAX_AMOUNT, faults),
            price_max=_number(args, "price_max", 0, MAX_AMOUNT, faults),
            own_cost_max=_number(args, "own_cost_max", 0, MAX_AMOUNT, faults),
            sort=_one_of(_first(args, "sort"), [each.value for each in Sort], "sort", faults),
            page=_number(args, "page", 1, MAX_PAGE, faults) or 1,
            per_page=_number(args, "per_page", 1, MAX_PER_PAGE, faults) or DEFAULT_PER_PAGE,
            **many,
        )
        if query.price_min is not None and query.price_max is not None and query.price_min > query.price_max:
            faults.append(
                _fault(
                    "price_min",
                    "価格の下限が上限より大きくなっています。",
                    "The lowest price is above the highest.",
                    "下限を上限以下にしてください。",
                    "Make the lowest price at most the highest.",
                )
            )
        if faults:
            raise BadQuery(*faults)
        return query

    def check(self, masters: Masters) -> None:
        """Raise BadQuery for values that do not exist in the master data."""
        known: dict[str, Sequence[str]] = {
            "function": [row.code for row in masters.functions],
            "category": CATEGORY_CODES,
            "industry": [row.code for row in masters.industries],
            "prefecture": PREFECTURES,
            "price_band": [band.code for band in BANDS],
        }
        faults = [
            _unknown(name, value, values)
            for name, values in known.items()
            for value in getattr(self, _MANY[name])
            if value not in values
        ]
        faults += [
            _fault(
                "vendor",
                f"事業者の番号「{value[:20]}」は13桁の数字ではありません。",
                f"The vendor's number {value[:20]!r} is not 13 digits.",
                "13桁の法人番号を指定してください。",
                "Give the 13-digit corporate number.",
            )
            for value in self.vendors
            if not (len(value) == _NUMBER_LENGTH and value.isascii() and value.isdigit())
        ]
        if faults:
            raise BadQuery(*faults)

    def to_args(self, **changes: Any) -> list[tuple[str, str]]:
        """The parameters of this query with some fields changed, in a fixed order; defaults are left out.

        A change other than the page's goes back to page 1.
        """
        if changes and "page" not in changes:
            changes["page"] = 1
        query = replace(self, **changes)
        found: list[tuple[str, str]] = [("q", query.q)] if query.q else []
        for name, field in _MANY.items():
            found += [(name, value) for value in getattr(query, field)]
        single: list[tuple[str, Any, Any]] = [
            ("function_mode", query.function_mode, "any"),
            ("fundable", query.fundable, None),
            ("price_min", query.price_min, None),
            ("price_max", query.price_max, None),
            ("own_cost_max", query.own_cost_max, None),
            ("sort", query.sort, Sort.RELEVANCE.value),
            ("page", query.page, 1),
            ("per_page", query.per_page, DEFAULT_PER_PAGE),
        ]
        return found + [
            (name, str(value).lower() if isinstance(value, bool) else str(value))
            for name, value, default in single
            if value != default
        ]

    def selected(self) -> dict[str, tuple[str, ...]]:
        """The chosen values by facet."""
        chosen = {name: getattr(self, field) for name, field in _MANY.items()}
        chosen["fundable"] = () if self.fundable is None else (str(self.fundable).lower(),)
        return chosen


def _first(args: Parameters, name: str) -> str:
    values = args.getlist(name)
    # Control characters have no place on a page, not even echoed.
    return "".join(char if char.isprintable() else " " for char in values[0]).strip() if values else ""


def _values(args: Parameters, name: str, faults: list[Finding]) -> tuple[str, ...]:
    """Given several times or with commas; each once."""
    values = tuple(
        dict.fromkeys(part.strip() for value in args.getlist(name) for part in value.split(",") if part.strip())
    )
    if len(values) > MAX_VALUES:
        faults.append(
            _fault(
                name,
                f"{name} の値は{MAX_VALUES}個までです（{len(values)}個）。",
                f"{name} takes at most {MAX_VALUES} values ({len(values)} given).",
                "値を減らしてください。",
                "Give fewer values.",
            )
        )
        return ()
    return values


def _number(args: Parameters, name: str, low: int, high: int, faults: list[Finding]) -> int | None:
    written = _first(args, name)
    if not written:
        return None
    # A Japanese keyboard writes １００，０００ as readily as 100,000.
    digits = unicodedata.normalize("NFKC", written).replace(",", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 15 and low <= int(digits) <= high):
        faults.append(
            _fault(
                name,
                f"{name} の値「{written[:20]}」が正しくありません。",
                f"{name}={written[:20]!r} cannot be used.",
                f"{low:,}から{high:,}までの整数にしてください。",
                f"Use a whole number from {low:,} to {high:,}.",
            )
        )
        return None
    return int(digits)


def _mode(args: Parameters, faults: list[Finding]) -> Literal["any", "all"]:
    return (
        "all"
        if _one_of(_first(args, "function_mode"), ("any", "all"), "function_mode", faults) == "all"
        else "any"
    )


def _truth(written: str, faults: list[Finding]) -> bool | None:
    values = {"true": True, "1": True, "false": False, "0": False, "": None}
    if written not in values:
        faults.append(_unknown("fundable", written, ("true", "false")))
        return None
    return values[written]


def _one_of(written: str, known: Sequence[str], name: str, faults: list[Finding]) -> str:
    if not written:
        return known[0]
    if written not in known:
        faults.append(_unknown(name, written, known))
        return known[0]
    return written


def _unknown(name: str, value: str, known: Sequence[str]) -> Finding:
    shown = ", ".join(known[:30])
    return _fault(
        name,
        f"{name} の値「{value[:40]}」はありません。",
        f"{name}={value[:40]!r} does not exist.",
        f"使える値：{shown}",
        f"Possible values: {shown}",
    )


def _fault(name: str, ja: str, en: str, remedy_ja: str, remedy_en: str) -> Finding:
    return Finding("bad_query", Text(ja, en), Text(remedy_ja, remedy_en), name)
