"""The index beside what is published: where they differ, and how far behind it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select

from catalogue import offer_terms, publications
from catalogue.models import IndexChange, IndexFailure
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
    """How far the index has come. health: ok, late (changes wait for more than two minutes), or what is wrong with it:
    why it could not be written the last time, else why it cannot be read.

    answers: whether it can be searched; documents: 0 while it cannot. waiting: packages that changed and are not in it yet, the first of
    them since oldest_waiting. set_aside: packages whose documents the engine does not take.
    """

    engine: str
    documents: int
    published: int
    waiting: int
    size_bytes: int
    health: str
    answers: bool
    oldest_waiting: datetime | None
    set_aside: int


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is not in the index yet, what it does not take, and why it could not be written the last time ("" if it could)."""

    waiting: int
    oldest_waiting: datetime | None
    set_aside: int
    failure: str

    def health(self, reading: str) -> str:
        """What to tell those who run it. reading: ok, or why the index cannot be read; why it cannot be written says
        more, since whatever is wrong would be mended by writing."""
        if self.failure or reading != "ok":
            return self.failure or reading
        late = self.oldest_waiting is not None and clock.now() - self.oldest_waiting > _LATE
        return "late" if late else "ok"


def verify() -> list[Difference]:
    """Where the index and the publications disagree, by code; an empty list: they are equal.

    All of the index is read for this, and every package is reckoned under the scheme in use. Raises EngineUnavailable,
    also where the index is found damaged.
    """
    engine().examine()
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
        failure = select(func.max(IndexFailure.code)).scalar_subquery()
        waiting, oldest, code = db.session.execute(
            select(func.count(), func.min(IndexChange.changed_at), failure).select_from(IndexChange)
        ).one()
        return Backlog(waiting, oldest, setting_aside.count(), code or "")


def status() -> State:
    """The state of the index beside what is published."""
    behind = backlog()
    with act_as(SYSTEM):
        published = publications.count_live("package")
    name, documents, size, reading = engine().name, 0, 0, "ok"
    try:
        stats = engine().stats()
        documents, size = stats.documents, stats.size_bytes
    except EngineUnavailable as error:
        reading = error.code
    return State(
        name,
        documents,
        published,
        behind.waiting,
        size,
        behind.health(reading),
        reading == "ok",
        behind.oldest_waiting,
        behind.set_aside,
    )
