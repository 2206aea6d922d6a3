"""Forgetting a person, with what they still hold in the marketplace: seats in briefings to come go to others first."""

from __future__ import annotations

import uuid

from marketplace.briefings import bookings
from tenants import audit_pseudonyms
from tenants.actor import current
from tenants.db import use_case
from tenants.permissions import Permission


@use_case
def forget(person_id: uuid.UUID, *, reason: str, reference: str = "") -> int:
    """Give back a person's seats in briefings to come, then forget the person; see tenants.audit_pseudonyms.forget.

    All of it or nothing. Gives how many personal values of the trail are gone.
    """
    current().require(Permission.FORGET_PEOPLE)
    bookings.release_all(person_id)
    return audit_pseudonyms.forget(person_id, reason=reason, reference=reference)
