"""From what is to be told to who is told: notices in inboxes, mails in the queue."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select

from tenants import jobs
from tenants.actor import SYSTEM
from tenants.db import act_as, db, use_case
from tenants.mail_addresses import display, same_as, usable
from tenants.models import Membership, Organisation, Person
from tenants.notices.message import PostOffice, words_for
from tenants.notices.models import (
    MailBody,
    MailSuppression,
    Notice,
    NoticePreference,
    OutgoingMail,
    Posting,
)
from tenants.notices.template import CATEGORIES
from tenants.notices.templates import TEMPLATES
from tenants.permissions import Permission, permissions_of
from tenants.text import Language

SEND = "notices.send"
_log = logging.getLogger(__name__)
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class _Reader:
    """Who is told. person_id: None for an address nobody is known by."""

    person_id: uuid.UUID | None
    organisation_id: uuid.UUID | None
    name: str
    address: str
    language: Language
    declined: frozenset[str] = frozenset()


def deliver(office: PostOffice, posting_id: uuid.UUID | None = None) -> int:
    """Tell what waits (or this one posting), and ask for the mails to be sent; how many postings.

    Each posting in a transaction of its own and exactly once, however many workers there are.
    """
    with act_as(SYSTEM):
        return sum(_told(office, each) for each in ([posting_id] if posting_id else _waiting()))


def _waiting() -> list[uuid.UUID]:
    waiting = list(db.session.scalars(select(Posting.id).order_by(Posting.created_at).limit(_AT_ONCE)))
    db.session.rollback()
    return waiting


def _told(office: PostOffice, posting_id: uuid.UUID) -> bool:
    try:
        return _tell(office, posting_id)
    except KeyError:  # written by a release whose words are not ours: it waits, the others are told
        _log.exception("posting %s has no words", posting_id)
        return False


@use_case
def _tell(office: PostOffice, posting_id: uuid.UUID) -> bool:
    # Whoever deletes the row tells it; another worker waits here and then finds nothing.
    posting = db.session.scalar(delete(Posting).where(Posting.id == posting_id).returning(Posting))
    if posting is None:
        return False
    readers = _readers(posting)
    db.session.add_all(
        Notice(
            person_id=reader.person_id,
            organisation_id=reader.organisation_id,
            template=posting.template,
            category=TEMPLATES[posting.template].category,
            facts={name: posting.facts[name] for name in TEMPLATES[posting.template].inbox_facts},
            link=posting.link,
            created_at=posting.created_at,
        )
        for reader in readers
        if reader.person_id
    )
    _write_mails(office, posting, readers)
    db.session.flush()
    return True


def _write_mails(office: PostOffice, posting: Posting, readers: list[_Reader]) -> None:
    template = TEMPLATES[posting.template]
    wanted = [
        reader
        for reader in readers
        if reader.address and (CATEGORIES[template.category].required or template.category not in reader.declined)
    ]
    unreachable = set(
        db.session.scalars(
            select(MailSuppression.address).where(
                MailSuppression.address.in_({same_as(reader.address) for reader in wanted})
            )
        )
    )
    bodies = []
    for reader in wanted:
        words = words_for(
            template, posting.facts, posting.link, language=reader.language, name=reader.name, office=office
        )
        mail = OutgoingMail(
            id=uuid.uuid4(),
            person_id=reader.person_id,
            address=reader.address,
            display_name=display(reader.name),
            language=reader.language,
            template=template.code,
            category=template.category,
            subject=words.subject,
            message_id=f"<{uuid.uuid4().hex}@{office.domain}>",
        )
        if not usable(reader.address):
            mail.state, mail.last_error = "failed", "not a mail address"
        elif same_as(reader.address) in unreachable:
            mail.state = "suppressed"
        db.session.add(mail)
        if mail.state != "suppressed":
            bodies.append(MailBody(mail_id=mail.id, body=words.body, stop_link=posting.stop_link))
    db.session.flush()
    db.session.add_all(bodies)
    if bodies:
        jobs.enqueue(SEND, lock=SEND)


def _readers(posting: Posting) -> list[_Reader]:
    if posting.address is not None:
        language: Language = "en" if posting.language == "en" else "ja"
        return [_Reader(None, None, "", posting.address, language)]
    people = select(
        Person.id,
        Person.name,
        Person.email,
        func.coalesce(NoticePreference.language, "ja"),
        func.coalesce(NoticePreference.declined, []),
    ).outerjoin(NoticePreference, NoticePreference.person_id == Person.id)
    if posting.person_id is not None:
        rows = db.session.execute(people.where(Person.id == posting.person_id)).all()
        return [_reader(row, posting.organisation_id) for row in rows]
    members = (
        people.add_columns(Membership.organisation_id, Membership.role)
        .join(Membership, Membership.person_id == Person.id)
        .order_by(Person.id)
    )
    if posting.organisation_kind:
        members = members.join(Organisation, Organisation.id == Membership.organisation_id).where(
            Organisation.kind == posting.organisation_kind
        )
    else:
        members = members.where(Membership.organisation_id == posting.organisation_id)
    found: dict[uuid.UUID, _Reader] = {}
    roles: dict[uuid.UUID, set[str]] = {}
    for *row, organisation_id, role in db.session.execute(members):
        found.setdefault(row[0], _reader(row, organisation_id))
        roles.setdefault(row[0], set()).add(role)
    needed = Permission(posting.permission) if posting.permission else None
    return [
        reader
        for person_id, reader in found.items()
        if needed is None or needed in permissions_of(roles[person_id])
    ]


def _reader(row: Sequence[Any], organisation_id: uuid.UUID | None) -> _Reader:
    person_id, name, email, language, declined = row
    return _Reader(person_id, organisation_id, name, email.strip(), language, frozenset(declined))
