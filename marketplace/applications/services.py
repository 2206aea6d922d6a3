"""What SME and vendor do with a grant application: one function for each use case, one transaction each."""

from __future__ import annotations

import uuid
from typing import Any, Final

from sqlalchemy import select

from catalogue.publications import Published, live_package
from marketplace import applicant_identity, rounds
from marketplace.applicants import require_eligible
from marketplace.applications.choosing import choice
from marketplace.applications.document import Prepared, digest, document
from marketplace.applications.halts import require_going_on
from marketplace.applications.lifecycle import APPLICATION, ENDED
from marketplace.applications.own_tool import require_another
from marketplace.applications.telling import tell
from marketplace.models import ApplicationFigures, ApplicationStep, GrantApplication
from marketplace.quotes.choosing import accepted_quote, quoted
from marketplace.quotes.models import Quote
from marketplace.quotes.services import still_offered
from marketplace.subsidy.engine import Estimate
from tenants import actor, audit, clock
from tenants.db import constraint, db, use_case
from tenants.errors import BadInput, Finding, NotFound, StaleVersion
from tenants.identities import require_may_apply
from tenants.organisations import own, require_adopted
from tenants.permissions import Permission
from tenants.reasons import reasoned
from tenants.standing import hold_adopted
from tenants.text import Text
from tenants.workflow import Step

WHAT: Final = Text("申請", "The application")


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


@use_case
def start(package_code: str, *, publication_id: uuid.UUID) -> uuid.UUID:
    """The SME chooses a package: version, prices and scheme are frozen into a new application.

    publication_id: the publication the SME was looking at. Raises OutsideWindow when no round is open, NotFound
    for a package that is not published, StaleVersion when a newer version was published meanwhile, BadInput when
    the SME is not eligible, cannot be funded for this package, lacks the identity that the scheme asks for, has an
    application in this round already or is itself who sells it, EntryAccount when the person's account may only look.
    """
    actor.current().require(Permission.START_APPLICATION)
    require_may_apply()
    window = rounds.require_open("grant_application")
    publication = live_package(package_code)
    if publication.id != publication_id:
        raise StaleVersion(Text("ITツール", "The package"), yours=0, current=publication.number)
    return _begin(window, publication, publication.content, quote=None)


@use_case
def start_with_quote(quote_id: uuid.UUID) -> uuid.UUID:
    """The SME chooses what an accepted quote offers: its lines, prices and version are frozen, with today's scheme.

    Raises as :func:`start`; besides IllegalStep unless the quote is accepted, and BadInput when a newer version of
    the package was published since it was made.
    """
    actor.current().require(Permission.START_APPLICATION)
    require_may_apply()
    window = rounds.require_open("grant_application")
    quote = accepted_quote(quote_id)
    publication = still_offered(quote.package_code, quote.publication_id)
    return _begin(window, publication, quoted(quote), quote=quote)


def _begin(
    window: rounds.Round, publication: Published, chosen: dict[str, Any], *, quote: Quote | None
) -> uuid.UUID:
    applicant = require_eligible()
    estimate = choice(chosen, applicant)
    identity = applicant_identity.require()
    business = own()
    require_another(business.id, publication.organisation_id)
    row = GrantApplication(
        sme_id=business.id,
        vendor_id=publication.organisation_id,
        publication_id=publication.id,
        quote_id=quote.id if quote else None,
        round_id=window.id,
        scheme_id=estimate.scheme_id,
        scheme_version=estimate.scheme_version,
        package_code=publication.code,
        sme_name=business.name,
        vendor_name=chosen["vendor"]["name"],
        chosen=chosen,
        estimate=in_both_languages(estimate),
        applicant=applicant.facts(),
        state="draft",
    )
    db.session.add(row)
    db.session.flush()
    db.session.add(
        ApplicationFigures(
            application_id=row.id, organisation_id=business.id, content=applicant.figures() | identity
        )
    )
    _remember(
        row,
        "start",
        before="",
        organisation_name=business.name,
        after={
            "package": row.package_code,
            "publication": publication.number,
            "quote": f"{quote.number} v{quote.edition}" if quote else None,
            "scheme": f"{row.scheme_id} v{row.scheme_version}",
            "subsidy_yen": estimate.subsidy_yen,
        },
    )
    return row.id


def in_both_languages(estimate: Estimate) -> dict[str, Any]:
    """The estimate as it is frozen: in Japanese, with the same in English under ``english``."""
    return {**estimate.as_json("ja"), "english": estimate.as_json("en")}


@use_case
def accept(application_id: uuid.UUID, *, read_version: int) -> None:
    """The vendor takes the request on; NotAdopted unless it is adopted now."""
    require_adopted()
    row = _locked(application_id, read_version)
    _take(row, _may("accept", row))


@use_case
def decline(application_id: uuid.UUID, *, reason: str, read_version: int) -> None:
    """The vendor cannot take the request on, and says why."""
    row = _locked(application_id, read_version)
    _take(row, _may("decline", row), note=reasoned(reason))


