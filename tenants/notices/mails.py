"""The mails as the secretariat sees them: how many, which failed and why, and trying again. Never their words."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select

from tenants import audit, clock, jobs
from tenants.actor import current
from tenants.db import db, use_case
from tenants.errors import NotFound
from tenants.notices.delivery import SEND
from tenants.notices.models import MAIL_STATES, OutgoingMail
from tenants.notices.sending import KEPT_FAILED
from tenants.notices.template import CATEGORIES
from tenants.paging import Page, page_of
from tenants.permissions import Permission
from tenants.text import Text

STATES: Final[Mapping[str, Text]] = {
    "queued": Text("送信待ち", "Waiting"),
    "sent": Text("送信済み", "Sent"),
    "failed": Text("送信できず", "Failed"),
    "bounced": Text("宛先不明で戻った", "Came back"),
    "suppressed": Text("宛先を停止中", "Address stopped"),
}


@dataclass(frozen=True, slots=True)
class MailView:
    """One mail's envelope. address: personal data. again: whether it can be tried again."""

    id: uuid.UUID
    address: str
    subject: str
    category: Text
    language: str
    state: str
    attempts: int
    last_error: str
    created_at: datetime
    due_at: datetime
    settled_at: datetime | None
    again: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """How many mails are in which state, since when the oldest waits, and what it last met."""

    counts: Mapping[str, int]
    oldest_waiting: datetime | None
    last_problem: str


def overview() -> Overview:
    """In two statements."""
    rows = db.session.execute(
        select(OutgoingMail.state, func.count(), func.min(OutgoingMail.queued_at)).group_by(OutgoingMail.state)
    ).all()
    problem = db.session.scalar(
        select(OutgoingMail.last_error)
        .where(OutgoingMail.state == "queued", OutgoingMail.last_error != "")
        .order_by(OutgoingMail.due_at.desc())
        .limit(1)
    )
    known = {state: count for state, count, _ in rows}
    return Overview(
        {state: known.get(state, 0) for state in MAIL_STATES},
        next((oldest for state, _, oldest in rows if state == "queued"), None),
        problem or "",
    )


def mails(*, state: str | None = None, page: int = 1, per_page: int = 50) -> Page[MailView]:
    """The envelopes, the newest first; state: only these."""
    query = select(OutgoingMail).order_by(OutgoingMail.created_at.desc(), OutgoingMail.id)
    if state is not None:
        query = query.where(OutgoingMail.state == state)
    return page_of(query, lambda row: _view(row[0]), number=page, per_page=per_page)


def _view(row: OutgoingMail) -> MailView:
    return MailView(
        row.id,
        row.address,
        row.subject,
        CATEGORIES[row.category].name if row.category in CATEGORIES else Text(row.category, row.category),
        row.language,
        row.state,
        row.attempts,
        row.last_error,
        row.created_at,
        row.due_at,
        row.settled_at,
        _can_go_again(row),
    )


def _can_go_again(row: OutgoingMail) -> bool:
    return row.state == "failed" and row.settled_at is not None and row.settled_at > clock.now() - KEPT_FAILED


@use_case
def try_again(mail_id: uuid.UUID | None = None) -> int:
    """Put one failed mail, or all of them, back into the queue; how many.

    Only those that failed within thirty days: older ones' words are gone. NotFound for one that cannot.
    """
    current().require(Permission.USE_SUPPORT_VIEW)
    moment = clock.now()
    query = select(OutgoingMail).where(
        OutgoingMail.state == "failed", OutgoingMail.settled_at > moment - KEPT_FAILED
    )
    if mail_id is not None:
        query = query.where(OutgoingMail.id == mail_id)
    rows = db.session.scalars(query.order_by(OutgoingMail.id).with_for_update()).all()
    if mail_id is not None and not rows:
        raise NotFound(Text("送信できなかったメール", "The failed mail"))
    for row in rows:
        row.state, row.attempts, row.settled_at = "queued", 0, None
        row.queued_at = row.due_at = moment
    if rows:
        jobs.enqueue(SEND, lock=SEND)
    audit.record(
        "mails_tried_again",
        subject=("mail", mail_id or "failed"),
        organisation_id=None,
        after={"count": len(rows)},
    )
    return len(rows)
