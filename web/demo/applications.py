"""Grant applications of made-up shops, brought to several points of the way through the real services."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from catalogue.models import Publication
from catalogue.publications import live_package
from marketplace import applicant_identity
from marketplace.applicants import Statement, profile, save_profile
from marketplace.applications import services
from marketplace.applications.document import Prepared
from marketplace.applications.queries import application
from marketplace.models import GrantApplication
from tenants import clock
from tenants.actor import SYSTEM, Actor
from tenants.db import act_as, db, use_case
from tenants.models import Membership, Organisation, Person
from tenants.numbers import check_digit
from web.demo.actors import actor_for, vendor_staff
from web.demo.once import is_made, note_made
from web.demo.people import GENERATED_VENDOR, WORKSHOP

# name, industry choice, catalogue industry, prefecture, employees, how far its application has come
_SHOPS: Final = (
    ("喫茶 木漏れ日", "restaurant", "restaurants", "北海道", 4, "draft"),
    ("居酒屋 たぬき", "restaurant", "restaurants", "宮城県", 9, "accepted"),
    ("食堂 まつかぜ", "restaurant", "restaurants", "東京都", 5, "prepared"),
    ("そば処 やまと", "restaurant", "restaurants", "長野県", 7, "confirmed"),
    ("洋食 キッチンうみべ", "restaurant", "restaurants", "神奈川県", 12, "submitted"),
    ("有限会社いとう金属", "metal_maker", "manufacturing", "新潟県", 28, "submitted"),
    ("株式会社ほしの精機", "metal_maker", "manufacturing", "愛知県", 41, "accepted"),
    ("みずほ木工所", "metal_maker", "manufacturing", "岐阜県", 8, "prepared"),
    ("こうの鉄工", "metal_maker", "manufacturing", "広島県", 15, "declined"),
    ("焼鳥 とりまる", "restaurant", "restaurants", "大阪府", 6, "withdrawn"),
    ("中華 しらぬい", "restaurant", "restaurants", "熊本県", 10, "submitted"),
    ("株式会社たかの製作所", "metal_maker", "manufacturing", "群馬県", 33, "confirmed"),
)


_MADE: Final = "demo_applications_made"


def make_applications() -> None:
    """The shops' applications, and one of the workshop's that waits for its owner; nothing when all were made
    or no published package is for them.

    After an interruption each goes on from the step it had reached.
    """
    if is_made(_MADE):
        return
    with act_as(SYSTEM):
        packages = {industry: packages_for(industry) for industry in ("restaurants", "manufacturing")}
    if not all(packages.values()):
        return  # a small catalogue of the visitor's own may hold nothing for these shops
    _bring(actor_for(WORKSHOP), packages["manufacturing"][0], "prepared")
    for position, (name, industry, catalogue_industry, prefecture, employees, state) in enumerate(_SHOPS):
        with act_as(SYSTEM):
            owner = _shop(position, name, prefecture)
        with act_as(owner):
            if profile() is None:
                save_profile(
                    Statement("company", industry, 5_000_000, employees, domestic=True), read_version=None
                )
        choices = packages[catalogue_industry]
        _bring(owner, choices[position % len(choices)], state)
    note_made(_MADE, "applications")


def owner_of(shop: str) -> Actor:
    """The owner of one of the shops, by its name."""
    position, prefecture = next((at, row[3]) for at, row in enumerate(_SHOPS) if row[0] == shop)
    with act_as(SYSTEM):
        return _shop(position, shop, prefecture)


def packages_for(industry: str) -> list[str]:
    """Codes of fundable packages for an industry, the demo vendor's first."""
    rows = db.session.execute(
        select(Publication.code, Publication.vendor_number)
        .where(
            Publication.kind == "package",
            Publication.content["industries"].contains([industry]),
            Publication.content["total_yen"].as_integer() >= 500_000,
        )
        .order_by(Publication.vendor_number != GENERATED_VENDOR.corporate_number, Publication.code)
        .limit(5)
    )
    return [row.code for row in rows]


