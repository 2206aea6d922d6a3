"""The people of an organisation: who they are, what they may do, and how they leave.

An organisation's people are kept by its own owners; the committee's by the secretariat's administrators. It never
loses its last owner, also when two leave at once: whoever changes people holds the organisation's row first, and the
database refuses it besides.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from sqlalchemy import delete, insert, select

from tenants import audit, clock, notices, open_invitations, same_people
from tenants.actor import Actor, current
from tenants.db import constraint, db, use_case
from tenants.errors import BadInput, DomainError, Finding, NotFound
from tenants.models import Membership, Organisation, Person
from tenants.permissions import ROLE_NAMES, ROLES, Permission
from tenants.text import Text

PEOPLE_PAGE: Final = "/organisation/people"
# Those who say who belongs to an organisation; each organisation keeps at least one of them.
OWNER_ROLES: Final = frozenset(role for role, may in ROLES.items() if Permission.MANAGE_MEMBERS in may)
_MEMBER: Final = Text("メンバー", "The member")
_ORGANISATION: Final = Text("組織", "The organisation")


class LastOwner(DomainError):
    """Without this person nobody could look after the organisation."""

    status: ClassVar[int] = 409

    def __init__(self) -> None:
        super().__init__(
            Finding(
                "last_owner",
                Text(
                    "最後の責任者は、外れることも役割を変えることもできません。",
                    "The last owner can neither leave nor take on another role.",
                ),
                Text(
                    "先に、ほかの方を責任者（代表者・管理者）にしてください。",
                    "Make somebody else an owner or administrator first.",
                ),
            )
        )


constraint("membership_last_owner", LastOwner)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who belongs to an organisation. name and email are personal data. myself: it is who is asking."""

    person_id: uuid.UUID
    name: str
    email: str
    roles: tuple[str, ...]
    since: datetime
    myself: bool

    @property
    def is_owner(self) -> bool:
        """Whether they say who belongs to the organisation."""
        return bool(OWNER_ROLES.intersection(self.roles))


@dataclass(frozen=True, slots=True)
class Team:
    """An organisation whose people are looked at, and what the one who looks may do there."""

    organisation_id: uuid.UUID
    kind: str
    name: str
    may_manage: bool
    own: bool


def roles_of_kind(kind: str) -> tuple[str, ...]:
    """The roles that an organisation of this kind can give, the one with most rights first."""
    return tuple(role for role in ROLES if role.partition("_")[0] == kind)


def role_names(roles: Iterable[str]) -> Text:
    """Several roles in words."""
    names = [ROLE_NAMES[role] for role in roles]
    return Text("・".join(name.ja for name in names), ", ".join(name.en for name in names))


def team(organisation_id: uuid.UUID | None = None) -> Team:
    """The organisation whose people are meant: one's own when None is named, or a committee the secretariat keeps.

    The system may look at any. NotFound for any other, whether it exists or not.
    """
    who = current()
    named = organisation_id or who.own_organisation
    row = db.session.get(Organisation, named)
    own = named == who.organisation_id
    if row is None or not (own or _keeps(who, row)):
        raise NotFound(_ORGANISATION)
    may_manage = who.support is None and who.may(Permission.MANAGE_MEMBERS)
    return Team(row.id, row.kind, row.name, may_manage, own)


def _keeps(who: Actor, organisation: Organisation) -> bool:
    if who.audience == "system":
        return True
    return (
        who.audience == "secretariat" and organisation.kind == "committee" and who.may(Permission.MANAGE_MEMBERS)
    )


def committees() -> list[Team]:
    """The committees whose people the actor keeps; none for all but the secretariat's administrators."""
    who = current()
    if who.audience != "secretariat" or not who.may(Permission.MANAGE_MEMBERS):
        return []
    rows = db.session.execute(
        select(Organisation.id, Organisation.kind, Organisation.name)
        .where(Organisation.kind == "committee")
        .order_by(Organisation.name, Organisation.id)
    )
    return [Team(found, kind, name, may_manage=True, own=False) for found, kind, name in rows]


def members(of: Team) -> list[Member]:
    """Everybody who belongs to it, owners first; of their own committee members see themselves only."""
    me = current().person_id
    query = (
        select(Membership.person_id, Membership.role, Membership.created_at, Person.name, Person.email)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.organisation_id == of.organisation_id)
        .order_by(Membership.created_at, Membership.id)
    )
    if of.kind == "committee" and of.own:
        query = query.where(Membership.person_id == me)
    found: dict[uuid.UUID, list[tuple[str, datetime, str, str]]] = {}
    for person_id, role, since, name, email in db.session.execute(query):
        found.setdefault(person_id, []).append((role, since, name, email))
    known = [
        Member(
            person_id,
            rows[0][2],
            rows[0][3],
            tuple(role for role in ROLES if role in {row[0] for row in rows}),
            min(row[1] for row in rows),
            person_id == me,
        )
        for person_id, rows in found.items()
    ]
    return sorted(known, key=lambda one: (not one.is_owner, one.since, str(one.person_id)))


def member(of: Team, person_id: uuid.UUID) -> Member:
    """One of them; NotFound for somebody who does not belong to it."""
    found = next((one for one in members(of) if one.person_id == person_id), None)
    if found is None:
        raise NotFound(_MEMBER)
    return found


