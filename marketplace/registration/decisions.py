"""What the secretariat decides on a registration after the committee, and the vendor's appeal against it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from sqlalchemy import select

from marketplace import announcements
from marketplace.registration import committee, likeness, standing
from marketplace.registration.committee_models import AdoptionEntry, CommitteeTurn
from marketplace.registration.models import RegistrationStep, VendorRegistration
from marketplace.registration.steps import locked, may, take
from marketplace.registration.words import bad, checked_words
from tenants import actor, audit, clock, details, identities, notices
from tenants.db import constraint, db, use_case
from tenants.errors import Conflict, Finding, NotFound, OutsideWindow
from tenants.models import Organisation
from tenants.organisations import place
from tenants.permissions import Permission
from tenants.text import Text

OWN_PAGE: Final = "/vendor/registration"
ADOPTED: Final = Text("採択", "adopted")
NOT_ADOPTED: Final = Text("不採択", "not adopted")
DISMISSED: Final = Text("異議申立てを退け、不採択", "appeal dismissed, not adopted")
MOST_IN_A_LIST: Final = 500

constraint("pk_adoption_entry", Conflict)


@use_case
def decide(registration_id: uuid.UUID, *, adopt: bool, reason: str, read_version: int) -> None:
    """Adopt a registration or not, with reasons; adopted, the vendor stands from today on.

    Raises BadInput while not all assigned members have handed in (at least the quorum), StaleVersion, IllegalStep.
    """
    row = locked(registration_id, read_version)
    step = may("adopt" if adopt else "reject", row)
    words = checked_words(reason, "reason")
    turn = _turn_to_close(row.id)
    turn.closed_at = row.decided_at = clock.now()
    row.decision_reason = words
    take(row, step, note=words)
    db.session.flush()
    if adopt:
        standing.adopt(row.organisation_id, reason=words)
        representative, telephone = likeness.said_in(row)
        details.take_examined(row.organisation_id, representative=representative, telephone=telephone)
    _tell(row, ADOPTED if adopt else NOT_ADOPTED, words)


def _turn_to_close(registration_id: uuid.UUID) -> CommitteeTurn:
    turn = db.session.scalar(
        select(CommitteeTurn)
        .where(CommitteeTurn.registration_id == registration_id, CommitteeTurn.closed_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if turn is None or turn.opened_at is None:
        done, waiting = (turn.submitted, turn.waiting) if turn else (0, 0)
        raise bad(
            "scores_missing",
            Text(
                f"採点がそろっていません（提出済み {done}名、採点中 {waiting}名）。",
                f"Not all have scored ({done} handed in, {waiting} still scoring).",
            ),
            Text(
                "割り当てた委員全員（2名以上）の採点がそろってから決定してください。",
                "Decide when all assigned members, at least two, have handed in.",
            ),
        )
    return turn


def _tell(row: VendorRegistration, decision: Text, reason: str) -> None:
    notices.notify_organisation(
        row.organisation_id,
        "registration_decided",
        link=OWN_PAGE,
        number=row.number,
        decision=decision,
        reason=reason,
    )


@use_case
def publish_adoptions(registration_ids: Sequence[uuid.UUID]) -> int:
    """Publish these adoptions in one announcement with the date and the names (採択公表); its number.

    Raises BadInput when none is named, too many are, or one is not adopted or was published before.
    """
    wanted = list(dict.fromkeys(registration_ids))
    if not 1 <= len(wanted) <= MOST_IN_A_LIST:
        raise bad(
            "nothing_chosen",
            Text(
                f"公表する登録を1〜{MOST_IN_A_LIST}件選んでください。",
                f"Choose 1 to {MOST_IN_A_LIST} registrations.",
            ),
            Text("一覧でチェックを入れてください。", "Tick them in the list."),
            "chosen",
        )
    rows = db.session.execute(
        select(VendorRegistration, Organisation)
        .join(Organisation, Organisation.id == VendorRegistration.organisation_id)
        .outerjoin(AdoptionEntry, AdoptionEntry.registration_id == VendorRegistration.id)
        .where(
            VendorRegistration.id.in_(wanted),
            VendorRegistration.state == "adopted",
            AdoptionEntry.registration_id.is_(None),
        )
        .order_by(VendorRegistration.number)
    ).all()
    if len(rows) != len(wanted):
        raise bad(
            "not_to_be_published",
            Text(
                "採択されていないか、すでに公表した登録が含まれています。",
                "Some are not adopted, or were published before.",
            ),
            Text("一覧を開き直して、もう一度選んでください。", "Reload the list and choose again."),
            "chosen",
        )
    title, body = adoption_list([vendor for _, vendor in rows])
    number = announcements.publish(title, body, category="adoption", subject=("adoption_list", str(wanted[0])))
    for row, _ in rows:
        db.session.add(
            AdoptionEntry(registration_id=row.id, organisation_id=row.organisation_id, announcement_number=number)
        )
        audit.record(
            "registration_adoption_published",
            subject=("registration", row.id),
            organisation_id=row.organisation_id,
            after={"announcement": number},
        )
    return number


@dataclass(frozen=True, slots=True)
class Unpublished:
    """An adoption that was not published yet."""

    id: uuid.UUID
    number: int
    vendor_name: str
    prefecture: str
    decided_at: datetime | None


def unpublished() -> list[Unpublished]:
    """Adoptions that wait to be published, the oldest decision first, at most one list's worth."""
    actor.current().require(Permission.VIEW_SECRETARIAT)
    rows = db.session.execute(
        select(VendorRegistration, Organisation.name, Organisation.prefecture)
        .join(Organisation, Organisation.id == VendorRegistration.organisation_id)
        .outerjoin(AdoptionEntry, AdoptionEntry.registration_id == VendorRegistration.id)
        .where(VendorRegistration.state == "adopted", AdoptionEntry.registration_id.is_(None))
        .order_by(VendorRegistration.decided_at, VendorRegistration.number)
        .limit(MOST_IN_A_LIST)
    )
    return [Unpublished(row.id, row.number, name, where, row.decided_at) for row, name, where in rows]


