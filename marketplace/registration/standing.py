"""Suspension, revocation, expiry of a vendor and how they are undone: each with its whole cascade at once.

In one transaction: the standing, the listings on the public site, the open applications, the notices. What a case
did is kept with it, so undoing it brings back exactly that.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from sqlalchemy import func, insert, select

from catalogue import suspension
from marketplace.applications.lifecycle import ENDED
from marketplace.models import GrantApplication
from marketplace.registration.committee_models import ApplicationFlag, VendorCase
from marketplace.registration.words import checked_words
from tenants import actor, audit, clock, notices
from tenants.db import constraint, db, use_case
from tenants.errors import Conflict, Finding, IllegalStep, NotFound, StaleVersion
from tenants.models import Organisation
from tenants.permissions import Permission
from tenants.standing import lock_vendor, set_standing
from tenants.text import Text, same

Kind = Literal["suspended", "revoked", "expired"]
WHAT: Final = Text("事業者の登録の状態", "The vendor's standing")

STANDING_LABELS: Final[dict[str, Text]] = {
    "applicant": Text("登録前", "Not registered yet"),
    "adopted": Text("採択（登録中）", "Adopted"),
    "suspended": Text("停止中", "Suspended"),
    "revoked": Text("取消", "Revoked"),
    "expired": Text("期限切れ", "Expired"),
}
# From which standing each may come; what is not listed cannot happen, whoever asks.
FROM: Final[dict[Kind, tuple[str, ...]]] = {
    "suspended": ("adopted",),
    "revoked": ("adopted", "suspended", "expired"),
    "expired": ("adopted",),
}
_STEPS: Final[tuple[tuple[str, Kind], ...]] = (("suspend", "suspended"), ("revoke", "revoked"))
_TOLD: Final[dict[Kind, str]] = {
    "suspended": "vendor_suspended",
    "revoked": "vendor_revoked",
    "expired": "vendor_expired",
}

constraint("uq_vendor_case_organisation_id", Conflict)
# Nobody writes this reason: it is kept in Japanese and read in the reader's language.
EXPIRED: Final = Text(
    "登録の有効期間が終わり、期限までに更新の申請がありませんでした。",
    "The registration ended and no renewal was handed in by the deadline.",
)


@dataclass(frozen=True, slots=True)
class CaseView:
    """A suspension, revocation or expiry as the vendor and the secretariat see it."""

    kind: str
    label: Text
    reason: Text
    listings: int
    applications: int
    began_at: datetime
    ended_at: datetime | None
    ended_reason: str | None


@dataclass(frozen=True, slots=True)
class FlagView:
    """Why an application cannot go on now, in words for both parties and the secretariat."""

    kind: str
    words: Text
    raised_at: datetime


FLAG_WORDS: Final[dict[str, Text]] = {
    "suspended": Text(
        "この申請を代行するIT導入支援事業者の登録が停止されています。停止が解除されるまで、提出できません。",
        "The vendor that files this application is suspended. It cannot be submitted until the suspension ends.",
    ),
    "revoked": Text(
        "この申請を代行するIT導入支援事業者の登録が取り消されました。この事業者からは提出できません。",
        "The registration of the vendor that files this application was revoked. It cannot submit it.",
    ),
    "expired": Text(
        "この申請を代行するIT導入支援事業者の登録が期限切れです。更新されるまで、提出できません。",
        "The registration of the vendor that files this application expired. It cannot be submitted until renewed.",
    ),
}


@use_case
def suspend(organisation_id: uuid.UUID, *, reason: str, read_version: int) -> CaseView:
    """The vendor may do nothing for now: its listings leave the public site, open applications stop.

    Raises StaleVersion when the vendor changed since it was read, IllegalStep unless it is adopted, BadInput
    without a reason.
    """
    return _fall(organisation_id, "suspended", same(_decided(organisation_id, reason, read_version)))


@use_case
def revoke(organisation_id: uuid.UUID, *, reason: str, read_version: int) -> CaseView:
    """The vendor is none any more (取消), until it is adopted anew. Raises as suspend."""
    return _fall(organisation_id, "revoked", same(_decided(organisation_id, reason, read_version)))


@use_case
def expire(organisation_id: uuid.UUID) -> CaseView:
    """The vendor did not renew in time; the same cascade. For the system only."""
    actor.current().require(Permission.SUSPEND_VENDORS)
    return _fall(organisation_id, "expired", EXPIRED)


@use_case
def reinstate(organisation_id: uuid.UUID, *, reason: str, read_version: int) -> None:
    """The suspension is over, and exactly what it did is undone.

    Raises as suspend, IllegalStep unless it is suspended: a revocation is final until a new registration is adopted.
    """
    words = _decided(organisation_id, reason, read_version)
    standing = lock_vendor(organisation_id)
    if standing != "suspended":
        raise _illegal("reinstate", standing)
    case = _open_case(organisation_id)
    set_standing(organisation_id, "adopted", words)
    if case is not None:
        _undo(case, words, listings=True)
    notices.notify_organisation(organisation_id, "vendor_reinstated", link="/vendor/", reason=words)
    audit.record(
        "vendor_reinstated",
        subject=("organisation", organisation_id),
        organisation_id=organisation_id,
        after={"reason": words},
    )


def adopt(organisation_id: uuid.UUID, *, reason: str) -> None:
    """A registration of this vendor was adopted: it stands from today on, in the running transaction.

    A renewal that came late brings back what the expiry took down; after a revocation nothing comes back by itself.
    A suspended vendor stays suspended: a renewal does not lift it.
    """
    standing = lock_vendor(organisation_id)
    if standing == "suspended":
        return
    first = standing != "adopted"
    set_standing(organisation_id, "adopted", reason, registered_on=clock.today() if first else None)
    case = _open_case(organisation_id)
    if case is not None:
        _undo(case, reason, listings=case.kind == "expired")


def _decided(organisation_id: uuid.UUID, reason: str, read_version: int) -> str:
    """The reason of somebody who may decide, on the vendor as it still stands; it stays so until this commits."""
    actor.current().require(Permission.SUSPEND_VENDORS)
    words = checked_words(reason, "reason")
    lock_vendor(organisation_id)
    current = db.session.scalars(select(Organisation.version).where(Organisation.id == organisation_id)).one()
    if current != read_version:
        raise StaleVersion(WHAT, yours=read_version, current=current)
    return words


def _fall(organisation_id: uuid.UUID, kind: Kind, reason: Text) -> CaseView:
    standing = lock_vendor(organisation_id)
    if standing not in FROM[kind]:
        raise _illegal(kind, standing)
    before = _open_case(organisation_id)
    if before is not None:
        # What was suspended is revoked now: the first case is over, but nothing of it comes back.
        before.ended_at, before.ended_reason = clock.now(), reason.ja
        db.session.flush()
    set_standing(organisation_id, kind, reason.ja)
    case = VendorCase(organisation_id=organisation_id, kind=kind, reason=reason.ja)
    db.session.add(case)
    db.session.flush()
    case.listings = suspension.take_down(organisation_id, case_id=case.id, kind=kind)
    businesses = _flag(case)
    notices.notify_organisation(organisation_id, _TOLD[kind], link="/vendor/", reason=reason)
    for application_id, number, sme_id, vendor_name in businesses:
        notices.notify_organisation(
            sme_id,
            "application_flagged",
            link=f"/my/applications/{application_id}",
            number=number,
            vendor=vendor_name,
        )
    return _case(case)


def _flag(case: VendorCase) -> Sequence[tuple[uuid.UUID, int, uuid.UUID, str]]:
    rows = db.session.execute(
        select(GrantApplication.id, GrantApplication.number, GrantApplication.sme_id, GrantApplication.vendor_name)
        .where(GrantApplication.vendor_id == case.organisation_id, GrantApplication.state.not_in(ENDED))
        .order_by(GrantApplication.id)
    ).all()
    case.applications = len(rows)
    if rows:
        db.session.execute(
            insert(ApplicationFlag),
            [
                {
                    "case_id": case.id,
                    "application_id": row.id,
                    "sme_id": row.sme_id,
                    "vendor_id": case.organisation_id,
                    "kind": case.kind,
                }
                for row in rows
            ],
        )
    for row in rows:
        audit.record(
            "application_flagged",
            subject=("application", row.id),
            organisation_id=row.sme_id,
            after={"reason": case.kind},
        )
    return [(row.id, row.number, row.sme_id, row.vendor_name) for row in rows]


def _undo(case: VendorCase, reason: str, *, listings: bool) -> None:
    moment = clock.now()
    case.ended_at, case.ended_reason = moment, reason
    if listings:
        suspension.bring_back(case.id)
    # Flags of a case before this one (suspended, then revoked) end with it: the vendor stands again.
    flags = db.session.scalars(
        select(ApplicationFlag)
        .where(ApplicationFlag.vendor_id == case.organisation_id, ApplicationFlag.cleared_at.is_(None))
        .with_for_update()
    ).all()
    for flag in flags:
        flag.cleared_at = moment
    db.session.flush()
    _tell_resumed({flag.application_id for flag in flags})


def _tell_resumed(application_ids: set[uuid.UUID]) -> None:
    rows = db.session.execute(
        select(GrantApplication.id, GrantApplication.number, GrantApplication.sme_id, GrantApplication.vendor_name)
        .where(GrantApplication.id.in_(application_ids), GrantApplication.state.not_in(ENDED))
        .order_by(GrantApplication.id)
    ).all()
    for row in rows:
        audit.record("application_resumed", subject=("application", row.id), organisation_id=row.sme_id)
        notices.notify_organisation(
            row.sme_id,
            "application_resumed",
            link=f"/my/applications/{row.id}",
            number=row.number,
            vendor=row.vendor_name,
        )


def _open_case(organisation_id: uuid.UUID) -> VendorCase | None:
    return db.session.scalar(
        select(VendorCase)
        .where(VendorCase.organisation_id == organisation_id, VendorCase.ended_at.is_(None))
        .with_for_update()
    )


def cases(organisation_id: uuid.UUID) -> list[CaseView]:
    """What happened to a vendor's standing, newest first; a vendor sees its own."""
    rows = db.session.scalars(
        select(VendorCase)
        .where(VendorCase.organisation_id == organisation_id)
        .order_by(VendorCase.began_at.desc(), VendorCase.id)
    )
    return [_case(row) for row in rows]


