"""What a registration says of the vendor, beside what is known of others already."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import ClassVar, Final

from marketplace.registration.models import VendorRegistration
from tenants import across_kinds
from tenants.across_kinds import Alike, Said
from tenants.db import db
from tenants.errors import DomainError, Finding
from tenants.text import Text

_LOOK: Final = Finding(
    "like_registered",
    Text("似た事業者が、すでに登録されています。", "Businesses like this one are registered already."),
    Text(
        "下の事業者と見比べて、入力を直すか、確かめたうえで続けてください。",
        "Compare it with those below; mend what was entered, or go on once you have looked.",
    ),
)


class LikeRegistered(DomainError):
    """A vendor that is being entered is like others. alike: all of them, the likest first."""

    status: ClassVar[int] = 409

    def __init__(self, alike: tuple[Alike, ...]) -> None:
        super().__init__(_LOOK)
        self.alike = alike


def require_looked_at(said: Said, seen: Collection[uuid.UUID], *, besides: uuid.UUID | None) -> None:
    """Raise LikeRegistered unless all that are like it were seen. besides: the vendor's own record, if it has one."""
    alike = across_kinds.like(said, besides=besides)
    if not {each.record.id for each in alike} <= set(seen):
        raise LikeRegistered(alike)


def alike(registration_id: uuid.UUID) -> tuple[Alike, ...]:
    """Who is like the vendor, also by the representative and the telephone it gives here. For the secretariat."""
    row = db.session.get_one(VendorRegistration, registration_id)
    representative, telephone = said_in(row)
    more = Said(telephones=(telephone,), representatives=(representative,))
    return across_kinds.alike(row.organisation_id, more=more)


def said_in(row: VendorRegistration) -> tuple[str, str]:
    """The representative (personal data) and the telephone of a registration; empty where it does not say."""
    return (
        row.content.get("company", {}).get("representative_name", ""),
        row.content.get("contact", {}).get("telephone", ""),
    )
