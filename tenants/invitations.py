"""Invitations to join an organisation: a letter with a token that opens the door once, within a week.

The database holds the token's hash. The letter's link carries the token behind a #, which browsers keep to
themselves: it stands in no log and in no Referer.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Final, Literal

from sqlalchemy import func, insert, select, text

from tenants import audit, clock, notices
from tenants.actor import SIGN_IN, Actor, current
from tenants.db import act_as, constraint, db, use_case
from tenants.errors import BadInput, DomainError, Finding, NotFound, NotPermitted
from tenants.member_models import Invitation
from tenants.members import PEOPLE_PAGE, Team, checked_roles, manage, role_names
from tenants.models import Membership, Organisation, Person
from tenants.permissions import Permission
from tenants.text import Language, Text

VALID_FOR: Final = timedelta(days=7)
MOST_OPEN: Final = 100
PAGE: Final = "/organisation/invitation"
State = Literal["open", "expired", "accepted", "revoked"]
_EMAIL: Final = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@(?:[^\s@<>,;:\"()\[\]\\.]+\.)+[^\s@<>,;:\"()\[\]\\.]{2,}")
_LONGEST_EMAIL: Final = 254
_INVITATION: Final = Text("招待", "The invitation")


class InvitationClosed(DomainError):
    """A token that opens nothing: never given out, taken already, taken back, or too old."""

    status: ClassVar[int] = 410

    def __init__(self, code: str) -> None:
        super().__init__(Finding(f"invitation_{code}", *_WHY_CLOSED[code]))


_ASK_AGAIN: Final = Text(
    "招待してくれた方に、もう一度招待を送ってもらってください。",
    "Ask whoever invited you to send a new invitation.",
)
_WHY_CLOSED: Final = {
    "unknown": (
        Text("この招待は見つかりません。", "This invitation was not found."),
        Text(
            "メールのリンクが途中で切れていないか確かめてください。新しいメールが届いている場合は、そちらを開いてください。",
            "See whether the link was cut off, and whether a newer letter has come.",
        ),
    ),
    "accepted": (
        Text("この招待は、すでに使われています。", "This invitation has been used."),
        Text(
            "参加したのがご自身なら、ログインするだけで使えます。心当たりがなければ、招待してくれた方に知らせてください。",
            "If it was you, just sign in. If not, tell whoever invited you.",
        ),
    ),
    "revoked": (Text("この招待は、取り消されています。", "This invitation was taken back."), _ASK_AGAIN),
    "expired": (
        Text("この招待は、期限（7日間）が過ぎています。", "This invitation is older than a week."),
        _ASK_AGAIN,
    ),
}


@dataclass(frozen=True, slots=True)
class SentInvitation:
    """An invitation as those who sent it see it. email is personal data."""

    id: uuid.UUID
    email: str
    roles: tuple[str, ...]
    inviter: str
    sent_at: datetime
    expires_at: datetime
    state: State


@dataclass(frozen=True, slots=True)
class Welcome:
    """An invitation as the one who holds its token sees it, before they join."""

    organisation_id: uuid.UUID
    organisation: str
    kind: str
    roles: tuple[str, ...]
    inviter: str
    expires_at: datetime


def _already_invited() -> BadInput:
    return BadInput(
        Finding(
            "already_invited",
            Text("このメールアドレスには、すでに招待を送っています。", "This address has an open invitation."),
            Text("届いていなければ、一覧から「もう一度送る」を押してください。", "Send it again from the list."),
            "email",
        )
    )


constraint("uq_invitation_open", _already_invited)


def hash_of(token: str) -> str:
    """What the database knows of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _state(row: Invitation) -> State:
    if row.accepted_at is not None:
        return "accepted"
    if row.revoked_at is not None:
        return "revoked"
    return "open" if clock.now() < row.expires_at else "expired"


