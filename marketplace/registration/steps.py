"""What every step of a registration does alike: lock it, ask the table, move it, write its history."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from marketplace import rounds
from marketplace.applications.document import digest
from marketplace.registration.data import form
from marketplace.registration.lifecycle import REGISTRATION
from marketplace.registration.models import RegistrationStep, VendorRegistration
from marketplace.rounds import Round
from tenants import actor, audit, clock
from tenants.db import constraint, db
from tenants.errors import Conflict, Finding, NotFound, NotPermitted, OutsideWindow, StaleVersion
from tenants.text import Text
from tenants.workflow import Step

WHAT: Final = Text("登録申請", "The registration")
LANE: Final = "vendor_registration"

constraint("uq_vendor_registration_organisation_id", Conflict)


def locked(registration_id: uuid.UUID, read_version: int | None = None) -> VendorRegistration:
    """The registration, locked; NotFound for another's, NotPermitted for who only audits, StaleVersion when it changed since it was read."""
    who = actor.current()
    if who.only_audits:
        raise NotPermitted
    row = db.session.get(VendorRegistration, registration_id, with_for_update=True, populate_existing=True)
    if row is None or (who.audience == "vendor" and row.organisation_id != who.organisation_id):
        raise NotFound(WHAT)
    if read_version is not None and row.version != read_version:
        raise StaleVersion(WHAT, yours=read_version, current=row.version)
    return row


def may(code: str, row: VendorRegistration) -> Step:
    """The step, if the table lists it now for this actor; in its window where it has one."""
    step = REGISTRATION.check(code, row.state, actor.current())
    if step.window and row.state == "returned":
        require_in_time(row)
    elif step.window and not row.paper:
        require_window()
    return step


def take(
    row: VendorRegistration,
    step: Step,
    *,
    note: str = "",
    reasons: Mapping[str, str] | None = None,
    document: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Move this step, and write its history and its audit event."""
    before, row.state = row.state, step.target
    remember(row, step.code, before=before, note=note, reasons=reasons, document=document, after=after)


def remember(
    row: VendorRegistration,
    code: str,
    *,
    before: str,
    note: str = "",
    reasons: Mapping[str, str] | None = None,
    document: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """The history and the audit event ``registration_<code>`` of something that happened to it."""
    db.session.add(
        RegistrationStep(
            registration_id=row.id,
            organisation_id=row.organisation_id,
            step=code,
            from_state=before,
            to_state=row.state,
            by_secretariat=actor.current().audience != "vendor",
            person_id=actor.current().person_id,
            note=note,
            reasons=dict(reasons) if reasons else None,
            document=document,
            document_hash=digest(document) if document else None,
        )
    )
    reason = {"reason": note} if note else {}
    audit.record(
        f"registration_{code}",
        subject=("registration", row.id),
        organisation_id=row.organisation_id,
        before={"state": before} if before else None,
        after={"state": row.state, **reason, **(after or {})},
    )


def require_window() -> Round:
    """The round that takes registrations through the site now; OutsideWindow with the dates otherwise."""
    window = open_window()
    if window is None:
        raise OutsideWindow(_closed())
    return window


def open_window() -> Round | None:
    """The round that takes registrations through the site now; None when none does."""
    moment = clock.now()
    return next((each for each in windows() if each.is_open(moment)), None)


def windows() -> list[Round]:
    """All rounds that take registrations through the site."""
    left_out = form().paper_only_rounds
    return [each for each in rounds.all_rounds() if each.kind == LANE and each.id not in left_out]


def round_on(day: date) -> Round:
    """The round in whose days a paper was received; a round of the site's takes papers too. OutsideWindow else."""
    for each in rounds.all_rounds():
        opens, closes = (moment.astimezone(clock.JAPAN).date() for moment in (each.opens_at, each.closes_at))
        if each.kind == LANE and opens <= day <= closes:
            return each
    raise OutsideWindow(
        Finding(
            "received_outside_window",
            Text(
                f"{day:%Y年%-m月%-d日}は、登録の受付期間ではありません。",
                f"{day:%Y-%m-%d} lies in no round for registrations.",
            ),
            Text("書面を受け取った日を確かめてください。", "Check the day on which it was received."),
            "paper_received_on",
        )
    )


def fiscal_year_of(day: date) -> int:
    """The fiscal year (April to March) a day in Japan lies in, by the year it begins in."""
    return day.year if day.month >= 4 else day.year - 1


def _closed() -> Finding:
    wanted = rounds.worth_knowing(windows(), clock.now())
    ja = "、".join(f"{each.name.ja} {_ja(each.opens_at)}〜{_ja(each.closes_at)}" for each in wanted)
    en = "; ".join(f"{each.name.en} {_en(each.opens_at)} to {_en(each.closes_at)}" for each in wanted)
    return Finding(
        "outside_window",
        Text(
            f"いまはIT導入支援事業者の登録を受け付けていません。受付期間：{ja or '未定'}",
            f"Registrations are not open now. Windows (Japan time): {en or 'not announced'}",
        ),
        Text(
            "次の受付が始まってから、もう一度お手続きください。入力した内容は残っています。",
            "Come back when the next window opens; what you entered is kept.",
        ),
    )


def _ja(moment: datetime) -> str:
    return f"{moment.astimezone(clock.JAPAN):%Y年%-m月%-d日 %H:%M}"


def _en(moment: datetime) -> str:
    return f"{moment.astimezone(clock.JAPAN):%Y-%m-%d %H:%M}"


def require_in_time(row: VendorRegistration) -> None:
    """Raise OutsideWindow once the deadline for corrections has passed."""
    due = row.corrections_due_at
    if due is not None and clock.now().replace(microsecond=0) > due:
        raise OutsideWindow(
            Finding(
                "corrections_overdue",
                Text(
                    f"再提出の期限（{_ja(due)}）を過ぎています。",
                    f"The deadline for corrections ({_en(due)}, Japan time) has passed.",
                ),
                Text("事務局にご相談ください。", "Please speak to the secretariat."),
            )
        )


def due_in(days: int) -> datetime:
    """The last second, in Japan, of the day this many days from today."""
    return datetime.combine(clock.today() + timedelta(days=days), time(23, 59, 59), clock.JAPAN)
