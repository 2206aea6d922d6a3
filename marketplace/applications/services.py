"""What SME and vendor do with a grant application: one function for each use case, one transaction each."""

from __future__ import annotations

import uuid
from typing import Any, Final

from sqlalchemy import select

from catalogue.publications import live_package
from marketplace import pricing, rounds
from marketplace.applicants import require_eligible
from marketplace.applications.document import Prepared, digest, document
from marketplace.applications.lifecycle import APPLICATION
from marketplace.models import ApplicationStep, GrantApplication
from tenants import actor, audit, clock
from tenants.db import constraint, db, use_case
from tenants.errors import BadInput, Finding, NotFound, StaleVersion
from tenants.organisations import own
from tenants.permissions import Permission
from tenants.text import Text

WHAT: Final = Text("申請", "The application")
NOTE_LIMIT: Final = 1000


def _already_applied() -> BadInput:
    return BadInput(
        Finding(
            "already_applied",
            Text(
                "この公募回では、すでに手続き中の申請があります。申請は1事業者につき1件です。",
                "You already have an application in this round; one business may file one.",
            ),
            Text(
                "いまの申請を続けるか、取り下げてから選び直してください。",
                "Continue with it, or withdraw it before choosing another package.",
            ),
        )
    )


constraint("uq_grant_application_sme_id_round_id", _already_applied)


def _private_row(application_id: uuid.UUID, read_version: int | None) -> GrantApplication:
    """The application, locked; NotFound for another's, StaleVersion when it changed since it was read."""
    row = db.session.get(GrantApplication, application_id, with_for_update=True)
    who = actor.current()
    if row is None or (
        who.audience != "system" and who.organisation_id not in (row.sme_id, row.vendor_id)
    ):
        raise NotFound(WHAT)
    if read_version is not None and row.version != read_version:
        raise StaleVersion(WHAT, yours=read_version, current=row.version)
    return row


def _take(row: GrantApplication, code: str, *, note: str = "", after: dict[str, Any] | None = None) -> None:
    """Move one step of the workflow table and write its history and its audit event."""
    step = APPLICATION.check(code, row.state, actor.current())
    if step.window:
        rounds.require_open(step.window, round_id=row.round_id)
    before = row.state
    row.state = step.target
    db.session.add(
        ApplicationStep(
            application_id=row.id,
            sme_id=row.sme_id,
            vendor_id=row.vendor_id,
            step=code,
            from_state=before,
            to_state=step.target,
            organisation_name=row.vendor_name if step.audience == "vendor" else row.sme_name,
            note=note,
        )
    )
    for party in (row.sme_id, row.vendor_id):
        audit.record(
            f"application_{code}",
            subject=("application", row.id),
            organisation_id=party,
            before={"state": before},
            after={"state": step.target, **(after or {})},
        )


@use_case
def start(package_code: str, *, publication_id: uuid.UUID) -> uuid.UUID:
    """The SME chooses a package: version, prices and scheme are frozen into a new application.

    publication_id: the publication the SME was looking at. Raises OutsideWindow when no round is open, NotFound
    for a package that is not published, StaleVersion when a newer version was published meanwhile, BadInput when
    the SME is not eligible, cannot be funded for this package or has an application in this round already.
    """
    who = actor.current()
    who.require(Permission.START_APPLICATION)
    window = rounds.require_open("grant_application")
    publication = live_package(package_code)
    if publication.id != publication_id:
        raise StaleVersion(Text("ITツール", "The package"), yours=0, current=publication.number)
    profile = require_eligible()
    scheme = pricing.scheme()
    estimate = pricing.estimate_package(publication.content, scheme, size=profile.business_size)
    if not estimate.fundable:
        raise _not_fundable(estimate.findings)
    business = own()
    row = GrantApplication(
        sme_id=business.id,
        vendor_id=publication.organisation_id,
        publication_id=publication.id,
        round_id=window.id,
        scheme_id=estimate.scheme_id,
        scheme_version=estimate.scheme_version,
        package_code=publication.code,
        sme_name=business.name,
        vendor_name=publication.content["vendor"]["name"],
        chosen=publication.content,
        estimate=estimate.as_json("ja"),
        applicant=profile.facts(),
        state="draft",
    )
    db.session.add(row)
    db.session.flush()
    db.session.add(
        ApplicationStep(
            application_id=row.id,
            sme_id=row.sme_id,
            vendor_id=row.vendor_id,
            step="start",
            from_state="",
            to_state="draft",
            organisation_name=business.name,
        )
    )
    for party in (row.sme_id, row.vendor_id):
        audit.record(
            "application_started",
            subject=("application", row.id),
            organisation_id=party,
            after={
                "package": row.package_code,
                "publication": publication.number,
                "scheme": f"{row.scheme_id} v{row.scheme_version}",
                "subsidy_yen": estimate.subsidy_yen,
            },
        )
    return row.id


