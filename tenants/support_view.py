"""The support view: somebody of the secretariat looks at an organisation's pages to help, and changes nothing.

Whoever looks in acts with the roles of one who may only look; services refuse every change (tenants.db.use_case), and
so does the database, whose transactions are then read-only. Figures that a vendor may not see stay out of its pages.
The organisation is told, and both sides keep the record: who, when, why.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Select, or_, select

from tenants import audit, clock, notices
from tenants.actor import SYSTEM, Actor, current
from tenants.db import act_as, db, use_case
from tenants.errors import BadInput, Finding, NotFound
from tenants.member_models import SupportView
from tenants.models import Organisation
from tenants.paging import Page, page_of
from tenants.permissions import Permission
from tenants.sign_in import SignedIn, Workplace
from tenants.text import Text

LIMIT: Final = timedelta(minutes=60)
LOOKS_PAGE: Final = "/organisation#support-views"
CLOSE_PASSED: Final = "support_view.close_passed"
LONGEST_REASON: Final = 300
SHORTEST_REASON: Final = 5
# The role of one who may only look, in each kind of organisation that can be looked at.
_ROLES: Final = {"vendor": "vendor_viewer", "sme": "sme_member"}


@dataclass(frozen=True, slots=True)
class Look:
    """One support view. person_name is personal data. ended_at: None while it is open."""

    id: uuid.UUID
    organisation_id: uuid.UUID
    organisation: str
    person_name: str
    reason: str
    opened_at: datetime
    expires_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class LookingIn:
    """A request in a support view: whose pages it shows, and the person of the secretariat behind it."""

    look: Look
    staff: Actor
    signed_in: SignedIn


@dataclass(frozen=True, slots=True)
class Found:
    """An organisation in the secretariat's list."""

    id: uuid.UUID
    kind: str
    name: str
    corporate_number: str | None
    prefecture: str
    may_look: bool


def _look(row: SupportView, name: str) -> Look:
    over = clock.now() >= row.expires_at
    return Look(
        row.id,
        row.organisation_id,
        name,
        row.person_name,
        row.reason,
        row.opened_at,
        row.expires_at,
        row.closed_at or (row.expires_at if over else None),
    )


def organisations(*, words: str = "", page: int = 1) -> Page[Found]:
    """All organisations by name, for the secretariat. words: of their name, or a corporate number."""
    who = current()
    who.require(Permission.VIEW_SECRETARIAT)
    query = select(Organisation).order_by(Organisation.name, Organisation.id)
    if words:
        like = Organisation.name.icontains(words, autoescape=True)
        query = query.where(or_(like, Organisation.corporate_number == words))
    may_look = who.may(Permission.USE_SUPPORT_VIEW)
    return page_of(
        query,
        lambda row: Found(
            row[0].id,
            row[0].kind,
            row[0].name,
            row[0].corporate_number,
            row[0].prefecture,
            may_look and row[0].kind in _ROLES,
        ),
        number=page,
    )


def may_be_looked_at(organisation_id: uuid.UUID) -> Found:
    """A vendor or a business whose pages the actor may open; NotFound for any other."""
    current().require(Permission.USE_SUPPORT_VIEW)
    row = db.session.get(Organisation, organisation_id)
    if row is None or row.kind not in _ROLES:
        raise NotFound(Text("組織", "The organisation"))
    return Found(row.id, row.kind, row.name, row.corporate_number, row.prefecture, may_look=True)


