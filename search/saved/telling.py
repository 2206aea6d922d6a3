"""Once a day: what was published for the first time since a saved search was last told of, and telling its person.

A package is new by the number of its very first publication. What the index knows is when the version that is live
was published, so it is asked for everything published while the new ones were, and of that only what is new counts. The
number looked up to moves in the transaction of the notice: whatever fails, nothing is told twice and nothing is lost,
and no clock is asked, which may be set back.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

from sqlalchemy import Select, exists, select

from catalogue import publications
from catalogue.models import IndexChange
from marketplace.today import today
from search.parameters import SearchQuery
from search.port import MAX_PER_PAGE, EngineUnavailable, MatchStage, Period
from search.queries import filled
from search.requests import answer_to
from search.saved.models import SavedSearch
from search.saved.services import checked
from search.saved.words import Links, Match, facts_of
from tenants import audit, clock, notices
from tenants.actor import SYSTEM
from tenants.db import act_as, db, use_case
from tenants.models import Membership

TELL: Final = "searches.tell"
TEMPLATE: Final = "saved_searches_matched"
SHOWN: Final = 5
# How a search is read, strictest first. What only resembles its words is no reason to write to anybody.
_STRICT: Final = (
    MatchStage.ALL,
    MatchStage.EXACT,
    MatchStage.WIDENED,
    MatchStage.READING,
    MatchStage.CORRECTED,
)
_log = logging.getLogger(__name__)
Person = tuple[uuid.UUID, uuid.UUID]
"""A person and the organisation they act for."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look at a search gave. found: how many packages it finds in all; match: None without anything new."""

    found: int
    match: Match | None


@dataclass
class Tally:
    """What one go did, or would do. broken: searches whose conditions do not exist any more. later: why the rest was
    left for the next go (publishing, index_late, or why the index does not answer); empty when all were looked at."""

    people: int = 0
    searches: int = 0
    told: int = 0
    matches: int = 0
    broken: int = 0
    failed: int = 0
    later: str = ""


class _Late(Exception):
    """Something new is not in the index yet."""


@dataclass
class _News:
    """What was first published up to one number, read once for each number it is asked from."""

    upto: int
    _known: dict[int, Mapping[str, datetime]] = field(default_factory=dict)

    def after(self, number: int) -> Mapping[str, datetime]:
        """New packages by code, with when the live version was published. Raises _Late while one waits for the index.

        Asked before the index is: what does not wait now is in it.
        """
        if number not in self._known:
            found = publications.first_published(number, self.upto) if number < self.upto else {}
            if found and not found.keys().isdisjoint(db.session.scalars(select(IndexChange.code))):
                raise _Late
            self._known[number] = found
        return self._known[number]


def run(links: Links) -> Tally:
    """Tell everybody who is due today; whoever is left for later is due in the next go."""
    with act_as(SYSTEM):
        return _go(links)


def preview() -> Tally:
    """What :func:`run` would do now. Nothing is told and nothing moves."""
    with act_as(SYSTEM):
        return _go(None)


def _go(links: Links | None) -> Tally:
    tally, settled = Tally(), publications.settled_number()
    # Only whether somebody is publishing was asked: nobody is to wait while people are told.
    db.session.rollback()
    if settled is None:
        tally.later = "publishing"
        return tally
    news = _News(settled)
    for person in _due_people(clock.today()):
        try:
            with _put_back_together():
                _tell(person, news, links, tally)
        except _Late:
            tally.later = "index_late"
            return tally
        except EngineUnavailable as error:
            tally.later = error.findings[0].code
            return tally
        except Exception:  # noqa: BLE001  (whatever is wrong with one person's searches, the others are told)
            _log.exception("the saved searches of %s could not be told", person[0])
            tally.failed += 1
    return tally


@contextmanager
def _put_back_together() -> Iterator[None]:
    """What one person left half read does not reach the next."""
    try:
        yield
    finally:
        db.session.rollback()


def _due(today: date) -> Select[SavedSearch]:
    """Searches with mail on that nobody has looked at today, of people who still act for the organisation."""
    belongs = exists().where(
        Membership.person_id == SavedSearch.person_id, Membership.organisation_id == SavedSearch.organisation_id
    )
    return select(SavedSearch).where(SavedSearch.by_mail, SavedSearch.looked_on < today, belongs)


