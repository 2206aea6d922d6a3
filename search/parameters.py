"""A search as an address says it: every state is a plain URL that can be shared. Bad values name themselves."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Final, Literal, Protocol, Self

from catalogue import traits
from catalogue.vocabulary import CATEGORY_CODES, Masters
from search.bands import BANDS
from search.port import MAX_PAGE, MAX_PER_PAGE, MAX_VALUES, Amount, Sort, part_read
from tenants.errors import BadInput, Finding
from tenants.organisations import PREFECTURES
from tenants.text import Text
from tenants.typed_numbers import whole_number

MAX_AMOUNT: Final = 10**12 - 1
DEFAULT_PER_PAGE: Final = 20
FIRST_DAY: Final = date(2000, 1, 1)
LAST_DAY: Final = date(2999, 12, 31)
MAX_DAYS: Final = 3650
_NUMBER_LENGTH: Final = 13


class BadQuery(BadInput):
    """The address asks for something that does not exist or is out of range."""

    status: ClassVar[int] = 400


class ReversedRange(Finding):
    """A range whose lowest amount is above its highest. field: the lowest; the fault is of both."""


class Parameters(Protocol):
    """Query parameters, each possibly given several times; werkzeug's MultiDict is one."""

    def getlist(self, key: str) -> list[str]:
        """Every value of a parameter."""


# parameter -> field of the query
MANY: Final = {
    "category": "categories",
    "function": "functions",
    "industry": "industries",
    "area": "areas",
    "vendor": "vendors",
    "prefecture": "prefectures",
    "price_band": "price_bands",
    "deployment": "deployments",
    "language": "languages",
    "certification": "certifications",
    "support": "support",
}
# The beginning of the parameters for an amount: price_min, price_max and so on, which are the query's fields too.
RANGES: Final = {"price": Amount.PRICE, "own_cost": Amount.OWN_COST, "second_year": Amount.SECOND_YEAR}
BOUNDS: Final = tuple(f"{name}_{bound}" for name in RANGES for bound in ("min", "max"))
# What people read for a parameter.
LABELS: Final[Mapping[str, Text]] = {
    "q": Text("言葉", "Words"),
    "category": Text("業務の区分", "Business category"),
    "function": Text("できること（機能）", "Function"),
    "function_mode": Text("機能の選び方", "Functions: any or all"),
    "industry": Text("業種", "Industry"),
    "area": traits.KINDS[traits.AREA],
    "vendor": Text("ITベンダー", "Vendor"),
    "prefecture": Text("ITベンダーの所在地", "Vendor's prefecture"),
    "price": Text("総額（税抜）", "Total (before tax)"),
    "own_cost": Text("自己負担", "Own cost"),
    "second_year": Text("2年目以降の費用（年）", "Yearly cost from year two"),
    "price_band": Text("総額（税抜）", "Total (before tax)"),
    "price_min": Text("総額の下限", "Lowest total"),
    "price_max": Text("総額の上限", "Highest total"),
    "own_cost_min": Text("自己負担の下限", "Lowest own cost"),
    "own_cost_max": Text("自己負担の上限", "Highest own cost"),
    "second_year_min": Text("2年目以降の費用の下限", "Lowest yearly cost from year two"),
    "second_year_max": Text("2年目以降の費用の上限", "Highest yearly cost from year two"),
    "fundable": Text("補助金", "Subsidy"),
    **{kind: traits.KINDS[kind] for kind in traits.FILTERED_KINDS},
    "updated_since": Text("公開・更新された日", "Published or updated since"),
    "updated_within": Text("公開・更新された日", "Published or updated"),
    "sort": Text("並べ替え", "Sort"),
    "page": Text("ページ", "Page"),
    "per_page": Text("1ページの件数", "Results per page"),
}