def announcement_of(registration_id: uuid.UUID) -> int | None:
    """The announcement this adoption was published in; None before."""
    entry = db.session.get(AdoptionEntry, registration_id)
    return entry.announcement_number if entry else None


@dataclass(frozen=True, slots=True)
class Appealable:
    """A decision against the vendor, and until when it may appeal; may: whether it can now."""

    id: uuid.UUID
    number: int
    reason: str
    decided_at: datetime
    due: datetime
    may: bool
    version: int


def own_decision() -> Appealable:
    """The actor's own newest registration that was not adopted; NotFound when there is none."""
    row = db.session.scalar(
        select(VendorRegistration)
        .where(
            VendorRegistration.organisation_id == actor.current().own_organisation,
            VendorRegistration.state == "not_adopted",
        )
        .order_by(VendorRegistration.number.desc())
        .limit(1)
    )
    due = appeal_due(row) if row else None
    if row is None or row.decided_at is None or due is None:
        raise NotFound(Text("異議を申し立てられる決定", "A decision to appeal against"))
    may_now = clock.now().replace(microsecond=0) <= due and not was_appealed(row.id)
    return Appealable(row.id, row.number, row.decision_reason or "", row.decided_at, due, may_now, row.version)


def adoption_list(vendors: Sequence[Organisation]) -> tuple[Text, Text]:
    """Title and text of the announcement that names these vendors; in Japan's date of today."""
    today = clock.today()
    title = Text(
        f"IT導入支援事業者の採択結果について（{today:%Y年%-m月%-d日}）",
        f"Vendors adopted on {today:%Y-%m-%d}",
    )
    names = [(vendor.name, vendor.corporate_number or "—", place(vendor.prefecture)) for vendor in vendors]
    return title, Text(
        f"外部審査委員会の審査を経て、次の{len(names)}者をIT導入支援事業者として採択しました。\n\n"
        + "\n".join(
            f"・{name}（法人番号 {number}、{where.ja or '所在地未登録'}）" for name, number, where in names
        ),
        f"After the review committee's review, these {len(names)} were adopted as vendors.\n\n"
        + "\n".join(f"- {name} (corporate number {number}, {where.en or '—'})" for name, number, where in names),
    )


