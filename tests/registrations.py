"""A small world for vendor registrations: a vendor that applies, an open round, papers, a finished form."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from obstore.store import MemoryStore
from sqlalchemy import select

from catalogue import masters
from marketplace import rounds
from marketplace.registration import papers, sections, services
from marketplace.registration.answers import read
from marketplace.registration.data import form
from marketplace.registration.form import DECLARATIONS
from marketplace.registration.models import RegistrationPaper, VendorRegistration
from tenants import clock, files
from tenants.actor import SYSTEM, Actor
from tenants.audit import AuditEvent
from tenants.db import act_as, db
from tenants.files import Filing
from tenants.models import Membership, Organisation, Person
from tenants.scanning import Scanner

# A company that nobody has registered yet.
COMPANY = {
    "name": "新しい会社株式会社",
    "corporate_number": "7999900000101",
    "prefecture": "東京都",
    "address": "千代田区1-1",
}

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
NUMBER = "6999900000102"
OPENS = datetime(2026, 10, 1, 0, 30, tzinfo=UTC)
CLOSES = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
DURING = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)

ANSWERS: dict[str, dict[str, list[str]]] = {
    "company": {
        "name_kana": ["ミホンシステム"],
        "representative_title": ["代表取締役"],
        "representative_name": ["見本 太郎"],
        "founded_on": ["2001-04-01"],
        "capital_yen": ["10,000,000"],
        "employees": ["２５"],
        "website": ["https://mihon.example/"],
    },
    "contact": {
        "person_name": ["担当 花子"],
        "person_kana": ["タントウ ハナコ"],
        "department": ["営業部"],
        "telephone": ["０３ー１２３４ー５６７８"],
        "email": ["hanako@mihon.example"],
        "address": ["東京都千代田区丸の内1-1"],
    },
    "business": {
        "summary": ["業務ソフトの開発"],
        "role": ["both"],
        "years": ["12"],
        "customers": ["80"],
        "examples": ["飲食店の予約と会計をつなぎ、電話の時間を半分にしました。"],
        "security": ["ISO 27001"],
    },
    "support": {
        "areas": ["東京都", "神奈川県"],
        "weekdays": ["weekdays"],
        "hours": ["9:00〜18:00"],
        "people": ["6"],
        "ways": ["visit", "telephone"],
        "after": ["月に一度訪問します。"],
    },
    "products": {
        "planned.name": ["予約台帳", ""],
        "planned.maker": ["見本システム", ""],
        "planned.functions": ["予約と顧客の管理", ""],
        "packages": ["2"],
    },
    "interests": {
        "has_related": ["yes"],
        "companies.name": ["見本ホールディングス"],
        "companies.corporate_number": ["７９９９９０００００１０１"],
        "companies.relation": ["親会社"],
        "committee": ["no"],
    },
    DECLARATIONS: {"agreed": [item.code for item in form().declarations.items]},
}


def use_memory(scanner: Scanner | None = None, *, open_unscanned: bool = True) -> MemoryStore:
    """Files in memory, for as long as nobody chooses otherwise."""
    store = MemoryStore()
    files.use(Filing(store, scanner, open_unscanned=open_unscanned))
    return store


def open_round(opens: datetime = OPENS, closes: datetime = CLOSES) -> None:
    """One round for registrations, as a new version of the rounds."""
    row = masters.newest("rounds", masters.EDITION)
    others = [each for each in row.content["rounds"] if each["id"] != "vendor-window"]
    window = {
        "id": "vendor-window",
        "kind": "vendor_registration",
        "name": {"ja": "試験の登録受付", "en": "Registrations (test)"},
        "opens_at": opens.isoformat(),
        "closes_at": closes.isoformat(),
    }
    with act_as(SYSTEM), clock.at(opens):
        rounds.load_rounds([*others, window], version=row.version + 1, source="試験")


def vendor(name: str = "見本システム株式会社", number: str | None = NUMBER, standing: str = "applicant") -> Actor:
    """A vendor with this standing, and its owner."""
    with act_as(SYSTEM):
        organisation = Organisation(
            kind="vendor", standing=standing, name=name, corporate_number=number, prefecture="東京都"
        )
        person = Person(name="見本 花子", email="hanako@mihon.example")
        db.session.add_all([organisation, person])
        db.session.flush()
        db.session.add(Membership(organisation_id=organisation.id, person_id=person.id, role="vendor_owner"))
        db.session.commit()
        return Actor("vendor", organisation.id, person.id, frozenset({"vendor_owner"}), person.name)


def colleague(of: Actor, *roles: str) -> Actor:
    """Another person of the same organisation."""
    with act_as(SYSTEM):
        person = Person(name="同僚 次郎", email="jiro@mihon.example")
        db.session.add(person)
        db.session.flush()
        for role in roles:
            db.session.add(Membership(organisation_id=of.organisation_id, person_id=person.id, role=role))
        db.session.commit()
        return Actor(of.audience, of.organisation_id, person.id, frozenset(roles), person.name)


def fill(registration_id: uuid.UUID, *, but: tuple[str, ...] = ()) -> None:
    """All sections and papers, as the current actor."""
    for section, typed in ANSWERS.items():
        if section not in but:
            sections.save_section(registration_id, section, typed, read_version=0)
    for paper in form().papers:
        if paper.required:
            papers.attach(registration_id, paper.code, name="書類.pdf", content=PDF)


def row_of(registration_id: uuid.UUID) -> Any:
    """The registration as it is now."""
    with act_as(SYSTEM):
        row = db.session.scalar(select(VendorRegistration).where(VendorRegistration.id == registration_id))
        db.session.expunge_all()
        return row


def submitted(of: Actor) -> uuid.UUID:
    """A registration of this vendor, handed in."""
    with act_as(of):
        registration_id = services.start()
        fill(registration_id)
    with act_as(of):
        services.submit(registration_id, read_version=row_version(registration_id))
    return registration_id


def row_version(registration_id: uuid.UUID) -> int:
    """The registration's version now, as the current actor sees it."""
    return int(
        db.session.scalar(select(VendorRegistration.version).where(VendorRegistration.id == registration_id)) or 0
    )


