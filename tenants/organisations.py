"""Organisations: found, registered, joined."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Final, Literal

from sqlalchemy import select

from tenants import audit, duplicates
from tenants.actor import Actor, current
from tenants.db import act_as, db, use_case
from tenants.errors import DomainError, Finding, NotFound, NotPermitted
from tenants.models import Membership, Organisation, Person
from tenants.text import Text, same

# Characters of an organisation's name and of its address, by whichever form they come.
NAME_LIMIT: Final = 120
ADDRESS_LIMIT: Final = 200
_PREFECTURES = """
北海道 青森県 岩手県 宮城県 秋田県 山形県 福島県 茨城県 栃木県 群馬県 埼玉県 千葉県 東京都 神奈川県 新潟県 富山県
石川県 福井県 山梨県 長野県 岐阜県 静岡県 愛知県 三重県 滋賀県 京都府 大阪府 兵庫県 奈良県 和歌山県 鳥取県 島根県
岡山県 広島県 山口県 徳島県 香川県 愛媛県 高知県 福岡県 佐賀県 長崎県 熊本県 大分県 宮崎県 鹿児島県 沖縄県
"""
_ROMAN = """
Hokkaido Aomori Iwate Miyagi Akita Yamagata Fukushima Ibaraki Tochigi Gunma Saitama Chiba Tokyo Kanagawa Niigata Toyama
Ishikawa Fukui Yamanashi Nagano Gifu Shizuoka Aichi Mie Shiga Kyoto Osaka Hyogo Nara Wakayama Tottori Shimane
Okayama Hiroshima Yamaguchi Tokushima Kagawa Ehime Kochi Fukuoka Saga Nagasaki Kumamoto Oita Miyazaki Kagoshima Okinawa
"""
PREFECTURES = tuple(_PREFECTURES.split())
_REGIONS: Final = (
    ("hokkaido_tohoku", Text("北海道・東北", "Hokkaido and Tohoku"), 7),
    ("kanto", Text("関東", "Kanto"), 7),
    ("chubu", Text("中部", "Chubu"), 9),
    ("kinki", Text("近畿", "Kinki"), 7),
    ("chugoku_shikoku", Text("中国・四国", "Chugoku and Shikoku"), 9),
    ("kyushu_okinawa", Text("九州・沖縄", "Kyushu and Okinawa"), 8),
)
_NAMES = {ja: Text(ja, en) for ja, en in zip(PREFECTURES, _ROMAN.split(), strict=True)}


@dataclass(frozen=True, slots=True)
class Region:
    """Prefectures that are looked for together (地方)."""

    code: str
    name: Text
    prefectures: tuple[str, ...]


def _regions() -> Iterator[Region]:
    left = iter(PREFECTURES)
    for code, name, size in _REGIONS:
        yield Region(code, name, tuple(islice(left, size)))


# In the order of PREFECTURES, all of them, each once.
REGIONS: Final = tuple(_regions())


def place(prefecture: str) -> Text:
    """A prefecture's name in both languages; what is no prefecture stays as it is."""
    return _NAMES.get(prefecture, same(prefecture))


_NOT_ADOPTED: Final = {
    "applicant": (
        Text("登録がまだ採択されていません。", "Your registration is not adopted yet."),
        Text(
            "IT導入支援事業者としての登録が採択されると、ITツールの登録や申請の受け付けができるようになります。",
            "Once your registration as a vendor is adopted, you can register tools and take on applications.",
        ),
    ),
    "suspended": (
        Text("登録が停止されています。", "Your registration is suspended."),
        Text(
            "停止が解除されるまで、ITツールの登録や申請の受け付けはできません。事務局にお問い合わせください。",
            "Until it is lifted no tools can be registered and no applications taken on. Ask the secretariat.",
        ),
    ),
    "revoked": (
        Text("登録が取り消されています。", "Your registration was revoked."),
        Text("事務局にお問い合わせください。", "Please ask the secretariat."),
    ),
    "expired": (
        Text("登録の有効期間が終わっています。", "Your registration has expired."),
        Text("今年度の登録を更新してください。", "Please renew it for this fiscal year."),
    ),
}


class NotAdopted(DomainError):
    """The vendor's registration does not allow it to offer anything now."""

    status = 403

    def __init__(self, standing: str | None) -> None:
        message, remedy = _NOT_ADOPTED.get(standing or "", _NOT_ADOPTED["applicant"])
        super().__init__(Finding("not_adopted", message, remedy))


