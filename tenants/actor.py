"""Who acts, for which organisation. Set once at the edge; services and the database read it from here."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Literal

from tenants.errors import NotPermitted
from tenants.permissions import Permission, permissions_of

Audience = Literal["public", "sign_in", "vendor", "sme", "secretariat", "committee", "system"]


@dataclass(frozen=True, slots=True)
class Shown:
    """What somebody who signs in holds up: the hash of their session's token, or whom a provider knows them as.

    Row-level security lets signing in see whose that is, and nobody else (migration 0029).
    """

    token_hash: str = ""
    provider: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """The person who acts and the organisation they act for now.

    audience: decides what row-level security lets through; ``sign_in`` sees the person whose token or identity was
    shown and where they belong, ``system`` is the worker and the command line. support: the id of the secretariat's look into the organisation
    while somebody who does not belong to it only looks at its pages (tenants.support_view); nothing can be changed.
    """

    audience: Audience
    organisation_id: uuid.UUID | None = None
    person_id: uuid.UUID | None = None
    roles: frozenset[str] = field(default_factory=frozenset)
    name: str = ""
    support: uuid.UUID | None = None
    shown: Shown = Shown()

    def may(self, permission: Permission) -> bool:
        """Whether one of the roles carries the permission; the system may do all."""
        return self.audience == "system" or permission in permissions_of(self.roles)

    def require(self, permission: Permission) -> None:
        """Raise NotPermitted unless the actor may."""
        if not self.may(permission):
            raise NotPermitted

    @property
    def only_audits(self) -> bool:
        """Whether they read all and change nothing: the database lets them lock no row either (migration 0026)."""
        return self.roles == {"secretariat_auditor"}

    @property
    def own_organisation(self) -> uuid.UUID:
        """The organisation acted for; NotPermitted for those who act for none."""
        if self.organisation_id is None:
            raise NotPermitted
        return self.organisation_id


PUBLIC = Actor("public")
SIGN_IN = Actor("sign_in", name="sign-in")
SYSTEM = Actor("system", name="system")

_current: ContextVar[Actor] = ContextVar("actor", default=PUBLIC)


def current() -> Actor:
    """Who acts now; the public when nobody said otherwise."""
    return _current.get()


def enter(actor: Actor) -> None:
    """From here to the end of this request's context, this actor acts."""
    _current.set(actor)


@contextmanager
def acting_as(actor: Actor) -> Iterator[Actor]:
    """Everything inside is done by this actor.

    Must wrap whole transactions: the database learns the actor when a transaction begins.
    """
    token = _current.set(actor)
    try:
        yield actor
    finally:
        _current.reset(token)