def _not_fundable(findings: tuple[Finding, ...]) -> BadInput:
    return BadInput(
        *findings,
        Finding(
            "not_fundable",
            Text("このITツールは、補助額が下限に届かないため申請できません。", "The subsidy is below the floor."),
            Text("ほかのITツールを選んでください。", "Please choose another package."),
        ),
    )


@use_case
def accept(application_id: uuid.UUID, *, read_version: int) -> None:
    """The vendor takes the request on."""
    _take(_private_row(application_id, read_version), "accept")


@use_case
def decline(application_id: uuid.UUID, *, reason: str, read_version: int) -> None:
    """The vendor cannot take the request on, and says why."""
    _take(_private_row(application_id, read_version), "decline", note=_reason(reason))


@use_case
def prepare(application_id: uuid.UUID, prepared: Prepared, *, read_version: int) -> None:
    """The vendor fills in what is filed; an earlier confirmation is void, whatever it changed."""
    row = _private_row(application_id, read_version)
    if prepared.introduction_planned_on <= clock.today():
        raise BadInput(
            Finding(
                "date_not_after_decision",
                Text("導入予定日が今日以前になっています。", "The planned date is not in the future."),
                Text(
                    "交付決定の前に契約・導入すると補助の対象になりません。これからの日付を入力してください。",
                    "Nothing ordered before the grant decision can be subsidised: enter a later date.",
                ),
                "introduction_planned_on",
            )
        )
    voided = row.confirmed is not None
    row.prepared = prepared.model_dump(mode="json")
    row.confirmed = row.confirmed_hash = row.confirmed_at = row.confirmed_by = None
    _take(row, "prepare", after={"voided_confirmation": voided})


@use_case
def ask_correction(application_id: uuid.UUID, *, reason: str, read_version: int) -> None:
    """The SME sends what was prepared back to the vendor, with what to correct."""
    _take(_private_row(application_id, read_version), "ask_correction", note=_reason(reason))


@use_case
def confirm(application_id: uuid.UUID, *, seen_hash: str, read_version: int) -> None:
    """The SME agrees to exactly the document it saw; a frozen copy is kept with who and when.

    seen_hash: the hash shown with the document. Raises StaleVersion when it is not the document of now.
    """
    row = _private_row(application_id, read_version)
    APPLICATION.check("confirm", row.state, actor.current())
    content = to_confirm(row)
    if digest(content) != seen_hash:
        raise StaleVersion(WHAT, yours=read_version, current=row.version)
    row.confirmed = content
    row.confirmed_hash = seen_hash
    row.confirmed_at = clock.now()
    row.confirmed_by = actor.current().person_id
    _take(row, "confirm", after={"hash": seen_hash})


@use_case
def submit(application_id: uuid.UUID, *, read_version: int) -> None:
    """The vendor files the confirmed application as the SME's proxy; OutsideWindow when the round is closed."""
    row = _private_row(application_id, read_version)
    APPLICATION.check("submit", row.state, actor.current())
    row.submitted_at = clock.now()
    _take(row, "submit", after={"hash": row.confirmed_hash})


@use_case
def withdraw(application_id: uuid.UUID, *, reason: str, read_version: int) -> None:
    """The SME takes its application back."""
    _take(_private_row(application_id, read_version), "withdraw", note=_reason(reason))


def to_confirm(row: GrantApplication) -> dict[str, Any]:
    """The document as it stands now."""
    return document(
        number=row.number,
        round_id=row.round_id,
        sme_name=row.sme_name,
        vendor_name=row.vendor_name,
        chosen=row.chosen,
        estimate=row.estimate,
        applicant=row.applicant,
        prepared=row.prepared or {},
    )


def _reason(reason: str) -> str:
    text = reason.strip()
    if not 1 <= len(text) <= NOTE_LIMIT:
        raise BadInput(
            Finding(
                "reason_missing",
                Text(f"理由を1〜{NOTE_LIMIT}文字で入力してください。", f"Give a reason of 1 to {NOTE_LIMIT} characters."),
                Text("相手に伝わる理由を書いてください。", "Write what the other side needs to know."),
                "reason",
            )
        )
    return text


