"""The same once more: a second press, a second tab, a form sent again after signing in. It is not sent twice."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, Literal

from sqlalchemy import select

from marketplace.enquiries.models import Enquiry, EnquiryAttachment, EnquiryMessage
from tenants import clock, files
from tenants.db import db
from tenants.errors import DomainError, Finding
from tenants.text import Text

# Later the same words are a reminder.
REPEATED_WITHIN: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was handed in."""

    name: str
    content: bytes


class AlreadySent(DomainError):
    """The same was sent a moment ago, and was not sent again. enquiry_id: the enquiry that holds it."""

    status: ClassVar[int] = 409

    def __init__(self, enquiry_id: uuid.UUID, sent_at: datetime) -> None:
        local = sent_at.astimezone(clock.JAPAN)
        super().__init__(
            Finding(
                "already_sent",
                Text(
                    f"同じ内容を、{local:%H:%M}に送っています。二重には送っていません。",
                    f"The same was sent at {local:%H:%M} (Japan time). It was not sent twice.",
                ),
                Text("続きがあるときは、別の文章で送ってください。", "To say more, send another text."),
            )
        )
        self.enquiry_id = enquiry_id


def refuse_same_enquiry(
    sme_id: uuid.UUID, package_code: str, text: str, *, released: Mapping[str, Any], uploads: Sequence[Upload]
) -> None:
    """Raise AlreadySent when this business has just asked this about this package, with the same ticks and files.

    Whoever else of the business asks must wait until this use case ends (tenants.daily.one_at_a_time).
    """
    just_asked = db.session.execute(
        select(Enquiry, EnquiryMessage)
        .join(EnquiryMessage, EnquiryMessage.enquiry_id == Enquiry.id)
        .where(
            Enquiry.sme_id == sme_id,
            Enquiry.package_code == package_code,
            Enquiry.state != "closed",
            EnquiryMessage.side == "sme",
            EnquiryMessage.body == text,
            EnquiryMessage.sent_at > clock.now() - REPEATED_WITHIN,
        )
        .order_by(EnquiryMessage.sent_at.desc())
    )
    for enquiry, message in just_asked:
        if enquiry.released == released and _same_files(message, uploads):
            raise AlreadySent(enquiry.id, message.sent_at)


def refuse_same_message(
    enquiry_id: uuid.UUID, side: Literal["sme", "vendor"], text: str, uploads: Sequence[Upload]
) -> None:
    """Raise AlreadySent when the last message of this enquiry, locked, is the same one, from a moment ago."""
    last = db.session.scalars(
        select(EnquiryMessage)
        .where(EnquiryMessage.enquiry_id == enquiry_id)
        .order_by(EnquiryMessage.sent_at.desc())
        .limit(1)
    ).first()
    if last is None or (last.side, last.body) != (side, text):
        return
    if last.sent_at > clock.now() - REPEATED_WITHIN and _same_files(last, uploads):
        raise AlreadySent(enquiry_id, last.sent_at)


def _same_files(message: EnquiryMessage, uploads: Sequence[Upload]) -> bool:
    kept = db.session.scalars(select(EnquiryAttachment.file_id).where(EnquiryAttachment.message_id == message.id))
    before = sorted(each.sha256 for each in files.views(kept.all()).values())
    return before == sorted(hashlib.sha256(upload.content).hexdigest() for upload in uploads)
