"""Settling two records that look like one business: they are two, or they are one.

Of two records of one kind that are one business, one account is closed in favour of the other: its people are asked into
the other by mail, with the least role there is, and its own owner decides what they may do. Whatever the closed account
said and did stays on record. A vendor and an applicant that are one business both go on; neither may hear of the other
through it, so neither is told and the event is the secretariat's own.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import aliased

from tenants import audit, clock, invitations, members, notices
from tenants.actor import current
from tenants.db import constraint, db, use_case
from tenants.duplicate_models import DuplicateVerdict
from tenants.duplicates import Candidate, candidates
from tenants.errors import BadInput, Conflict, Finding, IllegalStep, NotFound
from tenants.hidden import on_one_line
from tenants.member_models import Invitation
from tenants.members import PEOPLE_PAGE, Team
from tenants.models import Membership, Organisation, Person
from tenants.paging import Page, page_of
from tenants.permissions import Permission
from tenants.text import Text

LEAST_ROLE: Final = {"vendor": "vendor_viewer", "sme": "sme_member"}
LONGEST_REASON: Final = 500
WHAT: Final = Text("組", "The pair")
Verdict = Literal["different", "same"]

constraint("uq_duplicate_verdict_first_id_second_id", Conflict)


@dataclass(frozen=True, slots=True)
class Reopened:
    """Who took a verdict back, when, and why. by is personal data."""

    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Settled:
    """How a pair was settled, by whom, and whether that was taken back. decided_by is personal data.

    kept_id: the account that went on when the other one was closed.
    """

    verdict: Verdict
    kept_id: uuid.UUID | None
    reason: str
    decided_by: str
    decided_at: datetime
    reopened: Reopened | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records, the older first, and how they were settled; None while they are open.

    earlier: verdicts that were taken back, the newest first.
    """

    older: Candidate
    newer: Candidate
    settled: Settled | None
    earlier: tuple[Settled, ...] = ()

    @property
    def across(self) -> bool:
        """Whether one is a vendor and the other an applicant."""
        return self.older.kind != self.newer.kind

    @property
    def may_reopen(self) -> bool:
        """Whether the verdict can be taken back: an account that was closed stays closed."""
        return self.settled is not None and self.settled.kept_id is None


def pair(one: uuid.UUID, other: uuid.UUID) -> Pair:
    """Two vendors or applicants beside each other. NotFound for anything else. For the secretariat."""
    current().require(Permission.VIEW_SECRETARIAT)
    found = candidates([one, other])
    if len(found) != 2:
        raise NotFound(WHAT)
    first, second = sorted((one, other))
    rows = db.session.execute(
        _verdicts().where(DuplicateVerdict.first_id == first, DuplicateVerdict.second_id == second)
    )
    told = [_settled(*row) for row in rows]
    older, newer = found
    return Pair(
        older,
        newer,
        next((each for each in told if each.reopened is None), None),
        tuple(each for each in told if each.reopened is not None),
    )


def settled_pairs(*, page: int = 1, per_page: int = 20) -> Page[Pair]:
    """The pairs of either kind and across kinds that are settled, the newest verdict first. For the secretariat."""
    current().require(Permission.VIEW_SECRETARIAT)
    query = _verdicts().where(DuplicateVerdict.reopened_at.is_(None))
    listed = page_of(query, lambda row: row, number=page, per_page=per_page)
    ids = {one for row, *_ in listed.items for one in (row.first_id, row.second_id)}
    known = {each.id: each for each in candidates(ids)}
    items = []
    for row in listed.items:
        older, newer = sorted(
            (known[row[0].first_id], known[row[0].second_id]), key=lambda each: (each.created_at, each.id)
        )
        items.append(Pair(older, newer, _settled(*row)))
    return Page(tuple(items), listed.total, listed.number, listed.per_page)


def _verdicts() -> Select[DuplicateVerdict, str, str]:
    decider, reopener = aliased(Person), aliased(Person)
    return (
        select(DuplicateVerdict, decider.name, reopener.name)
        .join(decider, decider.id == DuplicateVerdict.decided_by)
        .outerjoin(reopener, reopener.id == DuplicateVerdict.reopened_by)
        .order_by(DuplicateVerdict.decided_at.desc(), DuplicateVerdict.id.desc())
    )


def _settled(row: DuplicateVerdict, decided_by: str, reopened_by: str | None) -> Settled:
    verdict: Verdict = "same" if row.verdict == "same" else "different"
    reopened = None
    if row.reopened_at is not None:
        reopened = Reopened(reopened_by or "", row.reopened_at, row.reopened_reason or "")
    return Settled(verdict, row.kept_id, row.reason, decided_by, row.decided_at, reopened)


