"""Rows of two vendors and two shops in every table that belongs to somebody, written past row-level security."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, insert
from world_committee import case, review

from catalogue.models import (
    LivePublication,
    Package,
    PackageItem,
    Product,
    Publication,
    PublicationMinimum,
    UploadedFile,
    Withdrawal,
)
from marketplace.briefings.models import Briefing, BriefingBooking
from marketplace.enquiries.models import Enquiry, EnquiryAttachment, EnquiryMessage
from marketplace.models import ApplicantProfile, ApplicationFigures, ApplicationStep, GrantApplication
from marketplace.quotes.models import Quote
from marketplace.registration.models import RegistrationPaper, RegistrationStep, VendorRegistration
from marketplace.shortlists.models import ShortlistEntry
from search.saved.models import SavedSearch
from tenants import clock
from tenants.actor import Actor
from tenants.audit import AuditEvent, AuditPersonal, personal_digest
from tenants.file_models import StoredFile
from tenants.member_models import Invitation, SupportView
from tenants.models import (
    ExternalIdentity,
    IdentityFacts,
    Membership,
    MirasapoAccount,
    Organisation,
    Person,
    SignInSession,
)
from tenants.notices.models import Notice, NoticePreference, OutgoingMail, Posting

MOMENT = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)

BRIEFING: dict[str, Any] = {
    "state": "announced",
    "title": {"ja": "説明会", "en": "Briefing"},
    "description": {"ja": "説明します。", "en": "Explained."},
    "audience": "vendors",
    "starts_at": MOMENT + timedelta(days=30),
    "ends_at": MOMENT + timedelta(days=30, hours=1),
    "booking_closes_at": MOMENT + timedelta(days=29),
    "place": "会議室",
    "seats": 10,
    "taken": 4,
    "announced_at": MOMENT,
}


@dataclass(frozen=True)
class Party:
    """One organisation with its one person, and what of theirs lies in which table: table -> primary keys."""

    kind: str
    organisation_id: uuid.UUID
    person_id: uuid.UUID

    @property
    def actor(self) -> Actor:
        """The party acting for itself as its owner."""
        return Actor(self.kind, self.organisation_id, self.person_id, frozenset({f"{self.kind}_owner"}))  # type: ignore[arg-type]


@dataclass(frozen=True)
class TwoOfEach:
    """Vendors A and B, shops A and B; shop A applied with vendor A, shop B with vendor B."""

    vendor_a: Party
    vendor_b: Party
    sme_a: Party
    sme_b: Party


def fill(owner: Engine) -> TwoOfEach:
    """Write the rows as the database's owner."""
    made = TwoOfEach(*(Party(kind, uuid.uuid4(), uuid.uuid4()) for kind in ("vendor", "vendor", "sme", "sme")))
    with owner.begin() as connection:

        def put(model: Any, **values: Any) -> None:
            connection.execute(insert(model).values(**values))

        put(Briefing, number=1, **BRIEFING)
        for position, party in enumerate((made.vendor_a, made.vendor_b, made.sme_a, made.sme_b)):
            _party(put, party, position)
        for position, vendor in enumerate((made.vendor_a, made.vendor_b)):
            _catalogue(put, vendor, position)
            _registration(put, vendor, [made.vendor_a.person_id, made.sme_a.person_id])
        for position, (sme, vendor) in enumerate(((made.sme_a, made.vendor_a), (made.sme_b, made.vendor_b))):
            _application(put, sme, vendor, position)
    return made


