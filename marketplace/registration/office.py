"""What the secretariat does with registrations: check, return, pass on, and enter those that came on paper."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import date, datetime, time
from typing import Final

from sqlalchemy import select

from marketplace.registration import likeness, services, steps
from marketplace.registration.data import form
from marketplace.registration.services import OWN_PAGE, hand_in
from marketplace.registration.steps import locked, may, remember, take
from tenants import actor, audit, clock, duplicates, notices
from tenants.across_kinds import Said
from tenants.db import db, use_case
from tenants.errors import BadInput, Finding, IllegalStep
from tenants.models import Organisation
from tenants.permissions import Permission
from tenants.reasons import reasoned
from tenants.text import Text

MOST_DAYS: Final = 90


@use_case
def send_back(registration_id: uuid.UUID, reasons: Mapping[str, str], *, read_version: int) -> None:
    """Return a registration with a reason for each section that is to be corrected; only those open again.

    reasons: by the section's code; empty ones count as none. The time for it is that of the form's data.
    Raises BadInput when no section has a reason.
    """
    row = locked(registration_id, read_version)
    step = may("return", row)
    known = form(row.form_version)
    given = {
        page.code: reasoned(reasons[page.code], f"reason-{page.code}")
        for page in known.pages
        if reasons.get(page.code, "").strip()
    }
    if not given:
        raise BadInput(
            Finding(
                "no_section_named",
                Text("差し戻す項目と理由が入力されていません。", "No section has a reason."),
                Text(
                    "直してほしい項目に、直し方が分かる理由を書いてください。",
                    "Write a reason beside each section that is to be corrected.",
                ),
            )
        )
    row.returned = given
    row.corrections_due_at = steps.due_in(known.correction_days)
    take(row, step, reasons=given, after={"sections": list(given)})
    titles = [page.title for page in known.pages if page.code in given]
    notices.notify_organisation(
        row.organisation_id,
        "registration_returned",
        link=OWN_PAGE,
        permission=Permission.VIEW_REGISTRATION,
        number=row.number,
        sections=Text("、".join(each.ja for each in titles), ", ".join(each.en for each in titles)),
        deadline=row.corrections_due_at,
    )


@use_case
def extend(registration_id: uuid.UUID, day: date, *, reason: str, read_version: int) -> None:
    """Give a returned registration until the end of another day, in Japan. BadInput for a day that is no help."""
    actor.current().require(Permission.CHECK_REGISTRATIONS)
    row = locked(registration_id, read_version)
    if row.state != "returned":
        raise IllegalStep(
            Finding(
                "not_returned",
                Text("差戻し中の登録申請ではありません。", "It is not returned."),
                Text("画面を開き直してください。", "Reload the page."),
            )
        )
    if not 0 <= (day - clock.today()).days <= MOST_DAYS:
        raise BadInput(
            Finding(
                "deadline_out_of_range",
                Text("再提出の期限が正しくありません。", "The deadline is out of range."),
                Text(f"今日から{MOST_DAYS}日以内の日付にしてください。", f"Choose a day within {MOST_DAYS} days."),
                "day",
            )
        )
    note = reasoned(reason)
    row.corrections_due_at = datetime.combine(day, time(23, 59, 59), clock.JAPAN)
    remember(row, "extend", before=row.state, note=note, after={"deadline": day.isoformat()})


@use_case
def pass_to_committee(registration_id: uuid.UUID, *, read_version: int) -> None:
    """The papers are in order: the committee takes over. An appeal goes there with its members (decisions.reopen)."""
    row = locked(registration_id, read_version)
    step = may("pass_to_committee", row)
    if row.state == "appealed":
        raise IllegalStep(
            Finding(
                "appeal_needs_members",
                Text(
                    "異議申立ては、ほかの委員を選んで審査に付します。",
                    "An appeal goes to other members, who are chosen.",
                ),
                Text(
                    "委員会の審査の画面で、委員を割り当ててください。",
                    "Assign them on the page of the committee’s review.",
                ),
            )
        )
    take(row, step)


@use_case
def enter_paper(
    *,
    name: str,
    corporate_number: str,
    prefecture: str,
    address: str,
    received_on: date,
    seen: Collection[uuid.UUID] = (),
) -> uuid.UUID:
    """Begin the registration of a vendor that applied on paper; its day of receipt counts for the round.

    A vendor with this number is taken when it has no registration under way, else one is made: an applicant
    without people, until its owner is invited. seen: the records like it that the clerk has looked at. Raises
    OutsideWindow for a day outside the rounds, BadInput for a day that has not come or a vendor that is registered,
    IllegalStep while another one is under way, LikeRegistered while a record like it was not looked at.
    """
    actor.current().require(Permission.CHECK_REGISTRATIONS)
    if received_on > clock.today():
        raise BadInput(
            Finding(
                "received_in_future",
                Text("受領日が今日より後になっています。", "The day of receipt has not come yet."),
                Text("書面を受け取った日を入力してください。", "Enter the day on which it was received."),
                "paper_received_on",
            )
        )
    window = steps.round_on(received_on)
    vendor = _vendor_of(name, corporate_number, prefecture, address, seen)
    row = services.begin(
        vendor,
        round_id=window.id,
        fiscal_year=steps.fiscal_year_of(received_on),
        paper_received_on=received_on,
    )
    return row.id


def _vendor_of(
    name: str, corporate_number: str, prefecture: str, address: str, seen: Collection[uuid.UUID]
) -> Organisation:
    known = db.session.scalar(
        select(Organisation)
        .where(Organisation.kind == "vendor", Organisation.corporate_number == corporate_number)
        .with_for_update()
    )
    said = Said(name, corporate_number, prefecture, address)
    likeness.require_looked_at(said, seen, besides=known.id if known else None)
    if known is not None:
        if known.standing not in ("applicant", "expired"):
            raise duplicates.AlreadyRegistered(certain=True)
        return known
    duplicates.require_new(
        "vendor", name=name, prefecture=prefecture, address=address, numbers=[corporate_number], another=True
    )
    made = Organisation(
        kind="vendor",
        standing="applicant",
        name=name,
        corporate_number=corporate_number,
        prefecture=prefecture,
        address=address,
    )
    db.session.add(made)
    db.session.flush()
    audit.record(
        "vendor_founded",
        subject=("organisation", made.id),
        organisation_id=made.id,
        after={"name": name, "corporate_number": corporate_number, "prefecture": prefecture},
    )
    return made


@use_case
def receive(registration_id: uuid.UUID, *, read_version: int) -> None:
    """A paper registration has been entered in full, with its scan: it counts as handed in.

    Raises BadInput with all that is missing. A declaration is proved by the signed paper, so the scan stands for it.
    """
    row = locked(registration_id, read_version)
    step = may("receive", row)
    _require_paper(row.paper)
    hand_in(row, step)


@use_case
def withdraw_paper(registration_id: uuid.UUID, *, reason: str, read_version: int) -> None:
    """A vendor that applied on paper takes its application back, by letter."""
    row = locked(registration_id, read_version)
    step = may("withdraw_paper", row)
    _require_paper(row.paper)
    row.returned = row.corrections_due_at = None
    take(row, step, note=reasoned(reason))


def _require_paper(paper: bool) -> None:  # noqa: FBT001  (it is the only thing asked)
    if not paper:
        raise IllegalStep(
            Finding(
                "not_on_paper",
                Text("これは書面の申請ではありません。", "This one was not handed in on paper."),
                Text("事業者自身の操作を待ってください。", "Wait for the vendor itself."),
            )
        )