@use_case
def tell_apart(one: uuid.UUID, other: uuid.UUID, *, reason: str) -> None:
    """They are two businesses; the pair leaves the list. The owners of both are told, if both are of one kind.

    Raises NotFound, BadInput without a reason, IllegalStep for a pair that is settled.
    """
    why = checked_reason(reason)
    known = _to_settle(one, other)
    _note(known, "different", why)
    if known.across:
        return
    for each in (known.older, known.newer):
        notices.notify_organisation(
            each.id, "told_apart", link=PEOPLE_PAGE, permission=Permission.MANAGE_MEMBERS, organisation=each.name
        )


@use_case
def find_same(one: uuid.UUID, other: uuid.UUID, *, reason: str) -> None:
    """A vendor and an applicant are one business: both go on, and it may not apply for what it sells itself.

    Raises NotFound for two of one kind (close_into), else as tell_apart.
    """
    why = checked_reason(reason)
    known = _to_settle(one, other)
    if not known.across:
        raise NotFound(WHAT)
    _note(known, "same", why)


@use_case
def reopen(one: uuid.UUID, other: uuid.UUID, *, reason: str) -> None:
    """Take a verdict back, with the reason: the pair is open again, and what was found stays on record.

    Raises NotFound, BadInput without a reason, IllegalStep for a pair that is open, or one account of which is closed.
    """
    why = checked_reason(reason)
    current().require(Permission.SETTLE_DUPLICATES)
    first, second = sorted((one, other))
    # Of two who press at once, the second waits here and finds the verdict taken back.
    row = db.session.scalar(
        select(DuplicateVerdict)
        .where(
            DuplicateVerdict.first_id == first,
            DuplicateVerdict.second_id == second,
            DuplicateVerdict.reopened_at.is_(None),
        )
        .with_for_update()
    )
    known = pair(one, other)
    if row is None or not known.may_reopen or known.older.closed_at or known.newer.closed_at:
        raise IllegalStep(_NOT_SETTLED)
    row.reopened_at, row.reopened_by, row.reopened_reason = clock.now(), current().person_id, why
    _tell(known, "duplicate_reopened", before={"verdict": row.verdict}, after={"reason": why})


@use_case
def close_into(closed: uuid.UUID, kept: uuid.UUID, *, reason: str) -> int:
    """They are one business: close one account in favour of the other; how many people were asked over.

    Part of a use case that has seen that nothing is open in the closed one, acting as the system on behalf of somebody
    of the secretariat. Its number is free again; its people belong to it no more, and each is asked by mail into the
    other unless they are there already. All are told. Raises NotFound for a vendor and an applicant (find_same), else
    as tell_apart.
    """
    why = checked_reason(reason)
    known = _to_settle(closed, kept)
    if known.across:
        raise NotFound(WHAT)
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
    _carry_over(closed, kept)
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


_NOT_SETTLED: Final = Finding(
    "not_settled",
    Text("この2件の確認の結果は、取り消せません。", "There is no result to be taken back."),
    Text(
        "すでに取り消されたか、片方の登録が閉じられています。一覧を開き直してください。",
        "It was taken back already, or one account was closed. Reload the list.",
    ),
)


def checked_reason(written: str) -> str:
    """A reason in words; BadInput for none, or for too long a one."""
    why = " ".join(on_one_line(written).split())
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
    _tell(known, "duplicate_settled", after={"verdict": verdict, "reason": reason})


def _tell(known: Pair, event: str, *, after: dict[str, Any], before: dict[str, Any] | None = None) -> None:
    """The event of both records: their own to read, but across kinds, where neither may hear of the other."""
    for each in (known.older, known.newer):
        audit.record(
            event,
            subject=("organisation", each.id),
            organisation_id=None if known.across else each.id,
            before=before,
            after=after,
        )


def _carry_over(closed: uuid.UUID, kept: uuid.UUID) -> None:
    """Whoever was found to be one business with the closed account is one with the account that goes on."""
    rows = db.session.scalars(
        select(DuplicateVerdict).where(
            (DuplicateVerdict.first_id == closed) | (DuplicateVerdict.second_id == closed),
            DuplicateVerdict.verdict == "same",
            DuplicateVerdict.kept_id.is_(None),
            DuplicateVerdict.reopened_at.is_(None),
        )
    )
    for row in rows.all():
        known = pair(kept, row.first_id if row.second_id == closed else row.second_id)
        if known.settled is None:
            _note(known, "same", row.reason)


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