def _party(put: Any, party: Party, position: int) -> None:
    put(
        Organisation,
        id=party.organisation_id,
        kind=party.kind,
        standing="adopted" if party.kind == "vendor" else None,
        name=f"{party.kind} {position}",
        corporate_number=f"{position + 1}000012050002",
        prefecture="東京都",
    )
    put(Person, id=party.person_id, name=f"人 {position}", email=f"p{position}@example.jp")
    put(ExternalIdentity, provider="test", subject=f"s{position}", person_id=party.person_id)
    put(IdentityFacts, person_id=party.person_id, provider="test", account_type="prime", verified_at=MOMENT)
    put(MirasapoAccount, person_id=party.person_id, mirasapo_id=f"mirasapo-{position}")
    put(
        Membership,
        organisation_id=party.organisation_id,
        person_id=party.person_id,
        role=f"{party.kind}_owner",
    )
    put(
        SignInSession,
        token_hash=f"hash{position}",
        person_id=party.person_id,
        organisation_id=party.organisation_id,
    )
    put(
        UploadedFile,
        upload_id=uuid.uuid4(),
        part="products",
        organisation_id=party.organisation_id,
        person_id=party.person_id,
        name="製品.csv",
        content=b"x",
        expires_at=MOMENT,
    )
    whose = {"organisation_id": party.organisation_id, "person_id": party.person_id}
    put(
        Invitation,
        organisation_id=party.organisation_id,
        email=f"new{position}@example.jp",
        roles=[f"{party.kind}_owner"],
        token_hash=f"token{position}",
        invited_by=party.person_id,
        inviter_name="人",
        expires_at=MOMENT + timedelta(days=7),
    )
    put(
        SupportView,
        **whose,
        person_name="事務局",
        reason="操作の相談",
        opened_at=MOMENT,
        expires_at=MOMENT + timedelta(minutes=60),
    )
    words = {"template": "listing_returned", "facts": {}, "link": "/vendor"}
    put(Posting, **whose, **words)
    put(Notice, **whose, **words, category="listings")
    put(NoticePreference, person_id=party.person_id)
    put(
        OutgoingMail,
        person_id=party.person_id,
        address=f"p{position}@example.jp",
        language="ja",
        template="listing_returned",
        category="listings",
        subject="差戻し",
        message_id=f"<{position}@example.jp>",
    )
    put(
        BriefingBooking,
        briefing_number=1,
        person_id=party.person_id,
        name=f"人 {position}",
        email=f"p{position}@example.jp",
        people=1,
        state="booked",
    )
    put(
        AuditPersonal,
        digest=personal_digest("salt", f"人 {position}"),
        salt="salt",
        value=f"人 {position}",
        person_id=party.person_id,
        organisation_id=party.organisation_id,
    )
    put(
        AuditEvent,
        # Before the chain's beginning: these rows were not appended to it.
        number=position - 4,
        at=MOMENT,
        name="something_done",
        organisation_id=party.organisation_id,
        actor_person_id=party.person_id,
        actor_organisation_id=party.organisation_id,
        actor_audience=party.kind,
        actor_name="",
        actor_digest=personal_digest("salt", f"人 {position}"),
        subject_kind="test",
        subject_id="1",
        previous_hash="0",
        hash="0",
    )


def _registration(put: Any, vendor: Party, members: list[uuid.UUID]) -> None:
    registration, whose = uuid.uuid4(), {"organisation_id": vendor.organisation_id}
    put(
        VendorRegistration,
        **whose,
        id=registration,
        round_id="vendor-2",
        fiscal_year=2026,
        form_version="2017",
        content={},
        section_versions={},
        declarations=[],
    )
    file = put_file(put, vendor.organisation_id)
    put(RegistrationPaper, **whose, registration_id=registration, kind="certificate", file_id=file)
    put(
        RegistrationStep,
        **whose,
        registration_id=registration,
        step="start",
        from_state="",
        to_state="draft",
        by_secretariat=False,
    )
    review(put, registration, vendor.organisation_id, file, members)


def put_file(put: Any, organisation_id: uuid.UUID) -> uuid.UUID:
    """A file of this organisation; its id."""
    file = uuid.uuid4()
    put(
        StoredFile,
        id=file,
        organisation_id=organisation_id,
        name="登記.pdf",
        media_type="application/pdf",
        size=1,
        sha256="0" * 64,
        key=f"test/{file}",
        state="clean",
    )
    return file