def kept(vendor_id: uuid.UUID, *, paper: bool = False) -> dict[str, str]:
    """A draft of this vendor with two papers, written straight into its tables: the names of all three."""
    with act_as(SYSTEM):
        row = VendorRegistration(
            organisation_id=vendor_id,
            round_id="vendor-2",
            fiscal_year=2026,
            form_version=form().version,
            paper=paper,
            paper_received_on=date(2017, 4, 3) if paper else None,
            content={"company": {"name_kana": "ヒミツノトウロク"}},
        )
        db.session.add(row)
        db.session.flush()
        papers = []
        for _ in range(2):
            file = files.keep(vendor_id, name="書類.pdf", content=PDF)
            papers.append(
                RegistrationPaper(registration_id=row.id, organisation_id=vendor_id, kind="other", file_id=file.id)
            )
        db.session.add_all(papers)
        db.session.commit()
        return {"registration": str(row.id), "paper": str(papers[0].id), "removable": str(papers[1].id)}


def content() -> dict[str, Any]:
    """What a finished form says, as it is kept."""
    return {page.code: read(page, ANSWERS[page.code]) for page in form().sections}


def adopted_before(organisation_id: uuid.UUID, *, fiscal_year: int) -> uuid.UUID:
    """A registration that was adopted for this fiscal year, written by the system."""
    with act_as(SYSTEM):
        row = VendorRegistration(
            organisation_id=organisation_id,
            round_id="vendor-1",
            fiscal_year=fiscal_year,
            form_version=form().version,
            content=content(),
        )
        db.session.add(row)
        db.session.flush()
        row.state = "adopted"
        db.session.commit()
        return row.id


@contextmanager
def during_round() -> Iterator[None]:
    """In the middle of a round, with papers kept in memory."""
    before = files._Chosen.filing
    use_memory()
    open_round()
    with clock.at(DURING):
        yield
    files._Chosen.filing = before


def an_office(*roles: str) -> Actor:
    """Somebody of the secretariat with these roles."""
    with act_as(SYSTEM):
        organisation = Organisation(kind="secretariat", name="事務局")
        person = Person(name="審査 太郎", email="taro@office.example")
        db.session.add_all([organisation, person])
        db.session.flush()
        db.session.add_all(
            Membership(organisation_id=organisation.id, person_id=person.id, role=role) for role in roles
        )
        db.session.commit()
        return Actor("secretariat", organisation.id, person.id, frozenset(roles), person.name)


def events(name: str) -> int:
    """How many events of this name the trail has."""
    with act_as(SYSTEM):
        return len(db.session.scalars(select(AuditEvent).where(AuditEvent.name == name)).all())
