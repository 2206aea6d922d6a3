"""What the demo starts with: the programme with open windows, people for each role, a catalogue, applications.

Each part is whole or not there: people and catalogue are one transaction each, the applications go on where an
interrupted start left them. What is there already is left alone, so a second start keeps what people did.
Everything is done through the same services as people use, by made-up people, and so leaves the same audit trail.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy import select

from catalogue import listings
from catalogue.entry_lists import EDITED
from catalogue.masters import EDITION, newest, vocabulary
from catalogue.models import Package, PackageItem, Product
from marketplace import rounds
from marketplace.applicants import Statement, profile, save_profile
from marketplace.programme import load_programme
from search import sync
from search.engines import engine
from tenants import audit, clock
from tenants.actor import SYSTEM
from tenants.db import act_as, db, use_case
from tenants.models import ExternalIdentity, Membership, Organisation, Person
from web.demo.actors import actor_for
from web.demo.applications import make_applications
from web.demo.briefings import make_briefings
from web.demo.committee import make_reviews
from web.demo.generator import VendorCatalogue, generate
from web.demo.members import make_members
from web.demo.people import LARGE_RETAILER, PEOPLE, PROVIDER, WORKSHOP, DemoOrganisation
from web.demo.registrations import make_registrations
from web.demo.renewals import make_renewals
from web.demo.trade import make_trade

PUBLISHED: Final = 600
VENDORS: Final = 120
# What may be sent in the demo today and what follows it, whatever the dates of the edition: id, kind, name, the days
# from today on which it opens and closes.
DEMO_ROUNDS: Final = (
    (
        "application-demo",
        "grant_application",
        "デモ用 交付申請受付",
        "Grant applications (demonstration)",
        -14,
        45,
    ),
    ("vendor-demo", "vendor_registration", "デモ用 登録受付", "Vendor registration (demonstration)", -14, 45),
    ("completion-demo", "completion_report", "デモ用 実績報告", "Completion reports (demonstration)", 60, 150),
    ("payout-demo", "payout", "デモ用 確定・払い出し", "Confirmation and payout (demonstration)", 90, 210),
)
# How many of the last vendors' packages wait at each point of the way, for the desks to have work.
WAITING: Final = (("submitted", 14), ("returned", 4), ("draft", 6), ("approved", 5))
PACKAGES: Final = PUBLISHED + sum(number for _, number in WAITING)


def load_programme_and_windows() -> None:
    """The shipped programme, and windows for applications that are open today, with those that follow."""
    with act_as(SYSTEM):
        load_programme()
        open_windows()


def load_everybody() -> None:
    """The people and organisations one may sign in as, and those who are invited."""
    with act_as(SYSTEM):
        load_people()
    make_members()


def load_tools(packages: int = PACKAGES, vendors: int = VENDORS) -> None:
    """Vendors with their products and packages, published yesterday."""
    with act_as(SYSTEM), clock.at(clock.now() - timedelta(days=1)):
        load_catalogue(packages, vendors)


def load_applications() -> None:
    """What the shops have said of themselves, and grant applications at several points of the way."""
    for organisation in (WORKSHOP, LARGE_RETAILER):
        _load_profile(organisation)
    make_applications()
    make_trade()


def load_registrations() -> None:
    """Vendors that apply or renew, at several points of the way."""
    make_registrations()
    make_renewals()
    make_reviews()


def load_briefings() -> None:
    """Announcements, and briefings with those who booked them."""
    make_briefings()


def build_index() -> None:
    """The search index, when it is missing or not equal to what is published."""
    if engine().ensure_schema() or sync.verify():
        sync.rebuild()


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), clock.JAPAN)


def open_windows() -> None:
    """For each kind the demo needs, a round open today or on the day it opens, marked as the demo's; a new one after it."""
    shut = [each for each in DEMO_ROUNDS if not _covered(each[1], each[4])]
    if not shut:
        return
    row = newest("rounds", EDITION)
    today = clock.today()
    others = [each for each in row.content["rounds"] if each["id"] not in {number for number, *_ in shut}]
    windows = [
        {
            "id": number,
            "kind": kind,
            "name": {"ja": ja, "en": en},
            "opens_at": _at(today + timedelta(days=opens), 9).isoformat(),
            "closes_at": _at(today + timedelta(days=closes), 17).isoformat(),
            "unconfirmed": False,
        }
        for number, kind, ja, en, opens, closes in shut
    ]
    rounds.load_rounds([*others, *windows], version=row.version + 1, source=EDITED)


def _covered(kind: str, opens: int) -> bool:
    moment = _at(clock.today() + timedelta(days=opens), 12) if opens > 0 else clock.now()
    return any(each.kind == kind and each.is_open(moment) for each in rounds.all_rounds())


@use_case
def load_people() -> None:
    """The organisations and people of the sign-in list, each with their roles."""
    if db.session.get(ExternalIdentity, (PROVIDER, PEOPLE[0].subject)) is not None:
        return
    made: dict[DemoOrganisation, Organisation] = {}
    for demo in PEOPLE:
        organisation = made.get(demo.organisation) or _organisation(demo.organisation)
        made[demo.organisation] = organisation
        person = Person(name=demo.name, email=demo.email)
        db.session.add(person)
        db.session.flush()
        db.session.add(ExternalIdentity(provider=PROVIDER, subject=demo.subject, person_id=person.id))
        db.session.add_all(
            Membership(organisation_id=organisation.id, person_id=person.id, role=role) for role in demo.roles
        )
    audit.record("demo_people_loaded", subject=("demo", "people"), organisation_id=None)


