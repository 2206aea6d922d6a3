"""Search: every state is an address; script only makes it faster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from flask import make_response, redirect, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from search.budgets import OWN_COST, PRICE, Budget, limited
from search.facet_values import MOST_VENDORS_SHOWN
from search.parameter_names import misspelt
from search.parameters import BOUNDS, FIRST_DAY, LABELS, BadQuery, ReversedRange, shortened
from search.port import MAX_QUERY_CHARACTERS, Facet, MatchStage, Sort
from search.queries import SearchPage, SearchQuery, find_as_read
from search.readings import Reading
from search.requests import EVERY_FACET
from search.ways_out import problems_meant
from search.wishes import Wish, told
from tenants.errors import Finding
from tenants.text import Text
from web.guard import Open, allow
from web.kept_pages import kept
from web.public import cards, later, vendor_filter
from web.public.blueprint import blueprint, todays
from web.public.nothing_found import as_problems, help_on
from web.public.search_address import (
    ABOVE,
    AMOUNTS,
    BELOW,
    BY_ADDRESS,
    BY_NAME,
    WITHIN,
    address,
    chips,
    in_address,
    tidied,
    within_words,
)
from web.ticks import Group

SORTS: Final = (
    ("relevance", Text("おすすめ順（合う順）", "Best match")),
    ("own_cost", Text("自己負担が低い順", "Lowest own cost")),
    ("price", Text("総額が低い順", "Lowest total")),
    ("subsidy", Text("補助金が多い順", "Highest subsidy")),
    ("newest", Text("新しく公開された順", "Newest")),
    ("name", Text("名前順", "Name")),
)
# What is counted for a page. Where vendors are is neither a box nor a bar: its labels alone are shown, of what is set.
COUNTED: Final = tuple(facet for facet in Facet if facet is not Facet.PREFECTURE)
OPEN_AT_FIRST: Final = frozenset({"category", "function", "industry", "own_cost", "fundable"})
SHOWN: Final = {"function": 20, "area": 6}
FIGURES: Final = {
    "own_cost": Text("補助金を引いたあとに払う金額", "what is left to pay after the subsidy"),
    "price": Text("補助金を引く前の金額", "before the subsidy"),
    "second_year": Text("2年目から毎年払う金額", "what is paid each year from the second on"),
}
# What the button of the filters says first, of what is wrong in their fields.
MENDED: Final = (
    (Text("金額を直してください", "Mend the amount"), BOUNDS),
    (Text("日付を直してください", "Mend the date"), ("updated_since",)),
    (Text("会社の名前を直してください", "Mend the company name"), (vendor_filter.FIELD,)),
)
FIELDS: Final = frozenset(name for _, names in MENDED for name in names)


@dataclass(frozen=True, slots=True)
class Bar:
    """One band of a histogram. share: in percent of the tallest; href: the search with this band as its range."""

    label: Text
    count: int
    share: int
    href: str
    selected: bool


@dataclass(frozen=True, slots=True)
class AmountFilter:
    """An amount from and to, with how the results spread over it."""

    name: str
    label: Text
    bars: tuple[Bar, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class ReadAs:
    """What an amount in the words was read as. other_href: as the other figure; words_href: as mere words."""

    words: str
    figure: Text
    meaning: Text
    other: Text
    other_href: str
    words_href: str


@dataclass(frozen=True, slots=True)
class Wished:
    """What a wish for a cheap tool was read as. other_href: in the other order; words_href: as mere words."""

    told: Text
    other: Text
    other_href: str
    words_href: str


@blueprint.get("/packages")
@allow(Open.EVERYBODY)
@kept
def packages() -> Response:
    """Find packages; a bad address is answered with what is wrong in it, and the search goes on."""
    given = list(request.args.items(multi=True))
    tidy = tidied(given)
    partial = "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers
    if tidy != given and not partial:
        return _varied(redirect(in_address(tidy), 303))
    args = MultiDict(request.args)
    by_name = vendor_filter.settle(args)
    if vendor_filter.FIELD in request.args and by_name.is_settled and not partial:
        return _varied(redirect(in_address(list(args.items(multi=True))), 303))
    query, reading, page, findings = _ask(args)
    findings += by_name.findings
    refused = {finding.field: finding for finding in findings}
    set_now = chips(query, page.facets)
    html = render_template(
        "public/_search.html" if partial else "public/packages.html",
        partial=partial,
        query=query,
        page=page,
        findings=findings,
        read_as=_read_as(query, reading.budget) if reading.budget else None,
        wished=_wished(query, reading.wish) if reading.wish else None,
        read_only=MAX_QUERY_CHARACTERS if shortened(request.args) else None,
        refused=refused,
        wrong=next((words for words, names in MENDED if not refused.keys().isdisjoint(names)), None),
        fields=() if page.degraded else FIELDS,
        typed=lambda name: _typed(query, name) if findings else getattr(query, name),
        cards=[cards.from_hit(hit, page.words) for hit in page.items],
        chips=set_now,
        above=[_group(name, page) for name in ABOVE],
        amounts=[_amount(name, query, page, refused) for name in AMOUNTS],
        below=[*(_group(name, page) for name in BELOW), vendor_filter.group(page, query, by_name)],
        by_name=by_name,
        vendors_shown=MOST_VENDORS_SHOWN,
        carried=_carried(query, page),
        within=[(days, within_words(days)) for days in sorted({*WITHIN, query.updated_within or 30})],
        first_day=FIRST_DAY,
        sorts=SORTS,
        first=(page.page - 1) * query.per_page + 1,
        last=min(page.page * query.per_page, page.total),
        beyond=page.total > 0 and not page.items,
        help=None if page.total or page.degraded else help_on(query, page.words),
        meant=as_problems(query, problems_meant(query.q, todays()))
        if page.stage is MatchStage.SIMILAR and not page.degraded
        else [],
        page_href=lambda number: address(query, page=number),
        meant_href=address(query, q=page.did_you_mean),
        clear_href=address(query.without_filters()),
        canonical=address(query),
        save=None if page.degraded or findings else later.save_search(query, page.stage),
    )
    response = make_response(html, 400 if findings else 200)
    if partial:
        # The form sends its empty fields too; the address people copy has only what is set, what was wrong as typed, and
        # a name of which it is not known yet whose it is.
        unclear = [(vendor_filter.FIELD, by_name.typed)] if by_name.is_unclear else []
        response.headers["HX-Push-Url"] = in_address(tidy if findings else [*query.to_args(), *unclear])
    return _varied(response)


def _varied(response: Response) -> Response:
    response.vary.add("HX-Request")
    return response


def _typed(query: SearchQuery, name: str) -> object:
    """What stands in a field: what is asked; where that could not be, what was typed."""
    asked = getattr(query, name)
    return request.args.get(name) if asked is None else asked


def _group(name: str, page: SearchPage) -> Group:
    options = page.facets[name]
    is_open = name in OPEN_AT_FIRST or any(option.selected for option in options)
    return Group(name, LABELS[name], options, is_open, SHOWN.get(name, 8))


def _amount(
    name: str, query: SearchQuery, page: SearchPage, refused: Mapping[str | None, Finding]
) -> AmountFilter:
    counts = {value.value: value.count for value in page.facets[f"{name}_band"]}
    tallest = max(counts.values(), default=0) or 1
    chosen = query.bounds(name)
    bars = []
    for band in AMOUNTS[name]:
        low, high = band.low or None, None if band.high is None else band.high - 1
        selected = chosen == (low, high)
        limits = {f"{name}_min": None if selected else low, f"{name}_max": None if selected else high}
        count = counts[band.code]
        # Rounded up, so that what there is can be seen.
        share = -(-count * 100 // tallest)
        bars.append(Bar(band.label, count, share, address(query, **limits), selected))
    is_set = chosen != (None, None) or not refused.keys().isdisjoint((f"{name}_min", f"{name}_max"))
    return AmountFilter(name, LABELS[name], tuple(bars), is_set or name in OPEN_AT_FIRST)


def _ask(args: MultiDict[str, str]) -> tuple[SearchQuery, Reading, SearchPage, list[Finding]]:
    """Ask what the address says; what cannot be used is left out and named, the rest holds.

    Amounts in the words are read as limits, 安い as an order (docs/decisions/budget-in-words.md).
    """
    findings = misspelt(args)
    while True:
        try:
            written = SearchQuery.from_args(args)
            facets = EVERY_FACET if written.prefectures else COUNTED
            page, query, reading = find_as_read(written, todays(), facets)
        except BadQuery as error:
            findings += for_people(error).findings
            left_out = [args.poplist(name) for finding in error.findings for name in _said_by(finding)]
            if not any(left_out):
                args.clear()
        else:
            return query, reading, page, findings


def _said_by(finding: Finding) -> tuple[str, ...]:
    """The parameters a fault is of: both ends of a range that is reversed, for which of them is wrong is unknown."""
    name = finding.field or ""
    return (name, name.replace("_min", "_max")) if isinstance(finding, ReversedRange) else (name,)


def for_people(error: BadQuery) -> BadQuery:
    """The same faults in a form's words: no names of parameters, and for a list of codes what to choose from."""
    return BadQuery(*map(_for_people, error.findings))


