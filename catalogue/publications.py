"""What the public may see: live publications, and why one is gone. Nothing here reads a draft.

A publication never changes, so each process keeps those it has read (docs/decisions/kept-parts.md). Which one is live
is asked anew each time.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, ClassVar, Final, Self

from cachetools import LRUCache
from sqlalchemy import ARRAY, Row, String, Uuid, all_, and_, any_, bindparam, exists, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from catalogue.models import LivePublication, Publication, PublicationMinimum, Withdrawal
from tenants import clock
from tenants.db import db, rows
from tenants.errors import DomainError, Finding, NotFound
from tenants.public_changes import Unchanged
from tenants.text import Text

# As migration 0030 has it: held, shared, by whoever is publishing.
PUBLISHING: Final = 4033
# Some 11 kB each.
MOST_KEPT: Final = 3_000


@dataclass(frozen=True, slots=True)
class Published:
    """A publication: immutable content with number, hash and time. Its id and hash say all of it."""

    id: uuid.UUID
    number: int = field(compare=False)
    kind: str = field(compare=False)
    code: str = field(compare=False)
    organisation_id: uuid.UUID = field(compare=False)
    content: dict[str, Any] = field(compare=False)
    content_hash: str
    published_at: datetime = field(compare=False)

    @classmethod
    def of(cls, row: Publication | Row[Any]) -> Self:
        """As its row has it."""
        return cls(
            row.id,
            row.number,
            row.kind,
            row.code,
            row.organisation_id,
            row.content,
            row.content_hash,
            row.published_at,
        )


class Gone(DomainError):
    """It was published once and is not any more; the page says since when and why."""

    status: ClassVar[int] = 410

    def __init__(self, what: str, reason: str, withdrawn_at: datetime) -> None:
        day = withdrawn_at.astimezone(clock.JAPAN)
        super().__init__(
            Finding(
                "gone",
                Text(
                    f"「{what}」の公開は{day:%Y年%-m月%-d日}に終了しました。理由：{reason}",
                    f"“{what}” was withdrawn on {day:%Y-%m-%d}. Reason: {reason}",
                ),
                Text("ほかのITツールをお探しください。", "Please look for another package."),
            )
        )
        self.reason = reason
        self.withdrawn_at = withdrawn_at


# The live packages among these codes, with all that stands in them unless it is known. Written down once, since
# SQLAlchemy takes longer over such a statement than the database.
_LIVE_PACKAGES: Final = (
    select(
        LivePublication.public_key,
        LivePublication.publication_id,
        *(getattr(Publication, each.name) for each in fields(Published)),
    )
    .outerjoin(
        Publication,
        and_(
            Publication.id == LivePublication.publication_id,
            Publication.id != all_(bindparam("known", type_=ARRAY(Uuid()))),
        ),
    )
    .where(
        LivePublication.kind == "package",
        LivePublication.public_key == any_(bindparam("codes", type_=ARRAY(String()))),
    )
)


class _Kept:
    """The publications that a process has read, by code: of each package the last one seen live."""

    def __init__(self, most: int) -> None:
        self.by_code: LRUCache[str, Published] = LRUCache(most)
        self._lock = threading.Lock()

    def of(self, codes: Sequence[str]) -> dict[uuid.UUID, Published]:
        """Those that are kept, by id; live or not any more."""
        with self._lock:
            found = [self.by_code[code] for code in codes if code in self.by_code]
        return {each.id: each for each in found}

    def keep(self, read: Sequence[Published]) -> None:
        with self._lock:
            self.by_code.update({each.code: each for each in read})


_kept: Final = _Kept(MOST_KEPT)


_live: Final[Unchanged[str, Published]] = Unchanged(MOST_KEPT)


def live_packages(codes: Sequence[str]) -> Mapping[str, Published]:
    """The live packages among these codes, in at most one statement. What it gives is shared: nobody changes a content."""
    return _live.of(codes, _ask_live)


def _ask_live(codes: Sequence[str]) -> dict[str, Published]:
    known = _kept.of(codes)
    live = rows(_LIVE_PACKAGES, {"codes": list(codes), "known": list(known)})
    read = {row.public_key: Published.of(row) for row in live if row.publication_id not in known}
    _kept.keep(list(read.values()))
    return {row.public_key: read.get(row.public_key) or known[row.publication_id] for row in live}


def _gone(kind: str, keys: Sequence[str]) -> dict[str, Gone]:
    """What was withdrawn last under each of these keys, in one statement."""
    rows = db.session.execute(
        select(Withdrawal.public_key, Withdrawal.reason, Withdrawal.withdrawn_at, Publication.content)
        .join(Publication, Publication.id == Withdrawal.publication_id)
        .where(Withdrawal.kind == kind, Withdrawal.public_key.in_(keys))
        .order_by(Withdrawal.public_key, Withdrawal.withdrawn_at.desc())
        .ext(distinct_on(Withdrawal.public_key))
    )
    return {row.public_key: Gone(row.content["name"], row.reason, row.withdrawn_at) for row in rows}


def live_package(code: str) -> Published:
    """The package as published now; NotFound, or Gone when it was withdrawn."""
    found = live_packages([code]).get(code)
    if found is None:
        raise _missing("package", code, Text("ITツール", "The package"))
    return found


def withdrawn_packages(codes: Sequence[str]) -> dict[str, Gone]:
    """Of these codes, none of them live, those that were withdrawn: when and why. In one statement."""
    return _gone("package", codes)


def live_product(vendor_number: str, code: str) -> Published:
    """The product as published now; NotFound, or Gone when it was withdrawn."""
    public_key = f"{vendor_number}/{code}"
    row = db.session.scalar(
        select(Publication)
        .join(LivePublication, LivePublication.publication_id == Publication.id)
        .where(LivePublication.kind == "product", LivePublication.public_key == public_key)
    )
    if row is None:
        raise _missing("product", public_key, Text("製品", "The product"))
    return Published.of(row)


def _missing(kind: str, public_key: str, what: Text) -> DomainError:
    return _gone(kind, [public_key]).get(public_key) or NotFound(what)


def publications(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Published]:
    """These publications, live or not, in one statement."""
    rows = db.session.scalars(select(Publication).where(Publication.id.in_(ids)))
    return {row.id: Published.of(row) for row in rows}


def minimum_prices(publication_id: uuid.UUID) -> dict[str, int]:
    """The least each item may be sold for, product code -> yen for one unit; empty for who may not see it."""
    row = db.session.get(PublicationMinimum, publication_id)
    return dict(row.prices) if row else {}


def every_live_package(batch: int = 1000) -> Iterator[Published]:
    """All live packages by code, in batches: for building the index and open data."""
    after = ""
    while True:
        rows = db.session.scalars(
            select(Publication)
            .join(LivePublication, LivePublication.publication_id == Publication.id)
            .where(LivePublication.kind == "package", LivePublication.public_key > after)
            .order_by(LivePublication.public_key)
            .limit(batch)
        ).all()
        yield from (Published.of(row) for row in rows)
        if len(rows) < batch:
            return
        after = rows[-1].code
        db.session.expunge_all()


def live_versions() -> dict[str, int]:
    """Each live package's code with its publication number: what an index must hold."""
    rows = db.session.execute(
        select(Publication.code, Publication.number)
        .join(LivePublication, LivePublication.publication_id == Publication.id)
        .where(LivePublication.kind == "package")
    )
    return {row.code: row.number for row in rows}