def _catalogue(put: Any, vendor: Party, position: int) -> None:
    product, package, publication = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    put(
        Product,
        id=product,
        organisation_id=vendor.organisation_id,
        code="P-1",
        name="会計",
        functions=["B1"],
        cost_kind="software",
        billing_period="once",
        billing_unit="式",
        standard_price_yen=100_000,
        minimum_price_yen=80_000,
    )
    put(
        Package,
        id=package,
        organisation_id=vendor.organisation_id,
        code=f"PK-{position}",
        name="会計パック",
        industries=["all"],
        cloud_months=0,
    )
    put(
        PackageItem,
        package_id=package,
        product_id=product,
        organisation_id=vendor.organisation_id,
        position=1,
        quantity=1,
    )
    put(
        Publication,
        id=publication,
        kind="package",
        code=f"PK-{position}",
        vendor_number=f"{position + 1}000012050002",
        organisation_id=vendor.organisation_id,
        listing_id=package,
        listing_version=1,
        content={"name": "会計パック"},
        content_hash="0" * 64,
    )
    put(
        PublicationMinimum,
        publication_id=publication,
        organisation_id=vendor.organisation_id,
        prices={"P-1": 80_000},
    )
    put(
        LivePublication,
        kind="package",
        public_key=f"PK-{position}",
        listing_id=package,
        organisation_id=vendor.organisation_id,
        publication_id=publication,
    )
    put(
        Withdrawal,
        kind="product",
        public_key=f"{position}/P-1",
        organisation_id=vendor.organisation_id,
        publication_id=publication,
        reason="販売終了",
    )


def _application(put: Any, sme: Party, vendor: Party, position: int) -> None:
    application, publication = uuid.uuid4(), uuid.uuid4()
    put(
        ApplicantProfile,
        organisation_id=sme.organisation_id,
        kind="company",
        jsic="7620",
        capital_yen=3_000_000,
        employees=8,
        answers={},
        eligibility={},
        rules_version="1",
        checked_on=date(2026, 11, 2),
    )
    put(
        Publication,
        id=publication,
        kind="product",
        code="P-1",
        vendor_number="1000012050002",
        organisation_id=vendor.organisation_id,
        listing_id=uuid.uuid4(),
        listing_version=1,
        content={},
        content_hash="0" * 64,
    )
    _trade(put, sme, vendor, position, publication)
    put(
        GrantApplication,
        id=application,
        sme_id=sme.organisation_id,
        vendor_id=vendor.organisation_id,
        publication_id=publication,
        round_id="application-2",
        scheme_id="2017",
        scheme_version=1,
        package_code=f"PK-{position}",
        sme_name="食堂",
        vendor_name="会社",
        chosen={},
        estimate={},
        applicant={},
        state="draft",
    )
    put(
        ApplicationFigures,
        application_id=application,
        organisation_id=sme.organisation_id,
        content={"employees": 8},
    )
    put(
        ApplicationStep,
        application_id=application,
        sme_id=sme.organisation_id,
        vendor_id=vendor.organisation_id,
        step="start",
        from_state="",
        to_state="draft",
        organisation_name="食堂",
    )
    case(
        put,
        application=application,
        publication=publication,
        sme=sme.organisation_id,
        vendor=vendor.organisation_id,
    )


def _trade(put: Any, sme: Party, vendor: Party, position: int, publication: uuid.UUID) -> None:
    """A package put aside, an enquiry with a drawing, and a quote that was sent."""
    parties = {"sme_id": sme.organisation_id, "vendor_id": vendor.organisation_id}
    enquiry, message = uuid.uuid4(), uuid.uuid4()
    put(
        ShortlistEntry,
        organisation_id=sme.organisation_id,
        package_code=f"PK-{position}",
        publication_id=publication,
        position=1,
        note="高い",
    )
    put(
        SavedSearch,
        organisation_id=sme.organisation_id,
        person_id=sme.person_id,
        name="予約",
        conditions="q=x",
        sort="relevance",
        by_mail=True,
        told_number=0,
        looked_on=MOMENT.date(),
    )
    put(
        Enquiry,
        **parties,
        id=enquiry,
        publication_id=publication,
        package_code=f"PK-{position}",
        package_name="会計パック",
        vendor_name="会社",
        released={},
        state="asked",
    )
    put(EnquiryMessage, **parties, id=message, enquiry_id=enquiry, side="sme", body="図面です。")
    put(EnquiryAttachment, **parties, message_id=message, file_id=put_file(put, sme.organisation_id))
    put(
        Quote,
        **parties,
        enquiry_id=enquiry,
        publication_id=publication,
        package_code=f"PK-{position}",
        vendor_name="会社",
        recipient="",
        content={},
        content_hash="0" * 64,
        valid_until=clock.today() + timedelta(days=30),
        state="sent",
        sent_at=MOMENT,
    )
