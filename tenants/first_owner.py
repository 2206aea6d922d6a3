"""A vendor that applied on paper has no people: the secretariat invites the one who will be its first owner.

The letter works once, for a week, like every invitation. As soon as somebody belongs to the vendor, who else does is for
its own owner to say.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Select, func, select

from tenants import clock, invitations, members
from tenants.actor import current
from tenants.db import db, use_case
from tenants.errors import Finding, IllegalStep, NotFound
from tenants.member_models import Invitation
from tenants.members import Team
from tenants.models import Membership, Organisation
from tenants.open_invitations import take_back
from tenants.permissions import Permission
from tenants.text import Language, Text

ROLE: Final = "vendor_owner"


@dataclass(frozen=True, slots=True)
class FirstOwner:
    """How far the vendor is with its people. invited: the address of the open invitation (personal data), or None."""

    people: int
    invited: str | None
    expires_at: datetime | None


def of(organisation_id: uuid.UUID) -> FirstOwner:
    """How many belong to the vendor, and who was asked to come in first. For the secretariat."""
    current().require(Permission.VIEW_SECRETARIAT)
    people = db.session.scalars(
        select(func.count(Membership.person_id.distinct())).where(Membership.organisation_id == organisation_id)
    ).one()
    row = db.session.scalar(_open_invitations(organisation_id).where(Invitation.expires_at > clock.now()).limit(1))
    return FirstOwner(people, row.email if row else None, row.expires_at if row else None)


@use_case
def invite(organisation_id: uuid.UUID, email: str, *, language: Language = "ja") -> uuid.UUID:
    """Ask somebody by mail to come in as the first owner of a vendor without people; the invitation's id.

    Asking again, the same person or another, makes the letter sent before worthless. Raises NotFound for what is no
    vendor, BadInput for what is no address, IllegalStep for a vendor that has people.
    """
    who = current()
    who.require(Permission.CHECK_REGISTRATIONS)
    vendor = db.session.get(Organisation, organisation_id)
    if vendor is None or vendor.kind != "vendor":
        raise NotFound(Text("IT導入支援事業者", "The vendor"))
    address = invitations.checked_email(email)
    members.hold(vendor.id)
    if of(vendor.id).people:
        raise IllegalStep(_HAS_PEOPLE)
    for row in db.session.scalars(_open_invitations(vendor.id)):
        take_back(row)
    db.session.flush()
    team = Team(vendor.id, vendor.kind, vendor.name, may_manage=True, own=False)
    office = db.session.get(Organisation, who.organisation_id)
    inviter = office.name if office is not None else ""
    return invitations.ask(team, address, [ROLE], language=language, inviter=inviter, template="owner_invitation")


def _open_invitations(organisation_id: uuid.UUID) -> Select[Invitation]:
    return select(Invitation).where(
        Invitation.organisation_id == organisation_id,
        Invitation.accepted_at.is_(None),
        Invitation.revoked_at.is_(None),
    )


_HAS_PEOPLE: Final = Finding(
    "has_people",
    Text("この事業者には、すでにメンバーがいます。", "This vendor has people already."),
    Text(
        "ほかの方を加えるときは、この事業者の責任者に招待してもらってください。",
        "Ask its owner to invite others.",
    ),
)
