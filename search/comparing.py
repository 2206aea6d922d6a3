"""The index beside what is published: where they differ, and how far behind it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select

from catalogue import offer_terms, publications
from catalogue.models import IndexChange
from marketplace import pricing, scheme_impact
from search import setting_aside
from search.engines import engine
from search.port import EngineUnavailable
from search.publishing import amounts_of
from tenants import clock
from tenants.actor import SYSTEM
from tenants.db import act_as, db

_LATE: Final = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Difference:
    """A package whose document is not what is published. published, indexed: publication numbers, None for none.

    refused: why the engine does not take it; empty when it was not refused. amounts: whether it is the right
    publication, with amounts that the scheme in use does not give.
    """

    code: str
    published: int | None
    indexed: int | None
    refused: str = ""
    amounts: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """How far the index has come. health: ok, late (changes wait for more than two minutes), or what is wrong with it.

    documents: 0 while the index does not answer. waiting: packages that changed and are not in it yet, the first of
    them since oldest_waiting. set_aside: packages whose documents the engine does not take.
    """

    engine: str
    documents: int
    published: int
    waiting: int
    size_bytes: int
    health: str
    oldest_waiting: datetime | None
    set_aside: int


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is not in the index yet, and what it does not take."""

    waiting: int
    oldest_waiting: datetime | None
    set_aside: int

    @property
    def late(self) -> bool:
        """Whether a change has waited for longer than a worker that works would let it."""
        return self.oldest_waiting is not None and clock.now() - self.oldest_waiting > _LATE


def verify() -> list[Difference]:
    """Where the index and the publications disagree, by code; an empty list: they are equal.

    Every package is reckoned for this, under the scheme in use.
    """
    with act_as(SYSTEM):
        published = publications.live_versions()
        refused = {each.code: each.reason for each in setting_aside.listed()}
    indexed = dict(engine().iter_versions())
    otherwise = _reckoned_otherwise()
    found = []
    for code in sorted(published.keys() | indexed.keys()):
        right, there = published.get(code), indexed.get(code)
        if right != there:
            found.append(Difference(code, right, there, refused.get(code, "")))
        elif code in otherwise:
            found.append(Difference(code, right, there, refused.get(code, ""), amounts=True))
    return found


def _reckoned_otherwise() -> set[str]:
    """The packages that are in the index with other amounts than the scheme in use gives them."""
    indexed = {each.id: each for each in engine().iter_amounts()}
    found = set()
    with act_as(SYSTEM):
        for each in scheme_impact.reckoned_under(pricing.scheme(), offer_terms.every_package()):
            known = indexed.get(each.code)
            if known is not None and each.after is not None:
                right = amounts_of(each.code, known.version, each.total_yen, each.after)
                if right != known:
                    found.add(each.code)
    return found


def backlog() -> Backlog:
    """What waits and what is set aside, in two statements."""
    with act_as(SYSTEM):
        waiting, oldest = db.session.execute(
            select(func.count(), func.min(IndexChange.changed_at)).select_from(IndexChange)
        ).one()
        return Backlog(waiting, oldest, setting_aside.count())


def status() -> State:
    """The state of the index beside what is published."""
    behind = backlog()
    with act_as(SYSTEM):
        published = publications.count_live("package")
    health = "late" if behind.late else "ok"
    name, documents, size = engine().name, 0, 0
    try:
        stats = engine().stats()
        documents, size = stats.documents, stats.size_bytes
    except EngineUnavailable as error:
        health = error.code
    return State(name, documents, published, behind.waiting, size, health, behind.oldest_waiting, behind.set_aside)