@dataclass(frozen=True, slots=True)
class StandingView:
    """How a vendor stands, with its past. steps: what may be done about it, of suspend, revoke, reinstate.

    version: of the vendor as it was read; whoever decides says on which.
    """

    id: uuid.UUID
    name: str
    number: str | None
    standing: str
    label: Text
    registered_on: date | None
    cases: tuple[CaseView, ...]
    steps: tuple[str, ...]
    live_listings: int
    open_applications: int
    version: int


def overview(organisation_id: uuid.UUID) -> StandingView:
    """How this vendor stands; NotFound for what is no vendor, or not the actor's to see."""
    who = actor.current()
    row = db.session.get(Organisation, organisation_id)
    if row is None or row.kind != "vendor" or (who.audience == "vendor" and row.id != who.organisation_id):
        raise NotFound(Text("IT導入支援事業者", "The vendor"))
    standing = row.standing or "applicant"
    possible = [step for step, kind in _STEPS if standing in FROM[kind]]
    if standing == "suspended":
        possible.insert(0, "reinstate")
    applications = select(func.count()).where(
        GrantApplication.vendor_id == row.id, GrantApplication.state.not_in(ENDED)
    )
    return StandingView(
        row.id,
        row.name,
        row.corporate_number,
        standing,
        STANDING_LABELS[standing],
        row.registered_on,
        tuple(cases(row.id)),
        tuple(possible),
        suspension.count_live(row.id),
        db.session.scalar(applications) or 0,
        row.version,
    )