def _organisation(demo: DemoOrganisation) -> Organisation:
    row = Organisation(
        kind=demo.kind,
        name=demo.name,
        name_kana=demo.name_kana,
        corporate_number=demo.corporate_number,
        prefecture=demo.prefecture,
        telephone=demo.telephone,
        registered_on=clock.today() if demo.kind == "vendor" and demo.standing == "adopted" else None,
        standing=demo.standing if demo.kind == "vendor" else None,
    )
    db.session.add(row)
    db.session.flush()
    return row


@use_case
def load_catalogue(packages: int = PACKAGES, vendors: int = VENDORS) -> None:
    """Vendors with products and packages, published, and some that wait for their vendor or the secretariat."""
    if db.session.scalar(select(Package.id).limit(1)) is not None:
        return
    drafts = _drafts(list(generate(vocabulary(), packages=packages, vendors=vendors)))
    products = [row for row in drafts if isinstance(row, Product)]
    own = [row for row in drafts if isinstance(row, Package)]
    kept_back = sum(number for _, number in WAITING)
    _publish(products, own[: len(own) - kept_back])
    _leave_waiting(own[len(own) - kept_back :])


@use_case
def _drafts(catalogues: Sequence[VendorCatalogue]) -> list[Product | Package]:
    """Everything as submitted drafts of its vendor."""
    known = {row.corporate_number: row for row in db.session.scalars(select(Organisation))}
    rows: list[Product | Package] = []
    for catalogue in catalogues:
        vendor = known.get(catalogue.vendor.corporate_number)
        if vendor is None:
            vendor = Organisation(
                kind="vendor",
                corporate_number=catalogue.vendor.corporate_number,
                name=catalogue.vendor.name,
                registered_on=clock.today(),
                standing="adopted",
            )
            db.session.add(vendor)
        vendor.prefecture, vendor.address = catalogue.vendor.prefecture, catalogue.vendor.address
        db.session.flush()
        made = listing_rows(catalogue, vendor)
        rows += made
        db.session.add_all(made)
    db.session.flush()
    audit.record(
        "demo_catalogue_generated",
        subject=("demo", "catalogue"),
        organisation_id=None,
        after={"vendors": len(catalogues), "listings": len(rows)},
    )
    return rows


def listing_rows(catalogue: VendorCatalogue, vendor: Organisation) -> list[Product | Package]:
    """The vendor's products, then its packages, as submitted rows that belong to no session yet."""
    moment = clock.now()
    products = {
        each.code: Product(
            organisation_id=vendor.id,
            code=each.code,
            name=each.name,
            name_kana=each.name_kana,
            description=each.description,
            functions=list(each.functions),
            cost_kind=each.cost_kind,
            billing_period=each.billing_period,
            billing_unit=each.billing_unit,
            standard_price_yen=each.standard_price_yen,
            minimum_price_yen=each.minimum_price_yen,
            state="submitted",
            submitted_at=moment,
        )
        for each in catalogue.products
    }
    packages = [
        Package(
            organisation_id=vendor.id,
            code=each.code,
            name=each.name,
            description=each.description,
            industries=list(each.industries),
            cloud_months=each.cloud_months,
            traits={kind: list(codes) for kind, codes in each.traits.items()},
            effect=dict(each.effect),
            state="submitted",
            submitted_at=moment,
            items=[
                PackageItem(
                    organisation_id=vendor.id, product=products[code], position=position, quantity=quantity
                )
                for position, (code, quantity) in enumerate(each.items, 1)
            ],
        )
        for each in catalogue.packages
    ]
    return [*products.values(), *packages]


def _publish(products: Sequence[Product], packages: Sequence[Package]) -> None:
    for kind, rows in (("product", products), ("package", packages)):
        ids = [row.id for row in rows]
        for start in range(0, len(ids), 300):
            listings.approve(kind, ids[start : start + 300])  # type: ignore[arg-type]
            listings.publish(kind, ids[start : start + 300])  # type: ignore[arg-type]


def _leave_waiting(packages: Sequence[Package]) -> None:
    chance = random.Random(EDITION)  # noqa: S311  (a demo, not a secret)
    left = list(packages)
    for state, number in WAITING:
        some, left = left[:number], left[number:]
        for row in some:
            if state == "returned":
                reason = chance.choice(
                    (
                        "説明に、どの作業がどれだけ減るかを書いてください。",
                        "導入設定の内訳がわかる説明を追加してください。",
                    )
                )
                listings.send_back("package", row.id, reason=reason, read_version=row.version)
            elif state == "draft":
                listings.take_back("package", row.id, read_version=row.version)
        if state == "approved":
            listings.approve("package", [row.id for row in some])


def _load_profile(organisation: DemoOrganisation) -> None:
    business = organisation.business
    if business is None:
        return
    with act_as(actor_for(organisation)):
        if profile() is None:
            save_profile(
                Statement(
                    kind=business.kind,
                    industry=business.industry,
                    capital_yen=business.capital_yen,
                    employees=business.employees,
                    domestic=True,
                ),
                read_version=None,
            )
