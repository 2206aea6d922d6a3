"""A person can be forgotten while the chain of events holds: events then tell what was done, and no longer by whom."""

from __future__ import annotations

import uuid

from sqlalchemy import func, select

from tenants import actor, audit
from tenants.db import db, use_case
from tenants.errors import DomainError, Finding, NotFound, NotPermitted
from tenants.models import Person
from tenants.permissions import Permission
from tenants.text import Text


def _still_member() -> DomainError:
    return DomainError(
        Finding(
            "still_member",
            Text("この人は、まだ組織に所属しています。", "This person still belongs to an organisation."),
            Text(
                "先に、すべての組織から外してください。",
                "Have them removed from every organisation first.",
            ),
        )
    )


@use_case
def forget(person_id: uuid.UUID) -> int:
    """Take a person's name and address out of the trail and out of their account, for good.

    For the secretariat's administrator. Gone are the names beside the trail, the account's name, address of mail,
    identities and sessions; the events stay, and one more says that a person was forgotten. How many personal
    values of the trail are gone is returned. NotFound for nobody, or for somebody forgotten before; still_member for
    somebody who belongs to an organisation.
    """
    who = actor.current()
    if who.audience != "secretariat":
        raise NotPermitted
    who.require(Permission.MANAGE_MEMBERS)
    who.require(Permission.VIEW_AUDIT)
    known = db.session.scalar(select(Person.id).where(Person.id == person_id, Person.name != ""))
    if known is None:
        raise NotFound(Text("その人", "The person"))
    gone: list[str] | None = db.session.scalar(select(func.forget_person(person_id)))
    if gone is None:
        raise _still_member()
    db.session.expire_all()
    audit.record(audit.FORGOTTEN, subject=("person", person_id), organisation_id=None, after={"digests": gone})
    return len(gone)