def manage(organisation_id: uuid.UUID | None) -> Team:
    """The organisation whose people are changed, held against others who change them at the same time.

    NotPermitted for those who may not.
    """
    current().require(Permission.MANAGE_MEMBERS)
    of = team(organisation_id)
    hold(of.organisation_id)
    return of


def hold(organisation_id: uuid.UUID) -> None:
    """Wait for whoever else changes this organisation's people, and keep them waiting."""
    query = select(Organisation.id).where(Organisation.id == organisation_id)
    db.session.execute(query.with_for_update(key_share=True))


def checked_roles(kind: str, roles: Collection[str]) -> list[str]:
    """These roles in their own order; BadInput when none is named, or one is not for this kind of organisation."""
    allowed = roles_of_kind(kind)
    if not roles or not set(roles) <= set(allowed):
        raise BadInput(
            Finding(
                "role_missing",
                Text("役割が選ばれていません。", "No role is chosen."),
                Text("この組織の役割から、1つ以上選んでください。", "Choose at least one of this organisation's."),
                "roles",
            )
        )
    return [role for role in allowed if role in roles]


@use_case
def change_roles(
    person_id: uuid.UUID, roles: Collection[str], *, organisation_id: uuid.UUID | None = None
) -> bool:
    """Give a member exactly these roles; whether anything was different.

    Raises LastOwner when nobody else could look after the organisation, BadInput for roles it cannot give.
    """
    of = manage(organisation_id)
    before = set(member(of, person_id).roles)
    wanted = checked_roles(of.kind, roles)
    if before == set(wanted):
        return False
    if before & OWNER_ROLES and not OWNER_ROLES.intersection(wanted):
        _require_another_owner(of, person_id)
        _take_back_letters(of, person_id)
    _give(of, person_id, set(wanted) - before)
    _take(of, person_id, before - set(wanted))
    audit.record(
        "member_roles_changed",
        subject=("person", person_id),
        organisation_id=of.organisation_id,
        before={"roles": sorted(before)},
        after={"roles": wanted},
    )
    notices.notify_person(
        person_id,
        "role_changed",
        link=PEOPLE_PAGE,
        organisation_id=of.organisation_id,
        organisation=of.name,
        role=role_names(wanted),
    )
    return True


@use_case
def remove(person_id: uuid.UUID, *, organisation_id: uuid.UUID | None = None) -> None:
    """Take somebody out of an organisation; what they have open for it stops with their next request.

    A session says for whom a person acts only as long as they belong there (tenants.sign_in.resolve), so nothing has
    to be ended besides. Raises LastOwner, NotFound.
    """
    of = manage(organisation_id)
    gone = member(of, person_id)
    if gone.is_owner:
        _require_another_owner(of, person_id)
    _take_back_letters(of, person_id)
    with same_people.changing(of.organisation_id):
        _take(of, person_id, set(gone.roles))
        audit.record(
            "member_removed",
            subject=("person", person_id),
            organisation_id=of.organisation_id,
            before={"name": gone.name, "roles": list(gone.roles)},
        )
    notices.notify_person(person_id, "removed_from_organisation", link="/", organisation=of.name)


@use_case
def leave() -> None:
    """Leave the organisation one acts for. Raises LastOwner for the only one who looks after it."""
    who = current()
    own = who.own_organisation
    hold(own)
    of = team()
    if who.person_id is None:
        raise NotFound(_MEMBER)
    me = member(of, who.person_id)
    if me.is_owner:
        _require_another_owner(of, who.person_id)
    _take_back_letters(of, who.person_id)
    with same_people.changing(own):
        _take(of, who.person_id, set(me.roles))
        audit.record(
            "member_left",
            subject=("person", who.person_id),
            organisation_id=own,
            before={"name": me.name, "roles": list(me.roles)},
        )


def may_leave() -> bool:
    """Whether somebody else looks after the organisation one acts for, or one is not who does."""
    who = current()
    if who.person_id is None or not who.may(Permission.MANAGE_MEMBERS):
        return True
    return _has_another_owner(team(), who.person_id)


def _has_another_owner(of: Team, person_id: uuid.UUID) -> bool:
    other = (
        select(Membership.id)
        .where(
            Membership.organisation_id == of.organisation_id,
            Membership.role.in_(OWNER_ROLES),
            Membership.person_id != person_id,
        )
        .limit(1)
    )
    return of.kind == "committee" or db.session.scalar(other) is not None


def _require_another_owner(of: Team, person_id: uuid.UUID) -> None:
    if not _has_another_owner(of, person_id):
        raise LastOwner


def _take_back_letters(of: Team, person_id: uuid.UUID) -> None:
    open_invitations.take_back_sent_by(person_id, organisation_id=of.organisation_id, kind=of.kind)


def _give(of: Team, person_id: uuid.UUID, roles: set[str]) -> None:
    if roles:
        db.session.execute(
            insert(Membership),
            [
                {
                    "id": uuid.uuid4(),
                    "organisation_id": of.organisation_id,
                    "person_id": person_id,
                    "role": role,
                    "created_at": clock.now(),
                }
                for role in sorted(roles)
            ],
        )


def _take(of: Team, person_id: uuid.UUID, roles: set[str]) -> None:
    if roles:
        db.session.execute(
            delete(Membership).where(
                Membership.organisation_id == of.organisation_id,
                Membership.person_id == person_id,
                Membership.role.in_(roles),
            )
        )