# --- the appeal ---


def appeal_deadline(decided_at: datetime, days: int) -> datetime:
    """The last second, in Japan, of the day so many days after the decision."""
    last = decided_at.astimezone(clock.JAPAN).date() + timedelta(days=days)
    return datetime.combine(last, time(23, 59, 59), clock.JAPAN)


@use_case
def appeal(registration_id: uuid.UUID, *, reason: str, read_version: int) -> None:
    """The vendor appeals against not being adopted, once, within the days that the rules give.

    Raises OutsideWindow after the last day, BadInput for a second appeal or without a reason, EntryAccount.
    """
    row = locked(registration_id, read_version)
    step = may("appeal", row)
    identities.require_may_apply()
    words = checked_words(reason, "reason")
    if was_appealed(row.id):
        raise bad(
            "appealed_once",
            Text("異議申立ては、1つの申請につき1回です。", "A registration can be appealed once."),
            Text("次の公募回で、あらためて申請できます。", "You can apply again in the next round."),
        )
    due = appeal_due(row)
    if due is None or clock.now().replace(microsecond=0) > due:
        raise OutsideWindow(_too_late(due))
    take(row, step, note=words)
    vendor = db.session.get_one(Organisation, row.organisation_id)
    notices.notify_secretariat(
        "registration_appealed",
        link=f"/secretariat/registrations/{row.id}/review",
        permission=Permission.DECIDE_REGISTRATIONS,
        number=row.number,
        vendor=vendor.name,
    )


def was_appealed(registration_id: uuid.UUID) -> bool:
    """Whether the vendor appealed before."""
    found = select(RegistrationStep.id).where(
        RegistrationStep.registration_id == registration_id, RegistrationStep.step == "appeal"
    )
    return db.session.scalar(found.limit(1)) is not None


def appeal_due(row: VendorRegistration) -> datetime | None:
    """Until when this decision can be appealed, by the rules it was made under; None when there is none."""
    if row.decided_at is None:
        return None
    return appeal_deadline(row.decided_at, committee.rules_at(row.decided_at).appeal_days)


def _too_late(due: datetime | None) -> Finding:
    words = f"{due:%Y年%-m月%-d日 %H:%M}" if due else "—"
    return Finding(
        "appeal_overdue",
        Text(f"異議申立ての期限（{words}）を過ぎています。", "The days for an appeal have passed."),
        Text("次の公募回で、あらためて申請できます。", "You can apply again in the next round."),
    )


@use_case
def reopen(registration_id: uuid.UUID, person_ids: Sequence[uuid.UUID], *, read_version: int) -> None:
    """An appeal goes to the committee again, to other members than before. Raises as committee.assign."""
    row = locked(registration_id, read_version)
    step = may("pass_to_committee", row)
    if row.state != "appealed":
        raise bad(
            "not_appealed",
            Text("異議申立てのある申請ではありません。", "There is no appeal."),
            Text("画面を開き直してください。", "Reload the page."),
        )
    take(row, step)
    db.session.flush()
    committee.assign(registration_id, person_ids)


@use_case
def dismiss_appeal(registration_id: uuid.UUID, *, reason: str, read_version: int) -> None:
    """The secretariat dismisses an appeal, with the reason; it stays not adopted."""
    row = locked(registration_id, read_version)
    step = may("dismiss_appeal", row)
    words = checked_words(reason, "reason")
    take(row, step, note=words)
    _tell(row, DISMISSED, words)
