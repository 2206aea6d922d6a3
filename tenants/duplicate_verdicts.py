"""Settling two records that look like one business: they are two, or one account is closed in favour of the other.

The people of a closed account are asked into the other by mail, with the least role there is: its own owner decides
what they may do. Whatever the closed account said and did stays on record.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import delete, func, select

from tenants import audit, clock, invitations, members, notices
from tenants.actor import current
from tenants.db import constraint, db, use_case
from tenants.duplicate_models import DuplicateVerdict
from tenants.duplicates import Candidate, candidates
from tenants.errors import BadInput, Conflict, Finding, IllegalStep, NotFound
from tenants.member_models import Invitation
from tenants.members import PEOPLE_PAGE, Team
from tenants.models import Membership, Organisation, Person
from tenants.permissions import Permission
from tenants.text import Text

LEAST_ROLE: Final = {"vendor": "vendor_viewer", "sme": "sme_member"}
LONGEST_REASON: Final = 500
Verdict = Literal["different", "same"]

constraint("pk_duplicate_verdict", Conflict)


@dataclass(frozen=True, slots=True)
class Settled:
    """How a pair was settled."""

    verdict: Verdict
    kept_id: uuid.UUID | None
    reason: str
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records, the older first, and how they were settled; None while they were not."""

    kind: str
    older: Candidate
    newer: Candidate
    settled: Settled | None


def pair(one: uuid.UUID, other: uuid.UUID) -> Pair:
    """Two organisations of one kind beside each other. NotFound for anything else. For the secretariat."""
    current().require(Permission.VIEW_SECRETARIAT)
    found = candidates([one, other])
    kinds = {kind for kind, _ in found}
    if len(found) != 2 or len(kinds) != 1 or not kinds <= set(LEAST_ROLE):
        raise NotFound(Text("組", "The pair"))
    (kind, older), (_, newer) = sorted(found, key=lambda each: (each[1].created_at, each[1].id))
    row = db.session.get(DuplicateVerdict, (min(one, other), max(one, other)))
    settled = None
    if row is not None:
        verdict: Verdict = "same" if row.verdict == "same" else "different"
        settled = Settled(verdict, row.kept_id, row.reason, row.decided_at)
    return Pair(kind, older, newer, settled)


@use_case
def tell_apart(one: uuid.UUID, other: uuid.UUID, *, reason: str) -> None:
    """They are two businesses; the pair leaves the list, and the owners of both are told.

    Raises NotFound, BadInput without a reason, IllegalStep for a pair that is settled.
    """
    why = checked_reason(reason)
    known = _to_settle(one, other)
    _note(known, "different", why)
    for each in (known.older, known.newer):
        notices.notify_organisation(
            each.id, "told_apart", link=PEOPLE_PAGE, permission=Permission.MANAGE_MEMBERS, organisation=each.name
        )


@use_case
def close_into(closed: uuid.UUID, kept: uuid.UUID, *, reason: str) -> int:
    """They are one business: close one account in favour of the other; how many people were asked over.

    Part of a use case that has seen that nothing is open in the closed one, acting as the system on behalf of somebody
    of the secretariat. Its number is free again; its people belong to it no more, and each is asked by mail into the
    other unless they are there already. All are told. Raises as tell_apart.
    """
    why = checked_reason(reason)
    known = _to_settle(closed, kept)
    for each in sorted((closed, kept)):
        members.hold(each)
    gone, stays = db.session.get_one(Organisation, closed), db.session.get_one(Organisation, kept)
    people = db.session.execute(
        select(Person.id, Person.email)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.organisation_id == closed)
        .group_by(Person.id)
        .order_by(Person.id)
    ).all()
    before = {"name": gone.name, "corporate_number": gone.corporate_number, "invoice_number": gone.invoice_number}
    gone.closed_at, gone.closed_into = clock.now(), kept
    # Another record of the business may bear its number now.
    gone.corporate_number = gone.invoice_number = None
    db.session.execute(delete(Membership).where(Membership.organisation_id == closed))
    db.session.flush()
    _note(known, "same", why, kept=kept)
    audit.record(
        "organisation_closed",
        subject=("organisation", closed),
        organisation_id=closed,
        before=before,
        after={"kept": stays.name},
    )
    asked = 0
    for person_id, email in people:
        asked += _ask_over(stays, person_id, email)
        notices.notify_person(
            person_id, "account_closed", link="/", organisation=gone.name, kept=stays.name, reason=why
        )
    notices.notify_organisation(
        kept,
        "account_joined",
        link=PEOPLE_PAGE,
        permission=Permission.MANAGE_MEMBERS,
        organisation=stays.name,
        number=asked,
    )
    return asked


def _to_settle(one: uuid.UUID, other: uuid.UUID) -> Pair:
    current().require(Permission.SETTLE_DUPLICATES)
    known = pair(one, other)
    if known.settled is not None or known.older.closed_at or known.newer.closed_at:
        raise IllegalStep(
            Finding(
                "settled_already",
                Text("この2件は、すでに確認が済んでいます。", "These two were settled already."),
                Text("一覧を開き直してください。", "Reload the list."),
            )
        )
    return known


def checked_reason(written: str) -> str:
    """A reason in words; BadInput for none, or for too long a one."""
    why = " ".join(written.split())
    if not 5 <= len(why) <= LONGEST_REASON:
        raise BadInput(
            Finding(
                "reason_missing",
                Text("理由が短すぎるか、長すぎます。", "The reason is too short or too long."),
                Text(
                    f"何で確かめたかを、5〜{LONGEST_REASON}文字で書いてください。",
                    f"Say in 5 to {LONGEST_REASON} characters how you found out.",
                ),
                "reason",
            )
        )
    return why


def _note(known: Pair, verdict: Verdict, reason: str, *, kept: uuid.UUID | None = None) -> None:
    first, second = sorted((known.older.id, known.newer.id))
    db.session.add(
        DuplicateVerdict(
            first_id=first,
            second_id=second,
            verdict=verdict,
            kept_id=kept,
            reason=reason,
            decided_by=current().person_id,
            decided_at=clock.now(),
        )
    )
    for each in (known.older, known.newer):
        audit.record(
            "duplicate_settled",
            subject=("organisation", each.id),
            organisation_id=each.id,
            after={"verdict": verdict, "reason": reason},
        )


def _ask_over(stays: Organisation, person_id: uuid.UUID, email: str) -> int:
    """Ask one of the closed account's people into the other; 1, or 0 for one who is in, was asked, or has no mail."""
    address = email.strip().lower()
    there = db.session.scalar(
        select(Membership.id)
        .where(Membership.organisation_id == stays.id, Membership.person_id == person_id)
        .limit(1)
    )
    asked = db.session.scalar(
        select(Invitation.id)
        .where(
            Invitation.organisation_id == stays.id,
            func.lower(Invitation.email) == address,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
        .limit(1)
    )
    if there is not None or asked is not None or not address:
        return 0
    team = Team(stays.id, stays.kind, stays.name, may_manage=True, own=False)
    invitations.ask(
        team,
        address,
        [LEAST_ROLE[stays.kind]],
        language="ja",
        inviter=_office_name(),
        template="moved_invitation",
    )
    return 1


def _office_name() -> str:
    """What the secretariat calls itself: its letter says so in both languages."""
    return db.session.scalars(select(Organisation.name).where(Organisation.kind == "secretariat")).first() or ""