def settled_number() -> int | None:
    """The number of the last publication when none with a lower one is still being written; None while one is.

    Whoever publishes holds the same lock, shared, from before they take a number (a trigger of the table sees to
    it). It is tried and never waited for, so nobody's publishing waits either.
    """
    if not db.session.scalar(select(func.pg_try_advisory_xact_lock(PUBLISHING))):
        return None
    return db.session.scalar(select(func.coalesce(func.max(Publication.number), 0)))


def number_before(moment: datetime) -> int:
    """The highest number among what was published before this moment; 0 when there is nothing."""
    last = select(func.max(Publication.number)).where(Publication.published_at < moment)
    return db.session.scalar(last) or 0


def first_published(after: int, upto: int) -> dict[str, datetime]:
    """Live packages whose very first publication has a number in this range (after not included, upto is): code ->
    when the version that is live was published. What was changed, or came back after a withdrawal, is not new again.
    """
    first, earlier = aliased(Publication), aliased(Publication)
    new = (
        select(first.listing_id)
        .where(
            first.kind == "package",
            first.number > after,
            first.number <= upto,
            ~exists().where(earlier.listing_id == first.listing_id, earlier.number < first.number),
        )
        .subquery()
    )
    rows = db.session.execute(
        select(LivePublication.public_key, Publication.published_at)
        .join(new, new.c.listing_id == LivePublication.listing_id)
        .join(Publication, Publication.id == LivePublication.publication_id)
    )
    return {code: published_at for code, published_at in rows}  # noqa: C416  (rows, not pairs)


def count_live(kind: str) -> int:
    """How many listings of a kind the public sees."""
    return (
        db.session.scalar(select(func.count()).select_from(LivePublication).where(LivePublication.kind == kind))
        or 0
    )


def versions_of(listing_id: uuid.UUID) -> list[Published]:
    """Every publication of a listing, newest first: what changed and when it was approved."""
    rows = db.session.scalars(
        select(Publication).where(Publication.listing_id == listing_id).order_by(Publication.number.desc())
    )
    return [Published.of(row) for row in rows]


def find_by_name_or_code(words: str, *, page: int, per_page: int) -> tuple[list[Published], int]:
    """Live packages whose code or name contains each of the words, by code, and how many there are in all.

    For when the index does not answer: exact characters only, no words, no readings.
    """
    wanted = [LivePublication.kind == "package"]
    for word in words[:_LONGEST_LOOKUP].split():
        pattern = word.translate(_LIKE)
        wanted.append(
            or_(
                Publication.code.ilike(f"%{pattern}%", escape="\\"),
                Publication.content["name"].astext.ilike(f"%{pattern}%", escape="\\"),
            )
        )
    query = (
        select(Publication).join(LivePublication, LivePublication.publication_id == Publication.id).where(*wanted)
    )
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = db.session.scalars(
        query.order_by(LivePublication.public_key).limit(per_page).offset((page - 1) * per_page)
    )
    return [Published.of(row) for row in rows], total


_LONGEST_LOOKUP: Final = 100
_LIKE = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_", "\0": ""})
