"""What an organisation says of itself: name, place, numbers, who represents it.

A vendor's name and number are fixed once it was adopted, a number that was verified is fixed for good, and what an
identity provider answers for is taken from there and not typed.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Self

from sqlalchemy import select

from tenants import audit, clock, identities, members, same_people
from tenants.actor import current
from tenants.db import db, use_case
from tenants.errors import BadInput, Finding, NotPermitted, StaleVersion
from tenants.hidden import on_one_line
from tenants.models import Organisation
from tenants.numbers import corporate_number_findings, invoice_number_findings, normalised_number
from tenants.one_form import in_one_form
from tenants.organisations import ADDRESS_LIMIT, NAME_LIMIT, PREFECTURES
from tenants.permissions import Permission
from tenants.same_business import telephone_key
from tenants.text import Text

WHAT: Final = Text("組織の情報", "The organisation's details")
FIELDS: Final[Mapping[str, Text]] = {
    "name": Text("名称（会社名・屋号）", "Name"),
    "name_kana": Text("フリガナ", "Name in kana"),
    "form": Text("法人・個人事業主の別", "Corporation or sole proprietor"),
    "corporate_number": Text("法人番号", "Corporate number"),
    "invoice_number": Text("インボイス登録番号", "Invoice registration number"),
    "prefecture": Text("都道府県", "Prefecture"),
    "address": Text("住所（市区町村から）", "Address, from the city on"),
    "jsic": Text("業種（日本標準産業分類）", "Industry (JSIC)"),
    "representative": Text("代表者の氏名", "Representative"),
    "telephone": Text("電話番号", "Telephone"),
}
FORMS: Final[Mapping[str, Text]] = {
    "corporation": Text("法人（会社・組合・医療法人など）", "Corporation"),
    "sole_proprietor": Text("個人事業主", "Sole proprietor"),
}
LIMITS: Final[Mapping[str, int]] = {
    "name": NAME_LIMIT,
    "name_kana": NAME_LIMIT,
    "address": ADDRESS_LIMIT,
    "representative": 60,
}
_KANA: Final = re.compile(r"[ァ-ヶー・\s0-9A-Za-z&.,'\-]*")
_TELEPHONE: Final = re.compile(r"0[0-9]{9,10}")
_TO_KATAKANA: Final = {code: code + 0x60 for code in range(0x3041, 0x3097)}


@dataclass(frozen=True, slots=True)
class Details:
    """The details as a form has them: words, empty where nothing is known. representative is personal data."""

    name: str = ""
    name_kana: str = ""
    form: str = ""
    corporate_number: str = ""
    invoice_number: str = ""
    prefecture: str = ""
    address: str = ""
    jsic: str = ""
    representative: str = ""
    telephone: str = ""

    @classmethod
    def sent(cls, values: Mapping[str, str]) -> Self:
        """As a form sent them."""
        return cls(**{name: on_one_line(values.get(name, "")) for name in FIELDS})

    def tidy(self) -> Self:
        """In the width and kana they are kept in."""
        kana = in_one_form(self.name_kana).translate(_TO_KATAKANA)
        return replace(
            self,
            name_kana=kana,
            corporate_number="" if self.form == "sole_proprietor" else normalised_number(self.corporate_number),
            invoice_number=normalised_number(self.invoice_number),
            jsic=re.sub(r"[\s\-‐－ー.・]", "", in_one_form(self.jsic)).upper(),
            telephone=normalised_number(self.telephone),
        )


@dataclass(frozen=True, slots=True)
class Record:
    """An organisation's details, its version, and which of them are not its own to change, with the reason."""

    organisation_id: uuid.UUID
    kind: str
    details: Details
    fixed: Mapping[str, Text]
    number_verified_at: datetime | None
    version: int