def flags(application_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, FlagView]:
    """Why these applications cannot go on now, by application; those that can are not in it. In one statement."""
    rows = db.session.scalars(
        select(ApplicationFlag)
        .where(ApplicationFlag.application_id.in_(application_ids), ApplicationFlag.cleared_at.is_(None))
        .order_by(ApplicationFlag.raised_at)
    )
    return {row.application_id: FlagView(row.kind, FLAG_WORDS[row.kind], row.raised_at) for row in rows}


def _case(row: VendorCase) -> CaseView:
    return CaseView(
        row.kind,
        STANDING_LABELS[row.kind],
        EXPIRED if row.reason == EXPIRED.ja else same(row.reason),
        row.listings,
        row.applications,
        row.began_at,
        row.ended_at,
        row.ended_reason,
    )


_DONE: Final[dict[str, Text]] = {
    "suspended": Text("登録を停止する", "Suspend"),
    "revoked": Text("登録を取り消す", "Revoke"),
    "expired": Text("期限切れにする", "Let expire"),
    "reinstate": Text("停止を解除する", "Reinstate"),
}


def _illegal(what: str, standing: str) -> IllegalStep:
    return IllegalStep(
        Finding(
            "illegal_step",
            Text(
                f"「{STANDING_LABELS[standing].ja}」の事業者に「{_DONE[what].ja}」はできません。",
                f"“{_DONE[what].en}” is not possible while the vendor is “{STANDING_LABELS[standing].en}”.",
            ),
            Text("画面を開き直して、いまの状態を確認してください。", "Reload the page to see how it stands now."),
        )
    )
