"""Documents that an engine does not take: found by halving, set aside with their reason, so that all others go in."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeVar

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from catalogue.models import IndexRefusal
from catalogue.publications import Published
from catalogue.vocabulary import Masters
from marketplace.subsidy.scheme import Scheme
from search.documents import Amounts, SearchDocument
from search.port import DocumentsRefused, EngineUnavailable
from search.publishing import document_of
from tenants import clock
from tenants.db import db
from tenants.errors import BadInput

_log = logging.getLogger(__name__)
_LONGEST_REASON: Final = 500
# More than these and more than a tenth: then it is not the documents.
_FEW: Final = 10
Sent = TypeVar("Sent", SearchDocument, Amounts)


@dataclass(frozen=True, slots=True)
class SetAside:
    """A package that is published but not in the index. number: of its publication."""

    code: str
    number: int
    engine: str
    reason: str
    refused_at: datetime


@dataclass(slots=True)
class Outcome:
    """What became of documents. versions: code -> publication number of those that are in; refused: of the others,
    with the reason."""

    versions: dict[str, int] = field(default_factory=dict)
    refused: dict[str, tuple[int, str]] = field(default_factory=dict)

    def check(self) -> None:
        """EngineUnavailable (rebuild_refused) when so many were refused that it cannot be their own fault."""
        few = max(_FEW, (len(self.versions) + len(self.refused)) // 10)
        if self.refused and (not self.versions or len(self.refused) > few):
            raise EngineUnavailable("rebuild_refused", f"{len(self.refused)} documents were refused")


def put(
    published: Iterable[Published],
    masters: Masters,
    scheme: Scheme,
    send: Callable[[Sequence[SearchDocument]], None],
    outcome: Outcome,
) -> None:
    """Make the documents of these publications and send them (:func:`made`, :func:`halving`)."""
    halving(made(published, masters, scheme, outcome), send, outcome)


def made(
    published: Iterable[Published], masters: Masters, scheme: Scheme, outcome: Outcome
) -> list[SearchDocument]:
    """The documents of these publications; those of which none can be made are noted."""
    documents: list[SearchDocument] = []
    for each in published:
        try:
            documents.append(document_of(each, masters, scheme))
        except (ArithmeticError, LookupError, TypeError, ValueError, BadInput) as error:
            _log.exception("no search document can be made of %s", each.code)
            outcome.refused[each.code] = (each.number, f"{type(error).__name__}: {error}"[:_LONGEST_REASON])
    return documents


def halving(documents: Sequence[Sent], send: Callable[[Sequence[Sent]], None], outcome: Outcome) -> None:
    """Send them; each half by itself when that is refused (DocumentsRefused), down to those that are at fault."""
    if not documents:
        return
    try:
        send(documents)
    except DocumentsRefused as refused:
        if len(documents) == 1:
            bad = documents[0]
            _log.warning("the search index refuses %s: %s", bad.id, refused.reason)
            outcome.refused[bad.id] = (bad.version, refused.reason[:_LONGEST_REASON])
            return
        middle = len(documents) // 2
        halving(documents[:middle], send, outcome)
        halving(documents[middle:], send, outcome)
    else:
        outcome.versions |= {document.id: document.version for document in documents}


@contextmanager
def ahead(
    send: Callable[[Sequence[SearchDocument]], None], outcome: Outcome
) -> Iterator[Callable[[Sequence[SearchDocument]], None]]:
    """Send documents (:func:`halving`) beside the making of the next: neither waits for the other.

    What goes wrong with some is raised when the next are given, or at the end.
    """
    sent: Future[None] | None = None
    with ThreadPoolExecutor(1) as thread:

        def give(documents: Sequence[SearchDocument]) -> None:
            nonlocal sent
            if sent is not None:
                sent.result()
            sent = thread.submit(halving, documents, send, outcome)

        yield give
        if sent is not None:
            sent.result()


# --- the list of them; in the caller's transaction ---


def note(engine: str, refused: Mapping[str, tuple[int, str]], *, settled: Iterable[str] | None) -> None:
    """Remember what was refused, and forget those that are settled; None: all that were remembered before."""
    forget = delete(IndexRefusal)
    if settled is not None:
        forget = forget.where(IndexRefusal.code.in_(list(settled)))
    db.session.execute(forget)
    if refused:
        moment = clock.now()
        rows = [
            {"code": code, "number": number, "engine": engine, "reason": reason, "refused_at": moment}
            for code, (number, reason) in refused.items()
        ]
        statement = insert(IndexRefusal).values(rows)
        new = {name: statement.excluded[name] for name in ("number", "engine", "reason", "refused_at")}
        db.session.execute(statement.on_conflict_do_update(index_elements=["code"], set_=new))


def listed(most: int | None = None) -> list[SetAside]:
    """What is set aside, the longest first."""
    rows = db.session.scalars(
        select(IndexRefusal).order_by(IndexRefusal.refused_at, IndexRefusal.code).limit(most)
    )
    return [SetAside(row.code, row.number, row.engine, row.reason, row.refused_at) for row in rows]


def count() -> int:
    """How many are set aside."""
    return db.session.scalar(select(func.count()).select_from(IndexRefusal)) or 0
