"""Search: every state is an address; script only makes it faster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from flask import Response, make_response, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from catalogue.masters import vocabulary
from search.parameters import BadQuery
from search.queries import SearchPage, SearchQuery, find
from tenants.errors import Finding
from tenants.text import Text, same
from web.guard import Open, allow
from web.kept_pages import kept
from web.public import cards
from web.public.blueprint import blueprint
from web.words import yen

SORTS: Final = (
    ("relevance", Text("おすすめ順（言葉との一致・新しさ）", "Best match, then newest")),
    ("own_cost", Text("自己負担が低い順", "Lowest own cost")),
    ("price", Text("総額が低い順", "Lowest total")),
    ("subsidy", Text("補助金が多い順", "Highest subsidy")),
    ("newest", Text("新しく公開された順", "Newest")),
    ("name", Text("名前順", "Name")),
)
# facet -> (field of the query, words above it)
GROUPS: Final = {
    "category": ("categories", Text("業務の区分", "Business category")),
    "function": ("functions", Text("できること（機能）", "Function")),
    "industry": ("industries", Text("業種", "Industry")),
    "price_band": ("price_bands", Text("総額（税抜）", "Total (before tax)")),
    "fundable": ("fundable", Text("補助金", "Subsidy")),
    "prefecture": ("prefectures", Text("ITベンダーの所在地", "Vendor's prefecture")),
    "vendor": ("vendors", Text("ITベンダー", "Vendor")),
}
AMOUNTS: Final = {
    "price_min": Text("総額の下限", "Lowest total"),
    "price_max": Text("総額の上限", "Highest total"),
    "own_cost_max": Text("自己負担の上限", "Highest own cost"),
}
LABELS: Final = {name: label for name, (_, label) in GROUPS.items()} | AMOUNTS | {"sort": Text("並べ替え", "Sort")}
# Set by address only: the filter form carries them along.
KEPT: Final = frozenset({"function_mode", "per_page"})
OPEN_AT_FIRST: Final = frozenset({"category", "function", "industry", "fundable"})


@dataclass(frozen=True, slots=True)
class Chip:
    """One condition that is set, with the address without it."""

    group: Text
    label: Text | str
    href: str


@blueprint.get("/packages")
@allow(Open.EVERYBODY)
@kept
def packages() -> Response:
    """Find packages; a bad address is answered with what is wrong in it, and the search goes on."""
    query, page, findings = _ask()
    refused = {finding.field: finding for finding in findings if finding.field in AMOUNTS}
    masters = vocabulary()
    partial = "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers
    html = render_template(
        "public/_search.html" if partial else "public/packages.html",
        partial=partial,
        query=query,
        page=page,
        findings=findings,
        refused=refused,
        typed=lambda name: request.args[name] if name in refused else getattr(query, name),
        cards=[cards.from_hit(hit, masters) for hit in page.items],
        chips=chips(query, page),
        groups=[
            {"name": name, "label": label, "options": page.facets[name], "open": _open(name, page)}
            for name, (_, label) in GROUPS.items()
        ],
        kept={name: value for name, value in query.to_args() if name in KEPT},
        sorts=SORTS,
        first=(page.page - 1) * query.per_page + 1,
        last=min(page.page * query.per_page, page.total),
        beyond=page.total > 0 and not page.items,
        page_href=lambda number: address(query, page=number),
        meant_href=address(query, q=page.did_you_mean),
        clear_href=address(SearchQuery(q=query.q, sort=query.sort)),
    )
    response = make_response(html, 400 if findings else 200)
    response.vary.add("HX-Request")
    return response


def _ask() -> tuple[SearchQuery, SearchPage, list[Finding]]:
    """Ask what the address says; what cannot be used is left out and named, the rest holds."""
    args = MultiDict(request.args)
    findings: list[Finding] = []
    while True:
        try:
            query = SearchQuery.from_args(args)
            return query, find(query), findings
        except BadQuery as error:
            findings += map(_for_people, error.findings)
            left_out = [args.poplist(finding.field or "") for finding in error.findings]
            if not any(left_out):
                args.clear()


def _for_people(finding: Finding) -> Finding:
    """A fault that begins with the parameter's name, with the words people see on the page instead."""
    name = finding.field or ""
    if name not in LABELS or not finding.message.ja.startswith(f"{name} "):
        return finding
    remedy = finding.remedy if name in AMOUNTS else Text("一覧から選び直してください。", "Please choose again.")
    label, value = LABELS[name], request.args[name][:40]
    message = Text(f"「{label.ja}」に「{value}」は使えません。", f"“{value}” cannot be used for “{label.en}”.")
    return Finding(finding.code, message, remedy, name)


def address(query: SearchQuery, **changes: Any) -> str:
    """The search's address with some of its fields changed."""
    found: dict[str, Any] = {}
    for name, value in query.to_args(**changes):
        found.setdefault(name, []).append(value)
    return url_for("public.packages", **found)


def _open(name: str, page: SearchPage) -> bool:
    return name in OPEN_AT_FIRST or any(option.selected for option in page.facets[name])


def chips(query: SearchQuery, page: SearchPage) -> list[Chip]:
    """What is set, each with the address that takes it off."""
    found = []
    for name, (field, group) in GROUPS.items():
        labels = {option.value: option.label for option in page.facets[name]}
        for value in query.selected()[name]:
            kept: Any = None
            if field != "fundable":
                kept = tuple(each for each in getattr(query, field) if each != value)
            found.append(Chip(group, labels.get(value, same(value)), address(query, **{field: kept})))
    for field, group in AMOUNTS.items():
        amount = getattr(query, field)
        if amount is not None:
            found.append(Chip(group, yen(amount), address(query, **{field: None})))
    if query.function_mode == "all":
        label = Text("選んだ機能をすべて含む", "All chosen functions")
        found.append(Chip(Text("機能", "Functions"), label, address(query, function_mode="any")))
    return found
