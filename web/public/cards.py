"""Packages as result cards: the facts that the card macro draws."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

from catalogue.differences import industry_words
from catalogue.publications import Published
from catalogue.vocabulary import Masters
from marketplace import pricing
from marketplace.outlay import Outlay
from marketplace.today import Today
from search.queries import PackageHit
from tenants.organisations import place
from tenants.text import Text
from web.public.later import later_href

Pieces = tuple[tuple[str, bool], ...]
SUMMARY_LENGTH: Final = 90
# What is on the card anyway; where else a match is worth telling, most telling first; and what has to be said besides, by
# what it is: nothing else of the card tells it.
_SHOWN: Final = ("name", "description", "vendor_name")
_TELLING: Final = ("products", "function_words", "industry_names")
_FACTS: Final = {
    "prefecture": Text("ベンダーの所在地", "Vendor's prefecture"),
    "vendor_number": Text("ベンダーの法人番号", "Vendor's corporate number"),
    "code": Text("ITツールコード", "Tool code"),
}
_AROUND: Final = 30


class FunctionLabel(NamedTuple):
    """A core function as a label."""

    code: str
    name: Text
    category: str


class Match(NamedTuple):
    """Where words were found. of: what the text is, where it does not say so itself."""

    of: Text | None
    pieces: Pieces


class CardWords(NamedTuple):
    """What a card says of a package: what it is, and why it was found.

    name_matched: the name in pieces, where words match in it. solves: the problems it solves; helps: the functions
    it helps with. why: where the words were found, when that is nowhere else on the card.
    """

    href: str
    name: str
    name_matched: Pieces | None
    vendor_name: str
    vendor_href: str
    summary: str | Pieces
    functions: tuple[FunctionLabel, ...]
    industries: Text | None
    why: tuple[Match, ...] = ()
    solves: tuple[Text, ...] = ()
    helps: tuple[Text, ...] = ()


class CardMoney(NamedTuple):
    """What a card says of a package's money. later_href: where it is put aside, for readers with a shortlist."""

    code: str
    name: str
    outlay: Outlay
    eligible_cost_yen: int
    later_href: str | None


class Card(NamedTuple):
    """A package in a list of results. Its parts are drawn once for each thing they say: web/drawn.py."""

    words: CardWords
    money: CardMoney


def functions(codes: Iterable[str], masters: Masters) -> tuple[FunctionLabel, ...]:
    """Core functions as labels."""
    return _functions(tuple(codes), masters)


@lru_cache(maxsize=2_000)
def _functions(codes: tuple[str, ...], masters: Masters) -> tuple[FunctionLabel, ...]:
    return tuple(FunctionLabel(row.code, row.name, row.category) for row in masters.functions_of(codes))


_industries: Final = lru_cache(maxsize=2_000)(industry_words)


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


def from_hit(hit: PackageHit, masters: Masters) -> Card:
    """A search hit as a card."""
    return Card(
        CardWords(
            f"/packages/{hit.code}",  # as url_for says it, sixty times a page
            hit.name,
            hit.highlights.get("name"),
            hit.vendor_name,
            f"/vendors/{hit.vendor_number}",
            _matched_summary(hit),
            functions(hit.functions, masters),
            _industries(hit.industries, masters),
            why(hit.highlights),
        ),
        CardMoney(hit.code, hit.name, hit.outlay, hit.eligible_cost_yen, later_href(hit.code)),
    )


def from_publication(
    package: Published,
    now: Today,
    facts: pricing.Facts | None = None,
    *,
    solves: tuple[Text, ...] = (),
    helps: tuple[Text, ...] = (),
) -> Card:
    """A publication as a card; facts: of the business that looks. solves, helps: problems, else functions."""
    content = package.content
    money = now.money_of(package, facts)
    return Card(
        CardWords(
            f"/packages/{package.code}",
            content["name"],
            None,
            content["vendor"]["name"],
            f"/vendors/{content['vendor']['number']}",
            summary(content["description"]),
            functions(content["functions"], now.words),
            _industries(tuple(content["industries"]), now.words),
            solves=solves,
            helps=helps,
        ),
        CardMoney(
            package.code,
            content["name"],
            money.outlay,
            money.figures.eligible_cost_yen,
            later_href(package.code),
        ),
    )


def why(highlights: Mapping[str, Pieces]) -> tuple[Match, ...]:
    """Where the words were found, when that is nowhere else on the card."""
    shown = [name for name in _SHOWN if name in highlights]
    telling = next((name for name in _TELLING if name in highlights), None) if not shown else None
    told = [telling] if telling else []
    said = {words for name in (*shown, *told) for words in _matched_in(highlights[name])}
    told += [name for name in _FACTS if name in highlights and not said.issuperset(_matched_in(highlights[name]))]
    return tuple(Match(_FACTS.get(name), pieces_around(highlights[name])) for name in told)


def _matched_in(pieces: Pieces) -> Iterator[str]:
    return (words for words, matched in pieces if matched)


def pieces_around(pieces: Pieces) -> Pieces:
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
    return tuple(shown)


def vendor_lines(content: Mapping[str, Any]) -> list[Text]:
    """What one must know of a publication's vendor."""
    vendor = content["vendor"]
    return [
        place(vendor["prefecture"]),
        Text(f"法人番号 {vendor['number']}", f"Corporate number {vendor['number']}"),
    ]