_NUMBERS: Final = ("corporate_number", "invoice_number")
_VERIFIED: Final = Text(
    "確認済みのため変更できません。変わったときは事務局にご連絡ください。",
    "Verified, so it is fixed. Tell the secretariat when it changes.",
)
_ADOPTED: Final = Text(
    "登録された事業者の情報なので、変更するときは事務局にご連絡ください。",
    "It is in the register of vendors: ask the secretariat to change it.",
)
_FROM_PROVIDER: Final = Text(
    "GビズIDに登録された内容です。変更はGビズIDのサイトで行ってください。",
    "As registered with gBizID; change it there.",
)


def own() -> Record:
    """The details of the organisation one acts for."""
    return _record(db.session.get_one(Organisation, current().own_organisation))


def _record(row: Organisation) -> Record:
    said = Details(**{name: getattr(row, name) or "" for name in FIELDS})
    return Record(row.id, row.kind, said, _fixed(row), row.number_verified_at, row.version)


def _fixed(row: Organisation) -> dict[str, Text]:
    fixed: dict[str, Text] = {}
    person_id = current().person_id
    if row.kind in ("vendor", "sme") and person_id is not None:
        fixed |= dict.fromkeys(_told(row, person_id), _FROM_PROVIDER)
    if row.number_verified_at is not None:
        fixed |= dict.fromkeys(("form", "corporate_number"), _VERIFIED)
    if row.kind == "vendor" and row.standing != "applicant":
        fixed |= dict.fromkeys(("name", "form", "corporate_number"), _ADOPTED)
    return fixed


def _told(row: Organisation, person_id: uuid.UUID) -> Mapping[str, str]:
    """What the person's provider answers for, if it speaks of this business and not of another one of theirs."""
    facts = identities.facts_of(person_id)
    if facts is None or not _speaks_of(row, facts):
        return {}
    return {
        name: (facts.corp_type if name == "form" else getattr(facts, name)) or ""
        for name in identities.locked_fields(person_id)
    }


def _speaks_of(row: Organisation, facts: identities.IdentityFacts) -> bool:
    if facts.corp_type == "corporation":
        return row.corporate_number is not None and facts.corporate_number == row.corporate_number
    return facts.corp_type == "sole_proprietor" and row.form == "sole_proprietor" and facts.name == row.name


@use_case
def save(said: Details, *, read_version: int, require_industry: Callable[[str], object]) -> Record:
    """Keep the details of the organisation one acts for.

    require_industry: raises BadInput for a code that the classification of industries does not have; the classification
    belongs to a floor above. Fields that are fixed stay as they are, whatever was sent for them. Raises StaleVersion when somebody else was
    first, BadInput with one finding for each fault, AlreadyRegistered for another organisation's number.
    """
    who = current()
    who.require(Permission.EDIT_ORGANISATION)
    row = db.session.scalars(
        select(Organisation).where(Organisation.id == who.own_organisation).with_for_update(key_share=True)
    ).one()
    if row.kind not in ("vendor", "sme") or who.person_id is None:
        raise NotPermitted
    if row.version != read_version:
        raise StaleVersion(WHAT, yours=read_version, current=row.version)
    told = _told(row, who.person_id)
    before = _record(row)
    kept = {name: getattr(before.details, name) for name in before.fixed} | {
        name: value for name, value in told.items() if before.fixed.get(name) == _FROM_PROVIDER
    }
    new = replace(said.tidy(), **kept)
    findings = list(_findings(new, kept, require_industry))
    if findings:
        raise BadInput(*findings)
    members.hold(row.id)
    _keep(row, before.details, new)
    if told.get("corporate_number") and row.number_verified_at is None:
        row.number_verified_at = clock.now()
        db.session.flush()
    return _record(row)


def take_examined(organisation_id: uuid.UUID, *, representative: str, telephone: str) -> None:
    """A vendor's representative and telephone are from now on those of the registration that was adopted.

    Part of the secretariat's use case. What it does not say, or not as a telephone, stays as it was. representative
    is personal data.
    """
    row = db.session.get_one(Organisation, organisation_id)
    before = _record(row).details
    called = telephone_key(telephone)
    new = replace(
        before,
        representative=on_one_line(representative)[: LIMITS["representative"]] or before.representative,
        telephone=called if _TELEPHONE.fullmatch(called) else before.telephone,
    )
    _keep(row, before, new)


