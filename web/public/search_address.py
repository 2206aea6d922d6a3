"""A search as its page tells it: the address of each state, and what is set as chips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlencode

from search.bands import BANDS, OWN_COST_BANDS, SECOND_YEAR_BANDS
from search.parameter_names import KNOWN
from search.parameters import BOUNDS, IN_ADDRESS, LABELS, MANY, MAX_AMOUNT
from search.queries import FacetValue, SearchQuery
from tenants.text import Text, same
from tenants.typed_numbers import whole_number
from web.public import vendor_filter

# What the panel shows as boxes, above and below the amounts; the others are set by address only.
ABOVE: Final = ("category", "function", "industry")
BELOW: Final = ("fundable", "area", "deployment", "support", "language", "certification")
BY_NAME: Final = "vendor"
BY_ADDRESS: Final = ("prefecture", "price_band")
# Amounts as people think of them: what they pay first.
AMOUNTS: Final = {"own_cost": OWN_COST_BANDS, "price": BANDS, "second_year": SECOND_YEAR_BANDS}
# For how long, in days. What an address says so goes on with the days, in a bookmark too.
WITHIN: Final = {
    30: Text("1か月以内", "within a month"),
    90: Text("3か月以内", "within 3 months"),
    365: Text("1年以内", "within a year"),
}
PLAIN_IN_ADDRESS: Final = "!$'()*,/:;?@"  # https://url.spec.whatwg.org/#percent-encoded-bytes


@dataclass(frozen=True, slots=True)
class Chip:
    """One condition that is set, with the address without it. by_itself: its label says it without the group's."""

    group: Text
    label: Text | str
    href: str
    by_itself: bool = True


_AS_IF_NOT_SAID: Final = {
    name: str(getattr(SearchQuery(), name)) for name in ("function_mode", "sort", "page", "per_page")
}


def tidied(given: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """An address's parameters without those that say nothing: empty fields of a form, or the default; amounts in digits.
    Others' stay as they are.

    Of what counts once the first counts, so with it go all of its name.
    """
    first = dict(reversed(given))

    def says_nothing(name: str, value: str) -> bool:
        if name not in (*KNOWN, vendor_filter.FIELD):
            return False
        said = (value if name in MANY else first[name]).strip()
        return said in ("", _AS_IF_NOT_SAID.get(name))

    return [(name, _in_digits(name, value)) for name, value in given if not says_nothing(name, value)]


def _in_digits(name: str, value: str) -> str:
    """300000 for ３０万円; what is no amount stays, to be named as it was typed."""
    number = whole_number(value) if name in BOUNDS else None
    return value if number is None or number > MAX_AMOUNT else str(number)


def in_address(parameters: Sequence[tuple[str, str]]) -> str:
    """The search page with these parameters."""
    found = urlencode(parameters, safe=PLAIN_IN_ADDRESS)
    return f"/packages?{found}" if found else "/packages"


def address(query: SearchQuery, **changes: Any) -> str:
    """The search's address with some of its fields changed; as url_for writes it, which takes ten times as long."""
    parts = _parts(query)
    if changes:
        parts = parts | {field: _part(field, value) for field, value in ({"page": 1} | changes).items()}
    found = "&".join([part for part in parts.values() if part])
    return f"/packages?{found}" if found else "/packages"


@lru_cache(maxsize=100)  # a page has dozens of addresses of one query
def _parts(query: SearchQuery) -> dict[str, str]:
    """Each field as an address has it, in an address's order; nothing for one that is as by default."""
    return {field: _part(field, getattr(query, field)) for field in IN_ADDRESS}


@lru_cache(maxsize=2_000, typed=True)
def _part(field: str, value: Any) -> str:
    return urlencode(SearchQuery(**{field: value}).to_args(), safe=PLAIN_IN_ADDRESS)


def chips(query: SearchQuery, facets: Mapping[str, Sequence[FacetValue]]) -> list[Chip]:
    """What is set, each with the address that takes it off. facets: the words for its values."""
    found, selected = [], query.selected()
    for name in (*ABOVE, *BELOW, BY_NAME, *BY_ADDRESS):
        chosen = selected[name]
        if not chosen:
            continue
        labels = {option.value: option.label for option in facets[name]}
        field = MANY.get(name, name)
        for value in chosen:
            kept: Any = None
            if name in MANY:
                kept = tuple(each for each in getattr(query, field) if each != value)
            found.append(Chip(LABELS[name], labels.get(value, same(value)), address(query, **{field: kept})))
    for name in AMOUNTS:
        words = range_words(*query.bounds(name))
        if words:
            without = {f"{name}_min": None, f"{name}_max": None}
            found.append(Chip(LABELS[name], words, address(query, **without), by_itself=False))
    if query.updated_since:
        label = since_words(query.updated_since)
        found.append(Chip(LABELS["updated_since"], label, address(query, updated_since=None), by_itself=False))
    if query.updated_within:
        label = within_words(query.updated_within)
        found.append(Chip(LABELS["updated_within"], label, address(query, updated_within=None), by_itself=False))
    if query.function_mode == "all":
        label = Text("選んだ機能をすべて含む", "All chosen functions")
        found.append(Chip(Text("機能", "Functions"), label, address(query, function_mode="any")))
    return found


def range_words(low: int | None, high: int | None) -> Text | None:
    """300,000円〜500,000円; None when neither end is set."""
    if low is None and high is None:
        return None
    if low is None:
        return Text(f"{high:,}円以下", f"up to ¥{high:,}")
    if high is None:
        return Text(f"{low:,}円以上", f"¥{low:,} and more")
    return Text(f"{low:,}円〜{high:,}円", f"¥{low:,} to ¥{high:,}")


def since_words(day: date) -> Text:
    """2026年11月22日以降."""
    return Text(f"{day.year}年{day.month}月{day.day}日以降", f"since {day.isoformat()}")


def within_words(days: int) -> Text:
    """1か月以内, 45日以内."""
    return WITHIN.get(days, Text(f"{days:,}日以内", f"within {days:,} days"))
