"""What helps when nothing is found: the problem that is meant, which condition to let go, with what that would give,
and related functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Final

from catalogue.problems import Problem
from marketplace.today import Today, today
from search.finding import understood
from search.parameters import MANY, RANGES, SearchQuery
from search.port import EngineUnavailable, Facet, Sort
from search.requests import answer_to
from search.suggestions import Suggestion, related_functions

MOST_RELATED: Final = 4
MOST_PROBLEMS: Final = 2


@dataclass(frozen=True, slots=True)
class Drop:
    """One condition that stands in the way. name: a parameter, or the beginning of two (price). query: without it."""

    name: str
    query: SearchQuery
    count: int


@dataclass(frozen=True, slots=True)
class WithFunction:
    """A function instead of the words. alone: whether the other conditions had to go, since they leave nothing of it."""

    query: SearchQuery
    count: int
    alone: bool


@dataclass(frozen=True, slots=True)
class WaysOut:
    """drops: what lets something be found, most first. unfiltered: how many the words alone find. related: functions,
    those that solve the problems first. problems: what the words speak of, where they alone find nothing. functions:
    each that has something, by its code."""

    drops: tuple[Drop, ...]
    unfiltered: int
    related: tuple[Suggestion, ...]
    problems: tuple[Problem, ...]
    functions: Mapping[str, WithFunction]


def conditions(query: SearchQuery) -> dict[str, dict[str, Any]]:
    """What is set, by name, with the changes that let it go; the words are one of them."""
    found: dict[str, dict[str, Any]] = {"q": {"q": ""}} if query.q else {}
    for name, field in MANY.items():
        if getattr(query, field):
            found[name] = {field: ()} | ({"function_mode": "any"} if name == "function" else {})
    for name in RANGES:
        if any(bound is not None for bound in query.bounds(name)):
            found[name] = {f"{name}_min": None, f"{name}_max": None}
    for name in ("fundable", "updated_since", "updated_within"):
        if getattr(query, name) is not None:
            found[name] = {name: None}
    return found


def ways_out(query: SearchQuery, now: Today | None = None) -> WaysOut:
    """For a query that finds nothing; one small question to the engine for each condition. now: what counts today,
    where the request has asked for it."""
    now = now or today()
    related = related_functions(query.q, MOST_RELATED, now.words, now.synonyms)
    first = replace(query, page=1, per_page=1)
    changes = conditions(first)
    try:
        drops = [Drop(name, without, _count(without, now)) for name, without in _each_without(first, changes)]
        only_words = len(changes) > 1 and "q" in changes
        unfiltered = _count(replace(first.without_filters(), per_page=1), now) if only_words else 0
        functions = _each_function(first, now)
    except EngineUnavailable:
        return WaysOut((), 0, related, (), {})
    helpful = sorted((drop for drop in drops if drop.count), key=lambda drop: -drop.count)
    problems = () if unfiltered else problems_meant(query.q, now)
    needed = now.words.functions_of(code for each in problems for code in each.functions)
    solving = (Suggestion("function", row.name, row.code) for row in needed)
    near = tuple(islice(dict.fromkeys((*solving, *related)), MOST_RELATED))
    return WaysOut(tuple(helpful), unfiltered, near, problems, functions)


def _each_function(query: SearchQuery, now: Today) -> dict[str, WithFunction]:
    """Each function that has something: among what the other conditions leave, else among all."""
    kept = replace(query, q="", functions=(), function_mode="any")
    everything = replace(kept.without_filters(), per_page=kept.per_page)
    found = {}
    for without in dict.fromkeys((everything, kept)):
        answer = answer_to(
            replace(without, sort=Sort.NEWEST.value),
            facets=(Facet.FUNCTION,),
            marked=False,
            synonyms=now.synonyms,
        )
        for code, count in answer.result.facets[Facet.FUNCTION].items():
            found[code] = WithFunction(replace(without, functions=(code,)), count, without != kept)
    return found


def problems_meant(text: str, now: Today) -> tuple[Problem, ...]:
    """The problems of the list that a text speaks of, as the guided search understands it; without a statement."""
    found = understood(text, now.words, now.problems, now.synonyms).problems if text else ()
    return tuple(each.problem for each in found[:MOST_PROBLEMS])


def _each_without(query: SearchQuery, changes: dict[str, dict[str, Any]]) -> list[tuple[str, SearchQuery]]:
    return [(name, replace(query, **change)) for name, change in changes.items()]


def _count(query: SearchQuery, now: Today) -> int:
    """How many it finds: in an order that costs nothing, since nobody sees it."""
    unseen = replace(query, sort=Sort.NEWEST.value)
    return answer_to(unseen, facets=(), marked=False, synonyms=now.synonyms).result.total
