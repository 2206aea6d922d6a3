"""Vendor and applicant are made the same people: by number, by a person who belongs to both, by a verdict."""

from __future__ import annotations

import uuid

from grants import World

from tenants import duplicate_verdicts
from tenants.actor import SYSTEM, Actor
from tenants.db import act_as, db
from tenants.models import Membership, Organisation

WHY = "代表者が同じことを登記で確かめた。"


def change(organisation_id: uuid.UUID, **values: str | None) -> None:
    with act_as(SYSTEM):
        row = db.session.get_one(Organisation, organisation_id)
        for name, value in values.items():
            setattr(row, name, value)
        db.session.commit()


def join(who: Actor, organisation_id: uuid.UUID, role: str) -> uuid.UUID:
    with act_as(SYSTEM):
        row = Membership(organisation_id=organisation_id, person_id=who.person_id, role=role)
        db.session.add(row)
        db.session.commit()
        return row.id


def settle(administrator: Actor, world: World) -> None:
    with act_as(administrator):
        duplicate_verdicts.find_same(world.sme.organisation_id, world.vendor_id, reason=WHY)