@use_case
def open_view(organisation_id: uuid.UUID, reason: str) -> uuid.UUID:
    """Begin to look at an organisation's pages, for an hour at most; gives the view's id.

    Raises BadInput without a reason that the organisation can understand.
    """
    who = current()
    found = may_be_looked_at(organisation_id)
    why = " ".join(reason.split())
    if not SHORTEST_REASON <= len(why) <= LONGEST_REASON:
        raise BadInput(
            Finding(
                "reason_missing",
                Text("理由が短すぎるか、長すぎます。", "The reason is too short or too long."),
                Text(
                    "相手の組織にも伝わります。どなたからのどのような相談か、5〜300文字で書いてください。",
                    "The organisation reads it: say in 5 to 300 characters who asked for what help.",
                ),
                "reason",
            )
        )
    moment = clock.now()
    row = SupportView(
        organisation_id=found.id,
        person_id=who.person_id,
        person_name=who.name,
        reason=why,
        opened_at=moment,
        expires_at=moment + LIMIT,
    )
    db.session.add(row)
    db.session.flush()
    audit.record(
        "support_view_opened",
        subject=("support_view", row.id),
        organisation_id=found.id,
        after={"name": who.name, "reason": why},
    )
    notices.notify_organisation(
        found.id,
        "support_view_opened",
        link=LOOKS_PAGE,
        permission=Permission.MANAGE_MEMBERS,
        organisation=found.name,
        person=who.name,
        reason=why,
    )
    return row.id


def resume(signed_in: SignedIn, view_id: uuid.UUID) -> LookingIn | None:
    """The support view as this signed-in person goes on with it; None when it is over, or not theirs.

    It holds as long as they act for the secretariat and may use it, and an hour at most.
    """
    staff = signed_in.actor
    if staff.audience != "secretariat" or not staff.may(Permission.USE_SUPPORT_VIEW):
        return None
    with act_as(staff):
        row = db.session.get(SupportView, view_id)
        if row is None or row.person_id != staff.person_id:
            return None
        found = db.session.get_one(Organisation, row.organisation_id)
        look = _look(row, found.name)
        if look.ended_at is not None:
            return None
        place = Workplace(found.id, found.kind, found.name, frozenset({_ROLES[found.kind]}))
    actor = Actor(
        audience=place.kind,  # type: ignore[arg-type]  # a kind is an audience
        organisation_id=place.organisation_id,
        person_id=staff.person_id,
        roles=place.roles,
        name=staff.name,
        support=look.id,
    )
    return LookingIn(look, staff, replace(signed_in, actor=actor, workplace=place))


def close(looking: LookingIn) -> None:
    """Stop looking; pressing twice is no error."""
    with act_as(looking.staff):
        _close(looking.look.id)


@use_case
def _close(view_id: uuid.UUID) -> None:
    row = db.session.scalar(
        select(SupportView).where(SupportView.id == view_id, SupportView.closed_at.is_(None)).with_for_update()
    )
    if row is not None:
        _end(row, min(clock.now(), row.expires_at))


def _end(row: SupportView, moment: datetime) -> None:
    row.closed_at = moment
    audit.record(
        "support_view_closed",
        subject=("support_view", row.id),
        organisation_id=row.organisation_id,
        after={"name": row.person_name, "closed_at": moment.isoformat()},
    )


def close_passed() -> int:
    """Write down the end of every view whose hour is over; how many. For the job worker."""
    with act_as(SYSTEM):
        return _close_passed()


@use_case
def _close_passed() -> int:
    rows = db.session.scalars(
        select(SupportView)
        .where(SupportView.closed_at.is_(None), SupportView.expires_at <= clock.now())
        .order_by(SupportView.expires_at)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        _end(row, row.expires_at)
    return len(rows)


def _looks() -> Select[SupportView, str]:
    return (
        select(SupportView, Organisation.name)
        .join(Organisation, Organisation.id == SupportView.organisation_id)
        .order_by(SupportView.opened_at.desc(), SupportView.id)
    )


def of_own_organisation(*, page: int = 1) -> Page[Look]:
    """Who of the secretariat looked at the organisation one acts for, newest first."""
    query = _looks().where(SupportView.organisation_id == current().own_organisation)
    return page_of(query, lambda row: _look(row[0], row[1]), number=page, per_page=20)


def of_everybody(*, page: int = 1) -> Page[Look]:
    """All support views, newest first, for the secretariat."""
    current().require(Permission.VIEW_SECRETARIAT)
    return page_of(_looks(), lambda row: _look(row[0], row[1]), number=page)
