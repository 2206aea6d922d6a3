"""Applications that cannot go on: their vendor does not stand, or vendor and applicant are the same people.

The second may be found after an application was submitted: by the secretariat's verdict, a number that was added, or a
person who joined the other side. So it is asked each time, and not kept; whoever does one of these has it told in the
same transaction (telling). What is stopped only ends; the database refuses all else (migration 0035). For the
secretariat but where it says other.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, exists, func, or_, select
from sqlalchemy.orm import aliased

from marketplace.applications.lifecycle import ENDED
from marketplace.applications.own_tool import require_another
from marketplace.models import GrantApplication
from marketplace.registration.committee_models import ApplicationFlag
from tenants import audit, notices, same_people
from tenants.by_the_system import by_the_system
from tenants.db import db
from tenants.duplicate_models import DuplicateVerdict
from tenants.errors import Finding, IllegalStep
from tenants.models import Membership, Organisation
from tenants.permissions import Permission
from tenants.text import Text

_CANNOT_GO_ON: Final = Finding(
    "vendor_not_standing",
    Text(
        "ベンダーのIT導入支援事業者としての登録がいま有効でないため、この申請は進められません。",
        "The vendor's registration is not in force at the moment, so this application cannot go on.",
    ),
    Text(
        "登録が有効になるまで待つか、この申請を取りやめてください。",
        "Wait until it is in force again, or give the application up.",
    ),
)
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


def require_going_on(row: GrantApplication) -> None:
    """Raise BadInput (own_tool) or IllegalStep (vendor_not_standing) when this application is stopped.

    For its parties. Their lock on it makes whoever finds that they are the same people wait, or them for that.
    """
    require_another(row.sme_id, row.vendor_id)
    flagged = exists().where(ApplicationFlag.application_id == row.id, ApplicationFlag.cleared_at.is_(None))
    if db.session.scalar(select(flagged)):
        raise IllegalStep(_CANNOT_GO_ON)


@contextmanager
def telling(*organisation_ids: uuid.UUID) -> Iterator[None]:
    """What is found inside of these organisations being the same people is told to whose application stops or goes on.

    Part of the use case of whoever finds it, or brings it about. Nobody moves an application of theirs meanwhile.
    """
    with by_the_system():
        _hold(organisation_ids)
        before = _stopped(organisation_ids)
    yield
    with by_the_system():
        after = _stopped(organisation_ids)
        for found in after.keys() - before.keys():
            _tell(after[found], "application_halted")
        for found in before.keys() - after.keys():
            _tell(before[found], "application_freed")


same_people.on_change(telling)


def _under_way(organisation_ids: Iterable[uuid.UUID]) -> ColumnElement[bool]:
    ids = list(organisation_ids)
    theirs = or_(GrantApplication.sme_id.in_(ids), GrantApplication.vendor_id.in_(ids))
    return theirs & GrantApplication.state.not_in(ENDED)


def _hold(organisation_ids: Iterable[uuid.UUID]) -> None:
    """Whoever moves one of these waits, before anything of the change is written: so none waits for the other in a ring."""
    held = select(GrantApplication.id).where(_under_way(organisation_ids)).order_by(GrantApplication.id)
    db.session.execute(held.with_for_update(key_share=True))


def _stopped(organisation_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Row[uuid.UUID, int, uuid.UUID, uuid.UUID]]:
    rows = db.session.execute(
        select(GrantApplication.id, GrantApplication.number, GrantApplication.sme_id, GrantApplication.vendor_id)
        .where(_under_way(organisation_ids), _same_people())
        .order_by(GrantApplication.id)
    )
    return {row.id: row for row in rows}


def _tell(row: Row[uuid.UUID, int, uuid.UUID, uuid.UUID], what: str) -> None:
    audit.record(what, subject=("application", row.id), organisation_id=row.sme_id)
    for party, path, permission in (
        (row.sme_id, "my", Permission.VIEW_OWN_APPLICATIONS),
        (row.vendor_id, "vendor", Permission.HANDLE_VENDOR_APPLICATIONS),
    ):
        notices.notify_organisation(
            party, what, link=f"/{path}/applications/{row.id}", permission=permission, number=row.number
        )