@use_case
def prepare(application_id: uuid.UUID, prepared: Prepared, *, read_version: int) -> None:
    """The vendor fills in what is filed; an earlier confirmation is void, whatever it changed.

    Raises BadInput (introduction_planned_on) for a day that is not after today: what is ordered before the grant
    decision cannot be subsidised.
    """
    row = _locked(application_id, read_version)
    step = _may("prepare", row)
    if prepared.introduction_planned_on <= clock.today():
        raise BadInput(_before_decision())
    voided = row.confirmed_hash
    row.prepared = prepared.model_dump(mode="json")
    row.confirmed_hash = row.confirmed_at = row.confirmed_by = None
    _take(row, step, content=to_confirm(row), after={"voided_confirmation": voided})


def _before_decision() -> Finding:
    return Finding(
        "date_not_after_decision",
        Text("導入予定日が今日以前になっています。", "The planned date is not in the future."),
        Text(
            "交付決定の前に契約・導入すると補助の対象になりません。これからの日付を入力してください。",
            "Nothing ordered before the grant decision can be subsidised: enter a later date.",
        ),
        "introduction_planned_on",
    )


@use_case
def ask_correction(application_id: uuid.UUID, *, reason: str, read_version: int) -> None:
    """The SME sends what was prepared back to the vendor, with what to correct."""
    row = _locked(application_id, read_version)
    _take(row, _may("ask_correction", row), note=reasoned(reason))


@use_case
def confirm(application_id: uuid.UUID, *, seen_hash: str, read_version: int) -> None:
    """The SME agrees to exactly the document it saw; a frozen copy is kept with who and when.

    seen_hash: the hash shown with the document. Raises StaleVersion when it is not the document of now, EntryAccount
    when the person's account may only look, BadInput when vendor and applicant have turned out to be the same.
    """
    row = _locked(application_id, read_version)
    step = _may("confirm", row)
    require_may_apply()
    content = to_confirm(row)
    if digest(content) != seen_hash:
        raise StaleVersion(WHAT, yours=read_version, current=row.version)
    row.confirmed_hash = seen_hash
    row.confirmed_at = clock.now()
    row.confirmed_by = actor.current().person_id
    _take(row, step, content=content, after={"hash": seen_hash})


@use_case
def submit(application_id: uuid.UUID, *, read_version: int) -> None:
    """The vendor files the confirmed application as the SME's proxy.

    Raises OutsideWindow when the round is closed, NotStanding while the vendor's own registration is not in force,
    EntryAccount when the person's account may only look, BadInput as :func:`confirm`.
    """
    # Before the application itself, as a suspension does it: else each would wait for the other.
    vendor_id = db.session.scalar(select(GrantApplication.vendor_id).where(GrantApplication.id == application_id))
    hold_adopted([vendor_id] if vendor_id else [])
    row = _locked(application_id, read_version)
    step = _may("submit", row)
    require_may_apply()
    row.submitted_at = clock.now()
    _take(row, step, after={"hash": row.confirmed_hash})


@use_case
def withdraw(application_id: uuid.UUID, *, reason: str, read_version: int) -> None:
    """The SME takes its application back."""
    row = _locked(application_id, read_version)
    _take(row, _may("withdraw", row), note=reasoned(reason))


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


def _locked(application_id: uuid.UUID, read_version: int) -> GrantApplication:
    """The application, locked; NotFound for another's, StaleVersion when it changed since it was read."""
    row = db.session.get(GrantApplication, application_id, with_for_update=True)
    who = actor.current()
    if row is None or (who.audience != "system" and who.organisation_id not in (row.sme_id, row.vendor_id)):
        raise NotFound(WHAT)
    if row.version != read_version:
        raise StaleVersion(WHAT, yours=read_version, current=row.version)
    return row


def _may(code: str, row: GrantApplication) -> Step:
    """The step, if the workflow table lists it now, for this actor, inside its window; a stopped one only ends."""
    step = APPLICATION.check(code, row.state, actor.current())
    if step.target not in ENDED:
        require_going_on(row)
    if step.window:
        rounds.require_open(step.window, round_id=row.round_id)
    return step


def _take(
    row: GrantApplication,
    step: Step,
    *,
    note: str = "",
    content: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Move this step of the workflow table and write its history and its audit event."""
    before, row.state = row.state, step.target
    name = row.vendor_name if step.audience == "vendor" else row.sme_name
    _remember(row, step.code, before=before, organisation_name=name, note=note, content=content, after=after)


def _remember(
    row: GrantApplication,
    code: str,
    *,
    before: str,
    organisation_name: str,
    note: str = "",
    content: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """The step's history, and its audit event for each party."""
    db.session.add(
        ApplicationStep(
            application_id=row.id,
            sme_id=row.sme_id,
            vendor_id=row.vendor_id,
            step=code,
            from_state=before,
            to_state=row.state,
            organisation_name=organisation_name,
            person_id=actor.current().person_id,
            note=note,
            document=content,
            document_hash=digest(content) if content else None,
        )
    )
    for party in (row.sme_id, row.vendor_id):
        audit.record(
            "application_started" if code == "start" else f"application_{code}",
            subject=("application", row.id),
            organisation_id=party,
            before={"state": before} if before else None,
            after={"state": row.state, **(after or {})},
        )
    tell(row, code)
