"""A vendor's listings leave the public site together, and exactly these come back together."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ForeignKey, delete, func, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.lifecycle import LISTING
from catalogue.listings import note_index_change
from catalogue.models import LivePublication, Package, Product, Withdrawal
from tenants import actor, clock
from tenants.db import Base, db

WITHDRAWN_BECAUSE: Final = {
    "suspended": "この製品を提供するIT導入支援事業者の登録が停止されています。",
    "revoked": "この製品を提供するIT導入支援事業者の登録が取り消されました。",
    "expired": "この製品を提供するIT導入支援事業者の登録の有効期間が終わりました。",
}


class SuspendedListing(Base):
    """A listing that left the public site because its vendor did not stand. returned_at: when it came back.

    state_before: the listing's own state then; a newer draft of a published listing keeps being a draft.
    """

    __tablename__ = "suspended_listing"

    case_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    listing_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    public_key: Mapped[str]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    publication_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("publication.id"))
    state_before: Mapped[str]
    returned_at: Mapped[datetime | None]


def take_down(organisation_id: uuid.UUID, *, case_id: uuid.UUID, kind: str) -> int:
    """All that the public sees of a vendor leaves the public site, in the running transaction; how many listings.

    kind: why, of WITHDRAWN_BECAUSE: the public reads it. The vendor's row is locked by the caller.
    """
    whose = LivePublication.organisation_id == organisation_id
    # The listings first, as everybody else locks them; then what is still live.
    states = _states(db.session.scalars(select(LivePublication.listing_id).where(whose)).all())
    live = db.session.scalars(
        select(LivePublication).where(whose).order_by(LivePublication.listing_id).with_for_update()
    ).all()
    if not live:
        return 0
    LISTING.check("suspend", "published", actor.current())
    facts = [
        {
            "kind": row.kind,
            "public_key": row.public_key,
            "organisation_id": row.organisation_id,
            "publication_id": row.publication_id,
        }
        for row in live
    ]
    db.session.execute(insert(Withdrawal), [{**each, "reason": WITHDRAWN_BECAUSE[kind]} for each in facts])
    db.session.execute(
        insert(SuspendedListing),
        [
            {
                **each,
                "case_id": case_id,
                "listing_id": row.listing_id,
                "state_before": states.get(row.listing_id, "published"),
            }
            for each, row in zip(facts, live, strict=True)
        ],
    )
    db.session.execute(delete(LivePublication).where(LivePublication.organisation_id == organisation_id))
    _move([row.listing_id for row in live], "published", "withdrawn")
    _note(facts)
    return len(live)


def count_live(organisation_id: uuid.UUID) -> int:
    """How many listings of a vendor the public sees now."""
    found = select(func.count()).where(LivePublication.organisation_id == organisation_id)
    return db.session.scalar(found) or 0


def bring_back(case_id: uuid.UUID) -> int:
    """Exactly what left the public site with this case is there again; how many listings.

    A code that another vendor's listing took meanwhile is refused (BadInput), and nothing comes back.
    """
    rows = db.session.scalars(
        select(SuspendedListing)
        .where(SuspendedListing.case_id == case_id, SuspendedListing.returned_at.is_(None))
        .order_by(SuspendedListing.listing_id)
        .with_for_update()
    ).all()
    if not rows:
        return 0
    LISTING.check("reinstate", "withdrawn", actor.current())
    facts = [
        {
            "kind": row.kind,
            "public_key": row.public_key,
            "listing_id": row.listing_id,
            "organisation_id": row.organisation_id,
            "publication_id": row.publication_id,
        }
        for row in rows
    ]
    db.session.execute(insert(LivePublication), facts)
    _move([row.listing_id for row in rows if row.state_before == "published"], "withdrawn", "published")
    for row in rows:
        row.returned_at = clock.now()
    _note(facts)
    return len(rows)


def _states(listing_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    return {
        found: state
        for model in (Product, Package)
        for found, state in db.session.execute(
            select(model.id, model.state).where(model.id.in_(listing_ids)).order_by(model.id).with_for_update()
        )
    }


def _move(listing_ids: Sequence[uuid.UUID], before: str, after: str) -> None:
    """Change the state of those that are in it; their version too, so that nobody decides on what they saw before."""
    for model in (Product, Package):
        db.session.execute(
            update(model)
            .where(model.id.in_(listing_ids), model.state == before)
            .values(state=after, version=model.version + 1, updated_at=clock.now())
            .execution_options(synchronize_session="fetch")
        )


def _note(facts: Sequence[dict[str, object]]) -> None:
    codes = [str(each["public_key"]) for each in facts if each["kind"] == "package"]
    if codes:
        note_index_change(codes)