def _due_people(today: date) -> list[Person]:
    due = _due(today).with_only_columns(SavedSearch.person_id, SavedSearch.organisation_id).distinct()
    people = [(person_id, organisation_id) for person_id, organisation_id in db.session.execute(due)]
    db.session.rollback()
    return people


def _tell(person: Person, news: _News, links: Links | None, tally: Tally) -> None:
    counted = _tell_one(person, news, links) if links else _look_at_all(person, news, None)
    tally.people += bool(counted.matches)
    for name in ("searches", "told", "matches", "broken"):
        setattr(tally, name, getattr(tally, name) + getattr(counted, name))


@use_case
def _tell_one(person: Person, news: _News, links: Links) -> Tally:
    return _look_at_all(person, news, links)


def _look_at_all(person: Person, news: _News, links: Links | None) -> Tally:
    """One person's due searches, in the running transaction; with links they are told and the time moves."""
    today, tally = clock.today(), Tally()
    due = _due(today).where(SavedSearch.person_id == person[0], SavedSearch.organisation_id == person[1])
    due = due.order_by(SavedSearch.created_at, SavedSearch.id)
    # A second worker waits here, and then finds that nothing is due.
    rows = db.session.scalars(due.with_for_update(of=SavedSearch) if links else due).all()
    matches = []
    for row in rows:
        query, faults = checked(row)
        if query is None or faults:
            tally.broken += 1
            if links:
                row.looked_on = today
            continue
        looked = look(row, query, news.after(row.told_number))
        tally.searches += 1
        if looked.match:
            matches.append(looked.match)
        if links:
            _move(row, looked, today, news.upto)
    tally.matches = len(frozenset[str]().union(*(each.codes for each in matches)))
    tally.told = len(matches)
    if links and matches:
        _notify(person, matches, links, tally.matches)
    return tally


def _move(row: SavedSearch, looked: Looked, today: date, upto: int) -> None:
    row.looked_on, row.found = today, looked.found
    row.told_number = max(row.told_number, upto)
    if looked.match:
        row.told_at = clock.now()


def _notify(person: Person, matches: Sequence[Match], links: Links, packages: int) -> None:
    person_id, organisation_id = person
    notices.notify_person(
        person_id,
        TEMPLATE,
        link="/my/searches",
        organisation_id=organisation_id,
        stop_link=links.stop("person", person_id),
        **facts_of(matches, links, packages, links.stop("person", person_id)),
    )
    audit.record(
        "saved_searches_told",
        subject=("person", person_id),
        organisation_id=organisation_id,
        after={"count": len(matches), "packages": packages},
    )


def tells(stage: MatchStage) -> bool:
    """Whether what is found so, is what people are told of."""
    return stage in _STRICT


def look(row: SavedSearch, query: SearchQuery, new: Mapping[str, datetime]) -> Looked:
    """Ask the search as the public site does. new: what was first published in question.

    Raises EngineUnavailable.
    """
    whole = answer_to(replace(query, page=1, per_page=1), facets=()).result
    if not new or not tells(whole.stage):
        return Looked(whole.total, None)
    loosest = _STRICT.index(whole.stage)
    codes = [code for code in _published_then(query, new, _STRICT[: loosest + 1]) if code in new]
    if not codes:
        return Looked(whole.total, None)
    live = publications.live_packages(codes[:SHOWN])
    first = filled([(live[code], ()) for code in codes[:SHOWN] if code in live], None, today())
    return Looked(whole.total, Match(row.id, row.name, query, len(codes), first, frozenset(codes)))


def _published_then(
    query: SearchQuery, new: Mapping[str, datetime], stages: Sequence[MatchStage]
) -> Iterator[str]:
    """The codes of all that the search finds among what was published when the new ones were, best first."""
    period = Period(min(new.values()), max(new.values()))
    page = 1
    while True:
        asked = replace(query, page=page, per_page=MAX_PER_PAGE)
        result = answer_to(asked, facets=(), published=period).result
        if result.stage not in stages:
            return
        yield from (hit.id for hit in result.hits)
        if page * MAX_PER_PAGE >= result.total:
            return
        page += 1