NAMES: Final = (
    *MANY,
    "function_mode",
    "fundable",
    *BOUNDS,
    "updated_since",
    "updated_within",
    "sort",
    "page",
    "per_page",
)
"""Every parameter beside the words, in the order of an address."""


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What was asked. Amounts are whole yen without tax, bounds included; updated_since: a day in Japan, included;
    updated_within: so many days before the day it is asked, which a saved search goes on with.

    q: of an address, no more than a search reads, so that no link repeats the rest (see :func:`shortened`).
    """

    q: str = ""
    functions: tuple[str, ...] = ()
    function_mode: Literal["any", "all"] = "any"
    categories: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    vendors: tuple[str, ...] = ()
    prefectures: tuple[str, ...] = ()
    price_bands: tuple[str, ...] = ()
    deployments: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    certifications: tuple[str, ...] = ()
    support: tuple[str, ...] = ()
    fundable: bool | None = None
    price_min: int | None = None
    price_max: int | None = None
    own_cost_min: int | None = None
    own_cost_max: int | None = None
    second_year_min: int | None = None
    second_year_max: int | None = None
    updated_since: date | None = None
    updated_within: int | None = None
    sort: str = Sort.RELEVANCE.value
    page: int = 1
    per_page: int = DEFAULT_PER_PAGE

    @classmethod
    def from_args(cls, args: Parameters) -> Self:
        """Read an address's parameters; empty ones count as not given. Raises BadQuery, all faults at once."""
        faults: list[Finding] = []
        many: dict[str, Any] = {field: _values(args, name, faults) for name, field in MANY.items()}
        bounds: dict[str, Any] = {name: _number(args, name, 0, MAX_AMOUNT, faults) for name in BOUNDS}
        query = cls(
            q=part_read(_first(args, "q")).strip(),
            function_mode=_mode(args, faults),
            fundable=_truth(_first(args, "fundable"), faults),
            updated_since=_day(_first(args, "updated_since"), faults),
            updated_within=_number(args, "updated_within", 1, MAX_DAYS, faults),
            sort=_one_of(_first(args, "sort"), [each.value for each in Sort], "sort", faults),
            page=_number(args, "page", 1, MAX_PAGE, faults) or 1,
            per_page=_number(args, "per_page", 1, MAX_PER_PAGE, faults) or DEFAULT_PER_PAGE,
            **many,
            **bounds,
        )
        faults += [
            _reversed(name, low, high)
            for name in RANGES
            for low, high in [query.bounds(name)]
            if low is not None and high is not None and low > high
        ]
        if faults:
            raise BadQuery(*faults)
        return query

    def bounds(self, name: str) -> tuple[int | None, int | None]:
        """The lowest and highest amount of one of RANGES."""
        return getattr(self, f"{name}_min"), getattr(self, f"{name}_max")

    def check(self, masters: Masters) -> None:
        """Raise BadQuery for values that do not exist in the master data."""
        known: dict[str, Sequence[str]] = {
            "function": [row.code for row in masters.functions],
            "category": CATEGORY_CODES,
            "industry": [row.code for row in masters.industries],
            "area": PREFECTURES,
            "prefecture": PREFECTURES,
            "price_band": [band.code for band in BANDS],
            **{kind: [row.code for row in masters.traits_of(kind)] for kind in traits.FILTERED_KINDS},
        }
        faults = [
            _unknown(name, value, values)
            for name, values in known.items()
            for value in getattr(self, MANY[name])
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
        found: list[tuple[str, str]] = []
        for name, field, default in _IN_ADDRESS:
            value = changes[field] if field in changes else getattr(self, field)
            if value == default:
                continue
            if isinstance(value, tuple):
                found += [(name, each) for each in value]
            else:
                found.append((name, str(value).lower() if isinstance(value, bool) else str(value)))
        return found

    def selected(self) -> dict[str, tuple[str, ...]]:
        """The chosen values by facet."""
        chosen = {name: getattr(self, field) for name, field in MANY.items()}
        chosen["fundable"] = () if self.fundable is None else (str(self.fundable).lower(),)
        return chosen

    def without_filters(self) -> SearchQuery:
        """The words and the order alone."""
        return SearchQuery(q=self.q, sort=self.sort)


_IN_ADDRESS: Final = tuple(
    (name, field, getattr(SearchQuery(), field))
    for name, field in (("q", "q"), *MANY.items(), *((name, name) for name in NAMES[len(MANY) :]))
)
"""Parameter, field and default, in the order of an address."""
IN_ADDRESS: Final = tuple(field for _, field, _ in _IN_ADDRESS)
"""The query's fields in that order."""


def shortened(args: Parameters) -> bool:
    """Whether more words stand in the address than a search reads."""
    written = _first(args, "q")
    return part_read(written) != written


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
                f"「{LABELS[name].ja}」（{name}）の値は{MAX_VALUES}個までです（{len(values)}個）。",
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
    number = _read(name, written)
    if number is None or not low <= number <= high:
        faults.append(
            _unusable(
                name,
                written,
                f"{low:,}から{high:,}までの整数にしてください。",
                f"Use a whole number from {low:,} to {high:,}.",
            )
        )
        return None
    return number


def _read(name: str, written: str) -> int | None:
    """A Japanese keyboard writes １００，０００ as readily as 100,000, and of an amount a person 30万円 as readily as both."""
    if name in BOUNDS:
        return whole_number(written)
    digits = unicodedata.normalize("NFKC", written).replace(",", "")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 15 else None


def _day(written: str, faults: list[Finding]) -> date | None:
    if not written:
        return None
    try:
        found = date.fromisoformat(unicodedata.normalize("NFKC", written)) if len(written) == 10 else None
    except ValueError:
        found = None
    if found is None or not FIRST_DAY <= found <= LAST_DAY:
        faults.append(
            _unusable(
                "updated_since",
                written,
                f"{FIRST_DAY}から{LAST_DAY}までの日付を「2026-11-22」のように指定してください。",
                f"Give a date from {FIRST_DAY} to {LAST_DAY} as 2026-11-22.",
            )
        )
        return None
    return found


def _reversed(name: str, low: int, high: int) -> Finding:
    label = LABELS[name]
    return ReversedRange(
        "bad_query",
        Text(
            f"「{label.ja}」の範囲が逆です。下限の{low:,}円が、上限の{high:,}円より大きくなっています。",
            f"The range of “{label.en}” is reversed: the lowest, ¥{low:,}, is above the highest, ¥{high:,}.",
        ),
        Text(
            f"下限を{high:,}円、上限を{low:,}円に入れ替えるか、どちらかを直してください。",
            f"Exchange them (from ¥{high:,} to ¥{low:,}), or mend one of them.",
        ),
        f"{name}_min",
    )


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
    shown = ", ".join(known[:50])
    return _unusable(name, value, f"使える値：{shown}", f"Possible values: {shown}")


def _unusable(name: str, value: str, remedy_ja: str, remedy_en: str) -> Finding:
    label = LABELS[name]
    return _fault(
        name,
        f"「{label.ja}」に「{value[:40]}」は使えません（{name}）。",
        f"“{value[:40]}” cannot be used for “{label.en}” ({name}).",
        remedy_ja,
        remedy_en,
    )


def _fault(name: str, ja: str, en: str, remedy_ja: str, remedy_en: str) -> Finding:
    return Finding("bad_query", Text(ja, en), Text(remedy_ja, remedy_en), name)