def waiting(of: Team) -> list[SentInvitation]:
    """Those that have been sent and neither taken nor taken back, newest first. For those who may send them."""
    if not of.may_manage:
        return []
    rows = db.session.scalars(
        select(Invitation)
        .where(
            Invitation.organisation_id == of.organisation_id,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
        .order_by(Invitation.sent_at.desc(), Invitation.id)
        .limit(MOST_OPEN)
    )
    return [
        SentInvitation(
            row.id, row.email, tuple(row.roles), row.inviter_name, row.sent_at, row.expires_at, _state(row)
        )
        for row in rows
    ]


def _checked_email(written: str) -> str:
    email = written.strip().lower()
    if len(email) <= _LONGEST_EMAIL and _EMAIL.fullmatch(email) and email.isprintable():
        return email
    raise BadInput(
        Finding(
            "malformed_email",
            Text("メールアドレスの形が正しくありません。", "This is not an e-mail address."),
            Text("例：hanako@example.jp のように入力してください。", "Enter it like hanako@example.jp."),
            "email",
        )
    )


@use_case
def invite(
    email: str,
    roles: Collection[str],
    *,
    language: Language = "ja",
    organisation_id: uuid.UUID | None = None,
) -> uuid.UUID:
    """Ask somebody by mail to join one's organisation, or a committee the secretariat keeps; gives its id.

    Raises BadInput for what is no address, roles that cannot be given, members, and those who were asked already;
    an invitation that has run out is replaced.
    """
    of = manage(organisation_id)
    address = _checked_email(email)
    wanted = checked_roles(of.kind, roles)
    _require_newcomer(of, address)
    who = current()
    if who.person_id is None:
        raise NotPermitted
    moment, token = clock.now(), secrets.token_urlsafe(32)
    row = Invitation(
        organisation_id=of.organisation_id,
        email=address,
        roles=wanted,
        language=language,
        token_hash=hash_of(token),
        invited_by=who.person_id,
        inviter_name=who.name,
        created_at=moment,
        sent_at=moment,
        expires_at=moment + VALID_FOR,
    )
    db.session.add(row)
    db.session.flush()
    audit.record(
        "member_invited",
        subject=("invitation", row.id),
        organisation_id=of.organisation_id,
        after={"email": address, "roles": wanted},
    )
    _send(of, row, token)
    return row.id


def _require_newcomer(of: Team, email: str) -> None:
    member = db.session.scalar(
        select(Person.id)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.organisation_id == of.organisation_id, func.lower(Person.email) == email)
        .limit(1)
    )
    if member is not None:
        raise BadInput(
            Finding(
                "already_member",
                Text("このメールアドレスの方は、すでにメンバーです。", "Somebody with this address is a member."),
                Text("役割を変えるときは、メンバーの一覧から変更してください。", "Change roles in the list."),
                "email",
            )
        )
    still_open = db.session.scalars(
        select(Invitation)
        .where(
            Invitation.organisation_id == of.organisation_id,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
        .with_for_update()
    ).all()
    known = next((row for row in still_open if row.email == email), None)
    if known is not None and _state(known) == "expired":
        known.revoked_at = clock.now()
        db.session.flush()
    elif known is not None:
        raise _already_invited()
    elif len(still_open) >= MOST_OPEN:
        raise BadInput(
            Finding(
                "too_many_invitations",
                Text(f"返事待ちの招待が{MOST_OPEN}件あります。", f"{MOST_OPEN} invitations are open."),
                Text("いらない招待を取り消してから、もう一度お試しください。", "Take back some of them first."),
                "email",
            )
        )


def _send(of: Team, row: Invitation, token: str) -> None:
    notices.notify_address(
        row.email,
        "invitation",
        language="en" if row.language == "en" else "ja",
        link=f"{PAGE}#{token}",
        organisation=of.name,
        role=role_names(row.roles),
        inviter=row.inviter_name,
        expires_at=row.expires_at,
    )


def _own_open(of: Team, invitation_id: uuid.UUID) -> Invitation:
    row = db.session.scalar(
        select(Invitation)
        .where(
            Invitation.id == invitation_id,
            Invitation.organisation_id == of.organisation_id,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
        .with_for_update()
    )
    if row is None:
        raise NotFound(_INVITATION)
    return row


@use_case
def resend(invitation_id: uuid.UUID, *, organisation_id: uuid.UUID | None = None) -> str:
    """Send a new letter with a new token and a new week; the old letter opens nothing any more. Gives the address.

    NotFound when it was taken or taken back meanwhile.
    """
    of = manage(organisation_id)
    row = _own_open(of, invitation_id)
    who = current()
    if who.person_id is None:
        raise NotPermitted
    token = secrets.token_urlsafe(32)
    row.token_hash, row.sent_at = hash_of(token), clock.now()
    row.expires_at = row.sent_at + VALID_FOR
    row.invited_by, row.inviter_name = who.person_id, who.name
    audit.record(
        "invitation_resent",
        subject=("invitation", row.id),
        organisation_id=of.organisation_id,
        after={"email": row.email},
    )
    _send(of, row, token)
    return row.email


@use_case
def revoke(invitation_id: uuid.UUID, *, organisation_id: uuid.UUID | None = None) -> str:
    """Take an invitation back; its letter opens nothing from now on. Gives the address. NotFound as for resend."""
    of = manage(organisation_id)
    row = _own_open(of, invitation_id)
    row.revoked_at = clock.now()
    audit.record(
        "invitation_revoked",
        subject=("invitation", row.id),
        organisation_id=of.organisation_id,
        before={"email": row.email},
    )
    return row.email


def look(token: str) -> Welcome:
    """What the holder of a token is invited to. Raises InvitationClosed when it opens nothing."""
    with act_as(SIGN_IN):
        _show(token)
        row = _found(token)
        organisation = db.session.get_one(Organisation, row.organisation_id)
        return Welcome(
            organisation.id,
            organisation.name,
            organisation.kind,
            tuple(row.roles),
            row.inviter_name,
            row.expires_at,
        )


def _show(token: str) -> None:
    """Tell the database which token this transaction was shown: row-level security lets through its row alone."""
    # The secret itself: the database hashes it, so that nobody who reads the table can show what stands there.
    db.session.execute(text("SELECT set_config('app.invitation', :held, true)"), {"held": token})


def _found(token: str, *, lock: bool = False) -> Invitation:
    query = select(Invitation).where(Invitation.token_hash == hash_of(token))
    row = db.session.scalar(query)
    if row is None:
        raise InvitationClosed("unknown")
    if lock and _state(row) == "open":
        # Of two who hold it, the second waits here; the row is then no longer one that can be taken.
        row = db.session.scalar(query.with_for_update().execution_options(populate_existing=True))
        if row is None:
            raise InvitationClosed("accepted")
    state = _state(row)
    if state != "open":
        raise InvitationClosed(state)
    return row


def accept(person: Actor, token: str) -> uuid.UUID:
    """The signed-in person joins; gives the organisation's id. Whoever holds the token may, by whatever provider.

    Raises InvitationClosed when the token opens nothing (any more).
    """
    if person.person_id is None or person.support is not None:
        raise NotPermitted
    with act_as(Actor("sign_in", person_id=person.person_id, name=person.name)):
        return _accept(person.person_id, token)


@use_case
def _accept(person_id: uuid.UUID, token: str) -> uuid.UUID:
    _show(token)
    row = _found(token, lock=True)
    who = current()
    row.accepted_at, row.accepted_by = clock.now(), person_id
    db.session.flush()
    held = set(
        db.session.scalars(
            select(Membership.role).where(
                Membership.organisation_id == row.organisation_id, Membership.person_id == person_id
            )
        )
    )
    new = [role for role in row.roles if role not in held]
    if new:
        db.session.execute(
            insert(Membership),
            [
                {
                    "id": uuid.uuid4(),
                    "organisation_id": row.organisation_id,
                    "person_id": person_id,
                    "role": role,
                    "created_at": clock.now(),
                }
                for role in new
            ],
        )
    audit.record(
        "invitation_accepted",
        subject=("invitation", row.id),
        organisation_id=row.organisation_id,
        after={"name": who.name, "roles": new},
    )
    organisation = db.session.get_one(Organisation, row.organisation_id)
    if organisation.kind == "committee":  # its people are kept by the secretariat
        notices.notify_person(
            row.invited_by,
            "invitation_accepted",
            link=PEOPLE_PAGE,
            organisation=organisation.name,
            person=who.name,
        )
    else:
        notices.notify_organisation(
            row.organisation_id,
            "invitation_accepted",
            link=PEOPLE_PAGE,
            permission=Permission.MANAGE_MEMBERS,
            organisation=organisation.name,
            person=who.name,
        )
    return row.organisation_id
