"""The engines that the contract suite runs against, documents to run it on, and how it asks.

Another engine joins by one more entry in ENGINES: a function from a scratch folder to an engine ready for use.
"""

from __future__ import annotations

import os
import random
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from search.documents import Amounts, SearchDocument, Visibility
from search.embedded import EmbeddedEngine
from search.meilisearch import MeilisearchEngine
from search.port import Facet, Group, SearchEngine, SearchRequest

DAY = datetime(2017, 5, 1, tzinfo=UTC)


def _embedded(folder: Path) -> SearchEngine:
    engine = EmbeddedEngine(folder / "index")
    assert engine.ensure_schema() is True
    return engine


class _Scratch(MeilisearchEngine):
    """One that leaves nothing behind on the server."""

    def close(self) -> None:
        self.drop()


def _meilisearch(folder: Path) -> SearchEngine:
    url = os.environ.get("MEILISEARCH_URL")
    if not url:
        pytest.skip("not run: Meilisearch (set MEILISEARCH_URL, and MEILISEARCH_KEY, to a server for tests)")
    key = SecretStr(os.environ.get("MEILISEARCH_KEY", ""))
    engine = _Scratch(url, key, index=f"hojo-test-{uuid.uuid4().hex[:12]}", read_seconds=10)
    assert engine.ensure_schema() is True
    return engine


ENGINES: dict[str, Callable[[Path], SearchEngine]] = {"embedded": _embedded, "meilisearch": _meilisearch}


def a_document(identity: str, **facts: object) -> SearchDocument:
    """A document with what is not given left plain."""
    plain: dict[str, object] = {
        "version": 1,
        "name": f"パック{identity}",
        "vendor_name": "株式会社みほん",
        "vendor_number": "7000000000001",
        "published_at": DAY,
    }
    return SearchDocument(identity, **(plain | facts))  # type: ignore[arg-type]


def money(identity: str, version: int, subsidy_yen: int, own_cost_yen: int, band: str) -> Amounts:
    """Amounts for a document; fundable where there is a subsidy."""
    return Amounts(identity, version, subsidy_yen, own_cost_yen, fundable=subsidy_yen > 0, own_cost_band=band)


FUNCTIONS = ("F1", "F2", "M1", "M2", "M3", "B1", "B2", "B3")
INDUSTRIES = ("retail", "restaurants", "construction", "education", "other")
_WORDS = (
    "会計",
    "給与",
    "勤怠",
    "予約",
    "在庫",
    "請求書",
    "ｸﾚｼﾞｯﾄ",
    "レジ",
    "サーバー",
    "サーバ管理",
    "ＣＲＭ",
    "e-Tax",
    "Ａ４",
    "データ・ベース",
    "コールセンター",
    "顧客",
    "東京都",
    "京都",
    "、",
    "。",
    "（株）",
    " ",
    "ー",
    "ヴァ",
    "っ",
    "が",
    "の",
    "①",
    "㈱",
    "ß",
)


def random_documents(count: int, seed: int) -> list[SearchDocument]:
    """Documents with random words and values, the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - not for secrets

    def text(most: int) -> str:
        return "".join(chance.choices(_WORDS, k=chance.randint(1, most)))

    return [
        a_document(
            f"R-{number}",
            version=number,
            name=text(4),
            description=text(25),
            products=tuple(text(3) for _ in range(chance.randint(0, 3))),
            functions=tuple(chance.sample(FUNCTIONS, chance.randint(0, 5))),
            function_words=(text(3),),
            categories=tuple(chance.sample(("front", "middle", "back_office"), chance.randint(1, 3))),
            industries=INDUSTRIES
            if chance.random() < 0.3
            else tuple(chance.sample(INDUSTRIES, chance.randint(0, 2))),
            prefecture=chance.choice(("東京都", "京都府", "")),
            vendor_number=f"700000000000{chance.randint(0, 9)}",
            price_yen=chance.randint(0, 20) * 10_000,
            own_cost_yen=chance.randint(0, 10) * 10_000,
            subsidy_yen=chance.randint(0, 10) * 10_000,
            fundable=chance.random() < 0.5,
            price_band=chance.choice(("low", "high")),
            own_cost_band=chance.choice(("small", "large", "")),
            second_year_yen=chance.randint(0, 10) * 10_000,
            second_year_band=chance.choice(("none", "some", "much")),
            deployments=tuple(chance.sample(("cloud", "installed"), chance.randint(0, 2))),
            languages=tuple(chance.sample(("ja", "en", "zh"), chance.randint(0, 3))),
            certifications=tuple(chance.sample(("isms", "jiima"), chance.randint(0, 2))),
            support=tuple(chance.sample(("weekdays", "weekends", "always"), chance.randint(0, 2))),
            areas=("all",)
            if chance.random() < 0.4
            else tuple(chance.sample(("東京都", "京都府", "北海道"), chance.randint(0, 2))),
            published_at=DAY + timedelta(hours=chance.randint(0, 50)),
        )
        for number in range(count)
    ]


TICKS = (Group(Facet.INDUSTRY, ("i3",)), Group(Facet.FUNCTION, ("B1", "B2")))
_EVERY = tuple(f"i{n}" for n in range(12))
KINDS_OF_FIT = {
    "BOTH": {"industries": ("i3",), "functions": ("B1", "B2")},
    "MADE": {"industries": ("i3", "i4"), "functions": ("B1",)},
    "MORE": {"industries": _EVERY, "functions": ("B1", "B2")},
    "NONE": {"industries": _EVERY, "functions": ("B2",)},
}
BY_FIT = [f"{kind}{n}" for kind in KINDS_OF_FIT for n in reversed(range(5))]
"""The codes of :func:`of_every_fit` as who ticks TICKS without words should see them."""


def of_every_fit() -> list[SearchDocument]:
    """Five of each kind. The less it fits TICKS the newer it is, and of one kind the higher number is the newer."""
    return [
        a_document(f"{kind}{n}", published_at=DAY + timedelta(days=10 * age + n), **facts)
        for age, (kind, facts) in enumerate(KINDS_OF_FIT.items())
        for n in range(5)
    ]


def fill(engine, *documents):
    engine.wait(engine.upsert(documents))


def ask(engine, text="", *groups, **more):
    return engine.search(SearchRequest(Visibility.PUBLIC, text, groups, **more))


def ids(result):
    return [hit.id for hit in result.hits]
