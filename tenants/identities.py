"""What providers vouch for: kept with its time, shown in forms, locked where it is certain."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from sqlalchemy import select

from tenants import audit, clock
from tenants.actor import Actor, current
from tenants.db import act_as, db, use_case
from tenants.errors import BadInput, DomainError, Finding, NotPermitted
from tenants.identity_profiles import AccountType, BusinessFacts, CorpType, Said, Unusable, mirasapo_id
from tenants.models import IdentityFacts as FactsRow
from tenants.models import MirasapoAccount, Person
from tenants.organisations import PREFECTURES
from tenants.text import Text

# Prime and member accounts were checked with papers; an entry account is what somebody typed in.
CERTAIN: Final = frozenset({"prime", "member"})


class EntryAccount(DomainError):
    """An entry account of GビズID may look at everything and apply for nothing."""

    status: ClassVar[int] = 403

    def __init__(self) -> None:
        super().__init__(ENTRY_FINDING)


ENTRY_FINDING: Final = Finding(
    "entry_account",
    Text(
        "GビズIDエントリーのアカウントでは、申請はできません。ITツールをさがしたり比べたりすることはできます。",
        "With a gBizID entry account you may search and compare, but not apply.",
    ),
    Text(
        "GビズIDのサイトで「GビズIDプライム」を申請してください（無料）。法人は印鑑証明書、個人事業主は印鑑登録証明書を使い、"
        "書類での申請は1〜2週間ほどかかります。取得したら、そのアカウントでログインし直してください。",
        "Apply for a gBizID Prime account on the gBizID site (free of charge; with a seal certificate by post it takes"
        " one or two weeks), then sign in again with it.",
    ),
)


@dataclass(frozen=True, slots=True)
class IdentityFacts:
    """What is known of a person from providers. verified_at: when a provider last said so; None: nobody but themselves.

    mirasapo_id may be the person's own word (verified_at speaks of the business), and then it opens no door;
    mirasapo_certain: a provider says it.
    """

    account_type: AccountType | None
    corp_type: CorpType | None
    corporate_number: str | None
    name: str
    name_kana: str
    prefecture: str
    address: str
    mirasapo_id: str | None
    verified_at: datetime | None
    mirasapo_certain: bool = False


def facts_of(person_id: uuid.UUID) -> IdentityFacts | None:
    """What providers say of this person, newest first; None when nothing is known, or the actor may not know it."""
    row = db.session.scalar(
        select(FactsRow).where(FactsRow.person_id == person_id).order_by(FactsRow.verified_at.desc()).limit(1)
    )
    account = db.session.get(MirasapoAccount, person_id)
    certain = account is not None and account.verified_at is not None
    if row is None:
        if account is None:
            return None
        return IdentityFacts(None, None, None, "", "", "", "", account.mirasapo_id, account.verified_at, certain)
    return IdentityFacts(
        row.account_type,  # type: ignore[arg-type]  # the table's check keeps to these words
        row.corp_type,  # type: ignore[arg-type]
        row.corporate_number,
        row.name,
        row.name_kana,
        row.prefecture,
        row.address,
        account.mirasapo_id if account else None,
        row.verified_at,
        certain,
    )


def locked_fields(person_id: uuid.UUID) -> frozenset[str]:
    """The organisation's fields that a provider answers for, so that nobody types them.

    Of form, corporate_number, name, name_kana, prefecture, address. A sole proprietor's corporate number is locked
    as well: there is none.
    """
    facts = facts_of(person_id)
    if facts is None or facts.account_type not in CERTAIN:
        return frozenset()
    told = {name for name in ("name", "name_kana", "address") if getattr(facts, name)}
    if facts.prefecture in PREFECTURES:
        told.add("prefecture")
    return frozenset(told | {"form", "corporate_number"})


def require_may_apply() -> None:
    """Raise EntryAccount when the acting person signs in with an account that may only look."""
    person_id = current().person_id
    facts = facts_of(person_id) if person_id else None
    if facts is not None and facts.account_type == "entry":
        raise EntryAccount


def keep(person_id: uuid.UUID, provider: str, said: Said) -> None:
    """Keep what a provider has just said; for signing in, inside its transaction."""
    if said.business is not None:
        _keep_business(person_id, provider, said.business)
    if said.mirasapo_id is not None:
        account = db.session.get(MirasapoAccount, person_id, with_for_update=True)
        if account is None:
            account = MirasapoAccount(person_id=person_id)
            db.session.add(account)
        account.mirasapo_id = said.mirasapo_id
        account.recorded_at = account.verified_at = clock.now()


def _keep_business(person_id: uuid.UUID, provider: str, facts: BusinessFacts) -> None:
    row = db.session.get(FactsRow, (person_id, provider), with_for_update=True)
    if row is None:
        row = FactsRow(person_id=person_id, provider=provider)
        db.session.add(row)
    for name in facts.__slots__:
        setattr(row, name, getattr(facts, name))
    row.verified_at = clock.now()


def mirasapo_id_findings(written: str) -> list[Finding]:
    """What is wrong with a ミラサポ id as it was typed; empty when nothing is, or nothing was typed."""
    try:
        if written:
            mirasapo_id(written)
    except Unusable:
        return [
            Finding(
                "malformed_mirasapo_id",
                Text("ミラサポIDの形が正しくありません。", "This is not the form of a Mirasapo id."),
                Text(
                    "ミラサポの会員ページにあるIDを、英数字と記号（. _ @ + -）の4〜64文字で入力してください。",
                    "Enter the id shown on your Mirasapo page: 4 to 64 letters, digits and . _ @ + -.",
                ),
                "mirasapo_id",
            )
        ]
    return []


def state_mirasapo_id(person: Actor, written: str) -> str:
    """Record the ミラサポ id that a person says is theirs; gives what is kept.

    Nobody vouches for it, so it opens no door; one that a provider vouches for stays. Raises BadInput when it has not
    the form of one.
    """
    findings = mirasapo_id_findings(written)
    if findings:
        raise BadInput(*findings)
    if person.person_id is None:
        raise NotPermitted
    with act_as(Actor("sign_in", person_id=person.person_id, name=person.name)):
        return _state_mirasapo_id(person.person_id, mirasapo_id(written))


@use_case
def _state_mirasapo_id(person_id: uuid.UUID, found: str) -> str:
    # A second press of the button waits here for the first.
    db.session.get_one(Person, person_id, with_for_update=True)
    account = db.session.get(MirasapoAccount, person_id)
    if account is not None and (account.verified_at is not None or account.mirasapo_id == found):
        return account.mirasapo_id
    if account is None:
        account = MirasapoAccount(person_id=person_id)
        db.session.add(account)
    account.mirasapo_id, account.recorded_at = found, clock.now()
    audit.record("mirasapo_id_stated", subject=("person", person_id), organisation_id=None)
    return found
