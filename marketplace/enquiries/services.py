"""What SME and vendor do with an enquiry: one function for each use case, one transaction each."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from typing import Any, Final, Literal

from catalogue.publications import live_package
from marketplace.applicants import BUSINESS_SIZES, profile
from marketplace.enquiries.lifecycle import ENQUIRY
from marketplace.enquiries.models import Enquiry, EnquiryAttachment, EnquiryMessage
from marketplace.enquiries.repeats import Upload, refuse_same_enquiry, refuse_same_message
from marketplace.enquiries.telling import tell
from tenants import actor, audit, clock, files
from tenants.daily import keep_within, one_at_a_time
from tenants.db import db, use_case
from tenants.errors import BadInput, Finding, NotFound, StaleVersion
from tenants.hidden import in_lines
from tenants.organisations import own, place
from tenants.permissions import Permission
from tenants.text import Text, same
from tenants.workflow import Step

WHAT: Final = Text("問い合わせ", "The enquiry")
BODY_LIMIT: Final = 4000
MOST_FILES: Final = 3
# Each is a mail to somebody at a vendor.
ENQUIRIES_A_DAY: Final = 30
MESSAGES_A_DAY: Final = 100
Releasable = Literal["name", "industry", "size", "prefecture"]
RELEASABLE: Final[dict[Releasable, Text]] = {
    "name": Text("事業者名", "Name of the business"),
    "industry": Text("業種", "Industry"),
    "size": Text("規模の区分", "Size class"),
    "prefecture": Text("所在地（都道府県）", "Prefecture"),
}


def releasable() -> dict[Releasable, Text]:
    """What the acting SME could let a vendor know of it, in the words that would be sent. Never a figure.

    What it has not told us is not in it.
    """
    actor.current().require(Permission.ASK_VENDORS)
    business, facts = own(), profile()
    known: dict[Releasable, Text] = {"name": same(business.name)}
    if facts is not None:
        known["industry"] = facts.industry_label
        known["size"] = BUSINESS_SIZES[facts.business_size]
    known["prefecture"] = place(business.prefecture)
    return known


@use_case
def ask(package_code: str, body: str, *, release: Collection[str], uploads: Sequence[Upload] = ()) -> uuid.UUID:
    """Ask a package's vendor. Of the business only what is named in ``release`` goes with it, read from its own facts.

    Raises NotFound or Gone for a package that is not published, BadInput for a missing or too long text, or a file
    that is not taken, AlreadySent for the same once more, TooManyToday beyond ENQUIRIES_A_DAY and MESSAGES_A_DAY of
    the business.
    """
    who = actor.current()
    who.require(Permission.ASK_VENDORS)
    publication = live_package(package_code)
    text = _body(body)
    released: dict[str, Any] = {name: words.as_json() for name, words in releasable().items() if name in release}
    one_at_a_time(who.own_organisation, Enquiry.__tablename__)
    refuse_same_enquiry(who.own_organisation, publication.code, text, released=released, uploads=uploads)
    keep_within(
        ENQUIRIES_A_DAY,
        Text("新しい問い合わせ", "new enquiries"),
        Enquiry.created_at,
        Enquiry.sme_id == who.own_organisation,
        organisation_id=who.own_organisation,
    )
    now = clock.now()
    row = Enquiry(
        sme_id=who.own_organisation,
        vendor_id=publication.organisation_id,
        publication_id=publication.id,
        package_code=publication.code,
        package_name=publication.content["name"],
        vendor_name=publication.content["vendor"]["name"],
        released=released,
        state="asked",
        sme_read_at=now,
        last_message_at=now,
    )
    db.session.add(row)
    db.session.flush()
    _write(row, "sme", text, uploads)
    _remember(row, "ask", before=None, after={"released": sorted(row.released)})
    return row.id


@use_case
def write(enquiry_id: uuid.UUID, body: str, *, uploads: Sequence[Upload] = ()) -> None:
    """Write a message, as whichever side acts: the vendor answers, the SME asks more.

    Raises IllegalStep once the enquiry is closed, BadInput and AlreadySent as :func:`ask`.
    """
    row = _locked(enquiry_id)
    side: Literal["sme", "vendor"] = "vendor" if actor.current().audience == "vendor" else "sme"
    step = ENQUIRY.check("answer" if side == "vendor" else "ask_again", row.state, actor.current())
    text = _body(body)
    refuse_same_message(row.id, side, text, uploads)
    _write(row, side, text, uploads)
    row.last_message_at = clock.now()
    _read(row, side)
    _take(row, step)


@use_case
def close(enquiry_id: uuid.UUID, *, read_version: int) -> None:
    """End the exchange. StaleVersion when something was written or closed since it was read."""
    row = _locked(enquiry_id)
    step = ENQUIRY.check("finish" if actor.current().audience == "vendor" else "end", row.state, actor.current())
    if row.version != read_version:
        raise StaleVersion(WHAT, yours=read_version, current=row.version)
    _take(row, step)


@use_case
def mark_read(enquiry_id: uuid.UUID) -> None:
    """The acting side has seen all that was written so far; nothing happens when it had before."""
    row = _locked(enquiry_id)
    side = actor.current().audience
    seen = row.vendor_read_at if side == "vendor" else row.sme_read_at
    if seen is None or seen < row.last_message_at:
        _read(row, side)
        _record(row, "read", [actor.current().own_organisation], None, {"state": row.state})


def answer_with_quote(enquiry_id: uuid.UUID) -> None:
    """The vendor sends a quote instead of words: it is answered. Part of the use case, which tells the business."""
    row = _locked(enquiry_id)
    _read(row, "vendor")
    if row.state == "asked":
        step = ENQUIRY.check("answer", row.state, actor.current())
        before, row.state = row.state, step.target
        _record(row, "answer", [row.sme_id, row.vendor_id], {"state": before}, {"state": row.state})


def _read(row: Enquiry, side: str) -> None:
    if side == "vendor":
        row.vendor_read_at = clock.now()
    else:
        row.sme_read_at = clock.now()


def _locked(enquiry_id: uuid.UUID) -> Enquiry:
    """The enquiry, locked; NotFound for another's."""
    row = db.session.get(Enquiry, enquiry_id, with_for_update=True, populate_existing=True)
    who = actor.current()
    if row is None or (who.audience != "system" and who.organisation_id not in (row.sme_id, row.vendor_id)):
        raise NotFound(WHAT)
    return row