@dataclass(frozen=True, slots=True)
class OrganisationView:
    """What pages show of an organisation."""

    id: uuid.UUID
    kind: str
    name: str
    name_kana: str
    corporate_number: str | None
    prefecture: str
    address: str
    registered_on: date | None


def _view(row: Organisation) -> OrganisationView:
    return OrganisationView(
        row.id,
        row.kind,
        row.name,
        row.name_kana,
        row.corporate_number,
        row.prefecture,
        row.address,
        row.registered_on,
    )


def own() -> OrganisationView:
    """The organisation the actor acts for."""
    return _view(db.session.get_one(Organisation, current().own_organisation))


def standing_of(organisation_id: uuid.UUID) -> str | None:
    """How a vendor stands with the programme, one of STANDINGS; None for all others and for one that is unknown."""
    return db.session.scalar(select(Organisation.standing).where(Organisation.id == organisation_id))


def require_adopted() -> None:
    """Raise NotAdopted unless the vendor that acts is adopted now. Others are not asked: they are no vendors."""
    who = current()
    if who.audience == "vendor":
        standing = standing_of(who.own_organisation)
        if standing != "adopted":
            raise NotAdopted(standing)


def vendor_by_number(corporate_number: str) -> OrganisationView:
    """A vendor by its corporate number, also one that only applies; NotFound otherwise. For the office."""
    row = db.session.scalar(
        select(Organisation).where(
            Organisation.kind == "vendor", Organisation.corporate_number == corporate_number
        )
    )
    if row is None:
        raise NotFound(Text("IT導入支援事業者", "The vendor"))
    return _view(row)


def register_business(
    person: Actor,
    *,
    name: str,
    corporate_number: str | None,
    prefecture: str,
    address: str,
    another: bool = False,
) -> uuid.UUID:
    """Register the SME a signed-in person runs; they become its owner.

    corporate_number: None for a sole proprietor; its form was checked by the caller. another: the person says that
    the business of the same name and address is not theirs. Raises AlreadyRegistered for a business that has an
    account: one business, one account.
    """
    if person.person_id is None or person.support is not None:
        raise NotPermitted
    with act_as(Actor("sign_in", person_id=person.person_id, name=person.name)):
        return _register("sme", name, corporate_number, prefecture, address, another=another)


def found_vendor(person: Actor, *, name: str, corporate_number: str, prefecture: str, address: str) -> uuid.UUID:
    """Found the vendor for which a signed-in person applies to be registered; they become its owner.

    corporate_number: its form was checked by the caller. Raises AlreadyRegistered when a vendor has this number.
    """
    if person.person_id is None or person.support is not None:
        raise NotPermitted
    with act_as(Actor("sign_in", person_id=person.person_id, name=person.name)):
        return _register("vendor", name, corporate_number, prefecture, address, another=True)


@use_case
def _register(
    kind: Literal["sme", "vendor"],
    name: str,
    corporate_number: str | None,
    prefecture: str,
    address: str,
    *,
    another: bool,
) -> uuid.UUID:
    person_id = current().person_id
    # A second press of the button waits here for the first, and gets the same business.
    db.session.get_one(Person, person_id, with_for_update=True)
    known = db.session.scalar(
        select(Organisation.id)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(
            Membership.person_id == person_id,
            Organisation.kind == kind,
            Organisation.name == name,
            Organisation.corporate_number.is_not_distinct_from(corporate_number),
        )
        .limit(1)
    )
    if known is not None:
        return known
    duplicates.require_new(
        kind,
        name=name,
        prefecture=prefecture,
        address=address,
        numbers=[corporate_number],
        another=another,
    )
    business = Organisation(
        kind=kind,
        standing="applicant" if kind == "vendor" else None,
        name=name,
        form="corporation" if corporate_number else "sole_proprietor",
        corporate_number=corporate_number,
        prefecture=prefecture,
        address=address,
    )
    db.session.add(business)
    db.session.flush()
    db.session.add(Membership(organisation_id=business.id, person_id=person_id, role=f"{kind}_owner"))
    audit.record(
        "business_registered" if kind == "sme" else "vendor_founded",
        subject=("organisation", business.id),
        organisation_id=business.id,
        after={"name": name, "corporate_number": corporate_number, "prefecture": prefecture},
    )
    return business.id
