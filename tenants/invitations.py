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

from sqlalchemy import func, select

from tenants import audit, clock, notices
from tenants.actor import current
from tenants.daily import keep_within
from tenants.db import constraint, db, use_case
from tenants.errors import BadInput, DomainError, Finding, NotFound, NotPermitted
from tenants.member_models import Invitation
from tenants.members import Team, checked_roles, manage, role_names
from tenants.models import Membership, Person
from tenants.open_invitations import take_back
from tenants.text import Language, Text

VALID_FOR: Final = timedelta(days=7)
MOST_OPEN: Final = 100
# They go to addresses that never asked for them.
LETTERS_A_DAY: Final = 50
SENT_AGAIN_WITHIN: Final = timedelta(minutes=1)
PAGE: Final = "/organisation/invitation"
State = Literal["open", "expired", "accepted", "revoked"]
_EMAIL: Final = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@(?:[^\s@<>,;:\"()\[\]\\.]+\.)+[^\s@<>,;:\"()\[\]\\.]{2,}")
_LONGEST_EMAIL: Final = 254
_INVITATION: Final = Text("招待", "The invitation")


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


class JustSentAgain(DomainError):
    """A letter went to this address again a moment ago: a second press, or a second window. Nothing was sent."""

    status: ClassVar[int] = 409

    def __init__(self, email: str) -> None:
        super().__init__(
            Finding(
                "just_sent_again",
                Text(
                    f"{email} には、もう一度送ったところです。二重には送っていません。",
                    f"The letter has just been sent again to {email}. It was not sent twice.",
                ),
                Text("届くまで数分お待ちください。", "Please give it a few minutes to arrive."),
            )
        )


def hash_of(token: str) -> str:
    """What the database knows of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def state_of(row: Invitation) -> State:
    """What an invitation is worth now."""
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
            row.id, row.email, tuple(row.roles), row.inviter_name, row.sent_at, row.expires_at, state_of(row)
        )
        for row in rows
    ]


def checked_email(written: str) -> str:
    """An address as it is kept; BadInput for what is none."""
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
    an invitation that has run out is replaced. TooManyToday as :func:`resend`.
    """
    of = manage(organisation_id)
    address = checked_email(email)
    wanted = checked_roles(of.kind, roles)
    _require_newcomer(of, address)
    _keep_within(of)
    return ask(of, address, wanted, language=language, inviter=current().name)


def ask(
    of: Team,
    address: str,
    roles: list[str],
    *,
    language: Language,
    inviter: str,
    template: str = "invitation",
) -> uuid.UUID:
    """Write an invitation and its letter; part of a use case that has checked everything.

    inviter: as the letter says. template: of the letter. NotPermitted for nobody in particular: somebody answers for each invitation.
    """
    who = current()
    if who.person_id is None:
        raise NotPermitted
    moment, token = clock.now(), secrets.token_urlsafe(32)
    row = Invitation(
        organisation_id=of.organisation_id,
        email=address,
        roles=roles,
        language=language,
        token_hash=hash_of(token),
        invited_by=who.person_id,
        inviter_name=inviter,
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
        after={"email": address, "roles": roles},
    )
    _send(of, row, token, template)
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
    if known is not None and state_of(known) == "expired":
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


def _keep_within(of: Team) -> None:
    """Counted in the trail, where neither taking an invitation back nor sending it again unwrites a letter."""
    keep_within(
        LETTERS_A_DAY,
        Text("招待メール", "invitations"),
        audit.AuditEvent.at,
        audit.AuditEvent.organisation_id == of.organisation_id,
        audit.AuditEvent.name.in_(("member_invited", "invitation_resent")),
        organisation_id=of.organisation_id,
    )


def _send(of: Team, row: Invitation, token: str, template: str = "invitation") -> None:
    notices.notify_address(
        row.email,
        template,
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

    NotFound when it was taken or taken back meanwhile; TooManyToday beyond LETTERS_A_DAY of the organisation;
    JustSentAgain for a second press.
    """
    of = manage(organisation_id)
    row = _own_open(of, invitation_id)
    _keep_within(of)
    if row.sent_at != row.created_at and clock.now() - row.sent_at < SENT_AGAIN_WITHIN:
        raise JustSentAgain(row.email)
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
    row = _own_open(manage(organisation_id), invitation_id)
    take_back(row)
    return row.email
