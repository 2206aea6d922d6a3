"""Saved searches for tests: packages published at a moment, people who save, and what they are told."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from grants import VENDOR_NUMBER, package
from sqlalchemy import delete, select
from werkzeug.datastructures import MultiDict

from catalogue.listings import note_index_change
from catalogue.models import LivePublication, Publication
from search import sync
from search.parameters import SearchQuery
from search.saved import services, telling
from search.saved.models import SavedSearch
from search.saved.words import Links
from tenants import clock
from tenants.actor import SYSTEM, Actor
from tenants.db import act_as, db, use_case
from tenants.notices.models import Posting

# Nine in the morning in Japan, on some day.
START = datetime(2026, 11, 9, 0, 0, tzinfo=UTC)
DAY = timedelta(days=1)
LINKS = Links("https://hojo.example.jp", lambda scope, of: f"/stop-mail/{scope}-{of.hex}")


def asked(**args: Any) -> SearchQuery:
    """A query from an address's parameters."""
    return SearchQuery.from_args(MultiDict(args))


@dataclass
class Shop:
    """A vendor's packages, published when a test says so."""

    vendor_id: uuid.UUID
    listings: dict[str, uuid.UUID] = field(default_factory=dict)

    def publish(self, code: str, at: datetime, *, index: bool = True, **changes: Any) -> None:
        """Publish a package (anew) at this moment, and bring it into the index unless told."""
        listing = self.listings.setdefault(code, uuid.uuid4())

        @use_case
        def write() -> None:
            content = package(**({"name": f"予約パック{code}"} | changes), code=code)
            row = Publication(
                kind="package",
                code=code,
                vendor_number=VENDOR_NUMBER,
                organisation_id=self.vendor_id,
                listing_id=listing,
                listing_version=1,
                content=content,
                content_hash="0" * 64,
            )
            db.session.add(row)
            db.session.flush()
            db.session.execute(delete(LivePublication).where(LivePublication.public_key == code))
            db.session.add(
                LivePublication(
                    kind="package",
                    public_key=code,
                    listing_id=listing,
                    organisation_id=self.vendor_id,
                    publication_id=row.id,
                )
            )
            note_index_change([code])

        with clock.at(at), act_as(SYSTEM):
            write()
        if index:
            sync.synchronise()

    def withdraw(self, code: str) -> None:
        """Off the public site."""

        @use_case
        def write() -> None:
            db.session.execute(delete(LivePublication).where(LivePublication.public_key == code))
            note_index_change([code])

        with act_as(SYSTEM):
            write()
        sync.synchronise()


def save(person: Actor, at: datetime = START, name: str = "予約の検索", *, by_mail: bool = True, **args: Any):
    """Save a search at this moment; its id."""
    with clock.at(at), act_as(person):
        return services.save(asked(**args), name, by_mail=by_mail)[0]


def mine(person: Actor) -> tuple[services.Saved, ...]:
    """What this person keeps."""
    with act_as(person):
        return services.mine()


def told_numbers() -> dict[uuid.UUID, int]:
    """Up to which publication each search was told, by its id."""
    with act_as(SYSTEM):
        rows = db.session.execute(select(SavedSearch.id, SavedSearch.told_number)).all()
        db.session.rollback()
        return {row.id: row.told_number for row in rows}


def go(at: datetime) -> telling.Tally:
    """The worker's job at this moment."""
    with clock.at(at):
        return telling.run(LINKS)


def postings() -> list[Posting]:
    """What is to be told, oldest first."""
    with act_as(SYSTEM):
        found = list(db.session.scalars(select(Posting).order_by(Posting.created_at)))
        db.session.expunge_all()
        return found


def told_codes() -> list[str]:
    """The packages in what is to be told, each as often as it is told, in order of code."""
    lines = "\n".join(each.facts["list"]["ja"] for each in postings()).splitlines()
    return sorted(line.rpartition("/packages/")[2] for line in lines if "/packages/" in line)
