"""What a person wants to get by mail and in which language, and whether their address works."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from tenants import audit
from tenants.actor import Actor, current
from tenants.db import act_as, db, use_case
from tenants.errors import NotPermitted
from tenants.mail_addresses import same_as
from tenants.models import Person
from tenants.notices.models import MailSuppression, NoticePreference
from tenants.notices.template import CATEGORIES, Category
from tenants.text import Language


@dataclass(frozen=True, slots=True)
class Choice:
    """One category and whether it comes by mail."""

    category: Category
    by_mail: bool


@dataclass(frozen=True, slots=True)
class Preferences:
    """A person's own. address: personal data. broken_since: mails to it come back since then."""

    address: str
    broken_since: datetime | None
    language: Language
    choices: tuple[Choice, ...]


def _me() -> uuid.UUID:
    person_id = current().person_id
    if person_id is None:
        raise NotPermitted
    return person_id


def _as_oneself() -> Actor:
    """The person, for no organisation: what they want to get is their own matter."""
    return Actor("sign_in", person_id=_me(), name=current().name)


def mine() -> Preferences:
    """One's own, with what holds for all where nothing was chosen."""
    me = _me()
    address, language, declined, since = db.session.execute(
        select(Person.email, NoticePreference.language, NoticePreference.declined, MailSuppression.since)
        .outerjoin(NoticePreference, NoticePreference.person_id == Person.id)
        .outerjoin(MailSuppression, MailSuppression.address == func.lower(func.trim(Person.email)))
        .where(Person.id == me)
    ).one()
    return Preferences(
        address,
        since,
        "en" if language == "en" else "ja",
        tuple(
            Choice(category, bool(category.required) or category.code not in (declined or ()))
            for category in CATEGORIES.values()
        ),
    )


def save(*, language: Language, by_mail: Collection[str]) -> None:
    """Choose the language of one's mails and which categories come by mail; what is required always does."""
    with act_as(_as_oneself()):
        _save(language, by_mail)


@use_case
def _save(language: Language, by_mail: Collection[str]) -> None:
    declined = sorted(
        category.code
        for category in CATEGORIES.values()
        if category.required is None and category.code not in by_mail
    )
    _write(language=language, declined=declined)
    audit.record(
        "notice_preferences_saved",
        subject=("person", _me()),
        organisation_id=None,
        after={"language": language, "declined": declined},
    )


@use_case
def remember_language(language: Language) -> None:
    """The language one reads the site in is the language of one's mails."""
    _write(language=language)


def _write(**values: object) -> None:
    row = {"person_id": _me(), "language": "ja", "declined": [], **values}
    db.session.execute(
        insert(NoticePreference).values(row).on_conflict_do_update(index_elements=["person_id"], set_=values)
    )


def use_address_again() -> None:
    """The person says that their address works (again): mails are sent to it from now on."""
    with act_as(_as_oneself()):
        _use_address_again()


@use_case
def _use_address_again() -> None:
    address = same_as(db.session.get_one(Person, _me()).email)
    lifted = db.session.scalar(
        delete(MailSuppression).where(MailSuppression.address == address).returning(MailSuppression.since)
    )
    audit.record(
        "mail_address_confirmed",
        subject=("person", _me()),
        organisation_id=None,
        before={"suppressed_since": lifted.isoformat() if lifted else None},
    )
