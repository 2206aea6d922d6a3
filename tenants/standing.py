"""How a vendor stands with the programme: set by the secretariat, with a reason, under a lock.

Whoever does something that only an adopted vendor may do holds the vendor's standing until their transaction ends;
so nothing slips through while a vendor is being suspended.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date

from sqlalchemy import select

from tenants import audit
from tenants.db import db, use_case
from tenants.errors import DomainError, Finding, NotFound
from tenants.models import STANDINGS, Organisation
from tenants.text import Text


class NotStanding(DomainError):
    """The vendor is not adopted, or not any more."""

    status = 409


def lock_vendor(organisation_id: uuid.UUID) -> str:
    """The vendor's standing; nobody changes or relies on it until this transaction ends. NotFound otherwise."""
    standing = db.session.scalar(
        select(Organisation.standing)
        .where(Organisation.id == organisation_id, Organisation.kind == "vendor")
        # Not its key: whoever moves one of its applications meanwhile refers to it, and is waited for in turn.
        .with_for_update(key_share=True)
    )
    if standing is None:
        raise NotFound(Text("IT導入支援事業者", "The vendor"))
    return standing


def hold_adopted(organisation_ids: Iterable[uuid.UUID]) -> None:
    """These vendors are adopted and stay so until this transaction ends; NotStanding names those that are not."""
    rows = db.session.execute(
        select(Organisation.name, Organisation.standing)
        .where(Organisation.id.in_(set(organisation_ids)))
        .order_by(Organisation.id)
        .with_for_update(read=True)
    ).all()
    fallen = [name for name, standing in rows if standing != "adopted"]
    if fallen:
        raise NotStanding(*(_not_standing(name) for name in fallen))


def _not_standing(name: str) -> Finding:
    return Finding(
        "vendor_not_adopted",
        Text(
            f"「{name}」のIT導入支援事業者としての登録は、いま有効ではありません。",
            f"“{name}” is not a registered vendor at the moment.",
        ),
        Text(
            "登録が有効になるまで、この手続きは進められません。事務局にお問い合わせください。",
            "This can go on when the registration is in force again; please ask the secretariat.",
        ),
    )


@use_case
def set_standing(
    organisation_id: uuid.UUID, standing: str, reason: str, *, registered_on: date | None = None
) -> str:
    """Let a vendor stand so from now on; how it stood before.

    registered_on: the day of adoption in Japan, if it is adopted now. What a change of standing entails (listings,
    applications, notices) is marketplace.registration.standing's business.
    """
    if standing not in STANDINGS:
        raise ValueError(f"{standing} is no standing")
    before = lock_vendor(organisation_id)
    row = db.session.get_one(Organisation, organisation_id)
    db.session.refresh(row)
    row.standing = standing
    if registered_on is not None:
        row.registered_on = registered_on
    audit.record(
        f"vendor_{standing}",
        subject=("organisation", organisation_id),
        organisation_id=organisation_id,
        before={"standing": before},
        after={"standing": standing, "reason": reason},
    )
    return before
