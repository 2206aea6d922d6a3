"""What live packages are weighed by: which functions, for whom, at what price. The cheapest of each kind, quickly.

Packages with the same functions for the same industries are one group. Of 50,000 packages there are about a thousand
groups, and whoever looks for the cheapest reads the head of each.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple

from sqlalchemy import ARRAY, BigInteger, String, and_, cast, column, func, lateral, select, true

from catalogue.models import LivePublication, Publication
from catalogue.vocabulary import ALL_INDUSTRIES
from tenants.db import db

ONLY: Final = "only"


@dataclass(frozen=True, slots=True)
class OfferGroup:
    """Packages with the same functions for the same industries. restricted: sold to these industries only."""

    functions: frozenset[str]
    restricted: bool
    industries: frozenset[str]

    @classmethod
    def read(cls, written: str) -> OfferGroup:
        """As the database writes it: ``B1,B3|for|retail``; restricted ones have ``only`` in the middle."""
        functions, kind, industries = written.split("|")
        return cls(_set(functions), kind == ONLY, _set(industries))

    def may_be_sold_to(self, industry: str | None) -> bool:
        """Whether the rules let a business of this industry have it; None: the industry is not known."""
        return not self.restricted or (industry is not None and industry in self.industries)

    def made_for(self, industry: str | None) -> bool:
        """Whether its vendor names this industry, or all, as its target. Not known: whether it is for all."""
        return ALL_INDUSTRIES in self.industries or (industry is not None and industry in self.industries)


def _set(written: str) -> frozenset[str]:
    return frozenset(part for part in written.split(",") if part)


@dataclass(frozen=True, slots=True)
class Offer:
    """A live package by its terms. group: as the database writes it. lines: (cost kind, yen, months) of each item."""

    code: str
    group: str
    total_yen: int
    lines: tuple[tuple[str, int, int | None], ...]


class Terms(NamedTuple):
    """What a live package is reckoned by, as it is written in the database: text that is alike where packages are alike.

    functions: ``B1,B3``; lines: kinds, amounts and months of the items one after the other, as JSON.
    """

    publication_id: uuid.UUID
    code: str
    functions: str
    lines: str

    def function_codes(self) -> tuple[str, ...]:
        """Its core functions."""
        return tuple(part for part in self.functions.split(",") if part)

    def priced_lines(self) -> tuple[tuple[str, int, int | None], ...]:
        """(cost kind, whole yen, months or None) of each item."""
        return _lines(self.lines)


def every_package() -> Iterator[Terms]:
    """All live packages in no order, from one statement: all as they are at one moment, and nothing is locked.

    To be read to the end in the transaction it began in.
    """
    rows = db.session.execute(_TERMS, execution_options={"yield_per": _STREAMED})
    return map(Terms._make, rows)


def packages_after(code: str, batch: int) -> list[tuple[Terms, int]]:
    """Up to so many live packages that come after this code, by code, each with its publication's number."""
    query = (
        _TERMS.add_columns(Publication.number)
        .join(Publication, Publication.id == LivePublication.publication_id)
        .where(LivePublication.public_key > code)
        .order_by(LivePublication.public_key)
        .limit(batch)
    )
    return [(Terms._make(terms), number) for *terms, number in db.session.execute(query)]


def groups() -> dict[str, int]:
    """The groups that live packages fall into, and how many are in each."""
    rows = db.session.execute(
        select(LivePublication.offer_group, func.count().label("number"))
        .where(LivePublication.kind == "package")
        .group_by(LivePublication.offer_group)
    )
    return {row.offer_group: row.number for row in rows}


def cheapest(wanted: Sequence[str], each: int) -> list[Offer]:
    """Of each of these groups so many of its packages with the lowest totals, by total and code."""
    named = (
        func.unnest(cast(list(wanted), ARRAY(_NAME)))
        .table_valued(column("name", _NAME), name="named")
        .render_derived()
    )
    head = lateral(
        select(*_COLUMNS)
        .where(LivePublication.kind == "package", LivePublication.offer_group == named.c.name)
        .order_by(LivePublication.offer_total_yen, LivePublication.public_key)
        .limit(each)
    )
    return _offers(db.session.execute(select(head).select_from(named.join(head, true()))))


def up_to(limits: Mapping[str, int]) -> list[Offer]:
    """Of each of these groups every package whose total is at most its limit in whole yen."""
    named = (
        func.unnest(cast(list(limits), ARRAY(_NAME)), cast(list(limits.values()), ARRAY(BigInteger)))
        .table_valued(column("name", _NAME), column("most", BigInteger), name="named")
        .render_derived()
    )
    query = select(*_COLUMNS).join(
        named,
        and_(LivePublication.offer_group == named.c.name, LivePublication.offer_total_yen <= named.c.most),
    )
    return _offers(db.session.execute(query.where(LivePublication.kind == "package")))


_NAME: Final = String(collation="C")
_COLUMNS: Final = (
    LivePublication.public_key,
    LivePublication.offer_group,
    LivePublication.offer_total_yen,
    cast(LivePublication.offer_lines, String),
)


_STREAMED: Final = 10_000
# Not the publications themselves: of half a million snapshots, descriptions are nearly all of the bytes.
_TERMS: Final = select(
    LivePublication.publication_id,
    LivePublication.public_key,
    func.split_part(LivePublication.offer_group, "|", 1),
    cast(LivePublication.offer_lines, String),
).where(LivePublication.kind == "package")


def _offers(rows: Iterable[Any]) -> list[Offer]:
    found = [Offer(code, group, total, _known_lines(flat)) for code, group, total, flat in rows]
    return sorted(found, key=lambda offer: (offer.group, offer.total_yen, offer.code))


def _lines(written: str) -> tuple[tuple[str, int, int | None], ...]:
    """Kinds, amounts and months one after the other, as the trigger puts them."""
    flat = json.loads(written)
    count = len(flat) // 3
    return tuple(zip(flat[:count], flat[count : 2 * count], flat[2 * count :], strict=True))


# Who looks for the cheapest reads much the same packages as who looked before.
_known_lines = lru_cache(maxsize=20_000)(_lines)
