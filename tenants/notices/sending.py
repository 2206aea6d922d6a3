"""The queue of mails: each is sent, tried again after growing pauses, or given up.

Exactly once as far as SMTP allows. A mail's row is locked while it is sent, so two workers never send the same. A
worker that is killed after the server took the mail and before that is written leaves it in the queue: it is sent
once more, under the same Message-ID. At least once, then; a lost mail is never the price.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from tenants import audit, clock, jobs
from tenants.actor import SYSTEM
from tenants.db import act_as, db, use_case
from tenants.mail_addresses import same_as, usable
from tenants.notices.delivery import SEND
from tenants.notices.message import PostOffice, compose
from tenants.notices.models import MailBody, MailSuppression, OutgoingMail
from tenants.notices.smtp import Answer, Line

PAUSES: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720))
GIVE_UP_AFTER: Final = timedelta(days=3)
# Until then a failed mail's words are kept, so that it can be tried again.
KEPT_FAILED: Final = timedelta(days=30)
MOST_IN_ONE_GO: Final = 200
_log = logging.getLogger(__name__)


@dataclass
class Tally:
    """What became of the mails of one go. unreachable: why the go ended early."""

    sent: int = 0
    later: int = 0
    failed: int = 0
    unreachable: str = ""

    @property
    def tried(self) -> int:
        """How many mails were looked at."""
        return self.sent + self.later + self.failed


def send_due(office: PostOffice) -> Tally:
    """Send all mails whose time has come; without a mail server they wait and are given up in the end."""
    tally = Tally()
    with act_as(SYSTEM), Line(office) as line:
        _give_up_old()
        while office.host and tally.tried < MOST_IN_ONE_GO:
            answer = _send_next(office, line)
            if answer is None:
                return tally
            _count(tally, answer)
            if answer.kind == "unreachable":
                _log.warning("the mail server cannot be used: %s", answer.words)
                return tally
        if tally.tried >= MOST_IN_ONE_GO:
            _go_on()
    return tally


def _count(tally: Tally, answer: Answer) -> None:
    if answer.kind == "sent":
        tally.sent += 1
    elif answer.kind in ("later", "unreachable"):
        tally.later += 1
        tally.unreachable = answer.words if answer.kind == "unreachable" else ""
    else:
        tally.failed += 1


@use_case
def _go_on() -> None:
    jobs.enqueue(SEND, lock=SEND)


@use_case
def _give_up_old() -> None:
    moment = clock.now()
    db.session.execute(
        update(OutgoingMail)
        .where(OutgoingMail.state == "queued", OutgoingMail.queued_at < moment - GIVE_UP_AFTER)
        .values(state="failed", settled_at=moment)
    )
    forgotten = select(OutgoingMail.id).where(
        OutgoingMail.state == "failed", OutgoingMail.settled_at < moment - KEPT_FAILED
    )
    db.session.execute(
        delete(MailBody).where(MailBody.mail_id.in_(forgotten)), execution_options={"synchronize_session": False}
    )


@use_case
def _send_next(office: PostOffice, line: Line) -> Answer | None:
    row = db.session.scalar(
        select(OutgoingMail)
        .where(OutgoingMail.state == "queued", OutgoingMail.due_at <= clock.now())
        .order_by(OutgoingMail.due_at, OutgoingMail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if row is None:
        return None
    if db.session.get(MailSuppression, same_as(row.address)):
        _settle(row, "suppressed")
        return Answer("failed")
    answer = _attempt(office, line, row)
    _write(row, answer)
    return answer


def _attempt(office: PostOffice, line: Line, row: OutgoingMail) -> Answer:
    body = db.session.get(MailBody, row.id)
    if body is None or not usable(row.address):
        return Answer("failed", "not a mail address")
    try:
        mail = compose(
            office,
            address=row.address,
            name=row.display_name,
            language="en" if row.language == "en" else "ja",
            category=row.category,
            subject=row.subject,
            body=body.body,
            message_id=row.message_id,
            sent_at=clock.now(),
            stop_link=body.stop_link,
        )
    except (ValueError, IndexError) as error:  # the email package refuses a header so
        return Answer("failed", f"the mail cannot be written: {type(error).__name__}")
    return line.send(mail, row.address)


def _write(row: OutgoingMail, answer: Answer) -> None:
    row.attempts += 1
    row.last_error = answer.words
    match answer.kind:
        case "sent":
            _settle(row, "sent")
        case "refused":
            suppress(row, "refused", answer.words)
            _settle(row, "bounced")
        case "failed":
            row.state, row.settled_at = "failed", clock.now()
        case _:
            pause = PAUSES[min(row.attempts, len(PAUSES)) - 1]
            row.due_at = clock.now() + pause
            if row.due_at > row.queued_at + GIVE_UP_AFTER:
                row.state, row.settled_at = "failed", clock.now()


def _settle(row: OutgoingMail, state: str) -> None:
    """No further attempt will follow: its words are not kept."""
    row.state, row.settled_at = state, clock.now()
    db.session.execute(delete(MailBody).where(MailBody.mail_id == row.id))


def suppress(mail: OutgoingMail, reason: str, detail: str) -> None:
    """Send nothing more to the address of this mail, in the running transaction."""
    row = {"address": same_as(mail.address), "reason": reason, "detail": detail, "since": clock.now()}
    db.session.execute(
        insert(MailSuppression).values(row).on_conflict_do_update(index_elements=["address"], set_=row)
    )
    audit.record(
        "mail_address_stopped", subject=("mail", mail.id), organisation_id=None, after={"email": row["address"]}
    )