def _keep(row: Organisation, before: Details, new: Details) -> None:
    """Write what is different, and its event."""
    nullable = ("form", *_NUMBERS)
    written: dict[str, Any] = {name: getattr(new, name) or (None if name in nullable else "") for name in FIELDS}
    changed = [name for name in FIELDS if getattr(row, name) != written[name]]
    if not changed:
        return
    with nullcontext() if set(_NUMBERS).isdisjoint(changed) else same_people.changing(row.id):
        for name in changed:
            setattr(row, name, written[name])
        audit.record(
            "organisation_edited",
            subject=("organisation", row.id),
            organisation_id=row.id,
            before={name: getattr(before, name) for name in changed},
            after={name: getattr(new, name) for name in changed},
        )
        db.session.flush()


def _findings(
    said: Details, kept: Mapping[str, str], require_industry: Callable[[str], object]
) -> Iterator[Finding]:
    """What is wrong with the details; what is fixed is nobody's fault here."""
    yield from (finding for finding in _all_findings(said, require_industry) if finding.field not in kept)


def _all_findings(said: Details, require_industry: Callable[[str], object]) -> Iterator[Finding]:
    for name, most in LIMITS.items():
        value = getattr(said, name)
        if len(value) > most or (not value and name in ("name", "address")):
            yield _length(name, most)
    if said.prefecture not in PREFECTURES:
        yield _choose("prefecture")
    if said.form not in FORMS:
        yield _choose("form")
    if not _KANA.fullmatch(said.name_kana):
        yield _form_of("name_kana", Text("カタカナで入力してください。", "Use katakana."))
    if said.telephone and not _TELEPHONE.fullmatch(said.telephone):
        yield _form_of("telephone", Text("例：03-1234-5678", "For example 03-1234-5678."))
    if said.jsic:
        try:
            require_industry(said.jsic)
        except BadInput as wrong:
            yield from wrong.findings
    yield from _numbers(said)


def _numbers(said: Details) -> Iterator[Finding]:
    sole = said.form == "sole_proprietor"
    if not sole:
        yield from corporate_number_findings(said.corporate_number, "corporate_number")
    if not said.invoice_number:
        return
    wrong = invoice_number_findings(said.invoice_number, "invoice_number", sole_proprietor=sole)
    yield from wrong
    if not sole and not wrong and said.invoice_number != f"T{said.corporate_number}":
        yield Finding(
            "invoice_number_of_another",
            Text(
                "法人のインボイス登録番号は「T」と法人番号ですが、法人番号と違っています。",
                "A corporation's invoice number is T and its corporate number; this one differs.",
            ),
            Text("法人番号とインボイス登録番号の両方をお確かめください。", "Please check both numbers."),
            "invoice_number",
        )


def _length(name: str, most: int) -> Finding:
    label = FIELDS[name]
    return Finding(
        f"{name}_length",
        Text(f"「{label.ja}」が入力されていないか、長すぎます。", f"{label.en} is missing or too long."),
        Text(f"{most}文字以内で入力してください。", f"Enter at most {most} characters."),
        name,
    )


def _choose(name: str) -> Finding:
    label = FIELDS[name]
    return Finding(
        f"{name}_missing",
        Text(f"「{label.ja}」が選ばれていません。", f"{label.en} is not chosen."),
        Text("1つ選んでください。", "Please choose one."),
        name,
    )


def _form_of(name: str, remedy: Text) -> Finding:
    label = FIELDS[name]
    return Finding(
        f"malformed_{name}",
        Text(f"「{label.ja}」の形が正しくありません。", f"{label.en} is not in the right form."),
        remedy,
        name,
    )
