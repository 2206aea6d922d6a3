"""Vendors that apply, made up, each brought to a point of the way through the real services."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import select

from marketplace.registration import office, papers, sections, services
from marketplace.registration.data import form
from marketplace.registration.form import DECLARATIONS
from marketplace.registration.models import VendorRegistration
from tenants import audit
from tenants.actor import SYSTEM, Actor
from tenants.db import act_as, db, use_case
from tenants.errors import OutsideWindow
from tenants.models import Membership, Organisation, Person
from tenants.numbers import check_digit
from web.demo.actors import actor_for
from web.demo.people import APPLICANT

# name, kana, prefecture, how far it has come
_VENDORS: Final = (
    ("株式会社しらかばシステム", "シラカバシステム", "長野県", "submitted"),
    ("有限会社なぎさデータ", "ナギサデータ", "静岡県", "submitted"),
    ("合同会社こだまソフト", "コダマソフト", "京都府", "submitted"),
    ("株式会社みやび会計ラボ", "ミヤビカイケイラボ", "石川県", "returned"),
    ("株式会社やまびこクラウド", "ヤマビコクラウド", "岐阜県", "in_committee"),
    ("ほしぞらIT株式会社", "ホシゾラアイティー", "高知県", "in_committee"),
    ("株式会社つむぎソリューション", "ツムギソリューション", "群馬県", "in_committee"),
    ("株式会社ひばり情報技研", "ヒバリジョウホウギケン", "愛媛県", "in_committee"),
    ("株式会社あけぼのデジタル", "アケボノデジタル", "宮城県", "in_committee"),
    ("有限会社ささぶねシステム", "ササブネシステム", "島根県", "in_committee"),
    ("株式会社うみかぜ情報", "ウミカゼジョウホウ", "沖縄県", "withdrawn"),
)
# A page with nothing on it: what a paper is in a made-up world.
PAGE: Final = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)
_RETURNED: Final = {
    "company": "納税証明書が前の事業年度のものです。直近のものに差し替えてください。",
    "support": "「対応する時間」に土曜日の時間も書いてください。",
}


def make_registrations() -> None:
    """The registrations that are not there yet; none while no round is open."""
    applicant = actor_for(APPLICANT)
    with act_as(SYSTEM):
        begun = set(db.session.scalars(select(VendorRegistration.organisation_id)))
        known = set(db.session.scalars(select(Organisation.corporate_number).where(Organisation.kind == "vendor")))
    new = [(number, row) for number, row in zip(_numbers(), _VENDORS, strict=True) if number not in known]
    try:
        if applicant.organisation_id not in begun:
            _unfinished(applicant)
        for number, (name, kana, prefecture, state) in new:
            with act_as(SYSTEM):
                owner = owner_of_new(number, name, kana, prefecture)
            _bring(owner, state)
    except OutsideWindow:  # somebody closed the demo's round: nothing can be handed in
        return
    if new:
        with act_as(SYSTEM):
            _note(len(new))


def _numbers() -> list[str]:
    bases = [f"9999004{position:05d}" for position in range(len(_VENDORS))]
    return [f"{check_digit(base)}{base}" for base in bases]


@use_case
def _note(number: int) -> None:
    audit.record(
        "demo_registrations_made",
        subject=("demo", "registrations"),
        organisation_id=None,
        after={"number": number},
    )


@use_case
def owner_of_new(number: str, name: str, kana: str, prefecture: str) -> Actor:
    """A vendor that applies, and its owner, who has no account of their own."""
    vendor = Organisation(
        kind="vendor",
        standing="applicant",
        name=name,
        name_kana=kana,
        prefecture=prefecture,
        address="見本市見本町1-1",
        corporate_number=number,
    )
    person = Person(name=f"{name} 代表", email=f"owner-{number}@applicant.example")
    db.session.add_all([vendor, person])
    db.session.flush()
    db.session.add(Membership(organisation_id=vendor.id, person_id=person.id, role="vendor_owner"))
    return Actor("vendor", vendor.id, person.id, frozenset({"vendor_owner"}), person.name)


def answers_of(name: str) -> dict[str, Mapping[str, Sequence[str]]]:
    """A form filled in by a vendor of this name, section by section."""
    return {
        "company": {
            "name_kana": ["ミホン"],
            "representative_title": ["代表取締役"],
            "representative_name": ["見本 一郎"],
            "founded_on": ["2004-10-01"],
            "capital_yen": ["10000000"],
            "employees": ["18"],
            "website": ["https://applicant.example/"],
        },
        "contact": {
            "person_name": ["見本 さくら"],
            "person_kana": ["ミホン サクラ"],
            "department": ["営業企画"],
            "telephone": ["0120-000-000"],
            "email": ["contact@applicant.example"],
            "address": ["見本県見本市1-1"],
        },
        "business": {
            "summary": [f"{name}は、小売店や飲食店の会計と予約のソフトを開発し、導入を支援しています。"],
            "role": ["both"],
            "years": ["11"],
            "customers": ["64"],
            "examples": ["定食店の予約と会計をつなぎ、閉店後の集計を1時間から10分に減らしました。"],
            "security": ["情報の持ち出しの規程を定め、年に一度、全員で研修をしています。"],
        },
        "support": {
            "areas": ["東京都", "神奈川県", "長野県"],
            "weekdays": ["weekdays", "saturday"],
            "hours": ["9:00〜18:00"],
            "people": ["7"],
            "ways": ["visit", "telephone", "remote"],
            "after": ["導入から3か月は毎月訪問し、その後は電話と遠隔操作で支援します。"],
        },
        "products": {
            "planned.name": ["みほん会計", "みほん予約"],
            "planned.maker": [name, name],
            "planned.functions": ["会計・請求", "予約・顧客管理"],
            "packages": ["2"],
        },
        "interests": {"has_related": ["no"], "committee": ["no"]},
        DECLARATIONS: {"agreed": [item.code for item in form().declarations.items]},
    }


def _unfinished(owner: Actor) -> None:
    """A registration that is half written, for somebody to go on with."""
    with act_as(owner):
        made = services.start()
        answers = answers_of("株式会社かえで業務システム")
        for section in ("company", "contact"):
            sections.save_section(made, section, answers[section], read_version=0)
        half = {**answers["business"], "examples": [""], "security": [""]}
        sections.save_section(made, "business", half, read_version=0)
        papers.attach(made, "certificate", name="登記事項証明書.pdf", content=PAGE)


def _bring(owner: Actor, state: str) -> None:
    with act_as(owner):
        made = services.start()
        for section, typed in answers_of(owner.name.removesuffix(" 代表")).items():
            sections.save_section(made, section, typed, read_version=0)
        for kind, name in (("certificate", "登記事項証明書.pdf"), ("tax", "納税証明書.pdf")):
            papers.attach(made, kind, name=name, content=PAGE)
        services.submit(made, read_version=version_of(made))
        if state == "withdrawn":
            services.withdraw(
                made, reason="体制を整えてから、次の公募で申請します。", read_version=version_of(made)
            )
    with act_as(SYSTEM):
        if state == "returned":
            office.send_back(made, _RETURNED, read_version=version_of(made))
        elif state == "in_committee":
            office.pass_to_committee(made, read_version=version_of(made))


def version_of(registration_id: uuid.UUID) -> int:
    """The registration's version now, as who acts sees it."""
    return db.session.scalars(
        select(VendorRegistration.version).where(VendorRegistration.id == registration_id)
    ).one()