def _write(row: Enquiry, side: str, text: str, uploads: Sequence[Upload]) -> None:
    if len(uploads) > MOST_FILES:
        raise BadInput(
            Finding(
                "too_many_files",
                Text(f"添付できるのは{MOST_FILES}個までです。", f"At most {MOST_FILES} files can be attached."),
                Text("分けて送ってください。", "Send them in several messages."),
                "file",
            )
        )
    if side == "sme":
        keep_within(
            MESSAGES_A_DAY,
            Text("問い合わせのメッセージ", "messages"),
            EnquiryMessage.sent_at,
            EnquiryMessage.sme_id == row.sme_id,
            EnquiryMessage.side == side,
            organisation_id=row.sme_id,
        )
    message = EnquiryMessage(
        id=uuid.uuid4(),
        enquiry_id=row.id,
        sme_id=row.sme_id,
        vendor_id=row.vendor_id,
        side=side,
        written_by=actor.current().person_id,
        body=text,
    )
    db.session.add(message)
    db.session.flush()
    for upload in uploads:
        kept = files.keep(actor.current().own_organisation, name=upload.name, content=upload.content)
        db.session.add(
            EnquiryAttachment(file_id=kept.id, message_id=message.id, sme_id=row.sme_id, vendor_id=row.vendor_id)
        )
    db.session.flush()


def _take(row: Enquiry, step: Step) -> None:
    before, row.state = row.state, step.target
    _remember(row, step.code, before={"state": before})


def _remember(
    row: Enquiry, step: str, *, before: dict[str, Any] | None, after: dict[str, Any] | None = None
) -> None:
    """The audit event for each side, and the notice to the other."""
    _record(row, step, [row.sme_id, row.vendor_id], before, {"state": row.state} | (after or {}))
    tell(row, step)


def _record(
    row: Enquiry,
    step: str,
    parties: Sequence[uuid.UUID],
    before: dict[str, Any] | None,
    after: dict[str, Any],
) -> None:
    """Never the text: the trail is read by the secretariat too."""
    for party in parties:
        audit.record(
            f"enquiry_{step}", subject=("enquiry", row.id), organisation_id=party, before=before, after=after
        )


def _body(body: str) -> str:
    text = in_lines(body)
    if not 1 <= len(text) <= BODY_LIMIT:
        raise BadInput(
            Finding(
                "body",
                Text("本文がありません。", "There is no text.")
                if not text
                else Text(f"本文が長すぎます（{len(text):,}文字）。", f"The text is too long ({len(text):,})."),
                Text(
                    f"聞きたいことを1〜{BODY_LIMIT:,}文字で書いてください。",
                    f"Write what you want to say in 1 to {BODY_LIMIT:,} characters.",
                ),
                "body",
            )
        )
    return text
