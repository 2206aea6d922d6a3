"""Applications that cannot go on: their vendor does not stand, or vendor and applicant are the same people.

The second may be found after an application was submitted: by the secretariat's verdict, a number that was added, or a
person who joined the other side. So it is asked each time, and not kept. For the secretariat but where it says other.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import aliased

from marketplace.applications.lifecycle import ENDED
from marketplace.models import GrantApplication
from marketplace.registration.committee_models import ApplicationFlag
from tenants import audit, notices
from tenants.db import db
from tenants.duplicate_models import DuplicateVerdict
from tenants.models import Membership, Organisation
from tenants.permissions import Permission
from tenants.text import Text

SAME_PEOPLE: Final = Text("ベンダーと申請者が同じ", "Vendor and applicant are the same")
NOT_STANDING: Final = Text("ベンダーの登録が無効", "Vendor not registered")


def _same_people() -> ColumnElement[bool]:
    """As the database's same_people says it of one pair, for all applications at once."""
    seller, buyer = aliased(Organisation), aliased(Organisation)
    here, there = aliased(Membership), aliased(Membership)

    def digits(row: Any) -> Any:
        return func.coalesce(row.corporate_number, func.substr(row.invoice_number, 2))

    return or_(
        exists().where(
            DuplicateVerdict.first_id == func.least(GrantApplication.sme_id, GrantApplication.vendor_id),
            DuplicateVerdict.second_id == func.greatest(GrantApplication.sme_id, GrantApplication.vendor_id),
            DuplicateVerdict.verdict == "same",
            DuplicateVerdict.reopened_at.is_(None),
        ),
        exists().where(
            seller.id == GrantApplication.vendor_id,
            buyer.id == GrantApplication.sme_id,
            digits(seller) == digits(buyer),
        ),
        exists().where(
            here.organisation_id == GrantApplication.sme_id,
            there.organisation_id == GrantApplication.vendor_id,
            here.person_id == there.person_id,
        ),
    )


def _flagged() -> ColumnElement[bool]:
    return exists().where(
        ApplicationFlag.application_id == GrantApplication.id, ApplicationFlag.cleared_at.is_(None)
    )


def halted() -> ColumnElement[bool]:
    """The condition for an application to be under way and stopped."""
    return GrantApplication.state.not_in(ENDED) & or_(_flagged(), _same_people())


def count() -> int:
    """How many applications are stopped."""
    return db.session.scalar(select(func.count()).select_from(GrantApplication).where(halted())) or 0


def reasons(application_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, tuple[Text, ...]]:
    """Why these are stopped, by application; those that are not are not in it. In one statement."""
    rows = db.session.execute(
        select(GrantApplication.id, _flagged(), _same_people()).where(
            GrantApplication.id.in_(application_ids), halted()
        )
    )
    return {
        found: tuple(words for words, is_so in ((NOT_STANDING, flagged), (SAME_PEOPLE, same)) if is_so)
        for found, flagged, same in rows
    }


def of_same_people(application_id: uuid.UUID) -> bool:
    """Whether this application stops for its parties being the same people. For the parties too."""
    found = select(func.same_people(GrantApplication.sme_id, GrantApplication.vendor_id)).where(
        GrantApplication.id == application_id, GrantApplication.state.not_in(ENDED)
    )
    return bool(db.session.scalar(found))


@contextmanager
def telling(*organisation_ids: uuid.UUID) -> Iterator[None]:
    """What is found inside of these organisations being the same people is told to whose application stops or goes on.

    Part of the secretariat's use case.
    """
    before = _stopped(organisation_ids)
    yield
    after = _stopped(organisation_ids)
    for found in after.keys() - before.keys():
        _tell(after[found], "application_halted")
    for found in before.keys() - after.keys():
        _tell(before[found], "application_freed")


def _stopped(organisation_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, GrantApplication]:
    ids = list(organisation_ids)
    rows = db.session.scalars(
        select(GrantApplication)
        .where(
            or_(GrantApplication.sme_id.in_(ids), GrantApplication.vendor_id.in_(ids)),
            GrantApplication.state.not_in(ENDED),
            _same_people(),
        )
        .order_by(GrantApplication.id)
    )
    return {row.id: row for row in rows}


def _tell(row: GrantApplication, what: str) -> None:
    audit.record(what, subject=("application", row.id), organisation_id=row.sme_id)
    for party, path, permission in (
        (row.sme_id, "my", Permission.VIEW_OWN_APPLICATIONS),
        (row.vendor_id, "vendor", Permission.HANDLE_VENDOR_APPLICATIONS),
    ):
        notices.notify_organisation(
            party, what, link=f"/{path}/applications/{row.id}", permission=permission, number=row.number
        )
