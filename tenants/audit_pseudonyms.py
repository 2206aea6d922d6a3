"""A person can be forgotten while the chain of events holds: events then tell what was done, and no longer by whom."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, or_, select

from tenants import audit
from tenants.actor import current
from tenants.db import db, use_case
from tenants.errors import BadInput, DomainError, Finding, NotFound
from tenants.models import Membership, Organisation, Person
from tenants.paging import Page, page_of
from tenants.permissions import Permission
from tenants.text import Text

# Why somebody is forgotten: kept in the trail for good, so it is chosen and not written.
REASONS: Final[Mapping[str, Text]] = {
    "asked": Text("本人から消去の求めがあった", "The person asked for it"),
    "not_needed": Text("保存する期間や目的が終わった", "It need not be kept any longer"),
    "mistaken": Text("誤って登録された", "It was registered by mistake"),
}
# What is held of a person, in the order in which it is told (migration 0017 counts it).
KINDS: Final[Mapping[str, Text]] = {
    "trail": Text("監査記録の横に置いた氏名・メールアドレス", "Names and addresses beside the audit trail"),
    "identities": Text("ログインに使うアカウントとの結び付き", "Accounts they sign in with"),
    "sessions": Text("ログインの記録（端末・ネットワーク）", "Sign-ins (device, network)"),
    "business_facts": Text("GビズID・ミラサポから受け取った情報", "What gBizID and Mirasapo said"),
    "notices": Text("本人あての通知", "Notices to them"),
    "mails": Text("本人あてのメールの記録", "Records of mails to them"),
    "bookings": Text(
        "説明会の予約（氏名・会社名・メールアドレス）", "Bookings of briefings (name, company, address)"
    ),
    "invitations": Text("招待（送った人・受けた人として）", "Invitations (as sender or receiver)"),
    "support_views": Text("サポート閲覧の記録", "Support views"),
    "uploads": Text("取り込み途中のファイル", "Files that were being imported"),
    "saved_searches": Text("保存した検索", "Saved searches"),
    "relations": Text("審査委員として届け出た関係先", "Relations declared as a committee member"),
}
_REFERENCE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 /_-]{0,39}")
_PERSON: Final = Text("その人", "The person")


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """Somebody who has an account. name and email are personal data. organisations: those they belong to."""

    id: uuid.UUID
    name: str
    email: str
    since: datetime
    organisations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """What is held of a person: how much of each of KINDS. reviews: in how many reviews they took part; those stay."""

    person: FoundPerson
    counts: Mapping[str, int]
    reviews: int


def _still_member() -> DomainError:
    return DomainError(
        Finding(
            "still_member",
            Text("この人は、まだ組織に所属しています。", "This person still belongs to an organisation."),
            Text(
                "先に、すべての組織から外してください。",
                "Have them removed from every organisation first.",
            ),
        )
    )


def people(words: str, *, page: int = 1) -> Page[FoundPerson]:
    """People by their whole address of mail or a part of their name; nobody while nothing is asked for.

    Nobody leafs through everybody.
    """
    current().require(Permission.VIEW_PEOPLE)
    wanted = words.strip()
    query = select(Person).where(Person.name != "").order_by(Person.name, Person.id)
    named = Person.name.icontains(wanted, autoescape=True)
    query = query.where(or_(named, func.lower(Person.email) == wanted.lower()) if wanted else Person.id.is_(None))
    found = page_of(query, lambda row: row[0], number=page, per_page=20)
    places = _places([person.id for person in found.items])
    items = tuple(_found(person, places) for person in found.items)
    return Page(items, found.total, found.number, found.per_page)


def _places(person_ids: list[uuid.UUID]) -> dict[uuid.UUID, tuple[str, ...]]:
    rows = db.session.execute(
        select(Membership.person_id, Organisation.name)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.person_id.in_(person_ids))
        .group_by(Membership.person_id, Organisation.id, Organisation.name)
        .order_by(Organisation.name, Organisation.id)
    )
    found: dict[uuid.UUID, tuple[str, ...]] = {}
    for person_id, name in rows:
        found[person_id] = (*found.get(person_id, ()), name)
    return found


def _found(person: Person, places: Mapping[uuid.UUID, tuple[str, ...]]) -> FoundPerson:
    return FoundPerson(person.id, person.name, person.email, person.created_at, places.get(person.id, ()))


def held(person_id: uuid.UUID) -> Held:
    """What is held of a person, before it is erased. NotFound for nobody, or for somebody forgotten before."""
    current().require(Permission.VIEW_PEOPLE)
    person = db.session.scalar(select(Person).where(Person.id == person_id, Person.name != ""))
    if person is None:
        raise NotFound(_PERSON)
    counted: dict[str, Any] = db.session.scalar(select(func.personal_data_of(person_id))) or {}
    return Held(
        _found(person, _places([person_id])),
        {kind: int(counted[kind]) for kind in KINDS},
        int(counted["reviews"]),
    )


@use_case
def forget(person_id: uuid.UUID, *, reason: str, reference: str = "") -> int:
    """Erase a person's name and address wherever only the person needs them, for good.

    For the secretariat's administrator. Gone are the names beside the trail, the account's name, address of mail,
    identities, sessions, notices and mails, and the names in bookings, invitations and support views; the events
    stay, and one more says that a person was forgotten. What the programme's rules want kept stays: who decided what
    in a review, and what registrations and applications say. reason: one of REASONS. reference: the number of the
    letter that asked for it. How many personal values of the trail are gone is returned. NotFound for nobody, or for
    somebody forgotten before; still_member for somebody who belongs to an organisation; BadInput for reason or
    reference.
    """
    current().require(Permission.FORGET_PEOPLE)
    _require_reason(reason, reference)
    known = db.session.scalar(select(Person.id).where(Person.id == person_id, Person.name != ""))
    if known is None:
        raise NotFound(_PERSON)
    gone: list[str] | None = db.session.scalar(select(func.forget_person(person_id)))
    if gone is None:
        raise _still_member()
    db.session.expire_all()
    audit.record(
        audit.FORGOTTEN,
        subject=("person", person_id),
        organisation_id=None,
        after={"digests": gone, "reason": reason} | ({"reference": reference} if reference else {}),
    )
    return len(gone)


def _require_reason(reason: str, reference: str) -> None:
    findings = []
    if reason not in REASONS:
        findings.append(
            Finding(
                "reason_missing",
                Text("消去する理由が選ばれていません。", "No reason is chosen."),
                Text("あてはまるものを選んでください。", "Choose what applies."),
                "reason",
            )
        )
    if reference and not _REFERENCE.fullmatch(reference):
        findings.append(
            Finding(
                "malformed_reference",
                Text("受付番号の形が正しくありません。", "This is not a reference number."),
                Text(
                    "消えない記録に残るため、氏名は書けません。英数字と記号（- / _）の40文字以内で入力してください。",
                    "It stays on record, so it holds no name: letters, digits and - / _ only, 40 at most.",
                ),
                "reference",
            )
        )
    if findings:
        raise BadInput(*findings)
