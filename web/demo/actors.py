"""The demo's people as actors, for doing things in their name."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from tenants.actor import SYSTEM, Actor
from tenants.db import act_as, db
from tenants.models import Membership, Organisation, Person
from web.demo.people import DemoOrganisation

_OWNER = {"vendor": "vendor_owner", "sme": "sme_owner"}


def actor_for(demo: DemoOrganisation) -> Actor:
    """The owner of a demo organisation."""
    with act_as(SYSTEM):
        row = db.session.execute(
            select(Organisation.id, Person.id, Person.name)
            .join(Membership, Membership.organisation_id == Organisation.id)
            .join(Person, Person.id == Membership.person_id)
            .where(
                Organisation.kind == demo.kind,
                Organisation.corporate_number == demo.corporate_number,
                Membership.role == _OWNER[demo.kind],
            )
        ).one()
    return Actor(demo.kind, row[0], row[1], frozenset({_OWNER[demo.kind]}), row[2])


def vendor_staff(vendor_id: uuid.UUID) -> Actor:
    """Somebody at a generated vendor who handles applications; they have no account of their own."""
    return Actor("vendor", vendor_id, None, frozenset({"vendor_applications"}), "デモ 担当")
