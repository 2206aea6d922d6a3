"""The values one may filter by, with their counts: every value of the master data, also where nothing has it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from heapq import nsmallest
from typing import Final, NamedTuple

from catalogue.traits import FILTERED_KINDS, NATIONWIDE
from catalogue.vocabulary import ALL_INDUSTRIES, CATEGORIES, Masters
from search.bands import BANDS, OWN_COST_BANDS, SECOND_YEAR_BANDS, Band
from search.name_order import vendor_key
from search.parameters import SearchQuery
from search.port import Facet
from tenants import public_vendors
from tenants.organisations import PREFECTURES, place
from tenants.text import Text, same

MOST_VENDORS_SHOWN: Final = 15
FUNDABLE: Final = (
    ("true", Text("補助の対象になる", "Can be funded")),
    ("false", Text("補助の対象にならない", "Cannot be funded")),
)
Counts = Mapping[Facet, Mapping[str, int]]


class FacetValue(NamedTuple):
    """One value one may filter by, with how many results it would give. A page makes two hundred of them."""

    value: str
    label: Text
    count: int  # type: ignore[assignment]  # a tuple has a count of its own, which nobody asks it for
    selected: bool


def facet_values(
    counts: Counts, query: SearchQuery, masters: Masters, facets: Collection[Facet] = tuple(Facet)
) -> dict[str, tuple[FacetValue, ...]]:
    """The values of these facets in the master's order. counts: none where there is no index."""
    known = _known(masters)
    if Facet.VENDOR in facets:
        known = known | {Facet.VENDOR: _vendors(counts.get(Facet.VENDOR, {}), query.vendors)}
    selected = query.selected()
    return {
        facet.value: _counted(values, counts.get(facet, {}), selected.get(facet.value, ()), facet)
        for facet, values in known.items()
        if facet in facets
    }


@lru_cache(maxsize=8)
def _known(masters: Masters) -> dict[Facet, Sequence[tuple[str, Text]]]:
    """Every facet's values in order; the vendors, which depend on what is found, have their place."""
    return {
        Facet.CATEGORY: [(row.code, row.name) for row in CATEGORIES],
        Facet.FUNCTION: [(row.code, row.name) for row in masters.functions],
        Facet.INDUSTRY: [(row.code, row.name) for row in masters.industries if row.code != ALL_INDUSTRIES],
        Facet.AREA: [(name, place(name)) for name in PREFECTURES],
        Facet.VENDOR: (),
        Facet.PREFECTURE: [(name, place(name)) for name in PREFECTURES],
        Facet.PRICE_BAND: _bands(BANDS),
        Facet.OWN_COST_BAND: _bands(OWN_COST_BANDS),
        Facet.SECOND_YEAR_BAND: _bands(SECOND_YEAR_BANDS),
        Facet.FUNDABLE: FUNDABLE,
        **{Facet(kind): [(row.code, row.name) for row in masters.traits_of(kind)] for kind in FILTERED_KINDS},
    }


def _counted(
    values: Sequence[tuple[str, Text]], found: Mapping[str, int], chosen: Sequence[str], facet: Facet
) -> tuple[FacetValue, ...]:
    everywhere = found.get(NATIONWIDE, 0) if facet is Facet.AREA else 0
    count = found.get
    return tuple(
        [FacetValue(value, label, count(value, 0) + everywhere, value in chosen) for value, label in values]
    )


def _bands(bands: Sequence[Band]) -> list[tuple[str, Text]]:
    return [(band.code, band.label) for band in bands]


def _vendors(counts: Mapping[str, int], chosen: Sequence[str]) -> list[tuple[str, Text]]:
    """Those that are ticked, then those with most results."""
    most = nsmallest(MOST_VENDORS_SHOWN, [(-count, number) for number, count in counts.items()])
    return _named(counts, chosen, [number for _, number in most])


def vendor_values(
    counts: Mapping[str, int], query: SearchQuery, numbers: Collection[str]
) -> tuple[FacetValue, ...]:
    """Those that are ticked, then these vendors, most results first. counts: of every vendor that has any."""
    return _counted(_named(counts, query.vendors, numbers), counts, query.vendors, Facet.VENDOR)


def _named(counts: Mapping[str, int], chosen: Sequence[str], others: Collection[str]) -> list[tuple[str, Text]]:
    """Vendors with their names, each once: what is ticked as it was, then by results, of equally many by name."""
    names = public_vendors.names([*dict.fromkeys((*chosen, *others))])
    ordered = sorted(
        names.keys() - set(chosen), key=lambda number: (-counts.get(number, 0), vendor_key(names[number]), number)
    )
    return [(number, same(names[number])) for number in (*chosen, *ordered) if number in names]
