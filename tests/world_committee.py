"""Rows in the committee's tables: a registration that two members have scored, a vendor that was suspended once."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from typing import Any

from catalogue.suspension import SuspendedListing
from marketplace.registration.committee_models import (
    AdoptionEntry,
    ApplicationFlag,
    CommitteeAssignment,
    CommitteePaper,
    CommitteeRelation,
    CommitteeRemark,
    CommitteeRevision,
    CommitteeScore,
    CommitteeTurn,
    RenewalReminder,
    VendorCase,
)

MOMENT = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)


def review(
    put: Any, registration: uuid.UUID, organisation: uuid.UUID, file: uuid.UUID, members: list[uuid.UUID]
) -> None:
    """A turn that both members scored, so that its marks are shown."""
    turn = uuid.uuid4()
    put(
        CommitteeTurn,
        id=turn,
        registration_id=registration,
        number=1,
        rules={"criteria": []},
        rules_version=1,
        quorum=2,
    )
    put(CommitteePaper, turn_id=turn, file_id=file, kind="certificate")
    for member in members:
        assignment = uuid.uuid4()
        put(CommitteeRelation, person_id=member, kind="employer", name="大学")
        put(
            CommitteeAssignment,
            id=assignment,
            turn_id=turn,
            registration_id=registration,
            registration_number=300001,
            person_id=member,
            person_name="委員",
            parties=[],
            declared="none",
            submitted_at=MOMENT,
        )
        put(
            CommitteeScore,
            assignment_id=assignment,
            criterion="support",
            turn_id=turn,
            person_id=member,
            points=3,
        )
        put(
            CommitteeRevision,
            turn_id=turn,
            assignment_id=assignment,
            person_id=member,
            person_name="委員",
            criterion="support",
            before_points=2,
            after_points=3,
            reason="議論のため",
        )
        put(CommitteeRemark, turn_id=turn, person_id=member, author="委員", words="意見")
    put(AdoptionEntry, registration_id=registration, organisation_id=organisation, announcement_number=1)
    put(
        RenewalReminder,
        organisation_id=organisation,
        fiscal_year=2026,
        days_before=30,
        reminded_on=date(2027, 3, 1),
    )


def case(put: Any, *, application: uuid.UUID, publication: uuid.UUID, sme: uuid.UUID, vendor: uuid.UUID) -> None:
    """A suspension with what it took down and whom it stopped; it is over."""
    made = uuid.uuid4()
    put(VendorCase, id=made, organisation_id=vendor, kind="suspended", reason="書類の不備", ended_at=MOMENT)
    put(
        SuspendedListing,
        case_id=made,
        listing_id=uuid.uuid4(),
        kind="product",
        public_key="P-1",
        organisation_id=vendor,
        publication_id=publication,
        state_before="published",
    )
    put(
        ApplicationFlag,
        case_id=made,
        application_id=application,
        sme_id=sme,
        vendor_id=vendor,
        kind="suspended",
        cleared_at=MOMENT,
    )
