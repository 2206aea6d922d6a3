"""What the search page offers where nothing is found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from flask import url_for

from catalogue.problems import Problem
from catalogue.vocabulary import Masters
from search.budgets import OWN_COST, PRICE
from search.parameters import LABELS, SearchQuery
from search.port import Sort
from search.queries import find
from search.ways_out import Drop, WaysOut, ways_out
from tenants.text import Text
from web.public.blueprint import todays
from web.public.search_address import address


def help_on(query: SearchQuery, masters: Masters) -> dict[str, Any]:
    """What leads on from a search that finds nothing: a problem that is meant, near functions, or all where none is near."""
    found = ways_out(query, todays())
    near = [each.code for each in found.related if each.code in found.functions]
    kept = [code for code, way in found.functions.items() if not way.alone] or list(found.functions)
    every = [] if near else [row.code for row in masters.functions if row.code in kept]
    return {
        "meant": as_problems(query, found.problems),
        "drops": [
            (
                _without(drop.name),
                drop.count,
                address(drop.query, per_page=query.per_page, **_nearest(query, drop.name)),
                _cheapest(query, drop),
            )
            for drop in found.drops
        ],
        "unfiltered": found.unfiltered,
        "related": _by_functions(query, found, masters, near),
        "functions": _by_functions(query, found, masters, every),
    }


def _by_functions(
    query: SearchQuery, found: WaysOut, masters: Masters, codes: Iterable[str]
) -> list[tuple[Text, int, str, bool]]:
    """These functions: name, how many, where, and whether the other conditions go."""
    names = {row.code: row.name for row in masters.functions}
    ways = [(names[code], found.functions[code]) for code in codes]
    return [(name, way.count, address(way.query, per_page=query.per_page), way.alone) for name, way in ways]


def as_problems(query: SearchQuery, problems: Sequence[Problem]) -> list[tuple[str, str]]:
    """Problems that may be meant: each in its words, with the guided search where it is chosen."""
    return [(each.sentence, url_for("public.find", q=query.q, problem=each.code)) for each in problems]


def _without(name: str) -> Text:
    """What letting a condition go is called."""
    if name == "q":
        return Text("言葉を使わず、ほかの条件だけでさがす", "By the other conditions alone, without the words")
    label = LABELS[name]
    return Text(f"「{label.ja}」の条件を外す", f"Without “{label.en}”")


def _nearest(query: SearchQuery, dropped: str) -> dict[str, str]:
    """The order in which what costs little more than a limit that is let go comes first."""
    limited = dropped in (OWN_COST, PRICE) and query.bounds(dropped)[1] is not None
    return {"sort": dropped} if limited and query.sort == Sort.RELEVANCE.value else {}


def _cheapest(query: SearchQuery, drop: Drop) -> Text | None:
    """What the cheapest costs of all that a limit on the amount leaves out: one question more, and only then."""
    low, high = query.bounds(drop.name) if drop.name in (OWN_COST, PRICE) else (None, None)
    if high is None or low is not None:
        return None
    page = find(replace(drop.query, sort=drop.name), todays(), ())
    # The order is by what anybody pays: by one's own facts another may be cheaper.
    if not page.items or page.by_own_facts:
        return None
    hit, label = page.items[0], LABELS[drop.name]
    yen = hit.own_cost_yen if drop.name == OWN_COST else hit.total_yen
    return Text(f"いちばん安いものは{label.ja} {yen:,}円", f"The cheapest: {label.en} ¥{yen:,}")
