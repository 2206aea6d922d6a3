"""What the search page and the API ask: parameters in, filled results out.

The engine says which packages and how many; every figure shown is read and reckoned from the publication itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, NamedTuple, Self

from catalogue import publications
from catalogue.publications import Published
from catalogue.vocabulary import Masters
from marketplace import pricing
from marketplace.applicants import readers_profile
from marketplace.outlay import Outlay
from marketplace.today import Money, Today, today
from search.embedded.highlights import Marker
from search.facet_values import FacetValue, facet_values
from search.meant import rewritten
from search.parameters import SearchQuery
from search.port import (
    EngineUnavailable,
    Facet,
    Highlight,
    MatchStage,
    SearchResult,
    Wider,
    part_read,
)
from search.readings import Reading, read
from search.requests import EVERY_FACET, answer_to
from search.told import told_of
from tenants.text import Text

__all__ = ["FacetValue", "PackageHit", "SearchPage", "SearchQuery", "filled", "find", "find_as_read"]

STAGES: Final[dict[MatchStage, Text]] = {
    MatchStage.ALL: Text("すべてのITツール", "All packages"),
    MatchStage.EXACT: Text("言葉が一致したもの", "Matching the words"),
    MatchStage.WIDENED: Text("言い換えた言葉を含めてさがしました", "Including words that mean the same"),
    MatchStage.READING: Text("読み方が同じものを含めてさがしました", "Including words that sound the same"),
    MatchStage.CORRECTED: Text(
        "一致するものがないため、近いつづりの言葉でさがしました", "Nothing matched: words spelt almost the same"
    ),
    MatchStage.SIMILAR: Text(
        "完全に一致するものがないため、似た言葉でさがしました", "Nothing matched exactly: similar words"
    ),
    MatchStage.ANY: Text(
        "すべての言葉を含むものがないため、どれかの言葉を含むものを表示しています",
        "Nothing has all the words: showing what has one of them",
    ),
    MatchStage.NONE: Text("見つかりませんでした", "Nothing found"),
}


_MOST_TOLD: Final = 3  # parts of a name, in one sentence


class PackageHit(NamedTuple):
    """A package in a list of results; amounts in whole yen. highlights: field -> (text, matched) pieces."""

    code: str
    name: str
    vendor_name: str
    vendor_number: str
    prefecture: str
    description: str
    functions: tuple[str, ...]
    categories: tuple[str, ...]
    industries: tuple[str, ...]
    total_yen: int
    subsidy_yen: int
    own_cost_yen: int
    second_year_yen: int
    second_year_incomplete: bool
    fundable: bool
    eligible_cost_yen: int
    outlay: Outlay
    published_at: datetime
    highlights: Mapping[str, tuple[tuple[str, bool], ...]]

    @classmethod
    def of(cls, published: Published, money: Money, highlights: Sequence[Highlight] = ()) -> Self:
        """A publication with its money, as it was reckoned for who asks."""
        content, figures = published.content, money.figures
        return cls(
            code=published.code,
            name=content["name"],
            vendor_name=content["vendor"]["name"],
            vendor_number=content["vendor"]["number"],
            prefecture=content["vendor"]["prefecture"],
            description=content["description"],
            functions=tuple(content["functions"]),
            categories=tuple(content["categories"]),
            industries=tuple(content["industries"]),
            total_yen=figures.total_yen,
            subsidy_yen=figures.subsidy_yen,
            own_cost_yen=figures.own_cost_yen,
            second_year_yen=content["second_year_yen"],
            second_year_incomplete=content["second_year_incomplete"],
            fundable=figures.fundable,
            eligible_cost_yen=figures.eligible_cost_yen,
            outlay=money.outlay,
            published_at=published.published_at,
            highlights={each.field: each.pieces for each in highlights},
        )


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of results. degraded: the index did not answer, so only names and codes were looked up.

    by_own_facts: whether amounts shown are by the reader's own facts and differ from those that the index orders and
    filters by. words: the catalogue's as they count today. widened: which words were also searched as which others,
    and what a sentence was taken to be about. vendor_counts: by corporate number how many results each vendor has, of
    all that have any; the facet has those with most. did_you_mean: the query as it was probably meant, when nothing has its
    words; empty otherwise. nowhere, somewhere: parts of a name that no package has, and that some have.
    """

    items: tuple[PackageHit, ...]
    total: int
    page: int
    pages: int
    facets: Mapping[str, tuple[FacetValue, ...]]
    words: Masters
    stage: MatchStage
    stage_label: Text
    degraded: bool
    applied_version: str
    by_own_facts: bool = False
    widened: tuple[Wider, ...] = ()
    did_you_mean: str = ""
    nowhere: tuple[str, ...] = ()
    somewhere: tuple[str, ...] = ()
    vendor_counts: Mapping[str, int] = field(default_factory=dict)