@use_case
def _shop(position: int, name: str, prefecture: str) -> Actor:
    """The shop's owner; made with the shop the first time."""
    base = f"9999003{position:05d}"
    number = f"{check_digit(base)}{base}"
    person = db.session.scalar(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Organisation.kind == "sme", Organisation.corporate_number == number)
    )
    if person is None:
        person = Person(name=f"{name} 店主", email=f"owner{position}@shop.example")
        business = Organisation(kind="sme", name=name, prefecture=prefecture, corporate_number=number)
        db.session.add_all([business, person])
        db.session.flush()
        db.session.add(Membership(organisation_id=business.id, person_id=person.id, role="sme_owner"))
        db.session.flush()
    business_id = db.session.scalars(
        select(Membership.organisation_id).where(Membership.person_id == person.id)
    ).one()
    return Actor("sme", business_id, person.id, frozenset({"sme_owner"}), person.name)


def _prepared(application_id: uuid.UUID, version: int) -> None:
    services.prepare(
        application_id,
        Prepared(
            representative_name="見本 太郎",
            address="見本県見本市1-1",
            phone="03-0000-0000",
            purpose="紙の台帳と電卓での集計に毎日1時間かかっており、入力の間違いも多い。",
            expected_effect="集計の時間を1日1時間から10分に減らし、空いた時間を接客に使う。",
            introduction_planned_on=clock.today() + timedelta(days=90),
        ),
        read_version=version,
    )


def _confirm(application_id: uuid.UUID, version: int) -> None:
    seen = application(application_id).document_hash
    services.confirm(application_id, seen_hash=seen, read_version=version)


@dataclass(frozen=True, slots=True)
class _Step:
    """What one side does with an application of some version, and the state it has then."""

    side: str
    state: str
    do: Callable[[uuid.UUID, int], None]


_ACCEPT: Final = _Step("vendor", "accepted", lambda i, v: services.accept(i, read_version=v))
_PREPARE: Final = _Step("vendor", "prepared", _prepared)
_CONFIRM: Final = _Step("sme", "confirmed", _confirm)
_SUBMIT: Final = _Step("vendor", "submitted", lambda i, v: services.submit(i, read_version=v))
_DECLINE: Final = _Step(
    "vendor",
    "declined",
    lambda i, v: services.decline(i, reason="ただいまご依頼が多く、期限までに準備できません。", read_version=v),
)
_WITHDRAW: Final = _Step(
    "sme",
    "withdrawn",
    lambda i, v: services.withdraw(i, reason="別の店舗と時期を合わせることにしました。", read_version=v),
)
_WAYS: Final[dict[str, tuple[_Step, ...]]] = {
    "draft": (),
    "accepted": (_ACCEPT,),
    "prepared": (_ACCEPT, _PREPARE),
    "confirmed": (_ACCEPT, _PREPARE, _CONFIRM),
    "submitted": (_ACCEPT, _PREPARE, _CONFIRM, _SUBMIT),
    "declined": (_DECLINE,),
    "withdrawn": (_WITHDRAW,),
}


def _bring(owner: Actor, package_code: str, state: str) -> None:
    """Start an application, unless an interrupted start did, and take it so far."""
    with act_as(owner):
        application_id = db.session.scalar(
            select(GrantApplication.id).where(GrantApplication.sme_id == owner.organisation_id)
        )
        if application_id is None:
            applicant_identity.give(owner, f"shop-{owner.own_organisation.hex[:8]}")
            application_id = services.start(package_code, publication_id=live_package(package_code).id)
        row = db.session.get_one(GrantApplication, application_id)
        reached, vendor_id = row.state, row.vendor_id
    states = ["draft", *(step.state for step in _WAYS[state])]
    if reached not in states:  # somebody took it another way meanwhile
        return
    staff = vendor_staff(vendor_id)
    for step in _WAYS[state][states.index(reached) :]:
        with act_as(owner if step.side == "sme" else staff):
            step.do(application_id, application(application_id).version)
