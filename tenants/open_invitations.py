"""Invitations that are open still: taken back one by one, or with the person who sent them."""

from __future__ import annotations

import uuid

from sqlalchemy import and_, or_, select

from tenants import audit, clock
from tenants.db import db
from tenants.member_models import Invitation
from tenants.models import Membership, Organisation


def take_back(row: Invitation) -> None:
    """An open invitation opens nothing from now on. Part of a use case."""
    row.revoked_at = clock.now()
    audit.record(
        "invitation_revoked",
        subject=("invitation", row.id),
        organisation_id=row.organisation_id,
        before={"email": row.email},
    )


def take_back_sent_by(person_id: uuid.UUID, *, organisation_id: uuid.UUID, kind: str) -> None:
    """Whoever says no more who belongs to an organisation has nobody come in either, nor comes back by a letter of
    their own. Part of a use case; before they lose their role.

    Of the secretariat's people also those into the organisations it keeps, or whose first owner it asks in.
    """
    of_theirs = select(Membership.organisation_id).where(Membership.person_id == person_id)
    kept = and_(Organisation.kind.in_(("committee", "vendor")), Organisation.id.not_in(of_theirs))
    where = Invitation.organisation_id == organisation_id
    if kind == "secretariat":
        where = or_(where, Invitation.organisation_id.in_(select(Organisation.id).where(kept)))
    for row in db.session.scalars(
        select(Invitation)
        .where(
            where,
            Invitation.invited_by == person_id,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
        .order_by(Invitation.id)
        .with_for_update()
    ):
        take_back(row)
    db.session.flush()