def _for_people(finding: Finding) -> Finding:
    said = finding.message
    ja, en = (
        words.replace(mark, "")
        for words, mark in ((said.ja, f"（{finding.field}）"), (said.en, f" ({finding.field})"))
    )
    finding = replace(finding, message=Text(ja, en))
    if finding.field in BOUNDS and not isinstance(finding, ReversedRange):
        return replace(finding, remedy=Text("300000 や 30万円 のように入力してください。", "Write it as 300000."))
    if finding.field in ABOVE or finding.field in BELOW or finding.field in (BY_NAME, *BY_ADDRESS, "sort"):
        return replace(finding, remedy=Text("一覧から選び直してください。", "Please choose again."))
    return finding


def _read_as(query: SearchQuery, budget: Budget) -> ReadAs:
    other = OWN_COST if budget.figure == PRICE else PRICE
    unlimited: dict[str, Any] = {f"{budget.figure}_min": None, f"{budget.figure}_max": None}
    return ReadAs(
        budget.words,
        LABELS[budget.figure],
        FIGURES[budget.figure],
        LABELS[other],
        address(limited(query, budget, other)),
        address(query, q=budget.as_words, **unlimited),
    )


def _wished(query: SearchQuery, wish: Wish) -> Wished:
    by_cost, by_words = Sort.OWN_COST.value, Sort.RELEVANCE.value
    other = by_words if query.sort == by_cost else by_cost
    return Wished(
        told(wish, query),
        dict(SORTS)[other],
        address(query, sort=other),
        address(query, q=wish.as_words, sort=by_words),
    )


def _carried(query: SearchQuery, page: SearchPage) -> list[tuple[str, str]]:
    """What the form sends along unseen. Without an index its filters are not drawn, and are kept all the same."""
    unseen = (*BY_ADDRESS, "per_page")
    shown = ("q", "sort", "page")
    return [pair for pair in query.to_args() if (pair[0] not in shown if page.degraded else pair[0] in unseen)]
