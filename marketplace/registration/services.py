"""What a vendor does with its registration: one function for each use case, one transaction each."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import select

from marketplace.registration import steps
from marketplace.registration.data import form
from marketplace.registration.form import DECLARATIONS
from marketplace.registration.lifecycle import OPEN
from marketplace.registration.models import RegistrationPaper, RegistrationStep, VendorRegistration
from marketplace.registration.papers import attached
from marketplace.registration.sections import incomplete, unconfirmed
from marketplace.registration.steps import locked, may, remember, take
from tenants import actor, clock, identities, notices, organisations
from tenants.db import db, use_case
from tenants.errors import BadInput, Finding, IllegalStep, NotFound, NotPermitted
from tenants.files import FileView
from tenants.models import Organisation
from tenants.permissions import Permission
from tenants.reasons import reasoned
from tenants.text import Text
from tenants.workflow import Step

OWN_PAGE: Final = "/vendor/registration"


def found(*, name: str, corporate_number: str, prefecture: str, address: str) -> uuid.UUID:
    """A signed-in person founds a vendor that applies, and becomes its owner; its id.

    Raises OutsideWindow while no round is open, EntryAccount, BadInput when a vendor with this number is there.
    """
    steps.require_window()
    identities.require_may_apply()
    return organisations.found_vendor(
        actor.current(), name=name, corporate_number=corporate_number, prefecture=prefecture, address=address
    )


@use_case
def start() -> uuid.UUID:
    """The vendor begins its registration; the one under way when there is one (a second press finds the first's).

    Raises OutsideWindow while no round is open, IllegalStep for a vendor that is registered already.
    """
    who = actor.current()
    who.require(Permission.EDIT_REGISTRATION)
    identities.require_may_apply()
    vendor = _vendor(who.own_organisation)
    known = _under_way(vendor.id)
    if known is not None:
        return known
    window = steps.require_window()
    if vendor.standing not in ("applicant", "expired", "revoked"):
        raise IllegalStep(_registered_already())
    row = begin(vendor, round_id=window.id)
    return row.id


def _registered_already() -> Finding:
    return Finding(
        "registered_already",
        Text("すでに登録の審査が終わっています。", "Your registration was decided already."),
        Text("更新の時期になりましたら、お知らせします。", "We tell you when it is time to renew it."),
    )


def _vendor(organisation_id: uuid.UUID) -> Organisation:
    """The vendor, locked: who else begins a registration for it waits here."""
    vendor = db.session.get(Organisation, organisation_id, with_for_update=True, populate_existing=True)
    if vendor is None or vendor.kind != "vendor":
        raise NotFound(Text("IT導入支援事業者", "The vendor"))
    return vendor


def _under_way(vendor_id: uuid.UUID) -> uuid.UUID | None:
    return db.session.scalar(
        select(VendorRegistration.id).where(
            VendorRegistration.organisation_id == vendor_id, VendorRegistration.state.in_(OPEN)
        )
    )


def begin(
    vendor: Organisation,
    *,
    round_id: str,
    fiscal_year: int | None = None,
    renews: VendorRegistration | None = None,
    paper_received_on: date | None = None,
) -> VendorRegistration:
    """A new draft for this vendor; a renewal begins with what was said the year before. Part of a use case."""
    content = dict(renews.content) if renews else {"company": {"name_kana": vendor.name_kana}}
    content.pop(DECLARATIONS, None)
    row = VendorRegistration(
        organisation_id=vendor.id,
        round_id=round_id,
        fiscal_year=fiscal_year or steps.fiscal_year_of(clock.today()),
        renews_id=renews.id if renews else None,
        paper=paper_received_on is not None,
        paper_received_on=paper_received_on,
        form_version=form().version,
        state="draft",
        content=content,
    )
    db.session.add(row)
    db.session.flush()
    remember(row, "start", before="", after={"round": round_id})
    return row


@use_case
def submit(registration_id: uuid.UUID, *, read_version: int) -> None:
    """The vendor hands its registration in; a frozen copy is kept. A second press finds it done.

    Raises BadInput with all that is missing, OutsideWindow outside the round or after the deadline for
    corrections, StaleVersion when it changed since it was read, EntryAccount.
    """
    row = locked(registration_id)
    if _handed_in_just_now(row, read_version):
        return
    locked(registration_id, read_version)
    step = may("submit", row)
    identities.require_may_apply()
    if row.paper:
        raise NotPermitted
    if row.state == "draft":
        row.round_id = steps.require_window().id
        if row.renews_id is None:
            row.fiscal_year = steps.fiscal_year_of(clock.today())
    hand_in(row, step)


def _handed_in_just_now(row: VendorRegistration, read_version: int) -> bool:
    """Whether this very person's submission of this very version is the last thing that happened to it."""
    if row.state != "submitted" or row.version != read_version + 1:
        return False
    last = db.session.scalar(
        select(RegistrationStep.person_id)
        .where(RegistrationStep.registration_id == row.id)
        .order_by(RegistrationStep.id.desc())
        .limit(1)
    )
    return last == actor.current().person_id


def hand_in(row: VendorRegistration, step: Step) -> None:
    """Freeze what is handed in and tell those concerned. Part of a use case; BadInput while anything is missing."""
    known = form(row.form_version)
    papers = attached(row)
    wrong = incomplete(
        known,
        row.content,
        [(each.kind, file.state) for each, file in papers],
        paper=row.paper,
        unconfirmed=unconfirmed(row),
    )
    if wrong:
        raise BadInput(*(finding for _, found in wrong for finding in found))
    vendor = db.session.get_one(Organisation, row.organisation_id)
    row.submitted_at = clock.now()
    row.submitted_copy = _copy(row, vendor, papers)
    row.returned = row.corrections_due_at = None
    take(row, step, document=row.submitted_copy)
    notices.notify_organisation(
        row.organisation_id,
        "registration_received",
        link=OWN_PAGE,
        permission=Permission.VIEW_REGISTRATION,
        number=row.number,
        fiscal_year=row.fiscal_year,
    )
    notices.notify_secretariat(
        "registration_to_check",
        link=f"/secretariat/registrations/{row.id}",
        permission=Permission.CHECK_REGISTRATIONS,
        number=row.number,
        vendor=vendor.name,
    )


def _copy(
    row: VendorRegistration, vendor: Organisation, papers: Sequence[tuple[RegistrationPaper, FileView]]
) -> dict[str, Any]:
    return {
        "registration": row.number,
        "form_version": row.form_version,
        "round": row.round_id,
        "fiscal_year": row.fiscal_year,
        "received_on": row.paper_received_on.isoformat() if row.paper_received_on else None,
        "vendor": {
            "name": vendor.name,
            "corporate_number": vendor.corporate_number,
            "prefecture": vendor.prefecture,
            "address": vendor.address,
        },
        "content": row.content,
        "declarations": row.declarations,
        "papers": [
            {
                "paper_id": str(held.id),
                "file_id": str(file.id),
                "kind": held.kind,
                "name": file.name,
                "sha256": file.sha256,
                "size": file.size,
            }
            for held, file in papers
        ],
    }


@use_case
def withdraw(registration_id: uuid.UUID, *, reason: str, read_version: int) -> None:
    """The vendor takes its registration back."""
    row = locked(registration_id, read_version)
    step = may("withdraw", row)
    if row.paper:
        raise NotPermitted
    row.returned = row.corrections_due_at = None
    take(row, step, note=reasoned(reason))
