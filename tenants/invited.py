"""The side of those who hold an invitation's token: what they are invited to, and joining.

Row-level security lets through the one row whose token the transaction was shown, and nothing else.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from sqlalchemy import insert, select, text

from tenants import audit, clock, notices, same_people
from tenants.actor import SIGN_IN, Actor, current
from tenants.db import act_as, db, use_case
from tenants.errors import DomainError, Finding, NotPermitted
from tenants.invitations import hash_of, state_of
from tenants.member_models import Invitation
from tenants.members import PEOPLE_PAGE
from tenants.models import Membership, Organisation
from tenants.permissions import Permission
from tenants.text import Text


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
class Welcome:
    """An invitation as the one who holds its token sees it, before they join."""

    organisation_id: uuid.UUID
    organisation: str
    kind: str
    roles: tuple[str, ...]
    inviter: str
    expires_at: datetime


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
    if lock and state_of(row) == "open":
        # Of two who hold it, the second waits here; the row is then no longer one that can be taken.
        row = db.session.scalar(query.with_for_update().execution_options(populate_existing=True))
        if row is None:
            raise InvitationClosed("accepted")
    state = state_of(row)
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
    with same_people.changing(row.organisation_id):
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
