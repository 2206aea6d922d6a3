"""Mails that come back: the report of a mail server (RFC 3464) stops further mail to an address that is none.

Only a report that returns the Message-ID of a mail of ours is believed: it cannot be guessed, so nobody silences
somebody else's address with a letter of their own making.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from typing import Final, Literal

from sqlalchemy import delete, select

from tenants import clock
from tenants.actor import SYSTEM
from tenants.db import act_as, db, use_case
from tenants.notices.models import MailBody, OutgoingMail
from tenants.notices.sending import suppress
from tenants.notices.smtp import blames_address

LARGEST: Final = 10 * 1024 * 1024
_MOST_PARTS: Final = 100
_LONGEST: Final = 300
_ID: Final = re.compile(r"<[!-;=?-~]{1,250}>")


@dataclass(frozen=True, slots=True)
class Report:
    """What a returned mail says. status: RFC 3463, such as 5.1.1. final: whether it was given up."""

    message_ids: frozenset[str]
    final: bool
    status: str
    words: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What was done with a returned mail.

    suppressed: nothing more goes to the address. noted: the mail did not arrive, the address may be fine. ignored:
    it is no report, or not about a mail of ours; why says which.
    """

    kind: Literal["suppressed", "noted", "ignored"]
    address: str = ""
    why: str = ""


def read(raw: bytes) -> Report | None:
    """The report in a returned mail; None when there is none."""
    try:
        parts = _parts(message_from_bytes(raw[:LARGEST], policy=compat32))
    except (RecursionError, ValueError, LookupError):  # a hostile nest of parts, an unheard-of encoding
        return None
    status = next((part for part in parts if part.get_content_type() == "message/delivery-status"), None)
    if status is None or not isinstance(status.get_payload(), list):
        return None
    fields = [block for block in status.get_payload() if isinstance(block, Message) and block["Action"]]
    given_up = [block for block in fields if str(block["Action"]).strip().lower() == "failed"]
    chosen = (given_up or fields)[:1]
    if not chosen:
        return None
    returned = [str(part["Message-ID"]).strip() for part in parts[1:] if part["Message-ID"]]
    returned += [_headers(part) for part in parts if part.get_content_type() == "text/rfc822-headers"]
    code = str(chosen[0]["Status"] or "").strip()
    said = f"{code} {chosen[0]['Diagnostic-Code'] or ''}"
    words = " ".join("".join(c if c.isprintable() else " " for c in said).split())
    return Report(frozenset(filter(_ID.fullmatch, returned)), bool(given_up), code, words[:_LONGEST])


def _parts(whole: Message) -> list[Message]:
    parts = []
    for part in whole.walk():
        parts.append(part)
        if len(parts) > _MOST_PARTS:
            raise ValueError("too many parts")
    return parts


def _headers(part: Message) -> str:
    """The Message-ID among headers that were returned as text."""
    payload = part.get_payload(decode=True)
    returned = message_from_bytes(payload if isinstance(payload, bytes) else b"", policy=compat32)
    return str(returned["Message-ID"] or "").strip()


def take(raw: bytes) -> Taken:
    """Read a returned mail and act on it; never raises for what somebody sends."""
    report = read(raw)
    if report is None:
        return Taken("ignored", why="no delivery report (RFC 3464)")
    with act_as(SYSTEM):
        return _act_on(report)


@use_case
def _act_on(report: Report) -> Taken:
    row = db.session.scalar(
        select(OutgoingMail)
        .where(OutgoingMail.message_id.in_(report.message_ids))
        .order_by(OutgoingMail.id)
        .limit(1)
        .with_for_update()
    )
    if row is None:
        return Taken("ignored", why="not about a mail of ours")
    if not report.final:
        return Taken("ignored", row.address, "delayed, not given up")
    row.state, row.settled_at, row.last_error = "bounced", clock.now(), report.words
    db.session.execute(delete(MailBody).where(MailBody.mail_id == row.id))
    if report.status.startswith("5") and blames_address(550, report.words):
        suppress(row, "bounced", report.words)
        return Taken("suppressed", row.address, report.words)
    return Taken("noted", row.address, report.words)
