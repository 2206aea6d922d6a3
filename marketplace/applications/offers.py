"""What starting an application would freeze, and what stands in its way: the last look before the choice."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from catalogue.publications import Published, live_package
from marketplace import applicant_identity, pricing, rounds
from marketplace.applicant_identity import Wanted
from marketplace.applicants import EligibleApplicant, require_eligible
from marketplace.applications.choosing import choice
from marketplace.applications.lifecycle import ENDED
from marketplace.applications.own_tool import require_another
from marketplace.applications.queries import ApplicationCard, card_of
from marketplace.models import GrantApplication
from marketplace.quotes.choosing import accepted_quote, quoted
from marketplace.quotes.services import still_offered
from marketplace.rounds import Round
from marketplace.subsidy.engine import Estimate
from tenants import actor
from tenants.db import db
from tenants.errors import BadInput, Finding
from tenants.identities import EntryAccount, require_may_apply
from tenants.permissions import Permission


@dataclass(frozen=True, slots=True)
class Offer:
    """A package as it would be chosen now.

    content: as it is published, or with the lines and prices of a quote. estimate: as it would be frozen; without an eligible applicant, as for any SME. window: the round that is open;
    dates: when none is, the last that closed and those to come. applicant: None when it may not apply; findings
    say why. identity: what the scheme wants the applicant to be registered with; None where it wants nothing. under_way: the application the business has in this round already.
    """

    publication: Published
    content: dict[str, Any]
    estimate: Estimate
    window: Round | None
    dates: tuple[Round, ...]
    applicant: EligibleApplicant | None
    under_way: ApplicationCard | None
    identity: Wanted | None
    findings: tuple[Finding, ...]

    @property
    def can_start(self) -> bool:
        """Whether the button is shown; the service decides again when it is pressed."""
        return self.window is not None and self.under_way is None and not self.findings


def offer(package_code: str) -> Offer:
    """The package with this code for the acting SME; NotFound, or Gone when it was withdrawn."""
    actor.current().require(Permission.START_APPLICATION)
    publication = live_package(package_code)
    return _offer(publication, publication.content)


def offer_of_quote(quote_id: uuid.UUID) -> Offer:
    """What an accepted quote of the acting SME would freeze. Raises as :func:`offer`; IllegalStep unless it is
    accepted, BadInput when a newer version of the package was published."""
    actor.current().require(Permission.START_APPLICATION)
    quote = accepted_quote(quote_id)
    return _offer(still_offered(quote.package_code, quote.publication_id), quoted(quote))


def _offer(publication: Published, content: dict[str, Any]) -> Offer:
    window = rounds.open_round("grant_application")
    applicant: EligibleApplicant | None = None
    findings: tuple[Finding, ...] = ()
    try:
        applicant = require_eligible()
        estimate = choice(content, applicant)
    except BadInput as error:
        findings = error.findings
        estimate = pricing.estimate_package(content, pricing.scheme(), applicant)
    try:
        require_another(actor.current().own_organisation, publication.organisation_id)
    except BadInput as error:
        findings = (*error.findings, *findings)
    try:
        require_may_apply()
    except EntryAccount as error:
        findings = (*error.findings, *findings)
    identity = applicant_identity.wanted()
    # What can be typed is asked for beside the button.
    if identity is not None and identity.missing is not None and not identity.may_be_typed:
        findings = (*findings, identity.missing)
    return Offer(
        publication,
        content,
        estimate,
        window,
        () if window else tuple(rounds.dates_outside("grant_application")),
        applicant,
        _under_way(window) if window else None,
        identity,
        findings,
    )


def _under_way(window: Round) -> ApplicationCard | None:
    row = db.session.scalar(
        select(GrantApplication).where(
            GrantApplication.sme_id == actor.current().own_organisation,
            GrantApplication.round_id == window.id,
            GrantApplication.state.not_in(ENDED),
        )
    )
    return card_of(row) if row else None
