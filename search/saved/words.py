"""What a notice of new matches says."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from search.parameters import SearchQuery
from search.port import Sort
from search.queries import PackageHit
from search.saved import conditions
from search.saved.services import Scope
from tenants.notices.facts import Fact
from tenants.text import Text, same

_BLANK: Final = same("")
_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class Match:
    """One search with what is new in it. total: how many packages; first: a few of them with their figures."""

    search_id: uuid.UUID
    name: str
    query: SearchQuery
    total: int
    first: Sequence[PackageHit]
    codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Links:
    """Where a mail leads. site: the address links begin with. stop: the path that stops mails without signing in."""

    site: str
    stop: Callable[[Scope, uuid.UUID], str]


def facts_of(matches: Sequence[Match], links: Links, packages: int, stop_all: str) -> dict[str, Fact]:
    """The facts of the notice: how many packages, in which searches, and for the mail the list."""
    lines: list[Text] = []
    for match in matches:
        lines += [*_lines(match, links), _BLANK]
    return {
        "count": packages,
        "searches": _searches(matches),
        "list": tuple(lines[:-1]),
        "stop": f"{links.site}{stop_all}",
    }


def _searches(matches: Sequence[Match]) -> Text:
    ja = "、".join(f"「{each.name}」に{each.total:,}件" for each in matches[:_NAMED])
    en = ", ".join(f"{each.total:,} in “{each.name}”" for each in matches[:_NAMED])
    more = len(matches) - _NAMED
    if more <= 0:
        return Text(ja, en)
    return Text(f"{ja}、ほか{more}つの検索", f"{en}, and in {more} more searches")


def _lines(match: Match, links: Links) -> list[Text]:
    lines = [Text(f"■ {match.name}（新着 {match.total:,}件）", f"■ {match.name} ({match.total:,} new)")]
    for hit in match.first:
        lines += [
            Text(f"・{hit.name}（{hit.vendor_name}）", f"- {hit.name} ({hit.vendor_name})"),
            _costs(hit),
            same(f"{links.site}/packages/{hit.code}"),
        ]
    more = match.total - len(match.first)
    if more > 0:
        lines.append(Text(f"・ほか{more:,}件", f"- and {more:,} more"))
    return [
        *lines,
        Text("この検索の結果を新しい順に見る:", "See this search, newest first:"),
        same(f"{links.site}{_newest(match.query)}"),
        Text("この検索のお知らせだけを止める:", "Stop mails for this search:"),
        same(f"{links.site}{links.stop('search', match.search_id)}"),
    ]


def _costs(hit: PackageHit) -> Text:
    if not hit.fundable:
        return Text(
            f"総額 {hit.total_yen:,}円（税抜）／補助金の対象外",
            f"total ¥{hit.total_yen:,} before tax, cannot be subsidised",
        )
    return Text(
        f"総額 {hit.total_yen:,}円（税抜）／補助金 {hit.subsidy_yen:,}円／自己負担 {hit.own_cost_yen:,}円",
        f"total ¥{hit.total_yen:,} before tax, subsidy ¥{hit.subsidy_yen:,}, own cost ¥{hit.own_cost_yen:,}",
    )


def _newest(query: SearchQuery) -> str:
    return f"/packages?{urlencode(conditions.plain(replace(query, sort=Sort.NEWEST.value)).to_args())}"