def find_as_read(
    query: SearchQuery, now: Today | None = None, facets: tuple[Facet, ...] = EVERY_FACET
) -> tuple[SearchPage, SearchQuery, Reading]:
    """What a query finds, with amounts among its words as limits and a wish for a cheap tool as the order; also the query
    as it was asked, and what was read.

    Where only some of the words are found, the cheapest of all these would be far from what is looked for: the order
    stays. Raises BadQuery as :func:`find` does.
    """
    asked, reading = read(query)
    page = find(asked, now, facets)
    if reading.wish is not None and asked.sort != query.sort and page.stage is MatchStage.ANY:
        asked = replace(asked, sort=query.sort)
        page = find(asked, now, facets)
    return page, asked, reading


def find(query: SearchQuery, now: Today | None = None, facets: tuple[Facet, ...] = EVERY_FACET) -> SearchPage:
    """The packages a query finds, with the counts of these facets; without the index, by name and code only.

    now: what counts today, where the request has asked for it.

    Raises BadQuery when the query names a function, industry or other value that does not exist.
    """
    now = now or today()
    query.check(now.words)
    try:
        answered = answer_to(query, facets=facets, synonyms=now.synonyms)
    except EngineUnavailable:
        return _without_index(query, now, facets)
    result, meant = answered.result, answered.meant
    live = publications.live_packages([hit.id for hit in result.hits])
    found = [(live[hit.id], hit.highlights) for hit in result.hits if hit.id in live]
    facts = readers_profile()
    items = filled(found, facts, now)
    return SearchPage(
        items=items,
        total=result.total,
        page=query.page,
        pages=-(-result.total // query.per_page),
        facets=facet_values(result.facets, query, now.words, facets),
        words=now.words,
        stage=result.stage,
        stage_label=_stage_label(result),
        degraded=False,
        applied_version=result.applied_version,
        by_own_facts=facts is not None and items != filled(found, None, now),
        widened=told_of(answered.synonyms, query.q, result.stage),
        did_you_mean=rewritten(query.q, meant) if meant and result.stage is not MatchStage.NONE else "",
        nowhere=result.told.nowhere[:_MOST_TOLD],
        somewhere=result.told.somewhere[:_MOST_TOLD],
        vendor_counts=result.facets.get(Facet.VENDOR, {}),
    )


def _stage_label(result: SearchResult) -> Text:
    """How the text was read; of a name that is not there, which part was looked for instead."""
    told = result.told
    if not told.nowhere:
        return STAGES[result.stage]
    missing, found = told.nowhere[:_MOST_TOLD], told.somewhere[:_MOST_TOLD]
    return Text(
        f"「{'」「'.join(missing)}」を含むITツールはありません。「{'」「'.join(found)}」でさがした結果を表示しています",
        f"No tool has “{'”, “'.join(missing)}”. Showing what was found for “{'”, “'.join(found)}”",
    )


def filled(
    found: Sequence[tuple[Published, Sequence[Highlight]]], facts: pricing.Facts | None, now: Today
) -> tuple[PackageHit, ...]:
    """Publications as hits, with their figures under the scheme that counts and by these facts of a business."""
    return tuple(
        PackageHit.of(published, now.money_of(published, facts), highlights) for published, highlights in found
    )


def _without_index(query: SearchQuery, now: Today, facets: tuple[Facet, ...]) -> SearchPage:
    found, total = publications.find_by_name_or_code(query.q, page=query.page, per_page=query.per_page)
    marker = Marker(part_read(query.q).split(), MatchStage.EXACT)
    marked = [(each, marker.highlights((("name", each.content["name"]), ("code", each.code)))) for each in found]
    return SearchPage(
        items=filled(marked, readers_profile(), now),
        total=total,
        page=query.page,
        pages=-(-total // query.per_page),
        facets=facet_values({}, query, now.words, facets),
        words=now.words,
        stage=MatchStage.EXACT,
        stage_label=STAGES[MatchStage.EXACT],
        degraded=True,
        applied_version="",
    )
