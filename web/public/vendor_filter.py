"""The filter by vendor: those with most results, and any other by its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from werkzeug.datastructures import MultiDict

from catalogue.public_lists import vendors_named
from search.facet_values import MOST_VENDORS_SHOWN, vendor_values
from search.parameters import LABELS
from search.queries import SearchPage, SearchQuery
from tenants.errors import Finding
from tenants.text import Text
from web.ticks import Group

FIELD: Final = "vendor_name"
_LONGEST: Final = 100


@dataclass(frozen=True, slots=True)
class ByName:
    """What stands in the field for a vendor's name: nothing where it was one vendor, which is ticked instead.

    numbers: the vendors that have it in their names. more: whether there are more than these. chosen: whether one of
    them is ticked.
    """

    typed: str = ""
    numbers: tuple[str, ...] = ()
    more: bool = False
    chosen: bool = False

    @property
    def is_settled(self) -> bool:
        """Nothing is left to say of a name: none was typed, or whose it is has been chosen."""
        return not self.typed or self.chosen

    @property
    def is_unclear(self) -> bool:
        """Several have the name, and none of them is chosen."""
        return bool(self.numbers) and not self.chosen

    @property
    def findings(self) -> list[Finding]:
        """That nobody is called so."""
        if not self.typed or self.numbers:
            return []
        return [
            Finding(
                "no_such_vendor",
                Text(
                    f"名前に「{self.typed}」がある会社は見つかりませんでした。",
                    f"No vendor with packages has “{self.typed}” in its name.",
                ),
                Text("会社の名前の一部を、短く入力してください。", "Try a shorter part of its name."),
                FIELD,
            )
        ]


def settle(args: MultiDict[str, str]) -> ByName:
    """Take the name out of an address, and put in the vendor's number where only one is called so."""
    written = "".join(char if char.isprintable() else " " for char in args.pop(FIELD, ""))
    typed = " ".join(written.split())[:_LONGEST]
    if not typed:
        return ByName()
    found = vendors_named(typed, limit=MOST_VENDORS_SHOWN + 1)
    whole = [number for number, name in found if name == typed]
    meant = [number for number, _ in found] if len(found) == 1 else whole
    if len(meant) == 1:
        args.add("vendor", meant[0])
        return ByName()
    numbers = tuple(number for number, _ in found)
    chosen = not set(numbers).isdisjoint(args.getlist("vendor"))
    return ByName(typed, numbers[:MOST_VENDORS_SHOWN], len(numbers) > MOST_VENDORS_SHOWN, chosen)


def group(page: SearchPage, query: SearchQuery, by_name: ByName) -> Group:
    """The vendors to tick: those called as was typed, else those with most results; what is ticked comes first."""
    options = page.facets["vendor"]
    if by_name.numbers:
        options = vendor_values(page.vendor_counts, query, by_name.numbers)
    is_open = bool(by_name.typed) or any(option.selected for option in options)
    return Group("vendor", LABELS["vendor"], options, is_open, MOST_VENDORS_SHOWN if by_name.numbers else 8)
