"""Packages as result cards: the facts that the card macro draws."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from flask import url_for

from catalogue.differences import industry_words
from catalogue.publications import Published
from catalogue.vocabulary import Masters
from marketplace import pricing
from marketplace.today import Today
from search.queries import PackageHit
from tenants.organisations import place
from tenants.text import Text
from web.public.later import later_href

Pieces = Sequence[tuple[str, bool]]
SUMMARY_LENGTH: Final = 90
# Where a match is worth telling, most telling first. Name, vendor and description are on the card anyway.
_TELLING: Final = ("products", "function_words", "industry_names", "product_kana", "name_kana")
_AROUND: Final = 30


def functions(codes: Iterable[str], masters: Masters) -> list[dict[str, Any]]:
    """Core functions as labels: {code, name, category}."""
    return [{"code": row.code, "name": row.name, "category": row.category} for row in masters.functions_of(codes)]


def summary(description: str) -> str:
    """The description's beginning, to the end of a sentence where there is one."""
    if len(description) <= SUMMARY_LENGTH:
        return description
    cut = description[:SUMMARY_LENGTH]
    end = cut.rfind("。")
    return cut[: end + 1] if end >= SUMMARY_LENGTH // 3 else f"{cut}…"


def _matched_summary(hit: PackageHit) -> str | Pieces:
    pieces = hit.highlights.get("description")
    if pieces is None:
        return summary(hit.description)
    return pieces if len(hit.description) <= SUMMARY_LENGTH else pieces_around(pieces)


def from_hit(hit: PackageHit, masters: Masters) -> dict[str, Any]:
    """A search hit as a card."""
    return {
        "code": hit.code,
        "href": f"/packages/{hit.code}",  # as url_for says it, sixty times a page
        "later_href": later_href(hit.code),
        "name": hit.name,
        "name_matched": hit.highlights.get("name"),
        "vendor_name": hit.vendor_name,
        "vendor_href": f"/vendors/{hit.vendor_number}",
        "summary": _matched_summary(hit),
        "functions": functions(hit.functions, masters),
        "industries": industry_words(hit.industries, masters),
        "outlay": hit.outlay,
        "eligible_cost_yen": hit.eligible_cost_yen,
        "why": why(hit.highlights),
    }


def from_publication(package: Published, now: Today, facts: pricing.Facts | None = None) -> dict[str, Any]:
    """A publication as a card; facts: of the business that looks."""
    content = package.content
    return {
        "code": package.code,
        "href": url_for("public.package", code=package.code),
        "later_href": later_href(package.code),
        "name": content["name"],
        "vendor_name": content["vendor"]["name"],
        "vendor_href": url_for("public.vendor", number=content["vendor"]["number"]),
        "summary": summary(content["description"]),
        "functions": functions(content["functions"], now.words),
        "industries": industry_words(content["industries"], now.words),
        **money_of(package, now, facts),
    }


def money_of(package: Published, now: Today, facts: pricing.Facts | None) -> dict[str, Any]:
    """What a list says of a publication's money: {outlay, eligible_cost_yen}."""
    figures = pricing.figures_of_package(package.content, now.scheme, facts)
    return {"outlay": now.outlay(package.content, figures), "eligible_cost_yen": figures.eligible_cost_yen}


def why(highlights: Mapping[str, Pieces]) -> list[tuple[str, bool]] | None:
    """Where the words were found, when that is nowhere else on the card; None otherwise."""
    if not {"name", "description", "vendor_name"}.isdisjoint(highlights):
        return None
    field = next((name for name in _TELLING if name in highlights), None)
    return pieces_around(highlights[field]) if field else None


def pieces_around(pieces: Pieces) -> list[tuple[str, bool]]:
    """The (text, matched) pieces around the first match, short enough for a card."""
    first = next((at for at, (_, matched) in enumerate(pieces) if matched), 0)
    shown: list[tuple[str, bool]] = []
    if first:
        before = pieces[first - 1][0]
        shown.append((before if len(before) <= _AROUND else f"…{before[-_AROUND:]}", False))
    length = 0
    for text, matched in pieces[first:]:
        if length > 2 * _AROUND:
            break
        shown.append((text if matched or len(text) <= _AROUND else f"{text[:_AROUND]}…", matched))
        length += len(text)
    return shown


def vendor_lines(content: Mapping[str, Any]) -> list[Text]:
    """What one must know of a publication's vendor."""
    vendor = content["vendor"]
    return [
        place(vendor["prefecture"]),
        Text(f"法人番号 {vendor['number']}", f"Corporate number {vendor['number']}"),
    ]
